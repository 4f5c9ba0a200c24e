"""Planted topics get labels of their own words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from scripts import scripts


def test_nine_of_ten_planted_topics_have_a_right_label(root: Path) -> None:
    table = pd.read_csv(root / "experiments" / "planted" / "results" / "labels.csv")
    assert table["right"].sum() >= 0.9 * table["topics"].sum()


@pytest.mark.slow
def test_the_script_measures_it() -> None:
    with scripts("experiments/planted", "labels") as there:
        row = there.labels.measure("nmf", 6, 360, there.labels.SEED)
    assert row["right"] == 6 and row["assigned"] > 0.9
