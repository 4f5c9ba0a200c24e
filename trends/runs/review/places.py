"""Where in a run's files something stands: file, line, and what the line says."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from trends import store
from trends.errors import DataError, UsageError

#: Characters of a line that are quoted.
QUOTED = 120


def run_of_topics(folder: Path) -> store.Run:
    """The finished run of a folder.

    Raises
    ------
    MissingError
        If there is none.
    UsageError
        If it holds concepts, whose files are others.
    """
    run = store.Run(folder)
    if run.manifest.get("kind") == "concepts":
        message = (
            f"{folder} holds concepts, and this is asked of runs of topics. Claims about concepts "
            f"are shown by: trends card {folder}, and checked by: trends verify {folder} FEATURES."
        )
        raise UsageError(message)
    return run


@dataclass(frozen=True)
class Place:
    """A line of a file, counted from 1."""

    file: str
    line: int
    quote: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class JsonFile:
    """A JSON file as the package writes it: a key a line, one blank for each level."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path, self.name = folder / name, name

    @cached_property
    def lines(self) -> list[str]:
        """Its lines; none where the file is not there."""
        if not self.path.is_file():
            return []
        return self.path.read_text(encoding="utf-8").splitlines()

    @cached_property
    def content(self) -> Any:
        """What it holds; nothing where it is not there."""
        try:
            return json.loads("\n".join(self.lines)) if self.lines else {}
        except ValueError as error:
            message = f"{self.path} is not JSON; run again to write it anew."
            raise DataError(message) from error

    def get(self, *keys: str, default: Any = None) -> Any:
        """A value by its keys."""
        value = self.content
        for key in keys:
            if not isinstance(value, dict) or key not in value:
                return default
            value = value[key]
        return value

    def place(self, *keys: str) -> Place:
        """The line on which a value begins, or that of the innermost key that is there."""
        at = 0
        for depth, key in enumerate(keys, 1):
            start = f"{' ' * depth}{json.dumps(key, ensure_ascii=False)}:"
            found = None
            for i in range(at + (depth > 1), len(self.lines)):
                line = self.lines[i]
                if line.startswith(start):
                    found = i
                    break
                if depth > 1 and len(line) - len(line.lstrip(" ")) < depth and i > at:
                    break
            if found is None:
                break
            at = found
        return Place(self.name, at + 1, _quoted(self.lines[at] if self.lines else ""))


class CsvFile:
    """A table of a run, with the line on which each row begins."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path, self.name = folder / name, name

    @cached_property
    def rows(self) -> list[tuple[int, dict[str, str]]]:
        """Line and values of each row; none where the file is not there."""
        if not self.path.is_file():
            return []
        with self.path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            header, out, before = next(reader, []), [], reader.line_num
            for values in reader:
                out.append((before + 1, dict(zip(header, values, strict=False))))
                before = reader.line_num
        return out

    def find(self, **wanted: str) -> list[tuple[int, dict[str, str]]]:
        """Rows with these values."""
        return [
            (line, row)
            for line, row in self.rows
            if all(row.get(key) == value for key, value in wanted.items())
        ]

    def place(self, line: int) -> Place:
        """A line of the table."""
        lines = self.path.read_text(encoding="utf-8").split("\n")
        return Place(self.name, line, _quoted(lines[line - 1]))


def _quoted(line: str) -> str:
    text = line.strip()
    return text if len(text) <= QUOTED else f"{text[: QUOTED - 1]}…"
