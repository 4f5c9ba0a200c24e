"""Flows between two fits: where the documents of each topic of one go in the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from numpy.typing import NDArray

from trends.core.wording import percent, plural
from trends.errors import UsageError
from trends.plots.declare import figure
from trends.plots.layout.fitting import fit_all, gaps
from trends.plots.layout.frames import UNASSIGNED, EmptyFigureError, labels_of, taken
from trends.plots.layout.rows import check_height
from trends.plots.layout.spreading import spread
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import INK, MAIN, UNDECIDED
from trends.plots.theme.styles import active, unlaid

COLUMNS = ("backend_a", "topic_a", "backend_b", "topic_b", "n_docs")
LABELS = ("backend", "topic", "label")
PAIRS = ("topic_a", "topic_b")
#: A flow that is less than this share of both its topics is left out of the picture, and counted in
#: the caption.
LEAST = 0.05
#: Space between blocks, as a share of the height; width of the blocks and of the room between label
#: and block, in inches.
SEAM, BLOCK, LEAD = 0.12, 0.12, 0.16


@figure(
    columns=COLUMNS,
    unique=PAIRS,
    tables=("crossed", "topics", "alignment"),
    each="pair",
    section="agreement",
    title="Where documents go",
    order=2,
)
def flows(
    data: pd.DataFrame,
    topics: pd.DataFrame,
    matched: pd.DataFrame | None = None,
    *,
    stem: str = "flows",
) -> Drawn:
    """Draw the topics of two fits as two columns of blocks with ribbons between them.

    A ribbon stands for the documents that two topics share.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns backend_a, topic_a, backend_b, topic_b, n_docs: how many documents have topic_a in
        the one fit and topic_b in the other; one pair of fits; -1 is no topic. Every document
        counts once.
    topics : pandas.DataFrame
        Columns backend, topic, label.
    matched : pandas.DataFrame, optional
        Columns topic_a, topic_b: pairs of topics that are the same; their ribbons are coloured.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn
        Its data are the rows given with labels, ``share_a`` and ``share_b`` (of the documents of
        either topic), ``matched``, ``drawn``.

    Raises
    ------
    DataError
        If columns are missing, a pair repeats or there are no documents.
    UsageError
        If the rows are about several pairs of fits, or the blocks do not fit the height of the
        venue.

    Notes
    -----
    The alluvial plot of two topic models follows J. Fukuyama, K. Sankaran and L. Symul, "Multiscale
    analysis of count data through topic alignment", Biostatistics 24(4), 2023.
    """
    pairs = data[["backend_a", "backend_b"]].drop_duplicates()
    if len(pairs) > 1:
        message = (
            f"The figure flows shows one pair of fits, and the table holds {len(pairs)}; select "
            "the rows of one."
        )
        raise UsageError(message)
    n = int(data["n_docs"].sum())
    if n == 0:
        message = "The figure flows was given a table without documents."
        raise EmptyFigureError(message)
    a, b = (str(name) for name in pairs.iloc[0])
    names = labels_of(taken(topics, LABELS, "flows"))
    same = (
        set()
        if matched is None
        else {
            (int(x), int(y))
            for x, y in taken(matched, PAIRS, "flows")[list(PAIRS)].to_numpy()
            if min(x, y) >= 0
        }
    )
    for side, backend in (("a", a), ("b", b)):
        data[f"label_{side}"] = [_label(names, backend, t) for t in data[f"topic_{side}"]]
        data[f"share_{side}"] = data["n_docs"] / data.groupby(f"topic_{side}")["n_docs"].transform(
            "sum"
        ).clip(lower=1)
    data["matched"] = [
        (x, y) in same for x, y in zip(data["topic_a"], data["topic_b"], strict=True)
    ]
    data["drawn"] = (data["n_docs"] > 0) & (
        data["matched"] | (data[["share_a", "share_b"]].max(axis=1) >= LEAST)
    )

    left, right = _orders(data, same)
    figure = _figure(max(len(left), len(right)))
    axes = figure.add_axes((0, 0, 1, 1))
    _draw(axes, data, left, right, a, b)
    left_out = int(data.loc[~data["drawn"], "n_docs"].sum())
    kept = int(data.loc[data["matched"], "n_docs"].sum())
    caption = (
        f"Where the {plural(n, 'document')} of each topic of {a} (left) lie in {b} (right). "
        "Height: documents; ribbon: documents in both topics"
        + (
            f", coloured where the two topics are the same ({plural(len(same), 'pair')}, "
            f"{percent(kept / n)} of the documents)"
            if same
            else ""
        )
        + f". Left out: ribbons under {100 * LEAST:g} % of both topics ({percent(left_out / n)} of "
        "the documents)."
    ) + gaps([*data["label_a"], *data["label_b"]])
    largest = data.sort_values(
        ["n_docs", "topic_a", "topic_b"], ascending=[False, True, True]
    ).head(3)
    said = "; ".join(f"{r.label_a} to {r.label_b}, {r.n_docs:,}" for r in largest.itertuples())
    alt = (
        f"Two columns of blocks, {plural(len(left), 'topic')} of {a} and {len(right)} of {b}, "
        f"joined by ribbons of {plural(n, 'document')}. Largest: {said}."
    )
    return Drawn(figure, data, caption, alt, stem)


def _label(names: Mapping[Any, Any], backend: str, topic: int) -> str:
    return "no topic" if topic == UNASSIGNED else str(names.get((backend, topic), f"topic {topic}"))


def _orders(data: pd.DataFrame, same: set[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Topics of either side from top to bottom.

    Large ones first on the left, on the right by where their documents come from.
    """
    sizes = data[data["n_docs"] > 0].groupby("topic_a")["n_docs"].sum()
    left = sorted((int(t) for t in sizes.index), key=lambda t: (t == UNASSIGNED, -sizes[t], t))
    place = {t: i for i, t in enumerate(left)}
    partner = {y: x for x, y in same}
    come: dict[int, float] = {}
    for name, rows in data[data["n_docs"] > 0].groupby("topic_b"):
        topic = int(str(name))
        weight = rows["n_docs"].to_numpy(dtype=float)
        mean = float(
            (weight * rows["topic_a"].map(place).to_numpy(dtype=float)).sum() / weight.sum()
        )
        come[topic] = (
            float(place[partner[topic]]) if topic in partner and partner[topic] in place else mean
        )
    return left, sorted(come, key=lambda t: (t == UNASSIGNED, come[t], t))


