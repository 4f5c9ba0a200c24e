"""Data sets of Constellate (JSTOR, Portico): JSON lines, one document each.

The text is that of the pages (``fullText``) where the data set has it, else the abstract; counts of
words alone are no text. The date is ``datePublished``, else ``publicationYear``.

References
----------
ITHAKA, "Constellate: the data file format".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trends.sources.records import fields
from trends.sources.records.reader import JsonParser, source
from trends.sources.records.record import Dropped, Place, Record

ENDINGS = (".jsonl", ".ndjson", ".json")


def _record(item: Mapping[str, Any], place: Place) -> Record | Dropped:
    key, title = fields.text(item.get("id")), fields.text(item.get("title"))
    if not (key or title):
        detail = f"{place}: this object has neither an id nor a title."
        return Dropped(place, "neither id nor title", detail)
    year = item.get("publicationYear")
    date, problem = fields.dating(item.get("datePublished"))
    if date is None:
        date, worse = fields.dating(year)
        problem = problem or worse
    pages = "\n".join(fields.texts(item.get("fullText")))
    other = {
        fields.text(i.get("name")): i.get("value")
        for i in map(fields.record_of, fields.items_of(item.get("identifier")))
    }
    return Record(
        place,
        key,
        title,
        pages or fields.text(item.get("abstract")),
        date,
        "constellate",
        ids=fields.named(doi=fields.doi(item.get("doi") or other.get("local_doi"))),
        venue=fields.text(item.get("isPartOf")),
        language=next(iter(fields.texts(item.get("language"))), ""),
        url=fields.text(item.get("url")),
        extra=fields.known(
            type=item.get("docSubType") or item.get("docType"),
            provider=item.get("provider"),
            words=item.get("wordCount"),
        ),
        date_problem=problem,
    )


records, read = source("constellate", ENDINGS, JsonParser(_record))
