"""What seasons cost a trend test, with and without the seasonal term, and how often one is found.

    python experiments/shapes/seasons.py             # goes on where it was; writes seasons.csv
    python experiments/shapes/seasons.py --corpora 10 --output try.csv

Every corpus has twenty topics over 30, 60 months or 16 quarters, 150 documents a period, and shocks
of standard deviation .3 log-odds with a correlation of 0 or .5. Seasons are a wave of .5 log-odds a
year, or one month that stands out by 1; movers change by 1.5 log-odds over the span.
"""

from __future__ import annotations

import argparse
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit

import trends as tr
from trends.analysis.simulation.shocks import lasting
from trends.files import write_csv

HERE = Path(__file__).parent
TOPICS, DOCUMENTS, SHOCK, MOVE, LEVEL = 20, 150, 0.3, 1.5, 0.05
SPANS = ((30, 12), (60, 12), (16, 4))
SEASONS = ("none", "wave", "one month")


def corpus(
    periods: int, length: int, season: str, move: float, rho: float, rng: np.random.Generator
) -> np.ndarray:
    """Counts, shape (topics, periods)."""
    at, sign = np.arange(periods), rng.choice([-1, 1], (2, TOPICS, 1))
    first = rng.integers(length, size=(TOPICS, 1))
    place = (at + first) % length
    shape = {
        "none": 0.0 * place,
        "wave": 0.5 * np.sin(2 * np.pi * place / length),
        "one month": 1.0 * (place == 0),
    }[season]
    shock = lasting(SHOCK * rng.standard_normal((TOPICS, periods)), rho)
    mean = rng.uniform(-3.5, -1.5, (TOPICS, 1)) + sign[1] * move * (at / (periods - 1) - 0.5)
    return rng.binomial(DOCUMENTS, expit(mean + sign[0] * shape + shock))


def measured(
    periods: int, length: int, season: str, move: float, rho: float, seed: int
) -> dict[str, float]:
    """One corpus, tested with and without the seasonal term."""
    rng = np.random.default_rng(seed)
    y = corpus(periods, length, season, move, rho, rng)
    data = (y, np.full(periods, DOCUMENTS), 2020 + np.arange(periods) / length)
    out = {}
    for name, term in (("without_term", "none"), ("with_term", "adjust")):
        found = tr.fit_trends(data, season=term)
        table = found.frame()
        out[f"rejected_{name}"] = float((table["p"] <= LEVEL).mean())
        out[f"found_{name}"] = float((table["p_adjusted"] <= LEVEL).mean())
        out[f"turned_{name}"] = float((table["finding"] == "turned").mean())
    tested = found.seasons().drop_duplicates("topic")
    out["season_rejected"] = float((tested["p"] <= LEVEL).mean())
    out["season_found"] = float((tested["p_adjusted"] <= LEVEL).mean())
    out["season_any"] = float((tested["p_adjusted"] <= LEVEL).any())
    return out


def run(corpora: int, output: Path) -> pd.DataFrame:
    """Measure every cell, going on where the file stands; one row a cell."""
    done = pd.read_csv(output) if output.exists() else pd.DataFrame({"first_seed": []})
    rows = done.to_dict("records")
    cells = product(SPANS, SEASONS, (0.0, MOVE), (0.0, 0.5))
    for cell, ((periods, length), season, move, rho) in enumerate(cells):
        if 1000 * cell in set(done["first_seed"]):
            continue
        each = pd.DataFrame(
            [
                measured(periods, length, season, move, rho, 1000 * cell + seed)
                for seed in range(corpora)
            ]
        )
        about = {
            "periods": periods,
            "seasons": length,
            "season": season,
            "move": move,
            "correlation": rho,
            "corpora": corpora,
            "first_seed": 1000 * cell,
        }
        errors = (each.std() / np.sqrt(corpora)).add_suffix("_se").to_dict()
        rows.append(about | each.mean().to_dict() | errors)
        write_csv(output, pd.DataFrame(rows))
    return pd.DataFrame(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpora", type=int, default=40)
    parser.add_argument("--output", type=Path, default=HERE / "seasons.csv")
    given = parser.parse_args()
    table = run(given.corpora, given.output)
    print(table.drop(columns=[c for c in table if c.endswith("_se")]).round(3).to_string())
