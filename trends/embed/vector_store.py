"""Vectors kept by model and text in one SQLite file that several processes may use at once.

A batch is one transaction, so a killed process leaves whole batches. A row has a checksum over its
key and its bytes: a row whose checksum does not fit counts as missing and is replaced. The store
never stops a run: where it cannot be read or written, vectors are made without it and a note says
so.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

NAME = "vectors.sqlite"
#: Seconds for which a process waits while another one writes.
TIMEOUT = 60.0
#: Seconds until it asks again where SQLite does not wait by itself.
PAUSE = 0.05
#: Keys in one query; SQLite takes at least 999 parameters.
CHUNK = 500
_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors
(key BLOB PRIMARY KEY, vector BLOB NOT NULL, checksum BLOB NOT NULL)
"""


class VectorStore:
    """Vectors of one space.

    Parameters
    ----------
    folder : Path or None
        Where the file is; ``None`` for a store that keeps nothing.
    space : mapping
        All that decides about the bytes of a vector but the text; JSON-able.

    Attributes
    ----------
    notes : list of str
        At most one: why the store is not used.
    damaged : int
        Rows whose checksum did not fit.
    """

    def __init__(self, folder: Path | None, space: Mapping[str, Any]) -> None:
        self.notes: list[str] = []
        self.damaged = 0
        self._space = hashlib.sha256(json.dumps(dict(space), sort_keys=True).encode()).digest()
        self._path = None if folder is None else folder / NAME
        if self._path is not None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                self._stop(error)
            else:
                # Readers do not wait for a writer, and a kill costs at most the last batches.
                self._execute("PRAGMA journal_mode = WAL")
                self._execute(_SCHEMA)

    def find(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Vectors of those texts that are known."""
        text_of = {self._key(text): text for text in texts}
        keys = list(text_of)
        found: dict[str, NDArray[np.float32]] = {}
        for start in range(0, len(keys), CHUNK):
            chunk = keys[start : start + CHUNK]
            marks = ",".join("?" * len(chunk))
            query = f"SELECT key, vector, checksum FROM vectors WHERE key IN ({marks})"
            for key, vector, checksum in self._execute(query, chunk):
                if isinstance(vector, bytes) and checksum == _checksum(key, vector):
                    found[text_of[key]] = np.frombuffer(vector, dtype="<f4")
                else:
                    self.damaged += 1
        return found

    def add(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Keep the vectors of one batch, in one transaction."""
        rows = []
        for text, vector in zip(texts, vectors, strict=True):
            key, data = self._key(text), vector.astype("<f4").tobytes()
            rows.append((key, data, _checksum(key, data)))
        self._execute("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows, many=True)

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(self._space + text.encode("utf-8", "surrogatepass")).digest()

    def _execute(self, sql: str, values: Sequence[Any] = (), *, many: bool = False) -> list[Any]:
        if self._path is None:
            return []
        until = time.monotonic() + TIMEOUT
        while True:
            try:
                with (
                    closing(sqlite3.connect(self._path, timeout=TIMEOUT)) as connection,
                    connection,
                ):
                    connection.execute("PRAGMA synchronous = NORMAL")
                    run = connection.executemany if many else connection.execute
                    return run(sql, values).fetchall()
            except sqlite3.Error as error:
                # A process that begins the log, or clears it away, turns others off at once.
                if _busy(error) and time.monotonic() < until:
                    time.sleep(PAUSE)
                    continue
                self._stop(error)
                return []

    def _stop(self, error: Exception) -> None:
        self.notes.append(
            f"The store of vectors {self._path} cannot be used ({error}); vectors are made without "
            "it and will be made again next time. If the file is damaged, delete it; if the place "
            "is not writable, name another folder with embed.store or TRENDS_CACHE."
        )
        self._path = None


def _busy(error: sqlite3.Error) -> bool:
    # The lowest byte is the code, those above it say more.
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF == sqlite3.SQLITE_BUSY


def _checksum(key: bytes, data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=8, key=key).digest()
