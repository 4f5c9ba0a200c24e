"""Rows: figures with one row for each topic, its label on the left."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from trends.plots.layout.fitting import fit_all
from trends.plots.layout.frames import TooTallError
from trends.plots.theme.palette import INK
from trends.plots.theme.styles import active


def check_height(
    n: int, row: float, frame: float, *, rows: str = "rows", advice: str = "give at most {fits}."
) -> None:
    """Raise if rows and what stands around them are taller than the venue in force allows.

    Parameters
    ----------
    n : int
        Number of rows.
    row, frame : float
        Height of a row, and of what stands around all rows, in inches.
    rows : str
        What stands in a row.
    advice : str
        What to do, where ``{fits}`` is how many would fit.

    Raises
    ------
    TooTallError
        If they do not fit.
    """
    venue, _ = active()
    if frame + n * row > venue.height:
        fits = int((venue.height - frame) / row)
        message = (
            f"{n} {rows} do not fit a figure for {venue.name}, which may be {venue.height:.1f} in "
            f"tall; {advice.format(fits=fits)}"
        )
        raise TooTallError(message, fits)


def figure_of_rows(
    n: int,
    row: float,
    leading: float,
    frame: float,
    *,
    extra: float = 0.0,
    least: int = 2,
    rows: str = "rows",
    advice: str = "draw at most {fits} with top={fits}.",
) -> Figure:
    """An empty figure as wide as the venue in force asks, for ``n`` rows and what surrounds them.

    Parameters
    ----------
    n : int
        Number of rows.
    row, leading : float
        Height of a row at least, in inches, and in sizes of small type.
    frame, extra : float
        Height of what surrounds the rows, in inches at 8 points of type; further inches.
    least : int
        Rows that there is room for in any case.
    rows, advice
        As in `check_height`.

    Raises
    ------
    TooTallError
        If they do not fit the venue.
    """
    venue, inches = active()
    row, around = max(row, venue.small * leading / 72), frame * venue.size / 8 + extra
    check_height(n, row, around, rows=rows, advice=advice)
    return Figure(figsize=(inches, around + max(n, least) * row), layout="constrained")


def label_rows(axes: Axes, labels: Sequence[str], marks: Sequence[object], inches: float) -> None:
    """Write labels beside rows 0, 1, … from the top, without ticks and without a line.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where the rows are.
    labels, marks
        Labels, and what tells equal ones apart, as in `fit_all`.
    inches : float
        Room of a label.
    """
    axes.set_yticks(range(len(labels)), fit_all(labels, marks, inches, active()[0].small))
    axes.set_ylim(max(len(labels), 2) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def note_rows(axes: Axes, notes: Sequence[str]) -> None:
    """Write a note on the right of each row."""
    right = axes.secondary_yaxis("right")
    right.set_yticks(range(len(notes)), notes)
    right.tick_params(length=0)
    right.spines["right"].set_visible(False)


def zero_line(axes: Axes) -> None:
    """Draw the line of no change behind changes."""
    axes.axvline(0, color=INK, linewidth=0.5, linestyle="-", zorder=1)
