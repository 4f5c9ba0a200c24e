"""How far a long stage is, how fast it goes, and how long it will still take."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pace:
    """Turns (done, total) into a sentence such as "12,000 of 52,000, 41/s, 16 min left".

    Parameters
    ----------
    say : callable
        Gets the sentence.
    every : float
        Seconds between two sentences; the first and the last are always said.
    clock : callable
        Seconds that never go back.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        every: float = 0.5,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._say, self._every, self._clock = say, every, clock
        self._begun: tuple[float, int] | None = None
        self._said = float("-inf")

    def __call__(self, done: int, total: int) -> None:
        """Say how far it is, unless something was said just now."""
        now = self._clock()
        # What was there before the first call came from the store: it says nothing about the speed.
        begun, first = self._begun = self._begun or (now, done)
        if now - self._said < self._every and done < total:
            return
        self._said = now
        self._say(sentence(done, total, done - first, now - begun))


def sentence(done: int, total: int, made: int, seconds: float) -> str:
    """How far, how fast and how long; ``made`` were done within ``seconds``.

    >>> sentence(12_000, 52_000, 11_800, 288.0)
    '12,000 of 52,000, 41/s, 16 min left'
    """
    how_far = f"{done:,} of {total:,}"
    if made <= 0 or seconds <= 0:
        return how_far
    rate = made / seconds
    speed = (
        f"{rate:,.0f}/s"
        if rate >= 9.5
        else f"{rate:.1f}/s"
        if rate >= 0.95
        else f"{60 * rate:.1f}/min"
    )
    return f"{how_far}, {speed}" + (
        f", {_duration((total - done) / rate)} left" if done < total else ""
    )


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
