"""Topics: what every backend returns, whatever its family."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.core.checks import SUM_TOLERANCE, digest, distribution, read_only, unique
from trends.core.given.keys import by_name
from trends.errors import DataError


@dataclass(frozen=True)
class Topics:
    """Document–topic and topic–term distributions of one fit.

    Parameters
    ----------
    theta : ndarray of float, shape (documents, topics)
        Share of each document that belongs to each topic. A frame whose index holds ids is
        matched by them, so also ``unassigned``; ``phi`` and ``relevance`` by terms as columns.
    unassigned : ndarray of float, shape (documents,)
        Share that belongs to no topic. ``theta.sum(1) + unassigned == 1`` in every row.
    phi : ndarray of float, shape (topics, terms)
        p(term | topic) on the shared vocabulary, for every backend; rows sum to one.
    vocabulary : tuple of str
        Terms, the columns of ``phi``.
    doc_ids : tuple of str
        Documents, the rows of ``theta``.
    provenance : dict
        ``backend``, ``seed``, ``settings``, ``versions``, ``corpus`` and ``terms`` fingerprints,
        ``seconds``, ``warnings``; all of it can be written as JSON.
    relevance : ndarray of float, shape (topics, terms), optional
        A backend's own ranking of terms (c-TF-IDF for BERTopic). It ranks; it is not a probability.
    centres : ndarray of float32, shape (topics, dimensions), optional
        For topics that are clusters of vectors, the mean of each topic's vectors of length one: all
        that is needed to give new documents their topics.
    main : ndarray of int, shape (documents,), optional
        The topic of each document, -1 for none, where that is not the largest share: a topic merged
        of two holds the documents of both, and no others whose two shares add up to the largest.

    Raises
    ------
    DataError
        If an invariant does not hold.

    Examples
    --------
    >>> import trends as tr
    >>> topics = tr.fit(tr.read_corpus("pretraining"), "nmf", n_topics=4, rng=7)
    >>> bool(abs(topics.theta.sum(1) + topics.unassigned - 1).max() < 1e-6)
    True
    """

    theta: NDArray[np.float64]
    unassigned: NDArray[np.float64]
    phi: NDArray[np.float64]
    vocabulary: tuple[str, ...]
    doc_ids: tuple[str, ...]
    provenance: dict[str, Any] = field(default_factory=dict, compare=False)
    relevance: NDArray[np.float64] | None = field(default=None, compare=False)
    centres: NDArray[np.float32] | None = field(default=None, compare=False)
    main: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        vocabulary, ids = tuple(self.vocabulary), tuple(self.doc_ids)
        k = int(np.asarray(self.theta).shape[1]) if np.asarray(self.theta).ndim == 2 else 0
        if k < 1:
            message = "A fit must have at least one topic; theta must be documents × topics."
            raise DataError(message)
        theta = by_name(self.theta, ids, "theta")
        topics = list(theta.columns) if isinstance(theta, pd.DataFrame) else range(k)
        phi, relevance = (
            by_name(by_name(v, topics, "phi"), vocabulary, "phi", 1)
            for v in (self.phi, self.relevance)
        )
        theta = distribution(theta, "theta", (len(ids), k))
        unassigned = by_name(self.unassigned, ids, "unassigned")
        unassigned = distribution(unassigned, "unassigned", (len(ids),))
        phi = distribution(phi, "phi", (k, len(vocabulary)))
        if np.abs(theta.sum(1) + unassigned - 1).max(initial=0) > SUM_TOLERANCE:
            row = int(np.argmax(np.abs(theta.sum(1) + unassigned - 1)))
            message = (
                f"theta and unassigned must sum to one; document {ids[row]!r} sums to "
                f"{theta[row].sum() + unassigned[row]:.6f}."
            )
            raise DataError(message)
        if np.abs(phi.sum(1) - 1).max() > SUM_TOLERANCE:
            message = "Every row of phi must sum to one: it is p(term | topic)."
            raise DataError(message)
        unique(ids, "Document ids")
        if relevance is not None:
            relevance = distribution(relevance, "relevance", phi.shape)
            object.__setattr__(self, "relevance", relevance)
        if self.centres is not None:
            object.__setattr__(self, "centres", _centres(self.centres, k))
        if self.main is not None:
            object.__setattr__(self, "main", _main(self.main, len(ids), k))
        for name, value in (
            ("theta", theta),
            ("unassigned", unassigned),
            ("phi", phi),
            ("vocabulary", vocabulary),
            ("doc_ids", ids),
        ):
            object.__setattr__(self, name, value)

    @property
    def n_topics(self) -> int:
        """Number of topics; outliers are not one."""
        return int(self.theta.shape[1])

    @property
    def n_documents(self) -> int:
        """Number of documents."""
        return int(self.theta.shape[0])

    @property
    def backend(self) -> str:
        """Name of the backend that made the fit."""
        return str(self.provenance.get("backend", "unknown"))

    @property
    def seed(self) -> int | None:
        """The integer seed that the backend was given."""
        value = self.provenance.get("seed")
        return None if value is None else int(value)

    @cached_property
    def hard(self) -> NDArray[np.int64]:
        """The topic of each document, shape (documents,).

        -1 where the unassigned share is the largest; as ``main`` says where it is given.
        """
        if self.main is not None:
            return self.main
        best = self.theta.argmax(1)
        return np.where(self.unassigned > self.theta.max(1), -1, best)

    @cached_property
    def share(self) -> NDArray[np.float64]:
        """Mean of theta over all documents, shape (topics,)."""
        mean: NDArray[np.float64] = self.theta.mean(0)
        return mean

    def top_terms(self, n: int = 10) -> list[list[str]]:
        """The ``n`` first terms of each topic, by relevance where the backend has one, else by phi.

        Ties by term.
        """
        weight = self.phi if self.relevance is None else self.relevance
        order = np.argsort(-weight, axis=1, kind="stable")[:, :n]
        return [[self.vocabulary[j] for j in row] for row in order]

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the distributions and what they are about."""
        return digest(
            "\n".join(self.doc_ids),
            "\n".join(self.vocabulary),
            self.theta.astype("<f8").tobytes(),
            self.unassigned.astype("<f8").tobytes(),
            self.phi.astype("<f8").tobytes(),
            *([] if self.main is None else [self.main.astype("<i8").tobytes()]),
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{k}</td><td>{share:.1%}</td><td>{escape(', '.join(terms))}</td></tr>"
            for k, (share, terms) in enumerate(zip(self.share, self.top_terms(8), strict=True))
        )
        return (
            f"<b>Topics</b>: {escape(self.backend)}, {self.n_topics} topics, {self.n_documents:,} "
            "documents, "
            f"{self.unassigned.mean():.1%} unassigned"
            f"<table><thead><tr><th>topic</th><th>share</th><th>terms</th></tr></thead><tbody>{rows}</tbody></table>"
        )


def _centres(array: Any, k: int) -> NDArray[np.float32]:
    out = np.asarray(array, dtype=np.float32)
    if out.ndim != 2 or len(out) != k or not np.isfinite(out).all():
        message = (
            f"centres must be finite numbers, one row for each of {k} topics; got shape "
            f"{out.shape}."
        )
        raise DataError(message)
    return read_only(out)


def _main(array: Any, documents: int, k: int) -> NDArray[np.int64]:
    out = np.asarray(array)
    if out.shape != (documents,) or out.dtype.kind not in "iu" or not len(out):
        message = f"main must be one whole number for each of {documents} documents."
        raise DataError(message)
    if out.min() < -1 or out.max() >= k:
        message = f"main must name topics from 0 to {k - 1}, or -1 for none."
        raise DataError(message)
    return read_only(out.astype(np.int64))
