"""Colours and their second cues; black text everywhere."""

from __future__ import annotations

#: M. A. Petroff, "Accessible color sequences for data visualization", arXiv:2107.02270;
#: matplotlib's ``petroff6``. The first five stay apart under simulated deuteranopia, protanopia and
#: tritanopia.
PETROFF6 = ("#5790fc", "#f89c20", "#e42536", "#964a8b", "#9c9ca1", "#7a21dd")

#: What says the same as the colour, for print without colour and for eyes that do not tell colours
#: apart.
LINESTYLES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P")

MAIN = PETROFF6[0]
UNDECIDED = PETROFF6[4]
#: Finding → colour and marker: shape says the same as colour.
FINDINGS = {
    "rising": (PETROFF6[0], "^"),
    "falling": (PETROFF6[1], "v"),
    "turned": (PETROFF6[3], "D"),
    "no change detected": (UNDECIDED, "o"),
}

INK = "black"
#: Context that must not draw the eye, and cells without documents.
PALE, EMPTY = "0.86", "0.93"
