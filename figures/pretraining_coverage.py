"""What the corpus of the case study covers, and how its documents are dated.

python figures/pretraining_coverage.py
"""

from __future__ import annotations

from common import PRETRAINING, publish, table

from trends import plots


def draw() -> plots.Drawn:
    return plots.coverage(
        table(PRETRAINING, "coverage"),
        dates=table(PRETRAINING, "dates"),
        period="half-year",
        stem="pretraining_coverage",
    )


if __name__ == "__main__":
    publish(draw)
