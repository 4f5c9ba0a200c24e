r"""BibTeX and biblatex files, from any reference manager.

Entries are split by :mod:`bibtexparser`, one at a time, so that one damaged entry costs only
itself. The date is ``date`` if there is one, else ``year`` with ``month`` and ``day``; a month that
cannot be read leaves the year, and a year such as ``in press`` leaves the entry undated, both with
the reason. A field that is there twice is read once, if it says the same or is not read at all; one
that cannot be read and is not needed costs nothing. An entry with ``crossref`` takes date and title
of the volume from the entry that it names; as that stands further down in a file, such entries come
last. Of entries with the same key the first is kept. LaTeX is taken off when a corpus is made.

References
----------
Patashnik (1988), "BibTeXing"; Kime, Wemheuer & Lehman, "The biblatex Package", section on date
specifications.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trends.core.dates import DocDate
from trends.sources.io.lines import is_damaged, open_lines
from trends.sources.records import fields
from trends.sources.records.reader import source
from trends.sources.records.record import Dropped, Place, Record, Records

ENDINGS = (".bib", ".bibtex")
#: Longest entry in characters; one with an abstract has a few thousand.
MAX_ENTRY = 2**20

_START = re.compile(r"\s*@\s*([A-Za-z]+)\s*([{(])")
_BARE = re.compile(r"\s*@\s*[A-Za-z]+\s*\Z")
_NOT_ENTRIES = ("comment", "preamble", "string")
_PARENTS = (
    "proceedings",
    "book",
    "collection",
    "mvproceedings",
    "mvbook",
    "mvcollection",
    "periodical",
)
#: Fields that are read.
READ = frozenset(
    re.split(
        r"\s+",
        "abstract archiveprefix booktitle crossref date day doi eprint eprinttype howpublished "
        "journal journaltitle keywords langid language month note pmid publisher school subtitle "
        "title url year",
    )
)
_FIELD = re.compile(r"\s*([A-Za-z][\w-]*)\s*=")
_DASH = re.compile(r"\\text(?:en|em)dash(?:\{\})?|[-–—]{2,}")
_INHERITED = ("date", "year", "month", "day")

#: An entry as it was split: its type, key and fields by lower-case name.
_Entry = tuple[str, str, dict[str, str]]


def _file(path: Path, label: str, encoding: str = "") -> Records:
    # What the parser logs about damaged entries is said by the dropped records.
    logging.getLogger("bibtexparser").addHandler(logging.NullHandler())
    strings: dict[str, str] = {}
    parents: dict[str, dict[str, str]] = {}
    keys: set[str] = set()
    waiting: list[tuple[_Entry, Place]] = []
    number = 0
    for line, chunk in _chunks(path, encoding):
        for found in _split(chunk, strings):
            number += 1
            place = Place(label, number, line)
            if isinstance(found, str):
                yield Dropped(
                    place, "not BibTeX", f"{place}: {found}.", title=" ".join(chunk[:80].split())
                )
                continue
            kind, key, entry = found
            if key and key in keys:
                title = entry.get("title", "")
                yield Dropped(
                    place,
                    "duplicate key",
                    f"{place}: an earlier entry has the key {key!r} too.",
                    id=key,
                    title=title,
                )
                continue
            keys.add(key)
            if kind in _PARENTS and key:
                parents[key] = {
                    name: entry[name]
                    for name in (*_INHERITED, "title", "booktitle")
                    if name in entry
                }
            if "crossref" in entry and not _inherits_nothing(entry):
                waiting.append((found, place))
            else:
                yield _record(kind, key, entry, place)
    for (kind, key, entry), place in waiting:
        parent = parents.get(entry["crossref"].strip(), {})
        title = parent.get("booktitle") or parent.get("title", "")
        dated = any(entry.get(name) for name in ("date", "year"))
        given = {name: value for name, value in parent.items() if name in _INHERITED and not dated}
        yield _record(
            kind, key, {**({"booktitle": title} if title else {}), **given, **entry}, place
        )


def _inherits_nothing(entry: Mapping[str, str]) -> bool:
    return any(entry.get(n) for n in ("date", "year")) and any(
        entry.get(n) for n in ("booktitle", "journal")
    )


def _chunks(path: Path, encoding: str) -> Iterator[tuple[int, str]]:
    """Number of the first line and text from each ``@type{`` at the start of a line to the next."""
    parts: list[str] = []
    first = size = 0
    held: tuple[int, str] | None = None
    for number, line in open_lines(path, encoding=encoding, lenient=True):
        if held is not None and line.lstrip().startswith(("{", "(")):
            number, line = (
                held[0],
                f"{held[1].strip()}{line.lstrip()}",
            )  # the brace stands on a line of its own
        elif held is not None and parts and size <= MAX_ENTRY:
            parts.append(held[1])
        held = None
        if _BARE.match(line):
            held = number, line
        elif _START.match(line):
            if parts:
                yield first, "\n".join(parts)
            parts, first, size = [line], number, len(line)
        elif parts and size <= MAX_ENTRY:
            parts.append(line)
            size += len(line)
    if parts:
        yield first, "\n".join(parts)


def _split(chunk: str, strings: dict[str, str]) -> Iterator[_Entry | str]:
    """The entries of a chunk, or what is wrong with it; abbreviations are put into ``strings``."""
    from bibtexparser.model import DuplicateFieldKeyBlock, Entry, ExplicitComment, Preamble, String
    from bibtexparser.splitter import Splitter

    start = _START.match(chunk)
    kind = start[1].lower() if start else ""
    if is_damaged(chunk):
        yield "this entry holds bytes that are not UTF-8, as the rest of the file is"
        return
    if len(chunk) > MAX_ENTRY:
        yield (
            f"this entry is longer than {MAX_ENTRY:,} characters, the most that is read; is a "
            "brace missing?"
        )
        return
    if start is None or start[2] == "(":
        if kind not in _NOT_ENTRIES:
            yield "an entry in round brackets is not read; write it with braces"
        return
    # The splitter knows an entry only if nothing stands between the sign and its name.
    text = f"@{start[1]}{{{chunk[start.end() :]}"
    try:
        blocks = Splitter(text.replace("\n", " ")).split().blocks
        if any(_is_broken(block) for block in blocks) and (fewer := _needed(text)) != text:
            blocks = Splitter(fewer.replace("\n", " ")).split().blocks
    except Exception as error:  # the parser raises what its code happens to raise
        yield f"bibtexparser cannot read this entry ({type(error).__name__})"
        return
    for block in blocks:
        if isinstance(block, String):
            if len(strings) < 100_000:
                strings[block.key.strip().lower()] = _value(str(block.value), strings)
        elif isinstance(block, Entry):
            yield _entry(block, strings)
        elif isinstance(block, DuplicateFieldKeyBlock):
            if twice := sorted(key for key in block.duplicate_keys if _differ(block, key)):
                yield f"these fields stand in the entry twice: {', '.join(twice)}"
            else:
                yield _entry(block.ignore_error_block, strings)
        elif isinstance(block, ExplicitComment | Preamble):
            continue
        elif hasattr(block, "error") and kind not in _NOT_ENTRIES:
            reason = " ".join(str(getattr(block.error, "abort_reason", block.error)).split())
            yield f"the entry cannot be read: {reason[:200].rstrip('.')}"


def _entry(block: Any, strings: Mapping[str, str]) -> _Entry:
    values: dict[str, str] = {}
    for field in block.fields:
        values.setdefault(str(field.key).strip().lower(), _value(str(field.value), strings))
    return str(block.entry_type).lower(), fields.text(block.key), values


def _is_broken(block: Any) -> bool:
    from bibtexparser.model import DuplicateFieldKeyBlock

    return hasattr(block, "error") and not isinstance(block, DuplicateFieldKeyBlock)


def _differ(block: Any, key: str) -> bool:
    """Whether a field that is there twice is one that is read, and says two things."""
    found = {str(f.value) for f in block.ignore_error_block.fields if f.key == key}
    return len(found) > 1 and key.lower() in READ


def _needed(text: str) -> str:
    """The entry without the lines of fields that are not read, such as paths of attached files."""
    kept: list[str] = []
    keep = True
    for line in text.split("\n"):
        if (match := _FIELD.match(line)) is not None:
            keep = match[1].lower() in READ
        elif line.strip() in ("}", "},"):
            keep = True
        if keep:
            kept.append(line)
    return "\n".join(kept)


def _value(raw: str, strings: Mapping[str, str]) -> str:
    """Text of a field without braces and quotation marks, abbreviations and pieces resolved."""
    pieces: list[str] = []
    size = 0
    for piece in _pieces(raw):
        bare = piece.strip()
        if len(bare) > 1 and (bare[0], bare[-1]) in (("{", "}"), ('"', '"')):
            pieces.append(bare[1:-1])
        else:
            pieces.append(strings.get(bare.lower(), bare))
        size += len(pieces[-1])
        if size > MAX_ENTRY:  # abbreviations of abbreviations may grow without end
            break
    return fields.text("".join(pieces)[:MAX_ENTRY])


def _pieces(raw: str) -> list[str]:
    if "#" not in raw:
        return [raw]
    pieces, depth, quoted, at = [], 0, False, 0
    for match in re.finditer(r'[{}"#]', raw):
        sign = match[0]
        depth += (sign == "{") - (sign == "}")
        if sign == '"' and depth == 0:
            quoted = not quoted
        if sign == "#" and depth <= 0 and not quoted:
            pieces.append(raw[at : match.start()])
            at = match.end()
    return [*pieces, raw[at:]]


def _record(kind: str, key: str, entry: Mapping[str, str], place: Place) -> Record | Dropped:
    title = ": ".join(part for part in (entry.get("title", ""), entry.get("subtitle", "")) if part)
    doi = fields.doi(entry.get("doi"))
    if not (key or title or doi):
        return Dropped(
            place, "neither id nor title", f"{place}: this entry has neither a key nor a title."
        )
    date, problem = dated(entry)
    return Record(
        place,
        key or doi,
        title,
        entry.get("abstract", ""),
        date,
        "bibtex",
        ids=fields.named(doi=doi, arxiv=_arxiv(entry), pmid=fields.digits(entry.get("pmid"))),
        venue=next(
            (
                entry[n]
                for n in ("journal", "journaltitle", "booktitle", "publisher", "school")
                if entry.get(n)
            ),
            "",
        ),
        language=entry.get("language") or entry.get("langid", ""),
        url=entry.get("url", ""),
        extra=fields.known(type=kind, keywords=entry.get("keywords")),
        date_problem=problem,
    )


def dated(entry: Mapping[str, str]) -> tuple[DocDate | None, str]:
    """Date of an entry, and what could not be read of it."""
    found = {
        name: re.sub(r"[{}~]|\\ ", " ", _DASH.sub("-", entry.get(name, ""))).strip()
        for name in _INHERITED
    }
    problem = ""
    if found["date"]:
        # The marks of biblatex for "approximate" and "uncertain" do not change what is written.
        date, problem = fields.dating(re.sub(r"[?%]", "", found["date"]).strip())
        if date is not None:
            return date, problem
    year, month, day = found["year"], found["month"], found["day"]
    if year and month:
        if month.isdecimal() and month.isascii() and len(month) < 3:
            written = "-".join(
                [
                    year,
                    month.zfill(2),
                    *([day.zfill(2)] if day.isdecimal() and len(day) < 3 else []),
                ]
            )
        else:
            written = f"{day} {month}" if day else month
        date, worse = fields.dating_within(year, written)
        if date is not None:
            return date, problem or worse
        problem = problem or worse
    date, worse = fields.dating(year)
    return date, problem or worse


def _arxiv(entry: Mapping[str, str]) -> str:
    scheme = f"{entry.get('archiveprefix', '')} {entry.get('eprinttype', '')}".lower()
    if entry.get("eprint") and ("arxiv" in scheme or not scheme.strip()):
        return fields.arxiv_id(entry["eprint"])
    for name in ("journal", "journaltitle", "url", "doi", "howpublished", "note"):
        match = re.search(
            r"arxiv(?:\.org/(?:abs|pdf)/|[.:]\s?)([0-9]{4}\.[0-9]{4,5}|[a-z-]{2,12}/[0-9]{7})",
            entry.get(name, "").lower(),
        )
        if match:
            return match[1]
    return ""


records, read = source("bibtex", ENDINGS, _file)
