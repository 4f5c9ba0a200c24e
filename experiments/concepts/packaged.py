"""The error rates of concepts that the package says on their claim cards, from the results.

python experiments/concepts/packaged.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
PACKAGED = HERE.parents[1] / "trends" / "reports" / "export" / "error_rates_concepts.csv"
#: A setting counts with so many corpora, or so many found of them.
LEAST = 30


def packaged() -> str:
    """Rates by name, as CSV: median and worst setting, its error, and how many settings."""
    made = pd.read_csv(HERE / "results.csv")
    flat = made[(made["truth"] == "flat") & (made["corpora"] >= LEAST)]
    drifting = made[made["truth"] == "planted"].assign(n=lambda t: t["found"] * t["corpora"])
    drifting = drifting[drifting["n"] >= LEAST]
    random = pd.concat([pd.read_csv(path) for path in sorted(HERE.glob("*_random.csv"))])
    rates = {
        "flat_concept": (flat["found"], flat["corpora"]),
        "random_concept": (random["claimed"], random["asked"]),
        "wrong_direction": (1 - drifting["right_of_found"], drifting["n"]),
    }
    rows = []
    for name, (rate, number) in rates.items():
        worst = float(rate.max())
        error = float(np.sqrt(worst * (1 - worst) / number.to_numpy()[int(rate.argmax())]))
        rows.append((name, rate.median(), worst, error, len(rate)))
    table = pd.DataFrame(rows, columns=["rate", "median", "worst", "worst_se", "cells"])
    return str(table.to_csv(index=False, float_format="%.3f", lineterminator="\n"))


if __name__ == "__main__":
    PACKAGED.write_text(packaged(), encoding="utf-8")
