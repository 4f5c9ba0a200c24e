"""Document map: every document a dot, documents with similar words close together.

The largest topics are named where they lie, in the manner of datamapplot, drawn with matplotlib
alone: datamapplot brings 26 packages (dask, distributed, bokeh, datashader, scikit-image …), takes
8 s of processor time to import, draws through pyplot with its own faces and sizes, asks the network
for its faces, and makes a folder in the user's home.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from trends.core.wording import percent, plural
from trends.errors import DataError
from trends.plots.declare import figure
from trends.plots.layout.fitting import fit_all, gaps, width
from trends.plots.layout.frames import UNASSIGNED, backend_of, taken
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import PETROFF6
from trends.plots.theme.styles import active, unlaid

COLUMNS = ("id", "x", "y", "topic")
LABELS = ("topic", "label")
#: Twelve colours that stay apart from one another, from grey and from white for eyes that see them
#: differently; the label on each topic says the same without colour.
COLOURS = (
    *PETROFF6[:4],
    *("#4b0055", "#adad7d", "#1845fb", "#cc79a7", "#661100", "#88ccee", "#7a4b00", "#f0e442"),
)
#: More dots than this would make a vector file of many megabytes; they become an image inside it.
MOST_VECTOR = 2000
#: Topics with a label on a figure of the full width, and on a narrow one.
MOST_LABELS, FEW_LABELS = 24, 12
#: Room at the edges, and about the words of a label, in inches; width of a label, in its sizes.
EDGE, PAD, WIDEST = 0.06, 0.03, 13


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
    # As tall as the shape of the cloud asks for.
    wide, tall = np.maximum(np.ptp(xy, axis=0), 1e-12)
    height = min(venue.height, inches * float(np.clip(tall / wide, 0.45, 1.0)))
    most = MOST_LABELS if inches > 4 else FEW_LABELS
    named = sorted((int(t) for t in sizes.index), key=lambda t: (-sizes[t], t))[: top or most]

    figure = unlaid(inches, height)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, inches)
    axes.set_ylim(0, height)
    axes.set_axis_off()
    at = _placed(xy, EDGE, inches - EDGE, EDGE, height - EDGE)
    topic = data["topic"].to_numpy()
    centres = {t: _centre(at[topic == t]) for t in named}
    labels = {t: data.loc[data["topic"] == t, "label"].iloc[0] for t in named}
    places = _places(centres, labels, inches, height)
    named = list(places)
    colours = _colours({t: centres[t] for t in named})
    _dots(axes, at, topic, colours, len(data))
    for t, (x, y, text) in places.items():
        axes.text(
            x,
            y,
            text,
            ha="center",
            va="center",
            fontsize=venue.small,
            linespacing=1.05,
            color=ink_of(colours[t]),
            bbox={"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 72 * PAD},
            zorder=3,
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
        f"dimensions). Labels and colours: {which}, each label on its topic or near it, in a dark "
        f"shade of its colour; grey: {rest} ({percent(none / len(data))} of the documents in no "
        "topic). A map is for orientation: distances between groups, their sizes and the axes mean "
        "nothing."
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


def ink_of(colour: str) -> tuple[float, ...]:
    """The colour of a topic, dark enough for its label."""
    return tuple(0.5 * part for part in to_rgb(colour))


def _centre(at: NDArray[np.float64]) -> NDArray[np.float64]:
    """The document of a topic that is nearest to the middle of all."""
    away = np.hypot(*(at - np.median(at, axis=0)).T)
    centre: NDArray[np.float64] = at[int(np.argmin(away))]
    return centre


def _places(
    centres: dict[int, NDArray[np.float64]], labels: dict[int, str], inches: float, height: float
) -> dict[int, tuple[float, float, str]]:
    """Where each label stands: on its topic, or as near as the labels of larger ones allow.

    A label that finds no place within the half of the figure is left out.
    """
    size = active()[0].small
    texts = fit_all(list(labels.values()), list(labels), WIDEST * size / 72, size, lines=2)
    step = size / 72 / 2
    reach = np.arange(-int(inches / 4 / step), int(inches / 4 / step) + 1) * step
    moves = np.array([(dx, dy) for dx in reach for dy in reach])
    moves = moves[np.argsort(np.hypot(*moves.T), kind="stable")]
    out: dict[int, tuple[float, float, str]] = {}
    taken: list[NDArray[np.float64]] = []
    for topic, text in zip(labels, texts, strict=True):
        lines = text.split("\n")
        half = np.array(
            [
                max(width(line, size) for line in lines) / 2 + 1.5 * PAD,
                len(lines) * 1.4 * size / 72 / 2 + PAD,
            ]
        )
        low, high = half, np.array([inches, height]) - half
        for place in centres[topic] + moves:
            if (place < low).any() or (place > high).any():
                continue
            box = np.concatenate([place - half, place + half])
            if not any(_meet(box, other) for other in taken):
                taken.append(box)
                out[topic] = (float(place[0]), float(place[1]), text)
                break
    return out


def _meet(one: NDArray[np.float64], two: NDArray[np.float64]) -> bool:
    """Whether two boxes (left, low, right, high) share room."""
    return bool((one[:2] < two[2:]).all() and (two[:2] < one[2:]).all())
