"""One sheet a paper: every tested claim with its shares, its two spans and its verdict.

    python experiments/published_claims/pictures.py

reads results/ and writes results/figures/<paper>.svg.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from rule import CONTRADICTED, DEPENDS, FAILS, SURVIVES

HERE = Path(__file__).parent

#: Told apart by shape as well as by colour.
LOOK = {SURVIVES: ("#1b6e53", "●"), DEPENDS: ("#9a6a00", "◐"), FAILS: ("#5b6470", "○"),
        CONTRADICTED: ("#a3323c", "✕")}  # fmt: skip

#: Letter of the ids → file of the sheet, and what it shows.
SHEETS = {
    "K": ("formal_epistemology", "Kinney: topics of formal epistemology, mean share of abstracts"),
    "M": ("laser_capture", "Moses and Pachter: laser capture abstracts"),
    "G": ("pnas", "Griffiths and Steyvers; Ponweiser: categories of PNAS"),
    "B": ("psychtopics", "PsychTopics: hot and cold topics, share of documents"),
    "R": ("political_blogs", "Roberts, Stewart and Tingley: posts of 2008, mean share"),
    "S": ("state_of_the_union", "Kleinberg; Rule, Cointet and Bearman: State of the Union"),
    "H": ("acl", "Hall, Jurafsky and Manning: abstracts of the ACL"),
    "N": ("nips", "Saari: abstracts of NeurIPS"),
}


def panel(axes: plt.Axes, series: pd.DataFrame, row: pd.Series) -> None:
    """Shares over time; periods of the two spans are filled, their means are lines."""
    colour, mark = LOOK[row["verdict"]]
    scale = 100 if series["share"].max() > 0.02 else 1000
    if row["id"] == "S14":
        scale = 300
    share = scale * series["share"] / (300 if row["id"] == "S14" else 1)
    months = bool(np.ptp(series["start"]) < 1)
    if months:
        series = series.assign(start=1 + 12 * (series["start"] % 1))
    axes.plot(series["start"], share, color="#9aa3ad", linewidth=0.8)
    for span, inside in series.groupby("span"):
        if span > 0:
            at = inside.index
            mean = (share[at] * inside["n"]).sum() / inside["n"].sum()
            axes.plot(inside["start"], share[at], "o", markersize=2.5, color=colour)
            axes.plot([inside["start"].min(), inside["start"].max()], [mean, mean], color=colour,
                      linewidth=1.6)  # fmt: skip
    axes.set_ylim(bottom=0)
    axes.margins(x=0.03)
    axes.locator_params(axis="x", nbins=4, integer=True)
    axes.locator_params(axis="y", nbins=3)
    unit = "words" if row["id"] == "S14" else "%" if scale == 100 else "‰"
    unit += ", months" * months
    # The stated time of a peak has no room beside the verdict.
    direction = row["direction"].split(" ")[0] if "peak" in row["direction"] else row["direction"]
    axes.set_title(f"{row['id']} {short(row['claim'])}\n{direction} ({unit})", loc="left",
                   fontsize=6.5, color="#22272e")  # fmt: skip
    axes.text(1, 1.02, mark + " " + row["verdict"], transform=axes.transAxes, ha="right",
              va="bottom", fontsize=6.5, color=colour)  # fmt: skip
    axes.tick_params(labelsize=6, length=2)
    for edge in ("top", "right"):
        axes.spines[edge].set_visible(False)


def short(text: str) -> str:
    """A claim in the width of a panel."""
    text = text.partition(": ")[2] or text if text.startswith(("level", "topic")) else text
    return text if len(text) <= 44 else text[:43].rsplit(" ", 1)[0] + " …"


def sheet(rows: pd.DataFrame, series: pd.DataFrame, title: str) -> plt.Figure:
    """All claims of a paper."""
    columns = min(3, len(rows))
    lines = -(-len(rows) // columns)
    figure, axes = plt.subplots(
        lines, columns, figsize=(2.75 * columns, 1.55 * lines + 0.5), squeeze=False,
        layout="constrained",
    )  # fmt: skip
    for place in axes.flat[len(rows) :]:
        place.set_visible(False)
    for place, (_, row) in zip(axes.flat, rows.iterrows(), strict=False):
        panel(place, series[series["id"] == row["id"]], row)
    figure.suptitle(title, x=0.01, ha="left", fontsize=8.5, color="#22272e")
    return figure


def main(results: Path = HERE / "results") -> None:
    table = pd.read_csv(results / "results.csv", keep_default_na=False)
    series = pd.read_csv(results / "series.csv")
    (results / "figures").mkdir(exist_ok=True)
    style = {"svg.hashsalt": "published claims", "svg.fonttype": "none", "path.simplify": True,
             "font.family": "sans-serif"}  # fmt: skip
    with mpl.rc_context(style):
        for letter, (name, title) in SHEETS.items():
            rows = table[table["id"].str.startswith(letter) & table["verdict"].isin(list(LOOK))]
            rows = rows[rows["id"].isin(series["id"])]
            if len(rows):
                figure = sheet(rows, series, title)
                path = results / "figures" / f"{name}.svg"
                figure.savefig(path, metadata={"Date": None, "Creator": None})
                # A tenth of a point is enough, and halves the file.
                text = re.sub(r"(\d\.\d)\d+", r"\1", path.read_text(encoding="utf-8"))
                path.write_text(text, encoding="utf-8")
                if os.environ.get("PNG"):
                    figure.savefig(path.with_suffix(".png"), dpi=110)
                plt.close(figure)


if __name__ == "__main__":
    main()
