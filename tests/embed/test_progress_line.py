"""How far, how fast, how long."""

from __future__ import annotations

import pytest

from trends.embed import progress_line as module
from trends.embed.progress_line import ProgressLine, progress_line


@pytest.mark.parametrize(
    ("done", "total", "initial", "seconds", "line"),
    [
        (12_000, 52_000, 200, 288.0, "12,000 of 52,000, 40.97/s, 16:16 left"),
        (0, 10, 0, 0.0, "0 of 10"),
        (10, 10, 0, 4.0, "10 of 10, 2.50/s"),
        (1, 3, 0, 60.0, "1 of 3, 0.02/s, 02:00 left"),
    ],
)
def test_lines(done: int, total: int, initial: int, seconds: float, line: str) -> None:
    assert progress_line(done, total, initial=initial, seconds=seconds) == line


def test_the_first_and_the_last_are_reported_and_not_all_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, lines = 0.0, []
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    line = ProgressLine(lines.append)
    for done in range(100, 201, 10):
        line(done, 200)
        now += 0.125
    assert [text.partition(",")[0] for text in lines] == [
        "100 of 200",
        "140 of 200",
        "180 of 200",
        "200 of 200",
    ]
