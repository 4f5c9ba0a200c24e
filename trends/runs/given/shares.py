"""Shares of topics that were made elsewhere → a corpus and its topics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.core import Corpus, Topics
from trends.core.given.keys import match, of_topics
from trends.core.wording import plural
from trends.errors import DataError, UsageError
from trends.files import sha256
from trends.models.elsewhere import package_of, shares_of
from trends.sources.tables.read import read
from trends.sources.tables.shares import read_shares

#: Rows that sum to one within this were rounded when they were written; a smaller sum leaves a part
#: that belongs to no topic.
ROUNDED = 1e-3
#: Names of the topic of documents that have none.
NONE = ("-1", "", "nan", "None", "NA")


def from_theta(
    theta: Any,
    dates: Any = None,
    *,
    date: str | Sequence[str] = "",
    id: str = "",
    topics: Sequence[str] = (),
    by_row: bool = False,
    normalize: bool = False,
    labels: Sequence[str] | Mapping[int, str] | None = None,
    **options: Any,
) -> tuple[Corpus, Topics]:
    """Shares and dates as nouns; see :func:`trends.from_theta`."""
    if dates is None:
        if not isinstance(theta, str | Path | pd.DataFrame) or not date:
            message = (
                "Give the dates of the documents (dates=…, --dates), or name their column where "
                "they stand in the table of the shares (date=…, --date)."
            )
            raise UsageError(message)
        topics = topics or _but_dates(theta, date, id)
        dates, by_row = theta, True
    corpus = dates if isinstance(dates, Corpus) else _dated(dates, date, id, options)
    found, words, made_by = _shares(theta, id, topics)
    corpus, shares, notes = _matched(found, corpus, by_row)
    names, shares = _one_hot(found, shares)
    shares, unassigned, more = _distributions(shares, normalize, corpus.ids)
    called = _named(names, words, labels)
    terms, phi, relevance = _terms(words or [[name] for name in called])
    found_topics = Topics(
        shares,
        unassigned,
        phi,
        terms,
        corpus.ids,
        provenance={
            "backend": made_by,
            "labels": list(called),
            "inputs": {Path(theta).name: sha256(Path(theta))}
            if isinstance(theta, str | Path)
            else {},
            "words": "those that the model lists" if words else "names of the topics",
            "warnings": [*notes, *more],
        },
        relevance=relevance,
    )
    return corpus, found_topics


def _but_dates(theta: Any, date: str | Sequence[str], id: str) -> list[str]:
    """Columns of numbers that are not the date."""
    columns = read_shares(theta, id=id).columns
    dates = [date] if isinstance(date, str) else list(date)
    return [c for c in columns if c not in dates]


def _dated(dates: Any, date: str | Sequence[str], id: str, options: Mapping[str, Any]) -> Corpus:
    if isinstance(dates, Mapping):
        dates = pd.Series(dates)
    if isinstance(dates, pd.Series):
        dates, date, id = dates.rename("date").rename_axis("id").reset_index(), "date", "id"
    return read([dates], text=False, date=date or "date", id=id or None, keep=None, **options)


def _shares(
    theta: Any, id: str, topics: Sequence[str]
) -> tuple[pd.DataFrame, list[list[str]], str]:
    """Shares as a frame, words of topics where they are known, and who made them."""
    model, documents = theta if isinstance(theta, tuple) and len(theta) == 2 else (theta, None)
    if package := package_of(model):
        found = shares_of(model, documents)
        if found.theta.ndim == 1:
            names = [str(k) for k in range(len(found.words))]
            frame = pd.DataFrame({"topic": found.theta.astype(str)})
            frame.attrs["names"] = names
            return frame, found.words, package
        return pd.DataFrame(found.theta), found.words, package
    if isinstance(theta, pd.DataFrame | str | Path) and not _bare(theta):
        return read_shares(theta, id=id, topics=topics), [], "given"
    if isinstance(theta, pd.DataFrame | pd.Series):
        return pd.DataFrame(theta), [], "given"
    array = np.asarray(theta)
    if array.ndim == 1:
        return pd.DataFrame({"topic": array.astype(str)}), [], "given"
    if array.ndim != 2 or array.dtype.kind not in "fiu":
        message = (
            "theta must be numbers, documents × topics, or the topic of each document; got "
            f"{type(theta).__name__} of shape {array.shape}."
        )
        raise UsageError(message)
    return pd.DataFrame(array), [], "given"


def _bare(theta: Any) -> bool:
    """Whether a frame holds nothing but shares, its ids being the index."""
    return isinstance(theta, pd.DataFrame) and (
        not isinstance(theta.index, pd.RangeIndex)
        or not all(isinstance(c, str) for c in theta.columns)
    )


def _matched(
    found: pd.DataFrame, corpus: Corpus, by_row: bool
) -> tuple[Corpus, NDArray[Any], list[str]]:
    """Documents that have both shares and a date, and the shares in their order."""
    notes: list[str] = []
    if isinstance(found.index, pd.RangeIndex):
        if not by_row:
            message = (
                f"The shares ({len(found):,} rows) carry no ids, so it cannot be told which row "
                "belongs to which document. Name the column of the ids (id=…, --id), or say that "
                "both have the same documents in the same order (by_row=True, --by-row)."
            )
            raise UsageError(message)
        n_read = int(corpus.notes.get("records", len(corpus)))
        same = match(found.to_numpy(), corpus.ids, called="theta", rows=corpus.rows, n_read=n_read)
        return corpus, same.values, notes
    has = pd.Index(corpus.ids).isin(found.index.astype(str))
    if not has.any():
        message = (
            f"No document has the ids of the shares: the dates have {corpus.ids[0]!r}, …, the "
            f"shares {str(found.index[0])!r}, …. Name the columns of the ids (id=…, --id)."
        )
        raise DataError(message)
    if not has.all():
        notes.append(
            f"{plural(int((~has).sum()), 'dated document')} of {len(corpus):,} have no shares and "
            "were left out."
        )
        corpus = replace(corpus, documents=corpus.documents[has].reset_index(drop=True))
    if over := len(found) - len(corpus):
        notes.append(
            f"{plural(over, 'row')} of the shares belong to no dated document and were not used."
        )
    return corpus, match(found, corpus.ids, called="theta").values, notes


def _one_hot(found: pd.DataFrame, shares: NDArray[Any]) -> tuple[list[str], NDArray[np.float64]]:
    """Names of the columns and shares; where each document has one topic, all of it is there."""
    if shares.dtype.kind in "fiu" and not _are_topics(shares):
        shares = shares[:, None] if shares.ndim == 1 else shares
        return [str(c) for c in found.columns], shares.astype(float)
    values = np.ravel(shares.astype(int) if shares.dtype.kind == "f" else shares).astype(str)
    names = found.attrs.get("names") or sorted(
        {v for v in values if v not in NONE}, key=lambda v: (not v.isdigit(), v.zfill(12))
    )
    return list(names), (values[:, None] == np.array(names)[None, :]).astype(float)


def _are_topics(shares: NDArray[Any]) -> bool:
    """Whether numbers are numbers of topics: one whole number a document, not all 0 or 1."""
    one = np.ravel(shares)
    return len(one) == len(shares) and bool((one % 1 == 0).all()) and not set(one) <= {0, 1}


def _distributions(
    shares: NDArray[np.float64], normalize: bool, ids: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[str]]:
    """Shares that add to one with what belongs to no topic."""
    bad = ~np.isfinite(shares) | (shares < -ROUNDED)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        message = (
            f"The share of document {ids[row]!r} in topic {column} is {shares[row, column]}; "
            "shares are numbers from 0 to 1."
        )
        raise DataError(message)
    shares = np.clip(shares, 0, None)
    total = shares.sum(1)
    if normalize:
        shares = np.divide(shares, total[:, None], out=shares, where=total[:, None] > 0)
        total = shares.sum(1)
    if (total > 1 + ROUNDED).any():
        row = int(np.argmax(total))
        message = (
            f"The shares of document {ids[row]!r} add to {total[row]:.4g}, which is more than one. "
            "Name the columns of the topics (topics=…, --topics); weights that are no shares are "
            "divided by their sum with normalize=True (--normalize)."
        )
        raise DataError(message)
    rounded = np.abs(total - 1) <= ROUNDED
    shares[rounded] /= total[rounded, None]
    unassigned = np.where(rounded, 0.0, 1 - total)
    empty = int((total <= 0).sum())
    said = [f"{plural(empty, 'document')} of {len(ids):,} belong to no topic."] if empty else []
    return shares, 1 - shares.sum(1) if not rounded.all() else unassigned, said


def _named(
    names: Sequence[str],
    words: Sequence[Sequence[str]],
    labels: Sequence[str] | Mapping[int, str] | None,
) -> tuple[str, ...]:
    """One name a topic: as given, else by its words, else by its column."""
    if labels is not None:
        return of_topics(labels, len(names))
    called = [", ".join(w[:3]) for w in words] if words else list(names)
    if len(set(called)) < len(called):
        called = [f"{name} ({k})" for k, name in enumerate(called)]
    return tuple(f"topic {name}" if name.isdigit() else name for name in called)


def _terms(
    words: Sequence[Sequence[str]],
) -> tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.float64]]:
    """Vocabulary, weights that are equal over a topic's words, and their ranking."""
    terms = tuple(dict.fromkeys(word for each in words for word in each))
    place = {term: j for j, term in enumerate(terms)}
    relevance = np.zeros((len(words), len(terms)))
    for k, each in enumerate(words):
        for rank, word in enumerate(dict.fromkeys(each)):
            relevance[k, place[word]] = 1 / (1 + rank)
    phi = (relevance > 0) / np.maximum((relevance > 0).sum(1, keepdims=True), 1)
    return terms, phi, relevance
