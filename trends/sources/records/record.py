"""What a parser yields: a record as the source has it, or the reason why it was dropped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from trends.core.dates import DocDate


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: its file, its number in it from 1, and its line where there is one."""

    file: str
    record: int
    line: int | None = None

    def __str__(self) -> str:
        return (
            f"{self.file}, line {self.line}"
            if self.line is not None
            else f"{self.file}, record {self.record}"
        )


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a source, before records are cleaned, joined and made into a corpus.

    Parameters
    ----------
    place : Place
        Where it stands.
    id : str
        As the source names it; empty where it names none.
    title, text : str
        As they stand in the source; markup is taken off later, once for all sources.
    date : DocDate, optional
        The date of the document, by the rule of the source (first version, not the last change).
    source : str
        Name of the source, as in the registry.
    ids : dict of str
        Identifiers that other sources know too, by kind: ``doi``, ``arxiv``, ``pmid``, ``acl``,
        ``openalex``, ``s2``; without versions and prefixes.
    venue, language, url : str
        Where the source states them. ``language`` as it is declared, not guessed.
    other_dates : tuple of (str, datetime.date)
        Further days by name that the source states (``updated``, ``featured``); never used as the
        date, kept as columns.
    rivals : tuple of DocDate
        Other statements about the same date; contradictions are listed.
    flags : tuple of str
        ``retracted``, ``withdrawn``, ``paratext``, as the source says.
    extra : dict
        Metadata that is kept as columns: text, whole numbers, numbers, true or false.
    date_problem : str
        Why there is no date although the source states one, as a sentence; listed.
    """

    place: Place
    id: str
    title: str
    text: str
    date: DocDate | None
    source: str
    ids: dict[str, str] = field(default_factory=dict)
    venue: str = ""
    language: str = ""
    url: str = ""
    other_dates: tuple[tuple[str, dt.date], ...] = ()
    rivals: tuple[DocDate, ...] = ()
    flags: tuple[str, ...] = ()
    extra: dict[str, str | int | float | bool | None] = field(default_factory=dict)
    date_problem: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A record that no document was made of.

    Parameters
    ----------
    place : Place
        Where it stands.
    reason : str
        Two or three words, the same for all records dropped for this reason; counted.
    detail : str
        What is wrong with this one, as a sentence.
    id, title : str
        As far as they are known.
    """

    place: Place
    reason: str
    detail: str = ""
    id: str = ""
    title: str = ""


#: What a parser yields: records in the order of the input, each either kept or dropped, none left
#: out.
Records = Iterator[Record | Dropped]
