"""arXiv in three forms: answers of the API (Atom), OAI-PMH (``arXivRaw``), metadata snapshot.

A paper is dated by its first version, never by an update or a change of its metadata. The text is
that of the latest version that the form holds, so it can be newer than the date; the number of
versions is kept where it is known. arXiv has no flag for withdrawn papers: a comment or an abstract
that begins by saying so sets it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trends.errors import DataError
from trends.sources.io.xml_stream import child, children, content, elements
from trends.sources.records import fields
from trends.sources.records.reader import JsonParser, source
from trends.sources.records.record import Dropped, Place, Record, Records

if TYPE_CHECKING:
    from lxml.etree import _Element

ENDINGS = (".xml", ".atom", ".json", ".jsonl", ".ndjson")
_WANTED = ("entry", "record", "error")


def _xml(path: Path, label: str) -> Records:
    for number, (_, name, element) in enumerate(elements(path, _WANTED), start=1):
        if name == "error":
            message = (
                f"{path}: arXiv answered with an error ({element.get('code', '')}: "
                f"{content(element)[:200]}); fetch it again."
            )
            raise DataError(message)
        place = Place(label, number, element.sourceline)
        yield _entry(element, place, path) if name == "entry" else _raw(element, place)


def _entry(entry: _Element, place: Place, path: Path) -> Record | Dropped:
    """One entry of an Atom feed."""
    address, title = content(child(entry, "id")), content(child(entry, "title"))
    summary = content(child(entry, "summary"))
    if title == "Error" or "arxiv.org/api/errors" in address:
        message = (
            f"{path}: the arXiv API answered with an error ({summary[:200]}); correct the query "
            "and fetch it again."
        )
        raise DataError(message)
    published = content(child(entry, "published"))
    comment = content(child(entry, "comment"))
    first_category = child(entry, "primary_category")
    return _made(
        place,
        written_id=address,
        title=title,
        text=summary,
        first=published,
        updated=content(child(entry, "updated")),
        comment=comment,
        doi=content(child(entry, "doi")),
        venue=content(child(entry, "journal_ref")),
        # Classes of ACM and MSC stand among the categories; those of arXiv have neither blanks nor
        # semicolons.
        categories=[
            c.get("term", "")
            for c in children(entry, "category")
            if not set(c.get("term", "")) & set(" ;,")
        ],
        primary="" if first_category is None else first_category.get("term", ""),
        versions=None,
    )


def _raw(element: _Element, place: Place) -> Record | Dropped:
    """One record of OAI-PMH with the metadata prefix arXivRaw."""
    header = child(element, "header")
    written = content(child(header, "identifier"))
    if header is not None and header.get("status") == "deleted":
        return Dropped(
            place,
            "deleted by the source",
            f"{place}: arXiv deleted this record.",
            id=fields.arxiv_id(written),
        )
    paper = child(element, "metadata", "arXivRaw")
    if paper is None:
        detail = (
            f"{place}: this record is not in the form arXivRaw, the only one that has the day of "
            "the first version."
        )
        return Dropped(place, "other metadata format", detail, id=fields.arxiv_id(written))
    versions = children(paper, "version")
    return _made(
        place,
        written_id=content(child(paper, "id")) or written,
        title=content(child(paper, "title")),
        text=content(child(paper, "abstract")),
        first=_first_version([(v.get("version", ""), content(child(v, "date"))) for v in versions]),
        updated=content(child(versions[-1], "date")) if len(versions) > 1 else "",
        comment=content(child(paper, "comments")),
        doi=content(child(paper, "doi")),
        venue=content(child(paper, "journal-ref")),
        categories=content(child(paper, "categories")).split(),
        primary="",
        versions=len(versions),
    )


def _snapshot(item: Mapping[str, Any], place: Place) -> Record | Dropped:
    """One line of the metadata snapshot; its ``update_date`` is not a date of publication."""
    versions = [fields.record_of(v) for v in fields.items_of(item.get("versions"))]
    return _made(
        place,
        written_id=fields.text(item.get("id")),
        title=fields.text(item.get("title")),
        text=fields.text(item.get("abstract")),
        first=_first_version(
            [(fields.text(v.get("version")), fields.text(v.get("created"))) for v in versions]
        ),
        updated=fields.text(versions[-1].get("created")) if len(versions) > 1 else "",
        comment=fields.text(item.get("comments")),
        doi=fields.text(item.get("doi")),
        venue=fields.text(item.get("journal-ref")),
        categories=fields.text(item.get("categories")).split(),
        primary="",
        versions=len(versions),
    )


def _first_version(versions: list[tuple[str, str]]) -> str:
    """The date of v1; that of the first listed where versions have no names."""
    named = dict(reversed(versions))
    return named.get("v1") or (versions[0][1] if versions and not versions[0][0] else "")


def _made(
    place: Place,
    *,
    written_id: str,
    title: str,
    text: str,
    first: str,
    updated: str,
    comment: str,
    doi: str,
    venue: str,
    categories: list[str],
    primary: str,
    versions: int | None,
) -> Record | Dropped:
    arxiv = fields.arxiv_id(written_id)
    if not arxiv and not title:
        return Dropped(
            place,
            "neither id nor title",
            f"{place}: this record has neither an arXiv identifier nor a title.",
        )
    date, problem = fields.dating(first)
    if date is None and not problem:
        problem = "no day of the first version is stated"
    return Record(
        place,
        arxiv or written_id,
        title,
        text,
        date,
        "arxiv",
        ids=fields.named(arxiv=arxiv, doi=fields.doi(doi)),
        venue=venue,
        url=f"https://arxiv.org/abs/{arxiv}" if arxiv else "",
        other_dates=fields.days(updated=updated) if updated != first else (),
        flags=("withdrawn",) if fields.is_withdrawn(comment, text) else (),
        extra=fields.known(
            category=primary or (categories[0] if categories else ""),
            categories=" ".join(categories),
            versions=versions,
        ),
        date_problem=problem,
    )


records, read = source("arxiv", ENDINGS, JsonParser(_snapshot, xml=_xml))
