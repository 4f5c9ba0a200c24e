"""Exports of Web of Science: plain text, ``.ciw`` and tab-delimited files.

The date is that of the issue: the year (``PY``) with what stands beside it (``PD``: a day, a month,
two months or a season); a record that is published ahead of an issue has the month of early access
(``EA``). A day or month that cannot be read leaves the year. A record without its last line
(``ER``) is cut off and dropped.

References
----------
Clarivate, "Web of Science Core Collection field tags".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from trends.core.dates import DocDate
from trends.sources.io import tagged
from trends.sources.io.lines import is_damaged, open_lines
from trends.sources.records import fields
from trends.sources.records.reader import source, tagged_text
from trends.sources.records.record import Dropped, Place, Record, Records

ENDINGS = (".txt", ".ciw", ".isi", ".tsv", ".tab", ".csv")
_LAYOUT = tagged.Layout(
    re.compile(r"([A-Z][A-Z0-9])(?: |\Z)"), ("PT",), "ER", frozenset({"FN", "VR", "EF"})
)
_QUOTED = re.compile(r'"((?:[^"]|"")*)"\Z')


def _file(path: Path, label: str, encoding: str = "") -> Records:
    lines = open_lines(path, encoding=encoding, lenient=True)
    first = next((text for _, text in lines), "").removeprefix("\ufeff")
    if "\t" in first:
        yield from _table(path, label, first.split("\t"), encoding)
        return
    yield from tagged_text(
        path, label, _LAYOUT, encoding, "TI", lambda found, place: _record(found.first, place)
    )


def _table(path: Path, label: str, header: list[str], encoding: str) -> Records:
    """Rows of the tab-delimited form, whose columns are the tags.

    Its cells are not quoted, unless a spreadsheet program saved the file again.
    """
    columns = [_bare(name.strip()) for name in header]
    while columns and not columns[-1]:  # a tab ends the lines of older exports
        columns.pop()
    rows = iter(open_lines(path, encoding=encoding, lenient=True))
    next(rows, None)
    for number, (line, text) in enumerate(rows, start=1):
        place = Place(label, number, line)
        if is_damaged(text):
            detail = (
                f"{place}: this row holds bytes that are not UTF-8, as the rest of the file is."
            )
            yield Dropped(place, "not UTF-8", detail)
            continue
        cells = [_bare(cell.strip()) for cell in text.split("\t")]
        while len(cells) > len(columns) and not cells[-1]:
            cells.pop()
        if len(cells) != len(columns):
            detail = f"{place}: the row has {len(cells)} cells; the header has {len(columns)}."
            yield Dropped(place, "ragged row", detail)
            continue
        values = dict(zip(columns, cells, strict=True))
        yield _record(lambda *tags, v=values: next((v[t] for t in tags if v.get(t)), ""), place)


def _bare(cell: str) -> str:
    match = _QUOTED.match(cell)
    return match[1].replace('""', '"') if match else cell


def _record(first: Callable[..., str], place: Place) -> Record | Dropped:
    title, key, doi = first("TI", "BT"), first("UT"), fields.doi(first("DI", "D2"))
    if not (title or key or doi):
        detail = f"{place}: this record has neither a title (TI) nor an identifier (UT, DI)."
        return Dropped(place, "neither id nor title", detail)
    date, problem = _dated(first("PY"), first("PD"), first("EA"))
    return Record(
        place,
        key or doi,
        title,
        first("AB"),
        date,
        "web-of-science",
        ids=fields.named(doi=doi, pmid=fields.digits(first("PM"))),
        venue=first("SO"),
        language=first("LA"),
        flags=("retracted",) if "retracted publication" in first("DT").lower() else (),
        extra=fields.known(type=first("DT"), keywords=first("DE")),
        date_problem=problem,
    )


def _dated(year: str, within: str, early: str) -> tuple[DocDate | None, str]:
    """Date of the issue, else the month of early access, and what could not be read."""
    if not year:
        return fields.dating(early or within)
    return fields.dating_within(year, within)


records, read = source("web-of-science", ENDINGS, _file)
