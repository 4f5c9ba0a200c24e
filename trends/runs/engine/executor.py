"""Carry out tasks side by side in processes; each finished one is kept at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from trends.errors import TrendsError, UsageError
from trends.runs.engine import workers as processes
from trends.runs.engine.cache import Cache
from trends.runs.engine.task import Task


def run(
    tasks: Sequence[Task],
    cache: Cache,
    folder_of: Callable[[Task], Path],
    workers: int,
    finished: Callable[[Task], None],
    may_fail: bool = False,
) -> dict[Task, str]:
    """Carry out tasks none of which needs another.

    Parameters
    ----------
    tasks : sequence of Task
        Those still to do.
    cache : Cache
        Where results go.
    folder_of : callable
        The folder of a task that is done, for the inputs.
    workers : int
        Processes; 1 works in this process.
    finished : callable
        Called with each task as soon as its result is there.
    may_fail : bool
        Whether a :class:`UsageError` leaves the others going.

    Returns
    -------
    dict of Task to str
        Why a task could not be done; empty unless ``may_fail``.

    Raises
    ------
    TrendsError
        The first error of a task, otherwise; what had finished by then is kept.
    """
    if not tasks:
        return {}
    folders = {needed.key: folder_of(needed) for task in tasks for needed in task.needs}
    waiting = list(tasks)

    def report() -> None:
        for task in [t for t in waiting if cache.folder(t).exists()]:
            waiting.remove(task)
            finished(task)

    if workers == 1 or len(tasks) == 1:
        errors: dict[str, str] = {}
        for task in tasks:
            errors |= _group([task], folders, cache.root, may_fail)
            report()
        return {t: errors[t.key] for t in tasks if t.key in errors}
    for task in tasks:
        cache.discard(task)
    errors = _in_pool(groups(tasks, workers), workers, folders, cache.root, may_fail, report)
    return {t: errors[t.key] for t in tasks if t.key in errors}


def _in_pool(
    parts: Sequence[Sequence[Task]],
    workers: int,
    folders: dict[str, Path],
    root: Path,
    may_fail: bool,
    report: Callable[[], None],
) -> dict[str, str]:
    errors: dict[str, str] = {}
    with processes.one_thread_each():
        pool = processes.pool(min(workers, len(parts)))
        try:
            with processes.interrupts_blocked():
                futures: set[Future[dict[str, str]]] = {
                    pool.submit(_group, part, folders, root, may_fail) for part in parts
                }
            while futures:
                done, futures = wait(futures, timeout=0.2, return_when=FIRST_COMPLETED)
                report()
                for future in done:
                    errors |= future.result()
        except BrokenProcessPool as error:
            message = (
                "A worker process ended without a word; most often memory ran out. Finished tasks "
                "are kept: run again with -s models.workers=1, or with fewer documents."
            )
            raise TrendsError(message) from error
        except BaseException:
            # Without this an error, or Ctrl-C, would wait for the tasks that are still running.
            processes.terminate(pool)
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    return errors


def _group(
    tasks: Sequence[Task], folders: dict[str, Path], root: Path, may_fail: bool
) -> dict[str, str]:
    """Carry out tasks one after the other; the errors of those that cannot be done."""
    cache, errors = Cache(root), {}
    for task in tasks:
        try:
            cache.make(
                task,
                lambda folder: task.run(folder, lambda n: folders[n.key], cache=cache),  # noqa: B023
            )
        except UsageError as error:
            if not may_fail:
                raise
            errors[task.key] = str(error)
    return errors


def groups(tasks: Sequence[Task], workers: int) -> list[list[Task]]:
    """Divide tasks so that each worker loads few libraries and all have something to do.

    Tasks whose labels begin alike ("bertopic:7", "bertopic:8") use the same libraries. Those with
    the most inputs come first: they take longest to begin, and the others fill the time.
    """
    alike: dict[str, list[Task]] = {}
    for task in tasks:
        alike.setdefault(task.label.partition(":")[0], []).append(task)
    out = list(alike.values())
    while len(out) < workers and max(map(len, out)) > 1:
        longest = max(out, key=len)
        half = (len(longest) + 1) // 2
        out[out.index(longest)] = longest[:half]
        out.append(longest[half:])
    return sorted(out, key=lambda group: (-len(group[0].needs), -len(group)))
