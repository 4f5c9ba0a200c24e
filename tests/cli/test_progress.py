"""What a run says on stderr where there is no terminal.

Stages, notes, and now and then how far a long stage is.
"""

from __future__ import annotations

import pytest

from trends.api import progress


def test_lines(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with progress.reporter() as report:
        report("vectors", "start", 1, 9)
        report("vectors: 1 of 9", "within", 1, 9)  # too soon after the beginning
        monkeypatch.setattr(progress, "EVERY", 0.0)
        report("vectors: 8 of 9, 2.0/s, 0 s left", "within", 1, 9)
        report("The store cannot be used.", "note", 1, 9)
        report("vectors", "done", 2, 9)
        report("report", "cached", 9, 9)
    out, shown = capfd.readouterr()
    assert out == ""
    assert shown.splitlines() == [
        "[1/9] vectors: 8 of 9, 2.0/s, 0 s left",
        "The store cannot be used.",
        "[2/9] vectors: done",
        "[9/9] report: kept from before",
    ]


def test_a_note_is_shown_also_where_progress_is_not(capfd: pytest.CaptureFixture[str]) -> None:
    with progress.reporter(visible=False) as report:
        report("vectors", "done", 2, 9)
        report("The store cannot be used.", "note", 2, 9)
    assert capfd.readouterr().err == "The store cannot be used.\n"
