"""Days that stand for "no date" in databases, told from real ones by the company they keep."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

#: Days that programs put where nothing is known, and what they are there.
PLACEHOLDERS = {
    dt.date(1, 1, 1): "the first day that many programs know",
    dt.date(1601, 1, 1): "second 0 of Windows",
    dt.date(1753, 1, 1): "the first day of SQL Server",
    dt.date(1899, 12, 30): "day 0 of spreadsheets",
    dt.date(1899, 12, 31): "day 0 of spreadsheets",
    dt.date(1900, 1, 1): "the first day of spreadsheets and databases",
    dt.date(1969, 12, 31): "second 0 of Unix time west of Greenwich",
    dt.date(1970, 1, 1): "second 0 of Unix time",
    dt.date(1980, 1, 1): "the first day of DOS",
}
#: Days of the future that stand for "no end".
_NO_END = frozenset({(2038, 1, 19), (2099, 12, 31), (2999, 12, 31), (3000, 1, 1), (2100, 1, 1)})
#: A day with nothing else within so many days is alone.
_ALONE = 5 * 365
#: So many documents on one day, and so many times those of any day around it, are no chance.
_LEAST, _TIMES = 3, 10


def found(days: Iterable[dt.date]) -> dict[dt.date, str]:
    """Placeholders among days, each with a sentence that says why.

    A placeholder is one that lies years away from every other date, or on which at least three
    documents lie and ten times as many as on any other day of the years around it.

    Parameters
    ----------
    days : iterable of date
        Of all documents that are dated to the day.
    """
    counts = Counter(days)
    out = {}
    for day, what in PLACEHOLDERS.items():
        if not (n := counts[day]):
            continue
        near = [
            k
            for other, k in counts.items()
            if other not in PLACEHOLDERS and abs((other - day).days) <= _ALONE
        ]
        if near and not (n >= _LEAST and n >= _TIMES * max(near)):
            continue
        why = f"{n:,} documents lie on it" if near else "no other document is dated near it"
        out[day] = f"{day} is {what}, a placeholder for no date: {why}."
    return out


def no_end(day: dt.date) -> bool:
    """Whether a day in the future is one that stands for "no end"."""
    return day.year in (9999, 9998) or (day.year, day.month, day.day) in _NO_END
