"""What could be found at most: events where all but the event itself is known.

python experiments/shapes/known_shocks.py    # a few seconds; writes known_shocks.csv

Steps and bursts: the size and the memory of shocks and the share are given, log-odds are normal,
and only the mean is estimated: a line, or a cubic, as a course that is smooth is no event. The
largest score over all dates (windows of 2 to 12 periods) is held against its largest in all topics
of corpora without an event. Emergence: documents of up to three periods against the stated share
of .01, a binomial test at .05 over all topics and periods. A test that has to learn shocks can
hardly find more.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from planted_events import PERIODS, TOPICS
from scipy import stats

from trends.analysis.simulation.shocks import lasting
from trends.files import write_csv

SEED, CORPORA, SHARE, STATED = 17_009, 4000, 0.1, 0.01
#: Log-odds, documents a period, periods (0: for good), size of shocks, their memory.
STEPS = [(size, 200, 0, sd, r) for size in (1.0, 1.5) for sd in (0.15, 0.3) for r in (0.0, 0.5)]
BURSTS = [(np.log(3), 100, k, sd, 0.5) for k, sd in ((6, 0.15), (6, 0.3), (3, 0.15))]
DEGREES = {"line": 1, "cubic": 3}
#: Share, documents a period.
PLANTED = ((0.05, 200), (0.05, 100), (0.03, 200))
EDGE, WAIT, SHOCK, MEMORY = 4, 3, 0.3, 0.5


def windows(length: int) -> np.ndarray:
    """One row per event that is looked for: 1 in its periods."""
    at = np.arange(PERIODS)
    if not length:
        return np.array([at >= d for d in range(EDGE, PERIODS - EDGE + 1)], dtype=float)
    spans = [(start, k) for k in range(2, 13) for start in range(PERIODS - k + 1)]
    return np.array([(at >= start) & (at < start + k) for start, k in spans], dtype=float)


def found(
    size: float,
    documents: int,
    length: int,
    sd: float,
    memory: float,
    degree: int,
    rng: np.random.Generator,
) -> float:
    """Share of corpora with the event in one topic in which its largest score is significant."""
    at = np.arange(PERIODS)
    noise = 1 / (documents * SHARE * (1 - SHARE))
    covariance = noise * np.eye(PERIODS) + sd**2 * memory ** np.abs(at[:, None] - at)
    root, inverse = np.linalg.cholesky(covariance), np.linalg.inv(covariance)
    mean = np.vander(np.linspace(-1, 1, PERIODS), degree + 1)
    left = inverse - inverse @ mean @ np.linalg.solve(mean.T @ inverse @ mean, mean.T @ inverse)
    tried = windows(length)
    weights = tried @ left / np.sqrt(np.einsum("et,tu,eu->e", tried, left, tried))[:, None]

    def largest(course: np.ndarray) -> np.ndarray:
        drawn = course + rng.standard_normal((len(course), PERIODS)) @ root.T
        scores: np.ndarray = np.abs(drawn @ weights.T).max(axis=1)
        return scores

    nothing = largest(np.zeros((CORPORA * TOPICS, PERIODS))).reshape(CORPORA, TOPICS).max(axis=1)
    first, last = (3, PERIODS - length - 3) if length else (PERIODS // 5, PERIODS * 4 // 5 + 1)
    begin = rng.integers(first, last, CORPORA)[:, None]
    course = size * ((at >= begin) & (at < begin + (length or PERIODS)))
    return float((largest(course) > np.quantile(nothing, 0.95)).mean())


def in_time(share: float, documents: int, rng: np.random.Generator) -> float:
    """Share of new topics that are beyond the stated share within their first periods."""
    shock = SHOCK * lasting(rng.standard_normal((CORPORA, WAIT)), MEMORY)
    odds = share / (1 - share) * np.exp(shock)
    seen = rng.binomial(documents, odds / (1 + odds)).cumsum(axis=1)
    p = stats.binom.sf(seen - 1, documents * np.arange(1, WAIT + 1), STATED)
    return float((p <= 0.05 / (TOPICS * PERIODS)).any(axis=1).mean())


if __name__ == "__main__":
    rows = []
    for event, cells in (("step", STEPS), ("burst", BURSTS)):
        for number, cell in enumerate(cells):
            for mean, degree in DEGREES.items():
                rng = np.random.default_rng([SEED, number, degree, len(event)])
                size, documents, length, sd, memory = cell
                rows.append(
                    {"event": event, "log_odds": size, "share": SHARE, "documents": documents}
                    | {"periods": length, "shock": sd, "memory": memory, "mean": mean}
                    | {"found": found(*cell, degree, rng)}
                )
    for number, (share, documents) in enumerate(PLANTED):
        rate = in_time(share, documents, np.random.default_rng([SEED, number]))
        rows.append(
            {"event": "emergence", "share": share, "documents": documents, "periods": WAIT}
            | {"shock": SHOCK, "memory": MEMORY, "mean": "known", "found": rate}
        )
    table = pd.DataFrame(rows).round(3)
    print(table.to_string(index=False))
    write_csv(Path(__file__).parent / "known_shocks.csv", table)
