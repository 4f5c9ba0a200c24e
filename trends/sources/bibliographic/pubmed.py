"""PubMed's XML, from its web services or its yearly files.

The date is that of electronic publication, else that of the issue, which may be a day, a month, a
season or a range (``MedlineDate``). The parts of a structured abstract are joined without their
headings ("BACKGROUND", "METHODS"): their share grew over the years, which would be a trend of form.

References
----------
NLM, "MEDLINE/PubMed XML data elements", https://www.nlm.nih.gov/bsd/licensee/data_elements_doc.html
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trends.core.dates import DocDate
from trends.sources.io.xml_stream import child, children, content, elements
from trends.sources.records import fields
from trends.sources.records.reader import source
from trends.sources.records.record import Dropped, Place, Record, Records

if TYPE_CHECKING:
    from lxml.etree import _Element

ENDINGS = (".xml",)

_FLAGS = {"RetractionIn": "retracted", "PartialRetractionIn": "retracted"}


def _file(path: Path, label: str) -> Records:
    number = 0
    for _, name, element in elements(
        path, ("PubmedArticle", "PubmedBookArticle", "DeleteCitation")
    ):
        if name == "DeleteCitation":
            for inner in children(element, "PMID"):
                number += 1
                place = Place(label, number, inner.sourceline)
                detail = f"{place}: PubMed lists this record as deleted."
                yield Dropped(place, "deleted by the source", detail, id=content(inner))
            continue
        number += 1
        make = _article if name == "PubmedArticle" else _book
        yield make(element, Place(label, number, element.sourceline))


def _article(element: _Element, place: Place) -> Record | Dropped:
    citation = child(element, "MedlineCitation")
    article, pmid = child(citation, "Article"), content(child(citation, "PMID"))
    title = content(child(article, "ArticleTitle")) or content(child(article, "VernacularTitle"))
    if not pmid and not title:
        return Dropped(
            place, "neither id nor title", f"{place}: this article has neither a PMID nor a title."
        )
    date, problem = _dated(article)
    issue_date, _ = _issue(child(article, "Journal", "JournalIssue", "PubDate"))
    other = {
        i.get("IdType", ""): content(i)
        for i in children(child(element, "PubmedData", "ArticleIdList"), "ArticleId")
    }
    links = {i.get("EIdType", ""): content(i) for i in children(article, "ELocationID")}
    kinds = [
        content(kind) for kind in children(child(article, "PublicationTypeList"), "PublicationType")
    ]
    notes = [
        note.get("RefType", "")
        for note in children(child(citation, "CommentsCorrectionsList"), "CommentsCorrections")
    ]
    retracted = "Retracted Publication" in kinds or any(note in _FLAGS for note in notes)
    same = (
        date is not None
        and issue_date is not None
        and (date == issue_date or issue_date.first != issue_date.last)
    )
    return Record(
        place,
        pmid,
        title,
        _abstract(child(article, "Abstract")),
        date,
        "pubmed",
        ids=fields.named(
            pmid=fields.digits(pmid), doi=fields.doi(other.get("doi") or links.get("doi"))
        ),
        venue=content(child(article, "Journal", "Title")),
        language=content(child(article, "Language")),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid.isdecimal() else "",
        other_dates=() if same or issue_date is None else (("issue", issue_date.first),),
        flags=("retracted",) if retracted else (),
        extra=fields.known(type=kinds, issue=issue_date.written if issue_date is not None else ""),
        date_problem=problem,
    )


def _book(element: _Element, place: Place) -> Record | Dropped:
    book = child(element, "BookDocument")
    pmid = content(child(book, "PMID"))
    title = content(child(book, "ArticleTitle")) or content(child(book, "Book", "BookTitle"))
    if not pmid and not title:
        return Dropped(
            place, "neither id nor title", f"{place}: this chapter has neither a PMID nor a title."
        )
    date, problem = _parts(child(book, "ContributionDate"))
    if date is None:
        date, worse = _issue(child(book, "Book", "PubDate"))
        problem = "" if date else problem or worse
    return Record(
        place,
        pmid,
        title,
        _abstract(child(book, "Abstract")),
        date,
        "pubmed",
        ids=fields.named(pmid=fields.digits(pmid)),
        venue=content(child(book, "Book", "BookTitle")),
        language=content(child(book, "Language")),
        extra=fields.known(type="Book chapter"),
        date_problem=problem,
    )


def _abstract(abstract: _Element | None) -> str:
    return " ".join(
        part for part in (content(p) for p in children(abstract, "AbstractText")) if part
    )


def _dated(article: _Element | None) -> tuple[DocDate | None, str]:
    problem = ""
    for stated in children(article, "ArticleDate"):
        if stated.get("DateType", "Electronic") == "Electronic":
            date, problem = _parts(stated)
            if date is not None:
                return date, problem
    date, worse = _issue(child(article, "Journal", "JournalIssue", "PubDate"))
    return date, worse if date else problem or worse


def _issue(stated: _Element | None) -> tuple[DocDate | None, str]:
    """Date of an issue: its parts, or what stands in its place as text."""
    text = content(child(stated, "MedlineDate"))
    return fields.dating(text) if text else _parts(stated)


def _parts(stated: _Element | None) -> tuple[DocDate | None, str]:
    """Date of ``Year`` with ``Season`` or ``Month`` (name or number) and ``Day``."""
    year, month, day = (content(child(stated, name)) for name in ("Year", "Month", "Day"))
    season = content(child(stated, "Season"))
    if not year:
        return None, ""
    if month.isdecimal() and month.isascii():
        return fields.dating("-".join(part.zfill(2) for part in (year, month, day) if part))
    return fields.dating(" ".join(part for part in (year, month or season, day) if part))


records, read = source("pubmed", ENDINGS, _file)
