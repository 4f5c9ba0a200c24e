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


def test_the_time_left_knows_that_stages_cost_differently() -> None:
    clock = progress.TimeLeft()
    names = ["corpus", "terms", *(f"fit:gibbs-lda:{i}" for i in range(5)), *progress.LAST]
    now, left = 0.0, []
    for done, name in enumerate(names):
        state = "cached" if name == "corpus" else "start"
        left.append(clock.hear(name, state, done, len(names), now))
        if state == "start":
            now += 10 * progress.cost_of(name)  # ten times as slow as where costs were measured
            left.append(clock.hear(name, "done", done + 1, len(names), now))
            known = 10 * sum(map(progress.cost_of, names[done + 1 :]))
            # Between stages the next ones are taken for more of the same kind.
            assert left[-1] == pytest.approx(known, rel=0.1)
    assert left[0] is None and left[-1] == 0
