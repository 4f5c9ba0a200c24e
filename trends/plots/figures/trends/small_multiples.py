"""Prevalence as small multiples.

One panel a topic, its share with a band, the other topics in grey.

Separate panels read better than one crowded panel when many series are compared over a long span
(W. Javed, B. McDonnel and N. Elmqvist, "Graphical Perception of Multiple Time Series", IEEE TVCG
16(6), 2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from numpy.typing import NDArray

from trends.core import statements
from trends.core.wording import missing, percent, period_name, plural, signed, span
from trends.plots.declare import figure
from trends.plots.layout.fitting import gaps
from trends.plots.layout.frames import UNASSIGNED, backend_of, calendar, incomplete, records
from trends.plots.layout.panels import panels_of, title
from trends.plots.layout.time_axis import draw_percent, draw_years, middles
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import FINDINGS, MAIN, PALE, UNDECIDED
from trends.plots.theme.styles import active

COLUMNS = ("topic", "label", "period", "n_docs", "share", "lower", "upper", "complete")

#: More panels than this, and the grey lines of the other topics hide one another.
MOST_CONTEXT = 16
#: A period with fewer documents does not set the scale with its band.
FEW = 10
#: How far a band may stretch the scale, in multiples of the largest share; a wider one is cut, as
#: it would flatten the lines.
REACH = 2.0
#: More periods than this in a panel, and dots touch one another.
MOST_DOTS = 20


@figure(
    columns=COLUMNS,
    unique=("topic", "period"),
    tables=("prevalence",),
    extra={"trends": "trends"},
    each="backend",
    section="prevalence",
    title="Shares over time",
    order=1,
    top="config",
)
def prevalence(
    data: pd.DataFrame,
    *,
    period: str | None = None,
    free_y: bool = False,
    top: int | None = None,
    order: Literal["share", "given"] = "share",
    unassigned: bool = True,
    trends: pd.DataFrame | None = None,
    spans: Sequence[str] = (),
    interval: str = "95% interval",
    denominator: str | None = None,
    stem: str = "prevalence",
) -> Drawn:
    """Draw the share of every topic over time, one panel each.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns topic, label, period (first day), n_docs (documents of the period), share, lower,
        upper (fractions; NaN in periods without documents), complete; rows of one backend. Topic -1
        is what no topic took.
    period : str, optional
        Unit of the periods (day, week, month, quarter, half-year, year); read from their spacing if
        not given.
    free_y : bool
        Give each panel its own scale, for topics that one scale would flatten.
    top : int, optional
        Draw only so many topics, the largest ones.
    order : "share" or "given"
        Largest share first, or as in the table.
    unassigned : bool
        Add a panel for topic -1.
    trends : pandas.DataFrame, optional
        Columns topic, finding, change, turn, turn_at of the same backend: each panel then states
        them, and its line has the colour of the finding.
    spans : sequence of str
        Names of the two spans of the change.
    interval, denominator : str
        Words for the caption: what the band is, and what the share is a share of.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn

    Raises
    ------
    DataError
        If columns are missing or a topic has two values in one period.
    UsageError
        If rows of several backends are given, or the panels do not fit the height of the venue.
    """
    backend = backend_of(data)
    periods, unit = calendar(data, period)
    topics = _ordered(data, order)
    shown = topics if top is None else topics[: max(1, top)]
    names = dict(zip(data["topic"], data["label"], strict=True))
    panels = [*shown, *([UNASSIGNED] if unassigned and UNASSIGNED in names else [])]
    wide = {
        c: data.pivot(index="topic", columns="period", values=c).reindex(columns=periods)
        for c in ("share", "lower", "upper")
    }
    complete = data.groupby("period")["complete"].all().reindex(periods).to_numpy()

    found = {} if trends is None else {r.topic: r for r in records(trends)}
    figure, grid, columns = panels_of(
        [names[t] for t in panels], own_scales=free_y, noted=bool(found)
    )
    x = middles(periods, unit)
    bands = {
        c: {t: wide[c].loc[t].to_numpy(dtype=float) for t in panels} for c in ("lower", "upper")
    }
    values = {t: wide["share"].loc[t].to_numpy(dtype=float) for t in panels}
    context = [values[t] for t in shown] if len(shown) <= MOST_CONTEXT and not free_y else []
    for axes, topic in zip(grid, panels, strict=False):
        others = [line for line in context if line is not values[topic]]
        if others and topic != UNASSIGNED:
            axes.add_collection(
                LineCollection(
                    [np.column_stack([x, line]) for line in others],
                    colors=PALE,
                    linewidths=0.5,
                    zorder=1,
                )
            )
        _panel(
            axes,
            x,
            values[topic],
            bands["lower"][topic],
            bands["upper"][topic],
            complete,
            topic,
            _colour(found.get(topic)),
        )
    few = data.groupby("period")["n_docs"].max().reindex(periods).to_numpy() < FEW
    cut = _scales(grid[: len(panels)], columns, periods, unit, free_y, wide, panels, few)
    notes = [_stated(found.get(t)) for t in panels] if found else []
    title(figure, grid[: len(panels)], [names[t] for t in panels], panels, notes)

    rows = [data[data["topic"] == t].sort_values("period") for t in panels]
    drawn = pd.concat(rows, ignore_index=True)
    n = int(data.drop_duplicates("period")["n_docs"].sum())
    caption = _caption(
        backend,
        panels,
        len(topics),
        n,
        periods,
        unit,
        free_y,
        interval,
        denominator,
        complete,
        bool(context),
        cut,
    )
    if found:
        first, last = statements.spans_of(
            spans or (trends if trends is not None else data).attrs.get("spans", ())
        )
        caption += (
            f" Above each panel: the finding, and the change from {first} to {last} in percentage "
            "points; blue rising, orange falling, purple turned, grey no change detected."
        )
    caption += gaps(names[t] for t in panels)
    alt = _alt(backend, panels, names, values, periods, unit, n)
    return Drawn(figure, drawn, caption, alt, stem)


def _colour(row: Any) -> str:
    """Of a topic's line: that of its finding."""
    return MAIN if row is None else FINDINGS.get(str(row.finding), (UNDECIDED, ""))[0]


