"""In the manner of stm's vignette: shares of documents on a spline of time, least squares, F test.

`estimateEffect` in R gives tests of single coefficients; readers look at the curve with its band.
Taken here is the test of all coefficients of the spline together, three degrees of freedom. Shares
are given, so there is no uncertainty of the model to add. The spline is a natural one.
"""

from __future__ import annotations

import exchange
import numpy as np
from scipy.stats import f as f_distribution


def _natural(x: np.ndarray, knots: np.ndarray) -> np.ndarray:
    def part(k: int) -> np.ndarray:
        a, b = np.maximum(x - knots[k], 0) ** 3, np.maximum(x - knots[-1], 0) ** 3
        return (a - b) / (knots[-1] - knots[k])

    last = part(len(knots) - 2)
    return np.column_stack([x, *(part(k) - last for k in range(len(knots) - 2))])


def spline(theta: np.ndarray, year: np.ndarray) -> exchange.Rows:
    x = year / year.max()
    design = np.column_stack([np.ones(len(x)), _natural(x, np.linspace(0, 1, 4))])
    fitted = design @ np.linalg.lstsq(design, theta, rcond=None)[0]
    rest, free = ((theta - fitted) ** 2).sum(0), len(x) - design.shape[1]
    explained = ((theta - theta.mean(0)) ** 2).sum(0) - rest
    p = f_distribution.sf((explained / 3) / (rest / free), 3, free)
    first, last = fitted[year == 0][0], fitted[year == year.max()][0]
    for k in range(theta.shape[1]):
        yield {"p": p[k], "found": p[k] < exchange.LEVEL, "direction": np.sign(last[k] - first[k])}


if __name__ == "__main__":
    exchange.answer(spline, "scipy")
