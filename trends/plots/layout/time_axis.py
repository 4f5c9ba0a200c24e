"""Time axis: calendar periods on a line of years."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from trends.core.calendar_days import calendar_days
from trends.core.wording import period_name, period_years
from trends.plots.layout.fitting import width
from trends.plots.theme.palette import MAIN
from trends.plots.theme.styles import active


def years(periods: Sequence[pd.Timestamp] | pd.Series) -> NDArray[np.float64]:
    """First days as decimal years; 1 January 2024 is 2024.0."""
    out = []
    for period in calendar_days(list(periods)):
        length = 366 if period.is_leap_year else 365
        out.append(period.year + (period.dayofyear - 1) / length)
    return np.array(out, dtype=float)


def middles(periods: Sequence[pd.Timestamp] | pd.Series, unit: str) -> NDArray[np.float64]:
    """Middle of each period in decimal years, where its value is drawn."""
    return years(periods) + period_years(unit) / 2


def draw_years(axes: Axes, periods: Sequence[pd.Timestamp], unit: str, inches: float) -> bool:
    """Set limits and ticks, with as many labels as stand well on an axis of ``inches``.

    A tick is 1 January, or the middle of the year where the periods are years. Spans under two
    years carry the names of their first and last period instead, set beside this axis alone: then
    True, and panels that share an axis are to be drawn each.
    """
    size = active()[0].small
    start, half = years(periods), period_years(unit) / 2
    low, high = float(start[0]), float(start[-1]) + period_years(unit)
    pad = 0.02 * (high - low)
    axes.set_xlim(low - pad, high + pad)
    first, last = int(np.ceil(low - 0.02)), int(np.floor(high + 0.02))
    if last - first < 1 or (last - first < 2 and unit != "year"):
        names = [period_name(periods[i], unit, short=True) for i in (0, -1)]
        n, wide = len(periods), [width(name, size) for name in names]
        inward = n > 1 and sum(wide) + 0.1 < inches * (n - 1) / n
        both = inward or (n > 1 and max(wide) + 0.1 < inches / n)
        ends = [0, len(periods) - 1] if both else [0]
        axes.xaxis.set_major_locator(FixedLocator([float(start[i] + half) for i in ends]))
        axes.set_xticklabels([names[i] for i in range(len(ends))])
        # Long names reach inwards, so that they do not meet those of the next panel.
        drawn = axes.xaxis.get_major_ticks(len(ends))
        if inward or (n > 1 and not both):
            drawn[0].label1.set_horizontalalignment("left")
        if inward:
            drawn[1].label1.set_horizontalalignment("right")
        return True
    room = max(2, int(inches / (width("2000", size) + 0.1)))
    step = next(
        s
        for s in (1, 2, 3, 4, 5, 10, 20, 25, 50, 100, 250, 500)
        if (last - first) / s <= room - 1 or s == 500
    )
    origin = (
        first
        if (last - first) // step * step == last - first or step < 5
        else -(-first // step) * step
    )
    ticks = list(range(origin, last + 1, step))
    if last - first <= 20 and unit != "year":
        axes.xaxis.set_minor_locator(
            FixedLocator([float(t) for t in range(first, last + 1) if t not in ticks])
        )
    if unit == "year":
        ticks = [t for t in ticks if t < last]
    axes.xaxis.set_major_locator(
        FixedLocator([t + (half if unit == "year" else 0.0) for t in ticks])
    )
    axes.set_xticklabels([str(t) for t in ticks])
    return False


def draw_documents(
    axes: Axes, periods: Sequence[pd.Timestamp], unit: str, data: pd.DataFrame
) -> None:
    """Bars of the documents of each period, hollow where it is not wholly covered."""
    bars = axes.bar(
        middles(periods, unit),
        data["n_docs"],
        width=0.8 * period_years(unit),
        color=MAIN,
        linewidth=0.8,
        edgecolor=MAIN,
    )
    for bar, complete in zip(bars, data["complete"], strict=True):
        bar.set_facecolor(MAIN if complete else "white")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))


def draw_share(axes: Axes, x: NDArray[np.float64], share: NDArray[np.float64] | pd.Series) -> None:
    """A line of shares on a scale from nothing to all."""
    axes.plot(x, share, marker="o", color=MAIN, markersize=2.4, linestyle="-", clip_on=False)
    draw_percent(axes)
    axes.set_ylim(0, 1.06)
    axes.set_yticks([0, 0.5, 1.0])


def draw_percent(axes: Axes, ticks: int = 4) -> None:
    """Percentages on the y axis, from zero."""
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=ticks, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.6g}%"))
