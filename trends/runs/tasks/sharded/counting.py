"""Documents by day, evidence, language and source: all that periods and coverage need to know."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from trends.analysis.prevalence.periods import Periods, make_periods
from trends.core.dates import Evidence, Precision
from trends.runs.config.sections.engine import EngineConfig
from trends.runs.engine.engine import Context
from trends.runs.engine.mapping.choose import mapper_of
from trends.runs.engine.task import task
from trends.runs.tasks import backends
from trends.runs.tasks.sharded.shards import CleanShard, shards_of

#: The table of a finished count.
DAYS = "days.parquet"
#: Days since 1970 that stand for no date.
NONE = -(2**31)
#: Columns that say when a document is from, and all that documents are counted by.
WHEN = ("day", "last", "precision")
BY = (*WHEN, "evidence", "language", "source")


@task("sharded-days", how=("engine",), loads=backends.none)
def count(
    folder: Path, read: Path, repeats: Path, *, engine: EngineConfig, context: Context
) -> dict[str, Any]:
    """``days.parquet``: a row for each day, evidence, language and source, with its documents."""
    with mapper_of(engine, folder, context.shards, context.shelf) as mapper:
        table = mapper.sum(mapper.map(by_day, shards_of(read, repeats)), BY)
    pq.write_table(table, folder / DAYS)
    return {"documents": int(np.sum(table["documents"].to_numpy(), dtype=np.int64))}


def by_day(shard: CleanShard) -> pa.Table:
    """Documents of a shard by what is known of their date, language and source."""
    columns = ("date", "date_last", "date_precision", "date_evidence", "language", "source")
    parts = [_named(batch).group_by(list(BY)).aggregate([([], "count_all")])
             for batch in shard.batches(columns, 65_536)]  # fmt: skip
    found = pa.concat_tables(parts) if parts else _named(_empty(columns)).append_column(
        "count_all", pa.array([], pa.int64())
    )  # fmt: skip
    summed = found.group_by(list(BY)).aggregate([("count_all", "sum")])
    return summed.select([*BY, "count_all_sum"]).rename_columns([*BY, "documents"])


def _empty(columns: tuple[str, ...]) -> pa.Table:
    kinds = {"date": pa.date32(), "date_last": pa.date32()}
    return pa.table({name: pa.array([], kinds.get(name, pa.string())) for name in columns})


def _named(batch: pa.Table) -> pa.Table:
    """The columns by which documents are counted, without missing values."""
    when = when_of(batch)
    said = {
        name: batch[column].cast(pa.string()).fill_null("")
        for name, column in zip(
            BY[2:], ("date_precision", "date_evidence", "language", "source"), strict=True
        )
    }
    return pa.table({"day": when[0], "last": when[1], **said})


def when_of(batch: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First day of the date of each document, and the last one of a range; :data:`NONE` else."""
    first, last = (
        batch[name].cast(pa.int32()).fill_null(NONE).to_numpy().astype(np.int64)
        for name in ("date", "date_last")
    )
    ranges = pc.fill_null(pc.equal(batch["date_precision"], Precision.RANGE.value), False)
    return first, np.where(ranges.to_numpy(), last, NONE)


@dataclass(frozen=True)
class Days:
    """Documents of a corpus by what is known of their date.

    Parameters
    ----------
    frame : pandas.DataFrame
        The columns of :data:`BY` and ``documents``.
    """

    frame: pd.DataFrame

    @classmethod
    def of(cls, folder: Path) -> Days:
        """Those that were counted."""
        return cls(pq.read_table(folder / DAYS).to_pandas())

    def __len__(self) -> int:
        return int(self.frame["documents"].sum())

    @functools.cached_property
    def dates(self) -> pd.DataFrame:
        """Each date that occurs, in order: the columns of :data:`WHEN` and ``documents``."""
        return self.frame.groupby(list(WHEN))["documents"].sum().reset_index()

    def periods(
        self, calendar: dict[str, Any], observed: tuple[dt.date | None, dt.date | None]
    ) -> Periods:
        """Calendar periods over :attr:`dates`, each row of which stands for all its documents.

        Raises
        ------
        DataError, UsageError
            As for documents: if none is dated, a date is too coarse, or there is no such period.
        """
        dates = self.dates
        made = make_periods(
            _days(dates["day"]),
            dates["precision"],
            _days(dates["last"]),
            period=calendar["period"],
            imprecise=calendar["imprecise"],
            observed=observed,
            times=dates["documents"].to_numpy(np.int64),
        )
        return replace(made, season=calendar["season"])

    def summary(self) -> dict[str, Any]:
        """As that of a corpus: documents by precision and evidence of their date."""
        frame, n = self.frame, self.frame["documents"]
        return {
            "documents": len(self),
            "dated": int(n[frame["day"] != NONE].sum()),
            "by_precision": {
                p.value: many
                for p in Precision
                if (many := int(n[frame["precision"] == p.value].sum())) or p is not Precision.RANGE
            },
            "by_evidence": {e.value: int(n[frame["evidence"] == e.value].sum()) for e in Evidence},
        }

    def first_and_last(self) -> tuple[str | None, str | None]:
        """First and last dated day."""
        days = _days(self.frame["day"])
        days = days[~np.isnat(days)]
        return (str(days.min()), str(days.max())) if len(days) else (None, None)

    def place(self, batch: pa.Table) -> NDArray[np.int64]:
        """Row of :attr:`dates` of each document; every date is there."""
        precision = batch["date_precision"].fill_null("").to_pylist()
        keys = pd.MultiIndex.from_arrays([*when_of(batch), precision])
        return np.asarray(self._known.get_indexer(keys), dtype=np.int64)

    @functools.cached_property
    def _known(self) -> pd.MultiIndex:
        return pd.MultiIndex.from_frame(self.dates[list(WHEN)])


def _days(column: pd.Series) -> NDArray[np.datetime64]:
    days = column.to_numpy(np.int64)
    out = days.astype("datetime64[D]")
    out[days == NONE] = np.datetime64("NaT")
    return out
