"""What could be found at most: humps where the size and the memory of shocks are known.

python experiments/calibration/known_shocks.py    # under a minute; writes results/known_shocks.csv

The same corpora and the same test of turning points, but the shocks are those that were drawn, so
that z-scores are normal. The test has to learn them and can
hardly find more.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from cells import cells
from counts import Truth, draw
from numpy.typing import NDArray

from trends.analysis.trend.model import fit_model
from trends.analysis.trend.multiplicity import adjust
from trends.analysis.trend.turning import turning
from trends.files import write_csv

Array = NDArray[np.float64]

RESULTS = Path(__file__).resolve().parent / "results"
CORPORA = 100


def p_of_turns(y: Array, n: Array, sd: float, memory: float) -> Array:
    """p of every topic that there is no turn, with known shocks."""
    steps = np.arange(y.shape[1])
    fit = replace(fit_model(y, n, steps), learnt=np.ones(1))
    return turning(fit, steps, np.array([[sd, memory]])).p


def found(name: str, truth: Truth, rng: int) -> float:
    """Share of humps that are called turned."""
    rates = []
    for i in range(CORPORA):
        drawn = draw(truth, np.random.default_rng([rng, zlib.crc32(name.encode()), i]))
        p = p_of_turns(drawn.y, drawn.n, truth.sd, truth.autocorrelation)
        rates.append((adjust(p) <= 0.05).mean())
    return float(np.mean(rates))


if __name__ == "__main__":
    full = pd.read_csv(RESULTS / "full.csv").set_index("cell")
    rows = []
    for name, (group, truth) in cells().items():
        if group == "hump" and truth.periods >= 12:
            known = found(name, truth, int(full["seed"][name]))
            rows.append({"cell": name, "learnt": full["turned"][name], "known": known})
    table = pd.DataFrame(rows).round(3)
    print(table.to_string(index=False))
    write_csv(RESULTS / "known_shocks.csv", table)
