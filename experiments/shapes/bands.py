"""How often a band holds a whole curve, and its rate of change; how often flat topics "move".

    python experiments/shapes/bands.py             # goes on where it was; writes bands.csv
    python experiments/shapes/bands.py --corpora 5 --output try.csv

Every corpus has twenty topics of one shape, each with a direction, a place and a size of its own
share (3 to 18 %), 200 documents a period, and shocks of standard deviation .3 log-odds with a
correlation of 0 or .5 from one period to the next. The curve that is to be held is the log-odds
without shocks, and its change over the window of the rate. ``topics_claimed`` are those of which a
rise or fall is claimed at p of their own, ``topics_found`` those with an adjusted p.
"""

from __future__ import annotations

import argparse
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit

from trends.analysis.shapes.bands import fit_curves
from trends.analysis.simulation.shocks import lasting
from trends.files import write_csv

HERE = Path(__file__).parent
SHAPES = ("flat", "linear", "logistic", "step", "wave", "mixed")
TOPICS, DOCUMENTS, SHOCK = 20, 200, 0.3
PERIODS, CORRELATIONS = (36, 60), (0.0, 0.5)


def curve(shape: str, periods: int, rng: np.random.Generator) -> np.ndarray:
    """Log-odds about 0 of all topics, shape (topics, periods)."""
    if shape == "mixed":
        parts = [curve(SHAPES[k % 5], periods, rng)[k] for k in range(TOPICS)]
        return np.array(parts)
    at, own = np.linspace(0, 1, periods), rng.uniform(0, 1, (TOPICS, 1))
    if shape == "linear":
        out = 1.5 * at + 0 * own
    elif shape == "logistic":
        out = 2 * expit(14 * (at - 0.4 - 0.2 * own))
    elif shape == "step":
        out = 1.2 * (np.arange(periods) >= np.floor(periods * (1 + own) / 3))
    elif shape == "wave":
        out = 0.6 * np.sin(2 * np.pi * (1.5 * at + own))
    else:
        out = 0 * at + 0 * own
    return rng.choice([-1, 1], (TOPICS, 1)) * (out - out.mean(1, keepdims=True))


def shocks(periods: int, correlation: float, rng: np.random.Generator) -> np.ndarray:
    """Stationary shocks of all topics, shape (topics, periods)."""
    return lasting(SHOCK * rng.standard_normal((TOPICS, periods)), correlation)


def measured(shape: str, periods: int, correlation: float, seed: int) -> dict[str, float]:
    """One corpus: parts of its topics of which each is true."""
    rng = np.random.default_rng(seed)
    base = rng.uniform(-3.5, -1.5, (TOPICS, 1))
    truth = base + curve(shape, periods, rng)
    y = rng.binomial(DOCUMENTS, expit(truth + shocks(periods, correlation, rng)))
    found = fit_curves((y, np.full(periods, DOCUMENTS), np.arange(periods)), rng=seed)
    table, claims = found.curves(), found.frame()

    def held(name: str, true: np.ndarray) -> float:
        low, high = (
            table[f"{name}_{end}"].to_numpy().reshape(len(true), -1)[:, : true.shape[1]]
            for end in ("lower", "upper")
        )
        inside = (low - 1e-9 <= true) & (true <= high + 1e-9)
        return float(inside.all(axis=1).mean())

    share, window = expit(truth), found.settings["window"]
    change = 100 * (share[:, window:] - share[:, :-window]) / window
    wrong, inside = 0, 0
    for row in claims.itertuples():
        moved = 100 * (share[row.topic, int(row.stop)] - share[row.topic, int(row.start)])
        inside += row.low <= moved <= row.high
        wrong += not (moved > 0 if row.kind == "rising" else moved < 0)
    half = (table["smooth_upper"] - table["smooth_lower"]).mean() / 2
    return {
        "curve_held": held("smooth", share),
        "rate_held": held("rate", change),
        "topics_claimed": claims["topic"].nunique() / TOPICS,
        "topics_found": claims.loc[claims["found"], "topic"].nunique() / TOPICS,
        "any_found": float(claims["found"].any()),
        "claims": len(claims) / TOPICS,
        "claims_of_wrong_sign": wrong / TOPICS,
        "claims_whose_change_is_held": inside / TOPICS,
        "half_width_points": 100 * half,
    }


def run(corpora: int, output: Path) -> pd.DataFrame:
    """Measure every cell, going on where the file stands; one row a cell."""
    each = output.with_suffix(".corpora.csv")
    done = pd.read_csv(each) if each.exists() else pd.DataFrame(columns=["seed"])
    known = set(done["seed"])
    cells = list(product(SHAPES, PERIODS, CORRELATIONS))
    # A corpus of every cell before the next of any, so that a run that is stopped is of use.
    for corpus in range(corpora):
        seeds = [1000 * cell + corpus for cell in range(len(cells))]
        rows = [
            {"shape": shape, "periods": periods, "correlation": rho, "seed": seed}
            | measured(shape, periods, rho, seed)
            for seed, (shape, periods, rho) in zip(seeds, cells, strict=True)
            if seed not in known
        ]
        if rows:
            done = pd.concat([done.dropna(axis=1, how="all"), pd.DataFrame(rows)])
            done = done.sort_values("seed", ignore_index=True)
            write_csv(each, done)
    grouped = done.groupby(["shape", "periods", "correlation"], sort=False)
    table = grouped.mean().drop(columns="seed")
    counts = grouped.size()
    for name in ("curve_held", "rate_held", "topics_claimed"):
        table[f"{name}_se"] = grouped[name].std() / np.sqrt(counts)
    table = table.reset_index()
    table.insert(3, "corpora", counts.to_numpy())
    write_csv(output, table)
    return table


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpora", type=int, default=40)
    parser.add_argument("--output", type=Path, default=HERE / "bands.csv")
    given = parser.parse_args()
    print(run(given.corpora, given.output).round(3).to_string())
