"""The error rates of prevalence intervals and trend tests, measured on simulated truth.

Each function measures one row of the table that the project prints about itself and returns one
line per cell: what was simulated, the rate, its standard error over corpora (series of one corpus
share what is pooled, so they are not counted as independent), the demand, and whether it is met.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from trends.analysis.prevalence.estimate import estimate
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.simulation.counts import Counts, Noise, simulate_counts, simulate_multinomial
from trends.analysis.trend.autocorrelation import companion
from trends.analysis.trend.dispersion import PooledFit, fit_pooled
from trends.analysis.trend.multiplicity import adjust
from trends.core.computing.rng import Rng, seed_from

Array = NDArray[np.float64]

#: Name, noise and size of the four kinds of variation between periods under which every test is
#: calibrated.
NOISE_MODELS: tuple[tuple[str, Noise, float], ...] = (
    ("none", "none", 0.0),
    ("logit sd .3", "logit", 0.3),
    ("logit sd U(0, .6)", "mixed", 0.3),
    ("beta-binomial .005", "beta-binomial", 0.005),
)

PERIODS = (3, 4, 5, 8, 12, 24)

#: Median documents a period of the power table, and its rejections: (base share, periods) → one row
#: a slope of .5, 1, 2.
POWER_SIZES = (30, 100, 300, 1000)
POWER_SLOPES = (0.5, 1.0, 2.0)
POWER_TABLE: dict[tuple[float, int], tuple[tuple[float, ...], ...]] = {
    (0.02, 5): ((0.05, 0.06, 0.13, 0.26), (0.06, 0.13, 0.41, 0.77), (0.20, 0.54, 0.87, 0.99)),
    (0.02, 12): ((0.07, 0.12, 0.22, 0.49), (0.14, 0.34, 0.77, 0.96), (0.46, 0.88, 1.0, 1.0)),
    (0.05, 5): ((0.05, 0.12, 0.22, 0.37), (0.11, 0.34, 0.56, 0.90), (0.39, 0.82, 0.98, 1.0)),
    (0.05, 8): ((0.08, 0.14, 0.29, 0.54), (0.19, 0.51, 0.85, 0.97), (0.61, 0.96, 1.0, 1.0)),
    (0.05, 12): ((0.10, 0.22, 0.40, 0.68), (0.27, 0.67, 0.93, 1.0), (0.76, 0.99, 1.0, 1.0)),
    (0.05, 24): ((0.17, 0.40, 0.70, 0.92), (0.52, 0.89, 1.0, 1.0), (0.97, 1.0, 1.0, 1.0)),
    (0.15, 12): ((0.21, 0.39, 0.65, 0.83), (0.51, 0.91, 0.99, 1.0), (0.97, 1.0, 1.0, 1.0)),
}


def share_intervals(
    corpora: int, rng: Rng, *, periods: int = 12, topics: int = 14, level: float = 0.95
) -> pd.DataFrame:
    """A1: how often the interval of a share covers the true one, documents' true shares being
    known.
    """
    rng = seed_from(rng)
    lines = []
    for alpha in (1.0, 5.0):
        stream = np.random.default_rng([rng, 1, int(alpha)])
        covered: dict[str, list[float]] = {"hard": [], "mean": []}
        for _ in range(corpora):
            size = np.clip(np.rint(stream.lognormal(np.log(150), 1, periods)), 20, 1500).astype(int)
            share = stream.dirichlet(np.full(topics, 0.7), 1)[0]
            path = np.log(np.maximum(share, 1e-4)) + 0.3 * stream.standard_normal((periods, topics))
            pi = np.exp(path) / np.exp(path).sum(1, keepdims=True)
            which = np.repeat(np.arange(periods), size)
            gamma = stream.standard_gamma(np.maximum(alpha * pi[which], 1e-3)) + 1e-300
            theta = gamma / gamma.sum(1, keepdims=True)
            # The truth of mean theta is the mean of the Dirichlet that was drawn from, the floor
            # included.
            truth = np.maximum(alpha * pi, 1e-3)
            truth /= truth.sum(1, keepdims=True)
            # Hard labels are drawn with the true shares: their own truth is pi.
            label = (stream.random((len(which), 1)) > np.cumsum(pi[which], 1)[:, :-1]).sum(1)
            days = (np.datetime64("2000-01-01", "Y") + which).astype("datetime64[D]")
            calendar = make_periods(days, period="year")
            for kind, array, target in (
                ("hard", np.eye(topics)[label], pi),
                ("mean", theta, truth),
            ):
                found = estimate(
                    array, calendar, theta="hard" if kind == "hard" else "mean", level=level
                )
                covered[kind].append(
                    float(((found.lower <= target) & (target <= found.upper)).mean())
                )
        for kind, values in covered.items():
            cell = {"theta": kind, "alpha": alpha, "corpus_bins": corpora * periods}
            lines.append(_line("A1", cell, np.array(values), lower=0.93, upper=0.97))
    return pd.DataFrame(lines)


def slope_intervals(
    corpora: int, rng: Rng, *, topics: int = 20, periods: Sequence[int] = PERIODS
) -> pd.DataFrame:
    """A2 and A3: coverage of slope intervals, and rejections where the slope is 0."""
    rng = seed_from(rng)
    lines = []
    for index, (name, noise, size) in enumerate(NOISE_MODELS):
        for count in periods:
            for slope in (0.0, 1.0):
                data = simulate_counts(
                    corpora=corpora,
                    topics=topics,
                    periods=count,
                    noise=noise,
                    size=size,
                    slope=slope,
                    rng=np.random.default_rng([rng, 2, index, count, int(slope)]),
                )
                fit = fit_pooled(data.y, data.n, data.t)
                covered, rejected = _verdicts(fit, data)
                cell = {"noise": name, "periods": count, "slope": slope, "series": corpora * topics}
                upper = 0.97 if count > 3 else 1.0
                line = _line("A2", cell, covered, lower=0.93, upper=upper)
                line["without_interval"] = int((~np.isfinite(fit.slope)).sum())
                lines.append(line)
                if slope == 0:
                    lines.append(_line("A3", cell, rejected, upper=0.06))
    return pd.DataFrame(lines)


def discoveries(
    corpora: int, rng: Rng, *, q: float = 0.05, cells: Sequence[tuple[int, int, int]] | None = None
) -> pd.DataFrame:
    """A4: false-discovery rate under Benjamini–Hochberg, nothing moving and some topics moving, for
    each noise model.

    Parameters
    ----------
    corpora : int
        Per cell.
    rng : int or numpy.random.Generator
        Seed.
    q : float
        Level at which discoveries are made.
    cells : sequence of (topics, periods, movers), optional
        What is simulated under each noise model.

    Returns
    -------
    pandas.DataFrame
        Rows A4 with the true-positive rate and the rate under Benjamini–Yekutieli beside the value.
    """
    rng = seed_from(rng)
    chosen = cells or [
        (20, 3, 0),
        (20, 5, 0),
        (20, 8, 0),
        (20, 12, 0),
        (20, 24, 0),
        (20, 8, 4),
        (20, 8, 10),
        (20, 12, 4),
        (50, 12, 10),
    ]
    lines = []
    for index, (name, noise, size) in enumerate(NOISE_MODELS):
        # The intra-class correlation of a Dirichlet-multinomial with concentration 300.
        extent = 1 / 301 if noise == "beta-binomial" else size
        for topics, periods, movers in chosen:
            data = simulate_multinomial(
                corpora=corpora,
                topics=topics,
                periods=periods,
                movers=movers,
                noise=noise,
                size=extent,
                rng=np.random.default_rng([rng, 4, index, topics, periods, movers]),
            )
            fit = fit_pooled(data.y, data.n, data.t)
            p = 2 * stats.t.sf(np.abs(fit.statistic), fit.df[:, None])
            null = data.slope == 0
            rates: dict[str, Array] = {}
            methods: tuple[Literal["bh", "by"], ...] = ("bh", "by")
            for method in methods:
                found = np.stack([adjust(row, method) for row in np.asarray(p)]) <= q
                rates[method] = (found & null).sum(1) / np.maximum(found.sum(1), 1)
                rates[f"{method}_tpr"] = (found & ~null).sum(1) / np.maximum((~null).sum(1), 1)
            cell = {
                "noise": name,
                "topics": topics,
                "periods": periods,
                "movers": movers,
                "corpora": corpora,
            }
            line = _line("A4", cell, rates["bh"], upper=0.05, errors=2.0)
            line["true_positive_rate"] = float(rates["bh_tpr"].mean()) if movers else np.nan
            line["value_by"] = float(rates["by"].mean())
            lines.append(line)
    return pd.DataFrame(lines)


def sign_errors(corpora: int, rng: Rng, *, topics: int = 20) -> pd.DataFrame:
    """A5: discoveries whose slope has the wrong sign, where the log-odds change by 1 or more and
    counts are 5 a period or more.
    """
    rng = seed_from(rng)
    lines = []
    for index, (name, noise, size) in enumerate(NOISE_MODELS):
        for count in PERIODS:
            wrong, found = np.zeros(corpora), np.zeros(corpora)
            for slope in (1.0, -1.0, 2.0, -2.0):
                data = simulate_counts(
                    corpora=corpora,
                    topics=topics,
                    periods=count,
                    noise=noise,
                    size=size,
                    slope=slope,
                    rng=np.random.default_rng([rng, 5, index, count, int(slope + 3)]),
                )
                fit = fit_pooled(data.y, data.n, data.t)
                p = 2 * stats.t.sf(np.abs(fit.statistic), fit.df[:, None])
                often = data.base * np.median(data.n, axis=2) >= 5
                hit = (p < 0.05) & often
                found += hit.sum(1)
                wrong += (hit & (np.sign(fit.statistic) != np.sign(slope))).sum(1)
            # The rate is a ratio of sums over corpora: its error is that of the residuals about it.
            rate = wrong.sum() / max(found.sum(), 1.0)
            error = float(np.sqrt(((wrong - rate * found) ** 2).sum()) / max(found.sum(), 1.0))
            cell = {"noise": name, "periods": count, "discoveries": int(found.sum())}
            lines.append(
                {
                    "row": "A5",
                    **cell,
                    "value": rate,
                    "se": error,
                    "demand": "<= 0.01",
                    "met": bool(rate <= 0.01),
                }
            )
    return pd.DataFrame(lines)


def power_curves(corpora: int, rng: Rng, *, topics: int = 20) -> pd.DataFrame:
    """A6: share of series found over size, periods, base share and slope, beside the table that was
    to be reproduced.
    """
    rng = seed_from(rng)
    lines = []
    for (base, count), table in POWER_TABLE.items():
        for slope, expected in zip(POWER_SLOPES, table, strict=True):
            for size, target in zip(POWER_SIZES, expected, strict=True):
                data = simulate_counts(
                    corpora=corpora,
                    topics=topics,
                    periods=count,
                    noise="logit",
                    size=0.15,
                    slope=slope,
                    base=base,
                    median=size,
                    rng=np.random.default_rng(
                        [rng, 6, count, int(100 * base), int(10 * slope), size]
                    ),
                )
                _, rejected = _verdicts(fit_pooled(data.y, data.n, data.t), data)
                cell = {
                    "base": base,
                    "periods": count,
                    "slope": slope,
                    "median_documents": size,
                    "table": target,
                }
                lines.append(_line("A6", cell, rejected, lower=target - 0.05, upper=target + 0.05))
    return pd.DataFrame(lines)


def autocorrelated(corpora: int, rng: Rng, *, periods: int = 24, topics: int = 20) -> pd.DataFrame:
    """A13: the main test and its companion where shocks are serially correlated."""
    rng = seed_from(rng)
    lines = []
    for memory in (0.0, 0.3, 0.5, 0.8):
        for slope in (0.0, 1.0):
            data = simulate_counts(
                corpora=corpora,
                topics=topics,
                periods=periods,
                noise="logit",
                size=0.3,
                autocorrelation=memory,
                slope=slope,
                rng=np.random.default_rng([rng, 13, int(10 * memory), int(slope)]),
            )
            fit = fit_pooled(data.y, data.n, data.t)
            _, rejected = _verdicts(fit, data)
            beside = [companion(data.y[i], data.n[i], data.t, fit.of(i)) for i in range(corpora)]
            white = np.array([np.nanmean(b.p < 0.05) for b in beside])
            flagged = np.array([b.p_independent < 0.05 for b in beside], dtype=float)
            chosen = np.where(flagged > 0, white, rejected)
            what = (
                ("main test", rejected),
                ("prewhitened", white),
                ("prewhitened where flagged", chosen),
                ("flagged", flagged),
            )
            for name, values in what:
                cell = {"autocorrelation": memory, "slope": slope, "test": name, "periods": periods}
                lines.append(_line("A13", cell, values))
    return pd.DataFrame(lines)


def _verdicts(fit: PooledFit, data: Counts) -> tuple[Array, Array]:
    """Coverage and rejections of each corpus, over its series that have an interval (a test)."""
    critical = np.asarray(stats.t.ppf(0.975, fit.df))[:, None]
    with np.errstate(invalid="ignore"):
        inside = np.abs(fit.slope - data.slope) <= critical * fit.se
        beyond = np.abs(fit.statistic) > critical
    known = np.isfinite(fit.slope)
    covered = (inside & known).sum(1) / np.maximum(known.sum(1), 1)
    return covered, (beyond & fit.varies).sum(1) / np.maximum(fit.varies.sum(1), 1)


def _line(
    row: str,
    cell: dict[str, Any],
    values: Array,
    *,
    lower: float | None = None,
    upper: float | None = None,
    errors: float = 0.0,
) -> dict[str, Any]:
    """One line: the mean over corpora, its standard error, the demand and whether the mean meets
    it.
    """
    value, se = float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))
    if lower is None and upper is None:
        return {"row": row, **cell, "value": value, "se": se, "demand": "printed", "met": None}
    met = (lower is None or value >= lower) and (upper is None or value <= upper + errors * se)
    demand = (
        f"<= {upper:g}"
        if lower is None
        else f">= {lower:g}"
        if upper is None or upper >= 1
        else f"{lower:.2f}–{upper:.2f}"
    )
    return {
        "row": row,
        **cell,
        "value": value,
        "se": se,
        "demand": demand + (f" + {errors:g} SE" if errors else ""),
        "met": bool(met),
    }
