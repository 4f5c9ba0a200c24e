"""Days that stand for no date: all documents decide which, then their shards are written again."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trends import files
from trends.core.dates import Evidence, Precision
from trends.runs.engine.mapping.mapper import Mapper
from trends.runs.tasks.sharded.numbered import SHARDS, numbered
from trends.sources.dates import placeholders
from trends.sources.shards import Piece
from trends.sources.shards.account import PLACEHOLDER, Account

#: Documents of a group of rows in a clean shard.
PER_GROUP = 10_000
_UNDATED = pa.schema(
    [
        pa.field("path", pa.string()),
        pa.field("id", pa.string()),
        pa.field("day", pa.date32()),
        pa.field("n", pa.int64()),
    ]
)


def leave_out_placeholders(
    account: Account, mapper: Mapper, folder: Path, cut: Sequence[Piece]
) -> None:
    """Take the date from documents on a day that stands for no date; all documents decide that."""
    if not account.placeholders:
        return
    paths = [shard.path for shard in numbered(folder)]
    days = mapper.sum(mapper.map(count_days, paths), ["day"]).to_pydict()
    # A mapping of days to their number, which is what the function counts anyway.
    found = placeholders.found(Counter(dict(zip(days["day"], days["n"], strict=True))))
    if not found:
        return
    again = folder / "again"
    again.mkdir()
    undated = mapper.map(Undate(tuple(found), str(again)), paths).collect().to_pylist()
    for path in again.iterdir():
        path.replace(folder / SHARDS / path.name)
    again.rmdir()
    file_of = {piece.number: piece.file for piece in cut}
    for row in undated:
        account.undated[file_of[int(Path(row["path"]).name[:6])], PLACEHOLDER] += row["n"]
        account.notes.row("dropped_dates", record=row["id"], reason=found[row["day"]])
        account.notes.counts["placeholders"] += row["n"]
    account.notes.placeholders = list(found.values())


def count_days(path: str) -> pa.Table:
    """Documents by the day, of those that are dated to the day."""
    found = pq.read_table(path, columns=["date", "date_precision"], partitioning=None)
    exact = found.filter(pc.equal(found["date_precision"], Precision.DAY.value))
    counted = exact.group_by("date").aggregate([("date", "count")])
    return counted.rename_columns(["day", "n"])


@dataclass(frozen=True)
class Undate:
    """Takes the date from the documents of a shard that are dated to one of some days.

    Parameters
    ----------
    days : tuple of datetime.date
        These days.
    folder : str
        Where the shard is written anew: it may be asked for twice.
    """

    days: tuple[dt.date, ...]
    folder: str

    def __call__(self, path: str) -> pa.Table:
        """Each of these documents, with its day."""
        table = pq.read_table(path, partitioning=None)
        exact = pc.fill_null(pc.equal(table["date_precision"], Precision.DAY.value), False)
        there = pc.is_in(table["date"], pa.array(self.days, pa.date32()))
        gone = pc.and_(exact, there)
        some = table.filter(gone)
        if not len(some):
            return _UNDATED.empty_table()
        new = dict.fromkeys(("date", "date_last", "date_precision"))
        for name, value in (new | {"date_evidence": Evidence.NONE.value}).items():
            at, kind = table.column_names.index(name), table.schema.field(name)
            emptied = pc.if_else(gone, pa.scalar(value, kind.type), table[name])
            table = table.set_column(at, kind, emptied)
        with files.replacing(Path(self.folder) / Path(path).name) as temporary:
            pq.write_table(table, temporary, compression="zstd", row_group_size=PER_GROUP)
        columns = [[path] * len(some), some["id"], some["date"], [1] * len(some)]
        return pa.table(dict(zip(_UNDATED.names, columns, strict=True)), schema=_UNDATED)
