"""Roads for published shares and counts: formal epistemology, PNAS categories, PsychTopics."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from blocks import Block
from scipy import sparse

from trends.analysis.prevalence.intervals import pooled_dispersion


def counted(theta: np.ndarray, number: np.ndarray, periods: int, how: str):
    """Effective counts and sizes, topics × base periods, of shares of documents.

    Shares of a document count for more or less than a whole one: both are put on the scale of
    whole documents by the dispersion, as the package does.
    """
    into = sparse.csr_matrix(
        (np.ones(len(number)), (np.arange(len(number)), number)), shape=(len(number), periods)
    )
    size = np.asarray(into.sum(axis=0)).ravel()
    dispersion = np.ones(theta.shape[1])
    if how == "hard":
        whole = np.zeros(theta.shape)
        whole[np.arange(len(theta)), theta.argmax(axis=1)] = 1.0
        theta = whole
    else:
        dispersion = pooled_dispersion(theta, into)
    return (into.T @ theta).T / dispersion[:, None], size / dispersion[:, None]


def kinney(folder: Path, claims: Mapping[str, str]) -> list[Block]:
    """Both levels of the published shares, by year 2000 to 2020."""
    about = pd.read_json(folder / "documents.jsonl.gz", lines=True)[["id", "year", "year_raw"]]
    late = about["year_raw"].astype(str).str.lower().str.match("forthcoming|manuscript")
    year = about["year"].where(about["year"].between(2000, 2020))
    out = []
    for level in ("1", "2"):
        theta = pd.read_csv(folder / f"theta_level{level}.csv.gz").set_index("id")
        theta = theta.loc[about["id"]].to_numpy()
        named = {c: t.split(":")[1] for c, t in claims.items() if t.startswith(f"{level}:")}
        joined = [list(map(int, t.split("+"))) for t in named.values()]
        rest = set(range(theta.shape[1])) - {k for part in joined for k in part}
        merged = np.stack(
            [theta[:, part].sum(axis=1) for part in [*joined, *map(list, zip(rest))]], 1
        )
        merged /= merged.sum(axis=1, keepdims=True)
        rows = {c: i for i, c in enumerate(named)}
        for length, how, spans, undated in itertools.product(
            (1, 2, 3), ("mean", "hard"), ("thirds", "halves"), ("left out", "counted as 2021")
        ):
            when = year.mask(year.isna() & late, 2021) if undated != "left out" else year
            known = when.notna().to_numpy()
            number = (when[known] - 2000).astype(int).to_numpy()
            y, n = counted(merged[known], number, int(number.max()) + 1, how)
            main = (length, how, spans, undated) == (1, "mean", "thirds", "left out")
            name = f"level {level}, {length} years, {how}, {spans}, undated {undated}"
            role = "main" if main else "choice"
            out.append(Block(name, y, n, 2000, rows, length, spans, role=role))
    return out


def pnas(folder: Path, claims: Mapping[str, str]) -> list[Block]:
    """Categories of records, 1991 to 2001; the label comes from another place since 1996."""
    records = pd.read_csv(folder / "records.csv.gz", usecols=["year", "category_merged"])
    table = pd.crosstab(records["category_merged"], records["year"])
    table = table.reindex(columns=range(1991, 2002), fill_value=0)
    large = table[table.sum(axis=1) >= 50]
    rows, extra = {}, []
    for claim, target in claims.items():
        parts = target.removeprefix("category: ").split(" + ")
        if len(parts) == 1:
            rows[claim] = large.index.get_loc(parts[0])
        else:
            rows[claim] = len(large) + len(extra)
            extra.append(large.loc[parts].sum().to_numpy())
    y = np.vstack([large.to_numpy(), *extra]).astype(float)
    n = np.broadcast_to(table.sum().to_numpy(float), y.shape)
    out = []
    for length, spans, left in itertools.product((1, 2), ("thirds", "halves"), ("none", "1996")):
        keep = np.ones(11) if left == "none" else (np.arange(1991, 2002) != 1996).astype(float)
        main = (length, spans, left) == (1, "thirds", "none")
        name = f"{length} years, {spans}, left out: {left}"
        role = "main" if main else "choice"
        out.append(Block(name, y * keep, n * keep, 1991, rows, length, spans, role=role))
    for name, part, first in (
        ("the label from the PDF, 1991-1995", slice(0, 5), 1991),
        ("the label from the contents, 1997-2001", slice(6, 11), 1997),
    ):
        out.append(Block(name, y[:, part], n[:, part], first, rows, role="held"))
    return out


def psych(folder: Path, claims: Mapping[str, str]) -> list[Block]:
    """Topics that are alive in 2022 to 2024, as shares and as counts."""
    long = pd.read_csv(folder / "topic_year.csv.gz")
    table = long.pivot_table(index="topic", columns="year", values="n_docs", aggfunc="sum")
    table = table.reindex(columns=range(1980, 2025)).fillna(0)
    total = table.sum()
    alive = table[(table[[2022, 2023, 2024]] > 0).any(axis=1)]
    rows = {c: alive.index.get_loc(int(t.removeprefix("topic: "))) for c, t in claims.items()}
    ends = {"2022 against 2024": ((2022, 2022), (2024, 2024)),
            "2021-22 against 2023-24": ((2021, 2022), (2023, 2024))}  # fmt: skip
    out = []
    for how, start, (said, spans) in itertools.product(
        ("shares", "counts"), (2013, 2003, 2008), ends.items()
    ):
        y = alive.loc[:, start:].to_numpy(float)
        size = total.loc[start:].to_numpy(float)
        if how == "counts":
            size = np.full(len(size), 2 * total.max())
        main = (how, start, said) == ("shares", 2013, "2022 against 2024")
        name = f"{how}, from {start}, {said}"
        role = "main" if main else "choice"
        out.append(Block(name, y, np.broadcast_to(size, y.shape), start, rows, 1, spans, role=role))
    return out
