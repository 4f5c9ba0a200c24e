"""Composition: the documents of each period by topic.

Bands are the largest topics, all other topics, and what no topic took.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from numpy.typing import NDArray

from trends.core.calendar_days import calendar_days
from trends.core.wording import listed, percent, period_name, period_years, plural, span
from trends.errors import DataError, UsageError
from trends.plots.declare import figure
from trends.plots.layout.fitting import fit_all, gaps
from trends.plots.layout.frames import UNASSIGNED, backend_of, calendar
from trends.plots.layout.spreading import spread
from trends.plots.layout.time_axis import draw_percent, draw_years, middles
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import INK, PALE, PETROFF6
from trends.plots.theme.styles import active, settle

COLUMNS = ("topic", "label", "period", "n_docs", "share", "complete")
#: More bands than this, and all but the lowest are guesswork: each rides on those below it.
MOST = 5
#: Bands from the bottom up; the label beside each is what tells them apart in print without colour.
BANDS = PETROFF6[:MOST]
OTHER, NONE = PALE, "white"


@figure(
    columns=COLUMNS,
    unique=("topic", "period"),
    tables=("prevalence",),
    each="first",
    section="prevalence",
    title="What all documents divide into",
    order=3,
)
def composition(
    data: pd.DataFrame,
    *,
    topics: Sequence[int] | None = None,
    period: str | None = None,
    denominator: str | None = None,
    stem: str = "composition",
) -> Drawn:
    """Draw how the documents of each period divide into topics, to 100 %.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns topic, label, period (first day), n_docs (documents of the period), share (a
        fraction; NaN in periods without documents), complete; rows of one backend, every topic and
        -1, what no topic took, so that the shares of a period add up to one.
    topics : sequence of int, optional
        At most five topics that get a band of their own, the first at the bottom, where it is read
        best; by default the largest.
    period : str, optional
        Unit of the periods; read from their spacing if not given.
    denominator : str, optional
        Words for the caption: what the share is a share of.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn
        Its data: topic (empty for all others together), label, period, n_docs, share, complete,
        from the bottom up.

    Raises
    ------
    DataError
        If columns are missing, a topic has two values in one period, or shares do not add up to
        one.
    UsageError
        If rows of several backends or unknown or more than five topics are given.
    """
    backend = backend_of(data)
    periods, unit = calendar(data, period)
    shares = data.pivot(index="topic", columns="period", values="share").reindex(columns=periods)
    n_docs = data.groupby("period")["n_docs"].max().reindex(periods).to_numpy()
    complete = data.groupby("period")["complete"].all().reindex(periods).to_numpy()
    total = shares.sum(axis=0).to_numpy()[n_docs > 0]
    if len(total) == 0 or np.abs(total - 1).max() > 1e-6:
        message = (
            "The figure composition needs shares that add up to one in every period: all topics, "
            "and -1 for what no topic took."
        )
        raise DataError(message)
    names = dict(zip(data["topic"], data["label"], strict=True))
    chosen = _chosen(shares, n_docs, topics)
    bands, labels = _bands(shares, chosen, names)

    venue, inches = active()
    figure = Figure(
        figsize=(inches, (2.2 if inches > 4 else 2.0) * venue.size / 8), layout="constrained"
    )
    axes = figure.subplots()
    _bars(axes, bands, periods, unit, complete)
    texts = _texts(labels, bands, chosen)
    room = 0.3 * inches
    fitted = fit_all(texts, [*chosen, *texts[len(chosen) :]], room, venue.small)
    _name(figure, axes, fitted, bands, periods, unit, room)
    parts = [*chosen, pd.NA, UNASSIGNED][: len(bands)]
    drawn = pd.DataFrame(
        {
            "topic": pd.Series([t for t in parts for _ in periods], dtype="Int64"),
            "label": [text for text in labels for _ in periods],
            "period": np.tile(calendar_days(periods).to_numpy(dtype="datetime64[s]"), len(bands)),
            "n_docs": np.tile(n_docs, len(bands)),
            "share": np.concatenate(bands),
            "complete": np.tile(complete, len(bands)),
        }
    )
    known = [i for i, n in enumerate(n_docs) if n]
    caption, alt = _words(
        backend,
        labels,
        chosen,
        names,
        bands,
        periods,
        unit,
        int(n_docs.sum()),
        complete,
        known,
        denominator,
        topics,
    )
    return Drawn(figure, drawn, caption + gaps(labels), alt, stem)


def _chosen(
    shares: pd.DataFrame, n_docs: NDArray[np.int64], topics: Sequence[int] | None
) -> list[int]:
    have = [int(t) for t in shares.index if t != UNASSIGNED]
    if topics is None:
        size = {t: float(np.nansum(shares.loc[t].to_numpy() * n_docs)) for t in have}
        return sorted(have, key=lambda t: (-size[t], t))[:MOST]
    unknown = [t for t in topics if t not in have]
    if unknown or not 1 <= len(topics) <= MOST or len(set(topics)) < len(topics):
        what = (
            f"topics {listed([str(t) for t in unknown])} are not in the table"
            if unknown
            else f"{len(topics)} were named"
        )
        message = (
            f"The figure composition shows 1 to {MOST} different topics of the table with a band "
            f"of their own; {what}."
        )
        raise UsageError(message)
    return list(topics)


def _bands(
    shares: pd.DataFrame, chosen: list[int], names: dict[int, str]
) -> tuple[list[NDArray[np.float64]], list[str]]:
    """Shares from the bottom up, each over the periods, and what each is."""
    rows = [shares.loc[t].to_numpy(dtype=float) for t in chosen]
    labels = [names[t] for t in chosen]
    others = [t for t in shares.index if t != UNASSIGNED and t not in chosen]
    if others:
        rows.append(shares.loc[others].sum(axis=0, min_count=1).to_numpy(dtype=float))
        labels.append(f"{len(others)} other topic{'s' if len(others) > 1 else ''}")
    else:
        rows.append(np.where(np.isnan(rows[0]), np.nan, 0.0))
        labels.append("no other topics")
    if UNASSIGNED in shares.index:
        rows.append(shares.loc[UNASSIGNED].to_numpy(dtype=float))
        labels.append("no topic")
    return rows, labels


def _texts(labels: list[str], bands: list[NDArray[np.float64]], chosen: list[int]) -> list[str]:
    """Labels of what is drawn at all; empty for a remainder that is always nothing."""
    return [
        text if i < len(chosen) or np.nanmax(band) > 0 else ""
        for i, (text, band) in enumerate(zip(labels, bands, strict=True))
    ]


def _bars(
    axes: Axes,
    bands: list[NDArray[np.float64]],
    periods: Sequence[pd.Timestamp],
    unit: str,
    complete: NDArray[np.bool_],
) -> None:
    x = middles(periods, unit)
    bottom = np.zeros(len(periods))
    colours = [*BANDS[: len(bands) - 2], OTHER, NONE] if len(bands) > 1 else list(BANDS[:1])
    for band, colour in zip(bands, colours, strict=False):
        height = np.nan_to_num(band)
        # White seams between bands, in print without colour as well; what no topic took has an
        # outline instead.
        axes.bar(
            x,
            height,
            bottom=bottom,
            width=0.9 * period_years(unit),
            color=colour,
            linewidth=0.5,
            edgecolor=INK if colour == NONE else "white",
        )
        bottom = bottom + height
    for at, whole, top in zip(x, complete, bottom, strict=True):
        if not whole and top > 0:
            axes.annotate(
                "*",
                (at, 1.0),
                (0, -1),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=active()[0].small,
                color=INK,
            )
    draw_percent(axes)
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1])
    axes.set_ylabel("share of documents")


def _name(
    figure: Figure,
    axes: Axes,
    texts: list[str],
    bands: list[NDArray[np.float64]],
    periods: Sequence[pd.Timestamp],
    unit: str,
    room: float,
) -> None:
    """Write the label of each band beside the last period that has documents.

    A line leads from the label to the band.
    """
    venue, inches = active()
    draw_years(axes, periods, unit, 0.5 * inches)
    engine = figure.get_layout_engine()
    assert isinstance(engine, ConstrainedLayoutEngine)
    engine.set(rect=(0, 0, 1 - (room + 0.22) / inches, 1))
    settle(figure)
    last = int(np.flatnonzero(~np.isnan(bands[0]))[-1])
    edges = np.cumsum([0.0, *(band[last] for band in bands)])
    said = [i for i, text in enumerate(texts) if text and text != "topic "]
    wanted = [(edges[i] + edges[i + 1]) / 2 for i in said]
    tall = axes.get_position().height * float(figure.get_figheight())
    line = 1.3 * venue.small / 72 / tall
    places = spread(wanted, line, 0.4 * line, 1 - 0.4 * line)
    low, high = axes.get_xlim()
    per_inch = (high - low) / (axes.get_position().width * inches)
    end = middles(periods, unit)[last] + 0.45 * period_years(unit)
    for i, y, place in zip(said, wanted, places, strict=True):
        axes.plot(
            [end, high + 0.04 * per_inch, high + 0.16 * per_inch],
            [y, y, place],
            color=INK,
            linewidth=0.5,
            linestyle="-",
            clip_on=False,
        )
        axes.text(
            high + 0.19 * per_inch,
            place,
            texts[i],
            va="center_baseline",
            ha="left",
            fontsize=venue.small,
            color=INK,
        )


def _words(
    backend: str,
    labels: list[str],
    chosen: list[int],
    names: dict[int, str],
    bands: list[NDArray[np.float64]],
    periods: Sequence[pd.Timestamp],
    unit: str,
    n: int,
    complete: NDArray[np.bool_],
    known: list[int],
    denominator: str | None,
    topics: Sequence[int] | None,
) -> tuple[str, str]:
    whom = f" ({backend})" if backend else ""
    which = (
        f"the {plural(len(chosen), 'largest topic') if len(chosen) > 1 else 'largest topic'}"
        if topics is None
        else plural(len(chosen), "topic")
    )
    rest = [
        text
        for text, band in zip(labels[len(chosen) :], bands[len(chosen) :], strict=True)
        if np.nanmax(band) > 0
    ]
    parts = [
        (
            f"What {denominator or f'all documents of each {unit}'} divide into: "
            f"{listed([which, *rest])}{whom}; {plural(n, 'dated document')}, "
            f"{span(periods, unit)}."
        ),
        (
            "Only the lowest band has a straight base; for the others see the panels of single "
            "topics. No intervals are drawn."
        ),
    ]
    empty = [period_name(p, unit) for i, p in enumerate(periods) if i not in known]
    if empty:
        parts.append(
            "Empty: no documents "
            f"({listed(empty) if len(empty) < 6 else plural(len(empty), unit)})."
        )
    if not complete.all():
        parts.append("*: not wholly covered by the corpus.")
    first, last = known[0], known[-1]
    moves = [
        f"{names[t]} {percent(bands[i][first])} to {percent(bands[i][last])}"
        for i, t in enumerate(chosen)
    ]
    alt = (
        f"Stacked bars of 100 % for each {unit}, {plural(n, 'document')}. From "
        f"{period_name(periods[first], unit)} to {period_name(periods[last], unit)}: "
        f"{'; '.join(moves)}."
    )
    return " ".join(parts), alt
