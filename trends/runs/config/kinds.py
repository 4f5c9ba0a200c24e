"""Kinds of settings: what each may be, checked, and in words where its type does not say it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from trends.models import BACKENDS
from trends.registry import unknown
from trends.runs.config import sizes


@dataclass(frozen=True)
class Allowed:
    """What a setting may be, in words."""

    words: str


def _known(backend: str) -> str:
    if backend not in BACKENDS:
        raise ValueError(unknown("backend", backend, BACKENDS))
    return backend


def _not_empty(backends: tuple[str, ...]) -> tuple[str, ...]:
    if not backends or len(set(backends)) != len(backends):
        message = "name at least one backend, each once"
        raise ValueError(message)
    return backends


def number_or(word: str, least: int) -> BeforeValidator:
    """Accept a whole number from ``least`` on, or a word."""

    def check(value: Any) -> Any:
        if value != word and (type(value) is not int or value < least):
            message = f'it must be a whole number greater than or equal to {least}, or "{word}"'
            raise ValueError(message)
        return value

    return BeforeValidator(check)


def number_or_auto(least: int) -> BeforeValidator:
    """Accept a whole number from ``least`` on, or "auto"."""
    return number_or("auto", least)


def _learning_share(value: float) -> float:
    if value != 0 and not 0.1 <= value <= 0.9:
        message = "a share is 0 (off) or between 0.1 and 0.9"
        raise ValueError(message)
    return value


def _span(value: Any) -> Any:
    """Two ends of a span as text; a TOML file may give years as numbers."""
    if not isinstance(value, list | tuple):
        return value
    ends = tuple(str(end) if type(end) is int else end for end in value)
    if len(ends) != 2 or not all(
        isinstance(end, str) and re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", end) for end in ends
    ):
        message = 'a span is a pair of years, months or days, such as ["2021", "2022-06"]'
        raise ValueError(message)
    return ends


def _size(text: str) -> str:
    sizes.read(text)
    return text


#: As text (YYYY-MM-DD) or as a date of TOML.
Day = Annotated[str, BeforeValidator(str), Allowed("a day, such as 2024-06-30")]
Backend = Annotated[str, AfterValidator(_known), Allowed(", ".join(f'"{b}"' for b in BACKENDS))]
Backends = Annotated[tuple[Backend, ...], AfterValidator(_not_empty)]
#: As the calendar reads it, see ``analysis/prevalence/periods.py``.
Period = Annotated[
    str,
    Allowed('"day", "week", "month", "quarter", "half-year", "year", or "2-years", "3-years", …'),
]
Column = Annotated[str, Allowed("the name of a column")]
Columns = Annotated[str | tuple[str, ...], Allowed("the name of a column, or a list of names")]
File = Annotated[str, Allowed("a path")]
Format = Literal["pdf", "svg", "png", "pgf"]
NumberOfTopics = Annotated[int, Field(ge=2)]
#: Share of the documents that topics are learnt on, which leaves enough for the trends.
LearningShare = Annotated[
    float, AfterValidator(_learning_share), Allowed("0, or a number from 0.1 to 0.9")
]
Size = Annotated[str, AfterValidator(_size), Allowed('a size with its unit, such as "8GB"')]
TimeSpan = Annotated[
    tuple[str, str], BeforeValidator(_span), Allowed("a first and a last year, month or day")
]
