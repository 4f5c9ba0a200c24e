"""TermCounts: one vocabulary and one count matrix, shared by every backend."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.core.checks import Numbers, digest, unique
from trends.core.given.keys import by_name
from trends.errors import DataError


def _settled(matrix: Any) -> bool:
    """Whether a matrix is one of counts that nobody can write to, in order and without zeros."""
    return (
        type(matrix) is sparse.csr_matrix
        and not any(part.flags.writeable for part in (matrix.data, matrix.indices, matrix.indptr))
        and matrix.dtype == np.int32
        and bool(matrix.has_canonical_format)
        and (not matrix.nnz or matrix.data.min() > 0)
    )


@dataclass(frozen=True)
class TermCounts:
    """How often each term of one vocabulary occurs in each document.

    Parameters
    ----------
    matrix : scipy.sparse.csr_matrix of int, shape (documents, terms)
        Counts. Rows may be empty; they are kept and counted.
    vocabulary : tuple of str, length terms
        Sorted, unique. A phrase is one term, its words joined by a space.
    doc_ids : tuple of str, length documents
        In corpus order.

    Examples
    --------
    >>> import trends as tr
    >>> from scipy import sparse
    >>> matrix = sparse.csr_matrix([[2, 1], [0, 3]])
    >>> counts = tr.TermCounts(matrix, ("solar cell", "whale"), ("a", "b"))
    >>> counts.n_documents, counts.n_terms
    (2, 2)
    """

    matrix: sparse.csr_matrix
    vocabulary: tuple[str, ...]
    doc_ids: tuple[str, ...]
    #: What made the counts: settings of tokenisation and phrases, for the manifest.
    settings: dict[str, Any] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        # Counts that nobody can write to and that are in order are taken as they are: they may be
        # the largest thing in memory.
        object.__setattr__(self, "vocabulary", tuple(self.vocabulary))
        object.__setattr__(self, "doc_ids", tuple(self.doc_ids))
        named = by_name(self.matrix, self.doc_ids, "counts")
        named = by_name(named, self.vocabulary, "counts", 1)
        matrix = named if _settled(named) else sparse.csr_matrix(named, copy=True)
        if matrix is not named:
            matrix.sum_duplicates()
            matrix.sort_indices()
            matrix.eliminate_zeros()
        expected = (len(self.doc_ids), len(self.vocabulary))
        if matrix.shape != expected:
            message = (
                f"Counts have shape {matrix.shape}; {expected[0]} documents and {expected[1]} "
                "terms were named."
            )
            raise DataError(message)
        if matrix.nnz and (
            matrix.data.min() < 0
            or (matrix.data.dtype.kind not in "iu" and (matrix.data != np.round(matrix.data)).any())
        ):
            message = "Counts must be whole numbers, not negative."
            raise DataError(message)
        unique(self.vocabulary, "Terms of the vocabulary")
        unique(self.doc_ids, "Document ids")
        if list(self.vocabulary) != sorted(self.vocabulary):
            message = "The vocabulary must be sorted."
            raise DataError(message)
        matrix = matrix.astype(np.int32, copy=False)
        for part in (matrix.data, matrix.indices, matrix.indptr):
            part.setflags(write=False)
        object.__setattr__(self, "matrix", matrix)

    @property
    def n_documents(self) -> int:
        """Number of documents, the empty ones included."""
        return len(self.doc_ids)

    @property
    def n_terms(self) -> int:
        """Size of the vocabulary."""
        return len(self.vocabulary)

    @cached_property
    def tokens(self) -> NDArray[np.int64]:
        """Tokens per document, shape (documents,)."""
        return np.asarray(self.matrix.sum(axis=1), dtype=np.int64).ravel()

    @cached_property
    def document_frequency(self) -> NDArray[np.int64]:
        """Documents in which each term occurs, shape (terms,)."""
        return np.bincount(self.matrix.indices, minlength=self.n_terms).astype(np.int64)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of ids, vocabulary and counts."""
        m = self.matrix
        return digest(
            "\n".join(self.doc_ids),
            "\n".join(self.vocabulary),
            *(Numbers(part, "<i8") for part in (m.indptr, m.indices, m.data)),
        )

    def keep_terms(self, keep: NDArray[np.bool_]) -> TermCounts:
        """The same documents with only the terms for which ``keep`` is true."""
        kept = np.flatnonzero(keep)
        vocabulary = tuple(self.vocabulary[i] for i in kept)
        return TermCounts(self.matrix[:, kept], vocabulary, self.doc_ids, settings=self.settings)

    def take_documents(self, rows: NDArray[np.int64]) -> TermCounts:
        """The documents of the given rows, in that order, over the same vocabulary."""
        ids = tuple(self.doc_ids[i] for i in rows)
        return TermCounts(self.matrix[rows], self.vocabulary, ids, settings=self.settings)

    def _repr_html_(self) -> str:
        return (
            f"<b>TermCounts</b>: {self.n_documents:,} documents × {self.n_terms:,} terms, "
            f"{int(self.matrix.sum()):,} tokens, {int((self.tokens == 0).sum())} empty documents"
        )
