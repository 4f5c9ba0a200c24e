"""Documents in batches, several at a time.

Compiled loops let go of the interpreter, so that threads of this process suffice.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from trends.core.computing.threads import threads

#: Documents of a batch: few enough that no thread waits long for the last one.
BATCH = 2_000


def in_batches(work: Callable[[int, int], tuple[int, int]], n: int) -> tuple[int, int]:
    """Carry out ``work(first, end)`` for all of ``n`` documents.

    The most steps of a batch, and the sum of documents left.

    A document's result does not depend on the batch that it is in, so the number of threads changes
    nothing.
    """
    parts = [(first, min(first + BATCH, n)) for first in range(0, n, BATCH)]
    if (many := min(threads(), len(parts))) < 2:
        found = [work(*part) for part in parts]
    else:
        with ThreadPoolExecutor(many) as pool:
            found = list(pool.map(lambda part: work(*part), parts))
    return max((steps for steps, _ in found), default=0), sum(left for _, left in found)
