"""Groups: one panel a topic, with a line for each group, those that differ first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trends.core import statements
from trends.core.wording import listed, percent, plural, span
from trends.plots.declare import figure
from trends.plots.layout.fitting import fit_all, gaps
from trends.plots.layout.frames import calendar
from trends.plots.layout.panels import panels_of, title
from trends.plots.layout.time_axis import draw_percent, draw_years, middles
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import INK, PALE, PETROFF6
from trends.plots.theme.styles import active

COLUMNS = ("topic", "label", "group", "period", "share", "p_adjusted", "differs")
#: Groups with a colour of their own; all others are grey.
MOST = 5
MARKS = ("o", "s", "^", "D", "v")


@figure(
    columns=COLUMNS, unique=("topic", "group", "period"), section="groups", title="Shares in groups"
)
def groups(
    data: pd.DataFrame,
    *,
    noun: str = "group",
    period: str | None = None,
    top: int | None = None,
    stem: str = "groups",
) -> Drawn:
    """Draw the share of every topic in every group over time.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns topic, label, group, period (first day), share (NaN without documents), p_adjusted
        and differs (whether the groups change alike, the same in all rows of a topic); the largest
        groups first.
    noun : str
        What a group is.
    period : str, optional
        Unit of the periods; read from their spacing if not given.
    top : int, optional
        Draw only so many topics, those with the smallest p.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn
    """
    order = data.drop_duplicates("topic").sort_values(["p_adjusted", "topic"], kind="stable")
    shown = order.head(top or len(order))
    names = list(dict.fromkeys(data["group"].astype(str)))
    periods, unit = calendar(data, period)
    picture, grid, columns, lines = panels_of(shown["label"].tolist(), noted=True)
    x = middles(periods, unit)
    for axes, row in zip(grid, shown.itertuples(), strict=False):
        mine = data[data["topic"] == row.topic]
        wide = mine.pivot(index="period", columns="group", values="share").reindex(periods)
        for place, name in reversed(list(enumerate(names))):
            own = place < MOST
            axes.plot(
                x,
                wide[name].to_numpy(float),
                color=PETROFF6[place] if own else PALE,
                marker=MARKS[place] if own else "",
                markersize=2.2,
                linewidth=1.1 if own else 0.6,
                zorder=2 + own,
                label=name if own else None,
            )
        draw_years(axes, periods, unit, picture.get_figwidth() / columns)
        draw_percent(axes)
    highest = float(np.nanmax(data["share"].to_numpy(float)))
    grid[0].set_ylim(0, 1.05 * highest if highest > 0 else 1)
    small, inches = active()[0].small, active()[1]
    handles, known = grid[0].get_legend_handles_labels()
    beside = 3 if inches > 4 else 2
    room = 0.9 * inches / beside - 0.5
    picture.legend(
        handles[::-1],
        fit_all(known[::-1], range(1, len(known) + 1), room, small),
        loc="outside lower center",
        ncols=min(len(known), beside),
        fontsize=small,
        labelcolor=INK,
        frameon=False,
    )
    notes = [
        [statements.groups_of(row), statements.groups_of(row, short=True)]
        for row in shown.itertuples()
    ]
    labels = shown["label"].tolist()
    title(picture, grid[: len(shown)], labels, shown["topic"].tolist(), lines, notes)
    differ = int(shown["differs"].sum())
    grey = f" The {len(names) - MOST} smaller ones are grey." if len(names) > MOST else ""
    caption = (
        f"Shares of {plural(len(shown), 'topic')} by {noun}, {span(periods, unit)}: "
        f"{listed(names[:MOST])}.{grey} {statements.GROUPS}{gaps([*shown['label'], *names])}"
    )
    alt = (
        f"Lines of {plural(len(names), noun)} for {plural(len(shown), 'topic')}; in {differ} of "
        f"them the groups differ; the largest share is {percent(highest)}."
    )
    return Drawn(picture, data[data["topic"].isin(shown["topic"])], caption, alt, stem)
