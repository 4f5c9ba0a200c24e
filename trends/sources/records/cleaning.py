"""Cleaning of titles and texts for all sources: characters, markup, boilerplate, language."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace

from trends.sources.records import boilerplate, language, markup
from trends.sources.records.record import Record

#: Control characters, half characters, characters that are not shown (byte-order marks, directions,
#: soft hyphens).
UNFIT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)
#: What is left of texts that were decoded wrongly: UTF-8 taken for Latin-1 or Windows-1252, and
#: Windows-1252 taken for Latin-1.
_C1 = re.compile("[\x80-\x9f]")
_UTF8_AS_LATIN1 = re.compile(
    "[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_UTF8_AS_1252 = re.compile("â€[™˜œ“”¦¢]")
#: What ends a paragraph: blank lines, and elements of HTML that do; and what holds its place.
_PARAGRAPH = re.compile(
    r"(?:\r\n?|\n)(?:[ \t]*(?:\r\n?|\n))+|\u2029|</?(?:p|div|h[1-6])(?:\s[^<>]{0,300})?>"
    r"|(?:<br\s*/?>\s*){2,}",
    re.IGNORECASE,
)
_BREAK = "\u2029"
_PRINTABLE = re.compile(r"[\x20-\x7e]*\Z")


@dataclass
class Cleaner:
    """Cleans records and counts what it did.

    Parameters
    ----------
    guess : bool
        Whether the language is guessed where none is declared.
    paragraphs : bool
        Whether blank lines between paragraphs are kept; a text is one line otherwise.

    Attributes
    ----------
    documents : Counter of str
        Records that each kind of cleaning changed.
    characters : Counter of str
        Characters by which their texts became shorter.
    """

    guess: bool = True
    paragraphs: bool = False
    documents: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)

    def clean(self, record: Record) -> Record:
        """The record with cleaned title and text, flagged ``withdrawn`` where its text says so."""
        done: dict[str, int] = {}
        title = self._plain(record.title, done)
        if title and boilerplate.is_no_title(title):
            done["placeholder for a missing title"] = 0
            title = ""
        text = self._plain(record.text, done, paragraphs=self.paragraphs)
        flags = record.flags
        if text:
            if "withdrawn" not in flags and boilerplate.is_withdrawn(text):
                flags = (*flags, "withdrawn")
            shorter, rules = boilerplate.remove(text)
            for rule in rules:
                done[rule] = done.get(rule, 0)
            if rules:
                done[rules[0]] += len(text) - len(shorter)
                text = shorter.strip()
        for name, n in done.items():
            self.documents[name] += 1
            self.characters[name] += n
        if title == record.title and text == record.text and flags == record.flags:
            return record
        return replace(record, title=title, text=text, flags=flags)

    def language(self, record: Record) -> tuple[str, str, float | None]:
        """Language; ``declared``, ``guessed`` or ``unknown``; probability of a guess."""
        declared = language.code(record.language) if record.language else ""
        if declared:
            return declared, "declared", None
        if not self.guess:
            return language.UNKNOWN, "unknown", None
        found, probability = language.guess(record.text or record.title)
        if found == language.UNKNOWN:
            return found, "unknown", None
        return found, "guessed", round(probability, 3)

    def _plain(self, text: str, done: dict[str, int], *, paragraphs: bool = False) -> str:
        """One field without markup, unfit characters and needless blanks."""
        before = len(text)
        if paragraphs:
            text = _PARAGRAPH.sub(_BREAK, text)
        plain, kinds = markup.strip(text)
        for kind in kinds:
            done[kind] = done.get(kind, 0)
        if kinds:
            done[kinds[0]] += before - len(plain)
        if not plain.isascii() or not _PRINTABLE.match(plain):
            if (right := _repaired(plain)) != plain:
                done["wrongly decoded characters"] = (
                    done.get("wrongly decoded characters", 0) + len(plain) - len(right)
                )
                plain = right
            if not plain.isascii() and not unicodedata.is_normalized("NFC", plain):
                plain = unicodedata.normalize("NFC", plain)
                done["characters composed (NFC)"] = done.get("characters composed (NFC)", 0)
            if (fit := UNFIT.sub("", plain)) != plain:
                done["characters that are not shown"] = (
                    done.get("characters that are not shown", 0) + len(plain) - len(fit)
                )
                plain = fit
        if not paragraphs:
            return " ".join(plain.split())
        parts = (" ".join(part.split()) for part in plain.split(_BREAK))
        return "\n\n".join(part for part in parts if part)


def _repaired(text: str) -> str:
    """The text with wrongly decoded characters set right where only one reading is possible."""
    if "â€" in text:
        text = _UTF8_AS_1252.sub(lambda m: _again(m[0], "cp1252"), text)
    if _C1.search(text):
        text = _UTF8_AS_LATIN1.sub(lambda m: _again(m[0], "latin-1"), text)
        text = _C1.sub(lambda m: m[0].encode("latin-1").decode("cp1252", "ignore"), text)
    return text


def _again(piece: str, wrong: str) -> str:
    try:
        return piece.encode(wrong).decode("utf-8")
    except UnicodeError:
        return piece
