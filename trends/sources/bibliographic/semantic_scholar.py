"""Papers of Semantic Scholar: answers of its API, lists of papers, or its datasets as JSON lines.

The date is ``publicationDate``, which is often missing, and then the year. ``tldr`` is written by a
model and never read.

References
----------
Semantic Scholar, "Academic Graph API", https://api.semanticscholar.org/api-docs/graph
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trends.sources.records import fields
from trends.sources.records.reader import JsonParser, source
from trends.sources.records.record import Dropped, Place, Record

ENDINGS = (".json", ".jsonl", ".ndjson")
WAYS = (("data",),)


def _record(item: Mapping[str, Any], place: Place) -> Record | Dropped:
    title = fields.text(item.get("title"))
    # Answers of the API write publicationDate, the datasets publicationdate.
    other = {
        str(key).lower(): value
        for key, value in fields.record_of(fields.first(item, "externalIds", "externalids")).items()
    }
    s2 = fields.text(fields.first(item, "paperId", "paperid")) or fields.text(
        fields.first(item, "corpusId", "corpusid")
    )
    doi, arxiv = fields.doi(other.get("doi")), fields.arxiv_id(other.get("arxiv"))
    if not (title or s2 or doi or arxiv):
        return Dropped(
            place,
            "neither id nor title",
            f"{place}: this object has neither an id nor the title of a paper.",
        )
    day, problem = fields.dating(fields.first(item, "publicationDate", "publicationdate"))
    year, worse = fields.dating(item.get("year"))
    date = day or year
    journal = fields.record_of(item.get("journal"))
    return Record(
        place,
        s2 or doi or arxiv,
        title,
        fields.text(item.get("abstract")),
        date,
        "semantic-scholar",
        ids=fields.named(
            s2=s2,
            doi=doi,
            arxiv=arxiv,
            pmid=fields.digits(other.get("pubmed")),
            acl=fields.text(other.get("acl")),
        ),
        venue=fields.text(item.get("venue")) or fields.text(journal.get("name")),
        url=fields.text(item.get("url")),
        rivals=() if day is None or year is None or day.agrees(year) else (year,),
        extra=fields.known(
            citation_count=fields.whole(fields.first(item, "citationCount", "citationcount")),
            type=fields.first(item, "publicationTypes", "publicationtypes"),
        ),
        date_problem="" if date else problem or worse,
    )


records, read = source("semantic-scholar", ENDINGS, JsonParser(_record, WAYS))
