"""Cochran and Armitage's test of a trend in proportions: documents are independent draws.

Each document is counted where its share is largest.
"""

from __future__ import annotations

import exchange
import numpy as np
from scipy.stats import norm


def armitage(theta: np.ndarray, year: np.ndarray) -> exchange.Rows:
    label = theta.argmax(1)
    x = year - year.mean()
    for k in range(theta.shape[1]):
        inside = label == k
        share = inside.mean()
        spread = np.sqrt(share * (1 - share) * (x**2).sum())
        z = x[inside].sum() / spread if spread else 0.0
        p = 2 * norm.sf(abs(z))
        yield {"p": p, "found": p < exchange.LEVEL, "direction": np.sign(z)}


if __name__ == "__main__":
    exchange.answer(armitage, "scipy")
