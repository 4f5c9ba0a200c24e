"""Smooth curves of topics with simultaneous bands, and the times at which they rise or fall."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from trends.analysis.shapes.frames import names_of, table_of
from trends.analysis.shapes.smooth.basis import BENDS
from trends.analysis.shapes.smooth.envelope import Envelope, envelope
from trends.analysis.shapes.smooth.means import DRAWS, draw_means
from trends.analysis.shapes.smooth.stretches import Stretch, stretches, window_of
from trends.analysis.trend.multiplicity import adjust
from trends.analysis.trend.seasons import Seasons
from trends.analysis.trend.series import Series, series_of
from trends.core import Prevalence
from trends.core.claim import ALPHA
from trends.core.computing.rng import Rng, seed_from
from trends.core.given.expected import check_kind
from trends.errors import UsageError

Array = NDArray[np.float64]

#: Columns of a table of curves.
CURVES = (
    *("topic", "label", "period", "smooth", "smooth_lower", "smooth_upper"),
    *("rate", "rate_lower", "rate_upper"),
)


@dataclass(frozen=True)
class Curves:
    """Smooth curves of topics, with bands that hold the whole curve.

    Parameters
    ----------
    claims : pandas.DataFrame
        See :meth:`frame`.
    fitted : pandas.DataFrame
        See :meth:`curves`.
    settings : dict
        ``level``, ``draws``, ``seed``, ``method``, ``notes``.
    """

    claims: pd.DataFrame
    fitted: pd.DataFrame
    settings: dict[str, Any] = field(default_factory=dict)

    def frame(self) -> pd.DataFrame:
        """When topics rose and fell: one row a topic and stretch of time.

        Returns
        -------
        pandas.DataFrame
            Columns ``topic``, ``label``, ``kind`` (rising, falling), ``start`` and ``stop`` (first
            and last period), ``estimate``, ``low``, ``high`` (change of the share between the two,
            in percentage points, with bounds that hold for all stretches of the topic at once),
            ``p`` (allows for all times), ``adjusted_p`` (over topics too), ``found``, ``note``.
        """
        return self.claims.copy()

    def curves(self) -> pd.DataFrame:
        """The curve and its rate of change at every period.

        Returns
        -------
        pandas.DataFrame
            Columns ``topic``, ``label``, ``period``, ``smooth`` (share, a fraction) with
            ``smooth_lower`` and ``smooth_upper``, ``rate`` (percentage points a year over the next
            ``settings["window"]`` periods; NaN at the last ones) with ``rate_lower`` and
            ``rate_upper``. Both bands hold for all periods of a topic at once.
        """
        return self.fitted.copy()


def fit_curves(
    data: Prevalence | pd.DataFrame | tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    level: float = 0.95,
    complete_only: bool = False,
    season: Seasons | None = None,
    rng: Rng = 0,
    draws: int = DRAWS,
    claims: bool = True,
) -> Curves:
    """Fit a smooth curve to every topic, with simultaneous bands of the curve and of its change.

    Parameters
    ----------
    data : Prevalence, its frame, or tuple (y, n, x)
        As :func:`trends.analysis.trend.fit.fit_trends` takes it.
    level : float
        Probability with which a band holds a whole curve.
    complete_only : bool
        Leave out periods that the corpus does not cover as a whole.
    season : {"none", "auto", "adjust", "keep"}, optional
        Whether months or quarters that differ in every year alike are taken out of the curves, as
        in :func:`trends.analysis.trend.fit.fit_trends`.
    rng : int or Generator
        Of the draws from the posterior; the seed is kept in ``settings``.
    draws : int
        Number of draws.
    claims : bool
        Whether stretches of time are looked for, which takes a third of the time; else
        :meth:`Curves.frame` has no rows.

    Returns
    -------
    Curves

    Raises
    ------
    UsageError
        If ``level`` does not lie between 0 and 1, there are fewer than 100 draws, or something else
        than these is given.

    Notes
    -----
    The model is that of the trend tests with a mean that may bend and jump
    (:func:`trends.analysis.shapes.smooth.means.draw_means`); bands are envelopes of draws by rank
    (:func:`trends.analysis.shapes.smooth.envelope.envelope`). A shock of one period is no part of
    the curve. With fewer than eight periods the curve is a line. A mean that may jump has no
    certain slope at one moment: rates are those over a twelfth of the span, and stretches of time
    are found over windows of a twelfth, a quarter and half of it (the last two where no shorter one
    says when), all at once.

    References
    ----------
    Simpson (2018), Frontiers in Ecology and Evolution 6, 149, for times of change from the
    derivative of a smooth curve.
    """
    if not 0 < level < 1:
        message = f"level must lie between 0 and 1; got {level!r}."
        raise UsageError(message)
    if draws < 100:
        message = f"draws is the number of curves drawn, at least 100; got {draws!r}."
        raise UsageError(message)
    if isinstance(data, pd.DataFrame):
        data = Prevalence.from_frame(data)
    if not (isinstance(data, tuple) and len(data) == 3):
        check_kind("fit_curves", "shares", data, Prevalence, pd.DataFrame)
    series = series_of(data, complete_only=complete_only, season=season)
    seed = seed_from(rng)
    settings: dict[str, Any] = {"level": level, "draws": draws, "seed": seed, "notes": []}
    rows, periods = series.tested, len(series.x)
    if not len(rows) or periods < 3:
        few = f"{periods} periods with documents: a curve needs three"
        settings["notes"] = [few if len(rows) else "no topic is there in a part of the documents"]
        settings["method"] = "none"
        return Curves(table_of([]), pd.DataFrame(columns=list(CURVES)), settings)
    means = draw_means(series, np.random.default_rng(seed), draws)
    settings["method"] = (
        "a mean that may bend and jump" if periods >= BENDS else "a line"
    ) + ", first-order autoregressive shocks; simultaneous bands by rank of posterior draws"
    inside = np.isin(series.course, means.course)
    window = window_of(len(means.course))
    settings["window"] = window
    years = (series.x[-1] - series.x[0]) / np.ptp(series.steps)
    years = years * (means.course[window:] - means.course[:-window])
    curves, rates, changes = [], [], []
    for mean in means:
        share = 100 * expit(mean)
        curves.append(envelope(share / 100, level))
        rates.append(envelope((share[:, window:] - share[:, :-window]) / years, level))
        if claims:
            changes.append(stretches(share, level))
    called = [name for name, here in zip(names_of(series), inside, strict=True) if here]
    return Curves(
        _claims(series, changes, series.periods[inside], called) if claims else table_of([]),
        _table(series, curves, rates, series.periods[inside]),
        settings,
    )


def with_bands(curves: pd.DataFrame, found: Curves) -> pd.DataFrame:
    """The fitted curves of a trend (:meth:`trends.core.Trend.curves`) beside the smooth ones."""
    if found.fitted.empty:
        return curves
    smooth = found.curves().drop(columns="label")
    return curves.merge(smooth, on=["topic", "period"], how="left", validate="one_to_one")


def _table(
    series: Series, curves: list[Envelope], rates: list[Envelope], periods: NDArray[Any]
) -> pd.DataFrame:
    rows = series.tested
    columns: dict[str, Any] = {
        "topic": np.repeat(rows, len(periods)),
        "label": np.repeat(np.array(series.labels, dtype=object)[rows], len(periods)),
        "period": np.tile(periods, len(rows)),
    }
    beyond = [np.nan] * (len(periods) - len(rates[0].middle))
    for name, bands, rest in (("smooth", curves, []), ("rate", rates, beyond)):
        for part, end in (("middle", ""), ("low", "_lower"), ("high", "_upper")):
            columns[name + end] = np.concatenate([[*getattr(b, part), *rest] for b in bands])
    return pd.DataFrame(columns)


def _claims(
    series: Series,
    changes: list[tuple[list[Stretch], float]],
    periods: NDArray[Any],
    called: list[str],
) -> pd.DataFrame:
    adjusted = adjust(np.array([p for _, p in changes]))
    out = []
    for topic, least, (own, _) in zip(series.tested, adjusted, changes, strict=True):
        for one in own:
            p = max(one.p, float(least))
            kind = "rising" if one.change > 0 else "falling"
            out.append(
                {
                    "topic": topic,
                    "label": series.labels[topic],
                    "kind": kind,
                    "start": periods[one.start],
                    "stop": periods[one.stop],
                    "estimate": one.change,
                    "low": one.low,
                    "high": one.high,
                    "p": one.p,
                    "adjusted_p": p,
                    "found": p <= ALPHA,
                    "note": f"{kind} between {called[one.start]} and {called[one.stop]}",
                }
            )
    return table_of(out)
