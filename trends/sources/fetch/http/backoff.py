"""When to ask again: one rhythm for each host, exponential back-off, and what ``Retry-After`` says."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

#: First pause after a failure, and the longest, in seconds; it doubles in between.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 120.0
#: A server that asks to wait longer than this many seconds is asked again by the user, not by a
#: program that hangs.
MOST_PATIENCE = 15 * 60.0


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Clock:
    """The three things that depend on time, so that tests need not wait.

    Parameters
    ----------
    monotonic : callable
        Seconds that only grow.
    sleep : callable
        Waits for that many seconds.
    now : callable
        The moment in UTC.
    """

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], dt.datetime] = _now


@dataclass
class Rhythm:
    """At least ``interval`` seconds between the end of a request and the beginning of the next one to the same host."""

    clock: Clock
    _last: dict[str, float] = field(default_factory=dict)

    def wait(self, host: str, interval: float) -> None:
        """Wait until the host may be asked again."""
        if host in self._last:
            left = self._last[host] + interval - self.clock.monotonic()
            if left > 0:
                self.clock.sleep(left)

    def done(self, host: str) -> None:
        """Note that a request has ended."""
        self._last[host] = self.clock.monotonic()


def pause(failures: int) -> float:
    """Seconds to wait after so many failures in a row (1, 2, …): 1, 2, 4, …, 120."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures - 1, 30))


def retry_after(value: str | None, now: dt.datetime) -> float | None:
    """Seconds that a ``Retry-After`` header asks for; ``None`` where there is none or it cannot be read.

    References
    ----------
    RFC 9110, "HTTP Semantics", section 10.2.3: a whole number of seconds, or a date.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return max(0.0, (moment - now).total_seconds())
