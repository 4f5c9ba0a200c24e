"""How far, how fast, how long."""

from __future__ import annotations

import pytest

from trends.embed.eta import Pace, sentence


@pytest.mark.parametrize(
    ("done", "total", "made", "seconds", "said"),
    [
        (12_000, 52_000, 11_800, 288.0, "12,000 of 52,000, 41/s, 16 min left"),
        (0, 10, 0, 0.0, "0 of 10"),
        (10, 10, 10, 4.0, "10 of 10, 2.5/s"),
        (1, 3, 1, 60.0, "1 of 3, 1.0/min, 2 min left"),
        (50, 100, 50, 1.0, "50 of 100, 50/s, 1 s left"),
        (10, 1_000_000, 10, 1.0, "10 of 1,000,000, 10/s, 27.8 h left"),
    ],
)
def test_sentences(done: int, total: int, made: int, seconds: float, said: str) -> None:
    assert sentence(done, total, made, seconds) == said


def test_the_first_and_the_last_are_said_and_not_all_between() -> None:
    now, said = 0.0, []
    pace = Pace(said.append, every=1.0, clock=lambda: now)
    for done in range(100, 201, 10):
        pace(done, 200)
        now += 0.25
    assert said == [
        "100 of 200",
        "140 of 200, 40/s, 2 s left",
        "180 of 200, 40/s, 0 s left",
        "200 of 200, 40/s",
    ]
