"""Whether an input is a table, by its ending and, where that is shared, by its first bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trends.errors import TrendsError
from trends.sources.io.bounded import open_stream


def looks_like_table(inputs: Sequence[Any], options: Mapping[str, Any]) -> bool:
    """Whether a frame is among the inputs, or a column of the text is named."""
    return "text" in options or any(not isinstance(item, str | Path) for item in inputs)


def kind_by_name(path: Path) -> str:
    """``table``, ``corpus`` (a Parquet file with its columns), or empty for anything else."""
    name = path.name.lower()
    if name.removesuffix(".gz").endswith((".csv", ".tsv", ".tab")) or name.endswith(
        (".xlsx", ".xlsm", ".pq")
    ):
        return "table"
    if name.endswith(".parquet"):
        return "corpus" if _is_corpus(path) else "table"
    if name.removesuffix(".gz").endswith((".jsonl", ".ndjson")) and _is_export(path):
        return "table"
    return ""


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
