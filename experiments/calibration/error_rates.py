"""The error rates of the trend test, measured on one cell of simulated truth at a time.

Standard errors are over corpora: topics of one corpus share what is learnt over topics.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pandas as pd
from cells import CORPORA
from counts import Truth, draw
from numpy.typing import NDArray

from trends.analysis.trend.mean import thirds
from trends.analysis.trend.model import fit_model
from trends.analysis.trend.multiplicity import adjust
from trends.analysis.trend.posterior.shares import contrast_of_shares
from trends.analysis.trend.turning import turning

Array = NDArray[np.float64]


def corpora_of(truth: Truth, corpora: int) -> int:
    """How many corpora a cell gets."""
    return max(2, round(corpora * CORPORA[truth.topics]))


def measure(name: str, group: str, truth: Truth, corpora: int, seed: int) -> dict[str, Any]:
    """Rates of one cell, with their standard errors.

    ``size``: topics with p < .05 (of those that do not move; power in cells where all move);
    ``any``: corpora with an adjusted p <= .05 among these; ``coverage``: intervals of the change of
    the log-odds that hold the true one; ``points``: the same in percentage points; ``false``: false
    ones among discoveries; ``found``: movers with an adjusted p <= .05; ``sign``: detections with
    the wrong sign; ``turned``: topics called turned at an adjusted p <= .05, with the wrong order
    counted apart; ``autocorrelation``: mean estimate; ``warned``: topics above .9.
    """
    rows = []
    for i in range(corpora_of(truth, corpora)):
        rng = np.random.default_rng([seed, zlib.crc32(name.encode()), i])
        rows.append(_corpus(truth, draw(truth, rng), points=i % 4 == 0))
    table = pd.DataFrame(rows)
    out: dict[str, Any] = {"cell": name, "group": group, "corpora": len(table), "seed": seed}
    for column in table:
        values = table[column].dropna()
        if len(values):
            out[str(column)] = float(values.mean())
            out[f"{column}_se"] = float(values.std(ddof=1) / np.sqrt(len(values)))
    return out


def _corpus(truth: Truth, drawn: Any, *, points: bool) -> dict[str, float]:
    steps = np.arange(truth.periods)
    fit = fit_model(drawn.y, drawn.n, steps)
    first, last = thirds(truth.periods)
    change = drawn.mean @ (last - first)
    p = fit.change.p
    adjusted = adjust(p)
    found = adjusted <= 0.05
    below = fit.change.below(change)
    moving = np.zeros(len(p), dtype=bool)
    if truth.shape != "flat":
        moving[: truth.movers or len(p)] = True
        # Topics that were not drawn at all shift the places of the movers.
        moving &= np.ptp(drawn.mean, axis=1) > 1e-9
    judged = ~moving if truth.movers else np.ones(len(p), dtype=bool)
    turn = turning(fit, steps)
    turned = adjust(turn.p) <= 0.05
    out = {
        "size": float((p[judged] < 0.05).mean()),
        "any": float(found[judged].any()),
        "coverage": float(((below > 0.025) & (below < 0.975)).mean()),
        "turned": float(turned.mean()),
        "rose_then_fell": float((turned & (turn.sign > 0)).mean()),
        "changed_not_turned": float((found & ~turned).mean()),
        "autocorrelation": float(fit.autocorrelation.mean()),
        "warned": float((fit.autocorrelation > 0.9).mean()),
    }
    if truth.movers:
        out["false"] = float((found & ~moving).sum() / max(found.sum(), 1))
        out["found"] = float(found[moving].mean())
    if truth.shape in ("linear", "logistic", "step"):
        wrong = (p < 0.05) & moving & (np.sign(fit.change.mean) != np.sign(change))
        out["sign"] = float(wrong.sum() / max((p[moving] < 0.05).sum(), 1))
    if points and truth.shape not in ("flat", "random walk"):
        shares = contrast_of_shares(*fit.contrasts, 0.95)
        level = 1 / (1 + np.exp(-drawn.mean))
        true = level @ (last - first)
        out["points"] = float(
            ((shares.change_lower <= true) & (true <= shares.change_upper)).mean()
        )
    return out
