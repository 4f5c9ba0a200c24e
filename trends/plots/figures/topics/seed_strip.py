"""Stability: how like itself each topic comes out again when only the seed changes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from trends.core.wording import plural
from trends.plots.declare import figure
from trends.plots.layout.fitting import gaps
from trends.plots.layout.frames import backend_of
from trends.plots.layout.rows import figure_of_rows, label_rows
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import INK, MAIN, PALE
from trends.plots.theme.styles import active, settle

COLUMNS = ("topic", "label", "seed", "similarity")
ROW = 0.17


@figure(
    columns=COLUMNS,
    unique=("topic", "seed"),
    tables=("seeds",),
    each="first",
    section="agreement",
    title="How topics recur over seeds",
    order=3,
)
def seeds(
    data: pd.DataFrame,
    *,
    measure: str = "similarity of their documents",
    top: int | None = None,
    stem: str = "seeds",
) -> Drawn:
    """Draw the similarity of each topic to its partner in the fits of other seeds.

    The most stable topic is on top.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns topic, label, seed, similarity (0 to 1; NaN where the fit of that seed has no such
        topic); rows of one backend.
    measure : str
        Words for the axis and the caption.
    top : int, optional
        Draw only so many topics, the first ones of the table.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn
        Its data are the rows drawn with the columns ``median`` (over seeds, no partner counting 0)
        and ``found`` (seeds with a partner).

    Raises
    ------
    DataError
        If columns are missing or a topic has two values for one seed.
    UsageError
        If rows of several backends are given, or the rows do not fit the height of the venue.
    """
    backend = backend_of(data)
    every = list(dict.fromkeys(data["topic"].tolist()))
    shown = every if top is None else every[: max(1, top)]
    data = data[data["topic"].isin(shown)].reset_index(drop=True)
    value = data["similarity"].astype(float)
    data["median"] = value.fillna(0.0).groupby(data["topic"]).transform("median")
    data["found"] = value.notna().groupby(data["topic"]).transform("sum").astype(int)
    data = data.sort_values(
        ["median", "topic", "seed"], ascending=[False, True, True], kind="stable"
    ).reset_index(drop=True)
    order = list(dict.fromkeys(data["topic"].tolist()))
    names = data.drop_duplicates("topic").set_index("topic")["label"]

    _, inches = active()
    figure = figure_of_rows(len(order), ROW, 1.5, 0.75)
    axes = figure.subplots()
    _draw(axes, data, order)
    label_rows(axes, [names[t] for t in order], order, 0.4 * inches)
    axes.set_xlabel(measure)
    keys = [
        Line2D(
            [], [], marker="o", color=MAIN, linestyle="none", markersize=3.4, label="one other seed"
        ),
        Line2D(
            [],
            [],
            marker="|",
            color=INK,
            linestyle="none",
            markersize=7,
            markeredgewidth=1.4,
            label="median",
        ),
    ]
    figure.legend(
        handles=keys,
        loc="outside upper left",
        ncols=2,
        handlelength=1.0,
        columnspacing=1.2,
        borderpad=0.1,
    )
    settle(figure)

    n_seeds, whom = int(data.groupby("topic").size().max()), f" ({backend})" if backend else ""
    which = (
        f"all {plural(len(every), 'topic')}"
        if len(shown) == len(every)
        else f"the first {len(shown)} of {plural(len(every), 'topic')}"
    )
    middle = float(data.drop_duplicates("topic")["median"].median())
    lost = int((data["found"] == 0).groupby(data["topic"]).first().sum())
    caption = (
        f"Stability of {which}{whom}: {measure} between a topic and its partner in the fits of "
        f"{plural(n_seeds, 'other seed')}, from 0 to 1. "
        "Right: in how many of them it has a partner; no partner counts 0 in the median. Median "
        f"of the medians: {middle:.2f}."
        + (f" {plural(lost, 'topic')} found by no other seed." if lost else "")
    )
    best, least = str(names[order[0]]), str(names[order[-1]])
    alt = (
        f"Dots of {measure} for {plural(len(order), 'topic')} over "
        f"{plural(n_seeds, 'other seed')}. Most stable: {best} (median "
        f"{data['median'].iloc[0]:.2f}); least: {least} ({data['median'].iloc[-1]:.2f})."
    )
    return Drawn(figure, data, caption + gaps(names), alt, stem)


def _draw(axes: Axes, data: pd.DataFrame, order: list[int]) -> None:
    y = data["topic"].map({t: float(i) for i, t in enumerate(order)}).to_numpy()
    axes.hlines(np.arange(len(order)), 0, 1, color=PALE, linewidth=0.5, zorder=1)
    axes.plot(
        data["similarity"],
        y,
        "o",
        color=MAIN,
        alpha=0.75,
        markersize=3.4,
        markeredgewidth=0,
        linestyle="none",
        zorder=2,
    )
    first = data.drop_duplicates("topic")
    axes.plot(
        first["median"],
        np.arange(len(order)),
        "|",
        color=INK,
        markersize=7,
        markeredgewidth=1.4,
        linestyle="none",
        zorder=3,
    )
    axes.set_xlim(-0.02, 1.02)
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    right = axes.secondary_yaxis("right")
    sizes = data.groupby("topic").size()
    right.set_yticks(
        range(len(order)),
        [f"{found} of {sizes[t]}" for t, found in zip(first["topic"], first["found"], strict=True)],
    )
    right.tick_params(length=0)
    right.spines["right"].set_visible(False)
