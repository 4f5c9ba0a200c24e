"""Drawn: a figure with all that must go with it, and its bytes in every format."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from html import escape
from importlib import import_module
from typing import Any, Literal

import pandas as pd
from matplotlib import rcParams
from matplotlib.figure import Figure

from trends.errors import UsageError
from trends.plots.theme.styles import in_force, style
from trends.registry import unknown

_STEM = re.compile(r"[a-z0-9][a-z0-9_-]{0,80}")
#: No dates and no names of programs: they would make the same figure differ from day to day.
METADATA: dict[str, dict[str, Any]] = {
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "png": {"Software": None},
    "pgf": {},
}
#: Resolution of images inside a vector file: the dots of a map with thousands of documents.
RASTER = {"pdf": 450, "svg": 300}


def _venue() -> str:
    now = in_force()
    return now[0].name if now else "report"


@dataclass(frozen=True)
class Drawn:
    """A finished figure, the data drawn in it, and its words.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Laid out; saving it twice gives the same bytes.
    data : pandas.DataFrame
        What is drawn, in the order in which it is drawn.
    caption : str
        What is drawn, number of documents, periods, interval, denominator.
    alt : str
        The same for a reader who does not see the figure.
    stem : str
        Name of its files without the ending: lower-case letters, digits, hyphens, underscores.
    venue : str
        Style in which it was drawn.
    message : str
        The sentence above it.
    figure_name, section, title, order
        As its declaration says: name of the function, and section, heading and place in a report.
    """

    figure: Figure
    data: pd.DataFrame
    caption: str
    alt: str
    stem: str
    venue: str = field(default_factory=_venue)
    figure_name: str = ""
    section: str = ""
    title: str = ""
    order: int = 0
    message: str = ""

    def __post_init__(self) -> None:
        # The stem becomes a file name; nothing in it may lead elsewhere.
        if not _STEM.fullmatch(self.stem):
            message = (
                f"The stem {self.stem!r} must consist of lower-case letters, digits, hyphens and "
                "underscores."
            )
            raise UsageError(message)

    @property
    def has_raster(self) -> bool:
        """Whether parts of the figure become an image in a vector file."""
        return any(artist.get_rasterized() for artist in self.figure.findobj())

    def encoded(self, fmt: str, *, svg_text: Literal["none", "path"] = "none") -> bytes:
        """The figure as the bytes of a PDF, SVG, PNG or PGF file.

        Parameters
        ----------
        fmt : str
            ``pdf``, ``svg``, ``png`` or ``pgf``.
        svg_text : "none" or "path"
            Letters of an SVG as text or as outlines.

        Raises
        ------
        UsageError
            If the format is unknown, or is ``pgf`` and the figure holds an image.
        """
        check_formats([fmt])
        if fmt == "pgf" and self.has_raster:
            message = (
                f"The figure {self.stem} holds an image of its dots, which PGF cannot; take its "
                "PDF."
            )
            raise UsageError(message)
        buffer = io.BytesIO()
        # Settings such as the font type count when a file is written, not when the figure is drawn.
        embedding: AbstractContextManager[None] = nullcontext()
        if fmt == "pdf":
            from trends.plots.output.embedding import outlines_only

            embedding = outlines_only()
        width = float(self.figure.get_figwidth())
        with style(self.venue, width=width, svg_text=svg_text), embedding:
            if fmt == "pgf":
                from trends.plots.output.tex_picture import picture

                return picture(self.figure)
            _print(self.figure, fmt, buffer)
        return _with_fallbacks(buffer.getvalue()) if fmt == "svg" else buffer.getvalue()

    def _repr_html_(self) -> str:
        image = base64.b64encode(self.encoded("png")).decode("ascii")
        return (
            f'<figure><img alt="{escape(self.alt, quote=True)}" '
            f'src="data:image/png;base64,{image}" '
            f'style="width:{self.figure.get_figwidth():.2f}in;max-width:100%">'
            f"<figcaption>{escape(self.caption)}</figcaption></figure>"
        )


def _print(figure: Figure, fmt: str, buffer: io.BytesIO) -> None:
    """Write a figure that is laid out; ``savefig`` would draw it once more to lay it out."""
    dpi, canvas = figure.dpi, figure.canvas
    module = import_module(f"matplotlib.backends.backend_{'agg' if fmt == 'png' else fmt}")
    try:
        figure.dpi = RASTER.get(fmt, rcParams["savefig.dpi"])
        getattr(module.FigureCanvas(figure), f"print_{fmt}")(buffer, metadata=METADATA[fmt])
    finally:
        figure.dpi = dpi
        figure.set_canvas(canvas)


def _with_fallbacks(svg: bytes) -> bytes:
    """For a reader's machine without the faces: others as wide, before those of another width."""
    other = {"Inter": b"Arial, Helvetica", "STIXGeneral": b"'Times New Roman', Times"}
    for name, faces in other.items():
        svg = svg.replace(f"'{name}', ".encode(), f"'{name}', ".encode() + faces + b", ")
    return svg


def check_formats(formats: Sequence[str]) -> None:
    """Raise if a format is unknown.

    Raises
    ------
    UsageError
        With the nearest known name.
    """
    for fmt in formats:
        if fmt not in METADATA:
            raise UsageError(unknown("figure format", fmt, METADATA))
