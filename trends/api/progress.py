"""Progress of a run on stderr: a bar, or lines where a bar cannot be drawn."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trends.runs.engine.engine import Report

#: Seconds between two lines about one task.
EVERY = 30.0

#: What stages of a run cost beside each other: seconds of the processor in a run of 648 short
#: texts with two backends (``cpu_seconds`` of its manifest; topic-number with its fits).
COSTS = {
    "corpus": 0.2,
    "terms": 1.0,
    "vectors": 25.0,
    "topic-number": 50.0,
    "fit:bertopic": 2.5,
    "analysis": 4.0,
    "figures": 11.0,
    "report": 1.0,
}
#: Any other task; and the stages with which a run ends.
OTHER, LAST = 1.3, ("analysis", "figures", "report")


def cost_of(task: str) -> float:
    """What a task costs beside others, by its name: ``fit:bertopic:7`` is a ``fit:bertopic``."""
    kinds = (task, *(task.rsplit(":", n)[0] for n in range(1, task.count(":") + 1)))
    return next((COSTS[kind] for kind in kinds if kind in COSTS), OTHER)


class TimeLeft:
    """How long a run has still to go, from what its stages cost and how long those before took."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._paid = 0.0
        self._heard: set[str] = set()

    def hear(self, task: str, state: str, done: int, total: int, now: float) -> float | None:
        """Seconds left at time ``now``; nothing before a first task was carried out."""
        if self._began is None and state == "start":
            self._began = now
        if state in ("done", "cached"):
            self._heard.add(task)
            self._paid += cost_of(task) if state == "done" else 0.0
        if self._began is None or not self._paid:
            return None
        last = [name for name in LAST if name not in self._heard][: total - done]
        before = max(total - done - len(last), 0)
        due = sum(map(cost_of, last)) + before * cost_of(task if task not in LAST else "")
        return (now - self._began) * due / self._paid


def duration(seconds: float) -> str:
    """A time as a bar shows it.

    Examples
    --------
    >>> duration(42.0), duration(200.0), duration(9000.0)
    ('under a minute', 'about 3 min', 'about 2.5 h')
    """
    if seconds < 60:
        return "under a minute"
    return f"about {seconds / 60:.0f} min" if seconds < 5400 else f"about {seconds / 3600:.1f} h"


def reporter(*, visible: bool = True) -> AbstractContextManager[Report]:
    """Report progress of a command: a bar on a terminal, lines elsewhere."""
    return bar() if visible and sys.stderr.isatty() else lines(visible=visible)


@contextmanager
def lines(*, visible: bool = True) -> Iterator[Report]:
    """Yield a function that a run calls at every task; it prints a line when one is finished.

    The function is called with (task, state, done, total); state is "cached", "start" or "done",
    "within" while a long task reports its progress, or "note" with a sentence in place of the
    task. A note is printed also where progress is not asked for.
    """
    printed = time.monotonic()

    def line(task: str, state: str, done: int, total: int) -> None:
        nonlocal printed
        if state != "note" and not visible:
            return
        if state == "start" or (state == "within" and time.monotonic() - printed < EVERY):
            return
        printed = time.monotonic()
        what = {"cached": ": kept from before", "done": ": done"}.get(state, "")
        text = task if state == "note" else f"[{done}/{total}] {task}{what}"
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    yield line


@contextmanager
def bar() -> Iterator[Report]:
    """Yield a function that a run calls at every task; it updates one bar of tqdm."""
    with warnings.catch_warnings():
        # In a notebook without ipywidgets tqdm warns and draws its bar as text.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm
    with ExitStack() as stack:
        shown: Any = None
        clock = TimeLeft()

        def update(task: str, state: str, done: int, total: int) -> None:
            nonlocal shown
            if shown is None:
                shown = stack.enter_context(
                    tqdm(total=total, bar_format="{bar:20} {n_fmt}/{total_fmt} [{elapsed}] {desc}")
                )
            elif shown.total != total:
                shown.reset(total)
            shown.n = done
            if state == "note":
                shown.write(task, file=sys.stderr)
                return
            what = {"cached": ", kept", "start": ", running", "done": ", done"}.get(state, "")
            left = clock.hear(task, state, done, total, time.monotonic())
            more = f", {duration(left)} left" if left is not None and done < total else ""
            shown.set_description_str("finished" if done == total else f"{task}{what}{more}")

        yield update
