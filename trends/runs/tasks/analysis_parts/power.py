"""The smallest trends that the corpus of a run could have shown, by simulation.

Simulation is used where it takes seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trends.analysis.robustness.power_simulation import planted_power
from trends.core import Prevalence
from trends.core.computing.rng import seeds_from
from trends.runs.config.settings import RunConfig

#: Changes of the log-odds over the span that are planted: from twice the odds to 400 times.
PLANTED = (0.75, 1.5, 2.5, 4.0, 6.0)

#: Draws for each topic and planted slope: a standard error of .04 at 80 %.
DRAWS = 100

#: Largest topics² × periods that is simulated; 12 topics in 14 periods are 2,016 and take about
#: five seconds.
LARGEST = 8_000


@dataclass(frozen=True)
class Power:
    """Smallest slope of each topic that would be found (points a year), and what it is.

    It is NaN where none of the planted slopes is found often enough.
    """

    smallest: NDArray[np.float64]
    sentence: str


def power_of(shares: Prevalence, config: RunConfig) -> Power:
    """Plant trends of known size in every topic of the backend that the claims are about.

    Parameters
    ----------
    shares : Prevalence
        Of that backend.
    config : RunConfig
        For the estimator and the seed.

    Returns
    -------
    Power
        With NaN for all topics where nothing was simulated; the analytic column ``power`` of the
        trend table then stands.
    """
    blank = np.full(shares.n_topics, np.nan)
    periods = int((shares.n_docs > 0).sum())
    meaning = (
        "the smallest mean slope that this corpus would have shown with 80 % power, in "
        "percentage points a year"
    )
    if periods < 3:
        return Power(blank, "")
    why = ""
    if config.prevalence.theta != "hard":
        why = "shares are means of theta, which cannot be drawn again document by document"
    elif shares.n_topics**2 * periods > LARGEST:
        why = f"{shares.n_topics} topics in {periods} periods would take too long to simulate"
    if why:
        return Power(
            blank,
            f"Power is {meaning}, by a formula and without the adjustment for many topics ({why}): "
            "what is needed is larger.",
        )
    made = planted_power(
        shares, slopes=PLANTED, draws=DRAWS, rng=seeds_from(config.rng, "power", 1)[0]
    )
    smallest = made.groupby("topic", sort=True)["smallest"].first().to_numpy(dtype=float)
    if np.isnan(smallest).all():
        return Power(
            blank,
            f"Power is {meaning}, by a formula and without the adjustment for many topics; with "
            "the adjustment no planted trend, up to "
            f"odds that change by a factor of {np.exp(PLANTED[-1]):.0f}, would be found so often.",
        )
    sentence = (
        f"Power is {meaning}, the adjustment for all topics included: trends of known size were "
        "planted by drawing the documents again, "
        f"{DRAWS} times for each size."
    )
    if np.isnan(smallest).any():
        sentence += (
            " Where it is missing, not even odds that change by a factor of "
            f"{np.exp(PLANTED[-1]):.0f} would be found so often."
        )
    return Power(smallest, sentence)
