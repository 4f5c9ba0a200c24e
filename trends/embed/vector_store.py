"""Every vector that was ever made, by model and text, in one SQLite file that several processes may use at once.

A row is written once and never changed. Whole batches are committed, so a process that is killed
leaves whole batches. A row carries a checksum over its key and its bytes: one that does not fit
counts as not there. Where the file itself is damaged it stays where it is, and the next one,
``vectors-2.sqlite``, is begun: another process may still have the old one open. The store never
stops a run: where it cannot be read or written, vectors are made anew and a sentence says so.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Seconds for which a process waits while another one writes.
PATIENCE = 60.0
#: Keys looked up at once; SQLite takes 999 parameters wherever it comes from.
CHUNK = 500
_CHECK = 8
_SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS spaces (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, facts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS vectors (space INTEGER NOT NULL, text BLOB NOT NULL, vector BLOB NOT NULL, checksum BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS vectors_by_text ON vectors (space, text);
COMMIT;
"""


def text_key(text: str) -> bytes:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class VectorStore:
    """Vectors of one space.

    Parameters
    ----------
    folder : Path or None
        Where the file lies; ``None`` for a store that knows and keeps nothing.
    space : mapping
        All that decides about the bytes of a vector but the text; JSON-able.

    Attributes
    ----------
    notes : list of str
        Sentences about what went wrong.
    damaged : int
        Rows whose checksum did not fit.
    """

    def __init__(self, folder: Path | None, space: Mapping[str, Any]) -> None:
        self.notes: list[str] = []
        self.damaged = 0
        self._facts = json.dumps(dict(space), sort_keys=True)
        self._key = hashlib.sha256(self._facts.encode()).digest()
        self._folder = folder
        self._file: Path | None = None
        self._connection: sqlite3.Connection | None = None
        self._id = 0
        self._bad: set[bytes] = set()
        if folder is not None:
            self._begin()

    def __enter__(self) -> VectorStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def find(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Vectors of the texts with these keys, as far as they are known and whole."""
        found: dict[bytes, NDArray[np.float32]] = {}
        for start in range(0, len(keys), CHUNK):
            if self._connection is None:
                break
            chunk = keys[start : start + CHUNK]
            marks = ",".join("?" * len(chunk))
            query = (
                f"SELECT text, vector, checksum FROM vectors WHERE space = ? AND text IN ({marks})"
            )
            try:
                rows = self._connection.execute(query, (self._id, *chunk)).fetchall()
            except sqlite3.Error as error:
                self._trouble(error)
                # What was read so far is whole: each row proved itself.
                break
            for text, vector, checksum in rows:
                if _fits(text, vector, checksum):
                    found[text] = np.frombuffer(vector, dtype="<f4")
                else:
                    self._bad.add(text)
        self.damaged = len(self._bad)
        return found

    def add(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Keep the vectors of one batch, in one transaction.

        Returns
        -------
        ndarray of float32
            What the store holds now. Where another process was first, its vectors are taken, so
            that all agree.
        """
        if self._connection is None or not keys:
            return vectors
        rows = [
            (self._id, key, data := row.astype("<f4").tobytes(), _checksum(key, data))
            for key, row in zip(keys, vectors, strict=True)
        ]
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.executemany(
                    "DELETE FROM vectors WHERE space = ? AND text = ?",
                    [(self._id, key) for key in keys if key in self._bad],
                )
                added = self._connection.executemany(
                    "INSERT OR IGNORE INTO vectors VALUES (?, ?, ?, ?)", rows
                ).rowcount
        except sqlite3.Error as error:
            self._trouble(error)
            return vectors
        self._bad.difference_update(keys)
        if added == len(rows):
            return vectors
        held = self.find(keys)
        return np.stack([held.get(key, row) for key, row in zip(keys, vectors, strict=True)])

    def _begin(self) -> None:
        assert self._folder is not None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            numbers = [
                int(n)
                for p in self._folder.glob("vectors-*.sqlite")
                if (n := p.stem.removeprefix("vectors-")).isdigit()
            ]
            self._open(max(numbers, default=1))
        except (sqlite3.Error, OSError) as error:
            self._trouble(error)

    def _open(self, number: int) -> None:
        assert self._folder is not None
        self._file = self._folder / f"vectors-{number}.sqlite"
        self._connection = sqlite3.connect(
            self._file, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        # Readers do not wait for a writer, and a kill between two commits costs nothing but the
        # second.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute(
                "INSERT OR IGNORE INTO spaces (key, facts) VALUES (?, ?)", (self._key, self._facts)
            )
        self._id = int(
            self._connection.execute(
                "SELECT id FROM spaces WHERE key = ?", (self._key,)
            ).fetchone()[0]
        )

    def _trouble(self, error: sqlite3.Error | OSError) -> None:
        """Go on with a new file if this one is damaged, else without a store."""
        self.close()
        code = getattr(error, "sqlite_errorcode", None)
        damaged = code is not None and code & 0xFF in {
            sqlite3.SQLITE_CORRUPT,
            sqlite3.SQLITE_NOTADB,
        }
        if damaged and self._file is not None:
            old = self._file
            again = int(old.stem.removeprefix("vectors-")) + 1
            try:
                self._open(again)
            except (sqlite3.Error, OSError) as second:
                self.close()
                error = second
            else:
                self._bad.clear()
                self.notes.append(
                    f"The store of vectors {old} is damaged ({error}). A new one, "
                    f"{old.with_name(f'vectors-{again}.sqlite').name}, was begun "
                    "beside it, and what could not be read is embedded again; the damaged file can "
                    "be deleted."
                )
                return
        self.notes.append(
            f"The store of vectors in {self._folder} cannot be used ({error}); vectors are made "
            "without it and will be made again next time. "
            "Name another folder with embed.store or TRENDS_CACHE."
        )


def _checksum(key: bytes, data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_CHECK, key=key).digest()


def _fits(text: object, vector: object, checksum: object) -> bool:
    if not isinstance(text, bytes) or not isinstance(vector, bytes) or len(vector) % 4:
        return False
    return _checksum(text, vector) == checksum
