"""What a table's columns may be in a config: checked if they are named, else looked at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trends.errors import TrendsError, UsageError


def is_table(data: str, named: bool = False) -> bool:
    """Whether data are one file that is read as a table; ``named`` says that columns are."""
    from trends.sources.tables import detect

    path = Path(data)
    return path.is_file() and (named or detect.kind_by_name(path) == "table")


def check_columns(data: str, text: Sequence[str], date: Sequence[str], command: str) -> None:
    """Check the columns of a table, as reading it would.

    Parameters
    ----------
    data : str
        The file.
    text, date : sequence of str
        The columns that are named.
    command : str
        What the message completes where a column is not named, such as "trends run".

    Raises
    ------
    UsageError
        If the column of text or date is not named; the message ends with a command that names
        them.
    DataError
        If there is no such column.
    """
    from trends.sources.tables.columns import columns_from_options, resolve
    from trends.sources.tables.read import open_table

    columns = columns_from_options(text=text, date=date)
    path = Path(data)
    try:
        resolve(columns, open_table(path, path.name, columns))
    except UsageError as error:
        if text and date:
            raise
        longest, dated = propose(data)
        text, date = text or longest[:1] or ["COLUMN"], date or dated[:1] or ["COLUMN"]
        words = [f"--text {quoted(t)}" for t in text] + [f"--date {quoted(d)}" for d in date]
        message = f"{error} For example: {command} {quoted(data)} {' '.join(words)}."
        raise UsageError(message) from None


def propose(data: str) -> tuple[list[str], list[str]]:
    """Columns of text, the one with the longest texts first, and columns that look like dates.

    Both are empty where the file is no table.
    """
    from trends.sources.tables.read import describe

    try:
        rows = describe(data)
    except TrendsError:
        return [], []
    dated = [row["column"] for row in rows if row["dated"]]
    texts = [row for row in rows if row["kind"] == "text" and row["column"] not in dated]
    return [r["column"] for r in sorted(texts, key=lambda r: -r["length"])], dated


def quoted(word: str) -> str:
    """A word as a shell takes it."""
    import shlex

    return shlex.quote(word)
