"""Saving: figures as files that are the same bytes every time."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from matplotlib import rcParams

from trends.errors import StorageError, UsageError
from trends.files import replacing
from trends.plots.output.drawn import Drawn
from trends.plots.theme.styles import style
from trends.registry import unknown

#: No dates and no names of programs: they would make the same figure differ from day to day.
METADATA: dict[str, dict[str, Any]] = {
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "png": {"Software": None},
    "pgf": {},
}
#: Resolution of images inside a vector file: the dots of a map with thousands of documents.
RASTER = {"pdf": 450, "svg": 300}


def encoded(drawn: Drawn, fmt: str, *, svg_text: Literal["none", "path"] = "none") -> bytes:
    """The figure as the bytes of a PDF, SVG, PNG or PGF file.

    Parameters
    ----------
    drawn : Drawn
        The figure.
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
    if fmt == "pgf" and has_raster(drawn):
        message = (
            f"The figure {drawn.stem} holds an image of its dots, which PGF cannot; take its PDF."
        )
        raise UsageError(message)
    buffer = io.BytesIO()
    # Settings such as the font type count when a file is written, not when the figure is drawn.
    with style(drawn.venue, width=float(drawn.figure.get_figwidth()), svg_text=svg_text):
        if fmt == "pgf":
            from trends.plots.output.tex_picture import picture

            return picture(drawn.figure)
        drawn.figure.savefig(
            buffer, format=fmt, metadata=METADATA[fmt], dpi=RASTER.get(fmt, rcParams["savefig.dpi"])
        )
    return buffer.getvalue()


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


def has_raster(drawn: Drawn) -> bool:
    """Whether parts of the figure become an image in a vector file."""
    return any(artist.get_rasterized() for artist in drawn.figure.findobj())


def svg_text(drawn: Drawn) -> str:
    """The figure as SVG text whose letters stay text, for a page that holds it."""
    return encoded(drawn, "svg").decode("utf-8")


def save(
    drawn: Drawn,
    folder: str | os.PathLike[str],
    formats: Sequence[str] = ("pdf", "svg", "png"),
    *,
    svg_text: Literal["none", "path"] = "none",
) -> list[Path]:
    """Write a figure, the data drawn (.csv), and its caption and alternative text (.json).

    Parameters
    ----------
    drawn : Drawn
        The figure; its stem names the files.
    folder : path
        Made if it is not there.
    formats : sequence of str
        Of ``pdf``, ``svg``, ``png``, ``pgf``.
    svg_text : "none" or "path"
        Letters of an SVG as text or as outlines.

    Returns
    -------
    list of pathlib.Path
        The files written. Each appears whole or not at all.

    Raises
    ------
    UsageError
        If a format is unknown.
    StorageError
        If the folder cannot be written to.
    """
    files = {fmt: encoded(drawn, fmt, svg_text=svg_text) for fmt in formats}
    files["csv"] = drawn.data.to_csv(index=False, lineterminator="\n").encode("utf-8")
    words = {
        "stem": drawn.stem,
        "venue": drawn.venue,
        "width_in": round(float(drawn.figure.get_figwidth()), 4),
        "height_in": round(float(drawn.figure.get_figheight()), 4),
        "caption": drawn.caption,
        "alt": drawn.alt,
    }
    files["json"] = (json.dumps(words, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
    target = Path(folder)
    written = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for ending, content in files.items():
            written.append(_write(target / f"{drawn.stem}.{ending}", content))
    except OSError as error:
        message = (
            f"The figure {drawn.stem} could not be written to {target}: {error.strerror or error}."
        )
        raise StorageError(message) from error
    return written


def _write(path: Path, content: bytes) -> Path:
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return path
