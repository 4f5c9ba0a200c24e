"""Prevalence as small multiples.

One panel a topic: the fitted curve with its band over the shares of single periods.

Separate panels read better than one crowded panel when many series are compared over a long span
(W. Javed, B. McDonnel and N. Elmqvist, "Graphical Perception of Multiple Time Series", IEEE TVCG
16(6), 2010).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from trends.core import statements
from trends.core.claim import FOUND
from trends.core.trend import drawn_curves, simultaneous
from trends.core.wording import (
    listed,
    percent,
    period_name,
    period_noun,
    plural,
    plural_noun,
    span,
)
from trends.plots.declare import figure
from trends.plots.layout.fitting import gaps
from trends.plots.layout.frames import (
    UNASSIGNED,
    TooTallError,
    backend_of,
    calendar,
    incomplete,
    records,
)
from trends.plots.layout.panels import panels_of, title
from trends.plots.layout.time_axis import draw_percent, draw_years, middles
from trends.plots.layout.verdicts import by_verdict, colour_of, most_telling
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import UNDECIDED
from trends.plots.theme.styles import active

COLUMNS = ("topic", "label", "period", "n_docs", "share", "lower", "upper", "complete")

#: A period with fewer documents does not set the scale: one of them is five points.
FEW = 20
#: How far a band may stretch the scale, in multiples of the largest value drawn; a wider one is
#: cut, as it would flatten the lines.
REACH = 2.0
#: Part of the documents from which on those without a topic get a panel.
LEAST = 0.005
#: Diameters of dots in points: of the period with most documents, and the smallest.
LARGEST_DOT, SMALLEST_DOT = 5.0, 1.2


@figure(
    columns=COLUMNS,
    unique=("topic", "period"),
    tables=("prevalence",),
    extra={"trends": "trends", "curves": "curves"},
    each="backend",
    section="prevalence",
    title="Shares over time",
    order=1,
    top="config",
)
def prevalence(
    data: pd.DataFrame,
    *,
    period: str | None = None,
    free_y: bool = False,
    top: int | None = None,
    order: Literal["finding", "share", "given"] = "finding",
    unassigned: bool = True,
    trends: pd.DataFrame | None = None,
    curves: pd.DataFrame | None = None,
    spans: Sequence[str] = (),
    interval: str = "95% interval",
    denominator: str | None = None,
    noun: str = "topic",
    stem: str = "prevalence",
) -> Drawn:
    """Draw the share of every topic over time, one panel each.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns topic, label, period (first day), n_docs (documents of the period), share, lower,
        upper (fractions; NaN in periods without documents), complete; rows of one backend. Topic -1
        is what no topic took.
    period : str, optional
        Unit of the periods (day, week, month, quarter, half-year, year); read from their spacing if
        not given.
    free_y : bool
        Give each panel its own scale, for topics that one scale would flatten.
    top : int, optional
        Draw only so many topics: those of which something was found, the one that grew most for its
        size, then the largest.
    order : "finding", "share" or "given"
        By what was found (needs ``trends``), largest share first, or as in the table.
    unassigned : bool
        Add a panel for topic -1, where half a per cent of the documents are in no topic.
    trends : pandas.DataFrame, optional
        Of the same backend, as ``tr.fit_trends(shares).frame()`` makes it: each panel then states
        finding and change, and has the colour of the finding.
    curves : pandas.DataFrame, optional
        Of the same backend, as ``curves.csv`` of a run, ``tr.fit_trends(shares).curves()`` or
        ``tr.fit_curves(shares).curves()``: each panel then shows the curve with its band, which
        holds for all periods at once where the curve is one of ``tr.fit_curves``; without it, a
        line joins the shares.
    spans : sequence of str
        Names of the two spans of the change.
    noun : str
        What is drawn, in the caption.
    interval, denominator : str
        Words for the caption: what the band is, and what the share is a share of.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn

    Raises
    ------
    DataError
        If columns are missing or a topic has two values in one period.
    UsageError
        If rows of several backends are given, or the panels do not fit the height of the venue.
    """
    periods, unit = calendar(data, period)
    found = {} if trends is None else {r.topic: r for r in records(trends)}
    sizes = (data["share"] * data["n_docs"]).groupby(data["topic"], sort=False).sum()
    none = bool(unassigned and sizes.get(UNASSIGNED, 0.0) > LEAST * sizes.sum())
    sizes = sizes.drop(UNASSIGNED, errors="ignore")
    shown = most_telling(sizes, found, top)
    if order == "finding" and found:
        shown = by_verdict(shown, sizes, found)
    elif order == "given":
        shown = [t for t in sizes.index if t in shown]
    else:
        shown = sorted(shown, key=lambda t: (-sizes[t], t))
    names = dict(zip(data["topic"], data["label"], strict=True))
    try:
        panels = [*shown, UNASSIGNED] if none else shown
        made = panels_of([names[t] for t in panels], own_scales=free_y, noted=bool(found))
    except TooTallError:
        # A topic needs the room more than what no topic took.
        panels, none = shown, False
        made = panels_of([names[t] for t in panels], own_scales=free_y, noted=bool(found))
    figure, grid, columns, lines = made
    drawn = pd.concat([data[data["topic"] == t].sort_values("period") for t in panels])
    if curves is not None:
        fitted = drawn_curves(curves)[["topic", "period", "fitted", "lower", "upper"]].rename(
            columns={"lower": "fitted_lower", "upper": "fitted_upper"}
        )
        drawn = drawn.merge(fitted, on=["topic", "period"], how="left")
    drawn = drawn.reset_index(drop=True)

    _, width = active()
    pitch = 72 * (width / columns - 0.3) / len(periods)
    rows = {t: drawn[drawn["topic"] == t] for t in panels}
    for axes, topic in zip(grid, panels, strict=False):
        # Scales are set below; else all panels, which share them, are looked at for every line.
        axes.autoscale(enable=False)
        row = found.get(topic)
        colour = UNDECIDED if topic == UNASSIGNED else colour_of(row)
        _panel(axes, rows[topic], middles(periods, unit), colour, pitch)
    cut, beyond = _scales(grid, columns, periods, unit, free_y, [rows[t] for t in panels])
    notes = [statements.brief(found[t]) if t in found else [" "] for t in panels] if found else []
    title(figure, grid[: len(panels)], [names[t] for t in panels], panels, lines, notes)

    n = int(data.drop_duplicates("period")["n_docs"].sum())
    missing = [names[t] for t in sizes.index if t not in shown]
    said = [
        _subject(backend_of(data), shown, len(sizes), n, span(periods, unit), noun),
        _marks(drawn, unit, interval, denominator, curves),
        "Dashed: what no topic took." * none,
        "Each panel has its own scale." if free_y else "All panels share one scale.",
        "Bands that run beyond the top are cut." * cut,
        (
            f"At the top: {plural(beyond, 'share')} beyond the scale, of periods with fewer than "
            f"{FEW} documents."
        )
        * bool(beyond),
    ]
    complete = data.groupby("period")["complete"].all().reindex(periods).to_numpy()
    if partial := incomplete(periods, complete, unit):
        said.append(f"Hollow: {partial}, not wholly covered by the corpus.")
    if found:
        first, last = statements.spans_of(
            spans or (trends if trends is not None else data).attrs.get("spans", ())
        )
        said.append(
            f"Above each panel: the finding, and the change from {first} to {last} in percentage "
            "points with its interval; blue rising, orange falling, purple turned, grey no change "
            "detected or not tested."
        )
    if missing:
        rest = any(t in found and str(found[t].finding) in FOUND for t in sizes.index.drop(shown))
        said.append(
            f"Not drawn{'' if rest or not found else ', with no change detected'}: "
            f"{listed(missing, most=8)}."
        )
    caption = " ".join(filter(None, said)) + gaps(names[t] for t in panels)
    alt = _alt(backend_of(data), shown, names, rows, found, periods, unit, n, none, noun)
    return Drawn(figure, drawn, caption, alt, stem)


def _panel(
    axes: Axes, rows: pd.DataFrame, x: NDArray[np.float64], colour: str, pitch: float
) -> None:
    """One topic: curve, band and dots; without a curve, dots joined by a line, and their bands."""
    share, n = rows["share"].to_numpy(dtype=float), rows["n_docs"].to_numpy(dtype=float)
    whole = rows["complete"].to_numpy(dtype=bool)
    plain = rows["topic"].iloc[0] == UNASSIGNED
    curve = "fitted" in rows and rows["fitted"].notna().any()
    names = ("fitted", "fitted_lower", "fitted_upper") if curve else ("share", "lower", "upper")
    middle, lower, upper = (rows[name].to_numpy(dtype=float) for name in names)
    if curve or ("fitted" not in rows and not plain):
        axes.fill_between(x, lower, upper, color=colour, alpha=0.25, linewidth=0, zorder=2)
        # A band needs two neighbours; a period between empty ones gets a bar.
        lone = _alone(lower)
        axes.vlines(
            x[lone], lower[lone], upper[lone], color=colour, alpha=0.45, linewidth=2.0, zorder=2
        )
    if curve or "fitted" not in rows or plain:
        axes.plot(
            x, middle, color=colour, linestyle="--" if plain else "-", linewidth=1.3, zorder=3
        )
    largest = float(np.clip(1.7 * pitch, SMALLEST_DOT + 0.6, LARGEST_DOT))
    known = np.isfinite(share)
    area = SMALLEST_DOT**2 + (largest**2 - SMALLEST_DOT**2) * n / max(n.max(initial=0), 1)
    # Light, so that the curve stays in front.
    looks = {"full": (known & whole, colour, 0.6), "part": (known & ~whole, "white", 1.0)}
    for here, face, alpha in looks.values():
        axes.scatter(
            x[here],
            share[here],
            s=area[here],
            facecolors=face,
            edgecolors=colour,
            linewidths=0.5 if face == "white" else 0.0,
            alpha=alpha,
            zorder=4,
            clip_on=False,
        )


def _alone(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which values have no neighbour to be joined to."""
    known = np.isfinite(values)
    return known & ~(np.r_[False, known[:-1]] | np.r_[known[1:], False])


