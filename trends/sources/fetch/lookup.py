"""Asking arXiv, Crossref and OpenAlex for one document: by its identifier if the service knows it, else by its title."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from trends.sources.bibliographic import arxiv as arxiv_source
from trends.sources.bibliographic import crossref as crossref_source
from trends.sources.bibliographic import openalex as openalex_source
from trends.sources.dating.matching import Asked, Candidate, words
from trends.sources.fetch import service
from trends.sources.fetch.http.body import Unfit
from trends.sources.fetch.services import arxiv
from trends.sources.io.xml_stream import children
from trends.sources.records import fields
from trends.sources.records.record import Dropped, Place, Record

#: Records that are looked at for one title.
MOST = 5
_PLACE = Place("answer", 1)


@dataclass(frozen=True)
class Lookup:
    """One service that can be asked for a title.

    Parameters
    ----------
    name : str
        As in :data:`trends.sources.fetch.SERVICES`.
    address : callable
        Takes the document and the contact; gives path and parameters, or ``None`` if there is
        nothing to ask for.
    parse : callable
        Takes a body; gives the records that were found.
    """

    name: str
    address: Callable[[Asked, str], tuple[str, dict[str, str]] | None]
    parse: Callable[[bytes], list[Candidate]]


def key(asked: Asked, name: str) -> str:
    """What an answer is kept under: the identifier that the service is asked for, else the words of the title."""
    kinds = ("arxiv",) if name == "arxiv" else ("doi",)
    return next(
        (f"{kind}:{asked.ids[kind].lower()}" for kind in kinds if asked.ids.get(kind)), ""
    ) or " ".join(words(asked.title))


def _arxiv(asked: Asked, _contact: str) -> tuple[str, dict[str, str]] | None:
    if asked.ids.get("arxiv"):
        return "/api/query", {"id_list": asked.ids["arxiv"], "max_results": "1"}
    plain = _plain(asked.title)
    return (
        ("/api/query", {"search_query": f'ti:"{plain}"', "max_results": str(MOST)})
        if plain
        else None
    )


def _crossref(asked: Asked, contact: str) -> tuple[str, dict[str, str]] | None:
    question = (
        {"filter": f"doi:{asked.ids['doi']}"}
        if asked.ids.get("doi")
        else {"query.bibliographic": asked.title[:300]}
    )
    if not asked.ids.get("doi") and not words(asked.title):
        return None
    return "/works", question | {"rows": str(MOST)} | ({"mailto": contact} if contact else {})


def _openalex(asked: Asked, contact: str) -> tuple[str, dict[str, str]] | None:
    plain = _plain(asked.title)
    if not asked.ids.get("doi") and not plain:
        return None
    question = f"doi:{asked.ids['doi']}" if asked.ids.get("doi") else f"title.search:{plain}"
    return "/works", {"filter": question, "per_page": str(MOST)} | (
        {"mailto": contact} if contact else {}
    )


def _plain(title: str) -> str:
    """A title without signs that mean something in a query."""
    return " ".join("".join(c if c.isalnum() else " " for c in title[:300]).split())


def _parse_arxiv(data: bytes) -> list[Candidate]:
    found = []
    for element in children(arxiv.parsed(data), "entry"):
        item = arxiv.entry(element)
        found += _candidate(arxiv_source._snapshot(item, _PLACE), item["authors"])
    return found


def _parse_crossref(data: bytes) -> list[Candidate]:
    answer = service.loads(data)
    message = answer.get("message") if isinstance(answer, Mapping) else None
    if not isinstance(message, Mapping):
        what = "it is not a list of works"
        raise Unfit(what)
    found = []
    for item in service.objects(message.get("items"), "items"):
        people = [fields.record_of(person) for person in fields.items_of(item.get("author"))]
        names = ", ".join(
            f"{fields.text(p.get('given'))} {fields.text(p.get('family') or p.get('name'))}"
            for p in people
        )
        found += _candidate(crossref_source._record(item, _PLACE), names)
    return found


def _parse_openalex(data: bytes) -> list[Candidate]:
    answer = service.loads(data)
    if not isinstance(answer, Mapping):
        message = "it is not a list of works"
        raise Unfit(message)
    found = []
    for item in service.objects(answer.get("results"), "results"):
        people = [
            fields.record_of(fields.record_of(a).get("author"))
            for a in fields.items_of(item.get("authorships"))
        ]
        found += _candidate(
            openalex_source._record(item, _PLACE),
            ", ".join(fields.text(p.get("display_name")) for p in people),
        )
    return found


def _candidate(record: Record | Dropped, authors: str) -> list[Candidate]:
    if isinstance(record, Dropped) or "paratext" in record.flags or not record.id:
        return []
    return [
        Candidate(
            record.source,
            record.id,
            record.title[:1000],
            record.date,
            authors[:2000],
            dict(record.ids),
        )
    ]


def to_plain(found: list[Candidate]) -> list[dict[str, Any]]:
    """Candidates in plain values, for the memory of answers."""
    return [
        {
            "service": c.service,
            "id": c.id,
            "title": c.title,
            "authors": c.authors,
            "ids": c.ids,
            "date": c.date.written if c.date is not None else "",
        }
        for c in found
    ]


def from_plain(rows: Any) -> list[Candidate]:
    """Candidates as they were kept; what is not one is left out."""
    found = []
    for row in fields.items_of(rows):
        item = fields.record_of(row)
        date, _ = fields.dating(item.get("date"))
        texts = {
            name: fields.text(item.get(name)) for name in ("service", "id", "title", "authors")
        }
        ids = {str(k): fields.text(v) for k, v in fields.record_of(item.get("ids")).items()}
        found.append(
            Candidate(texts["service"], texts["id"], texts["title"], date, texts["authors"], ids)
        )
    return found


LOOKUPS = {
    "arxiv": Lookup("arxiv", _arxiv, _parse_arxiv),
    "crossref": Lookup("crossref", _crossref, _parse_crossref),
    "openalex": Lookup("openalex", _openalex, _parse_openalex),
}
