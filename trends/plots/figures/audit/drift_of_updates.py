"""Drift: how many of the documents that came with each update no longer fit the topics."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from trends.core.wording import listed, plural
from trends.plots.declare import figure
from trends.plots.layout.fitting import shorten
from trends.plots.layout.frames import EmptyFigureError
from trends.plots.output.drawn import Drawn
from trends.plots.theme.palette import FINDINGS, INK, MAIN
from trends.plots.theme.styles import active, settle

COLUMNS = ("update", "date", "measure", "documents", "share", "share_past", "alarm")
#: Measure → words above its panel.
WORDS = {
    "unassigned": "no topic took it",
    "surprise": "words improbable under the topics",
    "distance": "far from every topic",
    "outside": "words not in the vocabulary",
    "together": "a group that is alike and came together",
}
#: Height of a panel in inches, and updates that are shown.
PANEL, MOST = 0.95, 24


@figure(columns=COLUMNS, unique=("update", "measure"), section="coverage", title="Drift")
def drift(data: pd.DataFrame, *, stem: str = "drift") -> Drawn:
    """Draw the share of misfits of each update beside that of the past, one panel a measure.

    Parameters
    ----------
    data : pandas.DataFrame
        ``updates/drift.csv`` of a run: columns update (a number), date, measure, documents, share
        and share_past (fractions of documents that fit badly), alarm.
    stem : str
        Name of the files.

    Returns
    -------
    Drawn

    Raises
    ------
    DataError
        If columns are missing or an update has two rows of one measure.
    EmptyFigureError
        If nothing was measured.
    """
    known = data[data["share"].notna()].sort_values("update", kind="stable")
    if known.empty:
        message = "The figure drift needs measures of an update; the table holds none."
        raise EmptyFigureError(message)
    numbers = sorted(known["update"].unique())
    shown = numbers[-MOST:]
    known = known[known["update"].isin(shown)]
    measures = [m for m in dict.fromkeys([*WORDS, *known["measure"]]) if m in set(known["measure"])]
    venue, inches = active()
    made = Figure(
        figsize=(inches, min(PANEL * venue.size / 8 * len(measures) + 0.5, venue.height)),
        layout=ConstrainedLayoutEngine(w_pad=0.03, h_pad=0.03, hspace=0.04),
    )
    cells = made.subplots(len(measures), 1, sharex=True, squeeze=False).ravel()
    place = {number: i for i, number in enumerate(shown)}
    for axes, measure in zip(cells, measures, strict=True):
        rows = known[known["measure"] == measure]
        x = rows["update"].map(place).to_numpy(dtype=float)
        share, past = 100 * rows["share"].to_numpy(), 100 * rows["share_past"].to_numpy()
        alarm = rows["alarm"].astype(bool).to_numpy()
        axes.axhline(past[-1], color=INK, linewidth=0.7, linestyle=(0, (4, 3)), zorder=1)
        axes.plot(x, share, color=MAIN, linewidth=1.0, zorder=2)
        axes.plot(
            x[~alarm],
            share[~alarm],
            "o",
            color=MAIN,
            markerfacecolor="white",
            markersize=4,
            zorder=3,
        )
        axes.plot(x[alarm], share[alarm], "D", color=FINDINGS["falling"][0], markersize=5, zorder=3)
        axes.set_ylim(0, 1.2 * max(share.max(), past.max(), 0.5))
        axes.set_xlim(-0.5, len(shown) - 0.5)
        words = WORDS.get(measure, str(measure))
        axes.set_title(shorten(words, inches - 0.8, venue.size), loc="left", fontsize=venue.size)
    step = int(np.ceil(len(shown) / max(1, int(inches / 0.8))))
    dates = known.drop_duplicates("update").set_index("update")["date"].astype(str)
    names = [f"{n}\n{dates[n]}" for n in shown[::step]]
    cells[-1].set_xticks(range(0, len(shown), step), names)
    cells[-1].set_xlabel("update, and its date")
    made.supylabel("% of new documents", fontsize=venue.size)
    settle(made)
    loud = [f"update {n} ({dates[n]})" for n in shown if known[known["update"] == n]["alarm"].any()]
    which = (
        f"the last {MOST} of {len(numbers)} updates"
        if len(numbers) > MOST
        else plural(len(numbers), "update")
    )
    caption = (
        f"Documents that fit the topics worse than nearly all of the past did, of {which}. Dashed: "
        "share among the documents of the run; of a group, were dates shuffled. Diamond: more than "
        "chance and the differences between periods explain, over all measures at once; circle: no "
        "more than that."
    )
    alt = f"{plural(len(measures), 'small chart')}, one point an update. " + (
        f"Alarms: {listed(loud, most=8)}." if loud else "No alarm."
    )
    return Drawn(made, known.reset_index(drop=True), caption, alt, stem)
