"""Reading in pieces: every input file → clean shards, and what became of each record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from trends import files
from trends.core.wording import plural
from trends.errors import DataError
from trends.runs.config.sections.engine import EngineConfig
from trends.runs.config.settings import CorpusConfig, RunConfig
from trends.runs.engine.engine import Context
from trends.runs.engine.mapping.choose import mapper_of
from trends.runs.engine.task import Task, task
from trends.runs.tasks import backends
from trends.runs.tasks.sharded.accounts import pieces_table, table_of
from trends.runs.tasks.sharded.numbered import ACCOUNT, PIECES, READING, SHARDS
from trends.runs.tasks.sharded.undating import PER_GROUP, leave_out_placeholders
from trends.sources import reading_of
from trends.sources.dates.column import TWO_WAYS as IN_TWO_WAYS
from trends.sources.records import provenance
from trends.sources.records.account import described, nothing_dated, nothing_left
from trends.sources.shards import Piece, PieceReader, ShardOptions, pieces
from trends.sources.shards.account import TWO_WAYS, Account
from trends.sources.shards.files import files_of

#: Folder of the lists of single records.
LISTED = "listed"
#: Documents of one file, or as many as take so many bytes.
PER_FILE, BYTES = 50_000, 128 * 2**20
#: Part of the documents whose dates may be open.
MOST_OPEN = 0.01


@task("sharded-read", how=("corpus", "engine"), loads=backends.none)
def read(
    folder: Path,
    *,
    corpus: CorpusConfig,
    engine: EngineConfig,
    columns: tuple[str, ...],
    inputs: Mapping[str, str],
    context: Context,
) -> dict[str, Any]:
    """``shards/*.parquet``: the documents of all pieces, clean, in the order of the input.

    ``account.json`` has the notes of a corpus, ``reading.csv`` a row for each file, ``pieces.csv``
    one for each piece.
    """
    options = ShardOptions(corpus.source, corpus.options(), columns, corpus.vector)
    asked = 0 if engine.shards == "auto" else engine.shards
    cut = pieces(corpus.path, options, asked)
    for name in (SHARDS, LISTED):
        (folder / name).mkdir()

    def tell(n: int, of: int) -> None:
        context.within(f"{n} of {of} pieces")

    with mapper_of(engine, folder, tell, context.shelf) as mapper:
        counts = mapper.map(ReadPiece(str(folder), options), cut).collect()
        listed = (pq.read_table(folder / LISTED / f"{p.number:06d}.parquet") for p in cut)
        account = Account.of(counts, listed)
        _check(account, cut[0].source)
        leave_out_placeholders(account, mapper, folder, cut)
    about = _about(account, corpus, cut, inputs)
    files.write_json(folder / ACCOUNT, files.plain(about))
    files.write_csv(folder / READING, table_of(account))
    files.write_csv(folder / PIECES, pieces_table(counts))
    return {"documents": about["kept"], "records": about["records"]}


def task_of(config: RunConfig) -> Task:
    """The task that reads the corpus of a run in pieces.

    Its key holds the content of every file that is read, and the columns that the run asks for.
    """
    given, p = config.corpus, config.prevalence
    asked = (
        p.cluster,
        p.standardize_by,
        config.groups.by,
        config.groups.standardize_by,
        *(given.keep or ()),
    )
    bare = given.model_copy(update={"path": Path(given.path).name, "dates": ""})
    return read(
        corpus=given,
        engine=config.engine,
        columns=tuple(sorted(set(filter(None, asked)))),
        inputs=inputs_of(given.path),
        depends=bare.model_dump(mode="json"),
    )


def inputs_of(path: str) -> dict[str, str]:
    """SHA-256 of every file of a corpus that is read in pieces, by the name of the file."""
    return {name: files.sha256(each) for name, each in files_of(path).items()}


@dataclass(frozen=True)
class ReadPiece:
    """Reads a piece into files of clean documents.

    Parameters
    ----------
    folder : str
        Of the task.
    options : ShardOptions
        How all pieces are read.
    """

    folder: str
    options: ShardOptions

    def __call__(self, piece: Piece) -> pa.Table:
        """What became of the records of the piece."""
        reader = PieceReader(piece, self.options)
        folder = Path(self.folder)
        waiting: list[pa.RecordBatch] = []
        part = rows = size = 0
        for batch in reader.batches():
            waiting.append(batch)
            rows, size = rows + len(batch), size + batch.nbytes
            if rows >= PER_FILE or size >= BYTES:
                self._write(waiting, reader.schema, piece, part)
                part, rows, size, waiting = part + 1, 0, 0, []
        if waiting:
            self._write(waiting, reader.schema, piece, part)
        with files.replacing(folder / LISTED / f"{piece.number:06d}.parquet") as temporary:
            pq.write_table(reader.listed(), temporary)
        return reader.account()

    def _write(
        self, batches: Sequence[pa.RecordBatch], schema: pa.Schema, piece: Piece, part: int
    ) -> None:
        path = Path(self.folder) / SHARDS / f"{piece.number:06d}-{part:06d}.parquet"
        table = pa.Table.from_batches(batches, schema)
        with files.replacing(path) as temporary:
            pq.write_table(table, temporary, compression="zstd", row_group_size=PER_GROUP)


def _check(account: Account, source: str) -> None:
    """Stop where nothing is left, or too many dates are open.

    Raises
    ------
    DataError
        With what was found, and what helps.
    """
    kept = account.notes.kept.total()
    if not kept:
        raise nothing_left(account.notes, source)
    n = sum(many for (_, reason), many in account.undated.items() if reason == TWO_WAYS)
    if n > MOST_OPEN * kept:
        listed = account.notes.lists.get("dropped_dates", [])
        example = next((r["reason"] for r in listed if IN_TWO_WAYS in r["reason"]), "")
        message = (
            f"{n:,} of {plural(kept, 'document')} have a date that can be read in two ways, and "
            f"in pieces no other date decides; the first: {example} Say which is meant with "
            "corpus.date_order or corpus.date_format (in months of fiscal years, "
            "corpus.fiscal_year)."
        )
        raise DataError(message)


def _about(
    account: Account, corpus: CorpusConfig, cut: Sequence[Piece], inputs: Mapping[str, str]
) -> dict[str, Any]:
    """The notes of the corpus, as reading in memory makes them."""
    how = reading_of([Path(cut[0].path)], cut[0].source, corpus.options())
    assert how.common is not None
    paths = [Path(path) for path in dict.fromkeys(piece.path for piece in cut)]
    known = how.common.completed(provenance.days(paths))
    about = described(
        account.notes,
        account.cleaner,
        source=cut[0].source,
        inputs=inputs,
        warnings=_warnings(account),
        zone=str(how.own.get("zone", "UTC")),
        latest=cut[0].latest,
        collected=known.collected_on is not None,
    )
    if about["kept"] == account.undated.total():
        raise nothing_dated(about, about["kept"])
    return about | {name: day and day.isoformat() for name, day in known.observed.items()}


def _warnings(account: Account) -> list[str]:
    """What a user should know about dates that were not read."""
    by_reason: Counter[str] = Counter()
    for (_, reason), n in sorted(account.undated.items(), key=lambda each: each[0][1]):
        by_reason[reason] += n
    kept = account.notes.kept.total()
    if not by_reason:
        return []
    why = "; ".join(f"{n:,} {reason}" for reason, n in by_reason.most_common())
    n = by_reason.total()
    return [f"{n:,} of {plural(kept, 'document')} are undated: {why}."]
