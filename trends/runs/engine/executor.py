"""Fit every backend with every seed, several processes side by side; each finished fit is kept at once."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends import store
from trends.core import TermCounts
from trends.core.processes import WorkerContext
from trends.errors import TrendsError
from trends.models import BACKENDS
from trends.runs.engine.cache import Cache, Stage
from trends.runs.engine.shared import SharedStages


@dataclass(frozen=True)
class FitJob:
    """One fit: which backend, which seed, on what, and where the result is kept."""

    stage: Stage
    backend: str
    seed: int
    n_topics: int
    settings: dict[str, Any]
    counts: Path
    #: Folder with ``vectors.npy``; ``None`` for backends that need no vectors.
    embeddings: Path | None
    #: Fingerprint of the corpus, for the provenance of the fit.
    corpus: str


def fit_one(
    job: FitJob, counts: TermCounts, embeddings: NDArray[np.floating[Any]] | None, cache: Cache
) -> None:
    """Fit and keep the result."""
    fit = BACKENDS.load(job.backend)
    share = None if job.embeddings is None else SharedStages(cache, job.embeddings / store.VECTORS)

    def write(folder: Path) -> dict[str, Any]:
        topics = fit(
            counts,
            n_topics=job.n_topics,
            seed=job.seed,
            embeddings=embeddings,
            settings=job.settings,
            share=share,
        )
        # Seconds differ from run to run; the cache keeps them beside the result, which must not
        # depend on them.
        provenance = {k: v for k, v in topics.provenance.items() if k != "seconds"} | {
            "corpus": job.corpus
        }
        store.write_topics(folder, replace(topics, provenance=provenance))
        return {}

    cache.make(job.stage, write)


def _fit_group(jobs: Sequence[FitJob], root: Path) -> None:
    """Fit a group of jobs in a worker; their common input is read once."""
    cache = Cache(root)
    counts: dict[Path, TermCounts] = {}
    vectors: dict[Path, NDArray[np.floating[Any]]] = {}
    for job in jobs:
        if job.counts not in counts:
            counts[job.counts] = store.read_counts(job.counts)
        embeddings = None
        if job.embeddings is not None:
            if job.embeddings not in vectors:
                # Mapped, not read: the fit makes its own copy in double precision.
                vectors[job.embeddings] = store.read_vectors(job.embeddings)
            embeddings = vectors[job.embeddings]
        fit_one(job, counts[job.counts], embeddings, cache)


def _start_worker(parent: int) -> None:
    """No life after the parent's, and no words of its own at Ctrl-C, which reaches the whole group of processes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        # The kernel sees to it even while a library lets no Python run; prctl(PR_SET_PDEATHSIG,
        # SIGKILL).
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _deaf() -> Iterator[None]:
    """Workers begin without ears for Ctrl-C: until they can say what they do with it, it would end them with a traceback."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def groups(jobs: Sequence[FitJob], workers: int) -> list[list[FitJob]]:
    """Split jobs so that a worker imports as few backends as possible and all workers have something to do."""
    by_backend: dict[str, list[FitJob]] = {}
    for job in jobs:
        by_backend.setdefault(job.backend, []).append(job)
    out = list(by_backend.values())
    while out and len(out) < workers and max(map(len, out)) > 1:
        longest = max(out, key=len)
        half = (len(longest) + 1) // 2
        out[out.index(longest)] = longest[:half]
        out.append(longest[half:])
    # Vectors first: those backends take longest to import, and the others fill the time.
    return sorted(out, key=lambda g: (g[0].embeddings is None, -len(g)))


def fit_all(
    jobs: Sequence[FitJob], cache: Cache, workers: int, report: Callable[[str], None]
) -> None:
    """Carry out the jobs that are not in the cache.

    Parameters
    ----------
    jobs : sequence of FitJob
        Those still to do.
    cache : Cache
        Where results go, one folder a fit.
    workers : int
        Processes; 1 fits in this process.
    report : callable
        Called with the name of each finished stage.

    Raises
    ------
    TrendsError
        The first error of a backend; fits that had finished by then are kept.
    """
    if not jobs:
        return
    waiting = list(jobs)

    def report_finished() -> None:
        for job in [j for j in waiting if cache.folder(j.stage).exists()]:
            waiting.remove(job)
            report(job.stage.name)

    if workers == 1 or len(jobs) == 1:
        for job in jobs:
            _fit_group([job], cache.root)
            report_finished()
        return
    with _single_threaded():
        pool = ProcessPoolExecutor(
            min(workers, len(jobs)),
            mp_context=WorkerContext(),
            initializer=_start_worker,
            initargs=(os.getpid(),),
        )
        try:
            with _deaf():
                futures: set[Future[None]] = {
                    pool.submit(_fit_group, g, cache.root) for g in groups(jobs, workers)
                }
            while futures:
                finished, futures = wait(futures, timeout=0.2, return_when=FIRST_COMPLETED)
                report_finished()
                for future in finished:
                    future.result()
        except BrokenProcessPool as error:
            message = (
                "A fitting process ended without a word; most often memory ran out. "
                "Finished fits are kept: run again with -s models.workers=1, or with fewer "
                "documents."
            )
            raise TrendsError(message) from error
        except BaseException:
            # Without this an error, or Ctrl-C, would wait for the fits that are still running.
            for process in list((pool._processes or {}).values()):
                process.terminate()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


class _single_threaded:
    """Ask the libraries of child processes for one thread each: two fits side by side fill two cores."""

    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")

    def __enter__(self) -> None:
        self.before = {n: os.environ.get(n) for n in self.names}
        os.environ.update(dict.fromkeys(self.names, "1"))

    def __exit__(self, *_: object) -> None:
        for name, value in self.before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
