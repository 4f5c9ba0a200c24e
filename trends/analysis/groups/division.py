"""Documents → groups: values of a column, ranges of a number, small groups together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.core import Corpus
from trends.core.given.columns import name_of
from trends.core.wording import plural
from trends.errors import DataError, UsageError

#: More different numbers than this are divided into ranges.
SINGLE_NUMBERS = 12
#: More groups than this are no comparison that a reader could follow.
MOST_GROUPS = 60
#: Of documents, in words.
LENGTH = "length"
#: Where groups of few documents go.
OTHER = "other"


@dataclass(frozen=True)
class Groups:
    """Groups of documents.

    Parameters
    ----------
    names : tuple of str
        The largest first; ranges of a number from the lowest.
    codes : ndarray of int, shape (documents,)
        Number of each document's group, -1 where it has none.
    notes : tuple of str
        What was put together or left out.
    """

    names: tuple[str, ...]
    codes: NDArray[np.int64]
    notes: tuple[str, ...] = ()


def column_of(corpus: Corpus, by: str, option: str = "by") -> pd.Series:
    """The column of a corpus that a user means, under the name that the user gave.

    ``"length"`` is the number of words of each document, where the corpus has no such column.

    Raises
    ------
    UsageError
        If there is no such column.
    """
    frame = corpus.documents
    own = {LENGTH, f"{LENGTH}_in_source"} & set(frame.columns)
    if by == LENGTH and not own and corpus.counts is not None:
        return pd.Series(corpus.counts.tokens, name=by)
    if by == LENGTH and not own and corpus.has_text:
        return pd.Series([len(text.split()) for text in corpus.texts], name=by)
    return frame[name_of(frame, by, option)].rename(by)


def groups_of(column: pd.Series, *, smallest: int = 50, ranges: int = 4) -> Groups:
    """Divide documents by a column.

    Parameters
    ----------
    column : pandas.Series
        One value a document.
    smallest : int
        Groups with fewer documents are counted together as "other".
    ranges : int
        Into how many ranges with as many documents each a column of many numbers is divided.

    Returns
    -------
    Groups

    Raises
    ------
    DataError
        If fewer than two groups remain.
    UsageError
        If there are more than :data:`MOST_GROUPS`.

    Examples
    --------
    >>> import pandas as pd
    >>> from trends.analysis.groups.division import groups_of
    >>> found = groups_of(pd.Series(["a"] * 60 + ["b"] * 50 + ["c", "d"] + [None]))
    >>> found.names, found.notes[0]
    (('a', 'b', 'other'), '2 groups with fewer than 50 documents are counted as "other".')
    """
    known = column.notna() & (column.astype(str).str.strip() != "")
    notes = []
    if (missing := int((~known).sum())) > 0:
        notes.append(f"{plural(missing, 'document')} without a value belong to no group.")
    number = pd.to_numeric(column[known], errors="coerce")
    ordered = bool(len(number) and number.notna().all() and number.nunique() > SINGLE_NUMBERS)
    if ordered:
        values = _ranges(number, ranges)
        names = list(dict.fromkeys(values[number.sort_values(kind="stable").index]))
    else:
        values = column[known].astype(str).str.strip()
        counts = values.value_counts()
        names = sorted(counts.index, key=lambda name: (-counts[name], name))
        small = [name for name in names if counts[name] < smallest]
        if small:
            values = values.where(~values.isin(small), OTHER)
            names = [name for name in names if name not in small] + [OTHER]
            notes.insert(
                0,
                f"{plural(len(small), 'group')} with fewer than {smallest} documents are counted "
                f'as "{OTHER}".',
            )
    if len(names) < 2:
        message = (
            f"By {column.name!r} there is one group of {smallest} documents or more; a comparison "
            "needs two. Name another column, or allow smaller groups."
        )
        raise DataError(message)
    if len(names) > MOST_GROUPS:
        message = (
            f"By {column.name!r} there are {len(names)} groups; at most {MOST_GROUPS} are "
            "compared. Allow only larger ones."
        )
        raise UsageError(message)
    place = {name: i for i, name in enumerate(names)}
    codes = np.full(len(column), -1, dtype=np.int64)
    codes[np.flatnonzero(known.to_numpy())] = [place[v] for v in values]
    return Groups(tuple(names), codes, tuple(notes))


def _ranges(number: pd.Series, ranges: int) -> pd.Series:
    """Ranges that hold as many documents each, by name."""
    edges = np.unique(np.quantile(number, np.linspace(0, 1, ranges + 1)))
    place = np.clip(np.searchsorted(edges, number, side="right") - 1, 0, max(len(edges) - 2, 0))
    lowest, highest = number.groupby(place).min(), number.groupby(place).max()
    names = {i: f"{lowest[i]:g}–{highest[i]:g}" for i in lowest.index}
    return pd.Series(place, index=number.index).map(names)
