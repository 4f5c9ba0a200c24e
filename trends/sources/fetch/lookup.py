"""Asking arXiv, Crossref and OpenAlex for one document, by identifier or else by title."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from trends.sources.bibliographic import arxiv as arxiv_source
from trends.sources.bibliographic import crossref as crossref_source
from trends.sources.bibliographic import openalex as openalex_source
from trends.sources.dating.matching import Candidate, Document, words
from trends.sources.fetch.http.answer import at, objects, parse_json
from trends.sources.fetch.services import arxiv
from trends.sources.io.xml_stream import children
from trends.sources.records import fields
from trends.sources.records.record import Dropped, Place, Record

#: Records that are looked at for one title.
MAX_RECORDS = "5"
_PLACE = Place("answer", 1)

#: Records of an answer, each with its authors.
Found = Iterator[tuple[Record | Dropped, str]]


@dataclass(frozen=True)
class Lookup:
    """One service that can be asked for a document.

    Parameters
    ----------
    path : str
        Of the query, after the base URL.
    id_kind : {"arxiv", "doi"}
        The identifier that the service knows.
    by_id, by_title : callable
        Take an identifier, or a title without signs that mean something in a query; give the
        parameters.
    records : callable
        Takes a body; gives the records that were found.
    takes_contact : bool
        Whether the contact of the user is a parameter.
    """

    path: str
    id_kind: str
    by_id: Callable[[str], dict[str, str]]
    by_title: Callable[[str], dict[str, str]]
    records: Callable[[bytes], Found]
    takes_contact: bool = True

    def query(self, document: Document, contact: str) -> tuple[str, dict[str, str]] | None:
        """Path and parameters; ``None`` if the document has nothing to ask for."""
        identifier = document.ids.get(self.id_kind)
        title = "".join(c if c.isalnum() else " " for c in document.title[:300])
        if not identifier and not title.strip():
            return None
        params = self.by_id(identifier) if identifier else self.by_title(" ".join(title.split()))
        return self.path, params | ({"mailto": contact} if contact and self.takes_contact else {})

    def cache_key(self, document: Document) -> str:
        """The identifier that the service is asked for, else the words of the title."""
        identifier = document.ids.get(self.id_kind)
        if identifier:
            return f"{self.id_kind}:{identifier.lower()}"
        return " ".join(words(document.title))

    def parse(self, body: bytes) -> list[Candidate]:
        """The candidates in an answer."""
        return [
            Candidate(
                record.source,
                record.id,
                record.title[:1000],
                record.date,
                authors[:2000],
                dict(record.ids),
            )
            for record, authors in self.records(body)
            if isinstance(record, Record) and record.id and "paratext" not in record.flags
        ]


def to_plain(found: list[Candidate]) -> list[dict[str, Any]]:
    """Candidates in plain values, for the cache."""
    return [asdict(c) | {"date": c.date.written if c.date is not None else ""} for c in found]


def from_plain(rows: Any) -> list[Candidate] | None:
    """Candidates as they were kept; ``None`` where they cannot be read."""
    with suppress(TypeError, KeyError):
        return [Candidate(**row | {"date": fields.dating(row["date"])[0]}) for row in rows]
    return None


def _arxiv(body: bytes) -> Found:
    for element in children(arxiv.parse_feed(body), "entry"):
        item = arxiv.entry(element)
        yield arxiv_source._snapshot(item, _PLACE), item["authors"]


def _crossref(body: bytes) -> Found:
    for item in objects(parse_json(body), "message.items"):
        names = [
            f"{fields.text(at(person, 'given'))} "
            f"{fields.text(at(person, 'family') or at(person, 'name'))}"
            for person in fields.items_of(item.get("author"))
        ]
        yield crossref_source._record(item, _PLACE), ", ".join(names)


def _openalex(body: bytes) -> Found:
    for item in objects(parse_json(body), "results"):
        people = fields.items_of(item.get("authorships"))
        names = [fields.text(at(person, "author.display_name")) for person in people]
        yield openalex_source._record(item, _PLACE), ", ".join(names)


LOOKUPS = {
    "arxiv": Lookup(
        "/api/query",
        "arxiv",
        lambda identifier: {"id_list": identifier, "max_results": "1"},
        lambda title: {"search_query": f'ti:"{title}"', "max_results": MAX_RECORDS},
        _arxiv,
        takes_contact=False,
    ),
    "crossref": Lookup(
        "/works",
        "doi",
        lambda identifier: {"filter": f"doi:{identifier}", "rows": MAX_RECORDS},
        lambda title: {"query.bibliographic": title, "rows": MAX_RECORDS},
        _crossref,
    ),
    "openalex": Lookup(
        "/works",
        "doi",
        lambda identifier: {"filter": f"doi:{identifier}", "per_page": MAX_RECORDS},
        lambda title: {"filter": f"title.search:{title}", "per_page": MAX_RECORDS},
        _openalex,
    ),
}
