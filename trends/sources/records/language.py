"""The language of a text: as declared, else guessed with a probability."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from trends.errors import UsageError

#: Characters that a guess looks at: three hundred are enough for all but close relatives.
LOOKED_AT = 400
#: Shorter texts are not guessed; the name of a method is the same in every language.
SHORTEST = 40
#: Below this probability a guess is no answer.
SURE = 0.5
#: What stands for a language that is neither declared nor guessed.
UNKNOWN = "und"

#: Function words of English. Where they make up a fifth of a text, "the" among them with "of" or
#: "and", the model need not be asked, which takes thirty times as long; the model agrees
#: (``tests/sources/test_language.py``).
_FUNCTION_WORDS = (
    "the of and to is that for with are by which from these this our it as be has can have not we "
    "in on an at their"
)
_ENGLISH = frozenset(_FUNCTION_WORDS.split())
_ENGLISH_SHARE, _ENGLISH_WORDS = 0.2, 15
#: The probability that is stated for such a text.
_ENGLISH_SURE = 0.999

_CODE = re.compile(r"[a-z]{2,3}(?=\Z|[-_])")
#: Codes and names that sources use, other than the two letters of ISO 639-1.
_ALIASES = """
eng=en ger=de deu=de fre=fr fra=fr spa=es ita=it por=pt rus=ru chi=zh zho=zh jpn=ja kor=ko
dut=nl nld=nl pol=pl ara=ar tur=tr cze=cs ces=cs dan=da fin=fi swe=sv nor=no hun=hu gre=el
ell=el ukr=uk heb=he per=fa fas=fa hin=hi rum=ro ron=ro vie=vi ind=id english=en german=de
french=fr spanish=es italian=it portuguese=pt russian=ru chinese=zh japanese=ja korean=ko
dutch=nl polish=pl arabic=ar turkish=tr american=en british=en ngerman=de deutsch=de français=fr
español=es
"""
_NAMES = dict(pair.split("=") for pair in _ALIASES.split())


def code(declared: str) -> str:
    """ISO 639-1 code of a declared language (``en-US``, ``eng``, ``English``); empty if unknown."""
    lowered = declared.strip().lower()
    if lowered in _NAMES:
        return _NAMES[lowered]
    match = _CODE.match(lowered)
    if not match or match[0] in ("und", "mul", "zxx", "mis"):
        return ""
    return _NAMES.get(match[0], match[0])


def codes(languages: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """The languages that a user wants to keep.

    Raises
    ------
    UsageError
        If one is not understood.
    """
    for language in languages:
        if not code(language):
            message = (
                f"{language!r} is not a language; give codes of ISO 639-1, such as 'en' or 'de'."
            )
            raise UsageError(message)
    return tuple(code(language) for language in languages)


@cache
def model() -> Any:
    """The model of langid.py, loaded once (half a second)."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def guess(text: str) -> tuple[str, float]:
    """Language and probability of a text; ``und`` where it is too short or below one half.

    References
    ----------
    M. Lui & T. Baldwin, "langid.py: An Off-the-shelf Language Identification Tool", ACL 2012
    demonstrations.
    """
    start = text[:LOOKED_AT]
    if len(start) < SHORTEST:
        return UNKNOWN, 0.0
    if _is_english(start.lower().split()):
        return "en", _ENGLISH_SURE
    found, probability = model().classify(start)
    return (
        (str(found), float(probability)) if probability >= SURE else (UNKNOWN, float(probability))
    )


def _is_english(words: list[str]) -> bool:
    if (
        len(words) < _ENGLISH_WORDS
        or "the" not in words
        or ("of" not in words and "and" not in words)
    ):
        return False
    return sum(map(_ENGLISH.__contains__, words)) >= _ENGLISH_SHARE * len(words)
