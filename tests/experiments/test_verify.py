"""What is said of verification is what the committed results hold."""

from pathlib import Path

import pandas as pd


def results(root: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(root / "experiments" / "verify" / "results" / f"{name}.csv")


def test_every_alteration_was_caught_and_named(root: Path) -> None:
    table = results(root, "mutations")
    assert len(table) == 200 and table["kind"].nunique() == 7
    assert not table.duplicated(["kind", "altered"]).any()
    assert table["caught"].all() and table["named"].all()


def test_honest_runs_were_reproduced_under_other_threads_and_instructions(root: Path) -> None:
    table = results(root, "processors")
    assert len(table) == 10
    assert table["verdict"].str.startswith("reproduced").all()
    assert (table["findings"] == "the same").all()


def test_every_answer_of_three_checklists_points_at_a_line(root: Path) -> None:
    table = results(root, "checklists")
    assert table["line_says_so"].all()
    assert (table.groupby("run")["question"].nunique() == 12).all()
    assert table["run"].nunique() == 3
