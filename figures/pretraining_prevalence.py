"""Shares of the topics of the case study over time.

python figures/pretraining_prevalence.py
"""

from __future__ import annotations

import json

from common import PRETRAINING, publish, table

from trends import fit_trends, plots


def draw() -> plots.Drawn:
    shares, trends = (
        table(PRETRAINING, name).query("backend == 'gibbs-lda'")
        for name in ("prevalence", "trends")
    )
    # The run taken into the repository may be older than the table of curves: then the curve is
    # that of the mean shares, whose changes lie within half a point of those of the run.
    curves = (
        table(PRETRAINING, "curves").query("backend == 'gibbs-lda'")
        if (PRETRAINING / "curves.csv").is_file()
        else fit_trends(shares).curves()
    )
    return plots.prevalence(
        shares,
        period="half-year",
        trends=trends,
        curves=curves,
        spans=json.loads((PRETRAINING / "run.json").read_text(encoding="utf-8"))["spans"],
        unassigned=False,
        stem="pretraining_prevalence",
    )


if __name__ == "__main__":
    publish(draw)
