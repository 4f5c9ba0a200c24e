"""Works of OpenAlex: answers of its API, lists of works, or its snapshot (JSON lines, Parquet).

OpenAlex stores a date that is known to the year as the first of January, so that day is read as the
year alone. The date is that of the primary version; an earlier preprint is joined by its arXiv
identifier if it is in the corpus too. Abstracts come as an inverted index and are put together
again.

References
----------
OpenAlex, "Work object", https://docs.openalex.org/api-entities/works/work-object
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trends.core.dates import DocDate, Precision
from trends.sources.records import fields
from trends.sources.records.reader import JsonParser, source
from trends.sources.records.record import Dropped, Place, Record

ENDINGS = (".json", ".jsonl", ".ndjson", ".parquet")
WAYS = (("results",),)
#: Fields that are objects or lists; copies of the snapshot in Parquet have them as texts of JSON.
NESTED = ("abstract_inverted_index", "ids", "primary_location", "locations", "host_venue")

#: Longest abstract in words; the longest in OpenAlex are whole articles that publishers sent by
#: mistake.
MAX_WORDS = 50_000


def invert_abstract(index: Any) -> str:
    """Text of an inverted index: each word with its positions; places without a word are left out.

    Positions that are no whole numbers from 0 to :data:`MAX_WORDS` are passed over. Where two words
    claim one place, both are kept, in the order of the index.
    """
    found = fields.record_of(index)
    if (words := _dense(found)) is not None:
        return fields.text(" ".join(words))
    placed: list[tuple[int, str]] = []
    for word, positions in found.items():
        placed += [
            (at, word)
            for at in fields.items_of(positions)
            if isinstance(at, int) and not isinstance(at, bool) and 0 <= at < MAX_WORDS
        ]
        if len(placed) > 2 * MAX_WORDS:
            break
    return fields.text(
        " ".join(word for _, word in sorted(placed, key=lambda pair: pair[0])[:MAX_WORDS])
    )


def _dense(index: Mapping[str, Any]) -> list[str] | None:
    """The words in order, where each place from 0 on is claimed once; nothing else."""
    if not all(type(positions) is list for positions in index.values()):
        return None
    words = [""] * sum(map(len, index.values()))
    if len(words) > MAX_WORDS:
        return None
    left = len(words)
    for word, positions in index.items():
        for at in positions:
            if type(at) is not int or not 0 <= at < len(words) or words[at]:
                return None
            words[at] = word
            left -= bool(word)
    return None if left else words


def _record(item: Mapping[str, Any], place: Place) -> Record | Dropped:
    title = fields.text(fields.first(item, "title", "display_name"))
    openalex = fields.text(item.get("id")).rpartition("/")[2]
    doi = fields.doi(item.get("doi"))
    if not (title or openalex or doi):
        return Dropped(
            place,
            "neither id nor title",
            f"{place}: this object has neither the id nor the title of a work.",
        )
    date, rival, problem = _dated(item)
    primary = fields.record_of(item.get("primary_location"))
    journal = fields.record_of(primary.get("source")) or fields.record_of(item.get("host_venue"))
    ids = fields.record_of(item.get("ids"))
    flags = tuple(
        flag
        for flag, key in (("retracted", "is_retracted"), ("paratext", "is_paratext"))
        if item.get(key) is True
    )
    return Record(
        place,
        openalex or doi,
        title,
        invert_abstract(item.get("abstract_inverted_index")) or fields.text(item.get("abstract")),
        date,
        "openalex",
        ids=fields.named(
            openalex=openalex, doi=doi, pmid=fields.digits(ids.get("pmid")), arxiv=_arxiv(item, doi)
        ),
        venue=fields.text(journal.get("display_name")),
        language=fields.text(item.get("language")),
        url=fields.text(primary.get("landing_page_url"))
        or (f"https://doi.org/{doi}" if doi else ""),
        rivals=() if rival is None else (rival,),
        flags=flags,
        extra=fields.known(
            type=item.get("type"), cited_by_count=fields.whole(item.get("cited_by_count"))
        ),
        date_problem=problem,
    )


def _dated(item: Mapping[str, Any]) -> tuple[DocDate | None, DocDate | None, str]:
    """Date, the year of publication where it is stated apart, and what is wrong."""
    date, problem = fields.dating(item.get("publication_date"))
    year, worse = fields.dating(item.get("publication_year"))
    if date is None:
        return year, None, "" if year else problem or worse
    if date.precision is Precision.DAY and (date.first.month, date.first.day) == (1, 1):
        date = DocDate(date.first, Precision.YEAR, date.evidence)
    return date, year if year is not None and not date.agrees(year) else None, problem


def _arxiv(item: Mapping[str, Any], doi: str) -> str:
    """The arXiv identifier of one of the places where the work can be read."""
    if doi.startswith("10.48550/arxiv."):
        return fields.arxiv_id(doi.removeprefix("10.48550/arxiv."))
    for location in fields.items_of(item.get("locations")):
        address = fields.text(fields.record_of(location).get("landing_page_url"))
        if "arxiv.org/" in address and (found := fields.arxiv_id(address)):
            return found
    return ""


records, read = source("openalex", ENDINGS, JsonParser(_record, WAYS, nested=NESTED))
