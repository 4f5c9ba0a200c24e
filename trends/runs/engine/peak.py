"""The most memory that this process held during a step, as the kernel reports it (Linux)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PROCESS = Path("/proc/self")
#: Those that watch now, the outermost first: what one of them sees, those around it have seen.
_watching: list[Peak] = []


@dataclass(eq=False)
class Peak:
    """Bytes of resident memory at the most; ``None`` where the system does not tell."""

    bytes: int | None = None

    def _see(self, found: int | None) -> None:
        if found is not None:
            self.bytes = max(self.bytes or 0, found)


@contextmanager
def watched() -> Iterator[Peak]:
    """Watch the memory of this process while the block runs; its ``bytes`` are there at the end.

    The kernel keeps a high-water mark (``VmHWM``), which is set back to what is held now [1]_:
    nothing runs beside the work, and no peak is too short to be seen. Child processes are not
    counted.

    References
    ----------
    .. [1] ``/proc/pid/clear_refs`` in proc(5).
    """
    before = _mark()
    for each in _watching:
        each._see(before)
    peak = Peak()
    known = _set_back()
    _watching.append(peak)
    try:
        yield peak
    finally:
        found = _mark() if known else None
        for each in _watching:
            each._see(found)
        _watching.remove(peak)


def held() -> int | None:
    """Bytes that this process holds now."""
    return _read("VmRSS:")


def _mark() -> int | None:
    return _read("VmHWM:")


def _read(name: str) -> int | None:
    try:
        lines = (_PROCESS / "status").read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))
    except (OSError, StopIteration, ValueError, IndexError):
        return None


def _set_back() -> bool:
    """Whether the high-water mark could be set back."""
    try:
        (_PROCESS / "clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return False
    return True
