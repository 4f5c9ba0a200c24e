"""Number of topics: recurrence over seeds, agreement of families, and coherence.

All are drawn against the number of topics that was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from trends.core.wording import listed, plural
from trends.errors import UsageError
from trends.plots.declare import figure
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import INK, LINESTYLES, MARKERS, PALE, PETROFF6
from trends.plots.theme.styles import active, settle

COLUMNS = (
    "n_topics",
    "compared",
    "backend_a",
    "backend_b",
    "pairs",
    "similarity",
    "similarity_se",
    "recurring",
    "recurring_low",
    "recurring_high",
    "npmi",
)


@figure(
    columns=COLUMNS,
    tables=("topic_number",),
    each="run",
    section="topics",
    title="How many topics there are",
    order=1,
)
def candidates(
    data: pd.DataFrame,
    *,
    chosen: int,
    low: int,
    high: int,
    levels: Mapping[str, float] | None = None,
    stem: str = "topic-number",
) -> Drawn:
    """Draw the curve from which a number of topics was chosen.

    Parameters
    ----------
    data : pandas.DataFrame
        ``topic_number.csv``: columns n_topics, compared ("seeds" or "families"), backend_a,
        backend_b, pairs, similarity, similarity_se, recurring, recurring_low, recurring_high, npmi.
    chosen, low, high : int
        The number chosen, and its range.
    levels : mapping of str to float, optional
        Backend → where its number of recurring topics levels off.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn
        Its data are the rows of the curve in the order drawn.

    Raises
    ------
    DataError
        If columns are missing or there are no rows.
    UsageError
        If more is compared than lines can be told apart.
    """
    data["name"] = np.where(
        data["compared"] == "seeds",
        data["backend_a"],
        data["backend_a"] + " with " + data["backend_b"],
    )
    names = list(dict.fromkeys([*data.loc[data["compared"] == "seeds", "name"], *data["name"]]))
    if len(names) > len(MARKERS):
        message = (
            f"The figure candidates tells {len(MARKERS)} lines apart, and the table compares "
            f"{len(names)}; select fewer backends."
        )
        raise UsageError(message)
    data["order"] = data["name"].map(names.index)
    data = (
        data.sort_values(["order", "n_topics"], kind="stable")
        .drop(columns="order")
        .reset_index(drop=True)
    )
    figure = _figure()
    _draw(figure, data, names, chosen, low, high)
    caption, alt = _words(data, chosen, low, high, dict(levels or {}))
    return Drawn(figure, data, caption, alt, stem)


def _figure() -> Figure:
    venue, inches = active()
    height = min(venue.height, (2.3 if inches > 5 else 6.0) * venue.size / 8)
    return Figure(figsize=(inches, height), layout="constrained")


def _draw(
    figure: Figure, data: pd.DataFrame, names: list[str], chosen: int, low: int, high: int
) -> None:
    _, inches = active()
    wide = inches > 5
    cells = figure.subplots(*((1, 3) if wide else (3, 1)), squeeze=False).ravel()
    titles = ("topics found again", "mean similarity", "NPMI (not used)")
    columns = ("recurring", "similarity", "npmi")
    for axes, title, column in zip(cells, titles, columns, strict=True):
        axes.axvspan(low, high, color=PALE, linewidth=0, zorder=0)
        axes.axvline(chosen, color=INK, linewidth=0.8, linestyle="-", zorder=1)
        for i, name in enumerate(names):
            rows = data[(data["name"] == name) & data[column].notna()]
            if len(rows):
                _line(axes, rows, column, i, name)
        _ticks(axes, data, chosen)
        axes.set_title(title)
        if wide or axes is cells[-1]:
            axes.set_xlabel("topics asked for")
    asked = np.sort(data["n_topics"].unique())
    cells[0].plot(asked, asked, color=INK, linewidth=0.5, linestyle=(0, (1, 2)), zorder=1)
    cells[0].set_ylim(0, 1.15 * max(float(data["recurring_high"].max()), float(chosen)))
    cells[1].set_ylim(0, 1.02)
    handles, labels = cells[0].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside upper left",
        ncols=3 if wide else 1,
        handlelength=2.2,
        columnspacing=1.2,
    )
    settle(figure)


def _line(axes: Axes, rows: pd.DataFrame, column: str, i: int, name: str) -> None:
    x, y = rows["n_topics"], rows[column]
    if column == "recurring":
        axes.vlines(
            x,
            rows["recurring_low"],
            rows["recurring_high"],
            color=PETROFF6[i],
            linewidth=0.8,
            zorder=2,
        )
    elif column == "similarity":
        error = rows["similarity_se"].fillna(0)
        axes.vlines(x, y - error, y + error, color=PETROFF6[i], linewidth=0.8, zorder=2)
    axes.plot(
        x,
        y,
        color=PETROFF6[i],
        marker=MARKERS[i],
        linestyle=LINESTYLES[i],
        linewidth=1.0,
        markersize=3.5,
        zorder=3,
        label=name,
    )


def _ticks(axes: Axes, data: pd.DataFrame, chosen: int) -> None:
    """A logarithmic axis whose ticks are some of the candidates, far enough apart to be read."""
    axes.set_xscale("log")
    asked = sorted(int(k) for k in data["n_topics"].unique())
    shown: list[int] = []
    for k in asked:
        if not shown or k >= 1.8 * shown[-1]:
            shown.append(k)
    axes.xaxis.set_major_locator(FixedLocator(shown))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks(shown, [str(k) for k in shown])
    axes.set_xlim(min(*asked, chosen) / 1.1, max(*asked, chosen) * 1.1)


def _words(
    data: pd.DataFrame, chosen: int, low: int, high: int, levels: dict[str, float]
) -> tuple[str, str]:
    asked = sorted(int(k) for k in data["n_topics"].unique())
    rest = listed([f"{backend} at {level:.1f}" for backend, level in levels.items()])
    at_rest = (
        f"Numbers level off: {rest}."
        if levels
        else "No number levels off, so the chosen one is a fallback."
    )
    pairs = listed(
        [
            f"{int(n)} for {name}"
            for name, n in data.groupby("name", sort=False)["pairs"].max().items()
        ]
    )
    caption = (
        "Left: topics that two fits have in common (correlation of their documents at least 1/2), "
        f"mean and range over pairs of fits ({pairs}), against "
        f"the number of topics asked for ({plural(len(asked), 'candidate')}); dotted, all that "
        "were asked for. Middle: mean similarity of aligned topics, one without "
        f"partner counting 0, with one standard error. Right: NPMI, for information. {at_rest} "
        f"Chosen: {plural(chosen, 'topic')} (line; band: {low} to {high})."
    )
    alt = (
        f"Three panels of lines over {asked[0]} to {asked[-1]} topics asked for: topics found "
        "again, mean similarity, NPMI. "
        f"{at_rest} {plural(chosen, 'topic')} {'was' if chosen == 1 else 'were'} chosen."
    )
    return caption, alt