def _figure(rows: int) -> Figure:
    venue, inches = active()
    line = venue.small * 1.3 / 72
    edge = 0.32 * venue.size / 8
    check_height(rows, line, edge, rows="blocks", advice="give at most {fits} topics.")
    return unlaid(inches, min(venue.height, edge + max(rows * line * 1.35, 1.4)))


def _blocks(sizes: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """Lower and upper end of each block, the first on top, shape (blocks, 2)."""
    seam = SEAM * (high - low) / max(len(sizes) - 1, 1)
    heights = sizes / sizes.sum() * ((high - low) - seam * (len(sizes) - 1))
    tops = high - np.concatenate([[0.0], np.cumsum(heights + seam)[:-1]])
    return np.column_stack([tops - heights, tops])


def _draw(
    axes: Axes, data: pd.DataFrame, left: list[int], right: list[int], a: str, b: str
) -> None:
    """All in inches from the lower left corner, so that labels and blocks share one measure."""
    venue, inches = active()
    height = float(axes.figure.get_figheight())  # type: ignore[union-attr]
    axes.set_xlim(0, inches)
    axes.set_ylim(0, height)
    axes.set_axis_off()
    room = 0.31 * inches
    x = {"a": room + LEAD, "b": inches - room - LEAD - BLOCK}
    low, high = 0.06, height - 0.22 * venue.size / 8
    line = venue.small * 1.28 / 72
    ends: dict[str, dict[int, NDArray[np.float64]]] = {}
    for side, order in (("a", left), ("b", right)):
        sizes = data.groupby(f"topic_{side}")["n_docs"].sum().reindex(order).to_numpy(dtype=float)
        blocks = _blocks(sizes, low, high)
        ends[side] = dict(zip(order, blocks, strict=True))
        labels = data.drop_duplicates(f"topic_{side}").set_index(f"topic_{side}")[f"label_{side}"]
        middle = blocks.mean(axis=1)
        places = spread(middle, line, low + line / 2, high - line / 2)
        texts = fit_all([labels[t] for t in order], order, room - 0.08, venue.small)
        for t, block, centre, place, text in zip(order, blocks, middle, places, texts, strict=True):
            axes.add_patch(
                Rectangle(
                    (x[side], block[0]),
                    BLOCK,
                    block[1] - block[0],
                    facecolor="0.7" if t == UNASSIGNED else "0.35",
                    linewidth=0,
                )
            )
            near, far = (
                (x[side] - 0.02, room) if side == "a" else (x[side] + BLOCK + 0.02, inches - room)
            )
            axes.plot([near, far], [centre, place], color=INK, linewidth=0.4, linestyle="-")
            axes.text(
                far + (-0.03 if side == "a" else 0.03),
                place,
                text,
                va="center_baseline",
                ha="right" if side == "a" else "left",
                fontsize=venue.small,
                color=INK,
            )
    head = height - 0.02
    axes.text(x["a"] + BLOCK, head, a, ha="right", va="top", fontsize=venue.size, color=INK)
    axes.text(x["b"], head, b, ha="left", va="top", fontsize=venue.size, color=INK)
    _ribbons(axes, data, left, right, ends, x["a"] + BLOCK, x["b"])


def _ribbons(
    axes: Axes,
    data: pd.DataFrame,
    left: list[int],
    right: list[int],
    ends: dict[str, dict[int, NDArray[np.float64]]],
    start: float,
    end: float,
) -> None:
    at = {
        (int(x), int(y)): (float(n), bool(m), bool(d))
        for x, y, n, m, d in data[["topic_a", "topic_b", "n_docs", "matched", "drawn"]].itertuples(
            index=False
        )
    }
    scale = {side: {t: (e[1] - e[0]) for t, e in ends[side].items()} for side in ("a", "b")}
    total = {
        "a": {t: sum(at.get((t, y), (0.0,))[0] for y in right) for t in left},
        "b": {t: sum(at.get((x, t), (0.0,))[0] for x in left) for t in right},
    }
    top = {
        "a": {t: e[1] for t, e in ends["a"].items()},
        "b": {t: e[1] for t, e in ends["b"].items()},
    }
    shapes = []
    # Ribbons leave a block from the top in the order of the other side, so that they cross as
    # little as can be.
    for side, order, others in (("a", left, right), ("b", right, left)):
        for t in order:
            for o in others:
                key = (t, o) if side == "a" else (o, t)
                size = (
                    at.get(key, (0.0, False, False))[0] / max(total[side][t], 1.0) * scale[side][t]
                )
                shapes.append((key, side, top[side][t], top[side][t] - size))
                top[side][t] -= size
    place: dict[tuple[int, int], dict[str, tuple[float, float]]] = {}
    for key, side, high, low in shapes:
        place.setdefault(key, {})[side] = (high, low)
    middle = (start + end) / 2
    codes = [
        Path.MOVETO,
        Path.CURVE4,
        Path.CURVE4,
        Path.CURVE4,
        Path.LINETO,
        Path.CURVE4,
        Path.CURVE4,
        Path.CURVE4,
        Path.CLOSEPOLY,
    ]
    for key, sides in sorted(
        place.items(), key=lambda item: (at.get(item[0], (0, False, False))[1], item[0])
    ):
        _, same, drawn = at.get(key, (0.0, False, False))
        if not drawn:
            continue
        (h1, l1), (h2, l2) = sides["a"], sides["b"]
        points = [
            (start, h1),
            (middle, h1),
            (middle, h2),
            (end, h2),
            (end, l2),
            (middle, l2),
            (middle, l1),
            (start, l1),
            (start, h1),
        ]
        axes.add_patch(
            PathPatch(
                Path(points, codes),
                facecolor=MAIN if same else UNDECIDED,
                alpha=0.7 if same else 0.3,
                linewidth=0,
                zorder=2 if same else 1,
            )
        )
