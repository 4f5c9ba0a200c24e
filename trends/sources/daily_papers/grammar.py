"""The grammar of a saved Daily Papers page: a header, then titles, abstracts and bylines.

::

    page     = header record+
    header   = { known line | short line } [ snapshot day ]
    record   = { count of votes } title { address } abstract [ byline ]
    byline   = [ "•" N "authors" | organisation ] [ "·" ] date [ count of comments ]
    date     = month day [ "," year ]

Blank lines carry no meaning, since programs that save pages set them as they like. Each line is
recognised by its form (:mod:`trends.sources.daily_papers.lines`); what lies between two bylines
must pair up into titles and abstracts. A page that does not is refused with the line and what was
expected there: a record that slipped by one line would turn every later title into text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from trends.errors import DataError
from trends.sources.daily_papers.lines import Escapes, Kind, Line, PrintedDate, split

#: Longest title; the longest on arXiv stay below it.
MAX_TITLE = 300
#: A text of this length is an abstract even if it does not end like a sentence.
SURE_ABSTRACT = 200
#: The header may have this many lines, none longer than this.
MAX_HEADER_LINES, MAX_HEADER_LENGTH = 60, 120
#: Longest name of an organisation in a byline.
MAX_ORGANISATION = 100

_KNOWN_HEADER = re.compile(
    r"new|(?:new\s*)?get trending papers in your email "
    r"inbox.*|subscribe|(?:daily|weekly|monthly|trending) papers?"
    r"|by\s*@?AK\s+and the research community|hugging face(?:'s "
    r"logo)?|models|datasets|spaces|buckets|posts|docs|community|enterprise|pricing"
    r"|log ?in|sign "
    r"?up|search.{0,40}|papers|today|yesterday|previous|next|daily|weekly|monthly|trending",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.。…．][\"'”’)\]}$*]*$")


@dataclass(frozen=True)
class Record:
    """One entry of a page: the printed date is missing where the entry has no byline."""

    title: str
    abstract: str
    line: int
    date: PrintedDate | None = None
    byline: str = ""
    arxiv_id: str = ""


@dataclass(frozen=True)
class Page:
    """One page before any year is inferred; ``extra`` are unknown header lines with numbers."""

    name: str
    snapshot: PrintedDate | None
    records: tuple[Record, ...]
    extra: tuple[tuple[int, str], ...] = ()


def parse(text: str, name: str) -> Page:
    r"""Read a page.

    Parameters
    ----------
    text : str
        The whole page, lines ended by ``\n``.
    name : str
        What messages call the page.

    Returns
    -------
    Page

    Raises
    ------
    DataError
        If the page has another shape; the message gives the line and what was expected there.
    """
    lines = split(text)
    start, snapshot, extra = _header(lines)
    known = any(_KNOWN_HEADER.fullmatch(line.text) for line in lines[:start])
    if not (known or snapshot or any(line.kind in (Kind.AUTHORS, Kind.BYLINE) for line in lines)):
        at = lines[0] if lines else Line(1, "", "", Kind.TEXT)
        _fail(
            name,
            at,
            "tagged text (RIS, Web of Science, MEDLINE, EndNote), BibTeX, a table (name its "
            "columns with --text and --date), or the header of a Daily Papers page (for example "
            "'Daily Papers', or a day such as 'Nov 10')",
        )
    if start == len(lines):
        at = lines[-1]
        message = (
            f"{name}, line {at.number}: the page ends after its header; expected records of title "
            "and abstract."
        )
        raise DataError(message)
    drafts = _records(name, lines[start:])
    escapes = Escapes([d.abstract for d in drafts])
    records = tuple(
        Record(d.title, escapes.undo(d.abstract), d.line, d.date, d.byline, d.arxiv_id)
        for d in drafts
    )
    return Page(name, snapshot, records, extra)


def _header(lines: list[Line]) -> tuple[int, PrintedDate | None, tuple[tuple[int, str], ...]]:
    """Number of header lines, the snapshot day if printed, and header lines that are not known."""
    end, snapshot = 0, None
    for i, line in enumerate(lines[:MAX_HEADER_LINES]):
        if line.kind is Kind.DATE and not line.comments:
            end, snapshot = i + 1, line.date
            break
        if (
            line.kind in (Kind.AUTHORS, Kind.BYLINE, Kind.DOT, Kind.DATE)
            or len(line.text) > MAX_HEADER_LENGTH
        ):
            break
    while end < len(lines) and _KNOWN_HEADER.fullmatch(lines[end].text):
        end += 1
    extra = tuple(
        (line.number, line.text)
        for line in lines[:end]
        if line.date is not snapshot
        and line.kind is not Kind.DATE
        and not _KNOWN_HEADER.fullmatch(line.text)
    )
    return end, snapshot, extra


def _records(name: str, lines: list[Line]) -> list[Record]:
    records: list[Record] = []
    waiting: list[Line] = []
    i = 0
    while i < len(lines):
        line = lines[i]
        if line.kind is Kind.TEXT:
            waiting.append(line)
            i += 1
            continue
        if line.kind in (Kind.COUNT, Kind.VOTES):
            # A number of comments may stand on a line of its own after the date, one of votes
            # before a title; elsewhere it is the text of nothing we know.
            if len(waiting) % 2:
                _fail(name, line, "an abstract or a byline")
            i += 1
            continue
        i, left, date_line = _byline(name, lines, i, waiting)
        if not waiting:
            _fail(name, line, "a title and an abstract before this byline")
        pairs = _pairs(name, waiting, closed=True)
        last = pairs[-1]
        arxiv_id = last.arxiv_id or next(
            (
                at.arxiv_id
                for at in lines[max(0, i - 3) : i]
                if at.kind is not Kind.TEXT and at.arxiv_id
            ),
            "",
        )
        pairs[-1] = Record(last.title, last.abstract, last.line, date_line.date, left, arxiv_id)
        records += pairs
        waiting = []
    return records + _pairs(name, waiting, closed=False)


def _byline(name: str, lines: list[Line], i: int, waiting: list[Line]) -> tuple[int, str, Line]:
    """Read the byline at ``lines[i]``: where it ends, its left side, and the line of its date."""
    line = lines[i]
    left, dotted = line.left, line.kind in (Kind.DOT, Kind.BYLINE)
    if line.kind in (Kind.AUTHORS, Kind.DOT):
        i += 1
        if line.kind is Kind.AUTHORS and i < len(lines) and lines[i].kind is Kind.DOT:
            i += 1
        found = lines[i] if i < len(lines) else None
        # After "·" a date may follow as "· May 22, 2023", with nothing on its left.
        if found is None or not (
            found.kind is Kind.DATE or (found.kind is Kind.BYLINE and not found.left)
        ):
            _fail(
                name,
                found or lines[-1],
                "the date of a byline, such as 'May 22, 2023' or 'Sep 26 4'",
                ended=found is None,
            )
        line = found
    if (
        dotted
        and not left
        and len(waiting) % 2
        and len(waiting) >= 3
        and len(waiting[-1].text) <= MAX_ORGANISATION
    ):
        left = waiting.pop().text
    return i + 1, left, line


def _pairs(name: str, lines: list[Line], *, closed: bool) -> list[Record]:
    """Titles and abstracts in turn; ``closed`` says that a byline follows the last line."""
    out: list[Record] = []
    doubtful: Line | None = None
    for k in range(0, len(lines), 2):
        title = lines[k]
        if len(title.text) > MAX_TITLE:
            expected = f"a title of at most {MAX_TITLE} characters"
            if out:
                expected += f" or the byline of the record of line {out[-1].line}"
            _fail(name, title, expected, hint=_hint(doubtful))
        if k + 1 == len(lines):
            expected = (
                f"the abstract of the title of line {title.number}"
                if _looks_like_title(title)
                else "a title with its abstract"
            )
            rest = "the byline that follows" if closed else "the end of the page"
            message = (
                f"{name}, line {title.number}: {_shown(title)} stands alone before {rest}; "
                f"expected {expected}.{_hint(doubtful)}"
            )
            raise DataError(message)
        abstract = lines[k + 1]
        if len(abstract.text) <= len(title.text) or not _looks_like_abstract(abstract):
            expected = (
                f"the abstract of the title of line {title.number} (longer than the title, and "
                "whole sentences)"
            )
            _fail(name, abstract, expected, hint=_hint(doubtful))
        if len(abstract.text) < SURE_ABSTRACT:
            doubtful = abstract
        out.append(
            Record(title.text, abstract.raw, title.number, arxiv_id=title.arxiv_id or title.below)
        )
    return out


def _looks_like_abstract(line: Line) -> bool:
    return len(line.text) >= SURE_ABSTRACT or bool(_SENTENCE_END.search(line.text))


def _looks_like_title(line: Line) -> bool:
    return len(line.text) < SURE_ABSTRACT and not _SENTENCE_END.search(line.text)


def _hint(doubtful: Line | None) -> str:
    if doubtful is None:
        return (
            " Is an abstract missing before it, or broken by a line end? Put each title and each "
            "abstract on one line."
        )
    return (
        f" The text of line {doubtful.number} was taken for an abstract and may be a title: is an "
        "abstract missing there?"
    )


def _shown(line: Line) -> str:
    text = line.text if len(line.text) <= 60 else line.text[:57] + "..."
    return f"{text!r} ({len(line.text)} characters)"


def _fail(name: str, line: Line, expected: str, *, hint: str = "", ended: bool = False) -> NoReturn:
    found = "the end of the page" if ended else _shown(line)
    message = f"{name}, line {line.number}: expected {expected}; found {found}.{hint}"
    raise DataError(message)
