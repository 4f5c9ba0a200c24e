"""A date that stands alone: in a bibliographic record, of which only its file could say more."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from trends.core.dates import DocDate, Evidence
from trends.errors import DataError
from trends.sources.dates.column import DateColumn, Dated
from trends.sources.dates.file_order import of_file
from trends.sources.dates.rules import DateRules
from trends.sources.dates.written import Written, parse


def parse_date(text: str, evidence: Evidence = Evidence.STATED, *, zone: str = "UTC") -> DocDate:
    """Read one date that stands alone, without a column that could decide.

    Parameters
    ----------
    text : str
        One date.
    evidence : Evidence
        What the result carries.
    zone : str
        Time zone in which moments become days.

    Returns
    -------
    DocDate

    Raises
    ------
    DataError
        If the text is not a date, names a day that does not exist or can be read in two ways.

    Examples
    --------
    >>> parse_date("18-May-2021").written
    '2021-05-18'
    >>> parse_date("2021-Q2").written
    '2021-04-01/2021-06-30'
    """
    date, problem = date_or_part(text, evidence, zone=zone)
    if problem or date is None:
        raise DataError(problem or "The date is empty.")
    return date


#: Years before are no dates where a text stands alone.
_ALONE = 1000


def date_or_part(
    text: str, evidence: Evidence = Evidence.STATED, *, zone: str = "UTC"
) -> tuple[DocDate | None, str]:
    """As :func:`parse_date`: the date as far as it can be read, and what is wrong with it."""
    file = of_file()
    rules = DateRules(zone=zone, earliest=_ALONE, order=file.order if file else "")
    found, dated = _alone(text, rules)
    if file is not None:
        dated = file.read(text, found, rules) or dated
    date = dated.date
    if date is not None and date.first.year < _ALONE:
        return None, f"The year {date.first.year} lies before {_ALONE}; this is no year of a text."
    return None if date is None else replace(date, evidence=evidence), dated.problem


@lru_cache(maxsize=20_000)
def _alone(text: str, rules: DateRules) -> tuple[Written, Dated]:
    """What a text may mean, and the date that it is where no file has a say."""
    found = parse(text, rules)
    if len(found.readings) > 1:
        # Bibliographic records follow ISO 8601 and EDTF.
        for key in ("YM", "years" if "fiscal" in found.readings else "season", "decade"):
            if key in found.readings:
                found = replace(found, readings={key: found.readings[key]})
                break
    column = DateColumn(rules)
    one = next(iter(found.readings), "")
    alone = len(found.readings) == 1 and one != "YDM"
    return found, column.dated(text, found, one) if alone else column.read(text)
