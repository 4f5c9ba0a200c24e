"""CSV files of a run: values as they are, for any program that reads them.

The same when they are read back.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from trends import files, store
from trends.runs.tasks.analysis_parts import names
from trends.sources.tables.spreadsheet import protect

FORMULAS = (
    '=HYPERLINK("http://example.org","x")',
    "+1+1",
    "-shot learning",
    "@SUM(A1)",
    "\t=1",
    "＝1",
    "'=1",
    "'tis",
)


def test_values_are_written_as_they_are_and_come_back(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    frame = pd.DataFrame(
        {"label": FORMULAS, "slope": [-0.5, 1.0, -2.0, 3.5, 0.0, -1.5, 2.0, 1.0], "n": range(8)}
    )
    files.write_csv(path, frame)
    assert path.read_bytes() == frame.to_csv(
        index=False, float_format=files.FLOAT_FORMAT, lineterminator="\n"
    ).encode("utf-8")
    pd.testing.assert_frame_equal(pd.read_csv(path), frame)
    pd.testing.assert_frame_equal(store.read_csv(path), frame)


@pytest.mark.parametrize("label", FORMULAS[1:4])
def test_labels_of_a_run_can_be_given_back(label: str, tmp_path: Path) -> None:
    row = {"backend": ["nmf"], "topic": [0], "label": [label], "top_terms": [f"{label}; b"]}
    path = tmp_path / "labels.csv"
    files.write_csv(path, pd.DataFrame(row))
    plain = names.read(str(path))
    files.write_csv(path, pd.DataFrame(row).map(lambda v: protect(v) if v in row["label"] else v))
    for found in (plain, names.read(str(path))):
        (name,) = found.given.values()
        assert (name.label, name.terms) == (label, f"{label}; b")
