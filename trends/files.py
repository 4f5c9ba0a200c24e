"""Writing and checking files: all or nothing, the same bytes for the same values."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trends.errors import StorageError

#: Digits kept in CSV: more than any estimate deserves, few enough that a last-bit difference does not show.
FLOAT_FORMAT = "%.10g"


def sha256(path: Path) -> str:
    """SHA-256 of a file, read in blocks."""
    h = hashlib.sha256()
    with path.open("rb") as f:
        while block := f.read(1 << 20):
            h.update(block)
    return h.hexdigest()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside ``path``; on success it takes its place at once, on failure nothing is left.

    Raises
    ------
    StorageError
        If the folder cannot be written to or the disk is full.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("rb+") as f:
            os.fsync(f.fileno())
        temporary.replace(path)
    except OSError as error:
        if isinstance(error, StorageError):
            raise
        raise storage_error(error, path) from error
    finally:
        # On a full disk even the clean-up may fail; the first error is the one to report.
        with _quiet():
            temporary.unlink(missing_ok=True)


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty temporary folder that becomes ``folder`` at the end; a folder that is there already is kept.

    Raises
    ------
    StorageError
        If the place cannot be written to or the disk is full.
    """
    temporary: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
        temporary.chmod(0o755)
        yield temporary
        for path in sorted(temporary.rglob("*")):
            if path.is_file():
                with path.open("rb+") as f:
                    os.fsync(f.fileno())
        if folder.exists():
            return
        temporary.replace(folder)
    except OSError as error:
        if isinstance(error, StorageError):
            raise
        raise storage_error(error, folder) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def _quiet() -> Iterator[None]:
    try:
        yield
    except OSError:
        return


def storage_error(error: OSError, path: Path) -> StorageError:
    """Turn an error of the operating system into a sentence that names the file and what to do."""
    why = error.strerror or str(error)
    message = (
        f"Could not write {path}: {why}. Results that were there before are unchanged; "
        "free some space or choose another folder with --out, then run the same command again: finished stages are kept."
    )
    return StorageError(message)


def write_text(path: Path, text: str) -> None:
    """Write text atomically, UTF-8 with Unix line ends."""
    with replacing(path) as temporary:
        temporary.write_bytes(text.encode("utf-8"))


def write_json(path: Path, data: Any) -> None:
    """Write JSON atomically with sorted keys; NaN is written as null."""
    write_text(path, json.dumps(plain(data), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n")


def plain(value: Any) -> Any:
    """Reduce numpy and pandas values to what JSON knows."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if value is None or isinstance(value, str | int | bool):
        return value
    return str(value)


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write a table atomically: UTF-8, Unix line ends, days as YYYY-MM-DD, the same bytes for the same values."""
    out = frame.copy()
    for column in out.columns:
        if pd.api.types.is_datetime64_any_dtype(out[column]):
            out[column] = out[column].dt.strftime("%Y-%m-%d")
    with replacing(path) as temporary:
        out.to_csv(temporary, index=False, float_format=FLOAT_FORMAT, lineterminator="\n", encoding="utf-8")
