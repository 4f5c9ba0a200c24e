"""The diary of a fetch: what has arrived is on the disk before the next page is asked for.

Beside the output ``raw.jsonl`` lie ``raw.jsonl.part`` (the records so far) and
``raw.jsonl.part-state`` (how many bytes of it are good, their hash, and where the next page
begins). Records are written first, then the state; what stands in the part beyond the state is a
page that was torn and is asked for again. The output appears by one rename, after
``raw.jsonl.fetched``, which says where it comes from and holds its hash: a file whose hash is
another one is not taken for the finished output.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from trends.errors import StorageError, UsageError
from trends.files import sha256, storage_error, sync
from trends.sources.records.provenance import beside

VERSION = 1


@dataclass(frozen=True)
class State:
    """How far a fetch has come.

    Parameters
    ----------
    request : dict
        What was asked, in plain values; another request does not go on from here.
    collected_on : str
        Day (UTC) of the first answer.
    cursor : str, optional
        Where the next page begins; ``None`` if all is there.
    bytes, sha256 : int, str
        Good bytes of the part and their hash.
    records, repeated, pages : int
        Records written, records left out because the same one had come before, pages.
    total : int, optional
        Number of records as the service said last.
    cut : bool
        Whether the limit cut the answer off.
    saved : str
        Moment of the last page, for cursors that expire.
    """

    request: dict[str, Any]
    collected_on: str
    cursor: str | None
    bytes: int = 0
    sha256: str = hashlib.sha256().hexdigest()
    records: int = 0
    repeated: int = 0
    pages: int = 0
    total: int | None = None
    cut: bool = False
    saved: str = ""


class Journal:
    """The diary beside one output; used by one program at a time."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.part = output.with_name(f"{output.name}.part")
        self.state_file = output.with_name(f"{output.name}.part-state")
        self.about = beside(output)
        self._hash = hashlib.sha256()
        #: Short hashes of the records written, and their number.
        self.seen: set[bytes] = set()
        self.records = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other programs off this output.

        Raises
        ------
        StorageError
            If one is at work there already.
        """
        from filelock import FileLock, Timeout

        path = self.output.with_name(f"{self.output.name}.part-lock")
        try:
            self.output.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(str(path))
            lock.acquire(timeout=0)
        except Timeout as error:
            message = f"Another fetch writes to {self.output} at this moment; wait for it, or choose another name with --output."
            raise StorageError(message) from error
        except OSError as error:
            raise storage_error(error, self.output) from error
        try:
            yield
        except OSError as error:
            raise (
                error if isinstance(error, StorageError) else storage_error(error, self.output)
            ) from error
        finally:
            path.unlink(missing_ok=True)
            lock.release()

    def finished(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """What is known about the output if it is there as a whole; ``None`` if there is no output.

        Raises
        ------
        UsageError
            If there is an output that is of another request, or of which it is not known where it
            comes from.
        """
        if not self.output.exists():
            return None
        about = _load(self.about)
        if about.get("request") == request and about.get("sha256") == sha256(self.output):
            self._clear()
            return about
        if self.part.exists() and _load(self.state_file).get("request") == request:
            return None
        message = (
            f"{self.output} is there already and is not the finished answer to this request; "
            "choose another name with --output, or fetch it anew with --fresh."
        )
        raise UsageError(message)

    def taken_up(self, request: dict[str, Any]) -> State | None:
        """Go on from where an interrupted fetch stopped; ``None`` if there is none, or what is there is damaged.

        Raises
        ------
        UsageError
            If an unfinished fetch of something else is there.
        """
        written = _load(self.state_file)
        if not self.part.exists() or written.pop("version", None) != VERSION:
            return None
        try:
            state = State(**written)
        except TypeError:
            return None
        if state.request != request and not state.records:
            return None
        if state.request != request:
            message = (
                f"{self.part} is the beginning of another request ({state.request.get('source')}: "
                f"{str(state.request.get('query'))[:80]!r}); "
                "finish it with the same command as before, choose another name with --output, or "
                "drop it with --fresh."
            )
            raise UsageError(message)
        hashed, left = hashlib.sha256(), state.bytes
        self.seen.clear()
        with self.part.open("rb") as f:
            while left > 0 and (row := f.readline()):
                hashed.update(row)
                left -= len(row)
                self.seen.add(_short(row))
        if left != 0 or hashed.hexdigest() != state.sha256:
            self.seen.clear()
            return None
        with self.part.open("rb+") as f:
            f.truncate(state.bytes)
        self._hash, self.records = hashed, state.records
        return state

    def begin(
        self, request: dict[str, Any], cursor: str, collected_on: str, head: str = ""
    ) -> State:
        """Begin anew; what an earlier fetch left unfinished is dropped."""
        self._clear()
        first = f"{head}\n".encode() if head else b""
        self._hash = hashlib.sha256(first)
        self.seen.clear()
        self.records = 0
        self.part.write_bytes(first)
        state = State(
            request, collected_on, cursor, bytes=len(first), sha256=self._hash.hexdigest()
        )
        self._save(state)
        return state

    def unseen(self, lines: Sequence[str]) -> list[bytes]:
        """The records of a page that have not come before, as rows."""
        rows = {
            _short(row): row for row in (text.encode("utf-8", "replace") + b"\n" for text in lines)
        }
        return [row for short, row in rows.items() if short not in self.seen]

    def add(
        self,
        state: State,
        rows: Sequence[bytes],
        cursor: str | None,
        *,
        repeated: int,
        total: int | None,
        cut: bool,
        saved: str,
    ) -> State:
        """Write one page and where the next one begins."""
        data = b"".join(rows)
        with self.part.open("ab") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        self.seen.update(map(_short, rows))
        self._hash.update(data)
        state = replace(
            state,
            cursor=cursor,
            bytes=state.bytes + len(data),
            sha256=self._hash.hexdigest(),
            records=state.records + len(rows),
            repeated=state.repeated + repeated,
            pages=state.pages + 1,
            total=total if total is not None else state.total,
            cut=cut,
            saved=saved,
        )
        self._save(state)
        self.records = state.records
        return state

    def finish(self, about: dict[str, Any], tail: str = "") -> dict[str, Any]:
        """Say where the output comes from, let it appear, and clear away the diary; what was said, with size and hash."""
        last = f"{tail}\n".encode() if tail else b""
        with self.part.open("ab") as f:
            f.write(last)
            f.flush()
            os.fsync(f.fileno())
        self._hash.update(last)
        about = about | {"bytes": self.part.stat().st_size, "sha256": self._hash.hexdigest()}
        _write(self.about, about)
        sync(self.output.parent)  # the account is on the disk before what it vouches for
        self.part.replace(self.output)
        sync(self.output.parent)
        self._clear()
        return about

    def _save(self, state: State) -> None:
        _write(self.state_file, asdict(state) | {"version": VERSION})

    def _clear(self) -> None:
        for path in (self.part, self.state_file, _fresh(self.state_file), _fresh(self.about)):
            path.unlink(missing_ok=True)


def _short(row: bytes) -> bytes:
    return hashlib.blake2b(row, digest_size=12).digest()


def _fresh(path: Path) -> Path:
    return path.with_name(f"{path.name}-new")


def _write(path: Path, data: dict[str, Any]) -> None:
    """Replace a small file at once; the same temporary name each time, so that a kill leaves no heap of them."""
    fresh = _fresh(path)
    with fresh.open("wb") as f:
        f.write(
            (json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode(
                "utf-8", "replace"
            )
        )
        f.flush()
        os.fsync(f.fileno())
    fresh.replace(path)


def _load(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes()[: 4 * 2**20])
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
