"""Fitting: labels wrapped and shortened to the available width.

Widths are measured in the typeface in which the labels are drawn.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

from trends.plots.theme.faces import lacking

ELLIPSIS, EM = "…", "—"
_DPI = 100.0


def drawable(text: str) -> str:
    """A label on one line.

    Control and formatting characters go, runs of white space become one space. Only the picture is
    concerned: the data beside it keep the label as it is.
    """
    out = []
    for character in unicodedata.normalize("NFC", text):
        if character.isspace():
            out.append(" ")
        elif unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}:
            out.append(character)
    return " ".join("".join(out).split())


@lru_cache(maxsize=1)
def _renderer() -> RendererAgg:
    return RendererAgg(16, 16, _DPI)


def width(text: str, size: float) -> float:
    """Width of one line in inches, at ``size`` points, in the face in force."""
    if not text:
        return 0.0
    if not text.isascii() and (unknown := lacking(text)):
        # A letter that is not there is drawn as a narrow box; where it is, it may be wide.
        wide = {ord(c): EM for c in unknown if unicodedata.east_asian_width(c) in "WF"}
        text = text.translate(wide)
    w, _, _ = _renderer().get_text_width_height_descent(
        text, FontProperties(size=size), ismath=False
    )
    return float(w) / _DPI


def measured(text: str, prop: FontProperties, dpi: float) -> tuple[float, float, float]:
    """Width, height and descent of one line in pixels of ``dpi``, in the given face."""
    w, h, d = _renderer().get_text_width_height_descent(text, prop, ismath=False)
    return float(w) * dpi / _DPI, float(h) * dpi / _DPI, float(d) * dpi / _DPI


def shorten(text: str, inches: float, size: float) -> str:
    """The text, or as much of its beginning as fits, with an ellipsis."""
    if width(text, size) <= inches:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high)
            if width(text[:middle].rstrip() + ELLIPSIS, size) <= inches
            else (low, middle - 1)
        )
    return text[:low].rstrip(" ,;:-–/") + ELLIPSIS


def fit(text: str, inches: float, size: float, lines: int = 1) -> str:
    """The text on at most ``lines`` lines of ``inches``; what does not fit ends in an ellipsis."""
    rest = text.split(" ")
    done: list[str] = []
    while rest and len(done) < lines - 1:
        row = [rest.pop(0)]
        while rest and width(" ".join([*row, rest[0]]), size) <= inches:
            row.append(rest.pop(0))
        done.append(shorten(" ".join(row), inches, size))
    if rest:
        done.append(shorten(" ".join(rest), inches, size))
    return "\n".join(done)


def fit_all(
    labels: Sequence[str], marks: Sequence[object], inches: float, size: float, lines: int = 1
) -> list[str]:
    """Fit labels; those that are alike or empty after shortening end in their own mark.

    The mark is the number of the topic.

    Parameters
    ----------
    labels : sequence of str
        Full labels.
    marks : sequence
        What tells two topics apart, one for each label.
    inches, size, lines
        Room of one line, type size in points, number of lines.
    """
    clean = [drawable(label) for label in labels]
    fitted = [fit(label, inches, size, lines) for label in clean]
    alike = {text for text, n in Counter(fitted).items() if n > 1}
    out = []
    for text, label, mark in zip(fitted, clean, marks, strict=True):
        if not text.strip(ELLIPSIS):
            text = f"topic {mark}"
        elif text in alike:
            tail = f" ({mark})"
            text = fit(label, inches - width(tail, size), size, lines) + tail
        out.append(text)
    return out


def gaps(labels: Iterable[str]) -> str:
    """A sentence for the caption if a label has letters that the typefaces lack, else nothing."""
    return (
        " Boxes stand for letters that the figure's face lacks; the data hold them."
        if lacking(map(drawable, labels))
        else ""
    )


def needs(labels: Sequence[str], inches: float, size: float) -> int:
    """Lines that the longest label needs, two at most."""
    return 2 if any(width(drawable(label), size) > inches for label in labels) else 1
