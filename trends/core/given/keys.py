"""Values from outside, one for each document, matched by id or by the row order of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.errors import DataError

#: What to do where values cannot be matched.
ADVICE = (
    "Give each its document's id: a pandas.DataFrame or Series with the ids as index, or a mapping "
    "from id to values."
)


@dataclass(frozen=True)
class Matched:
    """Values in the order of the documents.

    Parameters
    ----------
    values : ndarray, shape (documents, …)
        One row a document.
    by_id : bool
        Whether ids matched them; else the order of rows did.
    note : str
        What was left over, as a sentence; empty if nothing was.
    """

    values: NDArray[Any]
    by_id: bool
    note: str = ""


def match(
    given: Any,
    ids: Sequence[str],
    *,
    called: str,
    rows: NDArray[np.int64] | None = None,
    n_read: int | None = None,
) -> Matched:
    """Put values into the order of documents.

    Parameters
    ----------
    given : mapping, frame, Series or array
        A mapping from id to values; a frame or Series with the ids as index, or a frame with a
        column ``id``; or rows without ids, in the order of the file that was read: one for each
        document or, where records were dropped, one for each record.
    ids : sequence of str
        The documents.
    called : str
        How messages call the values.
    rows : ndarray of int, shape (documents,), optional
        Row of each document in its file, from 1; without it the documents are in the order of
        their file.
    n_read : int, optional
        Rows of the file, those included of which no document was made.

    Raises
    ------
    DataError
        If a document has no values or several, or it cannot be told which row belongs to which
        document.
    """
    keys, table = _keys(given, called)
    order = (
        None
        if isinstance(keys, list)
        else _by_row(table.shape[0] if table.ndim else 0, ids, rows, n_read)
    )
    if isinstance(keys, range) and {str(k) for k in keys} >= set(ids):
        # An index that pandas made, in a corpus whose ids are such numbers.
        if order is None or not np.array_equal(order, [int(i) for i in ids]):
            message = (
                f"{called}: the index 0, 1, 2, … could be ids of documents or count the rows of "
                "the file, which are in another order. Set the ids as text, "
                "frame.set_axis(frame.index.astype(str)), or give an array in the order of the "
                "file."
            )
            raise DataError(message)
        return Matched(table[order], True)
    if isinstance(keys, list):
        return Matched(table[_by_id(keys, ids, called)], True, _left_over(keys, ids, called))
    if order is None:
        message = f"{called}: {_why(table.shape, len(ids), rows, n_read)}. {ADVICE}"
        raise DataError(message)
    return Matched(table[order], False)


def by_name(given: Any, names: Sequence[Any], called: str, axis: Literal[0, 1] = 0) -> Any:
    """Rows (or columns) of a frame in the order of names; what has no names stays as it is.

    Raises
    ------
    DataError
        If the frame has other names.
    """
    if not isinstance(given, pd.DataFrame | pd.Series):
        return given
    own = list(map(str, given.axes[axis]))
    wanted = list(map(str, names))
    if isinstance(given.axes[axis], pd.RangeIndex) and set(own) != set(wanted):
        return given
    return given.take(_by_id(own, wanted, called), axis=axis)


def of_topics(given: Any, n_topics: int, called: str = "labels") -> tuple[str, ...]:
    """One text for each topic: a sequence in the order of the topics, or by number of the topic.

    Raises
    ------
    DataError
        If a mapping or Series has other keys than the numbers of the topics.
    """
    if not isinstance(given, Mapping | pd.Series):
        if isinstance(given, str | set | frozenset) or len(given) != n_topics:
            message = (
                f"{called}: give one text for each of {n_topics} topics, as a list in their order "
                "or as a mapping from their numbers."
            )
            raise DataError(message)
        return tuple(given)
    items = list(given.items())
    found = {str(k): v for k, v in items}
    wanted = [str(k) for k in range(n_topics)]
    if len(items) != n_topics or set(found) != set(wanted):
        shown = ", ".join(repr(k) for k, _ in items[:5])
        message = (
            f"{called}: the keys are {shown}…; they must be the numbers of the topics, 0 to "
            f"{n_topics - 1}, each once."
        )
        raise DataError(message)
    return tuple(found[k] for k in wanted)


def _keys(given: Any, called: str) -> tuple[list[str] | range | None, NDArray[Any]]:
    """Ids as they were given (a range is an index that nobody chose), and the values."""
    if isinstance(given, set | frozenset):
        message = f"{called}: a set has no order. {ADVICE}"
        raise DataError(message)
    if not isinstance(given, pd.DataFrame | pd.Series) and hasattr(given, "to_pandas"):
        given = given.to_pandas()
    if isinstance(given, pd.DataFrame) and "id" in given.columns:
        given = given.set_index(given["id"].astype(str)).drop(columns="id")
    if isinstance(given, pd.DataFrame | pd.Series):
        index = given.index
        chosen = not (isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1)
        keys: list[str] | range = list(map(str, index)) if chosen else range(len(index))
        one = given
        if isinstance(given, pd.DataFrame) and given.shape[1] == 1:
            one = given[given.columns[0]]
        if one.ndim == 1 and one.dtype == object:
            return keys, _stacked(list(one), called)
        return keys, given.to_numpy()
    if isinstance(given, Mapping):
        return [str(k) for k in given], _stacked(list(given.values()), called)
    if np.ma.is_masked(given):  # what is masked is missing, whatever number lies beneath
        given = given.astype(np.float64).filled(np.nan)
    return None, _stacked(given, called) if isinstance(given, list | tuple) else np.asarray(given)


def _stacked(values: Any, called: str) -> NDArray[Any]:
    try:
        return np.asarray([np.asarray(v) for v in values])
    except ValueError as error:
        message = f"{called}: the rows are not of one length; every document needs as many numbers."
        raise DataError(message) from error


def _by_id(keys: Sequence[str], ids: Sequence[str], called: str) -> list[int]:
    """The place of each document among the keys."""
    place = {key: i for i, key in enumerate(keys)}
    if len(place) < len(keys):
        twice = next(k for i, k in enumerate(keys) if place[k] != i)
        message = (
            f"{called}: {len(keys) - len(place):,} ids occur more than once, for example "
            f"{twice!r}; give one row for each document."
        )
        raise DataError(message)
    if missing := [i for i in ids if i not in place]:
        known = set(ids)
        other = next((k for k in keys if k not in known), None)
        seen = "" if other is None else f", and {other!r} is the id of no document"
        message = (
            f"{called}: {len(missing):,} of {len(ids):,} documents have none, for example "
            f"{missing[0]!r}{seen}. The index must hold the ids as corpus.ids has them."
        )
        raise DataError(message)
    return [place[i] for i in ids]


def _left_over(keys: Sequence[str], ids: Sequence[str], called: str) -> str:
    over = len(keys) - len(ids)
    return f"{called}: {over:,} are of no document and were not used." if over else ""


def _by_row(
    n: int, ids: Sequence[str], rows: NDArray[np.int64] | None, n_read: int | None
) -> NDArray[np.int64] | None:
    """Which of ``n`` rows each document has; ``None`` where it cannot be told."""
    if rows is None:
        return np.arange(n) if n == len(ids) else None
    if (rows < 1).any():
        return None
    if n == len(ids):
        return np.argsort(np.argsort(rows, kind="stable"), kind="stable")
    return rows - 1 if n == n_read and n >= rows.max() else None


def _why(shape: tuple[int, ...], n: int, rows: NDArray[np.int64] | None, n_read: int | None) -> str:
    if rows is not None and (rows < 1).any():
        return "the documents come from several inputs that were joined, which have no common order"
    read = "" if n_read in (None, n) else f" of {n_read:,} rows that were read"
    return f"the shape is {shape}, and there are {n:,} documents{read}"
