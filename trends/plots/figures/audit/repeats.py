"""Documents that repeat an earlier one, period by period."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from trends.core.wording import percent, period_name, period_years, plural, span
from trends.plots.declare import figure
from trends.plots.layout.frames import calendar, taken
from trends.plots.layout.time_axis import draw_percent, draw_years, middles
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import PETROFF6
from trends.plots.theme.styles import active, settle

COLUMNS = ("period", "kind", "n_repeats", "n_docs")
#: Kind → words, colour and hatching.
KINDS = {
    "ids": ("same identifier", PETROFF6[0], ""),
    "titles": ("same title", PETROFF6[1], "////"),
    "texts": ("nearly the same text", PETROFF6[2], ""),
    "terms": ("nearly the same terms", PETROFF6[3], "xxxx"),
}


@figure(columns=COLUMNS, unique=("period", "kind"), dated_only=True, section="audit")
def repeats(data: pd.DataFrame, *, period: str | None = None, stem: str = "duplicates") -> Drawn:
    """Draw the share of documents that repeat an earlier one, by period and kind of evidence.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns period (first day; rows without are left out), kind (ids, titles, texts, terms, or
        none), n_repeats, n_docs.
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
        If columns are missing or a row repeats.
    """
    data = taken(
        data[data["period"].notna()].sort_values(["period", "kind"]).reset_index(drop=True),
        COLUMNS,
        "repeats",
    )
    n = data.groupby("period")["n_docs"].first()
    periods, unit = calendar(data, period)
    venue, inches = active()
    figure = Figure(figsize=(inches, 1.9 * venue.size / 8), layout="constrained")
    axes = figure.subplots()
    x, bottom = middles(periods, unit), np.zeros(len(periods))
    size = n.to_numpy(dtype=float)
    for kind, (words, colour, hatch) in KINDS.items():
        if kind not in set(data["kind"]):
            continue
        rows = (
            data[data["kind"] == kind]
            .set_index("period")["n_repeats"]
            .reindex(n.index)
            .fillna(0)
            .to_numpy(dtype=float)
        )
        height = np.divide(rows, size, out=np.zeros(len(size)), where=size > 0)
        axes.bar(
            x,
            height,
            bottom=bottom,
            width=0.8 * period_years(unit),
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.3,
            label=words,
        )
        bottom += height
    draw_years(axes, periods, unit, 0.9 * inches)
    # Below one per cent the bars would look like many.
    draw_percent(axes)
    axes.set_ylim(0, max(1.25 * float(bottom.max()), 0.01))
    axes.set_title("documents that repeat an earlier one")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(
            loc="upper left",
            fontsize=active()[0].small,
            frameon=False,
            ncols=2 if inches >= 5 else 1,
        )
        axes.set_ylim(0, max(1.7 * float(bottom.max()), 0.01))
    settle(figure)
    total = int(data["n_repeats"].sum())
    caption = (
        f"Documents that repeat an earlier one, {span(periods, unit)}: {total:,} of "
        f"{plural(int(n.sum()), 'dated document')}, by how it is known. A document counts in its "
        "own period."
    )
    most = int(bottom.argmax())
    alt = f"Bars of the share of repeated documents for each {unit}; {total:,} in all"
    alt += (
        f", most in {period_name(periods[most], unit)} ({percent(float(bottom[most]))})."
        if total
        else "."
    )
    return Drawn(figure, data, caption, alt, stem)
