"""What every source of records takes, for the config, the API and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from trends.core.corpus import OBSERVED, observed
from trends.errors import UsageError
from trends.sources.dates.rules import EARLIEST
from trends.sources.records import language


@dataclass(frozen=True)
class ReadOptions:
    """Options of reading that every source of records takes, checked on creation.

    Parameters
    ----------
    name : str, optional
        How reports call the corpus; by default as the source or the first file.
    languages : str or sequence of str
        Keep documents in these languages only (ISO 639-1); those whose language is not known are
        kept and counted.
    min_chars : int
        Drop documents with a shorter text, in characters.
    paragraphs : bool
        Keep blank lines between the paragraphs of a text, which is one line without.
    strict : bool
        Refuse the input at the first record that cannot be read, which is else dropped and counted.
    collected_on : datetime.date or str, optional
        Day on which the source was asked or the files were made. Dates after it, or after today if
        it is not known, are listed and left out of time.
    earliest : int
        Years before are listed and left out of time as typing errors; 1600, or what an old corpus
        needs.
    observed_from, observed_until : datetime.date or str, optional
        First and last day that the source covers as a whole; periods beyond are incomplete.

    Raises
    ------
    UsageError
        If a language is not known, a day is not one or ``min_chars`` is negative.
    """

    name: str | None = None
    languages: tuple[str, ...] = ()
    min_chars: int = 0
    paragraphs: bool = False
    strict: bool = False
    collected_on: dt.date | None = None
    earliest: int = EARLIEST
    observed_from: dt.date | None = None
    observed_until: dt.date | None = None

    def __post_init__(self) -> None:
        given = (self.languages,) if isinstance(self.languages, str) else tuple(self.languages)
        object.__setattr__(self, "languages", language.codes(given))
        if self.min_chars < 0:
            message = f"min_chars is a number of characters, 0 or more; got {self.min_chars}."
            raise UsageError(message)
        for option in ("collected_on", *OBSERVED):
            object.__setattr__(self, option, day_option(option, getattr(self, option)))

    @property
    def latest(self) -> dt.date:
        """The last day that a document may have."""
        return self.collected_on or dt.datetime.now().astimezone().date()

    @property
    def observed(self) -> dict[str, Any]:
        """The span, as a corpus takes it."""
        return observed(self.observed_from, self.observed_until)

    @staticmethod
    def names() -> list[str]:
        """Names of the options."""
        return [each.name for each in fields(ReadOptions)]

    def completed(self, known: Mapping[str, dt.date]) -> ReadOptions:
        """The same with days that are known from elsewhere where none was given."""
        missing: dict[str, Any] = {k: v for k, v in known.items() if getattr(self, k) is None}
        return replace(self, **missing)


def day_option(option: str, value: dt.date | str | None) -> dt.date | None:
    """A day given as such or as YYYY-MM-DD; none for nothing.

    Raises
    ------
    UsageError
        If it is something else.
    """
    if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
        return value
    try:
        return dt.date.fromisoformat(str(value)) if value != "" else None
    except ValueError as error:
        message = f"{option} is {value!r}; write a day as YYYY-MM-DD."
        raise UsageError(message) from error
