"""Forest of changes: the slope of every topic with its interval, sorted."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from trends.core.wording import listed, plural, signed
from trends.plots.declare import figure
from trends.plots.layout.fitting import drawable, gaps, shorten, width
from trends.plots.layout.frames import backend_of, records
from trends.plots.layout.rows import figure_of_rows, label_rows, note_rows, zero_line
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import (
    FALLING,
    FALLING_MARK,
    INK,
    RISING,
    RISING_MARK,
    UNDECIDED,
    UNDECIDED_MARK,
)
from trends.plots.theme.styles import active, settle

COLUMNS = ("topic", "label", "slope", "lower", "upper", "p_adjusted", "note")
ROW = 0.16

#: Verdict → colour, marker, word of the key. Shape says the same as colour.
LOOKS = {
    "rising": (RISING, RISING_MARK, "rising"),
    "falling": (FALLING, FALLING_MARK, "falling"),
    "open": (UNDECIDED, UNDECIDED_MARK, "no change detected"),
}


@figure(
    columns=COLUMNS,
    unique=("topic",),
    topics_only=True,
    tables=("trends",),
    each="backend",
    section="trends",
    title="Slopes with intervals",
    order=1,
)
def changes(
    data: pd.DataFrame,
    *,
    alpha: float = 0.05,
    interval: str = "95% interval",
    n_docs: int | None = None,
    periods: str | None = None,
    denominator: str = "all documents of the period",
    stem: str = "changes",
) -> Drawn:
    """Draw slopes in percentage points a year with their intervals, the largest rise on top.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns topic, label, slope, lower, upper (percentage points a year), p_adjusted, note; rows
        of one backend. A topic without a slope gets a row that says why.
    alpha : float
        A change counts as detected where ``p_adjusted`` is at most this; where ``p_adjusted`` is
        missing in the whole table, where the interval leaves zero out.
    interval, periods, denominator : str
        Words for the caption.
    n_docs : int, optional
        Number of documents, for the caption.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn
        Its data are the rows in the order drawn, with the column ``drawn_as`` (rising, falling,
        open, none).

    Raises
    ------
    DataError
        If columns are missing or a topic repeats.
    UsageError
        If rows of several backends are given, or the rows do not fit the height of the venue.
    """
    backend = backend_of(data)
    data = data.sort_values(
        ["slope", "topic"], ascending=[False, True], na_position="last", kind="stable"
    ).reset_index(drop=True)
    tested = bool(data["p_adjusted"].notna().any())
    data["drawn_as"] = [_verdict(row, alpha, tested) for row in records(data)]

    figure = figure_of_rows(len(data), ROW, 1.5, 0.75, advice="give at most {fits} topics.")
    _draw(figure, data)
    caption, alt = _words(data, backend, alpha, tested, interval, n_docs, periods, denominator)
    return Drawn(figure, data, caption + gaps(data["label"]), alt, stem)


def _verdict(row: object, alpha: float, tested: bool) -> str:
    slope, lower, upper, p = (
        float(getattr(row, name)) for name in ("slope", "lower", "upper", "p_adjusted")
    )
    if not np.isfinite(slope):
        return "none"
    detected = p <= alpha if tested else (lower > 0 or upper < 0)
    return ("rising" if slope > 0 else "falling") if detected else "open"


def _draw(figure: Figure, data: pd.DataFrame) -> None:
    venue, inches = active()
    axes = figure.subplots()
    finite = data[np.isfinite(data["slope"].astype(float))]
    for row in records(finite):
        y = float(row.Index)
        colour, marker, _ = LOOKS[row.drawn_as]
        axes.plot(
            [row.lower, row.upper],
            [y, y],
            color=colour,
            linestyle="-",
            linewidth=1.2,
            solid_capstyle="butt",
            zorder=2,
        )
        axes.plot(
            row.slope, y, marker=marker, color=colour, markersize=4.5, linestyle="none", zorder=3
        )
    zero_line(axes)
    edge = (
        float(
            np.nanmax(
                np.abs(finite[["slope", "lower", "upper"]].to_numpy(dtype=float)), initial=0.0
            )
        )
        or 1.0
    )
    axes.set_xlim(-1.08 * edge, 1.08 * edge)
    # Labels on the left; on the right the numbers, as a reader will want to quote them.
    numbers = [
        f"{signed(r.slope)} [{signed(r.lower)}, {signed(r.upper)}]" if r.drawn_as != "none" else ""
        for r in records(data)
    ]
    left = 0.36 * inches
    room = max([width(n, venue.small) for n in numbers], default=0.0)
    label_rows(axes, data["label"].tolist(), data["topic"].tolist(), left)
    note_rows(axes, [n or " " for n in numbers])
    axes.set_xlabel("slope, percentage points a year")
    axes.locator_params(axis="x", nbins=5 if inches - left - room > 2 else 3)
    used = [v for v in LOOKS if v in set(data["drawn_as"])]
    keys = [
        Line2D(
            [],
            [],
            color=LOOKS[v][0],
            marker=LOOKS[v][1],
            linestyle="-",
            linewidth=1.2,
            markersize=4.5,
            label=LOOKS[v][2],
        )
        for v in used
    ]
    if keys:
        figure.legend(
            handles=keys,
            loc="outside upper left",
            ncols=len(keys),
            handlelength=1.6,
            columnspacing=1.2,
            borderpad=0.1,
        )
    settle(figure)
    span = axes.get_position().width * inches
    for row in records(data[data["drawn_as"] == "none"]):
        # There is nothing else in the row, so the reason may take all of it; white keeps the line
        # at zero out of the words.
        why = shorten(
            drawable(f"no slope: {row.note or 'no reason given'}"), 0.96 * span, venue.small
        )
        patch = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
        axes.text(
            -1.04 * edge,
            float(row.Index),
            why,
            va="center",
            ha="left",
            fontsize=venue.small,
            color=INK,
            bbox=patch,
        )


def _words(
    data: pd.DataFrame,
    backend: str,
    alpha: float,
    tested: bool,
    interval: str,
    n_docs: int | None,
    periods: str | None,
    denominator: str,
) -> tuple[str, str]:
    rising, falling = ([r for r in records(data) if r.drawn_as == v] for v in ("rising", "falling"))
    whom = f" ({backend})" if backend else ""
    corpus = "".join(
        [
            f", {plural(n_docs, 'dated document')}" if n_docs is not None else "",
            f", {periods}" if periods else "",
        ]
    )
    rule = (
        f"adjusted p (Benjamini–Hochberg over these topics) at most {alpha:g}"
        if tested
        else "the interval leaves zero out"
    )
    caption = [
        (
            f"Change of the share of {plural(len(data), 'topic')}{whom}{corpus}: slope in "
            f"percentage points a year, share of {denominator}."
        ),
        f"Line: {interval}. Detected where {rule}: {len(rising)} rising, {len(falling)} falling.",
    ]
    silent = int((data["drawn_as"] == "none").sum())
    if silent:
        caption.append(f"{plural(silent, 'topic')} without a slope.")
    said = [f"{r.label} {signed(r.slope)} points a year" for r in [*rising[:3], *falling[::-1][:3]]]
    found = f"Detected: {listed(said)}." if said else "No change is detected."
    alt = (
        f"Dots with intervals, one row for each of {plural(len(data), 'topic')}{whom}, sorted by "
        f"slope. {found}"
    )
    return " ".join(caption), alt
