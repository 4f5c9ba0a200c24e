"""Single lines of a saved page: links, escapes and bylines undone, whatever program saved it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from enum import Enum

#: Only lines up to this length are searched for links and bylines; longer ones can only be
#: abstracts.
MAX_STRUCTURAL = 1000

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
# The year needs its comma: without it "Sep 26 4" is a date and a count of comments. Some programs
# leave out the blank: "May 296" is May 29 and 6 comments, while "May 1968" is a month.
_GLUED = r"(?P<glued>[1-9]\d{0,2})"
_DATE = (
    rf"{_MONTH}\.?\s+(?!(?:19|20)\d\d\b)"
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s*,\s*(?P<year>\d{{1,7}}))?"
    rf"|(?P<glued_day>3[01]|[12]\d|[1-9]){_GLUED})"
)
_COMMENTS = r"(?P<comments>[\s·•|\U0001F4AC-]+[\[(]?\d{1,3}(?:,\d{3})*[\])]?(?:\s+comments?)?)?"
_DOTS = "·•∙⋅・"
_AUTHORS = rf"(?:[{_DOTS}*‣◦–+-]\s*)*(?P<left>\d{{1,5}}\s+authors?)"

_BARE_DATE = re.compile(rf"{_DATE}{_COMMENTS}\s*", re.IGNORECASE)
_AUTHORS_ONLY = re.compile(rf"{_AUTHORS}\s*[{_DOTS}|]?\s*", re.IGNORECASE)
_AUTHORS_DATE = re.compile(rf"{_AUTHORS}[\s,{_DOTS}|–-]+{_DATE}{_COMMENTS}\s*", re.IGNORECASE)
_LEFT_DATE = re.compile(
    rf"(?P<left>.{{0,200}}?)\s*[{_DOTS}]\s*{_DATE}{_COMMENTS}\s*", re.IGNORECASE
)
_LEFT_DOT = re.compile(rf"(?P<left>.{{1,100}}?)\s*[{_DOTS}]")
_VOTES = re.compile(
    r"(?:[▲△⬆↑👍❤🔥+]\ufe0f?\s*)\d[\d,.]*k?|(?:up)?votes?:?(?:\s*\d[\d,.]*k?)?"
    r"|\d[\d,.]*k?\s*(?:(?:up)?votes?|likes?|points?)",
    re.IGNORECASE,
)
_DOT_ONLY = re.compile(rf"[{_DOTS}|]+")
_COUNT = re.compile(r"[\[(]?\d{1,3}(?:,\d{3})*[\])]?(?:\s+comments?)?", re.IGNORECASE)

_URL = r"(?:https?://|mailto:|\.{0,2}/|\#)(?:[^()\s<>]|\([^()\s]*\))*"
_IMAGE = re.compile(rf"!\[[^\]]*\]\(\s*<?(?:{_URL}|data:[^()\s]*)>?(?:\s+\"[^\"]*\")?\s*\)")
_LABEL = r"\[((?:[^\[\]\\]|\\.|\[(?:[^\[\]\\]|\\.)*\])*)\]"
_LINK = re.compile(rf"{_LABEL}\(\s*<?({_URL})?>?(?:\s+\"[^\"]*\")?\s*\)")
_REFERENCE = re.compile(rf"{_LABEL}\[([^\[\]]{{0,40}})\]")
_DEFINITION = re.compile(rf"\s*\[([^\[\]]{{1,40}})\]:\s+<?({_URL})>?(?:\s+\"[^\"]*\")?\s*")
# Behind a title only what is surely an address is one: "(#1)" belongs to the title.
_ADDRESS = r"(?:https?://|mailto:|\.{0,2}/\w)(?:[^()\s<>\[\]]|\([^()\s]*\))*"
_TRAILING_URL = re.compile(
    rf"(?:^|\s+)(?:\[\s*({_ADDRESS})\s*\]|\(\s*({_ADDRESS})\s*\)|<\s*({_ADDRESS})\s*>)\s*$"
)
_URL_ONLY = re.compile(
    r"(?:(?:paper|arxiv|pdf|abs|link|url|source)\s*:?\s*)?"
    r"(?:https?://\S+|(?:www\.)?(?:huggingface\.co|hf\.co|arxiv\.org)/\S+|arxiv:\s?\d{4}\.\d{4,5}(?:v\d+)?)",
    re.IGNORECASE,
)
_LABEL_ONLY = re.compile(
    r"(?:view )?(?:the )?(?:paper|arxiv|pdf|abs|abstract|link|url|source|html)(?: page)?:?",
    re.IGNORECASE,
)
_AUTOLINK = re.compile(r"<(https?://[^<>\s]+)>")
_ARXIV_URL = re.compile(
    r"(?:(?:^|[/.])(?:papers|arxiv\.org/(?:abs|pdf|html))/|arxiv:\s?)(\d{4}\.\d{4,5})"
    r"(?:v\d+)?(?:\.pdf)?(?:[/?#>)\]]|$)",
    re.IGNORECASE,
)

_ESCAPABLE = r"\\`*_{}\[\]()#+.!<>|~$^\"'@=&:-"
_ESCAPED = re.compile(rf"\\([{_ESCAPABLE}])")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BARE_URL = re.compile(r"https?://\S+")
_SPACES = re.compile(r"[ \t\u00a0\u2002-\u200a\u202f\u3000\x0b\x0c\x1c-\x1f\x85\u2028\u2029]+")
_INVISIBLE = str.maketrans({"\u200b": None, "\ufeff": None, "\u2060": None, "\u00a0": " "})


class Kind(Enum):
    """What a line of a page is."""

    TEXT = "a title or an abstract"
    AUTHORS = "the left side of a byline"
    DOT = "the dot of a byline"
    DATE = "a date"
    BYLINE = "a byline with its date"
    COUNT = "a number"
    VOTES = "a number of votes"


@dataclass(frozen=True)
class PrintedDate:
    """A date as the page prints it; ``year`` is missing where it was left out.

    ``day_alone`` is another reading on a page that prints the number of comments without a blank:
    "May 31" may be May 31, or May 3 with one comment.
    """

    month: int
    day: int
    year: int | None
    text: str
    line: int
    glued: bool = False
    day_alone: int | None = None


@dataclass(frozen=True)
class Line:
    """A line that is not blank: number from 1, raw text, text without links and escapes, kind."""

    number: int
    raw: str
    text: str
    kind: Kind
    left: str = ""
    date: PrintedDate | None = None
    comments: bool = False
    arxiv_id: str = ""
    #: The identifier in an address that stands alone on the next line.
    below: str = ""


def split(text: str) -> list[Line]:
    """All lines of a page that carry something, classified one by one."""
    rows = [
        (number, raw.translate(_INVISIBLE).strip())
        for number, raw in enumerate(text.split("\n"), 1)
    ]
    definitions: dict[str, str] = {}
    for _, raw in rows:
        found = (
            _DEFINITION.fullmatch(raw)
            if raw.startswith("[") and len(raw) <= MAX_STRUCTURAL
            else None
        )
        if found:
            definitions[found[1]] = found[2]
    out: list[Line] = []
    for number, raw in rows:
        if not raw or (
            raw.startswith("[") and len(raw) <= MAX_STRUCTURAL and _DEFINITION.fullmatch(raw)
        ):
            continue
        line = _classify(number, raw, definitions)
        if line is not None and line.text:
            out.append(line)
        elif line is not None and out:
            out[-1] = replace(out[-1], below=out[-1].below or line.arxiv_id)
    return _glued(out)


def _glued(lines: list[Line]) -> list[Line]:
    """Dates of a page that prints the number of comments without a blank behind them."""
    glued = [line for line in lines if line.date is not None and line.date.glued]
    if not any(line.date and line.date.year is None for line in glued) and len(glued) < 2:
        return lines  # one year of five digits is a misprint
    out = []
    for line in lines:
        date = line.date
        if date is not None and date.year is not None and date.year > 9999:
            date = replace(date, year=int(str(date.year)[:4]))
        elif (
            date is not None
            and not (date.glued or line.comments)
            and date.year is None
            and date.day > 10
            and date.day % 10
        ):
            date = replace(date, day_alone=date.day // 10)
        out.append(replace(line, date=date))
    return out


def _classify(number: int, raw: str, definitions: dict[str, str]) -> Line | None:
    if len(raw) > MAX_STRUCTURAL:
        return Line(number, raw, raw, Kind.TEXT)
    text, urls = unlink(raw, definitions)
    if not text and not urls:
        return None  # a picture
    if not text or _URL_ONLY.fullmatch(text) or (urls and _LABEL_ONLY.fullmatch(text)):
        urls = [*urls, text]
        text = ""
    arxiv_id = next((m[1] for m in map(_ARXIV_URL.search, urls) if m), "")
    if not text:
        return Line(number, raw, "", Kind.TEXT, arxiv_id=arxiv_id)
    for pattern, kind in (
        (_BARE_DATE, Kind.DATE),
        (_AUTHORS_ONLY, Kind.AUTHORS),
        (_AUTHORS_DATE, Kind.BYLINE),
        (_LEFT_DATE, Kind.BYLINE),
        (_DOT_ONLY, Kind.DOT),
        (_LEFT_DOT, Kind.AUTHORS),
        (_COUNT, Kind.COUNT),
        (_VOTES, Kind.VOTES),
    ):
        match = pattern.fullmatch(text)
        if match:
            groups = match.groupdict()
            left = (groups.get("left") or "").strip(_DOTS + "*‣◦–+- \t")
            date = _printed(groups, number, text) if groups.get("month") else None
            return Line(number, raw, text, kind, left, date, bool(groups.get("comments")), arxiv_id)
    return Line(number, raw, text, Kind.TEXT, arxiv_id=arxiv_id)


def _printed(groups: dict[str, str | None], line: int, text: str) -> PrintedDate:
    month, year, glued = str(groups["month"]), groups.get("year"), groups.get("glued")
    day = int(str(groups["day"] or groups["glued_day"]))
    shown = f"{month} {day}" + (f", {year}" if year else "")
    return PrintedDate(
        _MONTHS.index(month[:3].lower()) + 1,
        day,
        int(year) if year else None,
        shown if len(text) > 60 else text,
        line,
        bool(glued or (year and len(year) > 4 and year[:2] in ("19", "20"))),
    )


def unlink(raw: str, definitions: dict[str, str]) -> tuple[str, list[str]]:
    """A title or byline without links and escapes, and the addresses that it was linked to."""
    urls: list[str] = []

    def target(match: re.Match[str]) -> str:
        if match[2]:
            urls.append(match[2])
        # Two links side by side are two words: "[Sep 26](…)[4](…)"; so are "[Sep 26](…)4".
        after = match.string[match.end() : match.end() + 1]
        apart = after == "[" or (after.isdecimal() and match[1][-1:].isdecimal())
        return match[1] + (" " if apart else "")

    def named(match: re.Match[str]) -> str:
        if (match[2] or match[1]) not in definitions:
            return match[0]
        urls.append(definitions[match[2] or match[1]])
        return match[1]

    text = _IMAGE.sub("", raw)
    for _ in range(2):  # a link may hold another one
        text = _LINK.sub(target, text)
    if definitions:
        text = _REFERENCE.sub(named, text)
    while match := _TRAILING_URL.search(text):
        urls.append(next(g for g in match.groups() if g))
        text = text[: match.start()]
    text = re.sub(r"^#{1,6}\s+", "", text.strip())
    for mark in ("**", "__"):
        if len(text) > 2 * len(mark) and text.startswith(mark) and text.endswith(mark):
            text = text[len(mark) : -len(mark)]
    text = re.sub(r"(?<!\\)\\$", "", text)  # a line break of Markdown
    text = _ENTITY.sub(lambda m: html.unescape(m[0]), _ESCAPED.sub(r"\1", text))
    return _SPACES.sub(" ", text.translate(_INVISIBLE)).strip(), urls


class Escapes:
    r"""Characters that a program escaped in the abstracts of a page: they never occur bare.

    A page that writes ``\_`` and never ``_`` was escaped; one that writes both quotes LaTeX, and is
    left as it is.
    """

    def __init__(self, abstracts: list[str]) -> None:
        escaped: set[str] = set()
        bare: set[str] = set()
        self.entities = False
        bare_ampersand = False
        for abstract in abstracts:
            plain = _BARE_URL.sub("", _unlinked(abstract))
            escaped.update(_ESCAPED.findall(plain))
            rest = _ESCAPED.sub("", plain)
            bare.update(c for c in set(rest) if not c.isalnum())
            entities = len(_ENTITY.findall(rest))
            self.entities |= entities > 0
            bare_ampersand |= rest.count("&") > entities
        self.entities &= not bare_ampersand
        if self.entities:
            bare.discard("&")
        self.characters = escaped - bare

    def undo(self, raw: str) -> str:
        """An abstract as it was before it was saved, without links around it and escapes."""
        text = _unlinked(raw)
        if self.characters:
            text = _ESCAPED.sub(lambda m: m[1] if m[1] in self.characters else m[0], text)
        text = re.sub(r"^\\([-+#>=~*])", r"\1", text)
        text = re.sub(r"^(\d{1,9})\\([.)])", r"\1\2", text)
        if self.entities:
            text = _ENTITY.sub(lambda m: html.unescape(m[0]), text)
        return text.translate(_INVISIBLE).replace("\n", " ").strip()


def _unlinked(raw: str) -> str:
    """The text without a link around all of it and links whose label is their address."""
    text = raw
    if text.startswith("[") and text.endswith(")"):
        at = text.rfind("](")
        if at > 0 and re.fullmatch(_URL, text[at + 2 : -1]):
            text = text[1:at]
    text = _AUTOLINK.sub(r"\1", text)
    return re.sub(r"\[(https?://[^\[\]\s]+)\]\(https?://[^()\s]+\)", r"\1", text)
