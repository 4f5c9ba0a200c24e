"""Answers that were had before, in one SQLite file: a lookup that was interrupted goes on without asking again."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Any

from trends.errors import StorageError, UsageError

#: Longest answer that is kept, in characters.
MAX_ANSWER = 1 << 20

_TABLE = "CREATE TABLE IF NOT EXISTS answers (base TEXT, service TEXT, key TEXT, answer TEXT, PRIMARY KEY (base, service, key))"


class Memory:
    """Answers by address, service and question; each is on the disk when :meth:`keep` returns.

    Raises
    ------
    StorageError
        If the file cannot be opened or is no such memory.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(path, timeout=30.0)
            self._base.execute(_TABLE)
            self._base.commit()
        except (sqlite3.Error, OSError) as error:
            raise self._trouble(error) from error

    def __enter__(self) -> Memory:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._base.close()

    def get(self, base: str, service: str, key: str) -> Any:
        """The answer that was kept; ``None`` if there is none that can be read."""
        try:
            row = self._base.execute(
                "SELECT answer FROM answers WHERE base = ? AND service = ? AND key = ?",
                (base, service, key),
            ).fetchone()
        except sqlite3.Error as error:
            raise self._trouble(error) from error
        try:
            return None if row is None or len(row[0]) > MAX_ANSWER else json.loads(row[0])
        except (TypeError, ValueError, RecursionError):
            return None

    def keep(self, base: str, service: str, key: str, answer: Any) -> None:
        """Keep an answer."""
        text = json.dumps(answer, ensure_ascii=True, sort_keys=True)
        try:
            with self._base:
                self._base.execute(
                    "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", (base, service, key, text)
                )
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    def forget(self) -> None:
        """Forget everything."""
        try:
            with self._base:
                self._base.execute("DELETE FROM answers")
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    def _trouble(self, error: Exception) -> StorageError | UsageError:
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(
            error, sqlite3.OperationalError
        ):
            return UsageError(
                f"{self.path} is not a memory of lookups ({error}); choose another file with "
                "--cache, or delete it."
            )
        return StorageError(
            f"The memory of lookups {self.path} cannot be used ({error}); choose another file with "
            "--cache."
        )
