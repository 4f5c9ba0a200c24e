"""How a contestant gets corpora and says what it finds; numpy and pandas only.

    python contestant.py BATCH.npz OUT.csv

The batch holds ``theta`` (corpora, documents, topics) and ``year`` (documents,). The answer has a
row for each corpus and topic: ``p``, the probability that the contestant's documentation has its
users read; ``found``, whether it would be called a trend, after the correction for many topics that
it makes itself, if any; ``direction`` (1, −1, or 0 where the method has none); and, where it gives
an interval, ``low`` and ``high`` of the estimand named in ``of``: ``slope`` (share a year, over
documents), ``slope of years`` (years weigh alike) or ``change`` (share of the last third of the
years less that of the first).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

LEVEL = 0.05
Rows = Iterable[dict[str, Any]]


def yearly(theta: np.ndarray, year: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sums of shares (years, topics) and documents (years,)."""
    total = np.zeros((year.max() + 1, theta.shape[1]))
    np.add.at(total, year, theta)
    return total, np.bincount(year).astype(float)


def answer(contestant: Callable[[np.ndarray, np.ndarray], Rows], *packages: str) -> None:
    """Read the batch, ask the contestant corpus by corpus, write what it says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("batch", type=Path)
    parser.add_argument("out", type=Path)
    paths = parser.parse_args()
    with np.load(paths.batch, allow_pickle=False) as batch:
        rows = [
            {"corpus": c, "topic": k, "of": "", "low": np.nan, "high": np.nan, **row}
            for c, theta in enumerate(batch["theta"])
            for k, row in enumerate(contestant(theta.astype(float), batch["year"]))
        ]
    table = pd.DataFrame(rows)
    table["version"] = "; ".join(f"{name} {metadata.version(name)}" for name in packages)
    table.to_csv(paths.out, index=False, lineterminator="\n")
