"""Carry out a graph of tasks.

What is kept is found, what is missing is made, in order, side by side where that helps.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Generator
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from trends.errors import UsageError
from trends.runs.engine import executor, memory
from trends.runs.engine.cache import Cache
from trends.runs.engine.closure import version
from trends.runs.engine.lock import locked
from trends.runs.engine.shelf import Shelf
from trends.runs.engine.task import Task, order

#: Called with (task, state, done, total); state is "cached", "start", "done", "within" while a long
#: task says how far it is, or "note" with a sentence in place of the task.
Report = Callable[[str, str, int, int], None]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Need:
    """What a study asks of the engine before it goes on.

    Parameters
    ----------
    goals : collection of Task
        Tasks to be done, with all that they need.
    sizes : memory.Sizes, optional
        Sizes of the job, for the memory budget; none is checked without them.
    workers : int
        Most processes side by side.
    may_fail : bool
        Whether a task that cannot be done (a :class:`UsageError`) is reported in
        :attr:`Engine.failed` instead of ending the study.
    look : bool
        Whether a dry run carries these out too, since nothing can be planned without them.
    decides : bool
        Whether what the study asks for next depends on the result.
    """

    goals: Collection[Task]
    sizes: memory.Sizes | None = None
    workers: int = 1
    may_fail: bool = False
    look: bool = False
    decides: bool = False


#: A study: a generator that asks for tasks, is told whether they are done (they may not be in a dry
#: run), and returns its result.
Study = Generator[Need, bool, Result]


@dataclass
class Engine:
    """Tasks of one folder of results.

    Parameters
    ----------
    out : Path
        Folder of the results; finished tasks are kept in ``<out>/.cache``.
    report : callable, optional
        Hears of progress.
    dry : bool
        Only find out what is kept; nothing is written to ``out``.
    """

    out: Path
    report: Report | None = None
    dry: bool = False
    #: Key → task, in the order in which they came up; key → whether the result was kept from
    #: before.
    tasks: dict[str, Task] = field(default_factory=dict)
    kept: dict[str, bool] = field(default_factory=dict)
    #: Key → why a task could not be done.
    failed: dict[str, str] = field(default_factory=dict)
    budget: memory.Budget | None = None

    def __post_init__(self) -> None:
        self.cache = Cache(self.out / ".cache")
        self.shelf = Shelf(self.cache.root)
        self._folders: dict[str, Path] = {}
        #: In a dry run: something is missing that decides what comes after it.
        self._blind = False
        #: In a dry run: what would follow and cannot be planned yet, in words.
        self.later: list[str] = []
        self._done = 0

    def carry_out(self, study: Study[Result]) -> Result:
        """Run a study to its end, alone in its folder.

        Raises
        ------
        TrendsError
            With one sentence that says what is wrong, where, and what to do.
        """
        with tempfile.TemporaryDirectory() if self.dry else nullcontext() as scratch:
            self._scratch = Cache(Path(scratch)) if scratch else self.cache
            need = next(study)
            with nullcontext() if self.dry else locked(self.out), ExitStack() as ends:
                ends.callback(self.shelf.clear)
                if not self.dry:
                    self.cache.sweep()
                while True:
                    done = self._look(need) if self.dry else self._do(need)
                    try:
                        need = study.send(done)
                    except StopIteration as end:
                        result: Result = end.value
                        return result

    def folder(self, task: Task) -> Path:
        """The folder of a task that is done."""
        return self._folders[task.key]

    @property
    def plan(self) -> list[dict[str, Any]]:
        """Name of each task, and whether its result was kept from before.

        What cannot be planned yet comes last, in words.
        """
        known = [(t.name, self.kept.get(key, False)) for key, t in self.tasks.items()]
        rows = [*known, *((said, False) for said in self.later)]
        return [{"task": name, "cached": cached} for name, cached in rows]

    @property
    def packages(self) -> list[str]:
        """Third-party packages that the code of the tasks can reach and that are installed."""
        names = {name for task in self.tasks.values() for name in task.reach.packages}
        return sorted(name for name in names if version(name) != "absent")

    def _find(self, need: Need) -> list[Task]:
        """Note the tasks of a need and find those that are kept; the others, in order."""
        missing = []
        for task in order(need.goals):
            if task.key in self._folders:
                continue
            self.tasks.setdefault(task.key, task)
            folder = None if self._blind else self.cache.find(task)
            self.kept[task.key] = folder is not None
            if folder is None:
                missing.append(task)
            else:
                self._folders[task.key] = folder
        return missing

    def _look(self, need: Need) -> bool:
        missing = self._find(need)
        for task in missing if need.look else ():
            self._make(task, self._scratch)
        self._blind |= bool(missing) and need.decides
        return need.look or not missing

    def _do(self, need: Need) -> bool:
        known = set(self._folders)
        missing = self._find(need)
        workers = need.workers
        if need.sizes is not None:
            self.budget = memory.budget(missing, need.sizes, need.workers)
            workers = self.budget.workers
        for key in [key for key in self._folders if key not in known]:
            self._say(self.tasks[key], "cached")
        while missing:
            batch = _next(missing, set(self._folders))
            if not batch:
                break
            self._say(batch[0], "start")
            if not batch[0].kind.in_shards:
                self.shelf.clear()
            if batch[0].parallel:
                self._side_by_side(batch, workers, need.may_fail)
            else:
                self._one(batch[0], need.may_fail)
            done = {*self._folders, *self.failed}
            missing = [t for t in missing if t.key not in done]
        for task in missing:
            self.failed[task.key] = next(
                self.failed[t.key] for t in order([task]) if t.key in self.failed
            )
        return True

    def _one(self, task: Task, may_fail: bool) -> None:
        try:
            self._make(task, self.cache)
        except UsageError as error:
            if not may_fail:
                raise
            self.failed[task.key] = str(error)
        self._say(task, "done")

    def _make(self, task: Task, cache: Cache) -> None:
        context = Context(self, task)
        self._folders[task.key] = cache.make(
            task, lambda folder: task.run(folder, self.folder, context=context, cache=cache)
        )

    def _side_by_side(self, batch: list[Task], workers: int, may_fail: bool) -> None:
        def finished(task: Task) -> None:
            self._folders[task.key] = self.cache.folder(task)
            self._say(task, "done")

        errors = executor.run(batch, self.cache, self.folder, workers, finished, may_fail)
        for task, error in errors.items():
            self.failed[task.key] = error
            self._say(task, "done")

    def _say(self, task: Task, state: str) -> None:
        self._done += state != "start"
        self.hear(task.name, state)

    def hear(self, text: str, state: str) -> None:
        """Hand progress, or a note, to whoever asked for it."""
        if self.report is not None:
            self.report(text, state, self._done, len(self.tasks))


def _next(missing: list[Task], done: set[str]) -> list[Task]:
    """What to run next: one task, or several side by side.

    Several run once nothing has to come before any of them.
    """
    ready = [t for t in missing if all(n.key in done for n in t.needs)]
    together = [t for t in ready if t.parallel]
    if not together:
        return ready[:1]
    waiting = [t for t in missing if t.parallel and t not in together]
    first = {n.key for n in order(waiting)} if waiting else set()
    before = [t for t in ready if not t.parallel and t.key in first]
    return before[:1] or together


@dataclass
class Context:
    """What a task that runs in this process may ask of the engine."""

    engine: Engine
    task: Task

    @property
    def shelf(self) -> Shelf:
        """What the steps before left, and where this one leaves it."""
        return self.engine.shelf

    def within(self, progress: str) -> None:
        """Say how far the task is."""
        self.engine.hear(f"{self.task.name}: {progress}", "within")

    def shards(self, done: int, of: int) -> None:
        """Say how many shards are done."""
        self.within(f"{done} of {of} shards")

    def note(self, sentence: str) -> None:
        """Tell the user something."""
        self.engine.hear(sentence, "note")

    def do(self, tasks: Collection[Task], workers: int = 1) -> dict[Task, Path | str]:
        """Carry out further tasks that this one turned out to need.

        Their folders, or why there is none.
        """
        out: dict[Task, Path | str] = {}
        cache = self.engine.cache
        missing = [t for t in tasks if t.key not in self.engine._folders and not cache.find(t)]
        errors = executor.run(
            missing, cache, self.engine.folder, workers, lambda _: None, may_fail=True
        )
        for one in tasks:
            out[one] = errors.get(one) or cache.folder(one)
        return out