def _stated(row: Any) -> list[str]:
    """What is said above a panel, from long to short."""
    if row is None:
        return [" "]
    change = "" if missing(row.change) else signed(row.change)
    long = [f"{row.finding} {change} points"] if change else []
    turn = statements.turn_of(row) if str(row.finding) == "turned" else ""
    return [
        *([f"{row.finding}: {turn}"] if turn else long),
        f"{row.finding} {change}".strip(),
        str(row.finding),
    ]


def _ordered(data: pd.DataFrame, order: str) -> list[int]:
    topics = [t for t in dict.fromkeys(data["topic"].tolist()) if t != UNASSIGNED]
    if order == "given":
        return topics
    size = (data["share"] * data["n_docs"]).groupby(data["topic"]).sum()
    return sorted(topics, key=lambda t: (-size[t], t))


def _panel(
    axes: Axes,
    x: NDArray[np.float64],
    share: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    complete: NDArray[np.bool_],
    topic: int,
    colour: str,
) -> None:
    plain = topic == UNASSIGNED
    colour = UNDECIDED if plain else colour
    if not plain:
        axes.fill_between(x, lower, upper, color=colour, alpha=0.25, linewidth=0, zorder=2)
        # A band needs two neighbours; a period between empty ones gets a bar.
        lone = _alone(lower)
        axes.vlines(
            x[lone], lower[lone], upper[lone], color=colour, alpha=0.45, linewidth=2.0, zorder=2
        )
    axes.plot(x, share, color=colour, linestyle="--" if plain else "-", linewidth=1.1, zorder=3)
    # Many periods: the line speaks for them, and dots stand only where there is no line.
    size, here = (2.4, complete) if len(x) <= MOST_DOTS else (1.6, complete & _alone(share))
    axes.plot(x[here], share[here], "o", color=colour, markersize=size, linestyle="none", zorder=4)
    axes.plot(
        x[~complete],
        share[~complete],
        "o",
        markersize=size + 1.0,
        markerfacecolor="white",
        markeredgecolor=colour,
        markeredgewidth=0.8,
        linestyle="none",
        zorder=5,
    )


