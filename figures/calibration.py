"""How often intervals and tests are wrong.

Rates of experiments/calibration against what they should be.

python figures/calibration.py
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from common import CALIBRATION, publish, table

from trends import plots

#: Kinds of rate: column of the results, what is aimed at, and the bound up to a serial correlation
#: of .5 and beyond.
PANELS = {
    "flat series rejected": ("size", 0.05, 0.06, 0.09),
    "flat corpora with any discovery": ("any", 0.05, 0.05, 0.05),
    "interval covers the change": ("coverage", 0.95, 0.93, 0.90),
}


def cells() -> pd.DataFrame:
    """One row per measured cell, in the order of the figure."""
    full = table(CALIBRATION, "full")
    full["memory"] = full["cell"].str.extract(r" r((?:half )?[\d.]+)")[0]
    full = full[full["group"].isin(["flat", "shape"])]
    rows: list[tuple[object, ...]] = []
    for panel, (column, aim, low, high) in PANELS.items():
        part = full if column == "coverage" else full[full["group"] == "flat"]
        for memory, of in part.groupby("memory", sort=True):
            half = str(memory).startswith("half")
            name = f"correlation {str(memory).removeprefix('half ')}" + (", half" if half else "")
            bound = low if float(str(memory).removeprefix("half ")) <= 0.5 else high
            for cell in of.dropna(subset=[column]).to_dict("records"):
                slack = 2 * cell["any_se"] if column == "any" else 0.0
                ends = (bound, np.nan) if column == "coverage" else (np.nan, bound + slack)
                rows.append((panel, name, cell[column], cell[f"{column}_se"], *ends, aim))
    names = ["panel", "row", "value", "se", "low", "high", "nominal"]
    return pd.DataFrame(rows, columns=names)


def draw() -> plots.Drawn:
    return plots.calibration(cells(), stem="calibration")


if __name__ == "__main__":
    publish(draw)
