"""Ranks of topics over time, each with the ranks that the intervals of the shares leave open."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator
from numpy.typing import NDArray

from trends.core.wording import period_name, plural, span
from trends.plots.declare import figure
from trends.plots.layout.fitting import gaps
from trends.plots.layout.frames import backend_of, calendar, incomplete
from trends.plots.layout.panels import panels_of, title
from trends.plots.layout.time_axis import draw_years, middles
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import INK, MAIN
from trends.plots.theme.styles import active

COLUMNS = ("topic", "label", "period", "n_docs", "share", "rank", "best", "worst", "complete")
#: More periods than this in a panel, and dots touch one another.
MOST_DOTS = 20


@figure(
    columns=COLUMNS,
    unique=("topic", "period"),
    tables=("ranks",),
    each="first",
    section="prevalence",
    title="Ranks",
    order=4,
    top=8,
)
def ranks(
    data: pd.DataFrame,
    *,
    period: str | None = None,
    top: int = 8,
    level: float = 0.95,
    stem: str = "ranks",
) -> Drawn:
    """Draw the rank of each topic among all topics of a period, one panel each.

    Lines that cross in one panel would show ties as changes of place; a panel for each topic shows
    how little of its rank is known.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns topic, label, period (first day), n_docs, share, rank (1 is the largest; ties share
        the mean rank), best and worst (the ranks between which the topic lies), complete; rows of
        one backend, NaN in periods without documents.
    period : str, optional
        Unit of the periods; read from their spacing if not given.
    top : int
        Draw so many topics, the largest ones; all are ranked.
    level : float
        For the caption: chance with which all ranks of a period lie inside their bands at once.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn
        Its data are the rows of the topics drawn, the largest topic first.

    Raises
    ------
    DataError
        If columns are missing or a topic has two values in one period.
    UsageError
        If rows of several backends are given, or the panels do not fit the height of the venue.
    """
    backend = backend_of(data)
    periods, unit = calendar(data, period)
    size = (data["share"] * data["n_docs"]).groupby(data["topic"]).sum()
    every = sorted((int(t) for t in size.index), key=lambda t: (-size[t], t))
    shown = every[: max(1, top)]
    names = dict(zip(data["topic"], data["label"], strict=True))
    complete = data.groupby("period")["complete"].all().reindex(periods).to_numpy()

    figure, cells, columns = panels_of([names[t] for t in shown])
    x = middles(periods, unit)
    rows = {t: data[data["topic"] == t].set_index("period").reindex(periods) for t in shown}
    for i, (axes, topic) in enumerate(zip(cells, shown, strict=False)):
        here = rows[topic]
        rank, best, worst = (here[c].to_numpy(dtype=float) for c in ("rank", "best", "worst"))
        _panel(axes, x, rank, best, worst, complete)
        _axis(axes, len(every))
        draw_years(axes, periods, unit, active()[1] / columns - 0.3)
        axes.tick_params(labelbottom=i + columns >= len(shown), labelleft=i % columns == 0)
    figure.supylabel("rank by share", fontsize=active()[0].size)
    title(figure, cells[: len(shown)], [names[t] for t in shown], shown)

    drawn = pd.concat(
        [data[data["topic"] == t].sort_values("period") for t in shown], ignore_index=True
    )
    n = int(data.drop_duplicates("period")["n_docs"].sum())
    caption, alt = _words(
        backend, len(shown), len(every), n, periods, unit, level, complete, drawn, names
    )
    return Drawn(figure, drawn, caption + gaps(names[t] for t in shown), alt, stem)


def _panel(
    axes: Axes,
    x: NDArray[np.float64],
    rank: NDArray[np.float64],
    best: NDArray[np.float64],
    worst: NDArray[np.float64],
    complete: NDArray[np.bool_],
) -> None:
    # Ranks are places, not a quantity in between: a bar for each period, and no band that joins
    # them.
    axes.vlines(
        x,
        best - 0.3,
        worst + 0.3,
        color=MAIN,
        alpha=0.35,
        linewidth=min(4.0, 72.0 / len(x)),
        zorder=2,
    )
    axes.plot(x, rank, color=MAIN, linestyle="-", linewidth=1.0, zorder=3)
    size = 2.4 if len(x) <= MOST_DOTS else 1.4
    axes.plot(
        x[complete], rank[complete], "o", color=MAIN, markersize=size, linestyle="none", zorder=4
    )
    axes.plot(
        x[~complete],
        rank[~complete],
        "o",
        markersize=size + 1.0,
        markerfacecolor="white",
        markeredgecolor=MAIN,
        markeredgewidth=0.8,
        linestyle="none",
        zorder=5,
    )


def _axis(axes: Axes, n: int) -> None:
    """The first rank on top; a few ranks named, the last among them."""
    axes.set_ylim(n + 0.7, 0.3)
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500) if n / s <= 4 or s == 500)
    ticks = [1, *range(step, n + 1, step)] if step > 1 else list(range(1, n + 1))
    if step > 1 and n > ticks[-1]:
        # The last rank says how many there are, so it has a tick, in the place of one that is too
        # near.
        ticks = [*(t for t in ticks if n - t >= 0.6 * step), n]
    if step == 2:
        ticks.remove(2)
    axes.yaxis.set_major_locator(FixedLocator([float(t) for t in dict.fromkeys(ticks)]))
    axes.set_yticklabels([str(t) for t in dict.fromkeys(ticks)], color=INK)


def _words(
    backend: str,
    shown: int,
    n_topics: int,
    n: int,
    periods: Sequence[pd.Timestamp],
    unit: str,
    level: float,
    complete: NDArray[np.bool_],
    drawn: pd.DataFrame,
    names: dict[int, str],
) -> tuple[str, str]:
    whom = f" ({backend})" if backend else ""
    which = (
        f"all {plural(n_topics, 'topic')}"
        if shown == n_topics
        else f"the {shown} largest of {n_topics} topics"
    )
    known = drawn.dropna(subset=["best", "worst"])
    open_ = float((known["worst"] - known["best"] + 1).median()) if len(known) else float("nan")
    parts = [
        (
            f"Rank of {which}{whom} by their share in each {unit}, 1 the largest; "
            f"{plural(n, 'dated document')}, {span(periods, unit)}."
        ),
        (
            "Bar: the ranks that the intervals of the shares leave open, right for all topics of a "
            f"{unit} at once with a chance of at least {100 * level:g} %; "
            f"the median bar spans {open_:g} of {n_topics} ranks."
        ),
    ]
    if partial := incomplete(periods, complete, unit):
        parts.append(f"Hollow: {partial}, not wholly covered by the corpus.")
    said = []
    for topic in list(dict.fromkeys(drawn["topic"]))[:3]:
        rows = known[known["topic"] == topic]
        if len(rows):
            a, b = rows.iloc[0], rows.iloc[-1]
            said.append(
                f"{names[topic]}: {a['best']:g} to {a['worst']:g} in "
                f"{period_name(a['period'], unit)}, {b['best']:g} to {b['worst']:g} in "
                f"{period_name(b['period'], unit)}"
            )
    alt = (
        f"Small charts of ranks, one for each of {plural(shown, 'topic')}, "
        f"{plural(n, 'document')}, {span(periods, unit)}. Ranks left open: {'; '.join(said)}."
    )
    return " ".join(parts), alt
