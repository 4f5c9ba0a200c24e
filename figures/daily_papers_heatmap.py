"""The topics of the Daily Papers month by month: waves as well as trends.

python figures/daily_papers_heatmap.py
"""

from __future__ import annotations

from common import DAILY_PAPERS, publish, table

from trends import plots


def draw() -> plots.Drawn:
    shares = table(DAILY_PAPERS, "prevalence").query("backend == 'gibbs-lda'")
    return plots.heatmap(shares, period="month", stem="daily_papers_heatmap")


if __name__ == "__main__":
    publish(draw)
