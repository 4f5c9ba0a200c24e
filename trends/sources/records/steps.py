"""What is decided about each record by itself, whatever other records there are."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection

from trends.core.dates import DocDate, arxiv_month, better
from trends.errors import DataError
from trends.sources.dates import placeholders
from trends.sources.records.account import Notes
from trends.sources.records.cleaning import UNFIT, Cleaner
from trends.sources.records.record import Dropped, Record, Records

#: A text shorter than this, in characters, is listed as very short.
SHORT = 100
#: Longest id of a document.
LONGEST_ID = 200
#: Kinds of identifiers in the order in which one stands in for a missing id.
_BEST_IDS = ("doi", "arxiv", "pmid", "acl", "openalex", "s2")
#: Flags of records that are no documents of a corpus.
DROPPED_FLAGS = ("withdrawn", "paratext")


def counted(records: Records, notes: Notes, strict: bool) -> Records:
    """The records, counted by their file; the first broken one is an error where that is asked."""
    for item in records:
        if strict and isinstance(item, Dropped):
            detail = item.detail or item.reason
            where = "" if str(item.place) in detail else f"{item.place}: "
            message = f"{where}{detail} Repair the input, or read it without strict (--strict)."
            raise DataError(message)
        notes.read[item.place.file] += 1
        yield item


def cleaned(
    records: Records, cleaner: Cleaner | None, drop_flags: frozenset[str], min_chars: int
) -> Records:
    """Records with cleaned texts; those that are no documents dropped."""
    for item in records:
        if isinstance(item, Dropped):
            yield item
            continue
        record = cleaner.clean(item) if cleaner is not None else item
        reason = next((flag for flag in record.flags if flag in drop_flags), "")
        detail = ""
        if not reason and not record.title and not record.text:
            reason = "no title and no text"
        elif not reason and len(record.text) < min_chars:
            reason, detail = (
                "text too short",
                f"The text has {len(record.text)} characters; at least {min_chars} were asked for.",
            )
        yield Dropped(record.place, reason, detail, record.id, record.title) if reason else record


def digest(*parts: str) -> bytes:
    """128 bits of what a record says."""
    return hashlib.blake2b(
        "\x1e".join(parts).encode("utf-8", "surrogatepass"), digest_size=16
    ).digest()


def dated(record: Record, called: str, notes: Notes) -> DocDate | None:
    """The date of a record; statements of better evidence win, contradictions are listed."""
    date = record.date
    if record.date_problem:
        notes.row(
            "dropped_dates", record=f"{record.place} {called}", reason=record.date_problem[:300]
        )
    rivals = list(record.rivals)
    if (
        date is None
        and not rivals
        and (month := arxiv_month(record.ids.get("arxiv", ""))) is not None
    ):
        return month
    for rival in rivals:
        if date is None:
            date = rival
            continue
        # What the source calls the date stands unless a rival is better known; between equals it is
        # the rule of the source that counts.
        kept, other = (rival, date) if rival.evidence.rank < date.evidence.rank else (date, rival)
        if not date.agrees(rival):
            gap = max(date.first - rival.last, rival.first - date.last).days
            why = (
                f"the dates are {gap} day{'s' if gap != 1 else ''} apart; {kept.evidence.value} is "
                f"kept before {other.evidence.value}"
            )
            if kept.evidence is other.evidence:
                why = (
                    f"the dates are {gap} day{'s' if gap != 1 else ''} apart; the one that the "
                    "source gives as the date is kept"
                )
            notes.row(
                "conflicts",
                id=called,
                title=record.title[:120],
                kept=kept.written,
                other=other.written,
                why=why,
            )
        date = kept if record.date is not None else better(date, rival)
    return date


def in_time(
    date: DocDate, record: Record, called: str, notes: Notes, earliest: int, latest: dt.date
) -> bool:
    """Whether a date may be meant; one that may not is listed."""
    if date.first > latest:
        why = f"it lies after {latest}"
        if placeholders.no_end(date.first):
            why += ", and stands for no date in many databases"
        notes.row("future_dates", id=called, title=record.title[:120], date=date.written, why=why)
        return False
    if date.first.year < earliest and date.first not in placeholders.PLACEHOLDERS:
        notes.counts["early dates"] += 1
        why = (
            f"{date.written} lies before {earliest}; --earliest {date.first.year} reads older "
            "corpora."
        )
        notes.row("dropped_dates", record=f"{record.place} {called}", reason=why)
        return False
    return True


def list_short_text(record: Record, called: str, notes: Notes) -> None:
    """List a document with no text, or next to none."""
    if not record.text:
        notes.row("empty_texts", id=called, title=record.title[:120])
    elif len(record.text) < SHORT:
        notes.row("short_texts", id=called, title=record.title[:120], characters=len(record.text))


def other_language(
    record: Record, spoken: tuple[str, str, float | None], wanted: Collection[str]
) -> Dropped | None:
    """The reason to drop a record that is known to be in none of the languages wanted."""
    if not wanted or spoken[0] in wanted or spoken[1] == "unknown":
        return None
    how = "declared" if spoken[1] == "declared" else f"guessed with probability {spoken[2]}"
    detail = f"The language is {spoken[0]} ({how})."
    return Dropped(record.place, "other language", detail, record.id, record.title)


def base_id(record: Record, notes: Notes) -> str:
    """The id of a record as its source has it, else made of what it holds."""
    base = " ".join(UNFIT.sub("", record.id).split())[:LONGEST_ID]
    if base:
        return base
    notes.counts["ids made"] += 1
    best = next((kind for kind in _BEST_IDS if record.ids.get(kind)), "")
    if best:
        return f"{best}:{record.ids[best]}"[:LONGEST_ID]
    return digest(record.title, record.text).hex()
