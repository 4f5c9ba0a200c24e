"""Coverage card: documents of each period, how many carry text, and how their dates are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from trends.core.wording import listed, percent, period_name, period_years, plural, span
from trends.plots.declare import figure
from trends.plots.layout.fitting import drawable, width
from trends.plots.layout.frames import calendar, incomplete, records, taken
from trends.plots.layout.time_axis import draw_documents, draw_share, draw_years, middles, years
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import INK, PETROFF6
from trends.plots.theme.styles import active, settle

COLUMNS = ("period", "n_docs", "n_with_text", "complete")
DATES = ("date_evidence", "date_precision", "n_docs")
MARKS = ("period", "before", "after")
#: With more changes than this a caption counts them.
MOST_MARKS = 5

EVIDENCE = {
    "stated": "stated",
    "snapshot-year": "year of the page",
    "other-page": "another page",
    "lookup": "look-up table",
    "arxiv-id": "arXiv number",
    "none": "undated",
}
#: Colour and grey value both fall with precision; the numbers stand beside the bars.
PRECISION = {
    "day": PETROFF6[5],
    "month": PETROFF6[0],
    "year": PETROFF6[1],
    "range": PETROFF6[2],
    "": PETROFF6[4],
}


@figure(
    columns=COLUMNS,
    unique=("period",),
    tables=("coverage",),
    extra={"dates": "dates", "marks": "source_changes"},
    section="coverage",
    title="What the corpus covers",
    order=1,
)
def coverage(
    data: pd.DataFrame,
    *,
    dates: pd.DataFrame | None = None,
    marks: pd.DataFrame | None = None,
    period: str | None = None,
    stem: str = "coverage",
) -> Drawn:
    """Draw what the corpus covers.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns period (first day; missing for undated documents), n_docs, n_with_text (documents
        with text or term counts), complete.
    dates : pandas.DataFrame, optional
        Columns date_evidence, date_precision, n_docs: how many documents are dated by what, and how
        finely; adds a panel.
    marks : pandas.DataFrame, optional
        Columns period (the first with another largest source), before, after: where the corpus
        begins to come from elsewhere.
    period : str, optional
        Unit of the periods; read from their spacing if not given.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn
        Its data are the rows given, the counts of ``dates`` below them.

    Raises
    ------
    DataError
        If columns are missing or a period repeats.
    """
    undated = int(data.loc[data["period"].isna(), "n_docs"].sum())
    dated = taken(data[data["period"].notna()].sort_values("period"), COLUMNS, "coverage")
    periods, unit = calendar(dated, period)
    known = None if dates is None else _known(taken(dates, DATES, "coverage"))
    if known is not None:
        undated = int(known.loc[known["date_evidence"] == "none", "n_docs"].sum())

    venue, inches = active()
    beside = inches >= 5
    panels = 2 if known is None else 3
    size = (inches, 1.9 * venue.size / 8) if beside else (inches, 1.55 * panels * venue.size / 8)
    figure = Figure(figsize=size, layout="constrained")
    ratios = [3, 2, 2][:panels]
    cells = (
        figure.subplots(1, panels, width_ratios=ratios) if beside else figure.subplots(panels, 1)
    )
    _documents(cells[0], dated, periods, unit, inches * (0.34 if beside else 0.8))
    _text(cells[1], dated, periods, unit, inches * (0.22 if beside else 0.8))
    moved = (
        None
        if marks is None or marks.empty
        else taken(marks, MARKS, "coverage").sort_values("period").reset_index(drop=True)
    )
    if moved is not None:
        for axes in cells[:2]:
            _marks(axes, moved, periods)
    notes = [] if known is None else _evidence(cells[2], known)
    settle(figure)
    _numbers(cells[0], dated, periods, unit, cells[0].get_position().width * inches)
    if notes:
        _counts(cells[2], notes, cells[2].get_position().width * inches)

    drawn = data if known is None else pd.concat([data, known], ignore_index=True)
    caption, alt = _words(dated, periods, unit, known, undated, "Right" if beside else "Below")
    said = "" if moved is None else _changes(moved, unit)
    return Drawn(figure, drawn, caption + said, alt + said, stem)


def _known(dates: pd.DataFrame) -> pd.DataFrame:
    out = dates.copy()
    out["date_precision"] = out["date_precision"].fillna("").astype(str)
    out["date_evidence"] = out["date_evidence"].astype(str)
    return (
        out.groupby(["date_evidence", "date_precision"], sort=False)["n_docs"].sum().reset_index()
    )


def _documents(
    axes: Axes, frame: pd.DataFrame, periods: Sequence[pd.Timestamp], unit: str, inches: float
) -> None:
    draw_documents(axes, periods, unit, frame)
    axes.set_ylim(0, 1.15 * max(int(frame["n_docs"].max()), 1))
    axes.set_title(f"documents a {unit}")
    draw_years(axes, periods, unit, inches)


def _numbers(
    axes: Axes, frame: pd.DataFrame, periods: Sequence[pd.Timestamp], unit: str, inches: float
) -> None:
    """Numbers on the bars, where the widest has the room of a bar on axes of ``inches``."""
    small, numbers = active()[0].small, [f"{n:,}" for n in frame["n_docs"]]
    low, high = axes.get_xlim()
    if max(width(text, small) for text in numbers) + 0.02 > inches * period_years(unit) / (
        high - low
    ):
        return
    # A dashed line beside a number would strike it through.
    patch = {"facecolor": "white", "edgecolor": "none", "pad": 0.3}
    for at, n, text in zip(middles(periods, unit), frame["n_docs"], numbers, strict=True):
        axes.annotate(
            text,
            (at, n),
            (0, 1.5),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=small,
            color=INK,
            bbox=patch,
        )


def _text(
    axes: Axes, frame: pd.DataFrame, periods: Sequence[pd.Timestamp], unit: str, inches: float
) -> None:
    x, n = middles(periods, unit), frame["n_docs"].to_numpy(dtype=float)
    share = np.divide(
        frame["n_with_text"].to_numpy(dtype=float), n, out=np.full(len(n), np.nan), where=n > 0
    )
    draw_share(axes, x, share)
    axes.set_title("with words to count")
    draw_years(axes, periods, unit, inches)


def _marks(axes: Axes, marks: pd.DataFrame, periods: Sequence[pd.Timestamp]) -> None:
    """A dashed line before each period whose largest source is another one."""
    inside = marks[marks["period"].isin(periods)]
    for at in years(inside["period"]) if len(inside) else ():
        axes.axvline(at, color=INK, linewidth=0.6, linestyle=(0, (4, 2)), zorder=0)


def _changes(marks: pd.DataFrame, unit: str) -> str:
    if len(marks) > MOST_MARKS:
        return f" Dashed: the largest source changes {len(marks)} times."
    said = [
        f"in {period_name(r.period, unit)} from {drawable(str(r.before))} to "
        f"{drawable(str(r.after))}"
        for r in records(marks)
    ]
    return f" Dashed: the largest source changes {listed(said)}."


def _evidence(axes: Axes, known: pd.DataFrame) -> list[tuple[float, int, str]]:
    """Draw the bars; return what to write behind each."""
    order = [e for e in EVIDENCE if e in set(known["date_evidence"])]
    order += sorted(set(known["date_evidence"]) - set(order))
    notes: list[tuple[float, int, str]] = []
    for row, evidence in enumerate(order):
        start = 0.0
        here = known[known["date_evidence"] == evidence].set_index("date_precision")["n_docs"]
        said: list[str] = []
        for precision, colour in PRECISION.items():
            if precision in here.index:
                axes.barh(row, here[precision], left=start, height=0.65, color=colour, linewidth=0)
                start += float(here[precision])
                said.append(f"{here[precision]:,}" + (f" {precision}" if precision else ""))
        notes.append((start, row, ", ".join(said)))
    axes.set_yticks(range(len(order)), [EVIDENCE.get(e, e) for e in order])
    axes.set_ylim(len(order) - 0.4, -0.6)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_title("date evidence")
    return notes


def _counts(axes: Axes, notes: Sequence[tuple[float, int, str]], inches: float) -> None:
    """Write the counts behind the bars, and scale the bars so that the longest count still fits."""
    small = active()[0].small
    room = {text: width(text, small) + 0.06 for _, _, text in notes}
    axes.set_xlim(
        0, max(start / max(1 - room[text] / inches, 0.15) for start, _, text in notes) or 1.0
    )
    for start, row, text in notes:
        axes.annotate(
            text,
            (start, row),
            (2, 0),
            textcoords="offset points",
            va="center",
            fontsize=small,
            color=INK,
        )


def _words(
    frame: pd.DataFrame,
    periods: Sequence[pd.Timestamp],
    unit: str,
    known: pd.DataFrame | None,
    undated: int,
    where: str,
) -> tuple[str, str]:
    n, with_text = int(frame["n_docs"].sum()), int(frame["n_with_text"].sum())
    peak = frame.iloc[int(frame["n_docs"].to_numpy().argmax())]
    text = f"{percent(with_text / n if n else np.nan)} of them with text or term counts"
    caption = [
        f"Coverage of the corpus: {plural(n, 'dated document')}, {span(periods, unit)}, {text}"
    ]
    caption.append(f"; {plural(undated, 'undated document')} left out of time." if undated else ".")
    if partial := incomplete(periods, frame["complete"], unit):
        caption.append(f" Hollow: {partial}, not wholly covered.")
    if known is not None:
        caption.append(f" {where}: documents by how their date is known, and how finely.")
    alt = (
        f"Bars of documents for each {unit}, {plural(n, 'document')} in all, most in "
        f"{period_name(pd.Timestamp(peak['period']), unit)} "
        f"({int(peak['n_docs']):,}); {text}; {plural(undated, 'document')} undated."
    )
    return "".join(caption), alt
