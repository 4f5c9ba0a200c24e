"""Terms of topics as dots: their frequency in a topic beside that in the whole corpus."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from trends.core.wording import plural
from trends.plots.declare import figure
from trends.plots.layout.fitting import drawable, fit_all, gaps, shorten, width
from trends.plots.layout.frames import TooTallError, backend_of
from trends.plots.layout.rows import label_rows
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import INK, MAIN, UNDECIDED
from trends.plots.theme.styles import active, settle

COLUMNS = ("topic", "label", "term", "place", "in_topic", "in_corpus")
#: Narrowest column of panels, in inches at a type size of eight points.
COLUMN = 1.75
#: Shares below this are drawn at the edge: fewer than one token in a hundred thousand.
LEAST = 1e-5
#: Looks of the two shares of a term.
INSIDE: dict[str, Any] = {"marker": "o", "markersize": 3.4, "color": MAIN, "linestyle": "none"}
OUTSIDE: dict[str, Any] = {
    "marker": "o",
    "markersize": 3.0,
    "markerfacecolor": "white",
    "markeredgecolor": UNDECIDED,
    "markeredgewidth": 0.8,
    "linestyle": "none",
}


@figure(
    columns=COLUMNS,
    unique=("topic", "term"),
    tables=("words",),
    each="first",
    section="topics",
    title="Terms of topics",
    order=2,
    top="config",
)
def terms(
    data: pd.DataFrame, *, n_terms: int = 8, top: int | None = None, stem: str = "terms"
) -> Drawn:
    """Draw the first terms of every topic.

    Dots on a scale, not bars, which would need a zero, and not clouds, whose sizes cannot be
    compared.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns topic, label, term, place (1 is the first term), in_topic (share of the term among
        the tokens of the topic), in_corpus (share among all tokens); rows of one backend.
    n_terms : int
        Terms of each topic.
    top : int, optional
        Draw only so many topics, the first ones of the table.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn
        Its data are the rows drawn, topics in the order of the table, terms by place.

    Raises
    ------
    DataError
        If columns are missing or a term repeats within a topic.
    UsageError
        If rows of several backends are given, or the panels do not fit the height of the venue.
    """
    backend = backend_of(data)
    every = list(dict.fromkeys(data["topic"].tolist()))
    shown = every if top is None else every[: max(1, top)]
    rows = {
        t: data[data["topic"] == t].sort_values("place", kind="stable").head(n_terms) for t in shown
    }
    names = [str(rows[t]["label"].iloc[0]) for t in shown]
    drawn = pd.concat(list(rows.values()), ignore_index=True)
    drawn["term"] = drawn["term"].astype(str)

    figure, cells, columns = _grid(len(shown), max(len(r) for r in rows.values()))
    low, high = _limits(drawn)
    inches = active()[1] / columns
    for i, (axes, topic) in enumerate(zip(cells, shown, strict=False)):
        _panel(axes, rows[topic], 0.42 * inches, (low, high))
        axes.tick_params(labelbottom=i + columns >= len(shown))
    figure.supxlabel("share of tokens (logarithmic)", fontsize=active()[0].size)
    _key(figure)
    _titles(figure, cells[: len(shown)], names, shown)

    which = (
        f"all {plural(len(every), 'topic')}"
        if len(shown) == len(every)
        else f"the first {len(shown)} of {plural(len(every), 'topic')}"
    )
    whom = f" ({backend})" if backend else ""
    most = int(drawn.groupby("topic").size().max())
    lift = (drawn["in_topic"] / drawn["in_corpus"].where(drawn["in_corpus"] > 0)).median()
    caption = (
        f"First {plural(most, 'term')} of {which}{whom}, in the topic's own order. Filled: share "
        "of the term among the tokens of the topic; open: among all tokens "
        "of the corpus. The length between them is how many times as often the topic uses the "
        f"term (median {lift:.1f} times)."
    ) + gaps([*names, *drawn["term"]])
    firsts = "; ".join(
        f"{name}: {', '.join(rows[t]['term'].astype(str).head(3))}"
        for name, t in list(zip(names, shown, strict=True))[:5]
    )
    alt = (
        f"Dots for the first terms of {plural(len(shown), 'topic')}. "
        f"{firsts}{'; and others' if len(shown) > 5 else ''}."
    )
    return Drawn(figure, drawn, caption, alt, stem)


def _grid(n: int, n_terms: int) -> tuple[Figure, list[Axes], int]:
    venue, inches = active()
    columns = max(1, min(n, int(inches / (COLUMN * venue.size / 8)), 4))
    rows = -(-n // columns)
    height = (n_terms * venue.small * 1.32 + venue.size * 1.5 + 6) / 72
    frame = 0.4 * venue.size / 8 + 1.7 * venue.small / 72
    if frame + rows * height > venue.height and rows > 1:
        fits = max(1, int((venue.height - frame) / height)) * columns
        message = (
            f"{n} panels of {n_terms} terms do not fit a figure for {venue.name}, which may be "
            f"{venue.height:.1f} in tall; "
            f"draw at most {fits} with top={fits}."
        )
        raise TooTallError(message, fits)
    figure = Figure(
        figsize=(inches, rows * height + frame),
        layout=ConstrainedLayoutEngine(w_pad=0.03, h_pad=0.02, wspace=0.04, hspace=0.02),
    )
    cells = figure.subplots(rows, columns, squeeze=False).ravel().tolist()
    for axes in cells[n:]:
        axes.set_visible(False)
    return figure, cells, columns


def _key(figure: Figure) -> None:
    looks = {"in the topic": INSIDE, "in the whole corpus": OUTSIDE}
    handles = [Line2D([], [], label=words, **look) for words, look in looks.items()]
    figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=2,
        handlelength=1.0,
        columnspacing=1.2,
        borderpad=0.5,
    )


def _limits(drawn: pd.DataFrame) -> tuple[float, float]:
    values = drawn[["in_topic", "in_corpus"]].to_numpy(dtype=float)
    known = values[np.isfinite(values) & (values > 0)]
    low = max(LEAST, float(known.min())) if len(known) else LEAST
    high = min(1.0, float(known.max())) if len(known) else 1.0
    return low / 1.5, max(high * 1.5, low * 4)


def _panel(axes: Axes, rows: pd.DataFrame, room: float, limits: tuple[float, float]) -> None:
    size = active()[0].small
    y = np.arange(len(rows))
    inside, outside = (
        np.clip(rows[c].to_numpy(dtype=float), *limits) for c in ("in_topic", "in_corpus")
    )
    axes.hlines(y, outside, inside, color=UNDECIDED, linewidth=0.8, zorder=1)
    axes.plot(outside, y, zorder=2, clip_on=False, **OUTSIDE)
    axes.plot(inside, y, zorder=3, clip_on=False, **INSIDE)
    axes.set_xscale("log")
    axes.set_xlim(*limits)
    powers = [p for p in range(-5, 1) if limits[0] <= 10.0**p <= limits[1]]
    widest = 2 * width("0.01%", size) + 0.1
    if len(powers) > 2 and room * 1.2 < widest * (len(powers) - 1) / 2:
        powers = powers[:: len(powers) - 1]
    axes.xaxis.set_major_locator(FixedLocator([10.0**p for p in powers]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.6g}%"))
    label_rows(axes, rows["term"].astype(str).tolist(), rows["place"].tolist(), room)


def _titles(figure: Figure, cells: list[Axes], labels: list[str], topics: list[int]) -> None:
    """Labels start where the terms do, at the left edge of the column."""
    size = active()[0].size
    for axes in cells:
        # A point more than the words take, so that they keep off what is above.
        axes.set_title("Ág", fontsize=size, pad=4.0)
    settle(figure)
    inches = float(figure.get_figwidth())
    ends = sorted({round(a.get_position().x1 * inches, 3) for a in cells})
    # A column begins behind the axes before it, and its label ends before the next column begins.
    starts = [0.04, *(end + 0.08 for end in ends[:-1])]
    room = min(
        b - a for a, b in zip(starts, [*(s - 0.06 for s in starts[1:]), inches - 0.04], strict=True)
    )
    for axes, text in zip(cells, fit_all(labels, topics, room, size), strict=True):
        axes.set_title("")
        box = axes.get_position()
        left = starts[ends.index(round(box.x1 * inches, 3))]
        axes.annotate(
            shorten(drawable(text), room, size),
            (left / inches, box.y1),
            (0, 3),
            xycoords=figure.transFigure,
            textcoords="offset points",
            ha="left",
            va="bottom",
            fontsize=size,
            color=INK,
        )
