"""The ACL Anthology: its XML files (one a collection), or a list of its papers as JSON.

The date is that of the volume, a month or a range of months where one is stated; the day on which
the Anthology took a volume in (``ingest-date``) is not a date of publication. Front matter is no
paper and is dropped.

References
----------
ACL Anthology, "Anthology Identifiers", https://aclanthology.org/info/ids/
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trends.core.dates import DocDate
from trends.sources.io.xml_stream import child, children, content, elements
from trends.sources.records import fields
from trends.sources.records.reader import JsonParser, source
from trends.sources.records.record import Dropped, Place, Record, Records

if TYPE_CHECKING:
    from lxml.etree import _Element

ENDINGS = (".xml", ".json", ".jsonl", ".ndjson")


def _xml(path: Path, label: str) -> Records:
    collection = volume = ""
    stated: dict[str, str] = {}
    number = 0
    for event, name, element in elements(
        path, ("meta", "frontmatter", "paper"), opened=("collection", "volume")
    ):
        if event == "start" and name == "collection":
            collection = element.get("id", "")
        elif event == "start":
            volume, stated = element.get("id", ""), {}
        elif name == "meta":
            stated = {
                key: content(child(element, key))
                for key in ("year", "month", "booktitle", "journal-title", "venue", "language")
            }
            stated["venues"] = " ".join(content(v) for v in children(element, "venue"))
        else:
            number += 1
            place = Place(label, number, element.sourceline)
            if name == "frontmatter":
                paper_id = identifier(collection, volume, "0")
                yield Dropped(
                    place,
                    "front matter",
                    f"{place}: the front matter of a volume is no paper.",
                    id=paper_id,
                )
            else:
                yield _paper(element, place, collection, volume, stated)


def _paper(
    paper: _Element, place: Place, collection: str, volume: str, stated: Mapping[str, str]
) -> Record | Dropped:
    number, title = paper.get("id", ""), content(child(paper, "title"))
    acl = identifier(collection, volume, number)
    if not acl and not title:
        return Dropped(
            place, "neither id nor title", f"{place}: this paper has neither a number nor a title."
        )
    # Papers of a journal state year and month themselves.
    year = content(child(paper, "year")) or stated.get("year", "")
    month = content(child(paper, "month")) or stated.get("month", "")
    date, problem = dated(year, month)
    flags = tuple(
        f
        for tag, f in (("retracted", "retracted"), ("removed", "withdrawn"))
        if child(paper, tag) is not None
    )
    return Record(
        place,
        acl,
        title,
        content(child(paper, "abstract")),
        date,
        "acl-anthology",
        ids=fields.named(acl=acl, doi=fields.doi(content(child(paper, "doi")))),
        venue=stated.get("venues") or stated.get("journal-title") or stated.get("booktitle", ""),
        language=content(child(paper, "language")) or stated.get("language", ""),
        url=f"https://aclanthology.org/{acl}/" if acl else "",
        flags=flags,
        extra=fields.known(volume=stated.get("booktitle") or stated.get("journal-title")),
        date_problem=problem,
    )


def _listed(item: Mapping[str, Any], place: Place) -> Record | Dropped:
    """One paper of a list: ``id``, ``title``, ``abstract``, ``year``, ``month``, ``venue``."""
    acl, title = (
        fields.text(fields.first(item, "full_id", "id", "acl_id")),
        fields.text(item.get("title")),
    )
    if not acl and not title:
        return Dropped(
            place,
            "neither id nor title",
            f"{place}: this object has neither the id nor the title of a paper.",
        )
    date, problem = dated(fields.text(item.get("year")), fields.text(item.get("month")))
    return Record(
        place,
        acl,
        title,
        fields.text(item.get("abstract")),
        date,
        "acl-anthology",
        ids=fields.named(acl=acl, doi=fields.doi(item.get("doi"))),
        venue=" ".join(fields.texts(fields.first(item, "venue", "venues"))),
        language=fields.text(item.get("language")),
        url=fields.text(item.get("url")) or (f"https://aclanthology.org/{acl}/" if acl else ""),
        date_problem=problem,
    )


def dated(year: str, month: str) -> tuple[DocDate | None, str]:
    """Date of a year and a month, or the year with the sentence why the month is not read."""
    if not month:
        return fields.dating(year)
    date, problem = fields.dating(
        f"{year}-{int(month):02d}"
        if month.isascii() and month.isdigit() and len(month) < 3
        else f"{month} {year}"
    )
    if date is not None:
        return date, problem
    coarse, worse = fields.dating(year)
    return coarse, worse or problem


def identifier(collection: str, volume: str, number: str) -> str:
    """The identifier of a paper: ``2020.acl-main.1``, or ``P18-1024`` in older collections."""
    if not collection or not number:
        return ""
    if collection[0].isdigit() or not (
        number.isdecimal() and volume.isdecimal() and number.isascii() and volume.isascii()
    ):
        return f"{collection}-{volume}.{number}"
    if (
        collection.startswith("W")
        or collection == "C69"
        or (collection == "D19" and int(volume[:6]) >= 5)
    ):
        return f"{collection}-{int(volume[:6]):02d}{int(number[:6]):02d}"
    return f"{collection}-{int(volume[:6])}{int(number[:6]):03d}"


records, read = source("acl-anthology", ENDINGS, JsonParser(_listed, xml=_xml))
