"""How often intervals and tests are wrong.

Rates of experiments/calibration against what they should be.

python figures/calibration.py
"""

from __future__ import annotations

import json

import pandas as pd
from common import CALIBRATION, publish, table

from trends import plots

#: Kinds of rate, and the rate that is aimed at.
COVERAGE, LEVEL, DISCOVERY = (
    "interval covers the truth",
    "flat series rejected",
    "false discoveries",
)
NOMINAL = {COVERAGE: 0.95, LEVEL: 0.05, DISCOVERY: 0.05}
PANEL = {"A1": COVERAGE, "A2": COVERAGE, "A3": LEVEL, "A4": DISCOVERY}
#: Rates of the whole road: row, beginning of the rate's name, name in the figure, kind.
ROAD = (
    ("A9", "interval covers the true share, six fits, hard", "six LDA fits: share", COVERAGE),
    ("A8", "flat corpora with any discovery, hard", "LDA, nothing moves", DISCOVERY),
    ("A10", "flat corpora with any discovery", "BERTopic, nothing moves", DISCOVERY),
    ("A10", "false-discovery rate", "BERTopic, some topics move", DISCOVERY),
    ("A11", "any false trend with matched lengths, hard", "LDA, growing documents", DISCOVERY),
)


def bounds(demand: str, se: float) -> tuple[float, float]:
    """The range that a demand allows.

    ``0.93–0.97``, ``>= 0.93``, ``<= 0.06`` or ``<= 0.05 + 2 SE``; NaN where there is no bound.
    """
    if "–" in demand:
        low, high = demand.split("–")
        return float(low), float(high)
    if demand.startswith(">= "):
        return float(demand.removeprefix(">= ")), float("nan")
    limit, _, errors = demand.removeprefix("<= ").partition(" + ")
    return float("nan"), float(limit) + (float(errors.removesuffix(" SE")) * se if errors else 0.0)


def cells() -> pd.DataFrame:
    """One row per measured cell, in the order of the figure."""
    full = table(CALIBRATION, "full")
    rows: list[tuple[object, ...]] = []
    for cell in full[full["row"].isin(list(PANEL))].itertuples():
        name = "share of a period" if cell.row == "A1" else f"slope, {int(cell.periods)} periods"
        rows.append((PANEL[cell.row], name, cell.value, cell.se, *bounds(cell.demand, cell.se)))
    found = json.loads((CALIBRATION / "end_to_end.json").read_text(encoding="utf-8"))["rates"]
    for row, start, name, panel in ROAD:
        rate = next(
            r
            for r in found
            if r["row"] == row
            and r["what"].startswith(start)
            and not r["what"].endswith("(no model)")
        )
        rows.append((panel, name, rate["value"], rate["se"], *bounds(rate["demand"], rate["se"])))
    frame = pd.DataFrame(rows, columns=["panel", "row", "value", "se", "low", "high"])
    frame["nominal"] = frame["panel"].map(NOMINAL)
    return frame


def draw() -> plots.Drawn:
    return plots.calibration(cells(), stem="calibration")


if __name__ == "__main__":
    publish(draw)
