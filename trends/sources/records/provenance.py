"""Where a fetched file comes from: ``<name>.fetched``, which ``trends fetch`` puts beside it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trends.core.corpus import OBSERVED
from trends.files import sha256

_MAX_BYTES = 1 << 20


def beside(path: Path) -> Path:
    """The name of the file that says where a file comes from."""
    return path.with_name(f"{path.name}.fetched")


def stated(path: Path) -> dict[str, Any]:
    """What is known about a fetched file; empty if nothing is, or the file has changed."""
    try:
        about = json.loads(beside(path).read_bytes()[:_MAX_BYTES])
        if isinstance(about, dict) and about.get("sha256") == sha256(path):
            return about
    except (OSError, ValueError, RecursionError):
        pass
    return {}


def days(paths: Sequence[Path]) -> dict[str, dt.date]:
    """Options of a source that follow from where its files come from.

    Parameters
    ----------
    paths : sequence of Path
        The files that are read together.

    Returns
    -------
    dict of datetime.date
        ``collected_on`` (the latest) and the span that all files cover: each day only if it is
        known for every file, and the span only if it has a day.
    """
    known = [stated(path) for path in paths]
    found: dict[str, dt.date] = {}
    for name, choose in zip(("collected_on", *OBSERVED), (max, max, min), strict=True):
        values = [_day(about.get(name)) for about in known]
        given = [value for value in values if value is not None]
        if given and len(given) == len(values):
            found[name] = choose(given)
    span = [found[name] for name in OBSERVED if name in found]
    if span != sorted(span):
        found = {name: day for name, day in found.items() if name not in OBSERVED}
    return found


def _day(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
