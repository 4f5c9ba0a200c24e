"""Counts of documents of a topic a year on the year, as the frequencies of BERTopic are often read.

`topics_over_time` gives frequencies and no test; they are counts, not shares, so that a corpus that
grows makes every topic grow.
"""

from __future__ import annotations

import exchange
import numpy as np
from scipy.stats import linregress


def counts(theta: np.ndarray, year: np.ndarray) -> exchange.Rows:
    label, years = theta.argmax(1), np.arange(year.max() + 1)
    for k in range(theta.shape[1]):
        line = linregress(years, np.bincount(year[label == k], minlength=len(years)))
        yield {
            "p": line.pvalue,
            "found": line.pvalue < exchange.LEVEL,
            "direction": np.sign(line.slope),
        }


if __name__ == "__main__":
    exchange.answer(counts, "scipy")
