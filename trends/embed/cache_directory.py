"""Where vectors and distilled models are kept between runs."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from trends import files
from trends.errors import StorageError

#: Names the folder in place of the one in the user's cache.
VARIABLE = "TRENDS_CACHE"
#: Value of the setting ``store`` that keeps nothing.
OFF = "none"
_HASHES = "hashes.json"


def cache_folder(setting: str = "") -> Path | None:
    """The folder in which things are kept, or None.

    Parameters
    ----------
    setting : str
        A folder, "none" for none at all, or "" for ``$TRENDS_CACHE``, by default ``topic-trends``
        in the user's cache.
    """
    chosen = setting or os.environ.get(VARIABLE, "")
    if chosen == OFF:
        return None
    return Path(chosen).expanduser() if chosen else user_cache_path("topic-trends", False)


@contextmanager
def kept_folder(root: Path | None, name: str, make: Callable[[Path], object]) -> Iterator[Path]:
    """Context with a folder of files that are made once and used only while their hashes fit.

    Parameters
    ----------
    root : Path or None
        Where it is kept. ``None``, or a place that cannot be written to: it is made in a temporary
        folder and removed at the end of the context.
    name : str
        Must hold the hash of all that the files depend on.
    make : callable
        Gets an empty folder and fills it.
    """
    with tempfile.TemporaryDirectory(prefix=f"{name}-") as temporary:
        folder = root / name if root else Path(temporary)
        if not _is_intact(folder):
            try:
                _fill(folder, make)
            except StorageError:
                folder = Path(temporary, "files")
                _fill(folder, make)
        yield folder


def _fill(folder: Path, make: Callable[[Path], object]) -> None:
    with files.replacing_files(folder, last=_HASHES) as staged:
        make(staged)
        files.write_json(staged / _HASHES, _hashes(staged))


def _hashes(folder: Path) -> dict[str, str]:
    found = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != _HASHES)
    return {p.relative_to(folder).as_posix(): files.sha256(p) for p in found}


def _is_intact(folder: Path) -> bool:
    try:
        recorded = files.read_json(folder / _HASHES)
        return bool(recorded) and recorded == _hashes(folder)
    except (OSError, ValueError):
        return False


def short_hash(values: Mapping[str, Any]) -> str:
    """Twenty-four hex digits of the SHA-256 of JSON-able values."""
    return hashlib.sha256(json.dumps(dict(values), sort_keys=True).encode()).hexdigest()[:24]
