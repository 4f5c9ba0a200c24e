"""Refer files, as EndNote (``.enw``), CNKI and reference managers write them.

The year stands in ``%D``, the day or month beside it in ``%8``; where the latter cannot be read the
year is left. Records begin with their type (``%0``); in files without it a blank line stands
between them.

References
----------
Lesk (1978), "Some Applications of Inverted Indexes on the UNIX System"; Clarivate, "EndNote: the
EndNote (Refer) format".
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from trends.sources.io import tagged
from trends.sources.io.lines import open_lines
from trends.sources.records import fields
from trends.sources.records.reader import source, tagged_text
from trends.sources.records.record import Dropped, Place, Record, Records

ENDINGS = (".enw", ".refer", ".txt")
_TYPED = tagged.Layout(re.compile(r"(%[0-9A-Z@?!#$\]&(){}+^><\[=~|*\\-])(?: |\t|\Z)"), ("%0",))
_BLANK = replace(_TYPED, start=())


def _file(path: Path, label: str, encoding: str = "") -> Records:
    first = next(
        (text for _, text in open_lines(path, encoding=encoding, lenient=True)), ""
    ).removeprefix("\ufeff")
    layout = _TYPED if first.startswith("%0") else _BLANK
    yield from tagged_text(path, label, layout, encoding, "%T", _record)


def _record(found: tagged.TaggedRecord, place: Place) -> Record | Dropped:
    title, key, doi = found.first("%T"), found.first("%M", "%F"), fields.doi(found.first("%R"))
    if not (title or key or doi):
        detail = f"{place}: this record has neither a title (%T) nor an identifier (%R, %M)."
        return Dropped(place, "neither id nor title", detail)
    date, problem = fields.dating_within(found.first("%D"), found.first("%8"))
    address = found.first("%U")
    return Record(
        place,
        doi or key,
        title,
        found.first("%X"),
        date,
        "refer",
        ids=fields.named(doi=doi, arxiv=fields.arxiv_id(address) if "arxiv.org" in address else ""),
        venue=found.first("%J", "%B", "%S"),
        language=found.first("%G"),
        url=address,
        extra=fields.known(type=found.first("%0"), keywords=found.all("%K")),
        date_problem=problem,
    )


records, read = source("refer", ENDINGS, _file)
