"""What a run will need in memory, estimated before it starts.

Fewer workers where they would take too much, a refusal where that does not suffice.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from trends.core.computing.cost import MB, Size
from trends.errors import UsageError
from trends.runs.config import sizes as text
from trends.runs.config.settings import RunConfig
from trends.runs.engine import peak
from trends.runs.engine.task import Task


@dataclass(frozen=True)
class Sizes:
    """What a run is about, as far as its memory goes.

    Parameters
    ----------
    config : RunConfig
        For the limit, and for what a refusal advises.
    whole, learnt : Size
        All documents, and those on which topics are learnt.
    """

    config: RunConfig
    whole: Size
    learnt: Size


@dataclass(frozen=True)
class Budget:
    """What a run may take and what it will.

    Parameters
    ----------
    limit : int
        Bytes, all processes together.
    needs : dict of str to int
        Kind of task, or "fits" for all that run side by side → estimated bytes of all processes at
        its peak.
    workers : int
        Processes side by side: as many as were asked for, or as many as there is room for.
    """

    limit: int
    needs: dict[str, int]
    workers: int


def limit_of(config: RunConfig) -> int:
    """Bytes of memory that a run may use.

    This is what the config says, else the memory of the machine or the limit of its control group
    [1]_.

    References
    ----------
    .. [1] ``memory.max`` in the documentation of control groups, version 2.
    """
    if config.memory:
        return text.read(config.memory)
    try:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0
    for path in (
        Path("/sys/fs/cgroup/memory.max"),
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
    ):
        try:
            machine = min(machine, int(path.read_text(encoding="ascii")))
        except (OSError, ValueError):
            continue
    return machine


def budget(missing: Sequence[Task], sizes: Sizes, workers: int, held: int | None = None) -> Budget:
    """Estimate every task that is still to be done and fit the number of workers to the limit.

    Parameters
    ----------
    missing : sequence of Task
        What is still to be done.
    sizes : Sizes
        Of the run.
    workers : int
        Processes that were asked for.
    held : int, optional
        Bytes that this process holds; measured by default.

    Raises
    ------
    UsageError
        If a task would take more than the limit, with a single worker; it says which, how much,
        and what helps.
    """
    limit = limit_of(sizes.config)
    now = (peak.held() or 300 * MB) if held is None else held
    needs = {
        t.kind.name: now + need
        for t in missing
        if not t.parallel and (need := t.cost.of(sizes.whole))
    }
    side_by_side = [t for t in missing if t.parallel]
    if side_by_side:
        own = max(t.cost.of(sizes.learnt) for t in side_by_side)
        # One worker is this process, which works on top of what it holds.
        while limit and workers > 1 and now + min(workers, len(side_by_side)) * own > limit:
            workers -= 1
        needs["fits"] = now + min(workers, len(side_by_side)) * own
    _check(needs, limit, sizes)
    return Budget(limit, needs, workers)


def _check(needs: dict[str, int], limit: int, sizes: Sizes) -> None:
    over = {name: need for name, need in needs.items() if limit and need > limit}
    if not over:
        return
    config = sizes.config
    name = max(over, key=lambda k: over[k])
    size = sizes.learnt if name == "fits" else sizes.whole
    what = f"the task {name!r}"
    if name == "fits":
        what = f"a single fit of {'/'.join(config.models.backends)} at a time"
    about = f"{size.documents:,} documents, {size.topics} topics, {size.fits} fits"
    asked = f'memory = "{config.memory}"' if config.memory else "what this machine has"
    message = (
        f"This run was not started: {what} would take about {text.show(over[name])} of memory "
        f"({about}), and the limit is {text.show(limit)} ({asked}). To make it fit, "
        f"{', or '.join(_advice(name, config, sizes.learnt))}."
    )
    raise UsageError(message)


def _advice(name: str, config: RunConfig, learnt: Size) -> Iterable[str]:
    if name == "fits" and learnt.documents > 2_000:
        fewer = max(1_000, learnt.documents // 2 // 1_000 * 1_000)
        yield f"learn topics on fewer documents (models.sample={fewer})"
    if name == "analysis" and config.models.seeds > 1:
        yield "fit with fewer seeds (models.seeds) or fewer backends"
    if name in ("fits", "analysis", "transfer"):
        yield "ask for fewer topics (models.n_topics)"
    else:
        yield "read fewer documents"
    yield 'allow more (memory = "…GB")'
