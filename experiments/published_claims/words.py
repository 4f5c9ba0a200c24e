"""Roads for words: laser capture, ACL and NeurIPS abstracts, State of the Union addresses."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from blocks import Block
from fits import matrix

from trends.text.concept_words import find_words

#: Venues of the ACL that are there throughout; LREC and French meetings come late.
STEADY = {"acl", "eacl", "naacl", "coling", "emnlp"}

#: Written messages so long that they swamp every count.
LONG_MESSAGES = (1946, 1980, 1981)


def held(occurs: np.ndarray, year: np.ndarray, first: int, last: int):
    """Documents that hold each of several concepts, and all documents, by year."""
    inside = (year >= first) & (year <= last)
    into = np.eye(last - first + 1)[year[inside] - first]
    return occurs[inside].T @ into, into.sum(axis=0)


def _blocks(
    claims: Mapping[str, tuple[int, int, int]],
    occurs: Mapping[str, np.ndarray],
    year: np.ndarray,
    lengths: Sequence[int],
    *,
    name: str = "",
    role: str = "",
    keep: np.ndarray | None = None,
    ends: Sequence[int] = (0,),
) -> list[Block]:
    """Blocks of concepts by length of the period, at least once or twice, spans, and last year."""
    keep = np.ones(len(year), dtype=bool) if keep is None else keep
    out = []
    for length, (least, count), spans, cut in itertools.product(
        lengths, occurs.items(), ("thirds", "halves"), ends
    ):
        main = (length, least, spans, cut) == (1, "once", "thirds", 0)
        if role == "held" and not main:
            continue
        called = name or f"{length} years, {least}, {spans}" + (f", {cut} years less" * (cut > 0))
        said = role or ("main" if main else "choice")
        for claim, (row, first, last) in claims.items():
            y, n = held(count[keep][:, [row]], year[keep], first, last - cut)
            out.append(Block(called, y, n[None], first, {claim: 0}, length, spans, role=said))
    return out


def lcm(folder: Path, claims: Mapping[str, tuple[str, int, int]]) -> list[Block]:
    """Share of abstracts that hold a stem, all and within PubMed."""
    documents = pd.read_json(folder / "documents.jsonl.gz", lines=True)
    documents["year"] = pd.to_datetime(documents["date"]).dt.year
    counts = matrix(folder, documents, "id")
    found, rows = [], {}
    for i, (claim, (target, first, last)) in enumerate(claims.items()):
        wanted = target.removeprefix("words: ").split(" ")
        columns = [
            j
            for j, term in enumerate(counts.vocabulary)
            if any(term.startswith(w[:-1]) if w.endswith("*") else term == w for w in wanted)
        ]
        found.append(np.asarray(counts.matrix[:, columns].sum(axis=1)).ravel())
        rows[claim] = (i, first, last)
    count = np.stack(found, axis=1)
    occurs = {"once": (count >= 1).astype(float), "twice": (count >= 2).astype(float)}
    year = documents["year"].to_numpy()
    out = _blocks(rows, occurs, year, (1, 2), ends=(0, 1))
    pubmed = (documents["source"] == "PubMed").to_numpy()
    return out + _blocks(rows, occurs, year, (1,), name="PubMed only", role="held", keep=pubmed)


def _phrases(texts: Sequence[str], claims: Mapping[str, tuple[str, int, int]]):
    wanted = [t.removeprefix("words: ").split("; ") for t, _, _ in claims.values()]
    every = sorted({w for part in wanted for w in part})
    found = find_words([(list(map(str, range(len(texts)))), list(texts))], every).matrix
    columns = [[every.index(w) for w in part] for part in wanted]
    count = np.stack([np.asarray(found[:, c].sum(axis=1)).ravel() for c in columns], axis=1)
    return {"once": (count >= 1).astype(float), "twice": (count >= 2).astype(float)}


def acl(path: Path, claims: Mapping[str, tuple[str, int, int]]) -> list[Block]:
    """Abstracts of the ACL Anthology to 2006 by phrases."""
    papers = pd.concat(
        part[part["year"] <= 2006] for part in pd.read_json(path, lines=True, chunksize=10_000)
    )
    texts = (papers["title"].fillna("") + ". " + papers["abstract"].fillna("")).tolist()
    occurs = _phrases(texts, claims)
    rows = {c: (i, first, last) for i, (c, (_, first, last)) in enumerate(claims.items())}
    year = papers["year"].to_numpy()
    steady = papers["venue"].map(lambda v: bool(set(v) & STEADY)).to_numpy()
    out = _blocks(rows, occurs, year, (1, 2, 3))
    return out + _blocks(
        rows, occurs, year, (1,), name="main conferences only", role="held", keep=steady
    )


def nips(path: Path, claims: Mapping[str, tuple[str, int, int]]) -> list[Block]:
    """Abstracts of NeurIPS by phrases, and titles alone."""
    papers = pd.read_json(path, lines=True)
    rows = {c: (i, first, last) for i, (c, (_, first, last)) in enumerate(claims.items())}
    year = papers["year"].to_numpy()
    title = papers["title"].fillna("").str.lower()
    whole = _phrases((title + ". " + papers["abstract"].fillna("")).tolist(), claims)
    out = _blocks(rows, whole, year, (1, 2, 4))
    for block in _blocks(rows, _phrases(title.tolist(), claims), year, (1, 2, 4)):
        out.append(Block(**{**block.__dict__, "name": f"{block.name}, titles", "role": "choice"}))
    return out


def addresses(folder: Path) -> tuple[pd.DataFrame, list[Counter]]:
    """Addresses and how often each word stands in them."""
    texts = pd.read_json(folder / "documents.jsonl.gz", lines=True)
    words = [Counter(re.findall(r"[a-z]+", t.lower())) for t in texts["text"]]
    return texts[["year", "type"]], words


def usual(words: Sequence[Counter], top: int) -> list[str]:
    """The most frequent words of five letters or more."""
    total: Counter = Counter()
    for one in words:
        total.update({w: c for w, c in one.items() if len(w) >= 5})
    return sorted(total, key=lambda w: (-total[w], w))[:top]


def sotu(folder: Path, claims: Mapping[str, str]) -> list[Block]:
    """A word in stated years against stated years, beside the 60 most frequent words."""
    about, words = addresses(folder)
    wanted = {c: t.removeprefix("word: ").split(" | ") for c, t in claims.items()}
    every = sorted({w for w, _, _ in wanted.values()})
    columns = [*every, *(w for w in usual(words, 60) if w not in every)]
    count = np.array([[c[w] for w in columns] for c in words], dtype=float)
    tokens = np.array([sum(c.values()) for c in words], dtype=float)
    year = about["year"].to_numpy()
    written = np.isin(year, LONG_MESSAGES) & (tokens > 20_000)
    out = []
    for length, share, left in itertools.product(
        (2, 1, 4), ("words", "addresses"), ("none", "long messages")
    ):
        use = ~written if left != "none" else np.ones(len(year), dtype=bool)
        main = (length, share, left) == (2, "words", "none")
        name = f"{length} years, share of {share}, left out: {left}"
        for claim, (word, *parts) in wanted.items():
            (a, b), (c, d) = (tuple(map(int, p.split("-"))) for p in parts)
            first, last = min(a, c), max(b, d)
            here = use & (year >= first) & (year <= last)
            into = np.eye(last - first + 1)[year[here] - first]
            rows = [columns.index(word), *range(len(every), len(columns))]
            value = count[here][:, rows]
            size = tokens[here] if share == "words" else np.ones(here.sum())
            y = (value if share == "words" else (value > 0).astype(float)).T @ into
            n = np.broadcast_to(size @ into, y.shape)
            spans = ((a, b), (c, d)) if a < c else ((c, d), (a, b))
            role = "main" if main else "choice"
            out.append(
                Block(name, y, n, first, {claim: 0}, length, spans, role=role, beside=len(y) - 1)
            )
    return out
