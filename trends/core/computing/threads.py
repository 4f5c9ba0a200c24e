"""How many threads compiled code of this process may use."""

from __future__ import annotations

import os


def threads() -> int:
    """The value of ``OMP_NUM_THREADS``, else the number of cores that this process may use.

    The variable is 1 in a process that fits.
    """
    asked = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0]
    if asked.isdigit() and int(asked) > 0:
        return int(asked)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
