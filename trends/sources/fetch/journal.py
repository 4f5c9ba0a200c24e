"""The journal of a fetch: what has arrived is on the disk before the next page is asked for.

Beside the output ``raw.jsonl`` lie ``raw.jsonl.part`` (the records so far) and
``raw.jsonl.part-state`` (how many bytes of it are good, their hash, and where the next page
begins). Records are written first, then the state; what stands in the part beyond the state is a
torn page and is asked for again. The output appears by one rename, after ``raw.jsonl.fetched``,
which says where it comes from and holds its hash: a file with another hash is not taken for the
finished output.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trends.errors import StorageError, UsageError
from trends.files import make_folder, storage_errors, sync, write_json
from trends.sources.fetch.service import Page
from trends.sources.records.provenance import beside, stated

VERSION = 1


@dataclass
class State:
    """The progress of a fetch.

    Parameters
    ----------
    request : dict
        What was asked, in plain values; another request does not resume from here.
    collected_on : str
        Day (UTC) of the first answer.
    cursor : str, optional
        Where the next page begins; ``None`` if all is there.
    bytes, sha256 : int, str
        Good bytes of the part and their hash.
    records, repeated, pages : int
        Records written, records left out because the same one had come before, pages.
    total : int, optional
        Number of records that the service stated last.
    cut : bool
        Whether the limit cut the answer off.
    saved : str
        Moment of the last page, for cursors that expire.
    version : int
        Of this format.
    """

    request: dict[str, Any]
    collected_on: str
    cursor: str | None
    bytes: int = 0
    sha256: str = ""
    records: int = 0
    repeated: int = 0
    pages: int = 0
    total: int | None = None
    cut: bool = False
    saved: str = ""
    version: int = VERSION


class Journal:
    """The journal beside one output; used by one program at a time."""

    state: State

    def __init__(self, output: Path) -> None:
        self.output = output
        self.part = output.with_name(f"{output.name}.part")
        self.state_file = output.with_name(f"{output.name}.part-state")
        self._hash = hashlib.sha256()
        #: Short hashes of the records written.
        self._seen: set[bytes] = set()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other programs off this output.

        Raises
        ------
        StorageError
            If one is at work there already, or the output cannot be written.
        """
        from filelock import FileLock, Timeout

        path = self.output.with_name(f"{self.output.name}.part-lock")
        with storage_errors(self.output):
            make_folder(self.output.parent)
            try:
                lock = FileLock(path, timeout=0).acquire()
            except Timeout as error:
                message = (
                    f"Another fetch is writing to {self.output}; wait for it, or choose another "
                    "name with --output."
                )
                raise StorageError(message) from error
            with lock:
                try:
                    yield
                finally:
                    path.unlink(missing_ok=True)

    def finished(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """What is known about the output if it is complete; ``None`` if there is no output.

        Raises
        ------
        UsageError
            If there is an output of another request, or of unknown origin.
        """
        if not self.output.exists():
            return None
        about = stated(self.output)
        if about.get("request") == request:
            self._clear()
            return about
        if self.part.exists() and self._saved_state().get("request") == request:
            return None
        message = (
            f"{self.output} is there already and is not the finished answer to this request; "
            "choose another name with --output, or fetch it again with --fresh."
        )
        raise UsageError(message)

    def resume(self, request: dict[str, Any]) -> State | None:
        """The state of an interrupted fetch; ``None`` if there is none or it is damaged.

        Raises
        ------
        UsageError
            If an unfinished fetch of something else is there.
        """
        try:
            state = State(**self._saved_state())
        except TypeError:
            return None
        size = self.part.stat().st_size if self.part.exists() else -1
        if state.version != VERSION or size < state.bytes:
            return None
        if state.request != request and not state.records:
            return None
        if state.request != request:
            message = (
                f"{self.part} is the beginning of another request ({state.request.get('source')}: "
                f"{str(state.request.get('query'))[:80]!r}); finish it with the same command as "
                "before, choose another name with --output, or drop it with --fresh."
            )
            raise UsageError(message)
        self._hash = hashlib.sha256()
        with self.part.open("rb+") as f:
            f.truncate(state.bytes)
            for row in f:
                self._hash.update(row)
                self._seen.add(_short_hash(row))
        self.state = state
        return state if self._hash.hexdigest() == state.sha256 else None

    def start(self, state: State, head: str = "") -> State:
        """Start again; what an earlier fetch left unfinished is dropped."""
        self._clear()
        self._hash = hashlib.sha256()
        self._seen.clear()
        self.state = state
        self._append(f"{head}\n".encode() if head else b"")
        self._save()
        return state

    def add(self, page: Page, saved: str) -> int:
        """Write the new records of a page, up to the limit, then the state; their number."""
        state, limit = self.state, self.state.request["limit"]
        lines = (line.encode("utf-8", "replace") + b"\n" for line in page.lines)
        new = {short: row for row in lines if (short := _short_hash(row)) not in self._seen}
        state.repeated += len(page.lines) - len(new)
        state.cursor = page.cursor
        rows = list(new.values())
        if limit is not None and state.records + len(rows) >= limit:
            room = limit - state.records
            state.cut = len(rows) > room or page.cursor is not None
            rows, state.cursor = rows[:room], None
        self._append(b"".join(rows))
        self._seen.update(new)
        state.records += len(rows)
        state.pages += 1
        state.total = page.total if page.total is not None else state.total
        state.saved = saved
        self._save()
        return len(rows)

    def finish(self, about: dict[str, Any], tail: str = "") -> dict[str, Any]:
        """Write where the output comes from, rename the part to the output, remove the journal."""
        self._append(f"{tail}\n".encode() if tail else b"")
        about = about | {"bytes": self.state.bytes, "sha256": self.state.sha256}
        # On the disk before the file that it vouches for.
        write_json(beside(self.output), about)
        self.part.replace(self.output)
        sync(self.output.parent)
        self._clear()
        return about

    def _append(self, data: bytes) -> None:
        with self.part.open("ab") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        self._hash.update(data)
        self.state.bytes += len(data)
        self.state.sha256 = self._hash.hexdigest()

    def _save(self) -> None:
        write_json(self.state_file, asdict(self.state))

    def _saved_state(self) -> dict[str, Any]:
        try:
            data = json.loads(self.state_file.read_bytes()[: 4 * 2**20])
        except (OSError, ValueError, RecursionError):
            return {}
        return data if isinstance(data, dict) else {}

    def _clear(self) -> None:
        self.part.unlink(missing_ok=True)
        self.state_file.unlink(missing_ok=True)


def _short_hash(row: bytes) -> bytes:
    return hashlib.blake2b(row, digest_size=12).digest()
