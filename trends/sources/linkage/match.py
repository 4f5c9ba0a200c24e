"""Which records are about one document: identifiers, titles and texts as evidence."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from trends.errors import UsageError
from trends.registry import unknown
from trends.sources.linkage.minhash import near_texts

Rule = Literal["ids", "titles", "texts"]
RULES: tuple[Rule, ...] = ("ids", "titles", "texts")

#: Columns of identifiers that name one document wherever they stand.
ID_COLUMNS = ("doi", "arxiv_id", "pmid", "acl_id", "openalex_id", "s2_id")
#: A title with less than this many words or letters ("Editorial", "A reply to our critics") names
#: no document.
FEWEST_WORDS, FEWEST_LETTERS = 4, 20
#: Versions of one paper that are further apart than this many days are not joined by their title.
LONGEST_GAP = 3 * 366

#: Texts that overlap by this much are one whatever their titles; below it, so many of the titles'
#: words must be the same.
SURE_OVERLAP, SAME_WORDS = 0.9, 0.5

_WORD = re.compile(r"\w+")
_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_ARXIV_DOI = re.compile(r"^10\.48550/arxiv\.(.+)$")
_VERSION = re.compile(r"v\d+$")


@dataclass(frozen=True)
class Match:
    """Two records of one document and how that is known; positions in the table, ``left`` < ``right``."""

    left: int
    right: int
    rule: Rule
    evidence: str


def identifiers(frame: pd.DataFrame) -> pd.DataFrame:
    """Identifiers in one spelling: DOIs in lower case without a prefix, arXiv identifiers without a version; shape (records, kinds)."""
    out = {}
    for column in ID_COLUMNS:
        values = (
            frame[column].fillna("").astype(str).str.strip()
            if column in frame.columns
            else pd.Series("", index=frame.index)
        )
        out[column] = values.str.casefold() if column != "acl_id" else values
    out["doi"] = out["doi"].map(lambda v: _DOI_PREFIX.sub("", v))
    # arXiv gives every paper a DOI that says nothing but its identifier.
    by_doi = out["doi"].map(lambda v: m[1] if (m := _ARXIV_DOI.match(v)) else "")
    out["arxiv_id"] = (
        out["arxiv_id"].map(lambda v: v.removeprefix("arxiv:")).where(out["arxiv_id"] != "", by_doi)
    )
    out["arxiv_id"] = out["arxiv_id"].map(lambda v: _VERSION.sub("", v))
    out["doi"] = out["doi"].where(by_doi == "", "")
    return pd.DataFrame(out)


def normal_title(title: str) -> str:
    """A title as it is compared: words in lower case, accents and punctuation off; empty where it is too short to name a document."""
    if not title.isascii():
        title = "".join(
            c for c in unicodedata.normalize("NFKD", title) if not unicodedata.combining(c)
        )
    words = _WORD.findall(title.casefold())
    joined = " ".join(words)
    return joined if len(words) >= FEWEST_WORDS and len(joined) >= FEWEST_LETTERS else ""


def matches(
    frame: pd.DataFrame, *, rules: tuple[Rule, ...] = RULES, similarity: float = 0.7
) -> tuple[list[Match], list[Match]]:
    """Pairs of records that are one document, and pairs that look so but are kept apart.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns ``title``, ``text``, ``date`` and any of the identifiers.
    rules : tuple of {"ids", "titles", "texts"}
        ``ids``: an identifier in common. ``titles``: the same words in the title. ``texts``: nearly
        the same text, see
        :func:`~trends.sources.linkage.minhash.near_texts`.
    similarity : float
        For ``texts``.

    Returns
    -------
    joined, apart : list of Match
        A pair whose titles and texts both agree is joined. One that agrees in only one of them is
        kept apart if both records carry an identifier of one kind (other than a DOI) and these
        differ, if the dates are more than three years apart, or if the texts agree but the titles
        tell of two documents: other numbers ("the 2009 system", "the 2010 system"), or few words in
        common where the overlap is below .9.

    Raises
    ------
    UsageError
        If a rule is unknown.
    """
    for rule in rules:
        if rule not in RULES:
            raise UsageError(unknown("rule for duplicates", rule, RULES))
    ids = identifiers(frame)
    joined: dict[tuple[int, int], Match] = {}
    apart: list[Match] = []
    if "ids" in rules:
        for column in ID_COLUMNS:
            for pair in _groups(ids[column].tolist()):
                joined.setdefault(
                    pair, Match(*pair, "ids", f"{column} {ids[column].iloc[pair[0]]}")
                )
    table, titles = ids.to_numpy(), frame["title"].astype(str).tolist()
    days = frame["date"].to_numpy().astype("datetime64[D]")
    if "texts" in rules and "text" in frame.columns:
        for left, right, overlap in near_texts(
            frame["text"].astype(str).tolist(), similarity=similarity
        ):
            pair = (left, right)
            if pair in joined:
                continue
            against = (
                ""
                if _same_title(titles[left], titles[right])
                else _against(pair, table, days) or _titles(pair, titles, overlap)
            )
            found = Match(
                left,
                right,
                "texts",
                f"text overlap {overlap:.2f}{', but ' + against if against else ''}",
            )
            if against:
                apart.append(found)
            else:
                joined[pair] = found
    if "titles" in rules:
        for pair in _groups([normal_title(t) for t in titles]):
            if pair in joined:
                continue
            against = _against(pair, table, days)
            found = Match(*pair, "titles", f"the same title{', but ' + against if against else ''}")
            if against:
                apart.append(found)
            else:
                joined[pair] = found
    return [joined[pair] for pair in sorted(joined)], sorted(apart, key=lambda m: (m.left, m.right))


def groups(n: int, found: list[Match]) -> NDArray[np.int64]:
    """The first record of each record's document, chains counting as one; shape (n,)."""
    a = np.array([m.left for m in found], dtype=np.int64)
    b = np.array([m.right for m in found], dtype=np.int64)
    graph = sparse.csr_matrix((np.ones(len(a), dtype=bool), (a, b)), shape=(n, n))
    count, component = connected_components(graph, directed=False)
    first = np.full(count, n)
    np.minimum.at(first, component, np.arange(n))
    return np.asarray(first[component], dtype=np.int64)


