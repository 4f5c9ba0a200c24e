"""Every claim of the case study under every specification of its multiverse.

python figures/pretraining_overview.py
"""

from __future__ import annotations

from common import PRETRAINING, publish, table

from trends import plots


def draw() -> plots.Drawn:
    return plots.overview(
        table(PRETRAINING, "specifications"),
        table(PRETRAINING, "claims"),
        stem="pretraining_overview",
    )


if __name__ == "__main__":
    publish(draw)
