"""The specification curve of the claim of the case study whose own p is smallest.

python figures/pretraining_curve.py
"""

from __future__ import annotations

from common import PRETRAINING, publish, table

from trends import plots


def draw() -> plots.Drawn:
    claims = table(PRETRAINING, "claims").sort_values(["p_adjusted", "topic"], kind="stable", na_position="last").head(1)
    rows = table(PRETRAINING, "specifications")
    return plots.curve(rows[rows["topic"] == claims["topic"].iloc[0]], claims, stem="pretraining_curve")


if __name__ == "__main__":
    publish(draw)
