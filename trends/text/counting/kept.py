"""Counts that were made before, found again by what was counted; kept while they are small.

A run keeps its counts in its folder; this is for functions that are called one after the other.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from threading import Lock

from trends.core import TermCounts

#: Bytes of all counts that are kept together; the least recently used make way. A million documents
#: of 60 words have twice as much: those are counted each time.
MOST = 2**28

_kept: OrderedDict[str, TermCounts] = OrderedDict()
_lock = Lock()


def once(read: Iterable[Sequence[str]], make: Callable[[], TermCounts]) -> TermCounts:
    """Make counts, or find those that were made of the same.

    Parameters
    ----------
    read : iterable of sequence of str
        All that the counts depend on. Its content is hashed, as a frame of documents can be written
        to.
    make : callable
        Makes the counts.
    """
    key = _content(read)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = make()
    if _size(found) <= MOST:
        with _lock:
            _kept[key] = found
            while sum(map(_size, _kept.values())) > MOST:
                _kept.popitem(last=False)
    return found


def _content(read: Iterable[Sequence[str]]) -> str:
    hashed = hashlib.sha256()
    for parts in read:
        hashed.update(len(parts).to_bytes(8, "big"))
        for part in parts:
            data = part.encode("utf-8", "surrogatepass")
            hashed.update(len(data).to_bytes(8, "big") + data)
    return hashed.hexdigest()


def _size(counts: TermCounts) -> int:
    m = counts.matrix
    return int(m.data.nbytes + m.indices.nbytes + m.indptr.nbytes)
