"""In the manner of PsychTopics and many articles: yearly mean shares on the year, least squares.

Hot and cold topics are those whose slope has p < .05, as after Griffiths and Steyvers (2004).
"""

from __future__ import annotations

import exchange
import numpy as np
from scipy.stats import linregress
from scipy.stats import t as t_distribution


def means(theta: np.ndarray, year: np.ndarray) -> exchange.Rows:
    total, n = exchange.yearly(theta, year)
    x = np.arange(len(n))
    half = t_distribution.ppf(1 - exchange.LEVEL / 2, len(n) - 2)
    for share in (total / n[:, None]).T:
        line = linregress(x, share)
        yield {
            "p": line.pvalue,
            "found": line.pvalue < exchange.LEVEL,
            "direction": np.sign(line.slope),
            "of": "slope of years",
            "low": line.slope - half * line.stderr,
            "high": line.slope + half * line.stderr,
        }


if __name__ == "__main__":
    exchange.answer(means, "scipy")