def _scales(
    grid: Sequence[Axes],
    columns: int,
    periods: Sequence[pd.Timestamp],
    unit: str,
    free_y: bool,
    panels: Sequence[pd.DataFrame],
) -> tuple[bool, int]:
    """Set the axes; return whether bands are cut, and how many shares stand at the top.

    Shares and bands of a handful of documents reach far and would flatten everything else.
    """
    _, width = active()
    everything = pd.concat(panels)
    trusted = everything["n_docs"] >= FEW
    thin = FEW if trusted.any() else 0

    def peak(rows: pd.DataFrame) -> float:
        many = rows[rows["n_docs"] >= thin]
        curve = "fitted" if "fitted" in rows else "share"
        middle = np.nanmax([*many["share"], *(rows if thin == 0 else many)[curve], 0.0])
        band = np.nanmax([*many["fitted_upper" if "fitted" in rows else "upper"], 0.0])
        return float(max(middle, min(band, REACH * middle)))

    common = peak(everything)
    cut, beyond, named = False, 0, False
    for i, (axes, rows) in enumerate(zip(grid, panels, strict=False)):
        high = 1.08 * (peak(rows) if free_y else common) or 1.0
        # Panels share their scales; names of single periods are set beside each axis.
        if not i or named:
            named = draw_years(axes, periods, unit, width / columns - 0.3)
        if free_y or not i:
            draw_percent(axes)
            axes.set_ylim(0, high)
        upper = rows["fitted_upper" if "fitted" in rows else "upper"]
        cut |= bool(np.nanmax([*upper, 0.0]) > high)
        above = rows["share"] > high
        beyond += int(above.sum())
        for dots in axes.collections:
            at = np.ma.getdata(dots.get_offsets())
            if len(at) and dots.get_zorder() == 4:
                dots.set_offsets(np.column_stack([at[:, 0], np.minimum(at[:, 1], high)]))
        # Under the last row, and where the row below has run out of panels.
        axes.tick_params(labelbottom=i + columns >= len(panels))
        axes.tick_params(labelleft=free_y or i % columns == 0)
    grid[0].figure.supylabel("share of documents", fontsize=active()[0].size)
    return cut, beyond


