"""Where things that are dear to make are kept between runs: vectors, exported graphs, distilled models."""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from trends import files
from trends.errors import StorageError

#: Names the folder in place of the one in the user's cache.
VARIABLE = "TRENDS_CACHE"
#: Value of the setting ``store`` that keeps nothing.
OFF = "none"
RECORD = "hashes.json"


def folder(setting: str = "") -> Path | None:
    """The folder in which things are kept.

    Parameters
    ----------
    setting : str
        A folder, "none" for none at all, or "" for the usual place: ``$TRENDS_CACHE``, or else
        ``topic-trends`` in the user's cache (``$XDG_CACHE_HOME``, by default ``~/.cache``).
    """
    chosen = setting or os.environ.get(VARIABLE, "")
    if chosen == OFF:
        return None
    if chosen:
        return Path(chosen).expanduser()
    base = os.environ.get("XDG_CACHE_HOME", "")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "topic-trends"
    except RuntimeError:  # a user without a home
        return None


def kept(root: Path | None, name: str, make: Callable[[Path], None]) -> Path:
    """A folder of files that were made once, found again by name and believed only if their hashes are those of the day they were made.

    Parameters
    ----------
    root : Path or None
        Where it is kept. ``None``, or a place that cannot be written to: it is made in a temporary
        folder, for this process only.
    name : str
        Must hold the hash of all that the files depend on.
    make : callable
        Gets an empty folder and fills it.
    """
    if root is not None:
        wanted = root / name
        if _whole(wanted):
            return wanted
        try:
            files.sweep(root, name)
            # A damaged one steps aside in one rename, so that no other process finds half of it.
            if wanted.exists():
                aside = Path(tempfile.mkdtemp(prefix=f".{name}.", suffix=".part", dir=root))
                wanted.replace(aside)
                shutil.rmtree(aside, ignore_errors=True)
            with files.replacing_folder(wanted) as temporary:
                _fill(temporary, make)
            if _whole(wanted):
                return wanted
        except (StorageError, OSError):
            pass
    temporary = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    _remove_at_exit(temporary)
    try:
        _fill(temporary, make)
    except OSError as error:
        raise files.storage_error(error, temporary) from error
    return temporary


def _fill(folder: Path, make: Callable[[Path], None]) -> None:
    make(folder)
    files.write_json(folder / RECORD, _hashes(folder))


def _hashes(folder: Path) -> dict[str, str]:
    found = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != RECORD)
    return {p.relative_to(folder).as_posix(): files.sha256(p) for p in found}


def _whole(folder: Path) -> bool:
    try:
        recorded = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return bool(recorded) and recorded == _hashes(folder)
    except (OSError, ValueError):
        return False


def _remove_at_exit(folder: Path) -> None:
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def short_hash(what: Mapping[str, Any]) -> str:
    """Twenty-four hex digits of the SHA-256 of JSON-able values."""
    return hashlib.sha256(json.dumps(dict(what), sort_keys=True).encode()).hexdigest()[:24]
