"""Heatmap of topic × period: each share relative to the topic's own mean.

The mean share is drawn beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from cmcrameri import cm
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from trends.core.wording import percent, period_name, plural, span
from trends.plots.declare import figure
from trends.plots.layout.fitting import fit_all, gaps, width
from trends.plots.layout.frames import backend_of, calendar
from trends.plots.layout.rows import figure_of_rows
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import INK, UNDECIDED
from trends.plots.theme.styles import active, settle

COLUMNS = ("topic", "label", "period", "n_docs", "share", "complete")

#: Most doublings at which the colours may end, and the part of the cells that may lie beyond.
MOST, BEYOND = 5, 0.01
#: A cell in which fewer documents are expected at the topic's mean share says nothing.
EXPECTED = 1.0
ROW = 0.16
#: Corners of a cell.
CELL = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])
#: F. Crameri, "Scientific colour maps", doi:10.5281/zenodo.1243862; without its near-black ends,
#: which look alike.
COLOURS = ListedColormap(cm.vik(np.linspace(0.1, 0.9, 65)), name="vik_inner")


@figure(
    columns=COLUMNS,
    unique=("topic", "period"),
    topics_only=True,
    tables=("prevalence",),
    each="backend",
    section="prevalence",
    title="When each topic was above its mean",
    order=2,
    top=60,
)
def heatmap(
    data: pd.DataFrame,
    *,
    period: str | None = None,
    top: int | None = None,
    denominator: str | None = None,
    stem: str = "heatmap",
) -> Drawn:
    """Draw log2(share / mean share of the topic) for every topic and period.

    Rows by centre of mass in time.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns topic, label, period, n_docs, share, complete; rows of one backend. Topic -1 is left
        out.
    period : str, optional
        Unit of the periods; read from their spacing if not given.
    top : int, optional
        Draw only so many topics, the largest ones.
    denominator : str, optional
        Words for the caption: what the share is a share of.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn
        Its data hold topic, label, period, n_docs, share, mean_share, log2_ratio.

    Raises
    ------
    DataError
        If columns are missing, a topic has two values in one period, or there is no topic.
    UsageError
        If rows of several backends are given, or the rows do not fit the height of the venue.

    Notes
    -----
    The mean of a topic weighs periods by their documents, so it is the topic's share of all dated
    documents.
    """
    backend = backend_of(data)
    periods, unit = calendar(data, period)
    share = (
        data.pivot(index="topic", columns="period", values="share")
        .reindex(columns=periods)
        .astype(float)
    )
    n_docs = (
        data.drop_duplicates("period")
        .set_index("period")["n_docs"]
        .reindex(periods)
        .to_numpy(dtype=float)
    )
    complete = data.groupby("period")["complete"].all().reindex(periods).to_numpy()
    names = dict(zip(data["topic"], data["label"], strict=True))

    weighted = share.fillna(0.0).to_numpy() * n_docs
    total = float(n_docs.sum())
    mean = pd.Series(weighted.sum(1) / total if total else np.nan, index=share.index)
    mass = np.divide(
        weighted @ np.arange(len(periods)),
        weighted.sum(1),
        out=np.zeros(len(share)),
        where=weighted.sum(1) > 0,
    )
    kept = set(mean.sort_values(ascending=False, kind="stable").index[: top or len(mean)])
    topics = [t for _, t in sorted(zip(mass, share.index, strict=True)) if t in kept]
    share, mean = share.loc[topics], mean.loc[topics]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log2(share.to_numpy() / mean.to_numpy()[:, None])

    columns = _columns(periods, unit, complete)
    figure = _figure(len(topics), columns)
    told = np.where(np.outer(mean, n_docs) < EXPECTED, np.nan, ratio)
    limit = _limit(told)
    _draw(figure, told, limit, mean.to_numpy(), [names[t] for t in topics], topics, columns)
    drawn = pd.DataFrame(
        {
            "topic": np.repeat(topics, len(periods)),
            "label": np.repeat(np.array([names[t] for t in topics], dtype=object), len(periods)),
            "period": np.tile(np.array(periods, dtype="datetime64[s]"), len(topics)),
            "n_docs": np.tile(n_docs, len(topics)).astype(np.int64),
            "share": share.to_numpy().ravel(),
            "mean_share": np.repeat(mean.to_numpy(), len(periods)),
            "log2_ratio": ratio.ravel(),
        }
    )
    caption = _caption(
        backend,
        len(topics),
        len(names),
        int(total),
        periods,
        unit,
        denominator,
        complete,
        told,
        limit,
    )
    caption += gaps(names[t] for t in topics)
    first, last = names[topics[0]], names[topics[-1]]
    alt = (
        f"Heatmap of {plural(len(topics), 'topic')} over {span(periods, unit)}: share relative to "
        "each topic's mean. "
        f"Earliest weight: {first} (mean share {percent(mean.iloc[0])}); latest: {last} (mean "
        f"share {percent(mean.iloc[-1])})."
    )
    return Drawn(figure, drawn, caption, alt, stem)


def _limit(ratio: NDArray[np.float64]) -> int:
    """Doublings at which the colours end: hardly a cell lies beyond."""
    known = np.sort(np.abs(ratio[np.isfinite(ratio)]))
    if not len(known):
        return 1
    return int(np.clip(np.ceil(known[int((1 - BEYOND) * (len(known) - 1))]), 1, MOST))


def _figure(rows: int, columns: tuple[list[int], list[str], bool]) -> Figure:
    """Make a figure with space for rows, the colour bar above and the names of periods below."""
    _, names, turned = columns
    small = active()[0].small
    below = max(width(name, small) for name in names) if turned else 0.0
    return figure_of_rows(rows, ROW, 1.45, 0.55, extra=max(below, 2.4 * small / 72), least=3)


def _draw(
    figure: Figure,
    ratio: NDArray[np.float64],
    limit: int,
    mean: NDArray[np.float64],
    labels: Sequence[str],
    topics: Sequence[int],
    columns: tuple[list[int], list[str], bool],
) -> None:
    venue, inches = active()
    axes, bars = figure.subplots(1, 2, sharey=True, width_ratios=[6, 1])
    # Vector cells, an image would put raster into the PDF; one path for all cells of a colour.
    scale = ScalarMappable(Normalize(-limit, limit), COLOURS)
    colours = scale.to_rgba(np.where(np.isneginf(ratio), -limit, ratio))
    colours[np.isnan(ratio)] = 0.0
    shades, shade = np.unique(colours.reshape(-1, 4), axis=0, return_inverse=True)
    for i, colour in enumerate(shades):
        where = np.argwhere(shade.reshape(ratio.shape) == i)
        cells = [Path(np.add(CELL, (column, row)), closed=True) for row, column in where]
        axes.add_patch(
            PathPatch(
                Path.make_compound_path(*cells), facecolor=colour, edgecolor="white", linewidth=0.3
            )
        )
    none = np.argwhere(np.isneginf(ratio)) + 0.5
    axes.scatter(none[:, 1], none[:, 0], s=2.0, color="white", linewidths=0, zorder=3)
    axes.set_xlim(0, ratio.shape[1])
    rows = np.arange(len(topics)) + 0.5
    axes.set_ylim(len(topics), 0)
    axes.set_yticks(rows, fit_all(labels, topics, 0.34 * inches, venue.small))
    for side in (axes, bars):
        side.tick_params(length=0)
        for spine in side.spines.values():
            spine.set_visible(False)
    at, names, turned = columns
    axes.set_xticks([i + 0.5 for i in at], [names[i] for i in at], rotation=90 if turned else 0)
    most = float(np.nanmax(mean)) if np.isfinite(mean).any() else 1.0
    bars.barh(rows, np.nan_to_num(mean), height=0.62, color=UNDECIDED)
    for y, value in zip(rows, mean, strict=True):
        start = (value if np.isfinite(value) else 0.0) + 0.06 * most
        bars.text(start, y, percent(value), va="center", ha="left", fontsize=venue.small, color=INK)
    bars.set_xlim(0, most * 2.1)
    bars.set_xticks([])
    bars.tick_params(labelleft=False)
    bars.set_xlabel("mean\nshare", fontsize=venue.small, loc="left")
    bar = figure.colorbar(
        scale,
        ax=[axes, bars],
        location="top",
        aspect=40,
        shrink=0.5,
        anchor=(0.0, 0.0),
        extend="both",
        pad=0.02,
    )
    at_tick = range(-limit, limit + 1)
    bar.set_ticks(at_tick, labels=[f"{2**k}" if k >= 0 else f"1/{2**-k}" for k in at_tick])
    bar.ax.tick_params(length=0, pad=1)
    # A colour bar is raster by default; a figure of lines should hold none.
    if bar.solids is not None:
        bar.solids.set(rasterized=False, edgecolor="face", linewidth=0.2)
    bar.outline.set_visible(False)
    bar.set_label("share, as a multiple of the topic's mean share", fontsize=venue.small)
    settle(figure)


def _columns(
    periods: Sequence[pd.Timestamp], unit: str, complete: NDArray[np.bool_]
) -> tuple[list[int], list[str], bool]:
    """Which periods are named, their names, and whether the names stand upright.

    A star marks incomplete periods.

    Every period where that fits, else every second, third, …
    """
    venue, inches = active()
    room = 0.42 * inches
    names = [
        period_name(p, unit, short=True) + ("" if whole else "*")
        for p, whole in zip(periods, complete, strict=True)
    ]
    widest = max(width(name, venue.small) for name in names)
    turned = widest > room / len(names) * 0.9
    pitch = venue.small * 1.25 / 72 if turned else widest + 0.05
    step = max(1, int(np.ceil(len(names) * pitch / room)))
    return list(range(0, len(names), step)), names, turned


def _caption(
    backend: str,
    shown: int,
    n_topics: int,
    n: int,
    periods: Sequence[pd.Timestamp],
    unit: str,
    denominator: str | None,
    complete: NDArray[np.bool_],
    ratio: NDArray[np.float64],
    limit: int,
) -> str:
    which = (
        plural(n_topics, "topic")
        if shown == n_topics
        else f"the {shown} largest of {n_topics} topics"
    )
    whom = f" ({backend})" if backend else ""
    parts = [
        (
            f"When {which}{whom} had more and less than their mean share, "
            f"{plural(n, 'dated document')}, {span(periods, unit)}."
        ),
        (
            f"Cell: share of {denominator or f'all documents of the {unit}'} divided by the "
            "topic's mean share, on a scale of doublings; "
            "rows in the order of their centre of mass in time; bars: mean share, every document "
            "counting the same."
        ),
    ]
    if np.isneginf(ratio).any():
        parts.append("White dot: no document of the topic.")
    if beyond := int((np.abs(ratio[np.isfinite(ratio)]) > limit).sum()):
        parts.append(f"{plural(beyond, 'cell')} beyond the scale take its end colour.")
    if np.isnan(ratio).any():
        parts.append("Blank: less than one document expected at the topic's mean share.")
    if not complete.all():
        parts.append("*: not wholly covered by the corpus.")
    return " ".join(parts)
