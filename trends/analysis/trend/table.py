"""One row per topic: its change, its slope, its turn, and the evidence for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit, logit

from trends.analysis.trend.curve import curves_of, seasons_of
from trends.analysis.trend.model import Fit, fit_model
from trends.analysis.trend.multiplicity import adjust
from trends.analysis.trend.posterior.shares import contrast_of_shares
from trends.analysis.trend.series import Series
from trends.analysis.trend.shocks import ENOUGH_TOPICS
from trends.analysis.trend.spans import Span, beyond_interval, span_weights
from trends.analysis.trend.turning import turning
from trends.core import Trend
from trends.core.claim import ALPHA, Finding
from trends.core.wording import signed

Array = NDArray[np.float64]

#: Serial correlation from which on shocks look like trends.
WAVE = 0.9

#: Power at which the smallest change that would be found is given.
POWER = 0.8

#: Columns of a table of trends, in its order.
COLUMNS = (
    *("topic", "label", "finding", "change", "change_lower", "change_upper"),
    *("ratio", "ratio_lower", "ratio_upper", "slope", "lower", "upper", "p", "p_adjusted", "power"),
    *("turn", "turn_at", "p_turn", "p_turn_adjusted", "autocorrelation", "shock", "note"),
    *("share_first", "share_last", "log_odds", "log_odds_lower", "log_odds_upper"),
    *("log_odds_sd", "p_by", "count", "periods"),
)


def trend_of(
    series: Series,
    level: float = 0.95,
    spans: tuple[Span, Span] | None = None,
    *,
    curves: bool = False,
    beside: Series | None = None,
) -> Trend:
    """The table of one corpus.

    Parameters
    ----------
    series : Series
        Counts in periods.
    level : float
        Of the intervals.
    spans : pair of pairs, optional
        See :func:`trends.analysis.trend.spans.span_weights`.
    curves : bool
        Whether the fitted curves are wanted too.
    beside : Series, optional
        Other topics of the same periods. What moves shares from period to period is learnt from
        them too, half of it (:func:`trends.analysis.trend.shocks.weigh_apart`); they are not in the
        table.

    Returns
    -------
    Trend
    """
    topics, periods = series.y.shape
    values: dict[str, NDArray[Any]] = {name: np.full(topics, np.nan) for name in COLUMNS}
    for name in ("label", "finding", "turn", "note"):
        values[name] = np.full(topics, "", dtype=object)
    values["label"][:] = series.labels
    values["finding"][:] = Finding.NOT_TESTED.value
    values["note"][:] = [_untested(series, k) for k in range(topics)]
    values |= {
        "topic": np.arange(topics),
        "count": series.y.sum(1),
        "periods": np.full(topics, periods),
    }
    settings: dict[str, Any] = {
        "level": level,
        "periods": periods,
        "topics": topics,
        "correction": "Benjamini–Hochberg over all topics tested; Benjamini–Yekutieli in p_by",
    }
    rows = series.tested
    if periods < 2 or not len(rows):
        return Trend(
            pd.DataFrame(values), {**settings, "method": "none", "notes": [_too_few(periods)]}
        )
    weights, words = span_weights(series.starts, spans, series.names)
    y, n, own = series.y[rows], series.n[rows], None
    if beside is not None:
        y, n = np.vstack([y, beside.y[beside.tested]]), np.vstack([n, beside.n[beside.tested]])
        own = len(rows)
    fit = fit_model(y, n, series.steps, weights, curve=curves, season=series.season, own=own)
    for name, found in _columns(fit, series, weights, level).items():
        values[name][rows] = found
    values["p_adjusted"], values["p_by"] = adjust(values["p"]), adjust(values["p"], "by")
    values["p_turn_adjusted"] = adjust(values["p_turn"])
    read = ("log_odds", "p_adjusted", "turn", "p_turn_adjusted")
    values["finding"][:] = [
        found_of(*row) for row in zip(*(values[name] for name in read), strict=True)
    ]
    turned = values["p_turn_adjusted"] <= ALPHA
    values["turn"][~turned] = ""
    values["turn_at"][~turned] = np.nan
    for k, r in zip(rows, fit.autocorrelation, strict=True):
        if r > WAVE:
            said = f"serial correlation {r:.2f}: a wave and a trend cannot be told apart"
            values["note"][k] = noted(values["note"][k], said)
    if series.season is None:
        ends = [values[name][rows] for name in ("change_lower", "change_upper")]
        means = beyond_interval(series.y[rows], series.n[rows], weights, *ends)
        for k, mean in zip(rows, means, strict=True):
            if np.isfinite(mean):
                said = (
                    f"plain means of both spans differ by {signed(mean)} points: a few periods "
                    "stand out, and the change is that of typical ones"
                )
                values["note"][k] = noted(values["note"][k], said)
    return Trend(
        pd.DataFrame(values),
        {
            **settings,
            "method": "change of the log-odds between two spans about a "
            + _mean_of(fit)
            + ", first-order autoregressive shocks learnt over topics and integrated out",
            "spans": list(words),
            "years": float((weights[1] - weights[0]) @ series.x),
            "autocorrelation": float(np.mean(fit.autocorrelation)),
            "shock": float(np.mean(fit.size)),
            "first": float(series.x[0]),
            "last": float(series.x[-1]),
            "season": _season(series),
            "notes": [*_notes(fit, len(y), periods), *_seasonal_notes(fit, series)],
        },
        curves_of(fit, series, level) if curves else None,
        seasons_of(fit, series, level) if curves and fit.seasonal is not None else None,
    )


def _mean_of(fit: Fit) -> str:
    """What kind of mean was fitted."""
    mean = "cubic of learnt stiffness" if fit.bends else "line"
    return f"{mean} or a line with a jump" if fit.jumps else mean


def _season(series: Series) -> str:
    """What was done about seasons."""
    if series.season is None:
        return "none"
    return "fitted, in the change" if series.season.kept else "fitted, taken out of the change"


def _seasonal_notes(fit: Fit, series: Series) -> list[str]:
    if series.season is None or fit.p_season is None:
        return [series.unseasonal] if series.unseasonal else []
    found = int((adjust(fit.p_season) <= ALPHA).sum())
    noun = "months" if series.season.length == 12 else "quarters"
    done = "left in" if series.season.kept else "taken out of"
    return [
        (
            f"What {noun} differ by in every year alike was fitted and {done} changes: {found} of "
            f"{len(fit.p_season)} topics tested have a season (adjusted p at most {ALPHA:g})."
        )
    ]


def noted(note: str, said: str) -> str:
    """The note of a topic, with one thing more said in it."""
    return f"{note}; {said}" if note else said


def found_of(log_odds: float, p_adjusted: float, turn: str, p_turn_adjusted: float) -> str:
    """What one run says about a topic: rising, falling, turned, no change detected, not tested.

    A turn that is detected contradicts a change in the direction before it: a topic that rose and
    then fell is not rising.
    """
    if not np.isfinite(p_adjusted):
        return Finding.NOT_TESTED.value
    changed = p_adjusted <= ALPHA
    rising = log_odds > 0
    if p_turn_adjusted <= ALPHA and not (changed and rising == (turn == TURNS[1])):
        return Finding.TURNED.value
    if changed:
        return (Finding.RISING if rising else Finding.FALLING).value
    return Finding.NO_CHANGE.value


#: What a turn is called: first up, first down.
TURNS = ("rose, then fell", "fell, then rose")


def change_in_points(log_odds: Array, share: Array) -> Array:
    """Percentage points between two shares about a middle one whose log-odds differ so much."""
    middle = logit(np.clip(share, 1e-12, 1 - 1e-12))
    return 100 * (expit(middle + log_odds / 2) - expit(middle - log_odds / 2))


def _columns(
    fit: Fit, series: Series, weights: tuple[Array, Array], level: float
) -> dict[str, NDArray[Any]]:
    years = float(series.x[-1] - series.x[0])
    between = float((weights[1] - weights[0]) @ series.x)
    change, first, last = fit.contrasts
    middle, low, high = (change.quantile(q) for q in (0.5, (1 - level) / 2, (1 + level) / 2))
    spans = contrast_of_shares(change, first, last, level, np.stack([middle, low, high]))
    # The smallest change that a series of this kind would have shown.
    reach = (stats.norm.ppf(0.5 + level / 2) + stats.norm.ppf(POWER)) * change.sd
    turn = turning(fit, series.steps)
    # Times count from 1970 where periods are days; a reader wants the year.
    at = np.interp(series.x[0] + turn.knot * years, series.x, series.starts)
    return {
        "change": 100 * spans.change,
        "change_lower": 100 * spans.change_lower,
        "change_upper": 100 * spans.change_upper,
        "ratio": spans.ratio,
        "ratio_lower": spans.ratio_lower,
        "ratio_upper": spans.ratio_upper,
        "slope": 100 * spans.change / between,
        "lower": 100 * spans.change_lower / between,
        "upper": 100 * spans.change_upper / between,
        "p": change.p,
        "power": change_in_points(reach, spans.first + spans.change / 2),
        "turn": np.array([TURNS[0] if s > 0 else TURNS[1] for s in turn.sign], dtype=object),
        "turn_at": at,
        "p_turn": turn.p,
        "autocorrelation": fit.autocorrelation,
        "shock": fit.size,
        "share_first": spans.first,
        "share_last": spans.first + spans.change,
        "log_odds": middle,
        "log_odds_lower": low,
        "log_odds_upper": high,
        "log_odds_sd": change.sd,
    }


def _untested(series: Series, k: int) -> str:
    if k in series.absent:
        return "this fit has no such topic"
    if len(series.x) < 2:
        return _too_few(len(series.x))
    if series.y[k].sum() <= 0:
        return "occurs in no period: nothing to test"
    if k not in series.tested:
        return "is all there is in every period: nothing to test"
    return ""


def _too_few(periods: int) -> str:
    return f"{'one period has' if periods else 'no period has'} documents: a change needs two"


def _notes(fit: Fit, topics: int, periods: int) -> list[str]:
    out = []
    if topics < ENOUGH_TOPICS:
        out.append(
            f"The variation between periods is learnt from {topics} topics only, fewer than "
            f"{ENOUGH_TOPICS}: intervals are wide and power is low."
        )
    if periods < 5:
        out.append(
            f"With {periods} periods the data hardly say how much shares move from period to "
            "period anyway; the intervals rest on what is usual."
        )
    out.append(
        "Shocks between periods are estimated together with their serial correlation (mean over "
        f"topics {np.mean(fit.autocorrelation):.2f}); every interval and p allows for both."
    )
    return out
