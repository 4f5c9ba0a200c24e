"""What a corpus is mixed from.

One bar of 100 % a period, the largest sources, venues, languages or kinds of dates in it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from trends.core.wording import percent, period_name, period_years, plural, span
from trends.plots.declare import figure
from trends.plots.figures.audit.coverage_card import EVIDENCE
from trends.plots.layout.fitting import fit_all, gaps
from trends.plots.layout.frames import calendar
from trends.plots.layout.time_axis import draw_percent, draw_years, middles
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import INK, PALE, PETROFF6
from trends.plots.theme.styles import active, settle

COLUMNS = ("period", "label", "n_docs")
#: Values with a colour of their own, from the bottom up; hatching says the same without colour.
MOST = 5
HATCHES = ("", "////", "", "\\\\\\\\", "xxxx")
OTHER = "other"


@figure(columns=COLUMNS, unique=("period", "label"), dated_only=True, section="audit")
def mix(
    data: pd.DataFrame, *, noun: str = "source", period: str | None = None, stem: str = "mix"
) -> Drawn:
    """Draw shares of the documents of each period as stacked bars.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns period (first day; rows without are left out), label (source, venue, language, …),
        n_docs. Values beyond the five largest become one.
    noun : str
        What a label is.
    period : str, optional
        Unit of the periods; read from their spacing if not given.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn
        Its data: period, label, n_docs, share (missing where a period has no documents), the
        largest label first.

    Raises
    ------
    DataError
        If columns are missing or a row repeats.
    """
    wide = _wide(data)
    periods, unit = calendar(data, period)
    n = wide.sum(axis=1).to_numpy(dtype=float)
    share = wide.to_numpy(dtype=float) / np.where(n > 0, n, np.nan)[:, None]

    venue, inches = active()
    legend = min(2.3, 0.36 * inches)
    figure = Figure(figsize=(inches, 1.9 * venue.size / 8), layout="constrained")
    axes, beside = figure.subplots(1, 2, width_ratios=[inches - legend, legend])
    colours = [*PETROFF6[:MOST], PALE]
    names = list(wide.columns)
    bottom = np.zeros(len(periods))
    drawn = [i for i, name in enumerate(names) if name != OTHER] + [
        i for i, name in enumerate(names) if name == OTHER
    ]
    for place, i in enumerate(drawn):
        style = MOST if names[i] == OTHER else place
        height = np.nan_to_num(share[:, i])
        axes.bar(
            middles(periods, unit),
            height,
            bottom=bottom,
            width=0.92 * period_years(unit),
            color=colours[style],
            linewidth=0.3,
            edgecolor="white",
            hatch="" if style == MOST else HATCHES[style],
        )
        bottom += height
    draw_years(axes, periods, unit, 0.85 * (inches - legend))
    draw_percent(axes)
    axes.set_ylim(0, 1)
    axes.set_title(f"documents by {noun}")
    _legend(
        beside,
        [names[i] for i in drawn],
        [float(wide.iloc[:, i].sum() / n.sum()) for i in drawn],
        legend,
        colours,
    )
    settle(figure)

    data = pd.DataFrame(
        {
            "period": np.repeat(wide.index.to_numpy(), len(names)),
            "label": np.tile(np.array(names, dtype=object), len(periods)),
            "n_docs": wide.to_numpy().ravel(),
            "share": share.ravel(),
        }
    )
    return Drawn(figure, data, *_words(names, wide, share, periods, unit, noun), stem)


@figure(columns=("period", "date_evidence", "date_precision", "n_docs"), section="audit")
def evidence(data: pd.DataFrame, *, period: str | None = None, stem: str = "dates") -> Drawn:
    """Draw how the documents of each period are dated, as `mix`.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns period (first day; rows without are left out), date_evidence, date_precision,
        n_docs.
    period, stem
        As for `mix`.

    Raises
    ------
    DataError
        If columns are missing or no row has a period.
    """
    known = data["date_evidence"].astype(str).map(lambda e: EVIDENCE.get(e, e))
    precision = data["date_precision"].fillna("").astype(str)
    data["label"] = known.where(precision == "", precision + ", " + known)
    return mix(
        data.groupby(["period", "label"], sort=False)["n_docs"].sum().reset_index(),
        noun="date evidence",
        period=period,
        stem=stem,
    )


def _wide(data: pd.DataFrame) -> pd.DataFrame:
    """Documents by period and label, the largest label first and the remainder last.

    The remainder is what lies beyond the largest labels or was already called so.
    """
    wide = data.pivot(index="period", columns="label", values="n_docs").fillna(0).sort_index()
    named = [c for c in wide.columns if c != OTHER]
    order = sorted(named, key=lambda c: (-wide[c].sum(), str(c)))
    rest = wide[[*order[MOST:], *([OTHER] if OTHER in wide.columns else [])]]
    out = wide[order[:MOST]].copy()
    if rest.shape[1]:
        out[OTHER] = rest.sum(axis=1)
    return out.astype(int)


def _legend(
    axes: Axes, names: Sequence[str], shares: Sequence[float], inches: float, colours: Sequence[str]
) -> None:
    """Names beside the bars, in the order in which they are stacked."""
    small = active()[0].small
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.5, MOST + 0.5)
    tails = [f"  {percent(share)}" for share in shares]
    fitted = fit_all(names, list(range(1, len(names) + 1)), 0.6 * inches, small)
    for row, (text, tail) in enumerate(zip(fitted, tails, strict=True)):
        style = MOST if names[row] == OTHER else row
        axes.barh(
            row,
            0.09,
            height=0.5,
            color=colours[style],
            linewidth=0.3,
            edgecolor="white",
            hatch="" if style == MOST else HATCHES[style],
        )
        axes.annotate(
            text + tail,
            (0.09, row),
            (3, 0),
            textcoords="offset points",
            va="center",
            fontsize=small,
            color=INK,
        )


def _words(
    names: Sequence[str],
    wide: pd.DataFrame,
    share: np.ndarray,
    periods: Sequence[pd.Timestamp],
    unit: str,
    noun: str,
) -> tuple[str, str]:
    n = int(wide.to_numpy().sum())
    shown = [name for name in names if name != OTHER]
    which = f"the {len(shown)} largest, the rest as one" if OTHER in names else "all"
    caption = (
        f"Documents by {noun}, {span(periods, unit)}, {plural(n, 'dated document')}; {which}. "
        f"Each bar adds to 100%; a gap is a {unit} without documents.{gaps(names)}"
    )
    filled = np.flatnonzero(np.isfinite(share).all(axis=1))
    first, last = (share[filled[0]], share[filled[-1]]) if len(filled) else (share[0], share[0])
    moves = [
        f"{name} from {percent(first[i], 0)} to {percent(last[i], 0)}"
        for i, name in enumerate(names)
    ]
    alt = (
        f"Stacked bars of the shares of each {noun}, from {period_name(periods[0], unit)} to "
        f"{period_name(periods[-1], unit)}: {', '.join(moves)}."
    )
    return caption, alt
