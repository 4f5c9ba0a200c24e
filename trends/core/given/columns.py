"""The column of a corpus that a user means."""

from __future__ import annotations

import pandas as pd

from trends.errors import UsageError


def name_of(documents: pd.DataFrame, name: str, option: str) -> str:
    """The name that a column of the user has in a corpus.

    A table's own "venue", "language" or "source" is kept as ``venue_in_source`` and so on, since a
    corpus has columns of these names itself; who says "venue" means the table's, if it had one.

    Parameters
    ----------
    documents : pandas.DataFrame
        Of a corpus.
    name : str
        What the user wrote.
    option : str
        How messages call the setting.

    Raises
    ------
    UsageError
        If there is no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> from trends.core.given.columns import name_of
    >>> name_of(pd.DataFrame(columns=["id", "venue", "venue_in_source"]), "venue", "by")
    'venue_in_source'
    """
    for each in (f"{name}_in_source", name):
        if name and each in documents.columns:
            return each
    message = (
        f"{option} is {name!r}, but the corpus has no such column; it has "
        f"{', '.join(map(str, documents.columns))}."
    )
    raise UsageError(message)
