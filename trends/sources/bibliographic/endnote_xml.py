"""XML that EndNote and other reference managers write: ``<xml><records><record>``.

The year stands in ``dates/year``, the day or month beside it in ``dates/pub-dates/date``; where the
latter cannot be read the year is left.

References
----------
Clarivate, "EndNote: RSXML DTD".
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trends.sources.io.xml_stream import child, children, content, elements
from trends.sources.records import fields
from trends.sources.records.reader import source
from trends.sources.records.record import Dropped, Place, Record, Records

if TYPE_CHECKING:
    from lxml.etree import _Element

ENDINGS = (".xml",)


def _file(path: Path, label: str) -> Records:
    for number, (_, _, element) in enumerate(elements(path, ("record",)), start=1):
        yield _record(element, Place(label, number, element.sourceline))


def _record(element: _Element, place: Place) -> Record | Dropped:
    titles = child(element, "titles")
    title = content(child(titles, "title"))
    doi = fields.doi(content(child(element, "electronic-resource-num")))
    key = content(child(element, "accession-num"))
    if not (title or doi or key):
        detail = f"{place}: this record has neither a title nor an identifier."
        return Dropped(place, "neither id nor title", detail)
    within = content(child(element, "dates", "pub-dates", "date"))
    date, problem = fields.dating_within(content(child(element, "dates", "year")), within)
    kind = child(element, "ref-type")
    urls = children(child(element, "urls", "related-urls"), "url")
    return Record(
        place,
        doi or key,
        title,
        content(child(element, "abstract")),
        date,
        "endnote-xml",
        ids=fields.named(doi=doi),
        venue=content(child(titles, "secondary-title"))
        or content(child(element, "periodical", "full-title")),
        language=content(child(element, "language")),
        url=content(urls[0]) if urls else "",
        extra=fields.known(
            type=kind.get("name", "") if kind is not None else "",
            keywords=[content(k) for k in children(child(element, "keywords"), "keyword")],
        ),
        date_problem=problem,
    )


records, read = source("endnote-xml", ENDINGS, _file)
