"""Dating the documents of a corpus by looking them up: the services are asked in turn, every decision is listed."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from trends.core import Corpus
from trends.core.corpus import LAST
from trends.core.dates import DocDate, Evidence, Precision
from trends.errors import NetworkError, UsageError
from trends.files import write_text
from trends.sources.dating.date_table import COLUMNS, title_key
from trends.sources.dating.matching import THRESHOLD, Asked, Candidate, Decision, decide, settled
from trends.sources.fetch import SERVICES
from trends.sources.fetch.fetching import ask, where
from trends.sources.fetch.http.client import Client
from trends.sources.fetch.http.response_cache import Memory
from trends.sources.fetch.lookup import LOOKUPS, from_plain, key, to_plain
from trends.sources.records import fields

#: Columns of the table of decisions, one row a document that was looked up.
DECISIONS = (
    "id",
    "title",
    "service",
    "matched_id",
    "matched_title",
    "score",
    "authors",
    "date",
    "precision",
    "decision",
    "why",
)


def resolve(
    corpus: Corpus,
    *,
    client: Client,
    memory: Memory,
    services: Sequence[str] = tuple(LOOKUPS),
    bases: Mapping[str, str] | None = None,
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
    memory : Memory
        Answers that were had before are taken from it.
    services : sequence of str
        Names of :data:`trends.sources.fetch.lookup.LOOKUPS`, in the order in which they are asked.
        A service is asked only if those before it did not find the very title (or identifier) with
        a day.
    bases : mapping of str to str, optional
        Addresses of mirrors by service.
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
        If a service gives no usable answer; answers had so far are in the memory.
    """
    unknown = [name for name in services if name not in LOOKUPS]
    if unknown or not services:
        message = f"Titles can be looked up at {', '.join(LOOKUPS)}; not at {', '.join(unknown) or 'none'}."
        raise UsageError(message)
    places = {
        name: where(SERVICES.load(name), (bases or {}).get(name, ""), interval) for name in services
    }
    wanted = documents(corpus, finer)
    decisions = []
    for done, asked in enumerate(wanted):
        progress(done, len(wanted))
        found: list[Candidate] = []
        for name in services:
            try:
                found += _answer(asked, name, places[name], client, memory)
            except NetworkError as error:
                message = f"{error} Answers about {done:,} of {len(wanted):,} documents are kept in {memory.path}: the same command goes on from there."
                raise NetworkError(message) from error
            if settled(asked, found, threshold):
                break
        decisions.append(decide(asked, found, threshold))
    progress(len(wanted), len(wanted))
    return dated(corpus, decisions), decisions


def documents(corpus: Corpus, finer: Precision | None = None) -> list[Asked]:
    """The documents to look up: the undated ones, and those whose date is coarser than ``finer``."""
    frame = corpus.documents
    order = list(Precision)
    found = []
    for row in frame.to_dict("records"):
        known = _known(row)
        if known is not None and (
            finer is None or order.index(known.precision) <= order.index(finer)
        ):
            continue
        ids = fields.named(
            arxiv=fields.arxiv_id(_cell(row, "arxiv_id", "arxiv")),
            doi=fields.doi(_cell(row, "doi")),
        )
        found.append(
            Asked(str(row["id"]), _cell(row, "title"), _cell(row, "authors", "author"), ids, known)
        )
    return found


