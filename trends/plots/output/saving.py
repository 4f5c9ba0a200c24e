"""Saving: figures as files that are the same bytes every time."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from trends.errors import StorageError
from trends.files import replacing
from trends.plots.output.drawn import Drawn


def svg_text(drawn: Drawn) -> str:
    """The figure as SVG text whose letters stay text, for a page that holds it."""
    return drawn.encoded("svg").decode("utf-8")


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
    files = {fmt: drawn.encoded(fmt, svg_text=svg_text) for fmt in formats}
    files["csv"] = drawn.data.to_csv(index=False, lineterminator="\n").encode("utf-8")
    words = {
        "stem": drawn.stem,
        "figure": drawn.figure_name,
        "section": drawn.section,
        "title": drawn.title,
        "message": drawn.message,
        "order": drawn.order,
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
