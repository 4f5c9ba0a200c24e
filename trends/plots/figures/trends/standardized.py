"""The change of every topic on the same documents, unweighted and by direct standardization."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from trends.core.claim import FOUND
from trends.core.wording import listed, plural, signed
from trends.plots.declare import figure
from trends.plots.layout.fitting import gaps
from trends.plots.layout.frames import UNASSIGNED, EmptyFigureError, backend_of, records
from trends.plots.layout.rows import figure_of_rows, label_rows, zero_line
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import MARKERS, PETROFF6
from trends.plots.theme.styles import active, settle

NUMBERS = ("change", "change_lower", "change_upper", "finding")
COLUMNS = (
    "topic",
    "label",
    *(f"{n}_same" for n in NUMBERS),
    *(f"{n}_standardized" for n in NUMBERS),
)
ROW = 0.23
#: Of which change, its colour, marker, line, words, and place in the row. Marker and line say the
#: same as the colour.
LOOKS: dict[str, tuple[str, str, Literal["-", "--"], str, float]] = {
    "same": (PETROFF6[0], MARKERS[0], "-", "unweighted", -0.17),
    "standardized": (PETROFF6[1], MARKERS[1], "--", "standardized", 0.17),
}


@figure(
    columns=COLUMNS,
    unique=("topic",),
    tables=("trends_standardized",),
    each="backend",
    section="audit",
    title="Changes with and without standardization",
    order=9,
)
def standardized(
    data: pd.DataFrame,
    *,
    top: int | None = None,
    noun: str = "source",
    interval: str = "95% interval",
    stem: str = "standardized",
) -> Drawn:
    """Draw two changes for each topic, unweighted and standardized, the largest rise on top.

    Parameters
    ----------
    data : pandas.DataFrame
        ``trends_standardized.csv``: columns topic, label, and change, change_lower, change_upper
        (percentage points) and finding, each with the ending ``_same`` (the documents that are
        standardized, unweighted) and ``_standardized``; rows of one backend.
    top : int, optional
        Draw only so many topics, those that standardization changes most.
    noun : str
        What the mix is of.
    interval : str
        Words for the caption.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn
        Its data are the rows in the order drawn, with the column ``finding_is`` (same, changed).

    Raises
    ------
    DataError
        If columns are missing or a topic repeats.
    UsageError
        If rows of several backends are given, no topic has both changes, or the rows do not fit the
        height of the venue.
    """
    backend = backend_of(data)
    data = data[
        (data["topic"] != UNASSIGNED)
        & data["change_same"].notna()
        & data["change_standardized"].notna()
    ]
    if data.empty:
        message = (
            "The figure standardized needs a topic that has a change with and without "
            "standardization; the table holds none."
        )
        raise EmptyFigureError(message)
    total, data = len(data), _chosen(data, top)
    for tail in LOOKS:
        data[f"found_{tail}"] = data[f"finding_{tail}"].isin(FOUND).to_numpy()
    data["finding_is"] = np.where(
        (data["finding_same"] == data["finding_standardized"])
        | ~(data["found_same"] | data["found_standardized"]),
        "same",
        "changed",
    )
    figure = figure_of_rows(len(data), ROW, 1.8, 0.8)
    _draw(figure, data)
    caption, alt = _words(data, total, backend, noun, interval)
    drawn = data.drop(columns=["found_same", "found_standardized"])
    return Drawn(figure, drawn, caption + gaps(data["label"]), alt, stem)


def _chosen(data: pd.DataFrame, top: int | None) -> pd.DataFrame:
    """The topics that standardization changes most, the largest rise first."""
    moved = (data["change_standardized"] - data["change_same"]).abs()
    kept = data.loc[
        moved.sort_values(ascending=False, kind="stable").index[: max(1, top or len(data))]
    ]
    order = ["change_same", "topic"]
    return kept.sort_values(order, ascending=[False, True], kind="stable").reset_index(drop=True)


def _draw(figure: Figure, data: pd.DataFrame) -> None:
    _, inches = active()
    axes = figure.subplots()
    for tail, (colour, marker, line, _, shift) in LOOKS.items():
        for row in records(data):
            y, face = row.Index + shift, colour if getattr(row, f"found_{tail}") else "white"
            ends = [getattr(row, f"change_lower_{tail}"), getattr(row, f"change_upper_{tail}")]
            axes.plot(
                ends,
                [y, y],
                color=colour,
                linestyle=line,
                linewidth=1.0,
                solid_capstyle="butt",
                zorder=2,
            )
            change = getattr(row, f"change_{tail}")
            axes.plot(
                change,
                y,
                marker=marker,
                color=colour,
                markerfacecolor=face,
                markersize=3.6,
                linestyle="none",
                zorder=3,
            )
    zero_line(axes)
    bounds = data[[f"{n}_{tail}" for n in NUMBERS[:3] for tail in LOOKS]].to_numpy(dtype=float)
    edge = float(np.nanmax(np.abs(bounds))) or 1.0
    axes.set_xlim(-1.05 * edge, 1.05 * edge)
    label_rows(axes, data["label"].tolist(), data["topic"].tolist(), 0.4 * inches)
    axes.set_xlabel("change, percentage points")
    axes.locator_params(axis="x", nbins=5 if inches > 5 else 3)
    keys = [
        Line2D([], [], color=c, marker=m, linestyle=s, linewidth=1.0, markersize=3.6, label=name)
        for c, m, s, name, _ in LOOKS.values()
    ]
    figure.legend(
        handles=keys,
        loc="outside upper left",
        ncols=2,
        handlelength=2.2,
        columnspacing=1.2,
        borderpad=0.1,
    )
    settle(figure)


def _words(
    data: pd.DataFrame, total: int, backend: str, noun: str, interval: str
) -> tuple[str, str]:
    n, whom = len(data), f" ({backend})" if backend else ""
    which = (
        plural(n, "topic")
        if n == total
        else f"the {n} of {plural(total, 'topic')} that it changes most"
    )
    changed = data[data["finding_is"] == "changed"]
    verdict = f"the finding changes for {len(changed)}" if len(changed) else "no finding changes"
    caption = (
        f"Changes of {which}{whom} in percentage points with {interval}, on the same "
        f"documents: unweighted, and standardized by {noun} (its mix held "
        f"fixed over time). Filled: a change or a turn was found; {verdict}."
    )
    moved = data.loc[
        (data["change_standardized"] - data["change_same"])
        .abs()
        .sort_values(ascending=False, kind="stable")
        .index[:3]
    ]
    said = [
        f"{r.label} from {signed(r.change_same)} to {signed(r.change_standardized)}"
        for r in records(moved)
    ]
    alt = (
        f"Two dots with intervals for each of {plural(n, 'topic')}{whom}. Moved most by "
        f"standardization: {listed(said)}; {verdict}."
    )
    return caption, alt
