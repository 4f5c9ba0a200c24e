"""Does the joint test of the multiverse say the same on its few grid points as on the whole grid?

    python experiments/calibration/joint_grid.py      # the committed result, some minutes

The joint test compares the real order of dates with shuffled ones by one statistic, so its level
holds on any grid; what a grid may cost is power. Corpora of verdicts.py in which nothing moves or
two topics do, four specifications each, scored on the grid of the package and on the whole one,
with the same shuffles. results/joint_grid.csv has a line a topic.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from verdicts import SCENARIOS, in_periods, made_fits

from trends.analysis.robustness import specification
from trends.analysis.robustness.multiverse import joint_test
from trends.analysis.simulation.simulate import simulate
from trends.analysis.trend.shocks import FINE, JOINT

SEED, SHUFFLES = 20261130, 99
OUT = Path(__file__).resolve().parent / "results" / "joint_grid.csv"
GRIDS = {"package": JOINT, "whole": FINE}


def lines(scenario: str, corpus: int) -> Iterator[dict[str, Any]]:
    """The joint p of every topic of one corpus, by grid."""
    stream = np.random.default_rng([SEED, zlib.crc32(scenario.encode()), corpus])
    design, words = SCENARIOS[scenario]
    made = simulate(design, words, rng=stream)
    # Fits of the first family that have all topics.
    fits = [f.topics for f in made_fits(made, words, stream)[:2]]
    block = round(float(np.median(made.truth.periods.n_docs)))
    orders = specification.block_orders(len(made.corpus), block, SHUFFLES, stream)
    p = {}
    for name, grid in GRIDS.items():
        z = [
            specification.estimate(
                fit,
                in_periods(made, period),
                np.arange(len(made.corpus)),
                orders,
                theta=theta,
                denominator="all",
                grid=grid,
            ).z
            for fit in fits
            for theta, period in (("hard", "quarter"), ("mean", "half-year"))
        ]
        p[name] = joint_test(np.stack(z), np.full(len(z), 1 / len(z)))[1]
    for k in range(design.topics):
        yield {
            "scenario": scenario,
            "corpus": corpus,
            "rng": SEED,
            "topic": k,
            "moves": int(made.truth.shapes[k] != "flat"),
            **{name: values[k] for name, values in p.items()},
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpora", type=int, default=20, help="of each scenario")
    given = parser.parse_args()
    rows = pd.DataFrame(
        line for s in ("flat", "movers") for i in range(given.corpora) for line in lines(s, i)
    )
    rows.to_csv(OUT, index=False, float_format="%.4g", lineterminator="\n")
    for moves, part in rows.groupby("moves"):
        both = part[list(GRIDS)]
        found = both <= 0.05
        print(
            f"moves {moves}: {len(part)} topics, p <= .05 in {found.mean().round(3).to_dict()}, "
            f"alike in {(found.nunique(axis=1) == 1).mean():.3f}, rank correlation "
            f"{both.corr('spearman').iloc[0, 1]:.3f}"
        )


if __name__ == "__main__":
    main()
