"""Roads for own fits: topics of laser capture abstracts and of political blogs."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from blocks import Block
from fits import by_words, fits, matrix, with_words
from shares import counted

#: Years of a week of 2008, a leap year.
WEEK = 7 / 366


def lcm(folder: Path, claims: Mapping[str, str], run: int, kept: Path) -> list[Block]:
    """Topics and groups of topics, 2001 to 2021, all and within PubMed."""
    documents = pd.read_json(folder / "documents.jsonl.gz", lines=True)
    counts = matrix(folder, documents, "id")
    year = pd.to_datetime(documents["date"]).dt.year.to_numpy()
    inside, pubmed = year >= 2001, (documents["source"] == "PubMed").to_numpy()
    out = []
    for at, (fit, parts) in enumerate(fits("lcm", counts, run, kept)):
        theta, phi = parts["theta"], parts["phi"]
        rows, groups = {}, []
        for claim, target in claims.items():
            kind, words = target.split(": ")
            if kind == "topic":
                rows[claim] = by_words(phi, counts.vocabulary, words.split(" "))
            else:
                members = with_words(phi, counts.vocabulary, words.split(" "))
                rows[claim] = theta.shape[1] + len(groups) if members else -1
                groups.append(members)
        for length, how in itertools.product((1, 2), ("mean", "hard")):
            main = at == 0 and (length, how) == (1, "mean")
            y, n = _with_groups(theta[inside], year[inside] - 2001, 21, how, groups)
            name = f"{fit}, {length} years, {how}"
            out.append(Block(name, y, n, 2001, rows, length, role="main" if main else "choice"))
            if main:
                use = inside & pubmed
                y, n = _with_groups(theta[use], year[use] - 2001, 21, how, groups)
                out.append(Block("PubMed only", y, n, 2001, rows, length, role="held"))
    return out


def _with_groups(theta, number, periods, how, groups):
    """Counts of topics, and below them of sums of topics."""
    y, n = counted(theta, number, periods, how)
    whole = np.zeros(theta.shape)
    whole[np.arange(len(theta)), theta.argmax(axis=1)] = 1.0
    for members in groups:
        part = (whole if how == "hard" else theta)[:, members].sum(axis=1)
        both = np.stack([part, 1 - part], axis=1)
        above, below = counted(both, number, periods, "mean")
        y, n = np.vstack([y, above[:1]]), np.vstack([n, below[:1]])
    return y, n


def poliblog(folder: Path, claims: Mapping[str, str], run: int, kept: Path) -> list[Block]:
    """Topics of posts by weeks of 2008: of all, of each rating, and of both side by side."""
    posts = pd.read_csv(folder / "documents.csv.gz")
    counts = matrix(folder, posts, "doc_id")
    week = ((posts["day"] - 1) // 7).clip(upper=51).to_numpy()
    liberal = (posts["rating"] == "Liberal").to_numpy()
    who = {"all": np.ones(len(posts), dtype=bool), "Liberal": liberal, "Conservative": ~liberal}
    out = []
    for at, (fit, parts) in enumerate(fits("poliblog", counts, run, kept)):
        theta, phi = parts["theta"], parts["phi"]
        whole = theta.sum(axis=1)
        use = whole > 0
        theta = theta / np.where(use, whole, 1)[:, None]
        rows: dict[str, dict[str, int]] = {name: {} for name in (*who, "both")}
        for claim, target in claims.items():
            words, _, rating = target.removeprefix("topic: ").partition(" @ ")
            rows[rating or "all"][claim] = by_words(phi, counts.vocabulary, words.split(" "))
        for length, how in itertools.product((4, 2), ("mean", "hard")):
            role = "main" if at == 0 and (length, how) == (4, "mean") else "choice"
            made = {}
            for name, mine in who.items():
                y, n = counted(theta[mine & use], week[mine & use], 52, how)
                made[name] = Block(
                    f"{fit}, {length} weeks, {how}, {name}", y, n, 2008, rows[name], length,
                    scale=WEEK, role=role,
                )  # fmt: skip
            one, other = made["Liberal"], made["Conservative"]
            both = {**one.__dict__, "name": f"{fit}, {length} weeks, {how}, both", "group": other}
            made["both"] = Block(**{**both, "targets": rows["both"]})
            out += [b for b in made.values() if b.targets]
    return out
