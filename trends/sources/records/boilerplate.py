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
_WHAT = r"(?:abstract|summary|description|full[ -]?text|text|content|preview)s?"
_GIVEN = r"(?:available|provided|supplied|given|found|present|included|entered|recorded|listed)"
_FOR = r"(?: (?:for|by|in|from|at|on|to|here|yet)\b.{0,50})?"
_WHO = r"(?: by (?:the )?(?:user|author|moderators?|admins?|reddit|publisher|poster|owner|op))?"
_ABSENT = rf"""
    (?:sorry,?\ )?(?:there\ (?:is|was)\ )?no\ {_WHAT}(?:\ (?:is|was|has\ been))?(?:\ currently)?
        (?:\ {_GIVEN})?{_FOR.replace(" ", chr(92) + " ")}
  | (?:the\ |an?\ )?{_WHAT}\ (?:(?:is|was|has\ been)\ )?(?:currently\ )?
        (?:not\ (?:yet\ )?{_GIVEN}|unavailable|missing|withheld|pending|omitted|to\ follow|n/?a)
        {_FOR.replace(" ", chr(92) + " ")}
  | this\ \w+\ (?:has\ no|contains\ no|lacks\ an|does\ not\ (?:have|contain)\ an?)\ {_WHAT}
  | no\ (?:data|information)(?:\ available)?
  | not\ (?:available|applicable|provided|given|specified)|unavailable
  | n[./\\\ ]{{0,2}}a | none | null | nil | nan | undefined | unknown | missing | tb[ad] | abstract
  | (?:(?:comment|post|content|text|message|tweet|account)\ )?(?:was\ |has\ been\ )?
        (?:removed|deleted|redacted|withheld){_WHO.replace(" ", chr(92) + " ")}
  | figure:?\ see\ text | see\ text
  | kein(?:e)?\ (?:abstract|zusammenfassung)(?:\ (?:verfügbar|vorhanden))?
  | pas\ de\ résumé(?:\ disponible)? | résumé\ (?:non\ |in)disponible
  | sin\ resumen(?:\ disponible)? | resumen\ no\ disponible
  | sem\ resumo(?:\ disponível)? | resumo\ (?:não\ |in)disponível
  | nessun\ abstract(?:\ disponibile)? | riassunto\ non\ disponibile
  | (?:暂无|無|无)(?:摘要|簡介|简介|内容) | 摘要(?:不可用|缺失) | (?:抄録|要旨)?なし | 초록\ ?없음
  | нет\ аннотации | аннотация\ (?:отсутствует|недоступна)
"""
_AROUND = r"[\s\[\](){}<>#*_\-–—.,:;!?\"'“”…|/\\]*"
_NOTHING = re.compile(rf"{_AROUND}(?:{_ABSENT})?{_AROUND}\Z", re.IGNORECASE | re.VERBOSE)
_NO_TITLE = re.compile(
    rf"\s*(?:\[\s*(?:{_ABSENT}|untitled)\s*[.!]?\s*\][.\s]*"
    r"|(?:no\ title(?:\ (?:available|given))?|title\ not\ available|untitled|n/a)[.\s]*)\Z",
    re.IGNORECASE | re.VERBOSE,
)
#: Longest text that may be such a placeholder.
_LONGEST_NOTHING = 100
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


def is_placeholder(text: str) -> bool:
    """Whether a text only says that there is none: ``[removed]``, ``No abstract available``."""
    return len(text) <= _LONGEST_NOTHING and bool(_NOTHING.match(text))


def is_no_title(title: str) -> bool:
    """Whether a title only says that there is none; words that could be one stand in brackets."""
    return len(title) <= _LONGEST_NOTHING and bool(_NO_TITLE.match(title))


def _nothing(text: str) -> str:
    return "" if text and is_placeholder(text) else text


def _structure(text: str) -> str:
    # One word before a colon is a sentence; two are a form that somebody filled in.
    if ": " not in text or len(_STRUCTURE.findall(text)) < 2:
        return text
    return _STRUCTURE.sub("", text)


#: In the order in which they are applied.
RULES = (
    Rule("placeholder for a missing text", _nothing),
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
