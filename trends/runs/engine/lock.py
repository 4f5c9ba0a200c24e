"""One run at a time in a folder of results."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from trends import files
from trends.errors import StorageError


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the lock of a folder of results, which is made if need be, while the block runs.

    The lock of a killed run holds nobody up.

    Raises
    ------
    StorageError
        If another run holds it, or the folder cannot be made or written to.
    """
    lock = FileLock(out / ".lock")
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        message = (
            f"Another run is writing to {out}; wait for it to end, or choose another folder with "
            "--output."
        )
        raise StorageError(message) from error
    except OSError as error:
        raise files.storage_error(error, out) from error
    try:
        yield
    finally:
        lock.release()
