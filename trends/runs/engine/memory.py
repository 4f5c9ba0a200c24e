"""What a run will need in memory, estimated before it starts: fewer workers where they would take too much, a refusal where that does not suffice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trends.core import Corpus
from trends.core.cost import MB, Cost, Size
from trends.errors import UsageError
from trends.models import BACKENDS
from trends.runs.config import sizes
from trends.runs.config.settings import RunConfig
from trends.runs.engine import peak
from trends.runs.engine.cache import Stage
from trends.runs.studies.road import Road

#: Dimensions of vectors that are still to be made, where nothing tells.
DIMENSIONS = {"minilm": 384}
OTHER_DIMENSIONS = 768
#: Characters of text for each entry (term of a document) of the counts over the modelling
#: vocabulary: 38 in 26,000 abstracts of the ACL Anthology; fewer are on the safe side.
CHARACTERS = 25


#: First part of the name of a stage → what it takes beside what the process holds after reading; a
#: fit, whose backend states its cost, runs in a process of its own, and holds nothing yet.
COSTS = {
    "terms": Cost(450, characters=2.5, entries=60),
    "vectors": Cost(250, vectors=14),
    "parts": Cost(450, vectors=4),
    "nearest": Cost(600, vectors=4),
    "transfer": Cost(250, entries=50, shares=40),
    "sample-check": Cost(100, shares=40),
    "analysis": Cost(500, characters=2.5, entries=60, vectors=12, all_shares=24),
    "figures": Cost(500, all_shares=24),
    "report": Cost(500, all_shares=24),
}


@dataclass(frozen=True)
class Budget:
    """What a run may take and what it will.

    Parameters
    ----------
    limit : int
        Bytes, all processes together.
    needs : dict of str to int
        Stage, or all fits side by side → estimated bytes of all processes at its peak.
    workers : int
        Processes that fit side by side: as many as were asked for, or as many as there is room for.
    """

    limit: int
    needs: dict[str, int]
    workers: int


def workers_for(road: Road) -> int:
    """Processes that may fit side by side, whatever else is to be done."""
    return budget(road, lambda stage: stage.name.startswith("fit:")).workers


def limit_of(config: RunConfig) -> int:
    """Bytes that a run may take: what the config says, else the memory of the machine, or what its control group may use [1]_.

    References
    ----------
    .. [1] ``memory.max`` in the documentation of control groups, version 2.
    """
    if config.memory:
        return sizes.read(config.memory)
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


def size_of(corpus: Corpus, config: RunConfig, documents: int, fits: int) -> Size:
    """What can be known before anything is counted: the length of the texts, and what the config asks for."""
    characters, entries = 0, 0
    if corpus.counts is not None:
        entries = int(corpus.counts.matrix.nnz)
    elif corpus.has_text:
        characters = int(
            corpus.documents["text"].str.len().sum() + corpus.documents["title"].str.len().sum()
        )
        entries = characters // CHARACTERS
    part = documents / max(len(corpus), 1)
    numbers = (
        dimensions(corpus, config)
        if any(BACKENDS.load(b).needs_embeddings for b in config.models.backends)
        else 0
    )
    return Size(
        documents,
        round(part * characters),
        round(part * entries),
        numbers,
        config.models.number,
        fits,
    )


def dimensions(corpus: Corpus, config: RunConfig) -> int:
    """Numbers of a vector, as far as can be told without making one."""
    if corpus.embeddings is not None and not config.embed.path:
        return int(corpus.embeddings.shape[1])
    if config.embed.model == "precomputed":
        try:
            return int(np.load(config.embed.path, mmap_mode="r", allow_pickle=False).shape[1])
        except (OSError, ValueError, IndexError):
            return OTHER_DIMENSIONS  # the stage that reads the file says what is wrong with it
    return DIMENSIONS.get(config.embed.model, OTHER_DIMENSIONS)


def budget(road: Road, pending: Callable[[Stage], bool], held: int | None = None) -> Budget:
    """Estimate every stage that is still to be done and fit the number of workers to the limit.

    Parameters
    ----------
    road : Road
        The run, its corpus read.
    pending : callable
        Whether a stage is still to be done.
    held : int, optional
        Bytes that this process holds; measured by default.

    Raises
    ------
    UsageError
        If a stage would take more than the limit, with a single worker; it says which, how much,
        and what helps.
    """
    config, limit = road.config, limit_of(road.config)
    now = (peak.held() or 300 * MB) if held is None else held
    n_fits = sum(len(by_seed) for by_seed in road.fits.values())
    whole = size_of(road.corpus, config, len(road.corpus), n_fits)
    learnt = whole
    if road.learning is not None:
        learnt = size_of(road.learning.corpus, config, len(road.learning.parts.learn), n_fits)
        whole = size_of(road.learning.corpus, config, len(road.learning.corpus), n_fits)
    needs: dict[str, int] = {}
    for stage in road.stages:
        kind = stage.name.partition(":")[0]
        if kind != "fit" and kind in COSTS and pending(stage):
            needs[kind] = now + COSTS[kind].of(whole)
    fits = {
        b: BACKENDS.load(b).cost.of(learnt)
        for b, s in road.learnt.items()
        if any(map(pending, s.values()))
    }
    workers = config.models.workers
    if fits:
        own = max(fits.values())
        n_jobs = sum(pending(s) for by_seed in road.learnt.values() for s in by_seed.values())
        # One worker is this process, which fits on top of what it holds.
        while limit and workers > 1 and now + min(workers, n_jobs) * own > limit:
            workers -= 1
        needs["fits"] = now + min(workers, n_jobs) * own
    _check(needs, limit, config, whole, learnt)
    return Budget(limit, needs, workers)


def _check(needs: dict[str, int], limit: int, config: RunConfig, whole: Size, learnt: Size) -> None:
    over = {name: need for name, need in needs.items() if limit and need > limit}
    if not over:
        return
    name = max(over, key=lambda k: over[k])
    size = learnt if name == "fits" else whole
    what = (
        f"a single fit of {'/'.join(config.models.backends)} at a time"
        if name == "fits"
        else f"the stage {name!r}"
    )
    about = [f"{size.documents:,} documents", f"{size.topics} topics", f"{size.fits} fits"]
    asked = f'memory = "{config.memory}"' if config.memory else "what this machine has"
    helps = list(_helps(name, config, learnt))
    message = (
        f"This run was not started: {what} would take about {sizes.show(over[name])} of memory "
        f"({', '.join(about)}), and the limit is "
        f"{sizes.show(limit)} ({asked}). To make it fit, {', or '.join(helps)}."
    )
    raise UsageError(message)


def _helps(name: str, config: RunConfig, learnt: Size) -> Iterable[str]:
    if name == "fits" and learnt.documents > 2_000:
        yield f"learn topics on fewer documents (models.sample={max(1_000, learnt.documents // 2 // 1_000 * 1_000)})"
    if name == "analysis" and config.models.seeds > 1:
        yield "fit with fewer seeds (models.seeds) or fewer backends"
    if name in ("fits", "analysis", "transfer"):
        yield "ask for fewer topics (models.n_topics)"
    if name in ("terms", "vectors", "parts", "nearest", "figures", "report", "sample-check"):
        yield "read fewer documents"
    yield 'allow more (memory = "…GB")'
