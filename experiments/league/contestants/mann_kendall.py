"""Kendall's tau of yearly mean shares and the year: the Mann–Kendall test."""

from __future__ import annotations

import exchange
import numpy as np
from scipy.stats import kendalltau


def ranks(theta: np.ndarray, year: np.ndarray) -> exchange.Rows:
    total, n = exchange.yearly(theta, year)
    for share in (total / n[:, None]).T:
        tau, p = kendalltau(np.arange(len(n)), share)
        yield {"p": p, "found": p < exchange.LEVEL, "direction": np.sign(tau)}


if __name__ == "__main__":
    exchange.answer(ranks, "scipy")
