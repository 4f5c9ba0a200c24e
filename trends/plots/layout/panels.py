"""Panels: a grid of small axes, one for each topic, with its label above it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from trends.plots.layout.fitting import fit_all, needs, shorten, width
from trends.plots.layout.frames import TooTallError
from trends.plots.theme.palette import INK
from trends.plots.theme.styles import active, settle

#: Narrowest and lowest panel, in inches, in which a line and its ticks can be read.
PANEL_WIDTH, PANEL_HEIGHT, LOWEST_PANEL = 1.3, 0.95, 0.6


def panels_of(
    labels: Sequence[str], *, own_scales: bool = False, noted: bool = False
) -> tuple[Figure, list[Axes], int, int]:
    """Make a figure with one panel for each label that fits the venue.

    Parameters
    ----------
    labels : sequence of str
        Titles of the panels.
    own_scales : bool
        Whether each panel has its own scale upwards, and needs the room to say so.
    noted : bool
        Whether a line of small type stands below each title.

    Returns
    -------
    figure, cells, columns, lines
        The figure; its axes row by row, those beyond the labels hidden; how many stand in a row;
        how many lines a title has.

    Raises
    ------
    TooTallError
        If the panels do not fit the height of the venue.
    """
    n = len(labels)
    venue, inches = active()
    pitch = PANEL_WIDTH * venue.size / 8 + (0.3 if own_scales else 0.0)
    columns = max(1, min(n, int(inches / pitch), 5))
    rows = math.ceil(n / columns)
    lines = needs(labels, 0.92 * inches / columns - 0.15, venue.size)
    tallest = (venue.height - 0.4) / rows
    while True:
        head = (lines * venue.size * 1.25 + 10 + (_note() if noted else 0)) / 72
        height = min(PANEL_HEIGHT * venue.size / 8 + head, tallest)
        if lines == 1 or height - head >= LOWEST_PANEL * venue.size / 9:
            break
        lines = 1  # a shortened title rather than a topic that is left out
    if height - head < LOWEST_PANEL * venue.size / 9 and rows > 1:
        fits = max(1, int((venue.height - 0.4) / (head + LOWEST_PANEL * venue.size / 9))) * columns
        message = (
            f"{n} panels do not fit a figure for {venue.name}, which may be {venue.height:.1f} in "
            "tall; "
            f"draw at most {fits} with top={fits}, or in the style of the report."
        )
        raise TooTallError(message, fits)
    figure = Figure(
        figsize=(inches, rows * height + 0.4),
        layout=ConstrainedLayoutEngine(w_pad=0.03, h_pad=0.02, wspace=0.03, hspace=0.02),
    )
    cells = (
        figure.subplots(rows, columns, sharex=True, sharey=not own_scales, squeeze=False)
        .ravel()
        .tolist()
    )
    for axes in cells[n:]:
        axes.set_visible(False)
    return figure, cells, columns, lines


def _note() -> float:
    """Height in points of a line of small type below a title."""
    return active()[0].small * 1.5


def title(
    figure: Figure,
    grid: Sequence[Axes],
    labels: Sequence[str],
    topics: Sequence[int],
    lines: int,
    notes: Sequence[Sequence[str]] = (),
) -> None:
    """Write each panel's label above it, in the room that the layout leaves.

    Labels have ``lines`` lines at most. ``notes`` are lines of small type below the labels: of each
    panel's, the first that fits.
    """
    size, small = active()[0].size, active()[0].small
    pad = rcParams["axes.titlepad"] + (_note() if notes else 0)
    for axes in grid:
        axes.set_title("\n".join(["x"] * lines), fontsize=size, linespacing=1.1, pad=pad)
    settle(figure)
    room = 0.98 * min(axes.get_position().width for axes in grid) * float(figure.get_figwidth())
    for axes, text in zip(grid, fit_all(labels, topics, room, size, lines), strict=True):
        axes.set_title(text, fontsize=size, color=INK, linespacing=1.1, pad=pad)
    for axes, words in zip(grid, notes, strict=False):
        fits = next((w for w in words if width(w, small) <= room), shorten(words[-1], room, small))
        axes.annotate(
            fits,
            (0, 1),
            (0, rcParams["axes.titlepad"]),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=small,
            color=INK,
        )
