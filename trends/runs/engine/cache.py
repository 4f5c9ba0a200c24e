"""Kept results: a finished task is a folder named by the hash of all that it depends on."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from trends import files
from trends.errors import DataError
from trends.runs.engine.peak import watched

RECORD = "task.json"


class Keyed(Protocol):
    """What a result is kept by: a :class:`~trends.runs.engine.task.Task`, or an :class:`Entry`."""

    @property
    def name(self) -> str:
        """What is shown; its part before a colon begins the name of the folder."""

    @property
    def key(self) -> str:
        """Hash of all that the result depends on."""


@dataclass(frozen=True)
class Entry:
    """A name and a key, for results that are no tasks of a graph."""

    name: str
    key: str


def key_of(what: Mapping[str, Any]) -> str:
    """SHA-256 of what a result depends on: values that JSON can hold, whatever their order."""
    return hashlib.sha256(json.dumps(files.plain(what), sort_keys=True).encode()).hexdigest()


class Cache:
    """Folders ``<root>/<kind>-<key>``, each with a record of its files and their hashes.

    A damaged or half-written entry is never taken for a whole one: it is removed and made again.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, one: Keyed) -> Path:
        """Where the result lies, whether or not it is there."""
        return self.root / f"{one.name.partition(':')[0]}-{one.key[:24]}"

    def find(self, one: Keyed) -> Path | None:
        """The folder of a finished task, or ``None`` if there is none that is unchanged.

        Unchanged means that its files and their record are what they were when written.
        """
        folder = self.folder(one)
        try:
            record = files.read_json(folder / RECORD)
            if record["key"] != one.key or (folder / RECORD).read_bytes() != _record(record):
                return None
            hashes: dict[str, str] = record["files"]
            whole = all(
                (folder / name).is_file() and files.sha256(folder / name) == digest
                for name, digest in hashes.items()
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return folder if whole else None

    def info(self, one: Keyed) -> dict[str, Any]:
        """What was recorded with a finished task.

        Its notes, ``seconds``, ``cpu_seconds`` and ``peak_memory``.

        The last is in bytes, ``None`` where the system does not tell.
        """
        try:
            return dict(files.read_json(self.folder(one) / RECORD)["info"])
        except (OSError, ValueError, KeyError) as error:
            message = (
                f"The record of {one.name} in {self.root} cannot be read; delete that folder and "
                "run again."
            )
            raise DataError(message) from error

    def make(self, one: Keyed, write: Callable[[Path], dict[str, Any]]) -> Path:
        """Carry out a task and keep its result.

        Parameters
        ----------
        one : Keyed
            Names the entry.
        write : callable
            Gets an empty folder, fills it, and returns what to record beside it.

        Returns
        -------
        Path
            The folder, complete.
        """
        folder = self.folder(one)
        # find() refused it, so it is damaged; what depends on it would be wrong.
        self.discard(one)
        with files.replacing_folder(folder) as temporary:
            start, work = time.perf_counter(), time.process_time()
            with watched() as peak:
                info = write(temporary)
            costs = {
                "seconds": time.perf_counter() - start,
                "cpu_seconds": time.process_time() - work,
                "peak_memory": peak.bytes,
            }
            names = sorted(
                p.relative_to(temporary).as_posix() for p in temporary.rglob("*") if p.is_file()
            )
            record = {
                "key": one.key,
                "task": one.name,
                "files": {n: files.sha256(temporary / n) for n in names},
                "info": {**info, **costs},
            }
            (temporary / RECORD).write_bytes(_record(record))
        return folder

    def discard(self, one: Keyed) -> None:
        """Remove a result, if there is one."""
        folder = self.folder(one)
        try:
            if folder.exists():
                shutil.rmtree(folder)
        except OSError as error:
            raise files.storage_error(error, folder) from error

    def sweep(self) -> None:
        """Remove what a killed run left half-written.

        A worker that outlives its run for a moment keeps what it is writing.
        """
        files.sweep(self.root)


def _record(record: dict[str, Any]) -> bytes:
    """A record as it is written, with its own hash within.

    One flipped bit makes it another text.
    """
    bare = {name: value for name, value in record.items() if name != "sha256"}
    digest = hashlib.sha256(files.json_text(bare).encode()).hexdigest()
    return files.json_text({**bare, "sha256": digest}).encode()
