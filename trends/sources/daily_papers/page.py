"""Saved Daily Papers pages as one corpus: each paper once, each date with its evidence.

How the records of one paper are joined. Records belong together if their titles have the same
letters and digits, or if they carry the same arXiv identifier. The first in reading order (files by
name) gives title and text. Of all dates that the pages print for the paper, the better evidence
wins (:class:`~trends.core.dates.Evidence`): a stated year before one that is inferred from the
snapshot. The evidence is called "other page" where the first record itself has no date. The table
of dates and the arXiv identifier come after the pages. Every date that contradicts the one that was
kept is a conflict in the notes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trends.core.corpus import Corpus
from trends.core.dates import DocDate
from trends.sources.daily_papers.dates import DatedPage, check_years, not_before, resolve
from trends.sources.daily_papers.grammar import parse
from trends.sources.daily_papers.merge import Entry, Joined, frame, join
from trends.sources.dating import date_table as lookup
from trends.sources.io.bounded import MAX_TEXT_BYTES, decode, read_bytes, sha256_of
from trends.sources.io.paths import labelled


def read(
    paths: Sequence[Path],
    *,
    dates: str | Path = lookup.PACKAGED,
    snapshot_years: Mapping[str, int] | None = None,
    name: str = "papers",
) -> Corpus:
    """Read saved pages.

    Parameters
    ----------
    paths : sequence of Path
        Files, or folders whose ``.txt`` files are read in the order of their names.
    dates : str or Path, default "pretraining"
        Table of dates for papers that the pages leave undated: the packaged one, "none", or the
        user's own CSV file.
    snapshot_years : dict of str to int, optional
        Year in which a file was saved, for files whose year cannot be inferred or is inferred
        wrongly.
    name : str, default "papers"
        How reports call the corpus.

    Returns
    -------
    Corpus
        Columns ``id``, ``title``, ``date``, ``date_precision``, ``date_evidence``, ``text``,
        ``date_source``, ``arxiv_id``, ``source``, ``pages``, ``authors_note``. Notes: ``records``,
        ``per_input``, ``dropped``, ``conflicts``, ``warnings``, ``inputs``, ``dropped_dates``,
        ``snapshots``, ``first_snapshot``.

    Raises
    ------
    UsageError
        If no page or a year that cannot be meant is given.
    DataError
        If a file is not such a page; nothing of the others is returned then.
    MissingError, StorageError
        If a file cannot be read.
    """
    warnings: list[str] = []
    files = labelled(paths, [".txt"], packed=False, warnings=warnings)
    years = check_years(snapshot_years, list(files))
    table, table_hash = lookup.load(dates)
    inputs: dict[str, str] = {}
    pages: list[DatedPage] = []
    for label, path in files.items():
        data = read_bytes(path, MAX_TEXT_BYTES)
        inputs[label] = sha256_of(data)
        page = parse(decode(data, path), label)
        pages.append(resolve(page, years.get(label)))
        warnings += [
            f"{name}, line {line}: the header line {text!r} is not known and was left out."
            for line, text in page.extra
        ]
        warnings += pages[-1].warnings
    warnings += [f"{a} and {b} are the same file saved twice." for a, b in _twins(inputs)]
    entries = [
        Entry(page.page.name, record, date)
        for page in pages
        for record, date in zip(page.page.records, page.dates, strict=True)
    ]
    joined = join(entries, table)
    warnings += joined.warnings
    conflicts, dropped_dates = list(joined.conflicts), []
    for dated in pages:
        for record, printed, reason in dated.problems:
            at = f"{dated.page.name}:{record.date.line if record.date else record.line}"
            document = joined.document_of(dated.page.name, record.line)
            conflicts.append(
                {
                    "id": document.id,
                    "title": record.title,
                    "kept": document.kept,
                    "other": f"{printed} ({at})",
                    "why": reason,
                }
            )
            dropped_dates.append(
                {
                    "record": f"{at} {record.title}",
                    "reason": f"date {printed!r} was not used: {reason}",
                }
            )
            warnings.append(
                f"{at}: the date {printed!r} of {record.title!r} was not used: {reason}."
            )
    snapshots, first = _snapshots(pages, joined)
    if table_hash:
        inputs["table of dates"] = table_hash
    notes: dict[str, Any] = {
        "records": len(entries),
        "per_input": {page.page.name: len(page.page.records) for page in pages},
        "dropped": [],
        "dropped_dates": dropped_dates,
        "conflicts": conflicts,
        "warnings": warnings,
        "inputs": inputs,
        "snapshots": snapshots,
        "first_snapshot": first,
    }
    # After the first page was saved the pages together no longer cover all that appeared.
    until = dt.date.fromisoformat(first["date"]) if first else None
    return Corpus(frame(joined), name=name, observed_until=until, notes=notes)


def _twins(inputs: dict[str, str]) -> list[tuple[str, str]]:
    first: dict[str, str] = {}
    return [
        (first[digest], name)
        for name, digest in inputs.items()
        if first.setdefault(digest, name) != name
    ]


def _snapshots(
    pages: list[DatedPage], joined: Joined
) -> tuple[dict[str, str], dict[str, Any] | None]:
    """When each page was saved, in words, and the earliest day with whether it is exact."""
    shown: dict[str, str] = {}
    bounds: list[tuple[dt.date, bool, str]] = []
    for page in pages:
        name = page.page.name
        if page.snapshot is not None:
            shown[name] = page.snapshot.isoformat()
            bounds.append((page.snapshot, True, name))
            continue
        dates: list[DocDate] = [
            d for r in page.page.records if (d := joined.document_of(name, r.line).date) is not None
        ]
        bound = not_before(page.page, max((d.first for d in dates), default=None))
        shown[name] = "unknown" if bound is None else f"unknown, not before {bound.year}"
        if bound is not None:
            bounds.append((bound, False, name))
    if not bounds:
        return shown, None
    day, exact, name = min(bounds)
    return shown, {"date": day.isoformat(), "exact": exact, "file": name}
