"""Works of Crossref: answers of its REST API, lists of works, or JSON lines.

The date is that of publication online, else the one that Crossref calls issued (the earliest
known); both have one to three parts, and the precision is what is stated. Abstracts are in JATS;
the markup is taken off when a corpus is made.

References
----------
Crossref, "REST API", https://github.com/CrossRef/rest-api-doc
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import takewhile
from typing import Any

from trends.core.dates import DocDate
from trends.sources.records import fields
from trends.sources.records.reader import JsonParser, source
from trends.sources.records.record import Dropped, Place, Record

ENDINGS = (".json", ".jsonl", ".ndjson")
WAYS = (("message", "items"), ("items",))

_RETRACTED = re.compile(
    r"\W*(retracted|withdrawn)( article| paper| chapter)?\s*[:\]-]", re.IGNORECASE
)


def _record(item: Mapping[str, Any], place: Place) -> Record | Dropped:
    if isinstance(item.get("message"), Mapping) and "DOI" not in item:
        item = item["message"]  # the answer about a single work
    doi = fields.doi(item.get("DOI"))
    title = next(iter(fields.texts(item.get("title"))), "")
    if not doi and not title:
        return Dropped(
            place,
            "neither id nor title",
            f"{place}: this object has neither the DOI nor the title of a work.",
        )
    online, problem = _dated(item.get("published-online"))
    issued, worse = _dated(item.get("issued"))
    date = online or issued
    return Record(
        place,
        doi,
        title,
        fields.text(item.get("abstract")),
        date,
        "crossref",
        ids=fields.named(
            doi=doi,
            arxiv=fields.arxiv_id(doi.removeprefix("10.48550/arxiv."))
            if doi.startswith("10.48550/arxiv.")
            else "",
        ),
        venue=next(iter(fields.texts(item.get("container-title"))), ""),
        language=fields.text(item.get("language")),
        url=fields.text(item.get("URL")),
        flags=_flags(item, title),
        extra=fields.known(
            type=item.get("type"), cited_by_count=fields.whole(item.get("is-referenced-by-count"))
        ),
        date_problem=problem or worse,
    )


def _dated(value: Any) -> tuple[DocDate | None, str]:
    """Date of ``{"date-parts": [[year, month, day]]}``, of one to three parts or ``[[null]]``."""
    rows = fields.items_of(fields.record_of(value).get("date-parts"))
    parts = fields.items_of(rows[0]) if rows else []
    # What stands before a missing part is the date: [2019, null] is a year.
    numbers = list(takewhile(lambda n: n is not None, (fields.whole(p) for p in parts[:3])))
    if not numbers:
        return None, ""
    return fields.dating("-".join(f"{n:02d}" if i else f"{n:04d}" for i, n in enumerate(numbers)))


def _flags(item: Mapping[str, Any], title: str) -> tuple[str, ...]:
    """Retracted or withdrawn, by notices about the work or a mark before its title."""
    notices = {
        fields.text(fields.record_of(note).get("type")).lower()
        for note in fields.items_of(item.get("updated-by"))
    }
    marked = _RETRACTED.match(title)
    words = notices | ({marked[1].lower()} if marked else set())
    found = []
    if words & {"retraction", "retracted", "partial_retraction"}:
        found.append("retracted")
    if words & {"withdrawal", "withdrawn", "removal"}:
        found.append("withdrawn")
    return tuple(found)


records, read = source("crossref", ENDINGS, JsonParser(_record, WAYS))
