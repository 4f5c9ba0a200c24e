"""Shares of the topics of the case study over time.

python figures/pretraining_prevalence.py
"""

from __future__ import annotations

from common import PRETRAINING, publish, table

from trends import plots


def draw() -> plots.Drawn:
    shares = table(PRETRAINING, "prevalence").query("backend == 'gibbs-lda'")
    return plots.prevalence(
        shares, period="half-year", unassigned=False, stem="pretraining_prevalence"
    )


if __name__ == "__main__":
    publish(draw)
