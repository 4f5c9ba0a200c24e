"""How long documents are, period by period."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from trends.core.wording import period_name, period_years, plural, span
from trends.plots.declare import figure
from trends.plots.layout.frames import calendar
from trends.plots.layout.time_axis import draw_years, middles
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import MAIN
from trends.plots.theme.styles import active, settle

COLUMNS = ("period", "n_docs", "q10", "q25", "median", "q75", "q90")


@figure(columns=COLUMNS, unique=("period",), section="audit")
def lengths(
    data: pd.DataFrame, *, unit: str = "words", period: str | None = None, stem: str = "length"
) -> Drawn:
    """Draw the median length of documents, with two bands.

    The bands are from quartile to quartile and from the first to the last decile.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns period (first day), n_docs (documents with words), q10, q25, median, q75, q90;
        missing where a period has none.
    unit : str
        What is counted.
    period : str, optional
        Unit of the periods; read from their spacing if not given.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn

    Raises
    ------
    DataError
        If columns are missing or a period repeats.
    """
    data = data.sort_values("period").reset_index(drop=True)
    periods, length = calendar(data, period)
    venue, inches = active()
    figure = Figure(figsize=(inches, 1.9 * venue.size / 8), layout="constrained")
    axes = figure.subplots()
    x = middles(periods, length)
    half = 0.35 * period_years(length)
    for (low, high), alpha in ((("q10", "q90"), 0.18), (("q25", "q75"), 0.38)):
        # A period whose neighbours are empty would have a band without width.
        axes.fill_between(x, data[low], data[high], color=MAIN, alpha=alpha, linewidth=0)
        axes.bar(
            x,
            data[high] - data[low],
            bottom=data[low],
            width=2 * half if len(x) < 3 else 0,
            color=MAIN,
            alpha=alpha,
            linewidth=0,
        )
    axes.plot(x, data["median"], marker="o", markersize=2.4, color=MAIN, linestyle="-")
    draw_years(axes, periods, length, 0.9 * inches)
    axes.set_ylim(0, 1.08 * max(float(np.nan_to_num(data["q90"]).max()), 1.0))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_title(f"{unit} of a document")
    settle(figure)
    filled = data[data["n_docs"] > 0]
    n = int(data["n_docs"].sum())
    caption = (
        f"Length of documents in {unit}, {span(periods, length)}, {plural(n, 'dated document')} "
        "with words. Line: median; bands: middle half, and from the first to the "
        "last tenth."
    )
    first, last = (
        (filled.iloc[0], filled.iloc[-1]) if len(filled) else (data.iloc[0], data.iloc[-1])
    )
    alt = (
        f"Line of the median length of documents with two bands; {first['median']:,.0f} {unit} in "
        f"{period_name(first['period'], length)}, "
        f"{last['median']:,.0f} in {period_name(last['period'], length)}."
    )
    return Drawn(figure, data, caption, alt, stem)
