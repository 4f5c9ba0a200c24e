"""Shapes of one topic: its curve, and below it what was found, each in words at its time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from trends.core.shown.shapes import phrase
from trends.core.wording import missing, percent, period_years, plural, span
from trends.errors import UsageError
from trends.plots.declare import figure
from trends.plots.layout.fitting import fit_all, gaps, shorten, width
from trends.plots.layout.frames import EmptyFigureError, calendar, records
from trends.plots.layout.time_axis import draw_percent, draw_years, middles, years
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import FINDINGS, INK, MAIN, PALE, PETROFF6
from trends.plots.theme.styles import active, settle

COLUMNS = ("topic", "label", "period", "n_docs", "share", "smooth", "smooth_lower", "smooth_upper")
#: Columns of shapes that the figure looks at.
CLAIMS = ("topic", "kind", "start", "stop", "adjusted_p", "low", "high", "found", "note")

#: Kind → colour of its bar; the words beside it say the same.
COLOURS = {
    "rising": FINDINGS["rising"][0],
    "falling": FINDINGS["falling"][0],
    "burst": PETROFF6[2],
    "change point": PETROFF6[3],
    "emerged": PETROFF6[5],
    "term": PETROFF6[4],
}
#: Rows of words and other shapes below the curve, and words among them.
MOST_ROWS, MOST_TERMS = 14, 6
#: Heights in inches: of the curve, and of a row.
CURVE, ROW = 1.9, 0.19


@figure(columns=COLUMNS, unique=("topic", "period"), section="shapes")
def shapes(
    data: pd.DataFrame,
    *,
    claims: pd.DataFrame | None = None,
    seasons: pd.DataFrame | None = None,
    topic: int | None = None,
    period: str | None = None,
    level: float = 0.95,
    stem: str = "shapes",
) -> Drawn:
    """Draw one topic over time, with everything that was found about its shape.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns topic, label, period (first day), n_docs, share, smooth, smooth_lower and
        smooth_upper (the curve with a band that holds all of it); fractions, NaN where unknown.
    claims : pandas.DataFrame, optional
        Shapes, as ``tr.shapes(…).frame()`` has them; those that are found are drawn.
    seasons : pandas.DataFrame, optional
        Effects of months or quarters (columns topic, name, points), drawn small beside the curve
        where a season was found.
    topic : int, optional
        Which topic; the first if not given.
    period : str, optional
        Unit of the periods; read from their spacing if not given.
    level : float
        Of band and intervals, for the caption.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn

    Raises
    ------
    UsageError
        If there is no such topic.
    """
    chosen = data["topic"].iloc[0] if topic is None and len(data) else topic
    mine = data[data["topic"] == chosen].sort_values("period")
    if mine.empty:
        message = f"The table holds no topic {topic}."
        raise EmptyFigureError(message) if topic is None else UsageError(message)
    label = str(mine["label"].iloc[0])
    periods, unit = calendar(mine, period)
    found = (
        pd.DataFrame(columns=list(CLAIMS))
        if claims is None
        else claims[(claims["topic"] == chosen) & claims["found"].astype(bool)]
    )
    bars = _rows(found)
    ahead = found[found["kind"] == "forecast"]
    venue, inches = active()
    height = CURVE * venue.size / 8 + ROW * venue.size / 8 * max(len(bars), 1) + 0.75
    made = Figure(
        figsize=(inches, min(height, venue.height)),
        layout=ConstrainedLayoutEngine(w_pad=0.03, h_pad=0.02, hspace=0.02),
    )
    ratios = [CURVE, ROW * max(len(bars), 1)] if len(bars) else [1.0]
    cells = made.subplots(len(ratios), 1, sharex=True, squeeze=False, height_ratios=ratios).ravel()
    top, below = cells[0], cells[1] if len(bars) else None
    x = middles(periods, unit)
    whole = [*periods, *sorted({pd.Timestamp(day) for day in ahead["stop"]})]
    for axes in cells:
        draw_years(axes, whole, unit, inches)
    _curve(top, mine.set_index("period").reindex(periods), x)
    _ahead(top, mine, ahead, unit)
    draw_percent(top)
    _marks(top, found, unit)
    if below is not None:
        top.tick_params(labelbottom=False)
        below.set_ylim(len(bars) - 0.4, -0.6)
        below.set_yticks([])
        for side in ("left", "top", "right"):
            below.spines[side].set_visible(False)
    room = 0.9 * inches
    head = f"{fit_all([label], [chosen], room - 1.3, venue.size)[0]}: share of documents"
    top.set_title(head, fontsize=venue.size, color=INK)
    settle(made)
    if below is not None:
        _name_rows(below, bars, unit, inches)
    if seasons is not None and (found["kind"] == "season").any():
        _inset(top, seasons[seasons["topic"] == chosen], mine)
    said = [phrase(row, unit) for row in records(found) if row.kind not in ("term", "forecast")]
    words = sum(found["kind"] == "term")
    caption = (
        f"“{label}”, {span(periods, unit)}. Dots: share of each period, larger with more "
        f"documents; line: smooth curve, with a band that holds all of it ({level:.0%}). "
        + ("Below, at its time, what was found. " if bars else "Nothing else was found. ")
        + (f"Dashed: forecast with its interval ({level:.0%}). " if len(ahead) else "")
        + (f"{plural(words, 'word')} changed; those drawn are the surest. " if words else "")
    ).strip() + gaps([label])
    share = mine["share"].dropna()
    ends = f"{percent(share.iloc[0])} to {percent(share.iloc[-1])}" if len(share) else "unknown"
    alt = f"Share of “{label}” over time, from {ends} of documents; " + (
        "; ".join(said) if said else "no shape found"
    )
    return Drawn(made, mine.reset_index(drop=True), caption, f"{alt}.", stem)


def _rows(found: pd.DataFrame) -> list[Any]:
    """What stands below the curve, by time; of words the surest."""
    dated = found[~found["kind"].isin(["season", "forecast"])]
    words = dated[dated["kind"] == "term"].sort_values("adjusted_p", kind="stable")
    others = dated[dated["kind"] != "term"].head(MOST_ROWS - min(len(words), MOST_TERMS))
    kept = pd.concat([others, words.head(MOST_TERMS)]) if len(dated) else dated
    return sorted(records(kept), key=lambda row: (pd.Timestamp(row.start), str(row.kind)))


def _curve(axes: Axes, rows: pd.DataFrame, x: np.ndarray) -> None:
    n = rows["n_docs"].to_numpy(float)
    axes.fill_between(
        x,
        rows["smooth_lower"].to_numpy(float),
        rows["smooth_upper"].to_numpy(float),
        color=MAIN,
        alpha=0.25,
        linewidth=0,
        zorder=2,
    )
    axes.plot(x, rows["smooth"].to_numpy(float), color=MAIN, linewidth=1.4, zorder=3)
    area = 3 + 15 * np.nan_to_num(n) / max(np.nanmax(n), 1)
    axes.scatter(
        x, rows["share"], s=area, color=MAIN, alpha=0.6, linewidths=0, zorder=4, clip_on=False
    )
    known = rows[["share", "smooth_upper"]].to_numpy(float)
    highest = np.nanmax(known) if np.isfinite(known).any() else 1.0
    # A band of thin first periods does not flatten the rest.
    axes.set_ylim(0, 1.08 * min(highest, 2 * np.nanmax(known[:, 0], initial=0.01)))


def _ahead(axes: Axes, mine: pd.DataFrame, ahead: pd.DataFrame, unit: str) -> None:
    """The forecast as a fan from the last curve point."""
    if ahead.empty:
        return
    rows = ahead.sort_values("stop")
    last = mine.dropna(subset=["smooth"]).iloc[-1]
    x = middles([pd.Timestamp(last.period), *map(pd.Timestamp, rows["stop"])], unit)
    middle, low, high = (
        np.r_[last.smooth, rows[name].to_numpy(float) / 100] for name in ("estimate", "low", "high")
    )
    axes.fill_between(x, low, high, color=PALE, linewidth=0, zorder=1)
    axes.plot(x, middle, color=INK, linestyle="--", linewidth=1.0, zorder=3)
    axes.annotate(
        "forecast",
        (x[-1], high[-1]),
        (0, 2),
        textcoords="offset points",
        fontsize=active()[0].small,
        ha="right",
        va="bottom",
        color=INK,
    )
    axes.set_ylim(top=max(axes.get_ylim()[1], 1.12 * high.max()))


def _marks(axes: Axes, found: pd.DataFrame, unit: str) -> None:
    """Bursts and intervals of change points as shaded times, an arrow where a topic emerged."""
    for row in records(found):
        if row.kind in ("burst", "change point"):
            low, high = _times(row, unit)
            axes.axvspan(low, high, color=COLOURS[row.kind], alpha=0.13, linewidth=0, zorder=0)
        if row.kind == "emerged":
            low, _ = _times(row, unit)
            at = low + period_years(unit) / 2
            axes.annotate(
                "",
                (at, 0.3),
                (at, 0.02),
                xycoords=("data", "axes fraction"),
                arrowprops={"arrowstyle": "->", "color": COLOURS["emerged"], "linewidth": 1.4},
            )


def _times(row: Any, unit: str) -> tuple[float, float]:
    stop = row.start if missing(row.stop) or row.kind == "emerged" else row.stop
    low, high = years([pd.Timestamp(row.start), pd.Timestamp(stop)])
    return float(low), float(high + period_years(unit))


def _name_rows(axes: Axes, bars: list[Any], unit: str, inches: float) -> None:
    """A bar for each shape at its time, and its words on the side with room."""
    small = active()[0].small
    low, high = axes.get_xlim()
    inches *= float(axes.get_position().width)
    for y, row in enumerate(bars):
        start, stop = _times(row, unit)
        colour = COLOURS.get(str(row.kind), INK)
        axes.plot(
            [start, stop],
            [y, y],
            color=colour,
            linestyle="-",
            linewidth=4.0,
            solid_capstyle="butt",
            zorder=2,
        )
        right, left = high - stop, start - low
        room = max(right, left) / (high - low) * inches - 0.08
        text = phrase(row, unit).split(" (")[0]
        said = text if width(text, small) <= room else shorten(text, room, small)
        after = right >= left
        axes.annotate(
            said,
            (stop if after else start, y),
            (3 if after else -3, 0),
            textcoords="offset points",
            fontsize=small,
            ha="left" if after else "right",
            va="center",
            color=INK,
        )


def _inset(axes: Axes, effects: pd.DataFrame, mine: pd.DataFrame) -> None:
    """Effects of months or quarters as small bars, on the side where the curve is lower."""
    curve = mine["smooth"].to_numpy(float)
    half = len(curve) // 2
    left = np.nanmean(curve[:half]) <= np.nanmean(curve[half:])
    small = axes.inset_axes((0.02 if left else 0.72, 0.58, 0.26, 0.26))
    small.bar(range(len(effects)), effects["points"], color=MAIN, width=0.8)
    small.axhline(0, color=INK, linewidth=0.5)
    names = [str(n)[:3] for n in effects["name"]]
    every = 3 if len(names) > 4 else 1  # of twelve months not all names have room
    small.set_xticks(range(0, len(names), every), names[::every], fontsize=active()[0].small - 1)
    small.set_yticks([])
    small.set_title("season (points)", fontsize=active()[0].small, pad=1)
    for side in ("left", "right", "top"):
        small.spines[side].set_visible(False)
