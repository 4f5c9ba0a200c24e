"""One line on how far an embedding is, with its rate and the time left."""

from __future__ import annotations

import time
from collections.abc import Callable

from tqdm import tqdm

#: Seconds between two lines.
INTERVAL = 0.5


class ProgressLine:
    """Turns (done, total) into a line such as "12,000 of 52,000, 41.0/s, 16:15 left".

    Parameters
    ----------
    report : callable
        Gets the line: at the first call, at the last, and between them not more often than every
        ``INTERVAL`` seconds.
    """

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._start: tuple[float, int] | None = None
        self._last = float("-inf")

    def __call__(self, done: int, total: int) -> None:
        """Report progress."""
        now = time.monotonic()
        # What was there before the first call came from the store: it says nothing about the rate.
        started, first = self._start = self._start or (now, done)
        if now - self._last >= INTERVAL or done == total:
            self._last = now
            self._report(progress_line(done, total, initial=first, seconds=now - started))


def progress_line(done: int, total: int, *, initial: int, seconds: float) -> str:
    """The line; ``initial`` were there at the start, ``seconds`` ago.

    >>> progress_line(12_000, 52_000, initial=200, seconds=288.0)
    '12,000 of 52,000, 40.97/s, 16:16 left'
    """
    count = f"{done:,} of {total:,}"
    if done == initial or not seconds:
        return count
    form = ", {rate_noinv_fmt}" + (", {remaining} left" if done < total else "")
    meter = tqdm.format_meter(done, total, seconds, initial=initial, unit="", bar_format=form)
    return count + meter.replace("  ", " ")
