"""From one text to runs of words.

Addresses, markup and mathematics are taken out, borders of sentences and clauses kept.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache

from trends.text.tokens.segmentation import divider

# An address is anything with a scheme, a leading "www.", an @ or a host name with a common ending
# or a path behind it.
_ENDINGS = "com|org|net|edu|gov|io|ai|co|dev|info|app|xyz|cc|me|uk|de|fr|cn|jp|eu|ch"
_ADDRESS = re.compile(
    # scheme://…, also with blanks that a PDF put in
    r"(?:\b[a-z][a-z0-9+.-]{1,20}\s?:\s?/\s?/\s?\S*)"
    r"|(?:\b(?:doi|arxiv)\s?:\s?\S+)"
    r"|(?:\bwww\.\S+)"
    r"|(?:[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})*)"
    r"|(?:\b[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){0,4}"
    rf"\.(?:{_ENDINGS})\b(?:[/:?#]\S*)?)"
    r"|(?:\b[a-z][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){1,4}/\S*)",
    re.IGNORECASE,
)
# No address is without one of these, and none begins before the word in front of it or ends behind
# the third word after it: the pattern above, which is slow, looks only there.
_SIGN = re.compile(
    r"@|:(?=\s?/)|:(?<=doi:)|:(?<=doi\s:)|:(?<=arxiv:)|:(?<=arxiv\s:)"
    rf"|\.(?<=www\.)(?=\S)|\.(?=(?:{_ENDINGS})\b)|\.(?=[a-z0-9-]{{1,63}}/)",
    re.IGNORECASE,
)
_WORD_BEFORE = re.compile(r"\S*\s?\S*")  # from right to left
_WORDS_AFTER = re.compile(r"\S*(?:\s\S*){0,3}")
_FAR = 200
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,300}>")
# Dollar signs enclose mathematics only where the inside looks like it; "$5 million and $6 million"
# is money.
_MATH = re.compile(
    r"\$\$[^$]{1,400}\$\$|\$(?=[^$\n]{0,200}[\\^_{}=])[^$\n]{1,200}\$|\$[^\s$]{1,30}\$"
    r"|\\\([^\n]{0,200}?\\\)|\\\[[^\n]{0,400}?\\\]"
)
_COMMAND_WITH_KEY = re.compile(
    r"\\(?:cite[a-z]*|ref|eqref|label|url|href|begin|end|footnotemark|includegraphics)\*?"
    r"(?:\[[^\]]{0,200}\])?\{[^{}]{0,300}\}"
)
_ACCENT = re.compile(r"\\[\"'`^~=.]\s?\{?([^\W\d_])\}?")
_COMMAND = re.compile(r"\\[a-zA-Z@]+\*?")
# "(cid:173)" is how PDF extractors print a soft hyphen that they cannot name; the blank after it is
# a line break.
_PDF_HYPHEN = re.compile(r"\(cid:173\)\s*|\u00ad\s*")
_PDF_GLYPH = re.compile(r"\(cid:\d{1,6}\)")
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_DASHES = re.compile("[\u2010\u2011\u2012\u2043\ufe63\uff0d]")
_APOSTROPHES = re.compile("[\u2018\u2019\u02bc\uff07]")
# A pattern that begins with a character, and looks back from there, is searched for faster than one
# that begins by looking.
_CITATION = re.compile(r"[eE](?<=\b[eE])[tT]\.?\s+[aA][lL]\b\.?")
# "trans- formation" at a line end becomes "trans-formation"; "pre- and post-training" stays as it
# is.
_LINE_BREAK = re.compile(
    r"-(?<=[^\W\d_]{2}-)[ \n]+(?=(?!and\b|or\b|to\b|but\b|nor\b|as\b)[^\W\d_]{2})"
)
_NEGATION = re.compile(r"n't$")
_CLITIC = re.compile(r"'(?:s|re|ve|ll|d|m)?$")


@cache
def _word_pattern() -> re.Pattern[str]:
    # Python's \w leaves out combining marks, without which words of Hindi, Thai or Arabic fall
    # apart.
    ranges: list[list[int]] = []
    for code in range(0x300, 0x10000):
        if unicodedata.category(chr(code)).startswith("M"):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    marks = "".join(f"\\u{a:04x}-\\u{b:04x}" for a, b in ranges)
    unit = f"[^\\W_](?:[^\\W_]|[{marks}])*"
    # A number, or a decimal number with a unit behind it ("1.5b"); "3d" and "2-dimensional" are
    # words.
    number = r"[+-]?\d+(?:[.,:]\d+)*(?![^\W_]|[.,:]\d|-[^\W\d_])|\d+(?:[.,:]\d+)+[^\W_]*"
    word = f"{unit}(?:['-]{unit})*'?"
    # Third branch: whatever is neither blank nor word ends the run.
    return re.compile(f"(?P<number>{number})|(?P<word>{word})|(?P<border>[^\\s])")


def clean(text: str, *, lower: bool = True) -> str:
    """Text in which a border (``|``) replaces addresses, markup and mathematics.

    Parameters
    ----------
    text : str
        Any text; HTML entities and LaTeX are expected but not required.
    lower : bool
        Put it in lower case.

    Returns
    -------
    str
        NFKC-normalised.
    """
    # Most patterns look for a character that few texts have: they are tried only where it stands.
    out = html.unescape(text)
    if "<" in out:
        out = _TAG.sub(" | ", out)
    out = unicodedata.normalize("NFKC", out)
    if "(cid:" in out or not out.isascii():
        out = _PDF_GLYPH.sub(" ", _PDF_HYPHEN.sub("", out))
        out = _APOSTROPHES.sub("'", _DASHES.sub("-", _INVISIBLE.sub("", out)))
    if "\\" in out:
        out = _COMMAND_WITH_KEY.sub(" | ", out)
    out = _without_addresses(out)
    if "$" in out or "\\" in out:
        out = _MATH.sub(" | ", out)
        out = _COMMAND.sub(" ", _ACCENT.sub(r"\1", out))
    out = out.replace("{", "").replace("}", "")
    out = _CITATION.sub(" | ", out)
    if "- " in out or "-\n" in out:
        out = _LINE_BREAK.sub("-", out)
    out = unicodedata.normalize("NFKC", out.lower() if lower else out)
    # NFKC takes a vowel of Thai and Lao apart that no dictionary writes so.
    return out if out.isascii() else out.replace("\u0e4d\u0e32", "ำ").replace("\u0ecd\u0eb2", "ຳ")


def _without_addresses(text: str) -> str:
    """The text with a border in the place of every address."""
    out: list[str] = []
    done = begin = end = 0
    for sign in _SIGN.finditer(text):
        at = sign.start()
        if at >= end:
            reversed_text = text[max(0, at - _FAR) : at][::-1]
            words = _WORD_BEFORE.match(reversed_text).end()  # type: ignore[union-attr]
            before = at - words if words < _FAR else 0
            if before > end:
                done = _replace(text, begin, end, done, out)
                begin = before
        end = _WORDS_AFTER.match(text, at).end()  # type: ignore[union-attr]
    done = _replace(text, begin, end, done, out)
    return "".join([*out, text[done:]]) if out else text


def _replace(text: str, begin: int, end: int, done: int, out: list[str]) -> int:
    """Append to ``out`` up to the last address between ``begin`` and ``end``; returns its end."""
    for match in _ADDRESS.finditer(text, begin, end):
        out += [text[done : match.start()], " | "]
        done = match.end()
    return done


def runs_of_words(text: str, *, lower: bool = True) -> list[list[str]]:
    """Split a text into runs of consecutive words.

    A run ends at every punctuation mark, at every pure number and where something was taken out, so
    nothing that is built from neighbours inside a run can cross the end of a sentence, a comma or a
    bracket. Function words stay in: they are evidence for :mod:`trends.text.tokens.variants` and
    borders for :mod:`trends.text.counting.phrases`.

    Parameters
    ----------
    text : str
        One document.
    lower : bool
        Put the words in lower case.

    Returns
    -------
    list of list of str
        Words in lower case, or as they are written: letters of any script (where it has no
        blanks, divided by :mod:`trends.text.tokens.segmentation`), with digits, hyphens and
        apostrophes inside (``gpt-4``, ``wav2vec``, ``3d``). English clitics (``'s``, ``'re``) are
        cut off; negations (``don't``) are function words and end a run.
    """
    run: list[str] = []
    runs = [run]
    text = clean(text, lower=lower)
    divide = divider(text)
    # No word holds a blank, and most of what stands between two is one word, or one with a comma or
    # a full stop behind it.
    for token in text.split():
        if token.isascii():
            if token.isalpha():
                run.append(token)
                continue
            if token[-1] in ",.;:" and token[:-1].isalpha():
                run.append(token[:-1])
                run = []
                runs.append(run)
                continue
        for word in pieces(token):
            if word:
                run.extend(divide(word) if divide else (word,))
            elif run:
                run = []
                runs.append(run)
    return runs if run else runs[:-1]


def pieces(token: str) -> list[str]:
    """Words of a token of a clean text; an empty string is a border between runs of words."""
    out: list[str] = []
    for match in _word_pattern().finditer(token):
        if match.lastgroup == "word":
            word = match.group()
            if word.isascii() and word.isalpha():
                out.append(word)
                continue
            bare = _CLITIC.sub("", word)
            if bare and not _NEGATION.search(word) and not bare.replace("-", "").isnumeric():
                out.append(bare)
                continue
        out.append("")
    return out
