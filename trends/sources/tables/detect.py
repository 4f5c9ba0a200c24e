"""Whether an input is a table, by its ending and, where that is shared, by its first bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trends.errors import TrendsError
from trends.sources.io.bounded import open_stream
from trends.sources.io.paths import unpacked_name

#: Options that name columns, or say how a table is written.
NAMING = frozenset(
    [
        *("text", "date", "id", "title", "venue", "language", "url", "origin", "keep"),
        *("delimiter", "quoting", "header_row", "skip_rows", "sheet", "records"),
    ]
)


def looks_like_table(inputs: Sequence[Any], options: Mapping[str, Any]) -> bool:
    """Whether a frame is among the inputs, or columns are named."""
    return bool(NAMING & options.keys()) or any(not isinstance(i, str | Path) for i in inputs)


def kind_by_name(path: Path) -> str:
    """``table``, ``corpus`` (a Parquet file with its columns), or empty for anything else."""
    name = path.name.lower()
    if unpacked_name(name).endswith((".csv", ".tsv", ".tab")) or name.endswith(
        (".xlsx", ".xlsm", ".pq")
    ):
        return "table"
    if name.endswith(".parquet"):
        return "corpus" if _is_corpus(path) else "table"
    if unpacked_name(name).endswith((".jsonl", ".ndjson")) and _is_export(path):
        return "table"
    return ""


def kind_by_content(path: Path) -> str:
    """``table`` if the first lines of a text are rows of one width, or it is a file of Excel."""
    from trends.sources.tables.formats.csv_file import CsvFile
    from trends.sources.tables.read import kind_of

    try:
        kind = kind_of(path)
        if kind != "csv":
            return "table" if kind in ("excel", "parquet") else ""
        found = CsvFile(path, path.name)
    except TrendsError:
        return ""
    wide = len(found.columns) > 2 or (found.delimiter == "\t" and len(found.columns) == 2)
    return "table" if wide and len(found.sample) > 1 and found.is_even else ""


def explained(inputs: Sequence[Any], option: str, source: str) -> str:
    """The message for an option of tables that was given without the column of the text.

    Empty if the option is none of a table, or the first input cannot be one.
    """
    import inspect

    from trends.sources.tables import read as tables

    known = inspect.signature(tables.read).parameters
    if option not in known or not isinstance(inputs[0], str | Path):
        return ""
    path = Path(inputs[0])
    try:
        listed = tables.open_table(path, path.name).listed()
    except TrendsError:
        return ""
    return (
        f"{path.name} was taken for {source}, which has no option {option!r}. To read it as a "
        "table, name its columns of text and date "
        f"(text=…, date=…; --text, --date). {listed} To read it as {source}, leave {option!r} "
        "out."
    )


def _is_corpus(path: Path) -> bool:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from trends.core.corpus import COLUMNS

    try:
        return set(COLUMNS) <= set(pq.read_schema(path).names)
    except (pa.ArrowException, OSError, ValueError):
        return True  # whoever reads a corpus says what is wrong with the file


def _is_export(path: Path) -> bool:
    from trends.sources.io.json_stream import loads
    from trends.sources.tables.roundtrip import is_own

    try:
        with open_stream(path) as stream:
            first = stream.readline(1 << 24)
        value = loads(first.decode("utf-8-sig"))
    except (TrendsError, ValueError):
        return False
    return isinstance(value, Mapping) and is_own(tuple(value))
