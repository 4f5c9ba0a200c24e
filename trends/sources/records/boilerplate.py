"""Sentences that publishers put into abstracts, removed by rules, which are counted by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

#: Rules look at so many characters at the beginning and at the end of a text.
REACH = 500

_OWNER = (
    r"(?:Elsevier|Springer|Wiley|IEEE|ACM|AAAI|ACL|Association|Society|Authors?|Publish|Press|Inc\b"
    r"|Ltd|Limited|LLC|GmbH|B\.\s?V\.|University"
    r"|Taylor|Francis|Sage\b|SAGE|Oxford|Cambridge|Nature|Karger|Thieme|Hindawi|MDPI|Frontiers|EDP "
    r"Sciences|IOP|AIP|SPIE|Institute"
    r"|Wolters|Kluwer|BMJ|PLoS|PLOS|Crown|Academy|Academic|College|Copyright|[Aa]ll "
    r"rights|licensee|Foundation|International|Company|AG\b)"
)
_YEAR = r"(?:19|20)[0-9]{2}(?:\s?[-–/]\s?(?:19|20)?[0-9]{2})?"
_SIGN = r"(?:Copyright|COPYRIGHT|copyright|©|\([cC]\))"
_RIGHTS = re.compile(
    rf"(?:(?<=[.!?)\]\"”])\s*|\s+(?=©))(?:{_SIGN}\s?){{1,3}},?\s?(?:[Bb]y\s)?"
    rf"(?:{_YEAR}[^\n]{{0,60}}?{_OWNER}|(?:[Tt]he\s)?{_OWNER}[^\n]{{0,60}}?{_YEAR})[^\n]{{0,200}}\Z"
)
_SIGNED = re.compile(
    rf"(?:(?<=[.!?)\]\"”])|\s)\s*(?:Copyright\s?)?©\s?(?:[Bb]y\s)?"
    rf"(?:{_YEAR}|(?:[Tt]he\s)?{_OWNER})[^\n]{{0,200}}\Z"
)
_RESERVED = re.compile(
    r"\s*(?:Published by (?:Elsevier|Wiley|Oxford|Cambridge|the)[^\n]{0,80}|This article is "
    r"protected by copyright\.?\s?(?:All rights reserved\.?)?"
    r"|(?<=[.\s])All rights reserved\.?)\s*\Z"
)
_FIRST = re.compile(
    rf"\s*(?:{_SIGN}\s?){{1,2}},?\s?(?:{_YEAR})[^.\n]{{0,120}}\.(?:\s?All rights "
    r"reserved\.)?\s+(?=[A-Z\"“])"
)
_UPPER_HEADING = re.compile(r"\s*ABSTRACT\s+(?=[A-Z])|\s*Abstract(?=[A-Z][a-z]+\s)")
_PUNCTUATED = re.compile(
    r"\s*(?:abstract|summary|résumé|resumen|zusammenfassung)\s*(?:[:.\-–—|]{1,3}\s*|\n\s*)",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"[\s\[(]*(?:no abstract(?: is| was)?(?: available| provided)?|abstract (?:is )?not "
    r"available|not available|n/?a|none|null|nan|tba|abstract)?[\s\])\-–—._*]*\Z",
    re.IGNORECASE,
)
_PARTS = (
    r"(?:BACKGROUND|OBJECTIVES?|AIMS?|PURPOSE|INTRODUCTION|CONTEXT|IMPORTANCE|METHODS?|METHODOLOGY"
    r"|MATERIALS? "
    r"AND METHODS?|METHODS? AND MATERIALS?"
    r"|METHODS AND "
    r"RESULTS|DESIGN|SETTINGS?|PARTICIPANTS|PATIENTS|INTERVENTIONS?|MEASUREMENTS?|MAIN OUTCOME "
    r"MEASURES?|RESULTS?|FINDINGS|RESULTS AND CONCLUSIONS?"
    r"|CONCLUSIONS?|DISCUSSION|INTERPRETATION|SIGNIFICANCE|LIMITATIONS?|MOTIVATION|AVAILABILITY"
    r"|AVAILABILITY "
    r"AND IMPLEMENTATION|SUPPLEMENTARY INFORMATION|CONTACT|FUNDING"
    r"|TRIAL REGISTRATION|UNLABELLED|UNLABELED)"
)
_STRUCTURE = re.compile(rf"(?:\A|(?<=[.!?;)\n]\s)|(?<=\n))\s?(?=[A-Z])(?i:{_PARTS})\s?:\s+")
_WITHDRAWN = re.compile(
    r"(?:this|the) (?:paper|article|submission|manuscript|work|preprint) (?:has been|is|was) "
    r"(?:being |now )?(?:temporarily )?(?:withdrawn|retracted) "
    r"?(?:by|due|because|for|as|from|since|pending|\.|\Z)"
    r"|\A\W{0,3}(?:this |the )?(?:paper|article|submission|manuscript) (?:has been |is |was "
    r")?(?:being )?withdrawn\b|\A\W{0,3}withdrawn\W{0,3}(?:\Z|by\b|due\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Rule:
    """A kind of boilerplate, a function that removes it, and whether it is about rights."""

    name: str
    remove: Callable[[str], str]
    rights: bool = False


def _end(*patterns: re.Pattern[str]) -> Callable[[str], str]:
    """Remove what matches at the end of a text, unless it is the whole of it."""

    def remove(text: str) -> str:
        start = max(0, len(text) - REACH)
        for pattern in patterns:
            if (match := pattern.search(text, start)) and match.start() > 0:
                return text[: match.start()].rstrip()
        return text

    return remove


def _begin(*patterns: re.Pattern[str]) -> Callable[[str], str]:
    def remove(text: str) -> str:
        for pattern in patterns:
            if match := pattern.match(text, 0, REACH):
                return text[match.end() :]
        return text

    return remove


def _nothing(text: str) -> str:
    return "" if len(text) < 60 and text and _NOTHING.match(text) else text


def _structure(text: str) -> str:
    # One word before a colon is a sentence; two are a form that somebody filled in.
    if ": " not in text or len(_STRUCTURE.findall(text)) < 2:
        return text
    return _STRUCTURE.sub("", text)


#: In the order in which they are applied.
RULES = (
    Rule("placeholder for a missing abstract", _nothing),
    Rule("heading 'Abstract'", _begin(_PUNCTUATED, _UPPER_HEADING)),
    Rule("copyright notice at the start", _begin(_FIRST), rights=True),
    Rule("copyright notice at the end", _end(_RIGHTS, _SIGNED), rights=True),
    Rule("rights sentence at the end", _end(_RESERVED), rights=True),
    Rule("headings of a structured abstract", _structure),
)
_RIGHTS_WORDS = ("©", "opyright", "OPYRIGHT", "(c)", "(C)", "ights reserved", "Published by")


def remove(text: str) -> tuple[str, tuple[str, ...]]:
    """A text without boilerplate, and the names of the rules that removed some."""
    found = []
    # The rules about rights are tried only where one of their words stands.
    skip = not any(word in text for word in _RIGHTS_WORDS)
    for rule in RULES:
        if skip and rule.rights:
            continue
        plain = rule.remove(text)
        if plain is not text and plain != text:
            text = plain
            found.append(rule.name)
    return text, tuple(found)


def is_withdrawn(text: str) -> bool:
    """Whether a text says at its beginning or end that the paper was withdrawn or retracted."""
    lowered = text[:REACH].lower(), text[-REACH:].lower()
    return any(
        ("withdrawn" in part or "retracted" in part) and bool(_WITHDRAWN.search(part))
        for part in lowered
    )
