"""The page of a run with its updates: when each was, whether its documents fit, and trends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from trends import files, store
from trends.core.wording import plural
from trends.runs.tasks.updating import drift

#: What is kept of the record of each update.
SAID = ("number", "date", "documents", "first", "last")


def kept(records: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """What the page says of updates, of their records in the manifest."""
    return tuple({name: record[name] for name in SAID} for record in records)


def measured(places: list[Path], records: tuple[dict[str, Any], ...]) -> pd.DataFrame:
    """The tables of the alarm of all updates, each about its own documents."""
    out = []
    for place, record in zip(places, records, strict=True):
        own = store.read_csv(place / drift.DRIFT)
        own = own[own["set"] == "update"].drop(columns="set")
        own.insert(0, "update", record["number"])
        own.insert(1, "date", record["date"])
        out.append(own)
    return pd.concat(out, ignore_index=True)


def lines(place: Path, record: dict[str, Any]) -> list[str]:
    """When an update was and what came with it, and what it says of the topics."""
    came = (
        f"Update {record['number']} ({record['date']}): {plural(record['documents'], 'document')} "
        f"from {record['first'] or 'no date'} to {record['last'] or 'no date'}."
    )
    return [" ".join([came, *files.read_json(place / drift.SAID)["sentences"]])]
