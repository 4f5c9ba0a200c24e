"""Answers kept in one SQLite file, so that an interrupted look-up asks nothing twice."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trends.errors import StorageError, UsageError

#: Longest answer that is read back, in characters.
MAX_ANSWER = 1 << 20

_TABLE = """CREATE TABLE IF NOT EXISTS
    answers (base TEXT, service TEXT, key TEXT, answer TEXT, PRIMARY KEY (base, service, key))"""


class ResponseCache:
    """Answers by base URL, service and key; each is on the disk when :meth:`put` returns.

    Raises
    ------
    UsageError
        If the file is something else.
    StorageError
        If it cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, timeout=30.0)
            self._database.execute(_TABLE)

    def __enter__(self) -> ResponseCache:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def get(self, base: str, service: str, key: str) -> Any:
        """The kept answer; ``None`` if there is none that can be read."""
        query = "SELECT answer FROM answers WHERE (base, service, key) = (?, ?, ?)"
        with self._errors():
            row = self._database.execute(query, (base, service, key)).fetchone()
        try:
            return None if row is None or len(row[0]) > MAX_ANSWER else json.loads(row[0])
        except (TypeError, ValueError, RecursionError):
            return None

    def put(self, base: str, service: str, key: str, answer: Any) -> None:
        """Keep an answer."""
        row = (base, service, key, json.dumps(answer, sort_keys=True))
        with self._errors(), self._database:
            self._database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", row)

    def clear(self) -> None:
        """Remove all answers."""
        with self._errors(), self._database:
            self._database.execute("DELETE FROM answers")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        advice = "choose another file with --cache"
        try:
            yield
        except (sqlite3.OperationalError, OSError) as error:
            message = f"The cache of look-ups {self.path} cannot be used ({error}); {advice}."
            raise StorageError(message) from error
        except sqlite3.Error as error:
            message = f"{self.path} is not a cache of look-ups ({error}); {advice}, or delete it."
            raise UsageError(message) from error
