"""The clock time in a date: taken out of the text, with its time zone."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from dataclasses import dataclass

from trends.errors import DataError

#: Hours from UTC of the zones that RFC 822 names, and of others with one meaning.
ZONES = {"z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5}
ZONES |= {"mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "wet": 0, "west": 1, "cet": 1, "cest": 2}
ZONES |= {"eet": 2, "eest": 3, "msk": 3, "jst": 9, "kst": 9, "aest": 10, "aedt": 11}
ZONES |= {"nzst": 12, "nzdt": 13}

_SHIFT = r"[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?(?![0-9.:/-])"
_NAME = "|".join(sorted(ZONES, key=len, reverse=True))
_CLOCK = re.compile(
    r"(?:(?<=[0-9])t|,?\s*\b(?:at|um|kl)\b|,)?\s*"
    r"(?<![0-9:])(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2})(?:[.,:][0-9]{1,12})?)?"
    r"(?![0-9])"
    r"(?:\s*(?P<half>[ap])\.?\s?m\b\.?)?"
    rf"(?:\s*(?P<zone>(?:(?:gmt|utc)\s?)?{_SHIFT}|(?:{_NAME})\b))?"
    rf"(?:\s(?:{_NAME})\b)?"
    r"(?:\s*uhr\b)?(?:\s*(?P<place>[a-z_]+(?:/[a-z_+0-9-]+){1,2}))?"
)
_BASIC = re.compile(
    r"(?<=[0-9]{8})[t ](?P<h>[0-9]{2})(?P<m>[0-9]{2})(?P<s>[0-9]{2})?(?:[.,][0-9]{1,12})?"
    rf"(?P<zone>z|{_SHIFT})?\Z"
)
_HOUR = re.compile(rf"(?<=[0-9]{{2}}-[0-9]{{2}})[t ](?P<h>[0-9]{{2}})(?P<zone>z|{_SHIFT})?\Z")
_UNKNOWN_ZONE = re.compile(r"\s([a-z]{3,5})(?=\s[0-9]{4}\Z|\Z)")


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of the day.

    ``at`` is missing where there is no such time, ``zone`` where none is stated; ``problem`` says
    what cannot be read.
    """

    at: dt.time | None
    zone: dt.tzinfo | None
    problem: str = ""


def count(text: str) -> int:
    """How many clock times stand in a text."""
    return len(_CLOCK.findall(text)) if ":" in text else 0


def take(text: str) -> tuple[str, Clock | None]:
    """A text (in lower case) without its clock time, and that time.

    Raises
    ------
    DataError
        If the time zone is not known.
    """
    match = (
        (_CLOCK.search(text) if ":" in text else None) or _BASIC.search(text) or _HOUR.search(text)
    )
    if match is None:
        return text, None
    parts = match.groupdict()
    hour, minute, second = (int(parts.get(name) or 0) for name in "hms")
    if parts.get("half"):
        if not 1 <= hour <= 12:
            hour = 99
        hour = hour % 12 + (12 if parts["half"] == "p" else 0) if hour < 99 else hour
    if second == 60 or (hour, minute, second) == (24, 0, 0):
        # A leap second and midnight at the end belong to the day that they end.
        hour, minute, second = (23, 59, 59) if hour == 24 else (hour, minute, 59)
    rest = f"{text[: match.start()]} {text[match.end() :]}".strip(" ,")
    try:
        at = dt.time(hour, minute, second)
    except ValueError:
        return rest, Clock(None, None, f"{match[0].strip()!r} is not a time of the day")
    return rest, Clock(at, _zone(parts.get("zone"), parts.get("place")))


def _zone(shift: str | None, place: str | None) -> dt.tzinfo | None:
    if shift:
        name = re.sub(r"\s|gmt(?=\s?[+-])|utc(?=\s?[+-])", "", shift)
        if name in ZONES:
            return dt.timezone(dt.timedelta(hours=ZONES[name]))
        digits = name[1:].replace(":", "").ljust(4, "0")
        delta = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return dt.timezone(-delta if name[0] == "-" else delta)
    if place:
        name = "/".join(part.capitalize() for part in place.split("/"))
        name = re.sub(r"_[a-z]", lambda m: m[0].upper(), name)
        try:
            return zoneinfo.ZoneInfo(name)
        except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError) as error:
            message = f"the time zone {place!r} is not known"
            raise DataError(message) from error
    return None


def unknown_zone(text: str) -> str:
    """The word that stands where a time zone would, after the clock time was taken out."""
    match = _UNKNOWN_ZONE.search(text)
    return match[1] if match else ""
