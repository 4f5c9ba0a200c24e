"""Bursts: how often one is found where none is, and how often a planted one is found.

python experiments/shapes/bursts.py [--corpora 400]    # goes on where it was
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from planted_events import DRAWS, PERIODS, counted, go_on, scores, set_share

import trends as tr

SEED = 17_003
NOTHING: dict[str, Any] = {"documents": 100, "sd": 0.3, "memory": 0.5}
CELLS = {
    "flat": {**NOTHING, "memory": 0.0},
    "flat, AR .5": NOTHING,
    "linear, AR .5": {**NOTHING, "linear": True},
    "burst: share .1, 6 periods, shocks .15": {**NOTHING, "sd": 0.15, "share": 0.1, "length": 6},
    "burst: share .1, 6 periods, shocks .3": {**NOTHING, "share": 0.1, "length": 6},
    "burst: share .1, 3 periods, shocks .15": {**NOTHING, "sd": 0.15, "share": 0.1, "length": 3},
}


def measure(
    rng: np.random.Generator,
    corpus: int,
    *,
    documents: int,
    sd: float,
    memory: float,
    linear: bool = False,
    share: float = 0.0,
    length: int = 0,
) -> dict[str, Any]:
    score = scores(rng, sd=sd, autocorrelation=memory, linear=linear)
    start = int(rng.integers(3, PERIODS - length - 3))
    if length:
        set_share(score, share)
        score[0, start : start + length] += np.log(3)
    found = tr.bursts(counted(rng, score, documents), draws=DRAWS, rng=corpus)
    found = found[found["found"]]
    out = {"any_false": float((found["topic"] >= bool(length)).any())}
    if length:
        own = found[(found["topic"] == 0)]
        meets = (own["start"] < start + length) & (own["stop"] >= start)
        out["found"] = float(meets.any())
        right = (own["low"] <= 3) & (own["high"] >= 3)
        out["size_covers"] = float(right[meets].iloc[0]) if meets.any() else np.nan
    return out


if __name__ == "__main__":
    go_on(CELLS, measure, Path(__file__).parent / "bursts.csv", SEED)
