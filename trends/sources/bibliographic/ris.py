"""RIS files, from databases and reference managers.

Exporters spell the same thing in different tags: a title is in ``TI`` or ``T1``, an abstract in
``AB`` or ``N2``, a date in ``DA``, ``PY`` or ``Y1``. Records are told apart by their first line
(``TY``) and read by :mod:`rispy` one at a time; one without its last line (``ER``) is cut off and
dropped. What some exporters write between records (numbers, addresses) has no tag and is no record.
A day or month that cannot be read leaves the year.

References
----------
Research Information Systems, "RIS Format Specifications".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trends.core.dates import DocDate
from trends.sources.io.lines import is_damaged, open_lines
from trends.sources.records import fields
from trends.sources.records.reader import source
from trends.sources.records.record import Dropped, Place, Record, Records

ENDINGS = (".ris",)
#: Longest record in characters.
MAX_RECORD = 2**20

_TAG = re.compile(r"\s{0,3}([A-Z][A-Z0-9])\s{1,2}-(?:\s|\Z)")

#: Year, month, day and other information, as the format has it.
_PARTS = re.compile(r"([0-9]{4})/([^/]*)/([^/]*)/(.*)", re.DOTALL)


def _file(path: Path, label: str, encoding: str = "") -> Records:
    for number, (line, lines, ended) in enumerate(_chunks(path, encoding), start=1):
        yield _read(lines, Place(label, number, line), ended)


def _chunks(path: Path, encoding: str) -> Iterator[tuple[int, list[str], bool]]:
    """Number of the first line, lines of a record or between records, whether it has an ``ER``."""
    lines: list[str] = []
    stray: list[str] = []
    first = size = 0
    for number, line in open_lines(path, encoding=encoding, lenient=True):
        tag = _TAG.match(line)
        name = tag[1] if tag else ""
        if tag and name in ("TY", "ER"):
            # Some exporters write one blank, or indent.
            line = f"{name}  - {line[tag.end() :].strip()}"
        if name == "TY":
            if lines or stray:
                yield first, lines or stray, False
            lines, stray, first, size = [line], [], number, len(line)
        elif name == "ER" and lines:
            yield first, [*lines, line], True
            lines = []
        elif lines and size <= MAX_RECORD:
            lines.append(
                f"{name}  - {line[tag.end() :].strip()}" if tag and line[0].isspace() else line
            )
            size += len(line)
        elif name == "ER" and stray:
            yield first, stray, False
            stray = []
        elif not lines and (stray or tag or line.strip() == "TY"):
            first = first if stray else number
            stray = [*stray[:20], line]
    if lines or stray:
        yield first, lines or stray, False


def _read(lines: list[str], place: Place, ended: bool) -> Record | Dropped:
    from rispy import RisParser

    if not _TAG.match(lines[0]) or not lines[0].startswith("TY"):
        return Dropped(
            place,
            "outside of any record",
            f"{place}: {lines[0][:60]!r} stands before the first line of a record (TY).",
        )
    if not ended:
        return Dropped(
            place,
            "cut off",
            f"{place}: this record has no last line (ER); the file may be cut off.",
        )
    if any(map(is_damaged, lines)):
        detail = f"{place}: this record holds bytes that are not UTF-8, as the rest of the file is."
        return Dropped(place, "not UTF-8", detail)
    if sum(map(len, lines)) > MAX_RECORD:
        return Dropped(
            place,
            "too long",
            f"{place}: this record is longer than {MAX_RECORD:,} characters, the most that is "
            "read.",
        )
    try:
        parsed = RisParser().parse_lines(iter(lines))
    except (
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
    ) as error:  # a line that goes on from nothing
        return Dropped(
            place,
            "not RIS",
            f"{place}: rispy cannot read this record ({type(error).__name__}: {error}).",
        )
    if len(parsed) != 1:
        return Dropped(
            place, "not RIS", f"{place}: rispy finds {len(parsed)} records here in place of one."
        )
    return _record(parsed[0], place)


def _record(item: Mapping[str, Any], place: Place) -> Record | Dropped:
    title = fields.text(fields.first(item, "title", "primary_title", "short_title"))
    doi = fields.doi(fields.first(item, "doi"))
    addresses = fields.texts(item.get("urls"))
    if not doi:
        doi = next(
            (
                found
                for address in addresses
                if "doi.org/" in address and (found := fields.doi(address))
            ),
            "",
        )
    own = fields.text(fields.first(item, "id", "accession_number"))
    if not (title or doi or own):
        return Dropped(
            place, "neither id nor title", f"{place}: this record has neither an id nor a title."
        )
    date, problem = dated(item)
    arxiv = next(
        (
            found
            for address in addresses
            if "arxiv.org/" in address and (found := fields.arxiv_id(address))
        ),
        "",
    )
    return Record(
        place,
        doi or own,
        title,
        fields.text(fields.first(item, "abstract", "notes_abstract")),
        date,
        "ris",
        ids=fields.named(doi=doi, arxiv=arxiv),
        venue=fields.text(
            fields.first(
                item,
                "journal_name",
                "alternate_title3",
                "secondary_title",
                "alternate_title1",
                "alternate_title2",
            )
        ),
        language=fields.text(item.get("language")),
        url=next(iter(addresses), ""),
        extra=fields.known(type=item.get("type_of_reference"), keywords=item.get("keywords")),
        date_problem=problem,
    )


def dated(item: Mapping[str, Any]) -> tuple[DocDate | None, str]:
    """The finest date of a record, not its day of access (``Y2``), and what could not be read."""
    written = [fields.text(item.get(name)) for name in ("date", "year", "publication_year")]
    year = next(
        (match[0] for text in written if (match := re.match(r"[0-9]{4}(?![0-9])", text))), ""
    )
    problem = ""
    found: list[DocDate] = []
    for text in filter(None, written):
        date, worse = _one(text, year)
        if date is not None:
            found.append(date)
        problem = problem or worse
    if not found and year:
        found = [date for date, _ in [fields.dating(year)] if date is not None]
    else:
        problem = problem if len(found) < 2 else ""
    return min(found, key=lambda d: (d.last - d.first).days, default=None), problem


def _one(text: str, year: str) -> tuple[DocDate | None, str]:
    """One date: ``2014//``, ``2014/05/03/Spring``, another form, or day and month of ``year``."""
    match = _PARTS.match(text)
    if match is None:
        within = not re.search(r"[0-9]{4}", text)
        return fields.dating_within(year, text) if within and year else fields.dating(text)
    date, problem = fields.dating("/".join(part.strip() for part in match.groups()[:3]))
    if match[4].strip() and not match[2].strip():
        finer, worse = fields.dating_within(match[1], match[4])
        return (finer, worse) if finer is not None else (date, problem)
    return date, problem


records, read = source("ris", ENDINGS, _file)
