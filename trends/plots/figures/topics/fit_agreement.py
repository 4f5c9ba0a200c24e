"""Agreement of two families: which of their topics match, and whether their changes agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from trends.core.wording import plural
from trends.errors import UsageError
from trends.plots.declare import figure
from trends.plots.layout.fitting import fit_all, gaps, width
from trends.plots.layout.frames import EmptyFigureError, labels_of, taken
from trends.plots.layout.rows import figure_of_rows, label_rows, zero_line
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import INK, MARKERS, PALE, PETROFF6
from trends.plots.theme.styles import active, settle

COLUMNS = ("backend_a", "topic_a", "backend_b", "topic_b", "similarity", "null_p")
LABELS = ("backend", "topic", "label")
CHANGES = ("backend", "topic", "change", "change_lower", "change_upper")
ROW = 0.2


@figure(
    columns=COLUMNS,
    tables=("alignment", "topics", "trends"),
    each="pair",
    section="agreement",
    title="Matched topics of two backends",
    order=1,
)
def agreement(
    data: pd.DataFrame,
    topics: pd.DataFrame | None = None,
    trends: pd.DataFrame | None = None,
    *,
    measure: str = "similarity of their terms",
    interval: str = "95% interval",
    stem: str = "agreement",
) -> Drawn:
    """Draw matched topics of two backends, most similar on top, with the changes from each.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns backend_a, topic_a, backend_b, topic_b, similarity, null_p; one pair of backends; -1
        where a topic has no partner.
    topics : pandas.DataFrame, optional
        Columns backend, topic, label; without it topics are numbers.
    trends : pandas.DataFrame, optional
        Columns backend, topic, change, change_lower, change_upper (percentage points); adds a panel
        of changes.
    measure, interval : str
        Words for the axis and the caption.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn
        Its data have one row per pair drawn: topics, labels, similarity, null_p, and both changes
        with intervals.

    Raises
    ------
    DataError
        If columns are missing or no topics are matched.
    UsageError
        If the rows are about several pairs of backends, or do not fit the height of the venue.
    """
    pairs = data[["backend_a", "backend_b"]].drop_duplicates()
    if len(pairs) > 1:
        message = (
            f"The figure agreement shows one pair of backends, and the table holds {len(pairs)}; "
            "select the rows of one."
        )
        raise UsageError(message)
    a, b = (str(name) for name in pairs.iloc[0])
    names = {} if topics is None else labels_of(taken(topics, LABELS, "agreement"))
    matched = data[(data["topic_a"] >= 0) & (data["topic_b"] >= 0)]
    if matched.empty:
        message = f"No topic of {a} is matched with one of {b}, so there is no agreement to draw."
        raise EmptyFigureError(message)
    matched = matched.sort_values(
        ["similarity", "topic_a"], ascending=[False, True], kind="stable"
    ).reset_index(drop=True)
    for side, backend in (("a", a), ("b", b)):
        matched[f"label_{side}"] = [
            str(names.get((backend, t), f"topic {t}")) for t in matched[f"topic_{side}"]
        ]
    if trends is not None:
        changes = taken(trends, CHANGES, "agreement").set_index(["backend", "topic"])[
            ["change", "change_lower", "change_upper"]
        ]
        for side, backend in (("a", a), ("b", b)):
            at = pd.MultiIndex.from_arrays([[backend] * len(matched), matched[f"topic_{side}"]])
            matched[[f"{c}_{side}" for c in changes.columns]] = changes.reindex(at).to_numpy()

    figure = figure_of_rows(
        len(matched), ROW, 1.7, 0.85, rows="pairs", advice="give at most {fits}."
    )
    _draw(figure, matched, a, b, measure, trends is not None)
    lone = {
        side: int(((data[f"topic_{side}"] >= 0) & (data[f"topic_{other}"] < 0)).sum())
        for side, other in (("a", "b"), ("b", "a"))
    }
    caption, alt = _words(matched, a, b, lone, measure, interval, trends is not None)
    return Drawn(
        figure,
        matched,
        caption + gaps([*matched["label_a"], *matched["label_b"]]),
        alt,
        stem,
    )


def _draw(
    figure: Figure, matched: pd.DataFrame, a: str, b: str, measure: str, with_changes: bool
) -> None:
    venue, inches = active()
    cells = figure.subplots(1, 2 if with_changes else 1, sharey=True, squeeze=False).ravel()
    rows = np.arange(len(matched), dtype=np.float64)
    room = (0.25 if with_changes else 0.31) * inches
    cells[0].hlines(rows, 0, matched["similarity"], color=PALE, linewidth=1.0, zorder=1)
    cells[0].plot(
        matched["similarity"],
        rows,
        marker="o",
        linestyle="none",
        color=INK,
        markersize=3.5,
        zorder=2,
    )
    cells[0].set_xlim(0, 1.02)
    cells[0].set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    label_rows(cells[0], matched["label_a"].tolist(), matched["topic_a"].tolist(), room)
    cells[0].set_title(a)
    if with_changes:
        for shift, side in ((-0.17, "a"), (0.17, "b")):
            _changes(cells[1], matched, rows + shift, side)
        zero_line(cells[1])
        cells[1].set_xlabel("change, points")
        cells[1].locator_params(axis="x", nbins=4)
        keys = [
            Line2D(
                [], [], color=c, marker=m, linestyle=s, linewidth=1.0, markersize=3.5, label=name
            )
            for (c, m, s), name in zip(_LOOKS.values(), (a, b), strict=True)
        ]
        figure.legend(
            handles=keys, loc="outside upper center", ncols=2, handlelength=2.2, borderpad=0.1
        )
    right = cells[-1].secondary_yaxis("right")
    right.set_yticks(
        rows, fit_all(matched["label_b"].tolist(), matched["topic_b"].tolist(), room, venue.small)
    )
    cells[-1].set_title(b, loc="right")
    for axes in [*cells, right]:
        axes.tick_params(axis="y", length=0)
        for spine in ("left", "right"):
            axes.spines[spine].set_visible(False)
    cells[0].set_xlabel("similarity")
    settle(figure)
    # The whole name of the measure, where it does not meet that of the next axis.
    if width(measure, venue.size) < 0.97 * cells[0].get_position().width * inches:
        cells[0].set_xlabel(measure)


_LOOKS: Mapping[str, tuple[str, str, Literal["-", "--"]]] = {
    "a": (PETROFF6[0], MARKERS[0], "-"),
    "b": (PETROFF6[1], MARKERS[1], "--"),
}


def _changes(axes: Axes, matched: pd.DataFrame, y: NDArray[np.floating[Any]], side: str) -> None:
    colour, marker, line = _LOOKS[side]
    axes.hlines(
        y,
        matched[f"change_lower_{side}"],
        matched[f"change_upper_{side}"],
        color=colour,
        linewidth=1.0,
        linestyle=line,
        zorder=2,
    )
    axes.plot(
        matched[f"change_{side}"],
        y,
        marker=marker,
        color=colour,
        linestyle="none",
        markersize=3.5,
        zorder=3,
    )


def _words(
    matched: pd.DataFrame,
    a: str,
    b: str,
    lone: dict[str, int],
    measure: str,
    interval: str,
    with_changes: bool,
) -> tuple[str, str]:
    middle = float(matched["similarity"].median())
    alone = f"{plural(lone['a'], 'topic')} of {a} and {lone['b']} of {b} have no partner"
    caption = [
        (
            f"{plural(len(matched), 'topic')} that {a} (left) and {b} (right) both find, "
            f"by {measure} (0 to 1); {alone}."
        )
    ]
    story = ""
    if with_changes:
        both = matched.dropna(subset=["change_a", "change_b"])
        same = int((np.sign(both["change_a"]) == np.sign(both["change_b"])).sum())
        story = f" The two changes have the same sign in {same} of {plural(len(both), 'pair')}."
        caption.append(
            f"Right: change of each between the two spans in percentage points with {interval}."
            f"{story}"
        )
    alt = (
        f"Dots of {measure} for {plural(len(matched), 'matched topic')} of {a} and {b}, median "
        f"{middle:.2f}; {alone}.{story}"
    )
    return " ".join(caption), alt
