"""Drawn: a figure with all that must go with it."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from html import escape

import pandas as pd
from matplotlib.figure import Figure

from trends.errors import UsageError

_STEM = re.compile(r"[a-z0-9][a-z0-9_-]{0,80}")


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
    """

    figure: Figure
    data: pd.DataFrame
    caption: str
    alt: str
    stem: str
    venue: str = "report"

    def __post_init__(self) -> None:
        # The stem becomes a file name; nothing in it may lead elsewhere.
        if not _STEM.fullmatch(self.stem):
            message = f"The stem {self.stem!r} must consist of lower-case letters, digits, hyphens and underscores."
            raise UsageError(message)

    def _repr_html_(self) -> str:
        from trends.plots.output.saving import encoded

        image = base64.b64encode(encoded(self, "png")).decode("ascii")
        return (
            f'<figure><img alt="{escape(self.alt, quote=True)}" '
            f'src="data:image/png;base64,{image}" '
            f'style="width:{self.figure.get_figwidth():.2f}in;max-width:100%">'
            f"<figcaption>{escape(self.caption)}</figcaption></figure>"
        )
