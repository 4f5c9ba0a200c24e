"""The user's own names of topics, from a file beside the config.

They are checked against the fits for which they were given.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from trends import files
from trends.analysis.alignment.hungarian import align
from trends.analysis.curation.apply import Place
from trends.analysis.quality.examples import closest
from trends.core import Topics
from trends.core import multivalue as cells
from trends.core.computing.rng import Rng
from trends.core.wording import plural
from trends.errors import DataError, MissingError

COLUMNS = ("backend", "topic", "label", "top_terms")
#: What a file may have beside, without which its names are used for the same fit only.
MORE = ("automatic", "document_ids")
#: Documents that stand for a topic when its name is moved to another fit.
STANDING = 200
#: A longer file is no list of names.
LARGEST = 4_000_000


@dataclass(frozen=True)
class Name:
    """One line of the file."""

    line: int
    label: str
    terms: str
    #: What the topic was called without the user; None where the file does not say.
    automatic: str | None = None
    documents: tuple[str, ...] = ()

    @property
    def edited(self) -> bool:
        """Whether the user gave the name."""
        return self.label != self.automatic


@dataclass(frozen=True)
class Names:
    """Names by backend and topic.

    A run writes the names that it used to ``labels.csv`` in its folder, with the top terms of each
    topic and documents that stand for it. Names that were changed there are used for the same fit,
    which the top terms tell, and for others: they go to the topics that hold the same documents
    (:func:`trends.analysis.alignment.hungarian.align`). Where a named topic is gone, the run stops.
    """

    path: str
    given: dict[tuple[str, int], Name]

    def of(
        self, backend: str, fit: Topics, automatic: Sequence[str], rng: int
    ) -> tuple[tuple[str, ...], list[str]]:
        """The names of a fit's topics, and a note where they were moved.

        Those of the file that the user gave, and automatic ones elsewhere.

        Raises
        ------
        DataError
            If a named topic is not in this fit, or two topics have one name.
        """
        mine = {topic: name for (of, topic), name in self.given.items() if of == backend}
        edited = {topic: name for topic, name in mine.items() if name.edited}
        if not edited:
            return tuple(automatic), []
        same = _same(mine, fit)
        place = {t: t for t in edited} if same else self._moved(backend, fit, mine, automatic, rng)
        out = list(automatic)
        for topic, name in edited.items():
            out[place[topic]] = name.label
        named = [name.label for name in edited.values()]
        for label in named:
            if named.count(label) > 1:
                message = (
                    f"{self.path}: {label!r} names {named.count(label)} topics of {backend}; "
                    "each topic needs a name of its own."
                )
                raise DataError(message)
        for k in set(range(fit.n_topics)) - set(place.values()):
            if out[k] in named:
                out[k] = f"{out[k]} (2)"
        moved = (
            f"{self.path} names topics of another fit of {backend}: {plural(len(edited), 'name')} "
            "went to the topics that hold the same documents."
        )
        return tuple(out), [] if same else [moved]

    def _moved(
        self,
        backend: str,
        fit: Topics,
        mine: dict[int, Name],
        automatic: Sequence[str],
        rng: int,
    ) -> dict[int, int]:
        """Topic of the file → topic of the fit that holds the same documents."""
        out = {}
        partners = _partners(mine, fit, rng)
        for topic, name in mine.items():
            if not name.edited:
                continue
            if topic not in partners:
                message = (
                    f"{self.path}, line {name.line}: {name.label!r} was given to a topic about "
                    f"{name.terms!r}, which this fit of {backend} does not have"
                    f"{_where(name, fit, automatic)}. {_ANEW}"
                )
                raise DataError(message)
            out[topic] = partners[topic]
        return out

    def terms_of(self, backend: str) -> dict[int, str]:
        """Topic of the file → its top terms, of one backend."""
        return {topic: name.terms for (of, topic), name in self.given.items() if of == backend}

    def place(self, backend: str, fit: Topics, topics: Iterable[int], rng: Rng) -> Place:
        """Where topics of the file are in a fit: the same fit, or one of the same documents."""
        mine = {topic: name for (of, topic), name in self.given.items() if of == backend}
        of = {t: t for t in mine} if _same(mine, fit) else _partners(mine, fit, rng)
        called = ["; ".join(terms.split("; ")[:3]) for terms in describe(fit)]
        gone = {
            t: f"topic {t} is not in {self.path}"
            if t not in mine
            else f"this fit has no topic {t} about {mine[t].terms!r}{_where(mine[t], fit, called)}"
            for t in topics
            if t not in of
        }
        return Place(of, {t: name.documents for t, name in mine.items()}, gone)

    def unused(self, backends: Sequence[str]) -> list[str]:
        """A sentence for each backend that is named in the file and not in the run."""
        others = sorted({of for of, _ in self.given} - set(backends))
        return [
            f"{self.path} names topics of {backend}, which this run does not fit; these names were "
            "not used."
            for backend in others
        ]


_ANEW = (
    "Empty that label in the file, or leave labels= out of the config, run again, and start from "
    "the labels.csv of the results."
)


def _same(mine: Mapping[int, Name], fit: Topics) -> bool:
    """Whether names were given to this fit, by the top terms of its topics."""
    described = describe(fit)
    return all(t < fit.n_topics and n.terms == described[t] for t, n in mine.items())


def _partners(mine: dict[int, Name], fit: Topics, rng: Rng) -> dict[int, int]:
    """Topic of the file → topic of the fit that holds the same documents, where there is one."""
    earlier, row = _as_topics(mine)
    if not set(earlier.doc_ids) & set(fit.doc_ids):
        return {}
    match = align(earlier, fit, rng=rng)
    found = {topic: match.partner(k) for topic, k in row.items()}
    return {topic: partner for topic, partner in found.items() if partner is not None}


def _as_topics(mine: dict[int, Name]) -> tuple[Topics, dict[int, int]]:
    """The documents that stand for named topics, as a fit; and the row of each topic in it."""
    row = {topic: k for k, topic in enumerate(sorted(mine))}
    of = {doc: row[topic] for topic, name in mine.items() for doc in name.documents}
    ids = tuple(sorted(of))
    theta = np.zeros((len(ids), len(row)))
    theta[np.arange(len(ids)), [of[doc] for doc in ids]] = 1
    return Topics(theta, np.zeros(len(ids)), np.ones((len(row), 1)), ("",), ids), row


def _where(name: Name, fit: Topics, automatic: Sequence[str]) -> str:
    """What became of the documents of a topic that is gone."""
    place = dict(zip(fit.doc_ids, fit.hard.tolist(), strict=True))
    now = Counter(place[doc] for doc in name.documents if doc in place)
    if not now:
        return "" if name.documents else "; these are names of another fit"
    topic, n = now.most_common(1)[0]
    called = f"topic {topic} ({automatic[topic]})" if topic >= 0 else "no topic"
    return f": of {now.total()} documents that stood for it {n} are in {called}, the most in one"


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

    place = {name: rows[0].index(name) for name in (*COLUMNS, *MORE) if name in rows[0]}
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
        cell = {name: restore(row[at].strip()) for name, at in place.items()}
        backend, topic, label, terms = (cell[name] for name in COLUMNS)
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
        given[key] = Name(
            line,
            clean(label, f"{shown}, line {line}: the label"),
            terms,
            cell.get("automatic"),
            tuple(cells.split(cell.get("document_ids", ""), ";")),
        )
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


def frame(
    fit: Topics,
    labels: Sequence[str],
    automatic: Sequence[str] | None = None,
    titles: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """The names in use, as rows of ``labels.csv`` without the backend.

    With what helps to decide on a name, and the documents by which it is found again.
    """
    standing = closest(fit, None, STANDING)
    shown = [[(titles or {}).get(doc, "").strip() or doc for doc in ids[:3]] for ids in standing]
    return pd.DataFrame(
        {
            "topic": range(fit.n_topics),
            "label": list(labels),
            "automatic": list(labels if automatic is None else automatic),
            "top_terms": describe(fit),
            "examples": [cells.join(each, "|", " ") for each in shown],
            "document_ids": [cells.join(ids, ";") for ids in standing],
        }
    )
