"""The contract of a topic-model backend, and all that its fits have in common."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import re
import time
import warnings as python_warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trends.core import TermCounts, Topics
from trends.core.computing.cost import Cost
from trends.errors import DataError, MissingError
from trends.models.clustering.centres import centres, describe, unit
from trends.models.imports import load
from trends.models.settings import Settings, read_settings, require
from trends.models.umap.reduction import Share

Family = Literal["counts", "embedding"]

#: How documents that a fit has not seen get their shares; see
#: :mod:`trends.models.inference.transfer`.
Rule = Literal["posterior mean", "maximum likelihood", "nearest centre", "neighbours"]

#: What suits a family unless its backend says otherwise.
DEFAULT_RULE: dict[Family, Rule] = {"counts": "posterior mean", "embedding": "neighbours"}

#: Memory of a fit whose backend states none: more than that of any backend here.
UNKNOWN = Cost(900, entries=60, vectors=40, shares=60)

#: Share of documents without a term above which a fit is refused: the vocabulary does not belong to
#: such a corpus.
MOST_EMPTY = 0.5


@dataclass(frozen=True)
class Problem:
    """A checked task of a backend.

    Parameters
    ----------
    counts : TermCounts
        No document is empty, and every term occurs.
    n_topics, seed : int
        As in the call of a :class:`Backend`.
    settings : Settings
        Those of the backend, defaults filled in.
    embeddings : ndarray of float64, shape (documents, dimensions)
        Finite and not zero; without rows for the family "counts".
    share : callable, optional
        Keeps what fits of the same documents have in common.
    """

    counts: TermCounts
    n_topics: int
    seed: int
    settings: Any
    embeddings: NDArray[np.float64]
    share: Share | None = None


@dataclass(frozen=True)
class Estimate:
    """What a backend found for a :class:`Problem`.

    Shapes as in :class:`~trends.core.topics.Topics`.

    ``chosen`` holds what the backend decided by itself (passes until convergence, a clustering),
    for the provenance. ``centres`` are only given by a backend whose clusters are defined by them;
    those of the others are the means of their documents.
    """

    theta: NDArray[np.float64]
    unassigned: NDArray[np.float64]
    phi: NDArray[np.float64]
    relevance: NDArray[np.float64] | None = None
    centres: NDArray[np.float32] | None = None
    chosen: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Backend:
    """A backend: its facts, its settings and its estimator; calling it makes a fit.

    This is what stands behind every name in :data:`trends.models.BACKENDS`: a pure function,
    settings in, ``Topics`` out. All that fits have in common (checks, empty documents, order of
    topics, provenance) is done here, once.

    Parameters
    ----------
    name : str
        The public name.
    family : {"counts", "embedding"}
        Whether topics are mixtures of counts or clusters of vectors.
    settings : type
        A subclass of :class:`~trends.models.settings.Settings`, frozen, with a default for every
        field.
    estimate : callable
        From a :class:`Problem` to an :class:`Estimate`. It may not read or change anything else.
    cost : Cost, optional
        Memory of a fit; without it, :data:`UNKNOWN`.
    new_rule : {"posterior mean", "maximum likelihood", "nearest centre", "neighbours"}, optional
        How documents that a fit has not seen get their shares; without it, "posterior mean" for
        mixtures of counts and "neighbours" for clusters of vectors.
    finds_number : bool
        Whether the fit decides how many topics there are; ``n_topics`` is then the most of them.
    """

    name: str
    family: Family
    settings: type[Settings]
    estimate: Callable[[Problem], Estimate]
    cost: Cost = UNKNOWN
    new_rule: Rule | None = None
    finds_number: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "new_rule", self.new_rule or DEFAULT_RULE[self.family])

    @property
    def needs_embeddings(self) -> bool:
        """Whether a fit needs one vector a document."""
        return self.family == "embedding"

    def read_settings(self, given: Mapping[str, Any] | None = None) -> Settings:
        """The settings with defaults filled in.

        Raises
        ------
        UsageError
            If a key is unknown (the message names the nearest one) or a value is not allowed.
        """
        return read_settings(self.name, self.settings, given or {})

    def __call__(
        self,
        counts: TermCounts,
        *,
        n_topics: int,
        seed: int,
        embeddings: NDArray[Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        share: Share | None = None,
    ) -> Topics:
        """Fit topics.

        Parameters
        ----------
        counts : TermCounts
            The modelling vocabulary. A document without any of its terms takes no part in the fit
            and comes back fully unassigned, for every backend, so that all families describe the
            same documents.
        n_topics : int
            Exactly so many topics are returned, outliers apart; at most so many by a backend that
            finds their number.
        seed : int
            From 0 to 2**32 - 1; runs and ``tr.fit`` spawn it from ``rng``. Same input, same seed,
            same machine: same bytes.
        embeddings : ndarray of float, shape (documents, dimensions), optional
            Needed by the family "embedding" and not looked at by the family "counts".
        settings : mapping, optional
            Fields of the backend's ``settings``.
        share : callable, optional
            Keeps neighbours and layouts for other fits on the same embeddings (see
            :data:`trends.models.umap.reduction.Share`); a fit is the same with and without it.

        Returns
        -------
        Topics
            Topics in descending order of their mean share, which is the same rule for every
            backend.

        Raises
        ------
        UsageError
            If ``n_topics``, ``seed`` or the settings cannot be carried out.
        DataError
            If counts or embeddings are not what they should be.
        MissingError
            If a package that the backend needs is not installed.
        """
        started = time.perf_counter()
        options = self.read_settings(settings)
        _check_call(self.name, counts, n_topics, seed)
        full = counts.tokens > 0
        vectors = (
            _check_embeddings(self.name, embeddings, counts.n_documents)
            if self.needs_embeddings
            else np.empty((0, 0))
        )
        # Mixtures of counts see the documents in the order of their ids, so that the order of the
        # rows decides nothing. Clusters of neighbours depend on the order a little; that is left
        # visible, for stability studies to measure.
        rows = np.flatnonzero(full)
        if self.family == "counts":
            rows = rows[np.argsort(np.array(counts.doc_ids)[rows], kind="stable")]
        seen = counts.document_frequency > 0
        problem = Problem(
            counts=counts.take_documents(rows).keep_terms(seen),
            n_topics=int(n_topics),
            seed=int(seed),
            settings=options,
            # A copy of all vectors is only made where some are left out.
            embeddings=vectors if not self.needs_embeddings or full.all() else vectors[rows],
            share=_among(share, rows, counts.n_documents),
        )
        try:
            with one_thread(), python_warnings.catch_warnings():
                estimate = self.estimate(problem)
        except ModuleNotFoundError as error:
            message = (
                f"The backend {self.name!r} needs the package {error.name!r}, which is not "
                "installed; install the project with all it needs: pip install topic-trends."
            )
            raise MissingError(message) from error
        notes = list(estimate.warnings)
        if not full.all():
            notes.insert(
                0,
                f"{int((~full).sum())} of {len(full)} documents hold no term of the vocabulary and "
                "are unassigned.",
            )
        new_documents: dict[str, Any] = {"rule": self.new_rule}
        if self.needs_embeddings:
            with one_thread():
                vectors = unit(problem.embeddings)
                means = (
                    centres(estimate.theta, vectors)
                    if estimate.centres is None
                    else estimate.centres
                )
                new_documents |= describe(means, vectors, estimate.theta, estimate.unassigned)
            estimate = dataclasses.replace(estimate, centres=means)
        provenance = {
            "backend": self.name,
            "family": self.family,
            "seed": int(seed),
            "n_topics": int(n_topics),
            "settings": dataclasses.asdict(options),
            "chosen": estimate.chosen,
            "new_documents": new_documents,
            "versions": versions(),
            "terms": counts.fingerprint,
            "warnings": notes,
            "seconds": round(time.perf_counter() - started, 3),
        }
        return _full_size(estimate, counts, rows, seen, provenance)


def _among(share: Share | None, rows: NDArray[np.int64], n_documents: int) -> Share | None:
    """``share`` for results that also depend on which documents take part."""
    if share is None or len(rows) == n_documents:
        return share
    part = {"rows": hashlib.sha256(rows.astype("<i8").tobytes()).hexdigest()}
    return lambda name, inputs, make: share(name, {**inputs, **part}, make)


@functools.cache
def versions() -> dict[str, str]:
    """Installed versions of the packages that this one requires, for the provenance of fits."""
    try:
        needs = [need for need in metadata.requires("topic-trends") or () if "extra ==" not in need]
    except metadata.PackageNotFoundError:
        needs = []
    names = {re.split(r"[^\w.-]", need)[0] for need in needs}
    found = {d.name: d.version for d in metadata.distributions() if d.name in names}
    return dict(sorted(found.items()))


def one_thread() -> Any:
    """A context in which BLAS and OpenMP use one thread.

    Sums then come in the same order on every machine, and fits can run side by side.
    """
    return load("threadpoolctl").threadpool_limits(limits=1)


def _check_call(name: str, counts: TermCounts, n_topics: int, seed: int) -> None:
    for what, value in (("n_topics", n_topics), ("seed", seed)):
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        require(whole, f"{what} must be a whole number; got {value!r}.")
    require(0 <= seed < 2**32, f"seed must lie between 0 and 2**32 - 1; got {seed}.")
    require(
        n_topics >= 2,
        f"n_topics must be at least 2; got {n_topics}. One topic has the share 1 at every date.",
    )
    n = counts.n_documents
    require(
        counts.n_terms > 0 and counts.matrix.nnz > 0,
        f"There is no term to fit {name!r} on: {n} documents, {counts.n_terms} terms, no count "
        "above zero. Check that the documents have texts and the vocabulary terms of them.",
        DataError,
    )
    empty = int((counts.tokens == 0).sum())
    require(
        empty <= MOST_EMPTY * n,
        f"{empty} of {n} documents hold no term of the vocabulary; at most {MOST_EMPTY:.0%} may. "
        "Leave out documents without text (min_chars), or take a larger vocabulary (lower min_df, "
        "raise max_df).",
        DataError,
    )
    require(
        n_topics < n - empty,
        f"n_topics is {n_topics}, but only {n - empty} documents have terms; ask for fewer topics "
        f"than documents, at most {n - empty - 1}.",
    )


def _check_embeddings(
    name: str, embeddings: NDArray[Any] | None, n_documents: int
) -> NDArray[np.float64]:
    require(
        embeddings is not None,
        f"The backend {name!r} needs embeddings, one vector a document; pass embeddings= (see "
        "trends.embed).",
    )
    vectors = np.asarray(embeddings)
    require(
        vectors.ndim == 2 and vectors.shape[-1] > 1 and vectors.dtype.kind in "fiu",
        "Embeddings must be real numbers of shape (documents, dimensions); got "
        f"{vectors.dtype} of shape {vectors.shape}.",
        DataError,
    )
    require(
        len(vectors) == n_documents,
        f"There are {len(vectors)} embeddings and {n_documents} documents; one vector a document, "
        "in the same order.",
        DataError,
    )
    vectors = vectors.astype(np.float64)
    for bad, what in (
        (~np.isfinite(vectors).all(axis=1), "hold values that are not finite"),
        (~vectors.any(axis=1), "are all zero"),
    ):
        require(
            not bad.any(),
            f"{int(bad.sum())} embeddings {what}, the first in row {int(bad.argmax())}; a "
            "vector needs a direction that can be compared.",
            DataError,
        )
    return vectors


def _full_size(
    estimate: Estimate,
    counts: TermCounts,
    rows: NDArray[np.int64],
    seen: NDArray[np.bool_],
    provenance: dict[str, Any],
) -> Topics:
    k = estimate.theta.shape[1]
    theta, unassigned = np.zeros((counts.n_documents, k)), np.ones(counts.n_documents)
    theta[rows], unassigned[rows] = estimate.theta, estimate.unassigned
    # Rows are scaled once more so that they sum to one to the last bit that float64 allows.
    total = theta.sum(axis=1) + unassigned
    theta, unassigned = theta / total[:, None], unassigned / total
    order = np.argsort(-theta.mean(axis=0), kind="stable")
    phi = _columns(estimate.phi, seen)[order]
    return Topics(
        theta=theta[:, order],
        unassigned=unassigned,
        phi=phi / phi.sum(axis=1, keepdims=True),
        vocabulary=counts.vocabulary,
        doc_ids=counts.doc_ids,
        provenance=provenance,
        relevance=None if estimate.relevance is None else _columns(estimate.relevance, seen)[order],
        centres=None if estimate.centres is None else estimate.centres[order],
    )


def _columns(table: NDArray[np.float64], seen: NDArray[np.bool_]) -> NDArray[np.float64]:
    out = np.zeros((len(table), len(seen)))
    out[:, seen] = table
    return out
