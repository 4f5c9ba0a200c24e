"""Every figure in every venue, for corpora of every shape.

Do texts overlap, leave the page, or get too small to be read?

    python tests/plots/gallery.py               the whole product, which takes half an hour
    python tests/plots/gallery.py --part 2/8    an eighth of it
    python tests/plots/gallery.py RUN ...       figures of finished runs, with their own labels and
    words, in every venue

The tests take a sample of the product.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pandas as pd
from made import make_labels
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from recipes import as_many, recipes

import trends.plots as plots
from trends.plots.theme.venues import VENUES

#: Number of topics, periods, their unit, shortest and longest label: what runs on real corpora look
#: like. The founding corpus, the daily papers, BBC News, abstracts of one conference over thirty
#: years, and a library with sixty topics and labels of every length.
SHAPES = {
    "pretraining": (12, 14, "6MS", 10, 45),
    "daily papers": (30, 27, "MS", 8, 60),
    "news": (5, 9, "MS", 3, 12),
    "conference": (20, 31, "YS", 10, 40),
    "library": (60, 28, "QS", 3, 60),
}
#: Every venue and width; a venue of one column has one width.
PLACES = [(name, "full") for name in sorted(VENUES)] + [
    (v.name, "column") for v in VENUES.values() if v.column < v.full
]
#: The smallest type that journals print, in points.
LEAST_SIZE = 5.0
#: Texts may share so much ink in both directions, in points: a descender that touches.
SLACK = 0.5
#: What is counted for each combination, and the first fault in words.
COUNTS = ["texts", "overlaps", "cut", "small", "first"]
Figures = dict[str, Callable[[], plots.Drawn]]


def texts_of(figure: Figure) -> list[tuple[str, Bbox, float]]:
    """Every text that the figure shows, with the box of its ink and its size in points."""
    width, height = figure.get_size_inches() * figure.dpi
    renderer = RendererAgg(int(width), int(height), figure.dpi)
    figure.draw(renderer)
    # Ticks outside the limits, and all of hidden axes, exist as texts and are not drawn.
    unseen = {
        id(text) for axes in figure.axes if not axes.get_visible() for text in axes.findobj(Text)
    }
    for axes in [*figure.axes, *(child for a in figure.axes for child in a.child_axes)]:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                if not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                    unseen |= {id(tick.label1), id(tick.label2)}
    texts = [
        t
        for t in figure.findobj(Text)
        if t.get_visible() and t.get_text().strip() and id(t) not in unseen
    ]
    return [(t.get_text(), t.get_window_extent(renderer), float(t.get_fontsize())) for t in texts]


def faults(figure: Figure, texts: list[tuple[str, Bbox, float]]) -> list[str]:
    """What is wrong with the texts of a figure, in words.

    Overlaps, texts that leave the page, small type.
    """
    width, height = figure.get_size_inches() * figure.dpi
    slack = SLACK * figure.dpi / 72
    out = [f"{name!r} is set in {size:g} points" for name, _, size in texts if size < LEAST_SIZE]
    for name, box, _ in texts:
        if box.x0 < -slack or box.y0 < -slack or box.x1 > width + slack or box.y1 > height + slack:
            out.append(f"{name!r} is cut")
    for (a, one, _), (b, two, _) in itertools.combinations(texts, 2):
        across, down = (
            min(one.x1, two.x1) - max(one.x0, two.x0),
            min(one.y1, two.y1) - max(one.y0, two.y0),
        )
        if across > slack and down > slack:
            out.append(f"{a!r} and {b!r} overlap")
    return out


def check(figure: Figure) -> None:
    """No two texts share more than half a point of ink in both directions, none leaves the page,
    none is too small.
    """
    found = faults(figure, texts_of(figure))
    assert not found, "; ".join(found[:5])


def of_shape(shape: str) -> Figures:
    """Every figure of a corpus of that shape."""
    k, periods, freq, least, most = SHAPES[shape]
    return recipes(k, make_labels(k, least, most), periods, freq)


def product() -> list[tuple[str, str, str, str]]:
    """Shape, figure, venue, width: every combination."""
    return [
        (shape, name, *place) for shape in SHAPES for name in of_shape("news") for place in PLACES
    ]


def measure(combinations: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    """Draw combinations and count faults: one row each."""
    made = {shape: of_shape(shape) for shape in dict.fromkeys(c[0] for c in combinations)}
    rows = []
    for shape, name, venue, width in combinations:
        with plots.style(venue, width=width):
            rows.append((shape, name, venue, width, *_counted(made[shape][name]().figure)))
    return pd.DataFrame(rows, columns=["shape", "figure", "venue", "width", *COUNTS])


def _counted(figure: Figure) -> tuple[int, int, int, int, str]:
    texts = texts_of(figure)
    found = faults(figure, texts)
    kinds = [sum(fault.endswith(end) for fault in found) for end in ("overlap", "is cut", "points")]
    return (len(texts), kinds[0], kinds[1], kinds[2], found[0] if found else "")


def of_run(run: Path) -> pd.DataFrame:
    """Faults in the figures of a finished run, in every venue: one row each."""
    from trends.runs.tasks import figures as draw

    specifications, claims = run / "specifications.csv", run / "claims.csv"
    rows: list[tuple[object, ...]] = []
    for place in PLACES:

        def keep(
            drawn: plots.Drawn, *_: object, place: tuple[str, str] = place, **__: object
        ) -> None:
            rows.append((run.name, drawn.stem, *place, *_counted(drawn.figure)))

        # Drawn by the code that draws them for the user, and measured where it would save them: in
        # the style, whose face counts.
        with patch.object(plots, "save", keep):
            draw.redraw(run, run, venue=place[0], width=place[1], formats=("svg",))
        # Every run has a table of that name; that of a multiverse names its topics.
        if specifications.is_file() and "label" in (cells := pd.read_csv(specifications)):
            with plots.style(place[0], width=place[1]):
                for drawn in _multiverse(cells, pd.read_csv(claims)):
                    keep(drawn)
    return pd.DataFrame(rows, columns=["shape", "figure", "venue", "width", *COUNTS])


def _multiverse(rows: pd.DataFrame, claims: pd.DataFrame) -> Iterator[plots.Drawn]:
    yield as_many(lambda n: plots.overview(rows, claims.head(n or len(claims))))
    for topic in claims["topic"].head(3):
        yield as_many(
            lambda n, t=topic: plots.curve(rows[rows["topic"] == t], claims[claims["topic"] == t])
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "runs", nargs="*", type=Path, metavar="RUN", help="folders of finished runs"
    )
    parser.add_argument("--part", default="1/1", help="which part of how many, for example 2/8")
    parser.add_argument("--out", type=Path, help="also keep every combination in this CSV")
    options = parser.parse_args()
    part, parts = (int(n) for n in options.part.split("/"))
    found = (
        pd.concat([of_run(run) for run in options.runs])
        if options.runs
        else measure(product()[part - 1 :: parts])
    )
    for row in found[found["first"] != ""].itertuples():
        print(f"{row.shape}, {row.figure}, {row.venue}, {row.width}: {row.first}")
    print(
        f"{len(found):,} combinations, {found['texts'].sum():,} texts: {found['overlaps'].sum()} "
        f"overlaps, {found['cut'].sum()} cut, {found['small'].sum()} too small."
    )
    if options.out:
        found.to_csv(options.out, index=False)


if __name__ == "__main__":
    main()
