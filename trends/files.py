"""Writing and checking files: all or nothing, the same bytes for the same values."""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trends.errors import DataError, StorageError, reason

if TYPE_CHECKING:
    import pandas as pd

#: Digits kept in CSV: more than any estimate deserves, few enough that a last-bit difference does
#: not show.
FLOAT_FORMAT = "%.10g"
#: First part of the name of the folder in which new files wait until all of them are there.
STAGED = "publishing"
#: Folders of this process that have not taken their place yet.
_unseen: set[Path] = set()


def sha256(path: Path) -> str:
    """SHA-256 of a file, read in blocks."""
    h = hashlib.sha256()
    with path.open("rb") as f:
        while block := f.read(1 << 20):
            h.update(block)
    return h.hexdigest()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield an empty temporary file beside ``path`` that takes its place at once on success.

    The file and the folder that names it are on the disk before this returns. What a killed process
    left beside ``path`` is removed.

    Raises
    ------
    StorageError
        If the folder cannot be written to or the disk is full.
    """
    # In a folder that nobody sees yet all files are synced together, when it takes its place.
    seen = _unseen.isdisjoint(path.parents)
    with storage_errors(path):
        if seen:
            make_folder(path.parent)
            sweep(path.parent, path.name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
        with _held(path, folder=False) as temporary:
            yield temporary
            if seen:
                sync(temporary)
            temporary.replace(path)
            if seen:
                sync(path.parent)


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty temporary folder that becomes ``folder``, unless one is there already.

    Raises
    ------
    StorageError
        If the place cannot be written to or the disk is full.
    """
    with storage_errors(folder):
        make_folder(folder.parent)
        with _held(folder, folder=True) as temporary:
            yield temporary
            _sync_tree(temporary)
            try:
                if not folder.exists():
                    temporary.replace(folder)
            except OSError:
                # Another process was first, a moment ago: what it made is as good.
                if not folder.is_dir():
                    raise
            sync(folder.parent)


@contextmanager
def replacing_files(
    folder: Path, *, last: str, before_last: Callable[[], object] = lambda: None
) -> Iterator[Path]:
    """Yield a temporary folder whose files take their places once all are on the disk.

    Parameters
    ----------
    folder : Path
        Where the files go, each under its path within the temporary folder.
    last : str
        Name of the file that makes the others valid and comes last.
    before_last : callable
        Called when all others are in place.

    Raises
    ------
    StorageError
        If the place cannot be written to or the disk is full; ``folder`` is then as it was.
    """
    with storage_errors(folder):
        make_folder(folder)
        sweep(folder, STAGED)
        with _held(folder / STAGED, folder=True) as temporary:
            yield temporary
            _sync_tree(temporary)
            names = sorted(
                p.relative_to(temporary).as_posix() for p in temporary.rglob("*") if p.is_file()
            )
            changed = {folder}
            for name in (n for n in names if n != last):
                target = folder / name
                make_folder(target.parent)
                (temporary / name).replace(target)
                changed.add(target.parent)
            before_last()
            for each in sorted(c for c in changed if c.is_dir()):
                sync(each)
            if last in names:
                (temporary / last).replace(folder / last)
                sync(folder)


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Yield an empty folder in another one; :func:`sweep` removes what a killed process leaves."""
    with storage_errors(folder):
        make_folder(folder)
    with _held(folder / "scratch", folder=True) as temporary:
        yield temporary


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, and have their names on the disk."""
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for made in reversed(missing):
        sync(made.parent)


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk before anything else is done."""
    if path.is_dir():
        if (
            sys.platform == "win32"
        ):  # folders cannot be opened there; renames are kept by the journal of the file system
            return
        handle = os.open(path, os.O_RDONLY)
    else:
        handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_tree(folder: Path) -> None:
    """Files first, then the folders that name them, the innermost first."""
    inside = sorted(folder.rglob("*"), key=lambda p: (p.is_dir(), -len(p.parts)))
    for path in (*inside, folder):
        sync(path)


@contextmanager
def _held(path: Path, *, folder: bool) -> Iterator[Path]:
    """Yield an empty ``.<name>.<8 hex digits>.part`` beside ``path``, locked while in use."""
    handle = None
    temporary = path
    try:
        while handle is None:
            temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
            temporary.mkdir() if folder else temporary.touch(exist_ok=False)
            handle = _lock(temporary)
        if folder:
            _unseen.add(temporary)
        yield temporary
    finally:
        _unseen.discard(temporary)
        # On a full disk even the clean-up may fail; the first error is the one to report.
        _remove(temporary)
        if handle is not None and handle >= 0:
            os.close(handle)


def sweep(folder: Path, name: str = "") -> None:
    """Remove what killed processes left beside the file ``name`` of a folder, or in all of it."""
    own = re.compile(rf"\.{re.escape(name) or '.+'}\.[0-9a-z_]{{8}}\.part", re.DOTALL)
    try:
        with os.scandir(folder) as entries:
            left = [folder / each.name for each in entries if own.fullmatch(each.name)]
    except OSError:
        return
    for path in left:
        try:
            handle = _lock(path)
        except OSError:
            continue
        if handle is not None and handle >= 0:
            _remove(path)
            os.close(handle)


def _lock(path: Path) -> int | None:
    """A handle with the lock of a file or folder; -1 without locks, ``None`` if it is taken."""
    if sys.platform == "win32":
        return -1
    import fcntl

    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), path.stat()):
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError:  # a file system without locks
        os.close(handle)
        return -1
    os.close(handle)
    return None


def _remove(path: Path) -> None:
    try:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    except OSError:
        return


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Errors of the operating system become sentences about ``path``."""
    try:
        yield
    except OSError as error:
        if isinstance(error, StorageError):
            raise
        raise storage_error(error, path) from error


