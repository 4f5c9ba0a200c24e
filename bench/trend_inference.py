"""From the shares of documents to a table of trends: fit_trends beside topica's estimate_effect.

python bench/trend_inference.py

Both get the same shares, of made documents whose topics move from year to year, and give a row a
topic. topica regresses documents on the year: by default, with years as clusters, and with draws
of the shares from their posterior, as its documentation asks for where results are published
(posterior draws are made before the clock starts). Ours is charged for periods, shares with their
intervals, the model, and the fitted curves. What the answers are worth is measured in
experiments/league. Seconds are of the processor; the contestants take turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from trends.analysis.prevalence.estimate import estimate
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.trend.fit import fit_trends
from trends.core import Topics

SIZES, TOPICS, YEARS = (20_000, 200_000), 50, 40
RNG, REPEATS = 20260301, 5
#: Draws that topica's `dirichlet_theta_samples` makes by default, and tokens of a document.
DRAWS, TOKENS = 25, 60
#: Documents up to which the draws are tried; beyond, they take gigabytes.
FEW = 20_000


def make(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Shares of documents (documents, topics) about shares of years that drift and jump."""
    rng = np.random.default_rng(RNG)
    year = np.sort(rng.integers(YEARS, size=n))
    steps = np.arange(YEARS)[:, None] - YEARS / 2
    logit = rng.normal(size=TOPICS) + 0.02 * rng.normal(size=TOPICS) * steps
    mean = np.exp(logit + 0.2 * rng.normal(size=logit.shape))
    mean /= mean.sum(axis=1, keepdims=True)
    theta = rng.gamma(10 * mean[year] + 1e-3)
    return theta / theta.sum(axis=1, keepdims=True), year


def contestants(theta: np.ndarray, year: np.ndarray) -> dict[str, Callable[[], Any]]:
    import topica

    n = len(year)
    names = tuple(f"w{k}" for k in range(TOPICS))
    phi = np.full((TOPICS, TOPICS), 1 / TOPICS)
    topics = Topics(theta, np.zeros(n), phi, names, tuple(f"d{i}" for i in range(n)))
    days = np.array([f"{1980 + y}-07-01" for y in year], dtype="datetime64[D]")

    def ours() -> Any:
        return fit_trends(estimate(topics, make_periods(days, period="year"), theta="mean")).frame()

    def effect(shares: np.ndarray, **how: Any) -> Callable[[], Any]:
        line = year[:, None].astype(float)
        return lambda: topica.estimate_effect(
            shares, X=line, feature_names=["year"], **how
        ).to_frame()

    found = {
        "trends": ours,
        "topica, least squares": effect(theta),
        "topica, years as clusters": effect(theta, cluster=year),
    }
    if n <= FEW:
        draws = topica.dirichlet_theta_samples(theta, np.full(n, TOKENS), nsims=DRAWS)
        found[f"topica, {DRAWS} posterior draws"] = effect(draws)
        found[f"topica, {DRAWS} posterior draws, years as clusters"] = effect(draws, cluster=year)
    return found


def measure() -> dict[str, Any]:
    """Processor seconds of every contestant, at every size."""
    rows = {}
    for n in SIZES:
        ways = contestants(*make(n))
        for run in ways.values():
            run()  # Libraries are loaded and loops compiled before the clock starts.
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(REPEATS):
            for name, run in ways.items():
                begin = time.process_time()
                run()
                times[name].append(time.process_time() - begin)
        rows[str(n)] = times
    return {"topics": TOPICS, "years": YEARS, "repeats": REPEATS, "rows": rows}


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    text = (
        f"From shares of documents in {result['topics']} topics over {result['years']} years to a "
        f"row a topic, beside topica's `estimate_effect`. Processor seconds, median of "
        f"{result['repeats']} in turns, lowest and highest in brackets. Least squares over "
        "documents is one product of matrices: it takes documents of a year for independent, and "
        "is the faster where nothing else is asked. With years as clusters or not, it does not "
        "know shocks that last, which is what ours spends its time on (a grid of shocks, "
        "integrated out, for every topic, and curves with bands); how often each calls chance a "
        "trend is in `experiments/league`.\n\n"
        "| documents | by | processor seconds | times ours |\n|---|---|---|---|\n"
    )
    for n, times in result["rows"].items():
        ours = float(np.median(times["trends"]))
        for name, found in times.items():
            mid = float(np.median(found))
            text += (
                f"| {int(n):,} | {name} | {mid:.3g} ({min(found):.3g} to {max(found):.3g}) | "
                f"{mid / ours:.2f} |\n"
            )
    return text


if __name__ == "__main__":
    print(table(measure()))
