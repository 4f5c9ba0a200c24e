"""Change points: false ones where nothing steps, planted ones found, and intervals for the date.

python experiments/shapes/change_points.py [--corpora 400]    # goes on where it was
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from planted_events import DRAWS, PERIODS, counted, go_on, scores, set_share

import trends as tr

SEED = 17_004
NOTHING: dict[str, Any] = {"documents": 200, "sd": 0.3, "memory": 0.5}
STEP: dict[str, Any] = {**NOTHING, "share": 0.1}
QUIET: dict[str, Any] = {**STEP, "sd": 0.15}
CELLS = {
    "flat": {**NOTHING, "memory": 0.0},
    "flat, AR .5": NOTHING,
    "linear, AR .5": {**NOTHING, "linear": True},
    "step: share .1, shocks .15": QUIET,
    "step: share .1, shocks .15, no memory": {**QUIET, "memory": 0.0},
    "step: share .1, shocks .3": STEP,
    "step: share .1, shocks .3, no memory": {**STEP, "memory": 0.0},
    "step of 1.5: share .1, shocks .15": {**QUIET, "size": 1.5},
    "step of 1.5: share .1, shocks .15, no memory": {**QUIET, "memory": 0.0, "size": 1.5},
    "step of 1.5: share .1, shocks .3": {**STEP, "size": 1.5},
    "step of 1.5: share .1, shocks .3, no memory": {**STEP, "memory": 0.0, "size": 1.5},
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
    size: float = 1.0,
) -> dict[str, Any]:
    score = scores(rng, sd=sd, autocorrelation=memory, linear=linear)
    date = int(rng.integers(PERIODS // 5, PERIODS - PERIODS // 5 + 1))
    if share:
        set_share(score, share)
        score[0, date:] += size
    found = tr.change_points(counted(rng, score, documents), draws=DRAWS, rng=corpus)
    found = found[found["found"]]
    out = {"any_false": float((found["topic"] >= bool(share)).any())}
    if share:
        own = found[found["topic"] == 0]
        out["found"] = float(len(own) > 0)
        out["likeliest_is_true"] = float((own["date"] == date).any()) if len(own) else np.nan
        for name, low, high in (("date", "start", "stop"), ("hold", "hold_from", "hold_to")):
            covers = (own[low] <= date) & (own[high] >= date)
            out[f"{name}_covers"] = float(covers.any()) if len(own) else np.nan
            out[f"{name}_periods"] = float((own[high] - own[low] + 1).mean())
    return out


if __name__ == "__main__":
    go_on(CELLS, measure, Path(__file__).parent / "change_points.csv", SEED)
