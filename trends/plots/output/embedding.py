"""Faces in a PDF: outlines and widths of the letters that are drawn, and nothing else of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fontTools import subset

#: Tables of a face that say how letters are set side by side, and how they would look in other
#: weights. Matplotlib has set the letters, in the weight of the file.
UNUSED = ("GDEF", "GPOS", "GSUB", "HVAR", "MVAR", "STAT", "avar", "fvar", "gvar")


@contextmanager
def outlines_only() -> Iterator[None]:
    """Leave tables out that no reader of a PDF uses, while matplotlib embeds faces in it.

    It reduces a face to the letters that occur by :mod:`fontTools.subset`, and offers no say in
    it. To reduce these tables as well took half of the time of a PDF.
    """
    whole = subset.Options

    def outlines(**given: Any) -> Any:
        options = whole(**given)
        options.drop_tables = [*options.drop_tables, *UNUSED]
        return options

    subset.Options = outlines
    try:
        yield
    finally:
        subset.Options = whole