def _alone(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which values have no neighbour to be joined to."""
    known = np.isfinite(values)
    return known & ~(np.r_[False, known[:-1]] | np.r_[known[1:], False])


def _scales(
    grid: Sequence[Axes],
    columns: int,
    periods: Sequence[pd.Timestamp],
    unit: str,
    free_y: bool,
    wide: dict[str, pd.DataFrame],
    panels: Sequence[int],
    few: NDArray[np.bool_],
) -> bool:
    """Set the axes; return whether bands are cut.

    Bands of a handful of documents, and of topics on whose size few fits disagree, reach far and
    would flatten everything else.
    """
    _, width = active()
    upper = {t: wide["upper"].loc[t].to_numpy(dtype=float) for t in panels}
    trusted = ~few if (~few).any() else ~few | True
    highest = {t: float(np.nanmax([*wide["share"].loc[t], 0.0])) for t in panels}
    limit = {t: REACH * (highest[t] if free_y else max(highest.values())) or np.inf for t in panels}
    peak = {t: min(float(np.nanmax([*upper[t][trusted], highest[t]])), limit[t]) for t in panels}
    for i, (axes, topic) in enumerate(zip(grid, panels, strict=True)):
        draw_years(axes, periods, unit, width / columns - 0.3)
        draw_percent(axes)
        axes.set_ylim(0, 1.08 * (peak[topic] if free_y else max(peak.values())) or 1.0)
        # Under the last row, and where the row below has run out of panels.
        axes.tick_params(labelbottom=i + columns >= len(grid))
        axes.tick_params(labelleft=free_y or i % columns == 0)
    figure = grid[0].figure
    figure.supylabel("share of documents", fontsize=active()[0].size)
    return any(
        np.nanmax([*upper[t], 0.0]) > 1.08 * (peak[t] if free_y else max(peak.values()))
        for t in panels
    )


def _caption(
    backend: str,
    panels: Sequence[int],
    n_topics: int,
    n: int,
    periods: Sequence[pd.Timestamp],
    unit: str,
    free_y: bool,
    interval: str,
    denominator: str | None,
    complete: NDArray[np.bool_],
    context: bool,
    cut: bool,
) -> str:
    shown = len([t for t in panels if t != UNASSIGNED])
    which = (
        plural(n_topics, "topic")
        if shown == n_topics
        else f"the {shown} largest of {n_topics} topics"
    )
    whom = f" ({backend})" if backend else ""
    parts = [
        f"Prevalence of {which}{whom} in {plural(n, 'dated document')}, {span(periods, unit)}."
    ]
    parts.append(
        f"Line: share of {denominator or f'all documents of the {unit}'}, drawn at its middle; "
        f"band: {interval}."
    )
    if context:
        parts.append("Grey: the other topics.")
    if UNASSIGNED in panels:
        parts.append("Dashed: what no topic took.")
    parts.append("Each panel has its own scale." if free_y else "All panels share one scale.")
    if cut:
        parts.append("Bands that run beyond the top are cut.")
    if partial := incomplete(periods, complete, unit):
        parts.append(f"Hollow: {partial}, not wholly covered by the corpus.")
    return " ".join(parts)


def _alt(
    backend: str,
    panels: Sequence[int],
    names: dict[int, str],
    values: dict[int, NDArray[np.float64]],
    periods: Sequence[pd.Timestamp],
    unit: str,
    n: int,
) -> str:
    """Name the three panels that end farthest from where they began."""
    moves = []
    for topic in panels:
        known = np.flatnonzero(np.isfinite(values[topic]))
        if topic != UNASSIGNED and len(known) > 1:
            moves.append(
                (
                    abs(values[topic][known[-1]] - values[topic][known[0]]),
                    topic,
                    known[0],
                    known[-1],
                )
            )
    moves.sort(key=lambda move: (-move[0], move[1]))
    whom = f" of the backend {backend}" if backend else ""
    said = [
        f"{names[t]}: from {percent(values[t][a])} in {period_name(periods[a], unit)} to "
        f"{percent(values[t][b])} in {period_name(periods[b], unit)}"
        for _, t, a, b in moves[:3]
    ]
    text = (
        f"Small line charts, one for each of {plural(len(panels), 'topic')}{whom}, "
        f"{plural(n, 'document')}, {span(periods, unit)}."
    )
    return text + (f" Farthest between first and last: {'; '.join(said)}." if said else "")
