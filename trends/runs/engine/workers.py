"""Worker processes: one thread each, ending with their parent, Ctrl-C left to it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from trends.core.computing.processes import WorkerContext

#: Libraries of worker processes get one thread each: two tasks side by side fill two cores.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def pool(n_processes: int) -> ProcessPoolExecutor:
    """A pool whose processes end with this one; they start when work is submitted."""
    return ProcessPoolExecutor(
        n_processes,
        mp_context=WorkerContext(),
        initializer=_start_worker,
        initargs=(os.getpid(),),
    )


def terminate(of: ProcessPoolExecutor) -> None:
    """End the processes of a pool now, whatever they work on."""
    for process in list((of._processes or {}).values()):
        process.terminate()


def _start_worker(parent: int) -> None:
    """Let a worker end with its parent, and leave Ctrl-C to the parent.

    Ctrl-C reaches all processes.
    """
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
def interrupts_blocked() -> Iterator[None]:
    """Start workers with Ctrl-C blocked.

    Until one can say what it does then, it would end with a traceback.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Start workers whose libraries take one thread."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
