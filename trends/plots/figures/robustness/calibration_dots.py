"""Calibration: measured rates beside the nominal rate and the range that is allowed.

Rates are drawn as dots with two standard errors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from trends.core.wording import listed, plural
from trends.errors import UsageError
from trends.plots.declare import figure
from trends.plots.layout.fitting import drawable, fit_all, gaps, shorten, width
from trends.plots.layout.frames import records
from trends.plots.layout.rows import check_height
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import INK, MAIN, PALE, PETROFF6
from trends.plots.theme.styles import active, settle

COLUMNS = ("panel", "row", "value", "se", "nominal", "low", "high")
ROW = 0.17
#: More panels than this side by side leave no room for their axes.
MOST_PANELS = 3


@figure(columns=COLUMNS)
def calibration(data: pd.DataFrame, *, stem: str = "calibration") -> Drawn:
    """Draw measured error rates against what they should be, one panel for each kind of rate.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per measured cell: columns panel (title), row (label; several cells may share one),
        value and se (a fraction and its standard error), nominal (the rate that is aimed at), low,
        high (the range allowed; NaN where there is no bound). Panels and rows keep the order of the
        table.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn
        Its data are the cells in the order drawn, with the column ``within``: whether the value
        lies in the range allowed.

    Raises
    ------
    DataError
        If columns are missing or there are no rows.
    UsageError
        If there are more panels or rows than the venue has room for.
    """
    panels, rows = list(dict.fromkeys(data["panel"])), list(dict.fromkeys(data["row"]))
    if len(panels) > MOST_PANELS:
        message = (
            f"The figure calibration has room for {MOST_PANELS} panels, and the table holds "
            f"{len(panels)}; select fewer."
        )
        raise UsageError(message)
    low, high = data["low"].fillna(-np.inf), data["high"].fillna(np.inf)
    data["within"] = (data["value"] >= low) & (data["value"] <= high)
    data["at"] = data["panel"].map(panels.index)
    data["down"] = data["row"].map(rows.index)
    data = data.sort_values(["at", "down"], kind="stable").reset_index(drop=True)
    figure = _figure(data, panels, rows)
    caption, alt = _words(data, panels)
    return Drawn(figure, data.drop(columns=["at", "down"]), caption + gaps(rows), alt, stem)


def _figure(data: pd.DataFrame, panels: list[str], rows: list[str]) -> Figure:
    venue, inches = active()
    frame, row = 0.6 * venue.size / 8, max(ROW, venue.small * 1.55 / 72)
    check_height(len(rows), row, frame)
    figure = Figure(
        figsize=(inches, frame + len(rows) * row), layout=ConstrainedLayoutEngine(wspace=0.06)
    )
    cells = figure.subplots(1, len(panels), sharey=True, squeeze=False).ravel()
    left = min(0.34 * inches, max(width(drawable(r), venue.small) for r in rows))
    for axes, panel in zip(cells, panels, strict=True):
        _panel(axes, data[data["panel"] == panel])
        axes.set_xlabel("share")
    cells[0].set_yticks(range(len(rows)), fit_all(rows, range(len(rows)), left, venue.small))
    cells[0].set_ylim(len(rows) - 0.4, -0.6)
    room = 0.95 * (inches - left) / len(panels) - 0.1
    for axes, panel in zip(cells, panels, strict=True):
        axes.set_title(shorten(drawable(panel), room, venue.size))
    settle(figure)
    return figure


def _panel(axes: Axes, cells: pd.DataFrame) -> None:
    for _, mates in cells.groupby("down"):
        row = next(records(mates))
        # One band for a row, as wide as the widest range of its cells; where one has no bound,
        # there is none.
        low = mates["low"].min() if mates["low"].notna().all() else -10.0
        high = mates["high"].max() if mates["high"].notna().all() else 10.0
        axes.fill_betweenx(
            [row.down - 0.5, row.down + 0.5], low, high, color=PALE, linewidth=0, zorder=0
        )
        axes.plot(
            [row.nominal] * 2,
            [row.down - 0.5, row.down + 0.5],
            color=INK,
            linewidth=0.5,
            linestyle="-",
            zorder=1,
        )
    for row in records(cells):
        y = row.down + _place(cells, row)
        colour, face = (MAIN, MAIN) if row.within else (PETROFF6[2], "white")
        axes.plot(
            [row.value - 2 * row.se, row.value + 2 * row.se],
            [y, y],
            color=colour,
            linewidth=0.5,
            linestyle="-",
            zorder=2,
        )
        axes.plot(
            row.value,
            y,
            "o",
            color=colour,
            markerfacecolor=face,
            markersize=2.4,
            markeredgewidth=0.7,
            zorder=3,
        )
    bounds = cells[["low", "high", "nominal"]].to_numpy(dtype=float).ravel()
    # The axis holds every dot with its errors, and every bound.
    ends = [
        *bounds[np.isfinite(bounds)],
        *(cells["value"] - 2 * cells["se"]),
        *(cells["value"] + 2 * cells["se"]),
    ]
    span = (max(ends) - min(ends)) or 0.1
    axes.set_xlim(max(min(ends) - 0.06 * span, -0.002), min(max(ends) + 0.06 * span, 1.002))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=4)


def _place(cells: pd.DataFrame, row: Any) -> float:
    """Where in its row a dot is drawn.

    Cells that share a row are spread over its height in the order given.
    """
    mates = cells.index[cells["down"] == row.down]
    return 0.0 if len(mates) == 1 else -0.3 + 0.6 * list(mates).index(row.Index) / (len(mates) - 1)


def _words(data: pd.DataFrame, panels: list[str]) -> tuple[str, str]:
    inside = int(data["within"].sum())
    where = (
        "all lie in it"
        if inside == len(data)
        else f"{inside} of {len(data)} lie in it, the others are drawn hollow"
    )
    caption = (
        f"Measured rates of {plural(len(data), 'simulated setting')}: one dot each, with two "
        "standard errors on either side. Black line: nominal rate; "
        f"grey: the range allowed; {where}."
    )
    said = []
    for panel in panels:
        part = data[data["panel"] == panel]
        said.append(f"{panel} from {part['value'].min():.3f} to {part['value'].max():.3f}")
    return (
        caption,
        (
            f"Dots with error bars in {plural(len(panels), 'panel')}: {listed(said)}. {inside} of "
            f"{len(data)} in the range allowed."
        ),
    )
