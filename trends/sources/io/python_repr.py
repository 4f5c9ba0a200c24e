"""Python's written form of plain values: parsed by its grammar, never evaluated.

Some archives of the daily papers were saved with ``str()`` in place of JSON. What is read is what
``repr`` writes for dictionaries, lists, tuples, texts, numbers, ``True``, ``False`` and ``None``,
and nothing else: no names, no calls, no operators.

References
----------
The Python Language Reference, section "String and Bytes literals", for the escape sequences.
"""

from __future__ import annotations

import re
from typing import Any

#: Deepest nesting that is read; the archives have five levels.
MAX_DEPTH = 40

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^'\\\n]|\\[^\n])*'|"(?:[^"\\\n]|\\[^\n])*")
    |(?P<number>-?(?:[0-9]{1,18}\.[0-9]{0,18}|[0-9]{1,18})(?:e[+-]?[0-9]{1,3})?(?![0-9A-Za-z_.]))
    |(?P<word>True|False|None|nan|-?inf)\b
    |(?P<sign>[{}\[\]():,]))""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", '"': '"'}
_WORDS = {"True": True, "False": False}
_CLOSING = {"{": "}", "[": "]", "(": ")"}


def parse(text: str) -> Any:
    """Read one value; tuples become lists, infinity and not-a-number become ``None``.

    Raises
    ------
    ValueError
        If the text is anything else than such a value; the message is a clause with the position.
    """
    value, at = _value(text, 0, 0)
    if text[at:].strip():
        message = f"something follows the value at character {at + 1}"
        raise ValueError(message)
    return value


def _next(text: str, at: int) -> tuple[str, str, int]:
    match = _TOKEN.match(text, at)
    if match is None or match.lastgroup is None:
        message = f"character {at + 1} begins nothing that Python writes for plain values ({text[at : at + 20]!r})"
        raise ValueError(message)
    return match.lastgroup, match[match.lastgroup], match.end()


def _value(text: str, at: int, depth: int) -> tuple[Any, int]:
    kind, found, end = _next(text, at)
    if kind == "text":
        return _ESCAPE.sub(_unescaped, found[1:-1]), end
    if kind == "number":
        return (int(found) if found.lstrip("-").isdigit() else float(found)), end
    if kind == "word":
        return _WORDS.get(found), end
    if found not in _CLOSING:
        message = f"a value was expected at character {at + 1}, not {found!r}"
        raise ValueError(message)
    if depth == MAX_DEPTH:
        message = f"it is nested more than {MAX_DEPTH} levels deep"
        raise ValueError(message)
    return _several(text, end, depth, found)


def _several(text: str, at: int, depth: int, opening: str) -> tuple[Any, int]:
    """The inside of a dictionary, list or tuple, from behind its opening bracket."""
    entries: dict[str, Any] = {}
    values: list[Any] = []
    while True:
        kind, found, end = _next(text, at)
        if kind == "sign" and found == _CLOSING[opening]:
            return (entries if opening == "{" else values), end
        value, at = _value(text, at, depth + 1)
        if opening == "{":
            kind, found, after = _next(text, at)
            if found != ":" or kind != "sign" or not isinstance(value, str):
                message = f"a text and a colon were expected before character {at + 1}"
                raise ValueError(message)
            entries[value], at = _value(text, after, depth + 1)
        else:
            values.append(value)
        kind, found, end = _next(text, at)
        if kind == "sign" and found == ",":
            at = end
        elif kind != "sign" or found != _CLOSING[opening]:
            message = f"a comma or {_CLOSING[opening]!r} was expected at character {at + 1}"
            raise ValueError(message)


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code is None:
        if match[4] not in _SIMPLE:
            message = f"the escape \\{match[4]} is not one that Python writes"
            raise ValueError(message)
        return _SIMPLE[match[4]]
    if int(code, 16) > 0x10FFFF:
        message = f"there is no character of number {code}"
        raise ValueError(message)
    return chr(int(code, 16))
