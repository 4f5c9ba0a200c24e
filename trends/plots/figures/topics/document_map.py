"""Document map: every document a dot, documents with similar words close together.

The largest topics are named at the sides.

Drawn with matplotlib alone: datamapplot takes 8 s of processor time to import (numba, dask,
datashader), draws through pyplot with its own faces and sizes, and makes a folder in the user's
home.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from trends.core.wording import percent, plural
from trends.errors import DataError
from trends.plots.declare import figure
from trends.plots.layout.fitting import fit_all, gaps
from trends.plots.layout.frames import UNASSIGNED, backend_of, taken
from trends.plots.layout.spreading import spread
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import INK, PETROFF6
from trends.plots.theme.styles import active, unlaid

COLUMNS = ("id", "x", "y", "topic")
LABELS = ("topic", "label")
#: Colours of neighbouring topics; the lines to the labels say the same without colour.
COLOURS = PETROFF6[:4]
#: More dots than this would make a vector file of many megabytes; they become an image inside it.
MOST_VECTOR = 2000
#: Topics with a label on a figure of the full width, and on a narrow one.
MOST_LABELS, FEW_LABELS = 24, 12
#: Room between the labels and the dots, and at the upper and lower edge, in inches.
PAD, EDGE = 0.12, 0.06


@figure(
    columns=COLUMNS,
    unique=("id",),
    tables=("map", "topics"),
    each="run",
    section="coverage",
    title="Map of the documents",
    order=2,
)
def documents(
    data: pd.DataFrame,
    topics: pd.DataFrame,
    *,
    top: int | None = None,
    of: int | None = None,
    stem: str = "map",
) -> Drawn:
    """Draw documents at their places in two dimensions.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns id, x, y (places, of any scale), topic (-1 for no topic).
    topics : pandas.DataFrame
        Columns topic, label.
    top : int, optional
        So many topics, the largest, get a label and a colour; by default as many as the width
        takes.
    of : int, optional
        Documents of the corpus, where those given were drawn from it at random.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn
        Its data are the rows given with their labels.

    Raises
    ------
    DataError
        If columns are missing, a document repeats or a place is no number.
    """
    xy = data[["x", "y"]].to_numpy(dtype=np.float64)
    if not np.isfinite(xy).all():
        message = (
            "The figure documents needs a place for each document; "
            f"{int((~np.isfinite(xy).all(axis=1)).sum())} have none."
        )
        raise DataError(message)
    topics = taken(topics, LABELS, "documents")
    if "backend" in data.columns and "backend" in topics.columns:
        topics = topics[topics["backend"] == backend_of(data)]
    if of is None and "n_docs" in topics.columns:
        of = int(topics["n_docs"].sum())
    names = topics.drop_duplicates("topic").set_index("topic")["label"].to_dict()
    data["label"] = [
        "no topic" if t == UNASSIGNED else str(names.get(t, f"topic {t}")) for t in data["topic"]
    ]
    sizes = data.loc[data["topic"] != UNASSIGNED, "topic"].value_counts()
    venue, inches = active()
    room, lines = 0.27 * inches, 1 if inches > 4 else 2
    line = (1.35 if lines == 1 else 2.5) * venue.small / 72
    # As tall as the shape of the cloud asks for at the width between the labels.
    wide, tall = np.maximum(np.ptp(xy, axis=0), 1e-12)
    height = min(
        venue.height, (inches - 2 * (room + PAD)) * float(np.clip(tall / wide, 0.8, 1.6)) + 2 * EDGE
    )
    most = min(MOST_LABELS if inches > 4 else FEW_LABELS, 2 * int((height - 2 * EDGE) / line))
    named = sorted((int(t) for t in sizes.index), key=lambda t: (-sizes[t], t))[
        : min(top or most, most)
    ]

    figure = unlaid(inches, height)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, inches)
    axes.set_ylim(0, height)
    axes.set_axis_off()
    at = _placed(xy, room + PAD, inches - room - PAD, EDGE, height - EDGE)
    topic = data["topic"].to_numpy()
    centres = {t: np.median(at[topic == t], axis=0) for t in named}
    _dots(axes, at, topic, _colours(centres), len(data))
    _labels(
        axes,
        centres,
        {t: data.loc[data["topic"] == t, "label"].iloc[0] for t in named},
        room,
        line,
        lines,
    )

    none = int((topic == UNASSIGNED).sum())
    which = (
        f"all {plural(len(sizes), 'topic')}"
        if len(named) == len(sizes)
        else f"the {len(named)} largest of {plural(len(sizes), 'topic')}"
    )
    rest = "no topic" if len(named) == len(sizes) else "other topics, and no topic"
    sampled = of is not None and of > len(data)
    shown = (
        f"{len(data):,} of {plural(of or 0, 'document')}, drawn at random"
        if sampled
        else plural(len(data), "document")
    )
    caption = (
        f"Map of {shown}: a dot each, near documents whose vectors are alike (UMAP, two "
        "dimensions). Lines lead from the label to the middle of "
        f"{which}; grey: {rest} ({percent(none / len(data))} of the documents). A map is for "
        "orientation: distances between groups, "
        "their sizes and the axes mean nothing."
    ) + gaps(data["label"].unique())
    said = "; ".join(f"{data.loc[topic == t, 'label'].iloc[0]} ({sizes[t]:,})" for t in named[:5])
    alt = (
        f"Scatter of {shown}{',' if sampled else ''} in {plural(len(sizes), 'topic')}, {none:,} "
        f"in none. Largest: {said}."
    )
    return Drawn(figure, data, caption, alt, stem)


def _placed(
    xy: NDArray[np.float64], left: float, right: float, low: float, high: float
) -> NDArray[np.float64]:
    """Places in inches within the frame, both directions on one scale.

    They have no unit, but a shape.
    """
    span = np.maximum(xy.max(axis=0) - xy.min(axis=0), 1e-12)
    scale = min((right - left) / span[0], (high - low) / span[1])
    middle = (xy.max(axis=0) + xy.min(axis=0)) / 2
    return np.asarray((xy - middle) * scale + np.array([(left + right) / 2, (low + high) / 2]))


def _colours(centres: dict[int, NDArray[np.float64]]) -> dict[int, str]:
    """A colour for each topic, as far as can be from topics of the same colour."""
    out: dict[int, str] = {}
    for topic, centre in centres.items():
        far = {
            c: min(
                (float(np.hypot(*(centre - centres[t]))) for t, used in out.items() if used == c),
                default=np.inf,
            )
            for c in COLOURS
        }
        out[topic] = max(COLOURS, key=lambda c: far[c])
    return out


def _dots(
    axes: Axes, at: NDArray[np.float64], topic: NDArray[np.int64], colours: dict[int, str], n: int
) -> None:
    size = float(np.clip(4000.0 / n, 0.7, 9.0))
    raster = n > MOST_VECTOR
    rest = ~np.isin(topic, list(colours))
    axes.scatter(
        at[rest, 0],
        at[rest, 1],
        s=size * 0.7,
        color="0.8",
        linewidths=0,
        rasterized=raster,
        zorder=1,
    )
    for colour in COLOURS:
        here = np.isin(topic, [t for t, c in colours.items() if c == colour])
        axes.scatter(
            at[here, 0],
            at[here, 1],
            s=size,
            color=colour,
            linewidths=0,
            alpha=0.8,
            rasterized=raster,
            zorder=2,
        )


def _labels(
    axes: Axes,
    centres: dict[int, NDArray[np.float64]],
    labels: dict[int, str],
    room: float,
    line: float,
    lines: int,
) -> None:
    """Write half of the labels on each side, by where their topics lie.

    Each label is at the height of its topic or near it.
    """
    venue, inches = active()
    height = float(axes.figure.get_figheight())  # type: ignore[union-attr]
    across = sorted(centres, key=lambda t: (centres[t][0], t))
    half = (len(across) + 1) // 2
    for side, topics in (("left", across[:half]), ("right", across[half:])):
        places = spread(
            [float(centres[t][1]) for t in topics], line, line / 2 + 0.02, height - line / 2 - 0.02
        )
        texts = fit_all([labels[t] for t in topics], topics, room - 0.08, venue.small, lines)
        edge = room if side == "left" else inches - room
        for t, place, text in zip(topics, places, texts, strict=True):
            x, y = centres[t]
            axes.plot([edge, x], [place, y], color=INK, linewidth=0.5, linestyle="-", zorder=3)
            axes.plot(
                x,
                y,
                "o",
                markersize=3.0,
                markerfacecolor="white",
                markeredgecolor=INK,
                markeredgewidth=0.7,
                zorder=4,
            )
            axes.text(
                edge + (-0.04 if side == "left" else 0.04),
                place,
                text,
                va="center_baseline" if "\n" not in text else "center",
                linespacing=1.05,
                ha="right" if side == "left" else "left",
                fontsize=venue.small,
                color=INK,
            )
