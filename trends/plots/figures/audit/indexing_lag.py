"""The end of a corpus: documents that were foretold, and what part of each period is expected to be in."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from trends.core.wording import listed, percent, period_name, period_years, plural, span
from trends.plots.layout.frames import no_repeats, period_of, taken
from trends.plots.layout.time_axis import draw_percent, draw_years, middles
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import INK, MAIN, PETROFF6
from trends.plots.theme.styles import active, settle, styled

COLUMNS = ("period", "n_docs", "complete", "expected", "lower", "upper", "completeness")
#: Periods that are drawn; what lies before them says nothing about the end.
MOST = 24


@styled
def lag(frame: pd.DataFrame, *, period: str | None = None, stem: str = "lag") -> Drawn:
    """Draw the last periods with the sizes that the ones before foretell, and where it is known how complete they are.

    Parameters
    ----------
    frame : pandas.DataFrame
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
    data = taken(frame, COLUMNS, "lag").sort_values("period").tail(MOST).reset_index(drop=True)
    no_repeats(data, ("period",), "lag")
    periods = [pd.Timestamp(p) for p in data["period"]]
    unit = period_of(data, period)
    known = data["completeness"].notna().any()
    venue, inches = active()
    beside = inches >= 5 and known
    panels = 2 if known else 1
    size = (inches, (1.9 if beside or not known else 3.4) * venue.size / 8)
    figure = Figure(figsize=size, layout="constrained")
    cells = np.atleast_1d(figure.subplots(1, panels) if beside else figure.subplots(panels, 1))
    wide = inches * (0.42 if beside else 0.88)
    x = middles(periods, unit)
    bars = cells[0].bar(
        x, data["n_docs"], width=0.8 * period_years(unit), color=MAIN, linewidth=0.8, edgecolor=MAIN
    )
    for bar, complete in zip(bars, data["complete"], strict=True):
        if not complete:
            bar.set_facecolor("white")
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
    # One wild interval must not flatten the bars.
    top = max(
        float(data["n_docs"].max()),
        min(
            float(np.nan_to_num(data["upper"]).max()),
            2.5 * float(max(data["n_docs"].max(), np.nan_to_num(data["expected"]).max())),
        ),
    )
    cells[0].set_ylim(0, 1.08 * max(top, 1.0))
    cells[0].yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
    cells[0].yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    cells[0].set_title(f"documents a {unit}" + (", and foretold" if ahead.any() else ""))
    draw_years(cells[0], periods, unit, wide)
    if known:
        cells[1].plot(
            x,
            data["completeness"],
            marker="o",
            markersize=2.4,
            color=MAIN,
            linestyle="-",
            clip_on=False,
        )
        draw_percent(cells[1])
        cells[1].set_ylim(0, 1.06)
        cells[1].set_yticks([0, 0.5, 1.0])
        cells[1].set_title("expected to be in")
        draw_years(cells[1], periods, unit, wide)
    settle(figure)
    caption = f"End of the corpus, {span(periods, unit)}, {plural(int(data['n_docs'].sum()), 'dated document')}."
    if ahead.any():
        caption += " Diamonds with 95% intervals: sizes that the complete periods before foretell."
        caption += (
            " Intervals that run beyond the top are cut."
            if data["upper"].max() > cells[0].get_ylim()[1]
            else ""
        )
    partial = [
        period_name(p, unit)
        for p, whole in zip(periods, data["complete"], strict=True)
        if not whole
    ]
    if partial:
        caption += f" Hollow: {listed(partial) if len(partial) < 6 else plural(len(partial), unit)}, not known to be covered as a whole."
    if known:
        caption += f" {'Right' if beside else 'Below'}: part of the documents of each {unit} that is expected to have reached the source, delays corrected for right truncation."
    last = data.iloc[-1]
    alt = f"Bars of documents for each {unit}, {int(last['n_docs']):,} in {period_name(periods[-1], unit)}"
    alt += f", where {last['expected']:,.0f} were foretold" if np.isfinite(last["expected"]) else ""
    alt += (
        f"; {percent(float(last['completeness']), 0)} of that {unit} is expected to be in."
        if known
        else "."
    )
    return Drawn(figure, data, caption, alt, stem, venue.name)
