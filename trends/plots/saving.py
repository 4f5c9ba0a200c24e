"""Saving: figures as files that are the same bytes every time."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from trends.errors import StorageError, UsageError
from trends.files import replacing
from trends.plots.drawn import Drawn
from trends.plots.styles import style
from trends.registry import unknown

#: No dates and no names of programs: they would make the same figure differ from day to day.
METADATA: dict[str, dict[str, Any]] = {
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "png": {"Software": None},
}


def encoded(drawn: Drawn, fmt: str, *, svg_text: Literal["none", "path"] = "none") -> bytes:
    """The figure as the bytes of a PDF, SVG or PNG file.

    Parameters
    ----------
    drawn : Drawn
        The figure.
    fmt : str
        ``pdf``, ``svg`` or ``png``.
    svg_text : "none" or "path"
        Letters of an SVG as text or as outlines.

    Raises
    ------
    UsageError
        If the format is unknown.
    """
    if fmt not in METADATA:
        raise UsageError(unknown("figure format", fmt, METADATA))
    buffer = io.BytesIO()
    # Settings such as the font type count when a file is written, not when the figure is drawn.
    with style(drawn.venue, width=float(drawn.figure.get_figwidth()), svg_text=svg_text):
        drawn.figure.savefig(buffer, format=fmt, metadata=METADATA[fmt])
    return buffer.getvalue()


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
        Of ``pdf``, ``svg``, ``png``.
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
        message = f"The figure {drawn.stem} could not be written to {target}: {error.strerror or error}."
        raise StorageError(message) from error
    return written


def _write(path: Path, content: bytes) -> Path:
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return path
