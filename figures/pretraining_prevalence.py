"""Shares of the topics of the case study over time.

python figures/pretraining_prevalence.py
"""

from __future__ import annotations

import json

from common import PRETRAINING, publish, table

from trends import plots


def draw() -> plots.Drawn:
    shares, trends = (
        table(PRETRAINING, name).query("backend == 'gibbs-lda'")
        for name in ("prevalence", "trends")
    )
    return plots.prevalence(
        shares,
        period="half-year",
        trends=trends,
        spans=json.loads((PRETRAINING / "run.json").read_text(encoding="utf-8"))["spans"],
        unassigned=False,
        stem="pretraining_prevalence",
    )


if __name__ == "__main__":
    publish(draw)
