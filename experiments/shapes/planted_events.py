"""Corpora in which nothing happens, or one planted event, and a loop that goes on where it was."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trends.analysis.simulation.shocks import lasting
from trends.files import write_csv

TOPICS, PERIODS, AUTOCORRELATION = 10, 40, 0.5
#: Corpora of a cell that are measured before the next cell has its turn.
BATCH = 5
#: Draws from the null for each corpus.
DRAWS = 59


def scores(
    rng: np.random.Generator, *, sd: float, autocorrelation: float, linear: bool = False
) -> np.ndarray:
    """Log shares of topics of unequal size, with shocks, shape (topics, periods)."""
    base = rng.dirichlet(np.full(TOPICS, 4.0))
    shock = lasting(rng.standard_normal((TOPICS, PERIODS)), autocorrelation)
    out = np.log(base)[:, None] + sd * shock
    if linear:  # a third of the topics rise by 1.5 log-odds over the span, a third fall
        out += 1.5 * rng.choice([-1, 0, 1], (TOPICS, 1)) * np.linspace(-0.5, 0.5, PERIODS)
    return out


def set_share(score: np.ndarray, share: float) -> None:
    """Give the first topic a mean share."""
    others = np.log(np.exp(score[1:]).sum(0)).mean()
    score[0] += np.log(share / (1 - share)) + others - score[0].mean()


def counted(
    rng: np.random.Generator, score: np.ndarray, documents: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts, totals and times: documents of a period are drawn by the shares of its topics."""
    n = np.maximum(rng.poisson(documents * rng.lognormal(0, 0.2, PERIODS)), 5)
    share = np.exp(score)
    share /= share.sum(0)
    y = [rng.multinomial(n[t], share[:, t]) for t in range(PERIODS)]
    return np.array(y, dtype=float).T, n, np.arange(float(PERIODS))


def go_on(
    cells: dict[str, dict[str, Any]],
    measure: Callable[..., dict[str, Any]],
    output: Path,
    seed: int,
) -> None:
    """Measure corpora of every cell in turn; rows are kept, those that are there are not redone."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpora", type=int, default=400)
    parser.add_argument("--only", nargs="*", default=list(cells))
    given = parser.parse_args()
    each = output.with_suffix(".corpora.csv")
    done = pd.read_csv(each) if each.is_file() else pd.DataFrame(columns=["cell", "corpus"])
    for first in range(0, given.corpora, BATCH):
        for number, (name, cell) in enumerate(cells.items()):
            if name not in given.only:
                continue
            known = set(done.loc[done["cell"] == name, "corpus"])
            rows = [
                {"cell": name, "corpus": i, "seed": f"{seed} {number} {i}"}
                | measure(np.random.default_rng([seed, number, i]), i, **cell)
                for i in range(first, min(first + BATCH, given.corpora))
                if i not in known
            ]
            if rows:
                new = pd.DataFrame(rows)
                done = pd.concat([done, new], ignore_index=True) if len(done) else new
                order = {name: i for i, name in enumerate(cells)}
                done = done.sort_values(
                    ["cell", "corpus"], key=lambda c: c.map(order) if c.name == "cell" else c
                )
                write_csv(each, done)
                write_csv(output, summary(done))


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a cell: means with their standard errors, and medians of numbers of periods."""
    out = []
    for name, own in rows.groupby("cell", sort=False):
        row: dict[str, Any] = {"cell": name, "corpora": len(own)}
        for column in own.columns.drop(["cell", "corpus", "seed"]):
            values = pd.to_numeric(own[column]).dropna()
            if len(values):
                row[column] = values.mean()
                row[f"{column}_error"] = values.std(ddof=0) / np.sqrt(len(values))
            if column.endswith("periods"):
                row[f"{column}_median"] = values.median()
        out.append(row)
    return pd.DataFrame(out).round(4)
