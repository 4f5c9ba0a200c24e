"""Overview of a multiverse: changes of every claim under all specifications, a row per claim."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from trends.core.wording import plural
from trends.plots.declare import figure
from trends.plots.figures.robustness.specification_curve import CLAIM, COLUMNS, key
from trends.plots.layout.fitting import gaps
from trends.plots.layout.frames import no_repeats, records, taken
from trends.plots.layout.rows import figure_of_rows, label_rows, note_rows, zero_line
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import FINDINGS, INK
from trends.plots.theme.styles import active, settle

ROW = 0.3
#: Where in its row each finding is drawn, top to bottom: place says the same as colour.
PLACE = {"rising": -0.24, "no change detected": 0.0, "turned": 0.0, "falling": 0.24}


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
    interval: str = "95% interval",
    stem: str = "specification-overview",
) -> Drawn:
    """Draw all changes of every claim as ticks, the run's own estimate among them.

    Parameters
    ----------
    data : pandas.DataFrame
        ``specifications.csv``: columns specification, topic, label, finding, change, change_lower,
        change_upper, p_adjusted.
    claims : pandas.DataFrame
        ``claims.csv``: columns topic, label, finding, change, change_lower, change_upper,
        agreement, stability.
    interval, stem
        As in :func:`trends.plots.curve`.

    Returns
    -------
    Drawn
        Its data are the changes in the order drawn.

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
        ["change", "topic"], ascending=[False, True], na_position="last", kind="stable"
    ).reset_index(drop=True)
    place = {topic: i for i, topic in enumerate(own["topic"])}
    data["row"] = data["topic"].map(place)
    data = (
        data.dropna(subset=["row"])
        .sort_values(["row", "change"], kind="stable")
        .drop(columns="row")
        .reset_index(drop=True)
    )
    # Two lines of words stand in a row.
    figure = figure_of_rows(len(own), ROW, 2.9, 0.95, rows="claims", advice="give at most {fits}.")
    _draw(figure, data, own, place)
    counted = (own["finding"].astype(str) + ", " + own["stability"].astype(str)).value_counts()
    said = "; ".join(f"{n} {name}" for name, n in counted.items())
    n = data["specification"].nunique()
    caption = (
        f"Change of the share of {plural(len(own), 'topic')} under {plural(n, 'specification')}, "
        "percentage points; one tick per specification that "
        f"has the topic. Diamond and line: the run's own estimate, {interval}. On the right "
        "the finding, its stability, and the weighted share of the matched specifications whose "
        f"change has the same sign. Claims: {said}. Ticks beyond "
        "the frame are in the data."
    )
    alt = (
        f"One row for each of {plural(len(own), 'claim')}, with ticks at the changes of all "
        f"specifications. {said[:1].upper()}{said[1:]}."
    )
    return Drawn(figure, data, caption + gaps(own["label"]), alt, stem)


def _draw(figure: Figure, data: pd.DataFrame, own: pd.DataFrame, place: dict[object, int]) -> None:
    _, inches = active()
    axes = figure.subplots()
    for name, (colour, _) in FINDINGS.items():
        rows = data[data["finding"] == name]
        at = rows["topic"].map(place).to_numpy(dtype=float) + PLACE[name]
        ticks = [[(x, y - 0.14), (x, y + 0.14)] for x, y in zip(rows["change"], at, strict=True)]
        axes.add_collection(
            LineCollection(ticks, colors=colour, linewidths=0.6, alpha=0.7, zorder=2)
        )
    for row in records(own):
        if np.isfinite(row.change):
            axes.plot(
                [row.change_lower, row.change_upper],
                [row.Index] * 2,
                color=INK,
                linewidth=0.9,
                linestyle="-",
                zorder=3,
            )
            axes.plot(
                row.change,
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
                data["change"].dropna().to_numpy(),
                own[["change_lower", "change_upper"]].to_numpy(dtype=float).ravel(),
            ]
        )
    )
    sizes = sizes[np.isfinite(sizes)]
    edge = float(np.quantile(sizes, 0.99)) if len(sizes) else 1.0
    axes.set_xlim(-1.05 * (edge or 1.0), 1.05 * (edge or 1.0))
    left = 0.3 * inches
    label_rows(axes, own["label"].tolist(), own["topic"].tolist(), left)
    words = [
        f"{r.finding}\n{r.stability}"
        + ("" if np.isnan(r.agreement) else f", {100 * r.agreement:.0f}%")
        for r in records(own)
    ]
    note_rows(axes, words)
    axes.set_xlabel("change, percentage points")
    axes.locator_params(axis="x", nbins=5 if inches > 5 else 3)
    keys = key(set(data["finding"]))
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
