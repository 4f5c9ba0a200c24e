"""CSV files of a run: what comes from outside is no formula in a spreadsheet, and comes back as it was."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trends import files, store
from trends.runs.tasks.analysis_parts import names

FORMULAS = (
    '=HYPERLINK("http://example.org","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "＝1",
    "'=1",
    "'tis",
)


def cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as f:
        return list(csv.reader(f))


def test_no_cell_is_a_formula_and_all_come_back(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"label": FORMULAS, "slope": [-0.5, 1.0, -2.0, 3.5, 0.0, -1.5, 2.0, 1.0], "n": range(8)}
    )
    files.write_csv(tmp_path / "t.csv", frame)
    assert [row[0][0] for row in cells(tmp_path / "t.csv")[1:]] == ["'"] * 8
    assert [row[1] for row in cells(tmp_path / "t.csv")[1:4]] == [
        "-0.5",
        "1",
        "-2",
    ]  # numbers stay numbers
    pd.testing.assert_frame_equal(store.read_csv(tmp_path / "t.csv"), frame)


def test_tables_without_such_cells_keep_their_bytes(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "label": ["a = b", "−0.5", "-0.5", "+12", None],
            "share": [-0.25, float("nan"), 1e-12, 0, 1],
        }
    )
    files.write_csv(tmp_path / "t.csv", frame)
    assert (tmp_path / "t.csv").read_bytes() == frame.to_csv(
        index=False, float_format=files.FLOAT_FORMAT, lineterminator="\n"
    ).encode()


@given(st.text(st.sampled_from("='+-@\t\r\nab1.＝")))
def test_the_guard_is_reversible(text: str) -> None:
    assert files.unguarded(files.guarded(text)) == text
    assert not files.guarded(text).startswith(("=", "@", "\t", "\r", "\n", "＝"))


@pytest.mark.parametrize("label", FORMULAS[1:4])
def test_labels_of_a_run_can_be_given_back(label: str, tmp_path: Path) -> None:
    files.write_csv(
        tmp_path / "labels.csv",
        pd.DataFrame(
            {"backend": ["nmf"], "topic": [0], "label": [label], "top_terms": [f"{label}; b"]}
        ),
    )
    given = names.read(str(tmp_path / "labels.csv"))
    (name,) = given.given.values()
    assert (name.label, name.terms) == (label, f"{label}; b")
