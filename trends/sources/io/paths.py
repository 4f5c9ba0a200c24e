"""Files to read: single ones, and those of a folder that end as the files of a source do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from trends.errors import DataError, UsageError
from trends.sources.io.bounded import is_folder, list_folder, read_bytes, unreadable

#: File that makes a folder one of extracted features.
FEATURES_FILE = "features.json"


def labelled(
    paths: Sequence[Path],
    endings: Sequence[str],
    *,
    packed: bool = True,
    warnings: list[str] | None = None,
) -> dict[str, Path]:
    """Files to read by the name that messages use: the bare name where it is unique, else the path.

    Parameters
    ----------
    paths : sequence of Path
        Files, or folders; of a folder the files are taken that end so, in the order of their names.
    endings : sequence of str
        In lower case, with the dot.
    packed : bool
        Whether ``.gz`` or ``.zip`` may follow.
    warnings : list of str, optional
        Takes sentences about what was left out of folders and what was given twice.

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
    said: list[str] = []
    shown = " or ".join(endings)
    for path in paths:
        if not is_folder(path):
            found.append(path)
            continue
        fitting: list[str] = []
        others: list[str] = []
        for name in list_folder(path):
            bare = unpacked_name(name) if packed else name.lower()
            (fitting if bare.endswith(tuple(endings)) else others).append(name)
        if not fitting:
            message = (
                f"The folder {path} holds no file that ends in {shown}; it holds {len(others)} "
                "other names."
            )
            raise DataError(message)
        if others:
            said.append(
                f"{path.name}: {len(others)} names that do not end in {shown} were not read "
                f"({', '.join(others[:5])})."
            )
        found += [path / name for name in fitting]
    unique = list(dict.fromkeys(found))
    said += [
        f"{path} was given more than once and is read once."
        for path in unique
        if found.count(path) > 1
    ]
    if warnings is not None:
        warnings += said
    if not unique:
        message = f"No input was given; give files that end in {shown}, or a folder of them."
        raise UsageError(message)
    names = [path.name for path in unique]
    return {(path.name if names.count(path.name) == 1 else str(path)): path for path in unique}


def unpacked_name(name: str) -> str:
    """The name in lower case without the ending of its packing."""
    return name.lower().removesuffix(".gz").removesuffix(".zip")


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
