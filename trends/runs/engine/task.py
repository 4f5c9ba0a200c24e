"""A task: its inputs, its settings, its cost and the function that writes its result."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from trends.core.computing.cost import Cost
from trends.runs.config.view import View, only
from trends.runs.engine import closure
from trends.runs.engine.cache import key_of

#: Parameters that the engine provides; they are neither inputs nor settings.
PROVIDED = ("context", "cache")


#: The cost of a task that holds next to nothing.
NOTHING = Cost()


@dataclass(frozen=True, eq=False)
class Kind:
    """A function that writes a result into an empty folder, made by :func:`task`.

    Its signature is the statement of what it depends on: after the folder come the inputs, which
    are the folders of other tasks (or mappings and lists of them), and after ``*`` the settings
    that it reads. Calling it with tasks and settings makes a :class:`Task` and computes nothing.
    """

    name: str
    write: Callable[..., dict[str, Any]]
    cost: Cost | Callable[[Mapping[str, Any]], Cost] = NOTHING
    #: Runs in a process of its own, beside others; tasks of one group share what they have read.
    parallel: bool = False
    #: Settings that say how the work is done and cannot change the result; no part of the key.
    how: Collection[str] = ()
    #: Settings of the config that it reads, dotted; it gets a ``config`` that holds no others.
    reads: Collection[str] = ()
    #: Given its settings: the module of a registry → the modules that it loads through it. Of a
    #: registry that is not named it may load all.
    loads: Callable[[Mapping[str, Any]], Mapping[str, Iterable[str]]] = lambda _: {}

    @functools.cached_property
    def parameters(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of the inputs and of the settings."""
        found = list(inspect.signature(self.write).parameters.values())[1:]
        inputs = tuple(p.name for p in found if p.kind is p.POSITIONAL_OR_KEYWORD)
        settings = tuple(p.name for p in found if p.kind is p.KEYWORD_ONLY)
        return inputs, tuple(name for name in settings if name not in PROVIDED)

    @property
    def in_shards(self) -> bool:
        """Whether it divides the work as the section ``[engine]`` says."""
        return "engine" in self.how

    def __call__(self, label: str = "", /, *, depends: Any = None, **given: Any) -> Task:
        """The task with these inputs and settings.

        ``label`` tells it from others of its kind where it is shown; ``depends`` is what else its
        result depends on, such as hashes of files that settings name.
        """
        inputs, settings = self.parameters
        if set(given) != {*inputs, *settings}:
            message = (
                f"The task {self.name} takes {', '.join([*inputs, *settings])}; got "
                f"{', '.join(given)}."
            )
            raise TypeError(message)
        if "config" in given:
            given["config"] = only(given["config"], self.reads)
        return Task(
            self, {n: given[n] for n in inputs}, {n: given[n] for n in settings}, label, depends
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return _kind, (self.write.__module__, self.write.__qualname__)


def _kind(module: str, name: str) -> Any:
    __import__(module)
    return getattr(sys.modules[module], name)


def task(name: str, **facts: Any) -> Callable[[Callable[..., dict[str, Any]]], Kind]:
    """Make a :class:`Kind` of a function; ``facts`` are the fields of it."""
    return lambda write: Kind(name, write, **facts)


@dataclass(frozen=True, eq=False)
class Task:
    """One node of a graph: a kind of task with its inputs and settings.

    Parameters
    ----------
    kind : Kind
        What writes the result.
    inputs : mapping
        Name of each input to a task, ``None``, or mappings and lists of these.
    settings : mapping
        Name of each setting to its value; plain values, or sections of the config.
    label : str
        Tells it from others of its kind.
    depends : object
        What else the result depends on.
    """

    kind: Kind
    inputs: Mapping[str, Any]
    settings: Mapping[str, Any]
    label: str = ""
    depends: Any = None

    @property
    def name(self) -> str:
        """Kind and label, as progress and manifest show it."""
        return f"{self.kind.name}:{self.label}" if self.label else self.kind.name

    @property
    def parallel(self) -> bool:
        """Whether it runs in a process of its own."""
        return self.kind.parallel

    @property
    def needs(self) -> list[Task]:
        """The tasks whose results this one reads."""
        return list(_tasks(self.inputs))

    @functools.cached_property
    def cost(self) -> Cost:
        """What it takes in memory."""
        cost = self.kind.cost
        return cost if isinstance(cost, Cost) else cost(self.settings)

    @functools.cached_property
    def reach(self) -> closure.Reach:
        """The code that it can reach."""
        return closure.own().reach(self.kind.write.__module__, self.kind.loads(self.settings))

    @functools.cached_property
    def key(self) -> str:
        """SHA-256 of the inputs, the settings that are read, and the code that can be reached.

        Versions of packages that can be reached are part of it.
        """
        read = {k: _plain(v) for k, v in self.settings.items() if k not in self.kind.how}
        what = {
            "task": self.kind.name,
            "inputs": over(self.inputs, lambda one: one.key),
            "settings": read,
            "depends": self.depends,
            "code": _code(self.reach),
        }
        return key_of(what)

    def run(
        self, folder: Path, folder_of: Callable[[Task], Path], **provided: Any
    ) -> dict[str, Any]:
        """Write the result into an empty folder; returns what to record beside it."""
        provided = {k: v for k, v in provided.items() if k in _provided(self.kind)}
        inputs = over(self.inputs, folder_of)
        return self.kind.write(folder, **inputs, **self.settings, **provided)


@functools.cache
def _code(reach: closure.Reach) -> str:
    """Digest of a closure, the same for all tasks that reach it."""
    return closure.own().digest(reach)


@functools.cache
def _provided(kind: Kind) -> set[str]:
    return set(PROVIDED) & set(inspect.signature(kind.write).parameters)


def over(inputs: Any, change: Callable[[Task], Any]) -> Any:
    """The same structure of inputs with something else in the place of each task."""
    if isinstance(inputs, Task):
        return change(inputs)
    if isinstance(inputs, Mapping):
        return {k: over(v, change) for k, v in inputs.items()}
    if isinstance(inputs, list | tuple):
        return [over(v, change) for v in inputs]
    return inputs


def _tasks(inputs: Any) -> Iterator[Task]:
    if isinstance(inputs, Task):
        yield inputs
    elif isinstance(inputs, Mapping | list | tuple):
        for one in inputs.values() if isinstance(inputs, Mapping) else inputs:
            yield from _tasks(one)


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, BaseModel | View) else value


def order(goals: Collection[Task]) -> list[Task]:
    """All tasks that the goals need, each once (by its key), inputs before what reads them."""
    found: dict[str, Task] = {}

    def visit(one: Task) -> None:
        if one.key not in found:
            for needed in one.needs:
                visit(needed)
            found[one.key] = one

    for goal in goals:
        visit(goal)
    return list(found.values())
