"""Words of dates: names of months and weekdays (CLDR through babel), and others."""

from __future__ import annotations

import calendar
import re
import unicodedata
from functools import cache


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: Languages whose names of months are known.
LANGUAGES = """
    en de de_AT fr es pt pt_PT it nl sv da nb nn fi is pl cs sk hu ro bg ru uk be el tr ca gl eu hr
    sr sr_Latn bs sl mk et lv lt id ms vi ar ar_EG ar_SY ar_MA ar_DZ he fa hi bn ta te mr th ka hy
    az kk uz sq sw af ga cy ur zh ja ko
"""
#: Spellings that CLDR does not list.
_MORE = {"sept": 9, "mrz": 3, "maerz": 3, "jaenner": 1, "feber": 2, "enero": 1, "janeiro": 1}
SEASONS = {"winter": 1, "spring": 2, "summer": 3, "autumn": 4, "fall": 4}
QUARTERS = _set("q quart quarter qtr quartal trimestre trim kvartal t")
HALVES = _set("h half hy halbjahr semester semestre")
WEEKS = _set("w wk week kw woche semaine semana sem settimana uge vecka uke")
FISCAL = frozenset(("fy", "ay"))
ORDINAL_WORDS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
#: Words that say that a date is not sure.
ABOUT = _set("c ca circa approx about around ~ um vers")
BEFORE_OUR_ERA = frozenset(("bc", "bce"))
#: Words that say nothing of their own.
FILLERS = _set(
    "of the de del d den der am vom le el il lo gada g m r г р год года гг року ж թ ad ce © "
    "between in on "
    "и published online epub print posted date available "
    "issued cop copyright"
)
#: Words that say that the date is another one than the one that is named.
ELSEWHERE = _set(
    "before after pre post ante prior since later earlier not vor nach seit avant apres depuis "
    "antes despues desde until bis to till century jahrhundert siecle siglo secolo "
    "present now today ongoing heute"
)
#: Words that stand between the two ends of a range.
LINKS = _set("to until till through and or bis")
#: What stands in place of a date where there is none.
NOTHING = _set(
    "na n/a nan nat none null nil n.d. n.d nd s.d. s.d o.d. o.j. unknown undated tba tbd - -- ? . "
    "missing unavailable"
) | {"not available", "no date", "not known"}

#: Words with a meaning of their own, which may be a weekday in some language.
OTHER = QUARTERS | HALVES | WEEKS | FISCAL | FILLERS | LINKS | frozenset((*SEASONS, *ORDINAL_WORDS))

_ENGLISH = {name.casefold(): i for i, name in enumerate(calendar.month_name) if name}
_ENGLISH |= {name.casefold(): i for i, name in enumerate(calendar.month_abbr) if name} | _MORE
_DAYS = {name.casefold(): i for i, name in enumerate(calendar.day_name)}
_DAYS |= {name.casefold(): i for i, name in enumerate(calendar.day_abbr)}
_DAYS |= {"tues": 1, "wednes": 2, "thur": 3, "thurs": 3}


def plain(word: str) -> str:
    """A word without accents and in one case."""
    parts = unicodedata.normalize("NFD", word.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in parts if not "\u0300" <= c <= "\u036f"))


@cache
def _names() -> tuple[dict[str, dict[int, set[str]]], dict[str, set[int]], dict[str, str]]:
    """Months of words with their languages, weekdays of words, and what stands for phrases.

    Names of several words are joined to one, names of quarters become ``q1`` to ``q4``.
    """
    from babel import Locale

    months: dict[str, dict[int, set[str]]] = {}
    days: dict[str, set[int]] = {}
    phrases = {"ค.ศ.": " "}
    for language in LANGUAGES.split():
        locale = Locale.parse(language)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, name in locale.months[context][width].items():
                    word = re.sub(r"\Ad(?:e |['’])", "", plain(name)).strip(". ")
                    if not word or re.search(r"\d", word):
                        continue
                    if re.search(r"[.\s]", word):
                        phrases[word] = re.sub(r"[.\s]", "", word)
                        word = phrases[word]
                    for each in (word, f"ב{word}") if language == "he" else (word,):
                        months.setdefault(each, {}).setdefault(month, set()).add(language[:2])
                for day, name in locale.days[context][width].items():
                    word = plain(name).strip(". ")
                    one = re.sub(r"[ -]", "", word)
                    if one != word or language == "th":
                        phrases[f"{word}ที่"] = phrases[word] = one
                    days.setdefault(one, set()).add(day)
            for quarter, name in locale.quarters[context]["wide"].items():
                if " " in name or len(name) > 5:
                    phrases.setdefault(plain(name), f" q{quarter} ")
    return months, days, dict(sorted(phrases.items(), key=lambda pair: (-len(pair[0]), pair)))


def without_phrases(text: str) -> str:
    """A text in which each name of a month, weekday or quarter is one word."""
    for phrase, word in _names()[2].items():
        if phrase in text:
            text = text.replace(phrase, word)
    return " ".join(text.split())


def months(word: str) -> dict[int, set[str]]:
    """Months that a word may mean, each with the languages in which it does."""
    if (month := _ENGLISH.get(word)) is not None:
        return {month: set()}
    return {} if len(word) < 2 else _names()[0].get(word, {})


def languages(word: str) -> set[str]:
    """Languages in which a word is a month."""
    return set().union(*_names()[0].get(word, {}).values())


def weekday(word: str) -> int | None:
    """0 for Monday to 6, -1 where languages differ, none for a word that is no weekday."""
    if (day := _DAYS.get(word)) is not None:
        return day
    found = set() if len(word) < 2 and word.isascii() else _names()[1].get(word, set())
    return next(iter(found)) if len(found) == 1 else -1 if found else None
