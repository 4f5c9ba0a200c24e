"""The stage cache: a finished stage is a folder named by the hash of all that it depends on."""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from trends import files
from trends.errors import DataError
from trends.runs.engine.peak import watched

RECORD = "stage.json"


@dataclass(frozen=True)
class Stage:
    """One step of a run.

    Parameters
    ----------
    name : str
        What is shown and the first part of the folder's name.
    inputs : dict
        Everything that the result depends on; JSON-able. Keys of earlier stages stand for their
        results.
    rooms : tuple of str
        Folders of the package whose code makes the result; a change of their code makes a new key.
    packages : tuple of str
        Distributions whose version matters.
    """

    name: str
    inputs: dict[str, Any]
    rooms: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()

    @functools.cached_property
    def key(self) -> str:
        """SHA-256 of inputs, code and versions."""
        what = {
            "stage": self.name.partition(":")[0],
            "inputs": self.inputs,
            "code": {r: code_hash(r) for r in ("core", *self.rooms)},
            "versions": {p: version(p) for p in self.packages},
        }
        return hashlib.sha256(json.dumps(files.plain(what), sort_keys=True).encode()).hexdigest()


@functools.cache
def code_hash(room: str) -> str:
    """SHA-256 of the source of one folder (or file) of the package."""
    base = Path(__file__).resolve().parents[1] / room
    sources = (
        [base.with_suffix(".py")]
        if base.with_suffix(".py").is_file()
        else sorted(p for p in base.rglob("*") if p.is_file())
    )
    h = hashlib.sha256()
    for path in sources:
        if "__pycache__" not in path.parts:
            h.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return h.hexdigest()


@functools.cache
def version(package: str) -> str:
    """Installed version of a distribution, or "absent"."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "absent"


class Cache:
    """Folders ``<root>/<stage>-<key>``, each with a record of its files and their hashes.

    A damaged or half-written entry is never taken for a whole one: it is removed and made again.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, stage: Stage) -> Path:
        """Where the result of a stage lies, whether or not it is there."""
        return self.root / f"{stage.name.replace(':', '-')}-{stage.key[:24]}"

    def find(self, stage: Stage) -> Path | None:
        """The folder of a finished stage whose files, and the record of them, are what they were when written, else ``None``."""
        folder = self.folder(stage)
        try:
            written = (folder / RECORD).read_bytes()
            record = json.loads(written)
            if record["key"] != stage.key or written != _record(record):
                return None
            hashes: dict[str, str] = record["files"]
            whole = all(
                (folder / name).is_file() and files.sha256(folder / name) == digest
                for name, digest in hashes.items()
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return folder if whole else None

    def info(self, stage: Stage) -> dict[str, Any]:
        """What was recorded with a finished stage: ``seconds``, ``cpu_seconds``, ``peak_memory`` (bytes; ``None`` where the system does not tell) and its notes."""
        try:
            return dict(
                json.loads((self.folder(stage) / RECORD).read_text(encoding="utf-8"))["info"]
            )
        except (OSError, ValueError, KeyError) as error:
            message = f"The record of the stage {stage.name} in {self.root} cannot be read; delete that folder and run again."
            raise DataError(message) from error

    def make(self, stage: Stage, write: Callable[[Path], dict[str, Any]]) -> Path:
        """Run a stage and keep its result.

        Parameters
        ----------
        stage : Stage
            Names the entry.
        write : callable
            Gets an empty folder, fills it, and returns what to record beside it.

        Returns
        -------
        Path
            The folder, complete.
        """
        folder = self.folder(stage)
        if folder.exists():
            # find() refused it, so it is damaged; what depends on it would be wrong.
            try:
                shutil.rmtree(folder)
            except OSError as error:
                raise files.storage_error(error, folder) from error
        with files.replacing_folder(folder) as temporary:
            start, work = time.perf_counter(), time.process_time()
            with watched() as peak:
                info = write(temporary)
            costs = {
                "seconds": time.perf_counter() - start,
                "cpu_seconds": time.process_time() - work,
                "peak_memory": peak.bytes,
            }
            info = {**info, **costs}
            names = sorted(
                p.relative_to(temporary).as_posix() for p in temporary.rglob("*") if p.is_file()
            )
            record = {
                "key": stage.key,
                "stage": stage.name,
                "files": {n: files.sha256(temporary / n) for n in names},
                "info": info,
            }
            (temporary / RECORD).write_bytes(_record(record))
        return folder

    def sweep(self) -> None:
        """Remove what a killed run left half-written; a worker that outlives its run for a moment keeps what it is writing."""
        files.sweep(self.root)


def _record(record: dict[str, Any]) -> bytes:
    """The one way in which a record is written, with its own hash within: a flipped bit anywhere makes it another text."""
    bare = {name: value for name, value in record.items() if name != "sha256"}
    digest = hashlib.sha256(files.json_text(bare).encode()).hexdigest()
    return files.json_text({**bare, "sha256": digest}).encode()
