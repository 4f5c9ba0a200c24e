r"""Figures as PGF: commands that LaTeX draws itself, with the letters of the document around them.

matplotlib's own PGF file asks a LaTeX installation for the width of every text and leaves
``$ _ & # { } ~ \`` in labels as commands. Here texts are measured in the face of the style, so that
no LaTeX is needed to write the file, and every character of a label is a character.
"""

from __future__ import annotations

import io
from typing import Any

from matplotlib.backends.backend_pgf import RendererPgf
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from trends.plots.layout.fitting import measured

#: What LaTeX would take as a command, and characters that its own fonts lack.
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "−": r"\ensuremath{-}",
    "…": r"\ldots{}",
    "–": "--",
    "—": "---",
    "½": "1/2",
    "¼": "1/4",
    "×": r"\ensuremath{\times}",
    "≤": r"\ensuremath{\leq}",
    "≥": r"\ensuremath{\geq}",
    "≈": r"\ensuremath{\approx}",
    "±": r"\ensuremath{\pm}",
    "→": r"\ensuremath{\to}",
    "·": r"\ensuremath{\cdot}",
    "’": "'",
    "‘": "`",
}


def escaped(text: str) -> str:
    """The text as LaTeX that prints it and does nothing else."""
    return "".join(_TEX.get(character, character) for character in text)


class _Renderer(RendererPgf):
    """PGF without LaTeX."""

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        """Measure in the face of the style.

        Width, height and descent in the unit of the picture.
        """
        del ismath
        return measured(s, prop, float(self.dpi))

    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        """Write one line of text, its characters escaped, in the document's own face.

        LaTeX places it by its anchor.
        """
        del ismath
        plain = FontProperties(
            family="serif" if _serif(prop) else "sans-serif", size=prop.get_size_in_points()
        )
        super().draw_text(gc, x, y, escaped(s), plain, angle, ismath=False, mtext=mtext)


def _serif(prop: FontProperties) -> bool:
    return any(
        "serif" in name.lower()
        or "stix" in name.lower()
        or "times" in name.lower()
        or "termes" in name.lower()
        for name in prop.get_family()[:1]
    )


def picture(figure: Figure) -> bytes:
    r"""A ``pgfpicture`` of the size of the figure, for ``\input`` in a LaTeX document.

    The document must load the package ``pgf``.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Without rasterised parts; laid out.
    """
    out = io.StringIO()
    width, height = (float(v) for v in figure.get_size_inches())
    out.write(
        "% A figure for LaTeX: \\usepackage{pgf} in the preamble, \\input{this file} where it "
        "stands.\n"
    )
    out.write("\\begingroup%\n\\makeatletter%\n\\begin{pgfpicture}%\n")
    out.write(
        f"\\pgfpathrectangle{{\\pgfpointorigin}}{{\\pgfqpoint{{{width:f}in}}{{{height:f}in}}}}%\n"
        "\\pgfusepath{use "
        f"as bounding box, clip}}%\n"
    )
    figure.draw(_Renderer(figure, out))
    out.write("\\end{pgfpicture}%\n\\makeatother%\n\\endgroup%\n")
    return out.getvalue().encode("utf-8")
