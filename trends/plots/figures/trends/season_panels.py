"""Seasons as small multiples: how far each month or quarter lies off the mean of a topic."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from trends.core.claim import ALPHA
from trends.core.wording import listed, plural, probability, signed
from trends.plots.declare import figure
from trends.plots.layout.fitting import gaps
from trends.plots.layout.frames import EmptyFigureError, backend_of
from trends.plots.layout.panels import panels_of, title
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import PETROFF6, UNDECIDED
from trends.plots.theme.styles import active

COLUMNS = (
    *("topic", "label", "season", "name", "points", "points_lower", "points_upper"),
    "p_adjusted",
)


@figure(
    columns=COLUMNS,
    unique=("topic", "season"),
    topics_only=True,
    tables=("seasons",),
    each="backend",
    section="prevalence",
    title="Seasons",
    order=3,
    top="config",
)
def seasons(
    data: pd.DataFrame,
    *,
    top: int | None = None,
    interval: str = "95% interval",
    stem: str = "seasons",
) -> Drawn:
    """Draw how far each month or quarter lies above or below the mean of a topic, one panel each.

    Parameters
    ----------
    data : pandas.DataFrame
        As ``tr.fit_trends(shares, season="auto").seasons()`` makes it: columns topic, label,
        season (a number), name, points (percentage points), points_lower, points_upper, p_adjusted;
        rows of one backend.
    top : int, optional
        Draw only so many topics, those whose seasons are the clearest.
    interval : str
        Words for the caption: what the bars are.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn

    Raises
    ------
    DataError
        If columns are missing or a topic has two values for one season.
    UsageError
        If rows of several backends are given, there is no topic, or the panels do not fit the
        height of the venue.
    """
    if data.empty:
        message = "The figure seasons needs seasons of a topic; the table holds none."
        raise EmptyFigureError(message)
    each = data.drop_duplicates("topic")[["topic", "label", "p_adjusted"]]
    reach = data["points"].abs().groupby(data["topic"]).max()
    each = each.assign(reach=each["topic"].map(reach))
    each = each.sort_values(["p_adjusted", "reach"], ascending=[True, False], kind="stable")
    total = len(each)
    each = each.head(top or total)
    shown = each["topic"].tolist()
    names = dict(zip(each["topic"], each["label"], strict=True))
    p = dict(zip(each["topic"], each["p_adjusted"], strict=True))
    panels, grid, columns, lines = panels_of(
        [names[t] for t in shown], own_scales=False, noted=True
    )
    drawn = pd.concat([data[data["topic"] == t].sort_values("season") for t in shown])
    drawn = drawn.reset_index(drop=True)
    ends = drawn[["points_lower", "points_upper"]].abs().to_numpy()
    high = 1.08 * float(np.nanmax(ends)) or 1.0
    for i, (axes, topic) in enumerate(zip(grid, shown, strict=False)):
        _panel(axes, drawn[drawn["topic"] == topic], p[topic] <= ALPHA, high)
        axes.tick_params(labelbottom=i + columns >= len(shown), labelleft=i % columns == 0)
    panels.supylabel("points above the mean", fontsize=active()[0].size)
    notes = [_notes(drawn[drawn["topic"] == t], p[t]) for t in shown]
    title(panels, grid[: len(shown)], [names[t] for t in shown], shown, lines, notes)
    found = [names[t] for t in shown if p[t] <= ALPHA]
    noun = "month" if drawn["season"].max() > 4 else "quarter"
    which = plural(total, "topic") if len(shown) == total else f"{len(shown)} of {total} topics"
    backend = backend_of(data)
    whom = f" ({backend})" if backend else ""
    said = (
        f"Seasons of {which}{whom}: how far the share of a {noun} lies above or below the mean of "
        f"its topic in every year, in percentage points, drawn towards 0 as far as it is "
        f"uncertain. Bars: {interval}. Blue: topics with a season (adjusted p at most "
        f"{ALPHA:g}); grey: none detected. Above each panel: highest and lowest {noun}, and the p."
    )
    alt = f"Small charts of {plural(len(shown), 'topic')}, one bar a {noun}. " + (
        f"With a season: {listed(found, most=8)}." if found else "No season was detected."
    )
    return Drawn(panels, drawn, said + gaps(names[t] for t in shown), alt, stem)


def _panel(axes: Axes, rows: pd.DataFrame, found: bool, high: float) -> None:
    colour = PETROFF6[0] if found else UNDECIDED
    x, points = rows["season"].to_numpy(dtype=float), rows["points"].to_numpy(dtype=float)
    axes.axhline(0, color="0.4", linewidth=0.6, zorder=1)
    axes.vlines(
        x, rows["points_lower"], rows["points_upper"], color=colour, alpha=0.35, linewidth=2.4
    )
    axes.plot(x, points, color=colour, marker="o", markersize=2.6, linewidth=1.0, zorder=3)
    axes.set_ylim(-high, high)
    axes.set_xlim(x.min() - 0.6, x.max() + 0.6)
    some = rows.iloc[:: 3 if len(rows) > 4 else 1]
    axes.set_xticks(some["season"], some["name"].astype(str).tolist())


def _notes(rows: pd.DataFrame, p: float) -> list[str]:
    """What stands above a panel: as much of it as there is room for."""
    if p > ALPHA:
        return ["no season detected", "no season"]
    points = rows["points"].to_numpy(dtype=float)
    ends = [
        (str(rows["name"].iloc[int(at)]), points[at]) for at in (points.argmax(), points.argmin())
    ]
    words = ", ".join(f"{name} {signed(size, 1)}" for name, size in ends)
    return [f"{words}; p {probability(p)}", words, ends[0][0]]