def storage_error(error: OSError, path: Path) -> StorageError:
    """Turn an error of the operating system into a sentence that names the file and what to do."""
    why = error.strerror or str(error)
    message = (
        f"Could not write {path}: {why}. Results that were there before are unchanged; "
        "free some space or choose another place, then run the same command again: finished tasks "
        "are kept."
    )
    return StorageError(message)


def write_text(path: Path, text: str) -> None:
    """Write text atomically, UTF-8 with Unix line ends."""
    with replacing(path) as temporary:
        temporary.write_bytes(text.encode("utf-8"))


def write_json(path: Path, data: Any) -> None:
    """Write JSON atomically with sorted keys; NaN is written as null."""
    write_text(path, json_text(data))


def json_text(data: Any) -> str:
    """JSON with sorted keys, the same text for the same values; NaN is written as null."""
    return (
        json.dumps(plain(data), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
        + "\n"
    )


def plain(value: Any) -> Any:
    """Reduce numpy and pandas values to what JSON knows."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in (sorted(value) if isinstance(value, set | frozenset) else value)]
    # numpy by its name, so that plain values need no numpy.
    if type(value).__module__.partition(".")[0] == "numpy" and hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int | bool):
        return value
    return str(value)


def read_json(path: Path) -> Any:
    """What a JSON file holds; a folder, a pipe or too deep a nesting is no such file.

    Raises
    ------
    DataError
        If it is not JSON.
    OSError
        If it cannot be read.
    """
    if not path.is_file():  # reading a named pipe would wait for ever
        raise FileNotFoundError(2, "there is no such regular file", str(path))
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else reason(error)
        message = f"{path} is not JSON ({why}); run again to write it anew."
        raise DataError(message) from error


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write a table atomically: UTF-8, Unix line ends, days as YYYY-MM-DD, values as they are."""
    import pandas as pd

    out = frame.copy()
    for column in out.columns:
        if pd.api.types.is_datetime64_any_dtype(out[column]):
            out[column] = out[column].dt.strftime("%Y-%m-%d")
    with replacing(path) as temporary:
        out.to_csv(
            temporary, index=False, float_format=FLOAT_FORMAT, lineterminator="\n", encoding="utf-8"
        )
