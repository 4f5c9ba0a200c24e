"""Emergence: false claims where no topic crosses the share, and planted topics found in time.

python experiments/shapes/emergence.py [--corpora 400]    # goes on where it was

A topic is planted in the last fifth: nearly absent (.0005 of the documents), then there. Without
one the stated share is .05, in the middle of the sizes of the topics, where false claims are
easiest; those that cross it with their line are no false claims.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from planted_events import PERIODS, counted, go_on, scores, set_share

import trends as tr

SEED = 17_005
NOTHING: dict[str, Any] = {"documents": 200, "sd": 0.3, "memory": 0.5}
CELLS = {
    "flat": {**NOTHING, "memory": 0.0},
    "flat, AR .5": NOTHING,
    "linear, AR .5": {**NOTHING, "linear": True},
    "planted: share .05, 200 documents": {**NOTHING, "share": 0.05},
    "planted: share .05, 100 documents": {**NOTHING, "documents": 100, "share": 0.05},
    "planted: share .03, 200 documents": {**NOTHING, "share": 0.03},
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
) -> dict[str, Any]:
    score = scores(rng, sd=sd, autocorrelation=memory, linear=linear)
    start = int(rng.integers(PERIODS - PERIODS // 5, PERIODS - 3))
    if share:
        set_share(score, share)
        score[0, :start] += np.log(0.0005 / share)
    limit = 0.01 if share else 0.05
    data = counted(rng, score, documents)
    found = tr.emergence(data, share=limit, draws=199, rng=corpus)
    found = found[found["found"]]
    true = np.exp(score) / np.exp(score).sum(0)
    edge = PERIODS // 5
    crossing = (true[:, :edge].mean(1) < limit) & (true[:, -edge:].mean(1) > limit)
    false = found[found["topic"] >= bool(share)]
    if linear:
        false = false[~crossing[false["topic"]]]
    out = {"any_false": float(len(false) > 0)}
    if share:
        own = found[found["topic"] == 0]
        out["found"] = float(len(own) > 0)
        out["in_time"] = float(len(own) > 0 and start <= own["start"].iloc[0] <= start + 2)
        out["too_early"] = float(len(own) > 0 and own["start"].iloc[0] < start)
    return out


if __name__ == "__main__":
    go_on(CELLS, measure, Path(__file__).parent / "emergence.csv", SEED)