def _groups(keys: list[str]) -> list[tuple[int, int]]:
    """Each record with an earlier one of the same key: the first, which is enough to make them a group."""
    at: dict[str, list[int]] = defaultdict(list)
    for i, key in enumerate(keys):
        if key:
            at[key].append(i)
    return [(rows[0], i) for rows in at.values() for i in rows[1:]]


def _same_title(left: str, right: str) -> bool:
    a = normal_title(left)
    return bool(a) and a == normal_title(right)


def _titles(pair: tuple[int, int], titles: list[str], overlap: float) -> str:
    """Why the titles of two records with nearly the same text tell of two documents; empty where they do not."""
    a, b = (set(_WORD.findall(titles[i].casefold())) for i in pair)
    if not a or not b:
        return ""
    if {w for w in a if w.isdigit()} != {w for w in b if w.isdigit()}:
        return "other numbers in the titles"
    return "other titles" if overlap < SURE_OVERLAP and len(a & b) < SAME_WORDS * len(a | b) else ""


def _against(pair: tuple[int, int], ids: NDArray[np.object_], days: NDArray[np.datetime64]) -> str:
    """Why two records with one title may be two documents; empty where nothing says so. A DOI may change from preprint to journal."""
    left, right = pair
    for k, column in enumerate(ID_COLUMNS):
        if column != "doi" and ids[left, k] and ids[right, k] and ids[left, k] != ids[right, k]:
            return f"{column} {ids[left, k]} and {ids[right, k]}"
    gap = days[right] - days[left]
    if not np.isnat(gap) and abs(gap.astype(int)) > LONGEST_GAP:
        return f"{abs(gap.astype(int)):,} days apart"
    return ""
