"""The notes of a stored corpus: checked when they are read, completed where they are missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trends.core.corpus import OBSERVED, Corpus
from trends.errors import DataError

#: What every source reports, and what it is made of.
KEYS: dict[str, type] = {
    "records": int,
    "per_input": dict,
    "dropped": list,
    "conflicts": list,
    "warnings": list,
    "inputs": dict,
}


def stored(value: Any, n_documents: int, path: Path, digest: str) -> dict[str, Any]:
    """Notes that were stored with a corpus, with every key of the contract.

    Raises
    ------
    DataError
        If a key holds something else than it should.
    """
    notes = dict(value) if isinstance(value, dict) else {}
    if value is not None and not isinstance(value, dict):
        message = f"{path}: the notes of the corpus are damaged; make the file again."
        raise DataError(message)
    defaults: dict[str, Any] = {
        "records": n_documents,
        "per_input": {path.name: n_documents},
        "dropped": [],
        "conflicts": [],
        "warnings": [],
        "inputs": {path.name: digest},
    }
    notes = {**defaults, **notes}
    for key, kind in KEYS.items():
        if not isinstance(notes[key], kind) or isinstance(notes[key], bool):
            message = f"{path}: the note {key!r} of the corpus is damaged; make the file again."
            raise DataError(message)
    return notes


def stored_span(about: Mapping[str, Any], path: Path) -> dict[str, dt.date | None]:
    """First and last observed day as they were stored; ``None`` where there is none.

    Raises
    ------
    DataError
        If one is not a day.
    """
    found: dict[str, dt.date | None] = {}
    for name in OBSERVED:
        value = about.get(name)
        try:
            found[name] = None if value is None else dt.date.fromisoformat(value)
        except (TypeError, ValueError) as error:
            message = f"{path}: {name} is {value!r}, not a day YYYY-MM-DD; make the file again."
            raise DataError(message) from error
    return found


def span_text(corpus: Corpus) -> dict[str, str | None]:
    """First and last observed day of a corpus as they are stored."""
    return {k: None if day is None else day.isoformat() for k, day in corpus.observed.items()}
