"""Specification curve: one claim under every specification, sorted by change.

The choices are shown below the curve.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from trends.core.wording import listed, plural, signed
from trends.errors import UsageError
from trends.plots.declare import figure
from trends.plots.layout.fitting import drawable, fit_all, gaps, shorten, width
from trends.plots.layout.frames import records, taken
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import FINDINGS, INK, PALE
from trends.plots.theme.styles import active, settle

COLUMNS = (
    *("specification", "topic", "label", "finding", "change", "change_lower", "change_upper"),
    "p_adjusted",
)
CLAIM = (
    *("topic", "label", "finding", "change", "change_lower", "change_upper"),
    *("agreement", "stability"),
)

#: Choice → its name in print, in the order of the rows.
CHOICES = {
    "backend": "backend",
    "embedding": "embedding",
    "n_topics": "topics",
    "seed": "seed",
    "length": "length",
    "deduplicate": "deduplicated",
    "split": "learnt on",
    "edits": "topics as",
    "theta": "theta",
    "denominator": "share of",
    "period_length": "period",
}
#: Heights in inches, the curve's at best and at least; the gap between choices in rows.
CURVE, LOWEST_CURVE, ROW, GAP = 2.1, 1.1, 0.135, 0.45


@figure(
    columns=COLUMNS,
    unique=("topic", "specification"),
    section="claims",
    title="Every defensible choice",
    order=1,
)
def curve(
    data: pd.DataFrame,
    claim: pd.DataFrame,
    *,
    interval: str = "95% interval",
    stem: str = "",
) -> Drawn:
    """Draw the change of one topic under every specification, with the choices each of them makes.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of ``specifications.csv`` about one topic: columns specification, topic, label,
        finding, change, change_lower, change_upper (percentage points), p_adjusted, and one column
        per choice. One that has no matching topic is counted and not drawn. Where the venue
        is too low for all choices, those of most levels are left out, and the caption says so.
    claim : pandas.DataFrame
        The row of ``claims.csv`` about the topic.
    interval : str
        Words for the caption.
    stem : str
        Name of the files; by default ``specification-curve-<topic>``.

    Returns
    -------
    Drawn
        Its data are the specifications in the order drawn.

    Raises
    ------
    DataError
        If columns are missing, a specification repeats, or there are several topics.
    UsageError
        If no specification has a change.

    References
    ----------
    Simonsohn, Simmons and Nelson (2020), Specification curve analysis, Nature Human Behaviour 4,
    1208–1214.
    """
    own = taken(claim, CLAIM, "curve")
    if (
        data["topic"].nunique() != 1
        or len(own) != 1
        or own["topic"].iloc[0] != data["topic"].iloc[0]
    ):
        message = (
            "A specification curve is about one topic: give its rows of specifications.csv and "
            "its row of claims.csv."
        )
        raise UsageError(message)
    levels = _levels(data)
    data = data.sort_values(
        ["change", "specification"], na_position="last", kind="stable"
    ).reset_index(drop=True)
    shown = data[data["change"].notna()]
    if shown.empty:
        message = (
            f"No specification has a change for the topic {own['label'].iloc[0]!r}; there is no "
            "curve to draw."
        )
        raise UsageError(message)
    row = next(records(own))
    levels, omitted = _fitting(levels)
    figure, top, rows, height = _figure(levels)
    _curve(top, shown, row, height)
    _choices(rows, shown, levels)
    top.set_title("x")
    settle(figure)
    # The title begins where the axes do, and may go as far as the page.
    room = 0.99 * float(figure.get_figwidth()) * (1 - top.get_position().x0)
    top.set_title(shorten(drawable(str(row.label)), room, active()[0].size))
    caption, alt = _words(data, shown, row, interval, omitted)
    return Drawn(
        figure,
        data,
        caption + gaps([row.label]),
        alt,
        stem or f"specification-curve-{int(row.topic)}",
        title=f"Every defensible choice: {row.label}",
    )


def key(findings: set[str]) -> list[Line2D]:
    """Entries of the key for the findings drawn."""
    return [
        Line2D([], [], color=colour, marker=marker, linestyle="none", markersize=4, label=name)
        for name, (colour, marker) in FINDINGS.items()
        if name in findings
    ]


def _levels(data: pd.DataFrame) -> list[tuple[str, object]]:
    """Choice and level of every row below the curve: choices that vary, levels in order."""
    out: list[tuple[str, object]] = []
    for choice in CHOICES:
        if choice not in data.columns or data[choice].nunique() < 2:
            continue
        found = data[choice].drop_duplicates().tolist()
        numbers = all(
            isinstance(v, int | float | np.integer) and not isinstance(v, bool) for v in found
        )
        out += [(choice, level) for level in (sorted(found) if numbers else found)]
    return out


def _fitting(levels: list[tuple[str, object]]) -> tuple[list[tuple[str, object]], list[str]]:
    """The rows that the venue has room for, and the choices left out.

    Those of most levels, which say least row by row.
    """
    levels, omitted = list(levels), []
    while levels and sum(_heights(levels)) + LOWEST_CURVE > active()[0].height:
        counts = Counter(choice for choice, _ in levels)
        longest = max(counts, key=lambda choice: counts[choice])
        levels = [(choice, level) for choice, level in levels if choice != longest]
        omitted.append(longest)
    return levels, omitted


def _heights(levels: list[tuple[str, object]]) -> tuple[float, float]:
    """Height of what frames the curve, and of the rows below it."""
    venue = active()[0]
    row = max(ROW, venue.small * 1.35 / 72)
    groups = len({choice for choice, _ in levels})
    return 0.75 * venue.size / 8, (len(levels) + GAP * groups) * row + 0.1 if levels else 0.0


def _figure(levels: list[tuple[str, object]]) -> tuple[Figure, Axes, Axes | None, float]:
    venue, inches = active()
    frame, below = _heights(levels)
    height = min(CURVE, venue.height - frame - below)
    figure = Figure(figsize=(inches, frame + height + below), layout="constrained")
    if not levels:
        return figure, figure.subplots(), None, height
    top, rows = figure.subplots(2, 1, sharex=True, height_ratios=[height, below])
    return figure, top, rows, height


def _curve(axes: Axes, shown: pd.DataFrame, own: object, height: float) -> None:
    x = np.arange(len(shown))
    wide = len(shown) > 120
    middle, low, high = (
        float(getattr(own, name, np.nan)) for name in ("change", "change_lower", "change_upper")
    )
    if np.isfinite(low) and np.isfinite(high):
        axes.axhspan(low, high, color=PALE, linewidth=0, zorder=0)
        # Grey intervals lie over a grey band; its edges show where it ends.
        for edge in (low, high):
            axes.axhline(edge, color=INK, linewidth=0.6, linestyle=":", zorder=4)
    axes.axhline(0, color=INK, linewidth=0.5, linestyle="-", zorder=1)
    if np.isfinite(middle):
        axes.axhline(middle, color=INK, linewidth=0.9, linestyle="--", zorder=4)
    for name, (colour, marker) in FINDINGS.items():
        at = (shown["finding"] == name).to_numpy()
        if not at.any():
            continue
        rows = shown[at]
        bars = [
            [(i, a), (i, b)]
            for i, a, b in zip(x[at], rows["change_lower"], rows["change_upper"], strict=True)
        ]
        axes.add_collection(
            LineCollection(
                bars, colors=colour, linewidths=0.5 if wide else 0.9, alpha=0.45, zorder=2
            )
        )
        axes.plot(
            x[at],
            rows["change"],
            linestyle="none",
            marker=marker,
            color=colour,
            markersize=2.2 if wide else 3.5,
            zorder=3,
        )
    axes.set_ylim(*_limits(shown, low, high))
    axes.set_xlim(-1, len(shown))
    # The longest words that stand beside a curve of this height.
    names = ("change, percentage points", "change, points", "change")
    axes.set_ylabel(next((n for n in names if width(n, active()[0].size) < height), names[-1]))
    axes.tick_params(axis="x", bottom=False, labelbottom=False)
    axes.spines["bottom"].set_visible(False)
    keys = key(set(shown["finding"]))
    keys.append(
        Line2D(
            [],
            [],
            color=INK,
            linestyle="--",
            linewidth=0.9,
            label="the run's estimate, with its interval",
        )
    )
    figure = axes.figure
    figure.legend(
        handles=keys,
        loc="outside upper left",
        ncols=2 if active()[1] < 5 else 4,
        handlelength=1.4,
        columnspacing=1.0,
    )


def _limits(shown: pd.DataFrame, low: float, high: float) -> tuple[float, float]:
    """All changes, the run's interval and nine tenths of the other intervals.

    A few very wide ones must not flatten the curve.
    """
    bounds = [0.0, float(shown["change"].min()), float(shown["change"].max())]
    bounds += [
        float(shown["change_lower"].quantile(0.05)),
        float(shown["change_upper"].quantile(0.95)),
        low,
        high,
    ]
    known = [b for b in bounds if np.isfinite(b)]
    pad = 0.05 * (max(known) - min(known)) or 1.0
    return min(known) - pad, max(known) + pad


def _choices(axes: Axes | None, shown: pd.DataFrame, levels: list[tuple[str, object]]) -> None:
    if axes is None:
        return
    venue, inches = active()
    places, names, y = [], [], 0.0
    before = ""
    for choice, level in levels:
        if before and choice != before:
            y += GAP
        mine = shown[shown[choice] == level]
        for name, (colour, _) in FINDINGS.items():
            x = np.flatnonzero(((shown[choice] == level) & (shown["finding"] == name)).to_numpy())
            axes.add_collection(
                LineCollection(
                    [[(float(i), y - 0.36), (float(i), y + 0.36)] for i in x],
                    colors=colour,
                    linewidths=0.9,
                )
            )
        text = {True: "yes", False: "no"}[bool(level)] if choice == "deduplicate" else str(level)
        names.append(f"{CHOICES[choice]}: {text}" if choice != before else text)
        if mine.empty:
            names[-1] += " (never matched)"
        places.append(y)
        y += 1
        before = choice
    axes.set_yticks(places, fit_all(names, range(len(names)), 0.3 * inches, venue.small))
    axes.set_ylim(y - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", bottom=False, labelbottom=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_xlabel(f"{plural(len(shown), 'specification')}, sorted by change")


def _words(
    data: pd.DataFrame,
    shown: pd.DataFrame,
    own: object,
    interval: str,
    omitted: list[str],
) -> tuple[str, str]:
    counts = listed(
        [f"{n} {name}" for name in FINDINGS if (n := int((shown["finding"] == name).sum()))]
    )
    label = getattr(own, "label", "")
    verdict = f"{getattr(own, 'finding', '')}, {getattr(own, 'stability', '')}"
    middle = float(shown["change"].median())
    missing = len(data) - len(shown)
    cut = int(
        (shown["change_upper"] > shown["change_upper"].quantile(0.95)).sum()
        + (shown["change_lower"] < shown["change_lower"].quantile(0.05)).sum()
    )
    caption = (
        f"Change of the share of “{label}” under {plural(len(data), 'specification')}, in "
        f"percentage points, sorted; lines: {interval}. Findings: {counts}; median "
        f"{signed(middle)} points. Dashed line, and band with dotted edges: the run's own "
        "estimate. Below: the choices that each specification makes. The run and the multiverse: "
        f"{verdict}."
    )
    if missing:
        caption += (
            f" {plural(missing, 'specification')} without a matching topic or a test: not drawn; "
            "they do not vote."
        )
    if omitted:
        caption += f" No room for the choice of {listed([CHOICES[choice] for choice in omitted])}."
    if cut:
        caption += " The longest intervals are cut at the frame; the data hold them."
    alt = (
        f"Dots in rising order of change, from {signed(float(shown['change'].min()))} to "
        f"{signed(float(shown['change'].max()))} points; {counts}. "
        f"Below, a grid of marks shows the choices of each specification."
    )
    return caption, alt