def dated(corpus: Corpus, decisions: Sequence[Decision]) -> Corpus:
    """The corpus with the dates that were decided on."""
    frame = corpus.documents.copy()
    taken = {each.asked.id: each for each in decisions if each.verdict == "dated"}
    at = {doc: i for i, doc in enumerate(frame["id"])}
    new: dict[str, list[Any]] = {
        c: list(frame[c]) for c in ("date", "date_precision", "date_evidence")
    }
    lasts = list(frame[LAST]) if LAST in frame.columns else [pd.NaT] * len(frame)
    kept: dict[str, list[Any]] = {
        c: list(frame[c]) if c in frame.columns else [None] * len(frame)
        for c in ("date_service", "date_match", "date_score")
    }
    for doc, each in taken.items():
        assert each.date is not None and each.best is not None
        i = at[doc]
        new["date"][i] = pd.Timestamp(each.date.first)
        new["date_precision"][i] = each.date.precision.value
        new["date_evidence"][i] = Evidence.LOOKUP.value
        lasts[i] = pd.NaT if each.date.until is None else pd.Timestamp(each.date.until)
        kept["date_service"][i], kept["date_match"][i] = each.best.service, each.best.id
        kept["date_score"][i] = round(each.score, 4)
    for column, values in new.items():
        frame[column] = values
    frame[LAST] = lasts
    if taken:
        for column, values in kept.items():
            frame[column] = pd.Series(
                values, index=frame.index, dtype="float64" if column == "date_score" else "object"
            )
    counts = Counter(each.verdict for each in decisions)
    services = Counter(each.best.service for each in taken.values() if each.best is not None)
    told: dict[str, Any] = {"asked": len(decisions), "services": dict(sorted(services.items()))}
    told |= {str(verdict): n for verdict, n in sorted(counts.items())}
    return replace(corpus, documents=frame, notes=corpus.notes | {"resolved": told})


def write_decisions(decisions: Sequence[Decision], path: Path) -> None:
    """Write all decisions as CSV: the row of each document, with what speaks for the match."""
    rows = []
    for each in decisions:
        best = each.best
        rows.append(
            (
                each.asked.id,
                each.asked.title,
                best.service if best else "",
                best.id if best else "",
                best.title if best else "",
                f"{each.score:.4f}" if best else "",
                "" if each.authors is None else f"{each.authors:.2f}",
                each.date.written if each.date else "",
                each.date.precision.value if each.date else "",
                each.verdict,
                each.why,
            )
        )
    write_text(path, _table(DECISIONS, rows))


def write_dates(decisions: Sequence[Decision], path: Path) -> int:
    """Write the dates as a table that ``corpus.dates`` reads; gives the number of documents that it cannot hold.

    Those are ranges, titles that stand for several dates, and identifiers under several titles.
    """
    by_title: dict[str, list[tuple[str, ...]]] = {}
    left_out, taken_ids = 0, set()
    for each in decisions:
        if each.verdict != "dated" or each.date is None or each.best is None:
            continue
        if each.date.precision is Precision.RANGE or not each.asked.title:
            left_out += 1
            continue
        arxiv = each.best.ids.get("arxiv", "")
        facts = (
            each.date.written,
            each.date.precision.value,
            f"{each.best.service} {each.best.id}, score {each.score:.4f}",
        )
        by_title.setdefault(title_key(each.asked.title), []).append(
            (each.asked.title, arxiv, *facts)
        )
    rows = []
    for facts_of_title in by_title.values():
        if len({row[1:4] for row in facts_of_title}) > 1:
            left_out += len(facts_of_title)
            continue
        title, arxiv, *rest = facts_of_title[0]
        rows.append((title, "" if arxiv in taken_ids else arxiv, *rest))
        taken_ids.add(arxiv)
    write_text(path, _table(COLUMNS, rows))
    return left_out


def _answer(
    asked: Asked, name: str, place: tuple[str, float], client: Client, memory: Memory
) -> list[Candidate]:
    lookup, (base, pace) = LOOKUPS[name], place
    question = lookup.address(asked, client.contact)
    if question is None:
        return []
    kept = memory.get(base, name, key(asked, name))
    if kept is None:
        path, parameters = question
        kept = to_plain(
            ask(SERVICES.load(name), client, base, pace, path, parameters, lookup.parse)
        )
        memory.keep(base, name, key(asked, name), kept)
    # Also what has just arrived takes the way through the memory, so that both are the same.
    return from_plain(kept)


def _cell(row: Mapping[Any, Any], *names: str) -> str:
    """Text of the first of several columns that is there and filled."""
    return next(
        (
            row[name].strip()
            for name in names
            if isinstance(row.get(name), str) and row[name].strip()
        ),
        "",
    )


def _known(row: Mapping[Any, Any]) -> DocDate | None:
    if pd.isna(row["date"]):
        return None
    precision = Precision(row["date_precision"])
    until = row[LAST].date() if precision is Precision.RANGE else None
    return DocDate(row["date"].date(), precision, Evidence(row["date_evidence"]), until)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows as CSV, the values as they are."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()
