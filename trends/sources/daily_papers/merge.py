"""Records of several pages joined into documents, one per paper."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

import pandas as pd

from trends.core.corpus import ROW
from trends.core.dates import DocDate, Evidence, arxiv_month, better
from trends.sources.daily_papers.grammar import Record
from trends.sources.dating.date_table import Table, title_key

SOURCE = "papers-page"


@dataclass(frozen=True)
class Entry:
    """A record, the page it stands on and its date, if it has one."""

    page: str
    record: Record
    date: DocDate | None


@dataclass(frozen=True)
class Document:
    """One paper: its records in reading order, the date that was kept and where it comes from."""

    id: str
    entries: tuple[Entry, ...]
    arxiv_id: str
    date: DocDate | None
    date_source: str

    @property
    def kept(self) -> str:
        """The date in words, for messages."""
        return "no date" if self.date is None else _shown(self.date, self.date_source)


@dataclass
class Joined:
    """All documents, and what did not fit together."""

    documents: list[Document] = field(default_factory=list)
    conflicts: list[dict[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    _place: dict[tuple[str, int], Document] = field(default_factory=dict)

    def document_of(self, page: str, line: int) -> Document:
        """The document to which the record at a line of a page belongs."""
        return self._place[page, line]


def join(entries: list[Entry], table: Table) -> Joined:
    """Join records into documents and date them.

    Parameters
    ----------
    entries : list of Entry
        In reading order.
    table : Table
        Identifiers and dates known from elsewhere.
    """
    out = Joined()
    for group in _groups(entries, table):
        document = _document(group, table, out)
        out.documents.append(document)
        for entry in document.entries:
            out._place[entry.page, entry.record.line] = document
    return out


def _groups(entries: list[Entry], table: Table) -> list[list[tuple[Entry, str, str]]]:
    """Entries of each paper with key of title and identifier, in the order of first records."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    rows: list[tuple[Entry, str, str]] = []
    for entry in entries:
        key = title_key(entry.record.title)
        fact = table.find(key, entry.record.arxiv_id)
        arxiv_id = entry.record.arxiv_id or (fact.arxiv_id if fact else "")
        rows.append((entry, key, arxiv_id))
        if arxiv_id:
            parent[root(f"id {arxiv_id}")] = root(f"title {key}")
        else:
            root(f"title {key}")
    groups: dict[str, list[tuple[Entry, str, str]]] = {}
    for row in rows:
        groups.setdefault(root(f"title {row[1]}"), []).append(row)
    return list(groups.values())


def _document(group: list[tuple[Entry, str, str]], table: Table, out: Joined) -> Document:
    first, key, _ = group[0]
    ids = sorted({arxiv_id for *_, arxiv_id in group if arxiv_id})
    keys = sorted({k for _, k, _ in group})
    arxiv_id = ids[0] if ids else ""
    document_id = arxiv_id or _hashed(key)
    title = first.record.title
    candidates = _on_pages(group)
    primary = bool(candidates) and first.date is not None
    for each in sorted({(k, i) for _, k, i in group}):
        fact = table.find(*each)
        if fact is not None and fact.date is not None:
            candidates.append((fact.date, fact.source or "table of dates"))
    for each_id in ids:
        month = arxiv_month(each_id)
        if month is not None:
            candidates.append((month, "arXiv identifier"))
    date, source = None, ""
    if candidates:
        date = candidates[0][0]
        for other, _ in candidates[1:]:
            date = better(date, other)
        source = next(s for d, s in candidates if d == date)
    for other, where in dict.fromkeys(candidates):
        if date is not None and not other.agrees(date):
            out.conflicts.append(_conflict(document_id, title, (date, source), (other, where)))
    if len(ids) > 1:
        why = "records of one title carry different arXiv identifiers"
        out.conflicts.append(
            {
                "id": document_id,
                "title": title,
                "kept": ids[0],
                "other": ", ".join(ids[1:]),
                "why": why,
            }
        )
    if len(keys) > 1:
        titles = sorted({e.record.title for e, _, _ in group})
        out.warnings.append(
            f"{len(titles)} titles were joined because they carry the arXiv identifier {arxiv_id}: "
            f"{'; '.join(titles)}."
        )
    if len({title_key(e.record.abstract) for e, _, _ in group}) > 1:
        where = ", ".join(f"{e.page}:{e.record.line}" for e, _, _ in group)
        out.warnings.append(
            f"The records of {title!r} have different abstracts ({where}); the first is kept."
        )
    if (
        date is not None
        and date.evidence in (Evidence.STATED, Evidence.SNAPSHOT_YEAR)
        and not primary
    ):
        date = replace(date, evidence=Evidence.OTHER_PAGE)
    return Document(document_id, tuple(e for e, _, _ in group), arxiv_id, date, source)


def _on_pages(group: list[tuple[Entry, str, str]]) -> list[tuple[DocDate, str]]:
    return [
        (e.date, f"{e.page}:{e.record.date.line}")
        for e, _, _ in group
        if e.date is not None and e.record.date is not None
    ]


def _conflict(
    document_id: str, title: str, kept: tuple[DocDate, str], other: tuple[DocDate, str]
) -> dict[str, str]:
    gap = max(kept[0].first - other[0].last, other[0].first - kept[0].last).days
    why = (
        f"the dates are {gap} day{'s' if gap != 1 else ''} apart; {kept[0].evidence.value} is kept "
        f"before {other[0].evidence.value}"
    )
    if kept[0].evidence is other[0].evidence:
        why = (
            f"the dates are {gap} day{'s' if gap != 1 else ''} apart; of two dates with the same "
            "evidence the finer, then the earlier is kept"
        )
    return {
        "id": document_id,
        "title": title,
        "kept": _shown(*kept),
        "other": _shown(*other),
        "why": why,
    }


def _shown(date: DocDate, where: str) -> str:
    day = date.first.isoformat()[: {"day": 10, "month": 7, "year": 4}[date.precision.value]]
    return f"{day} ({where})"


def _hashed(key: str) -> str:
    """An id for a paper without identifier, from the letters and digits of its title alone."""
    return f"{key[:32]}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"


def frame(joined: Joined) -> pd.DataFrame:
    """The documents as the table of a corpus."""
    rows = [
        {
            "id": d.id,
            "title": d.entries[0].record.title,
            "date": None if d.date is None else pd.Timestamp(d.date.first),
            "date_precision": None if d.date is None else d.date.precision.value,
            "date_evidence": Evidence.NONE.value if d.date is None else d.date.evidence.value,
            "text": d.entries[0].record.abstract,
            "date_source": d.date_source,
            "arxiv_id": d.arxiv_id,
            "source": SOURCE,
            "pages": ";".join(dict.fromkeys(e.page for e in d.entries)),
            "authors_note": next((e.record.byline for e in d.entries if e.record.byline), ""),
            ROW: pd.NA,  # papers of several pages have no order of rows
        }
        for d in joined.documents
    ]
    out = pd.DataFrame(rows)
    out["date"] = pd.to_datetime(out["date"]).astype("datetime64[s]")
    return out
