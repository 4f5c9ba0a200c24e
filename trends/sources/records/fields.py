"""Values of a record of any type: as text, whole numbers, days and identifiers, or nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from trends.core.dates import DocDate, Precision
from trends.sources.dates.alone import date_or_part

#: Longest value that is kept as metadata; titles and texts have no limit of their own.
MAX_VALUE = 2_000

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_DOI = re.compile(r"10\.[0-9]{4,9}/\S+")
_ARXIV = re.compile(
    r"(?<![0-9a-z.])([0-9]{4}\.[0-9]{4,5}|[a-z-]{2,12}(?:\.[a-z]{2})?/[0-9]{7})"
    r"(?:v[0-9]+)?(?![0-9])",
    re.IGNORECASE,
)
_SEASONS = {"SPR": "Spring", "SUM": "Summer", "FAL": "Fall", "AUT": "Autumn", "WIN": "Winter"}
_SEASON = re.compile(rf"\b(?:{'|'.join(_SEASONS)})\b", re.IGNORECASE)
_WITHDRAWN = re.compile(
    r"(this )?(paper|article|submission|manuscript) (has been|is|was) (being )?withdrawn",
    re.IGNORECASE,
)


def text(value: Any) -> str:
    """Strings as they are, numbers as written, all else empty; without NUL and lone surrogates."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, int):
        return "" if abs(value) >= 2**63 else str(value)
    return _UNFIT.sub("\ufffd", str(value)).strip()


def texts(value: Any) -> list[str]:
    """The texts of a list, the empty ones left out; a single text is a list of one."""
    found = [text(v) for v in value] if isinstance(value, list | tuple) else [text(value)]
    return [t for t in found if t]


def whole(value: Any) -> int | None:
    """A whole number that a table can hold, also where it is written as text."""
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,18}\s*", value):
        value = int(value)
    return (
        value
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
        else None
    )


def record_of(value: Any) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def items_of(value: Any) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def first(item: Mapping[str, Any], *names: str) -> Any:
    """The first of several fields that is there and not empty."""
    for name in names:
        value = item.get(name)
        if value is not None and value != "" and value != []:
            return value
    return None


def dating(value: Any, zone: str = "UTC") -> tuple[DocDate | None, str]:
    """A date as far as it can be read, and the sentence what of it cannot; neither of nothing."""
    written = text(value)
    return date_or_part(written, zone=zone) if written else (None, "")


def dating_within(year: Any, within: Any) -> tuple[DocDate | None, str]:
    """A date whose day, month or season stands beside its year; the year alone if it is unreadable.

    Parameters
    ----------
    year, within
        As they are stated; ``within`` may state a year of its own.

    Returns
    -------
    DocDate or None
        The finer of the two that can be read.
    str
        What could not be read, as a sentence; also where the year is kept.
    """
    coarse, problem = dating(year)
    stated = _SEASON.sub(lambda m: _SEASONS[m[0].upper()], text(within))
    if not stated:
        return coarse, problem
    alone = coarse is None or re.search(r"(?<![0-9])[0-9]{4}(?![0-9])", stated)
    fine, worse = dating(stated if alone else f"{stated} {text(year)}")
    return (coarse, worse) if fine is None else (fine, worse)


def day(value: Any, zone: str = "UTC") -> dt.date | None:
    """A day that is stated as a day; nothing where it is coarser or unreadable."""
    date, _ = dating(value, zone)
    return date.first if date is not None and date.precision is Precision.DAY else None


def days(**named: Any) -> tuple[tuple[str, dt.date], ...]:
    """Further days by name, those left out that are not stated to the day."""
    found = ((name, day(value)) for name, value in named.items())
    return tuple((name, when) for name, when in found if when is not None)


def doi(value: Any) -> str:
    """A DOI in its normal form: lower case, without resolver or prefix; empty if there is none."""
    match = _DOI.search(text(value)[:MAX_VALUE])
    return match[0].lower().rstrip(".,;") if match else ""


def arxiv_id(value: Any) -> str:
    """An arXiv identifier without version, prefix and address; empty if there is none."""
    written = text(value)[:MAX_VALUE]
    match = _ARXIV.search(
        re.sub(
            r"^.*?arxiv\.org/[a-z]+/|^(?:oai:)?arxiv(?:\.org)?:\s*",
            "",
            written,
            flags=re.IGNORECASE,
        )
    )
    return match[1] if match else ""


def digits(value: Any) -> str:
    """The number in an identifier such as a PMID, or at the end of an address; empty if none."""
    match = re.search(r"([0-9]{1,12})/?\Z", text(value)[:MAX_VALUE])
    return match[1] if match else ""


def named(**found: str) -> dict[str, str]:
    """Identifiers by kind, those left out that are empty."""
    return {kind: value for kind, value in found.items() if value}


def known(**values: Any) -> dict[str, str | int | float | bool | None]:
    """Metadata by name: short texts, numbers, truth values, joined lists; all else left out."""
    kept: dict[str, str | int | float | bool | None] = {}
    for name, value in values.items():
        if isinstance(value, bool):
            kept[name] = value
        elif isinstance(value, int | float):
            if (number := whole(value)) is not None:
                kept[name] = number
            elif isinstance(value, float) and value == value and abs(value) != float("inf"):
                kept[name] = value
        elif found := "; ".join(texts(value)):
            kept[name] = found[:MAX_VALUE]
    return kept


def is_withdrawn(*notes: str) -> bool:
    """Whether a comment or abstract begins by saying that the paper is withdrawn.

    arXiv has no flag for it; the pattern is that of its usual wordings.
    """
    return any(_WITHDRAWN.match(note.strip()) for note in notes)
