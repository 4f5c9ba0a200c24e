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
            shown.set_description_str("finished" if done == total else f"{task}{what}")

        yield update
