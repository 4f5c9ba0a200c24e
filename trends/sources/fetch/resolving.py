"""Dating the documents of a corpus by look-ups; services are asked in turn, decisions listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from trends.core import Corpus
from trends.core.corpus import LAST
from trends.core.dates import Evidence, Precision
from trends.errors import NetworkError, UsageError
from trends.files import write_csv
from trends.sources.dating.date_table import COLUMNS, title_key
from trends.sources.dating.matching import THRESHOLD, Candidate, Decision, Document, decide, settled
from trends.sources.dating.row_date import row_date
from trends.sources.fetch import SERVICES
from trends.sources.fetch.fetching import ask, endpoint
from trends.sources.fetch.http.client import Client
from trends.sources.fetch.http.response_cache import ResponseCache
from trends.sources.fetch.lookup import LOOKUPS, from_plain, to_plain
from trends.sources.records import fields


def resolve(
    corpus: Corpus,
    *,
    client: Client,
    cache: ResponseCache,
    services: Sequence[str] = tuple(LOOKUPS),
    base_urls: Mapping[str, str] | None = None,
    interval: float | None = None,
    threshold: float = THRESHOLD,
    finer: Precision | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> tuple[Corpus, list[Decision]]:
    """Date documents by their titles or identifiers.

    Parameters
    ----------
    corpus : Corpus
        Its documents, dated or not.
    client : Client
        Asks, with the contact of the user.
    cache : ResponseCache
        Answers of earlier calls.
    services : sequence of str
        Names of :data:`trends.sources.fetch.lookup.LOOKUPS`, in the order in which they are asked.
        A service is asked only if those before it did not find the very title (or identifier) with
        a day.
    base_urls : mapping of str to str, optional
        URLs of mirrors by service.
    interval : float, optional
        Seconds between two requests.
    threshold : float
        Least similarity of titles.
    finer : Precision, optional
        Look up documents too whose date is coarser than this; a date that contradicts theirs is not
        taken.
    progress : callable
        Called with documents done and all documents.

    Returns
    -------
    tuple of Corpus and list of Decision
        The corpus with the dates found (evidence ``lookup``) and the columns ``date_service``,
        ``date_match`` and ``date_score``; decisions in the order of the documents.

    Raises
    ------
    UsageError
        If a service is unknown.
    NetworkError
        If a service gives no usable answer; answers so far are in the cache.
    """
    unknown = ", ".join(name for name in services if name not in LOOKUPS)
    if unknown or not services:
        message = f"Titles are looked up at {', '.join(LOOKUPS)}; not at {unknown or 'none'}."
        raise UsageError(message)
    endpoints = {
        name: endpoint(SERVICES.load(name), (base_urls or {}).get(name, ""), interval)
        for name in services
    }
    to_date = documents(corpus, finer)
    decisions = []
    for done, document in enumerate(to_date):
        progress(done, len(to_date))
        found: list[Candidate] = []
        for name in services:
            try:
                found += _candidates(document, name, *endpoints[name], client, cache)
            except NetworkError as error:
                message = (
                    f"{error} Answers about {done:,} of {len(to_date):,} documents are kept in "
                    f"{cache.path}: the same command resumes there."
                )
                raise NetworkError(message) from error
            if settled(document, found, threshold):
                break
        decisions.append(decide(document, found, threshold))
    progress(len(to_date), len(to_date))
    return with_dates(corpus, decisions), decisions


def documents(corpus: Corpus, finer: Precision | None = None) -> list[Document]:
    """The documents to look up: undated ones, and those whose date is coarser than ``finer``."""
    order = list(Precision)
    found = []
    for row in corpus.documents.to_dict("records"):
        known = row_date(row)
        if known is None or (finer and order.index(known.precision) > order.index(finer)):
            arxiv, doi = (
                fields.arxiv_id(_text(row, "arxiv_id", "arxiv")),
                fields.doi(row.get("doi")),
            )
            ids = fields.named(arxiv=arxiv, doi=doi)
            authors = _text(row, "authors", "author")
            found.append(Document(str(row["id"]), _text(row, "title"), authors, ids, known))
    return found


def with_dates(corpus: Corpus, decisions: Sequence[Decision]) -> Corpus:
    """The corpus with the dates that were decided on."""
    frame = corpus.documents.copy()
    if LAST not in frame.columns:
        frame[LAST] = pd.NaT
    taken = [(d, d.date, d.best) for d in decisions if d.date is not None and d.best is not None]
    rows = pd.Index(frame["id"]).get_indexer([d.document.id for d, _, _ in taken])
    new = pd.DataFrame(
        [
            {
                "date": pd.Timestamp(date.first),
                "date_precision": date.precision.value,
                "date_evidence": Evidence.LOOKUP.value,
                LAST: pd.NaT if date.until is None else pd.Timestamp(date.until),
                "date_service": best.service,
                "date_match": best.id,
                "date_score": round(d.score, 4),
            }
            for d, date, best in taken
        ],
        index=frame.index[rows],
    )
    for column in new.columns:
        if column not in frame.columns:
            empty = [None] * len(frame)
            frame[column] = pd.Series(empty, index=frame.index, dtype=new[column].dtype)
        frame.loc[new.index, column] = new[column]
    resolved: dict[str, Any] = {
        "asked": len(decisions),
        "services": dict(sorted(Counter(best.service for _, _, best in taken).items())),
        **dict(sorted(Counter(str(d.verdict) for d in decisions).items())),
    }
    return replace(corpus, documents=frame, notes=corpus.notes | {"resolved": resolved})


def write_decisions(decisions: Sequence[Decision], path: Path) -> None:
    """Write a CSV with a row for each document that was looked up and the evidence of its match."""
    columns: dict[str, list[str]] = {
        "id": [d.document.id for d in decisions],
        "title": [d.document.title for d in decisions],
        "service": [d.best.service if d.best else "" for d in decisions],
        "matched_id": [d.best.id if d.best else "" for d in decisions],
        "matched_title": [d.best.title if d.best else "" for d in decisions],
        "score": [f"{d.score:.4f}" if d.best else "" for d in decisions],
        "authors": ["" if d.authors is None else f"{d.authors:.2f}" for d in decisions],
        "date": [d.date.written if d.date else "" for d in decisions],
        "precision": [d.date.precision.value if d.date else "" for d in decisions],
        "decision": [d.verdict for d in decisions],
        "why": [d.why for d in decisions],
    }
    write_csv(path, pd.DataFrame(columns))


def write_dates(decisions: Sequence[Decision], path: Path) -> int:
    """Write the dates as a table that ``corpus.dates`` reads; the number of those left out.

    Those are ranges, titles that stand for several dates, and documents without a title.
    """
    dated = [(d, d.date, d.best) for d in decisions if d.date is not None and d.best is not None]
    rows = [
        (
            d.document.title,
            best.ids.get("arxiv", ""),
            date.written,
            date.precision.value,
            f"{best.service} {best.id}, score {d.score:.4f}",
        )
        for d, date, best in dated
        if d.document.title and date.precision is not Precision.RANGE
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    key = table["title"].map(title_key)
    facts = table[["arxiv_id", "date", "precision"]].groupby(key)
    table = table[(facts.transform("nunique") == 1).all(axis=1)]
    left_out = len(dated) - len(table)
    table = table[~key[table.index].duplicated()]
    repeated = table["arxiv_id"].duplicated()
    write_csv(path, table.assign(arxiv_id=table["arxiv_id"].mask(repeated, "")))
    return left_out


def _candidates(
    document: Document,
    name: str,
    url: str,
    interval: float,
    client: Client,
    cache: ResponseCache,
) -> list[Candidate]:
    lookup = LOOKUPS[name]
    query = lookup.query(document, client.contact)
    if query is None:
        return []
    key = lookup.cache_key(document)
    found = from_plain(cache.get(url, name, key))
    if found is None:
        found = ask(SERVICES.load(name), client, url, interval, query, lookup.parse)
        cache.put(url, name, key, to_plain(found))
    return found


def _text(row: Mapping[Any, Any], *names: str) -> str:
    """Text of the first of several columns that is there and filled."""
    values = (row.get(name) for name in names)
    return next((v.strip() for v in values if isinstance(v, str) and v.strip()), "")
