"""Overview of a multiverse: slopes of every claim under all specifications, a row per claim."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from trends.core.wording import listed, plural
from trends.plots.declare import figure
from trends.plots.figures.robustness.specification_curve import CLAIM, COLUMNS, key, looks
from trends.plots.figures.trends.change_forest import LOOKS
from trends.plots.layout.fitting import gaps
from trends.plots.layout.frames import no_repeats, records, taken
from trends.plots.layout.rows import figure_of_rows, label_rows, note_rows, zero_line
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import INK
from trends.plots.theme.styles import active, settle

ROW = 0.3
#: Where in its row each class of specification is drawn, top to bottom: place says the same as
#: colour.
PLACE = {"rising": -0.24, "open": 0.0, "falling": 0.24}


@figure(
    columns=COLUMNS,
    unique=("topic", "specification"),
    section="claims",
    title="Every defensible choice",
    order=2,
)
def overview(
    data: pd.DataFrame,
    claims: pd.DataFrame,
    *,
    alpha: float = 0.05,
    interval: str = "95% interval",
    stem: str = "specification-overview",
) -> Drawn:
    """Draw all slopes of every claim as ticks, the run's own estimate among them.

    Parameters
    ----------
    data : pandas.DataFrame
        ``specifications.csv``: columns specification, topic, label, slope, lower, upper,
        p_adjusted.
    claims : pandas.DataFrame
        ``claims.csv``: columns topic, label, slope, lower, upper, verdict, agreement,
        agreement_significant.
    alpha, interval, stem
        As in :func:`trends.plots.curve`.

    Returns
    -------
    Drawn
        Its data are the slopes in the order drawn, with the column ``drawn_as``.

    Raises
    ------
    DataError
        If columns are missing or a claim repeats.
    UsageError
        If the rows do not fit the height of the venue.
    """
    own = taken(claims, CLAIM, "overview")
    no_repeats(own, ("topic",), "overview")
    own = own.sort_values(
        ["slope", "topic"], ascending=[False, True], na_position="last", kind="stable"
    ).reset_index(drop=True)
    place = {topic: i for i, topic in enumerate(own["topic"])}
    data["drawn_as"] = looks(data, alpha)
    data["row"] = data["topic"].map(place)
    data = (
        data.dropna(subset=["row"])
        .sort_values(["row", "slope"], kind="stable")
        .drop(columns="row")
        .reset_index(drop=True)
    )
    # Two lines of words stand in a row.
    figure = figure_of_rows(len(own), ROW, 2.9, 0.95, rows="claims", advice="give at most {fits}.")
    _draw(figure, data, own, place, alpha)
    counted = own["verdict"].value_counts()
    said = listed([f"{n} {name}" for name, n in counted.items()])
    n = data["specification"].nunique()
    caption = (
        f"Slope of the share of {plural(len(own), 'topic')} under {plural(n, 'specification')}, "
        "percentage points a year; one tick per specification that "
        f"has the topic. Diamond and line: the run's own estimate, {interval}. On the right the "
        "verdict, and the share of specifications that agree "
        f"in sign and in significance (adjusted p at most {alpha:g}). Claims: {said}. Ticks beyond "
        "the frame are in the data."
    )
    alt = (
        f"One row for each of {plural(len(own), 'claim')}, with ticks at the slopes of all "
        f"specifications. {said[:1].upper()}{said[1:]}."
    )
    return Drawn(figure, data, caption + gaps(own["label"]), alt, stem)


def _draw(
    figure: Figure, data: pd.DataFrame, own: pd.DataFrame, place: dict[object, int], alpha: float
) -> None:
    _, inches = active()
    axes = figure.subplots()
    for name, (colour, _, _) in LOOKS.items():
        rows = data[data["drawn_as"] == name]
        at = rows["topic"].map(place).to_numpy(dtype=float) + PLACE[name]
        ticks = [[(x, y - 0.14), (x, y + 0.14)] for x, y in zip(rows["slope"], at, strict=True)]
        axes.add_collection(
            LineCollection(ticks, colors=colour, linewidths=0.6, alpha=0.7, zorder=2)
        )
    for row in records(own):
        if np.isfinite(row.slope):
            axes.plot(
                [row.lower, row.upper],
                [row.Index] * 2,
                color=INK,
                linewidth=0.9,
                linestyle="-",
                zorder=3,
            )
            axes.plot(
                row.slope,
                row.Index,
                marker="D",
                color=INK,
                markersize=3.5,
                linestyle="none",
                zorder=4,
            )
    zero_line(axes)
    # A few runaway specifications must not press all others together.
    sizes = np.abs(
        np.concatenate(
            [
                data["slope"].dropna().to_numpy(),
                own[["lower", "upper"]].to_numpy(dtype=float).ravel(),
            ]
        )
    )
    sizes = sizes[np.isfinite(sizes)]
    edge = float(np.quantile(sizes, 0.99)) if len(sizes) else 1.0
    axes.set_xlim(-1.05 * (edge or 1.0), 1.05 * (edge or 1.0))
    left = 0.3 * inches
    label_rows(axes, own["label"].tolist(), own["topic"].tolist(), left)
    words = [
        f"{r.verdict}\n{100 * r.agreement:.0f}% sign, {100 * r.agreement_significant:.0f}% sig."
        for r in records(own)
    ]
    note_rows(axes, words)
    axes.set_xlabel("slope, percentage points a year")
    axes.locator_params(axis="x", nbins=5 if inches > 5 else 3)
    keys = key(set(data["drawn_as"]), alpha)
    for entry in keys:
        # A specification is a tick here, above the line of its claim where it rises and below where
        # it falls.
        entry.set(marker="|", markersize=7, markeredgewidth=1.2)
    keys.append(
        Line2D(
            [],
            [],
            color=INK,
            marker="D",
            linestyle="-",
            linewidth=0.9,
            markersize=3.5,
            label="the run's estimate",
        )
    )
    figure.legend(
        handles=keys,
        loc="outside upper left",
        ncols=2 if inches < 5 else 4,
        handlelength=1.4,
        columnspacing=1.0,
    )
    settle(figure)
