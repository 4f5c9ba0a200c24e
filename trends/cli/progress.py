"""A progress bar with stages on stderr; plain lines where stderr is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Called with (stage, state, done, total); state is "cached", "start" or "done".
Report = Callable[[str, str, int, int], None]


@contextmanager
def reporter(*, visible: bool = True) -> Iterator[Report]:
    """Yield a function that a run calls at every stage."""
    if not visible:
        yield lambda *_: None
        return
    if not sys.stderr.isatty():

        def line(stage: str, state: str, done: int, total: int) -> None:
            if state != "start":
                print(
                    f"[{done}/{total}] {stage}: {'kept from before' if state == 'cached' else 'done'}",
                    file=sys.stderr,
                    flush=True,
                )

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def update(stage: str, state: str, done: int, total: int) -> None:
            what = {"cached": "kept", "start": "running", "done": "done"}[state]
            bar.update(task, description=f"{stage} ({what})", completed=done, total=total)

        yield update
