"""How many threads compiled code of this process may use."""

from __future__ import annotations

import os


def threads() -> int:
    """What ``OMP_NUM_THREADS`` says (one, in a process that fits), else the cores that this process
    may run on.
    """
    asked = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0]
    if asked.isdigit() and int(asked) > 0:
        return int(asked)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
