"""Which files are meant: single ones, and those of a folder that end as a source's files do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from trends.errors import DataError, UsageError
from trends.sources.detect import is_folder
from trends.sources.io.bounded import list_folder, read_bytes, unreadable


def labelled(paths: Sequence[Path], endings: Sequence[str]) -> dict[str, Path]:
    """Files to read by the name that messages and notes use: the bare name where it is unique, else the path.

    Parameters
    ----------
    paths : sequence of Path
        Files, or folders; of a folder the files are taken that end so (``.gz`` may follow), in the
        order of their names.
    endings : sequence of str
        In lower case, with the dot.

    Raises
    ------
    UsageError
        If no input is given.
    DataError
        If a folder holds no such file.
    MissingError, StorageError
        If an input does not exist or cannot be listed.
    """
    found: list[Path] = []
    for path in paths:
        if not is_folder(path):
            found.append(path)
            continue
        names = list_folder(path)
        fitting = [
            name for name in names if name.lower().removesuffix(".gz").endswith(tuple(endings))
        ]
        if not fitting:
            message = f"The folder {path} holds no file that ends in {' or '.join(endings)}; it holds {len(names)} other names."
            raise DataError(message)
        found += [path / name for name in fitting]
    unique = list(dict.fromkeys(found))
    if not unique:
        message = f"No input was given; give files that end in {' or '.join(endings)}, or a folder of them."
        raise UsageError(message)
    bare = [path.name for path in unique]
    return {(path.name if bare.count(path.name) == 1 else str(path)): path for path in unique}


def hashes(files: Mapping[str, Path]) -> dict[str, str]:
    """SHA-256 of each file, as it lies on the disk.

    Raises
    ------
    MissingError, StorageError, DataError
        If there is no such file, it cannot be read or it is no regular file.
    """
    found: dict[str, str] = {}
    for label, path in files.items():
        if not path.is_file():
            read_bytes(path, 0)  # says what is wrong with it, and does not wait for a named pipe
        try:
            with path.open("rb") as f:
                found[label] = hashlib.file_digest(f, "sha256").hexdigest()
        except OSError as error:
            raise unreadable(error, path) from error
    return found
