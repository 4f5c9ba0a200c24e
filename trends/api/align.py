"""``tr.align``: which topics of two fits are the same, or how documents move between them."""

from __future__ import annotations

from typing import Any, Literal, overload

import numpy as np
import pandas as pd

from trends.core import Alignment, Topics
from trends.core.computing.rng import Rng
from trends.core.given.expected import expects
from trends.errors import UsageError

Kind = Literal["documents", "words", "embeddings"]


@overload
def align(
    left: Topics,
    right: Topics,
    *,
    method: Literal["assignment"] = ...,
    similarity: Kind = ...,
    embeddings: Any = ...,
    rng: Rng,
) -> Alignment: ...


@overload
def align(
    left: Topics,
    right: Topics,
    *,
    method: Literal["transport"],
    similarity: Kind = ...,
    embeddings: Any = ...,
    rng: Rng | None = ...,
) -> pd.DataFrame: ...


@expects(left=Topics, right=Topics)
def align(
    left: Topics,
    right: Topics,
    *,
    method: str = "assignment",
    similarity: Kind = "documents",
    embeddings: Any = None,
    rng: Rng | None = None,
) -> Alignment | pd.DataFrame:
    """Compare the topics of two fits, such as two backends, seeds or numbers of topics.

    Parameters
    ----------
    left, right : Topics
        The fits. Documents and terms are matched by name.
    method : {"assignment", "transport"}
        ``"assignment"`` finds at most one partner for each topic and tests that they are the same
        (:func:`trends.analysis.alignment.hungarian.align`). ``"transport"`` gives the share of
        documents that each topic has in common with each other one, for unequal numbers of topics
        and where a topic splits (:func:`trends.analysis.alignment.transport.transport`), without
        a test.
    similarity : {"documents", "words", "embeddings"}
        Documents, which every backend has, need documents that both fits know. Fits of other
        corpora or periods are compared by words (same vocabulary) or embeddings (vectors of one
        model).
    embeddings : frame, mapping or array, or pair of such, optional
        Vectors of the documents, for ``"embeddings"``: one for both fits, or one for each; with
        ids, or an array in the order of ``doc_ids``, see :func:`trends.fit`.
    rng : int or numpy.random.Generator
        Source of the permutations of ``"assignment"``.

    Returns
    -------
    Alignment or pandas.DataFrame
        For ``"transport"`` one row for each flow: ``left``, ``right`` (topics), ``share`` (of all
        assigned mass; sums to one), ``share_left`` (of the left topic) and ``share_right`` (of the
        right topic).

    Raises
    ------
    UsageError
        If the method or the similarity is unknown, or ``rng`` is missing.
    DataError
        If the fits share no documents or no terms.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> one, other = (tr.fit(corpus, "nmf", n_topics=4, rng=seed) for seed in (7, 8))
    >>> alignment = tr.align(one, other, rng=7)
    >>> list(alignment.frame().columns)
    ['topic_a', 'topic_b', 'similarity', 'null_p']
    >>> flows = tr.align(one, other, method="transport")
    >>> round(float(flows["share"].sum()), 6)
    1.0
    """
    if embeddings is not None and similarity == "embeddings":
        embeddings = _vectors(left, right, embeddings)
    if method == "assignment":
        from trends.analysis.alignment.hungarian import align as assign

        if rng is None:
            message = (
                "tr.align tests by permutation and needs rng=, a whole number or a numpy "
                "Generator; "
                "it makes the result repeatable."
            )
            raise UsageError(message)
        return assign(left, right, similarity=similarity, embeddings=embeddings, rng=rng)
    if method == "transport":
        from trends.analysis.alignment.transport import transport

        plan = transport(left, right, similarity=similarity, embeddings=embeddings)
        a, b = np.nonzero(plan > 1e-12)
        share = plan[a, b]
        of_left, of_right = share / plan.sum(1)[a], share / plan.sum(0)[b]
        return pd.DataFrame(
            {"left": a, "right": b, "share": share, "share_left": of_left, "share_right": of_right}
        )
    message = (
        f"Unknown method {method!r}. Allowed: assignment (one partner or none), transport (one to "
        "many)."
    )
    raise UsageError(message)


def _vectors(left: Topics, right: Topics, given: Any) -> Any:
    """The vectors of both fits, each in the order of its documents."""
    from trends.runs.tasks.vectors import vectors_of

    if isinstance(given, tuple) and len(given) == 2:
        sides = zip((left, right), given, strict=True)
        return tuple(vectors_of(fit, vectors, "embeddings") for fit, vectors in sides)
    if left.doc_ids == right.doc_ids:
        return vectors_of(left, given, "embeddings")
    return tuple(vectors_of(fit, given, "embeddings") for fit in (left, right))
