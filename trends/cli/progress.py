"""A progress bar with stages on stderr; plain lines where stderr is not a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Called with (stage, state, done, total); state is "cached", "start" or "done", "within" while a
#: long stage reports its progress, or "note" with a sentence in place of the stage.
Report = Callable[[str, str, int, int], None]

#: Seconds between two lines about one stage, where there is no bar.
EVERY = 30.0


@contextmanager
def reporter(*, visible: bool = True) -> Iterator[Report]:
    """Yield a function that a run calls at every stage."""
    if not visible:
        yield lambda *_: None
        return
    if not sys.stderr.isatty():
        printed = time.monotonic()

        def line(stage: str, state: str, done: int, total: int) -> None:
            nonlocal printed
            if state == "start" or (state == "within" and time.monotonic() - printed < EVERY):
                return
            printed = time.monotonic()
            what = {"cached": ": kept from before", "done": ": done"}.get(state, "")
            print(
                stage if state == "note" else f"[{done}/{total}] {stage}{what}",
                file=sys.stderr,
                flush=True,
            )

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def update(stage: str, state: str, done: int, total: int) -> None:
            if state == "note":
                bar.console.print(stage, markup=False, highlight=False)
                return
            what = {"cached": " (kept)", "start": " (running)", "done": " (done)"}.get(state, "")
            bar.update(task, description=f"{stage}{what}", completed=done, total=total)

        yield update
