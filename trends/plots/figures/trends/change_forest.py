"""Forest of changes: what every topic did between two spans, with its interval, sorted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from trends.core import statements
from trends.core.wording import listed, plural, plural_noun, signed
from trends.plots.declare import figure
from trends.plots.layout.fitting import drawable, gaps, shorten, width
from trends.plots.layout.frames import backend_of, records
from trends.plots.layout.rows import figure_of_rows, label_rows, note_rows, zero_line
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import FINDINGS, INK
from trends.plots.theme.styles import active, settle

COLUMNS = (
    *("topic", "label", "finding", "change", "change_lower", "change_upper", "p_adjusted"),
    "note",
)
NUMBERS = ["change", "change_lower", "change_upper"]
ROW = 0.16


@figure(
    columns=COLUMNS,
    unique=("topic",),
    topics_only=True,
    tables=("trends",),
    each="backend",
    section="trends",
    title="Changes with intervals",
    order=1,
)
def changes(
    data: pd.DataFrame,
    *,
    spans: Sequence[str] = (),
    interval: str = "95% interval",
    n_docs: int | None = None,
    periods: str | None = None,
    denominator: str = "all documents of the period",
    noun: str = "topic",
    stem: str = "changes",
) -> Drawn:
    """Draw changes in percentage points with their intervals, the largest rise on top.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns topic, label, finding, change, change_lower, change_upper (percentage points),
        p_adjusted, note; rows of one backend. A topic that was not tested gets a row that says
        why.
    spans : sequence of str
        Names of the two spans; read from the table if not given.
    noun : str
        What a row is, in the caption.
    interval, periods, denominator : str
        Words for the caption.
    n_docs : int, optional
        Number of documents, for the caption.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn
        Its data are the rows in the order drawn.

    Raises
    ------
    DataError
        If columns are missing or a topic repeats.
    UsageError
        If rows of several backends are given, or the rows do not fit the height of the venue.
    """
    backend = backend_of(data)
    data = data.sort_values(
        ["change", "topic"], ascending=[False, True], na_position="last", kind="stable"
    ).reset_index(drop=True)
    spans = spans or data.attrs.get("spans", ())
    figure = figure_of_rows(len(data), ROW, 1.5, 0.75, advice="give at most {fits} topics.")
    _draw(figure, data)
    caption, alt = _words(data, backend, spans, interval, n_docs, periods, denominator, noun)
    return Drawn(figure, data, caption + gaps(data["label"]), alt, stem)


def _draw(figure: Figure, data: pd.DataFrame) -> None:
    venue, inches = active()
    axes = figure.subplots()
    finite = data[np.isfinite(data["change"].astype(float))]
    for row in records(finite):
        y = float(row.Index)
        colour, marker = FINDINGS[row.finding]
        axes.plot(
            [row.change_lower, row.change_upper],
            [y, y],
            color=colour,
            linestyle="-",
            linewidth=1.2,
            solid_capstyle="butt",
            zorder=2,
        )
        axes.plot(
            row.change, y, marker=marker, color=colour, markersize=4.5, linestyle="none", zorder=3
        )
    zero_line(axes)
    edge = float(np.nanmax(np.abs(finite[NUMBERS].to_numpy(dtype=float)), initial=0.0)) or 1.0
    axes.set_xlim(-1.08 * edge, 1.08 * edge)
    # Labels on the left; on the right the numbers, as a reader will want to quote them.
    numbers = [statements.change_of(r) if np.isfinite(r.change) else "" for r in records(data)]
    left = 0.36 * inches
    room = max([width(n, venue.small) for n in numbers], default=0.0)
    label_rows(axes, data["label"].tolist(), data["topic"].tolist(), left)
    note_rows(axes, [n or " " for n in numbers])
    axes.set_xlabel("change, percentage points")
    axes.locator_params(axis="x", nbins=5 if inches - left - room > 2 else 3)
    keys = [
        Line2D([], [], color=c, marker=m, linestyle="-", linewidth=1.2, markersize=4.5, label=name)
        for name, (c, m) in FINDINGS.items()
        if name in set(finite["finding"])
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
    for row in records(data[data["change"].isna()]):
        # There is nothing else in the row, so the reason may take all of it; white keeps the line
        # at zero out of the words.
        why = shorten(
            drawable(f"not tested: {row.note or 'no reason given'}"), 0.96 * span, venue.small
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
    spans: Sequence[str],
    interval: str,
    n_docs: int | None,
    periods: str | None,
    denominator: str,
    noun: str,
) -> tuple[str, str]:
    by = {name: [r for r in records(data) if r.finding == name] for name in FINDINGS}
    whom = f" ({backend})" if backend else ""
    corpus = "".join(
        [
            f", {plural(n_docs, 'dated document')}" if n_docs is not None else "",
            f", {periods}" if periods else "",
        ]
    )
    first, last = statements.spans_of(spans)
    counts = listed([f"{len(rows)} {name}" for name, rows in by.items() if rows])
    caption = [
        (
            f"Change of the share of {plural(len(data), noun)}{whom}{corpus} from {first} to "
            f"{last}, in percentage points; share of {denominator}."
        ),
        (
            f"Line: {interval}. Findings (adjusted p, Benjamini–Hochberg over these "
            f"{plural_noun(noun)}, at most 0.05): {counts or 'none'}."
        ),
    ]
    silent = int(data["change"].isna().sum())
    if silent:
        caption.append(f"{plural(silent, noun)} not tested.")
    said = [
        f"{r.label} {signed(r.change)} points"
        for r in [*by["rising"][:3], *by["falling"][::-1][:3]]
    ] + [f"{r.label} turned" for r in by["turned"][:3]]
    found = f"Found: {listed(said)}." if said else "No change is detected."
    alt = (
        f"Dots with intervals, one row for each of {plural(len(data), noun)}{whom}, sorted by "
        f"change. {found}"
    )
    return " ".join(caption), alt
