"""The end of a corpus: expected documents, and how complete each period is likely to be."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from trends.core.wording import percent, period_name, plural, span
from trends.plots.declare import figure
from trends.plots.layout.frames import calendar, incomplete
from trends.plots.layout.time_axis import draw_documents, draw_share, draw_years, middles
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import INK, PETROFF6
from trends.plots.theme.styles import active, settle

COLUMNS = ("period", "n_docs", "complete", "expected", "lower", "upper", "completeness")
#: Periods that are drawn; what lies before them says nothing about the end.
MOST = 24


@figure(columns=COLUMNS, unique=("period",), section="audit")
def lag(data: pd.DataFrame, *, period: str | None = None, stem: str = "lag") -> Drawn:
    """Draw the last periods with the sizes that those before lead one to expect.

    Where it is known how complete the periods are, the figure shows it.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns period (first day), n_docs, complete, expected, lower, upper (missing except at the
        end), completeness (fraction; missing where delays are not known).
    period : str, optional
        Unit of the periods; read from their spacing if not given.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn
        Its data are the rows drawn, the last 24 at most.

    Raises
    ------
    DataError
        If columns are missing or a period repeats.
    """
    data = data.sort_values("period").tail(MOST).reset_index(drop=True)
    periods, unit = calendar(data, period)
    known = data["completeness"].notna().any()
    venue, inches = active()
    beside = inches >= 5 and known
    panels = 2 if known else 1
    size = (inches, (1.9 if beside or not known else 3.4) * venue.size / 8)
    figure = Figure(figsize=size, layout="constrained")
    cells = np.atleast_1d(figure.subplots(1, panels) if beside else figure.subplots(panels, 1))
    wide = inches * (0.42 if beside else 0.88)
    x = middles(periods, unit)
    draw_documents(cells[0], periods, unit, data)
    ahead = data["expected"].notna().to_numpy()
    if ahead.any():
        error = np.abs(
            data.loc[ahead, ["lower", "upper"]].to_numpy(dtype=float).T
            - data.loc[ahead, "expected"].to_numpy(dtype=float)
        )
        cells[0].errorbar(
            x[ahead],
            data.loc[ahead, "expected"],
            yerr=error,
            fmt="D",
            color=PETROFF6[1],
            ecolor=INK,
            markersize=3.2,
            linewidth=0.9,
            capsize=2,
        )
    # One very wide interval must not flatten the bars.
    top = max(
        float(data["n_docs"].max()),
        min(
            float(np.nan_to_num(data["upper"]).max()),
            2.5 * float(max(data["n_docs"].max(), np.nan_to_num(data["expected"]).max())),
        ),
    )
    cells[0].set_ylim(0, 1.08 * max(top, 1.0))
    cells[0].yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    cells[0].set_title(f"documents a {unit}" + (", and expected" if ahead.any() else ""))
    draw_years(cells[0], periods, unit, wide)
    if known:
        draw_share(cells[1], x, data["completeness"])
        cells[1].set_title("expected to be in")
        draw_years(cells[1], periods, unit, wide)
    settle(figure)
    caption = (
        f"End of the corpus, {span(periods, unit)}, "
        f"{plural(int(data['n_docs'].sum()), 'dated document')}."
    )
    if ahead.any():
        caption += (
            " Diamonds with 95% intervals: sizes that the complete periods before lead one to "
            "expect."
        )
        caption += (
            " Intervals that run beyond the top are cut."
            if data["upper"].max() > cells[0].get_ylim()[1]
            else ""
        )
    if partial := incomplete(periods, data["complete"], unit):
        caption += f" Hollow: {partial}, not known to be covered as a whole."
    if known:
        caption += (
            f" {'Right' if beside else 'Below'}: part of the documents of each {unit} that is "
            "expected to have reached the source, delays corrected for right truncation."
        )
    last = data.iloc[-1]
    alt = (
        f"Bars of documents for each {unit}, {int(last['n_docs']):,} in "
        f"{period_name(periods[-1], unit)}"
    )
    alt += f", where {last['expected']:,.0f} were expected" if np.isfinite(last["expected"]) else ""
    alt += (
        f"; {percent(float(last['completeness']), 0)} of that {unit} is expected to be in."
        if known
        else "."
    )
    return Drawn(figure, data, caption, alt, stem)
