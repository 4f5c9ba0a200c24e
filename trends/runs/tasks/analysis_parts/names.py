"""The user's own names of topics, from a file beside the config.

They are checked against the fits for which they were given.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from trends import files
from trends.core import Topics
from trends.errors import DataError, MissingError

COLUMNS = ("backend", "topic", "label", "top_terms")
#: A longer file is no list of names.
LARGEST = 4_000_000


@dataclass(frozen=True)
class Name:
    """One line of the file."""

    line: int
    label: str
    terms: str


@dataclass(frozen=True)
class Names:
    """Names by backend and topic.

    A run writes the names that it used to ``labels.csv`` in its folder, with the top terms of each
    topic. Copy that file to the config, change the column ``label``, and set
    ``labels = "labels.csv"``. The top terms are the fingerprint: where a topic is about other terms
    than the one that was named (another seed, another number of topics, more documents), the run
    stops.
    """

    path: str
    given: dict[tuple[str, int], Name]

    def of(self, backend: str, fit: Topics, automatic: Sequence[str]) -> tuple[str, ...]:
        """The names of a fit's topics: those of the file, and automatic ones where it has none.

        Raises
        ------
        DataError
            If a name was given to another topic than this one, or two topics have one name.
        """
        mine = {topic: name for (of, topic), name in self.given.items() if of == backend}
        described = describe(fit)
        out = list(automatic)
        for topic, name in mine.items():
            where = f"{self.path}, line {name.line}"
            if topic >= fit.n_topics:
                message = (
                    f"{where}: {backend} has topics 0 to {fit.n_topics - 1}, but topic {topic} "
                    f"is named. {_ANEW}"
                )
                raise DataError(message)
            if name.terms != described[topic]:
                message = (
                    f"{where}: {name.label!r} was given to a topic about {name.terms!r}, but topic "
                    f"{topic} of {backend} is about "
                    f"{described[topic]!r}; these are names of another fit. {_ANEW}"
                )
                raise DataError(message)
            out[topic] = name.label
        twice = sorted({name for name in out if out.count(name) > 1})
        if twice:
            message = (
                f"{self.path}: {twice[0]!r} names {out.count(twice[0])} topics of {backend}; "
                "each topic needs a name of its own."
            )
            raise DataError(message)
        return tuple(out)

    def unused(self, backends: Sequence[str]) -> list[str]:
        """A sentence for each backend that is named in the file and not in the run."""
        others = sorted({of for of, _ in self.given} - set(backends))
        return [
            f"{self.path} names topics of {backend}, which this run does not fit; these names were "
            "not used."
            for backend in others
        ]


_ANEW = "Leave labels= out of the config, run again, and start from the labels.csv of the results."


def read(path: str) -> Names:
    """Read a file of names; an empty path gives none.

    Raises
    ------
    MissingError
        If there is no such file.
    DataError
        If it is not a CSV with the columns ``backend``, ``topic``, ``label`` and ``top_terms``, or
        names a topic twice. Rows without a label are left to the automatic names.
    """
    if not path:
        return Names("", {})
    file = Path(path)
    shown = file.name
    if not file.is_file():
        message = (
            f"There is no file of names {path}; copy labels.csv from the results of the run, or "
            "leave labels= out of the config."
        )
        raise MissingError(message)
    if file.stat().st_size > LARGEST:
        message = (
            f"{shown} has {file.stat().st_size:,} bytes; a file of names has a line for each "
            f"topic, at most {LARGEST:,} bytes."
        )
        raise DataError(message)
    try:
        text = file.read_bytes().decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        message = f"{shown} is not a CSV in UTF-8: {error}."
        raise DataError(message) from error
    if not rows or not set(COLUMNS) <= set(rows[0]):
        message = (
            f"{shown} needs the columns {', '.join(COLUMNS)} in its first line; it has "
            f"{', '.join(rows[0]) if rows else 'none'}."
        )
        raise DataError(message)
    from trends.analysis.quality.labels import clean
    from trends.sources.tables.spreadsheet import restore

    place = {name: rows[0].index(name) for name in COLUMNS}
    given: dict[tuple[str, int], Name] = {}
    for line, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        if len(row) != len(rows[0]):
            message = (
                f"{shown}, line {line}: {len(row)} cells where the first line has "
                f"{len(rows[0])}; put a name with a comma in quotes."
            )
            raise DataError(message)
        backend, topic, label, terms = (restore(row[place[name]].strip()) for name in COLUMNS)
        if not topic.isascii() or not topic.isdigit() or len(topic) > 9:
            message = (
                f"{shown}, line {line}: the topic must be a number from 0 as in topics.csv; got "
                f"{topic[:40]!r}."
            )
            raise DataError(message)
        if not label:
            continue
        key = (backend, int(topic))
        if key in given:
            message = (
                f"{shown}, line {line}: topic {topic} of {backend} was named in line "
                f"{given[key].line} already."
            )
            raise DataError(message)
        given[key] = Name(line, clean(label, f"{shown}, line {line}: the label"), terms)
    return Names(shown, given)


def inputs(path: str) -> dict[str, str]:
    """What the names add to the key of the analysis.

    The content of the file, which is checked first; nothing without one.
    """
    if not path:
        return {}
    read(path)
    return {"labels": files.sha256(Path(path))}


def describe(fit: Topics) -> list[str]:
    """Each topic's ten top terms in one line, as in ``topics.csv``."""
    from trends.analysis.quality.evaluate import top_terms

    return ["; ".join(terms) for terms in top_terms(fit, 10)]


def frame(fit: Topics, labels: Sequence[str]) -> pd.DataFrame:
    """The names in use, as rows of ``labels.csv`` without the backend."""
    return pd.DataFrame(
        {"topic": range(fit.n_topics), "label": list(labels), "top_terms": describe(fit)}
    )
