"""Do intervals of shares cover, and tests hold their level, where documents come in clusters? (B15)

python experiments/calibration/clusters.py     # goes on where it was, some minutes on one core

12 years of 150 documents, six topics of 2 to 30 %. Each document has the topic of its cluster, or
with some probability one of its own; clusters have one size, or sizes drawn from a geometric
distribution, or grow over time from one document to nine. Shares are flat; for the tests they carry
shocks (sd .3). results/clusters.csv has a line a setting and share.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trends.analysis.prevalence.estimate import estimate
from trends.analysis.prevalence.periods import Periods, make_periods
from trends.analysis.trend.fit import fit_trends

SEED = 20260304
OUT = Path(__file__).resolve().parent / "results"
SHARES = np.array([0.02, 0.05, 0.1, 0.15, 0.2, 0.3])
YEARS, DOCUMENTS = 12, 150
NAMES = ["size", "sizes", "correlation"]
#: Size of the clusters, how it is drawn, correlation of two documents of a cluster.
SETTINGS = (
    *((1, "fixed", 0.0), (2, "fixed", 1.0), (2, "fixed", 0.5)),
    *((5, "fixed", 1.0), (5, "fixed", 0.5), (5, "fixed", 0.0)),
    *((5, "geometric", 0.8), (5, "growing", 1.0)),
)


def sizes(size: int, kind: str, year: int, rng: np.random.Generator) -> list[int]:
    """Sizes of the clusters of one year."""
    out: list[int] = []
    mean = 1 + round(2 * (size - 1) * year / (YEARS - 1)) if kind == "growing" else size
    while (left := DOCUMENTS - sum(out)) > 0:
        drawn = int(rng.geometric(1 / size)) if kind == "geometric" else mean
        out.append(min(drawn, left))
    return out


def draw(
    size: int, kind: str, correlation: float, shock: float, rng: np.random.Generator
) -> tuple[np.ndarray, Periods, np.ndarray, np.ndarray]:
    """Hard labels, periods, clusters and true shares."""
    shares = SHARES * np.exp(shock * rng.standard_normal((YEARS, len(SHARES))))
    rest = np.maximum(1 - shares.sum(1), 0.05)
    shares = np.column_stack([shares, rest])
    shares /= shares.sum(1, keepdims=True)
    label, cluster, last = [], [], 0
    for year in range(YEARS):
        members = np.repeat(*(lambda s: (np.arange(len(s)), s))(sizes(size, kind, year, rng)))
        topic = rng.choice(len(rest := shares[year]), p=rest, size=(2, DOCUMENTS))
        same = rng.random(DOCUMENTS) < np.sqrt(correlation)
        label.append(np.where(same, topic[0][members], topic[1]))
        cluster.append(members + last)
        last += members[-1] + 1
    days = np.repeat([f"{2000 + i}-06-01" for i in range(YEARS)], DOCUMENTS)
    periods = make_periods(days.astype("datetime64[D]"), period="year")
    theta = np.eye(len(SHARES) + 1)[np.concatenate(label)][:, :-1]
    return theta, periods, np.concatenate(cluster).astype(str), shares[:, :-1]


def measure(
    size: int, kind: str, correlation: float, corpora: int, rng: int
) -> list[dict[str, Any]]:
    """Rates of one setting, with and without the clusters set."""
    about = {
        "size": size,
        "sizes": kind,
        "correlation": correlation,
        "corpora": corpora,
        "rng": rng,
    }
    cover = np.zeros((2, len(SHARES)))
    p: list[list[np.ndarray]] = [[], []]
    found = np.zeros(2)
    stream = np.random.default_rng([rng, SETTINGS.index((size, kind, correlation))])
    for _ in range(corpora):
        for shock in (0.0, 0.3):
            theta, periods, cluster, truth = draw(size, kind, correlation, shock, stream)
            for i, given in enumerate((None, cluster)):
                shares = estimate(theta, periods, clusters=given)
                if shock:
                    table = fit_trends(shares).table
                    p[i].append(table["p"].to_numpy() < 0.05)
                    found[i] += (table["p_adjusted"] <= 0.05).any() / corpora
                else:
                    inside = (shares.lower <= truth) & (truth <= shares.upper)
                    cover[i] += inside.mean(0) / corpora
    return [
        {
            **about,
            "cluster": "set" if i else "not set",
            "coverage": cover[i].mean(),
            **{f"coverage_{s:g}": c for s, c in zip(SHARES, cover[i], strict=True)},
            "coverage_se": np.sqrt(0.05 * 0.95 / (corpora * YEARS * len(SHARES))),
            "size_of_test": np.mean(p[i]),
            "size_se": np.sqrt(0.05 * 0.95 / (corpora * len(SHARES))),
            "any_discovery": found[i],
        }
        for i in (0, 1)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpora", type=int, default=30, help="of each setting")
    parser.add_argument("--most", type=int, default=len(SETTINGS), help="settings in one go")
    parser.add_argument("--rng", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    path = options.out / "clusters.csv"
    frame = pd.read_csv(path) if path.exists() else pd.DataFrame(columns=["size", "corpora", "rng"])
    frame = frame[(frame["corpora"] == options.corpora) & (frame["rng"] == options.rng)]
    done = set(frame[NAMES].itertuples(index=False, name=None)) if len(frame) else set()
    for setting in [s for s in SETTINGS if s not in done][: options.most]:
        new = pd.DataFrame(measure(*setting, options.corpora, options.rng))
        frame = pd.concat([frame, new]) if len(frame) else new
        frame.to_csv(path, index=False, float_format="%.4g", lineterminator="\n")
    print(frame.to_string())


if __name__ == "__main__":
    main()