def _subject(
    backend: str, shown: Sequence[int], n_topics: int, n: int, when: str, noun: str
) -> str:
    which = (
        plural(n_topics, noun)
        if len(shown) == n_topics
        else f"{len(shown)} of {plural(n_topics, noun)}"
    )
    whom = f" ({backend})" if backend else ""
    return f"Prevalence of {which}{whom} in {plural(n, 'dated document')}, {when}."


def _marks(
    drawn: pd.DataFrame,
    unit: str,
    interval: str,
    denominator: str | None,
    curves: pd.DataFrame | None,
) -> str:
    """What dots, line and band are."""
    of, noun = denominator or f"all documents of the {unit}", period_noun(unit)
    counts = drawn.loc[drawn["n_docs"] > 0, "n_docs"]
    low, high = (int(counts.min()), int(counts.max())) if len(counts) else (0, 0)
    dots = f"share of {of}, drawn at its middle; area: its documents, {low:,} to {high:,}"
    if curves is not None:
        line, band = (
            (
                "a mean of the log-odds that may bend and jump",
                f"for all {plural_noun(noun)} at once",
            )
            if simultaneous(curves)
            else ("a smooth mean of the log-odds", f"at each {noun} by itself")
        )
        return f"Line: the fitted curve, {line}; band: its {interval} {band}. Dot: {dots}."
    return f"Dot: {dots}; band: {interval}."


def _alt(
    backend: str,
    shown: Sequence[int],
    names: Mapping[int, str],
    rows: Mapping[int, pd.DataFrame],
    found: Mapping[int, Any],
    periods: Sequence[pd.Timestamp],
    unit: str,
    n: int,
    none: bool,
    noun: str,
) -> str:
    """What was found of each topic; without that, the three that end farthest from their start."""
    whom = f" of the backend {backend}" if backend else ""
    text = (
        f"Small charts, one for each of {plural(len(shown), noun)}{whom}"
        f"{' and one for documents without a topic' if none else ''}, {plural(n, 'document')}, "
        f"{span(periods, unit)}."
    )
    if found:
        told = [(names[t], statements.brief(found[t])) for t in shown if t in found]
        said = [f"{name}: {words[1 if len(words) > 1 else 0]}" for name, words in told]
        return f"{text} {'; '.join(said)}."
    moves = []
    for topic in shown:
        known = rows[topic].dropna(subset=["share"])
        if len(known) > 1:
            ends = [(r.share, period_name(r.period, unit)) for r in records(known.iloc[[0, -1]])]
            moves.append((abs(ends[1][0] - ends[0][0]), topic, ends))
    moves.sort(key=lambda move: (-move[0], move[1]))
    far = [
        f"{names[t]}: from {percent(a)} in {first} to {percent(b)} in {last}"
        for _, t, ((a, first), (b, last)) in moves[:3]
    ]
    return text + (f" Farthest between first and last: {'; '.join(far)}." if far else "")
