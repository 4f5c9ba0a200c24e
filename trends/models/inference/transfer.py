"""Topics of documents that a fit has not seen, the fit frozen.

What a split of the corpus needs to learn on one part and test on the other.

A topic model is a measurement that was made from data. Where trends are estimated on the documents
on which the topics were found, the measurement may have fitted itself to the accidents that are
then tested; a frozen one cannot (Egami et al. 2022).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.core import TermCounts, Topics
from trends.core.computing.limits import PLAIN
from trends.errors import DataError, UsageError
from trends.models.clustering.centres import nearest, unit
from trends.models.inference.likelihood import maximum_likelihood
from trends.models.inference.neighbours import NEIGHBOURS, Near, find, voters_of
from trends.models.parallel import in_batches

Array = NDArray[np.float64]

#: Fold-in ends for a document when none of its shares moved by more than this in one step, and for
#: all after so many steps.
TOLERANCE, MOST_STEPS = 1e-6, 1000
#: Numbers (term of a document × topic) that are worked on at a time: 64 MB for each intermediate
#: result.
CHUNK = 8_000_000
#: With more documents than this they are folded in by compiled loops.
LARGE = PLAIN
#: Share of the fit's own documents that come back to their own topic, below which the transfer
#: carries a warning.
FEW_RETURN = 0.8


def transfer(
    fit: Topics,
    counts: TermCounts,
    *,
    train_vectors: Any = None,
    vectors: Any = None,
    near: Near | None = None,
    compiled: bool = False,
) -> Topics:
    """Give documents their shares of the topics of a fit, which stays as it is [1]_.

    Parameters
    ----------
    fit : Topics
        Fit of any backend.
    counts : TermCounts
        The new documents over the vocabulary of the fit. A document without a term that the fit
        knows is unassigned.
    train_vectors : ndarray of float, shape (documents of the fit, dimensions), optional
        Vectors of the documents on which the fit was made, for the family "embedding": with them,
        neighbours vote; without them, and always for fits whose clusters are defined by their
        centres, the nearest centre decides.
    vectors : ndarray of float, shape (documents of ``counts``, dimensions), optional
        Vectors of the new documents, from the embedding of the fit. Needed by the family
        "embedding" and not looked at by others.
    near : Near, optional
        What :func:`trends.models.inference.neighbours.find` makes of both; given, it is not made
        again for every fit of the same documents.
    compiled : bool
        Take the compiled loops however few documents there are, so that the shares of a document
        are the same to the last bit whichever documents come with it.

    Returns
    -------
    Topics
        The new documents; φ, relevance and vocabulary of the fit. Topics keep the order that they
        have in the fit, which need not be that of their shares here. ``provenance["transfer"]``
        says how it was done.

    Raises
    ------
    DataError
        If the vocabularies differ, or vectors are not what they should be.
    UsageError
        If the fit belongs to the family "embedding" and vectors are missing, or its topics were
        edited by hand.

    Notes
    -----
    *Mixtures of terms* (family "counts", and fits that name no family): what the fit's own shares
    are. For ``nmf`` they are those of maximum likelihood
    (:func:`trends.models.inference.likelihood.maximum_likelihood`). For LDA, collapsed variational
    inference of order zero [2]_ with φ fixed. The share r[i, k] of a token i of term w that belongs
    to topic k satisfies ``r[i, k] ∝ φ[k, w] (α[k] + Σ r[j, k])``, the sum being over the other
    tokens of the document; θ is ``(α + Σ r) / Σ``, the form of the posterior mean that Gibbs
    sampling reports. Steps are repeated from r ∝ φ[k, w] α[k] until θ stays. α is that of the fit
    where its provenance records it (``chosen.alpha``), else 1 / topics. A learned α is recorded in
    the order of the sampler, not that of the topics; its sum is then divided by the topics' mean
    shares, to which learning α brings it.

    *Clusters of vectors* (family "embedding"): for ``kmeans`` the nearest centre, which is how its
    own documents were assigned. Otherwise the five nearest documents of the fit vote, each with its
    cosine [3]_, all vectors scaled to length one and taken from the mean of the fit's documents. A
    document stays unassigned where the votes for its topic sum to less than a limit (the reject
    option of [4]_), which is set on the fit's documents, each judged by the others as though it
    were new: as many of them would be unassigned as the fit left unassigned. Of the 356 abstracts
    on pretraining, so judged, 81 to 86 % keep what five fits of ``bertopic`` gave them, against 73
    to 76 % by the nearest centroid: clusters of density are not round.
    ``provenance["transfer"]["agreement"]`` has the figure for the fit at hand. A fit that was saved
    keeps its centres and their limit, not the vectors of its documents; without ``train_vectors``
    the nearest centre decides for it too, with the same kind of limit.

    References
    ----------
    .. [1] Egami, N., Fong, C. J., Grimmer, J., Roberts, M. E. and Stewart, B. M. (2022). How to
           make causal inferences using texts.
       Science Advances 8, eabg2652.
    .. [2] Asuncion, A., Welling, M., Smyth, P. and Teh, Y. W. (2009). On smoothing and inference
           for topic models. UAI 2009.
    .. [3] Dudani, S. A. (1976). The distance-weighted k-nearest-neighbor rule. IEEE Transactions on
           Systems, Man, and Cybernetics 6.
    .. [4] Chow, C. K. (1970). On optimum recognition error and reject tradeoff. IEEE Transactions
           on Information Theory 16.
    """
    if counts.vocabulary != fit.vocabulary:
        message = (
            f"The fit has a vocabulary of {len(fit.vocabulary)} terms, and the documents are "
            f"counted over another one of {counts.n_terms}; "
            "count them over the vocabulary of the fit."
        )
        raise DataError(message)
    edited = fit.provenance.get("edits", {}).get("applied", [])
    if any(row["kind"] != "rename" for row in edited):
        message = (
            "Topics of this fit were merged, split or excluded by hand, so that it does not say "
            "which topics new documents have. Take the fit as it was made (a run without edits=), "
            "and edit what comes of it; or carry out the run again with all documents."
        )
        raise UsageError(message)
    warnings: list[str] = []
    known = np.asarray(counts.matrix @ (fit.phi.sum(axis=0) > 0).astype(np.float64)).ravel() > 0
    how: dict[str, Any]
    if fit.provenance.get("family") == "embedding":
        label, how = _clusters(fit, train_vectors, vectors, near, counts.n_documents)
        label = np.where(known, label, -1)
        theta = np.zeros((counts.n_documents, fit.n_topics))
        inside = np.flatnonzero(label >= 0)
        theta[inside, label[inside]] = 1.0
        unassigned = (label < 0).astype(np.float64)
        if how["agreement"] < FEW_RETURN:
            warnings.append(
                f"Judged as though they were new, {how['agreement']:.0%} of the documents of the "
                "fit come back to their own topic; "
                f"its clusters are not told apart well by their {how['method']}, so that "
                "transferred topics differ from those that were learnt."
            )
    else:
        theta, how, left = _mixtures(fit, counts, compiled)
        theta[~known] = 0.0
        unassigned = (~known).astype(np.float64)
        if left:
            warnings.append(
                f"Shares of {left} documents still moved after {how['steps']} steps of fold-in."
            )
        if (weight := fit.provenance.get("settings", {}).get("term_weight", "one")) != "one":
            warnings.append(
                f"The fit weighs terms ({weight}); transferred shares are shares of tokens, each "
                "counted once."
            )
    if not known.all():
        warnings.insert(
            0,
            f"{int((~known).sum())} of {len(known)} documents hold no term of the fit and are "
            "unassigned.",
        )
    provenance = {
        **fit.provenance,
        "warnings": [*fit.provenance.get("warnings", []), *warnings],
        "transfer": {
            **how,
            "fit": fit.fingerprint,
            "learnt_on": fit.n_documents,
            "terms": counts.fingerprint,
        },
    }
    return Topics(
        theta,
        unassigned,
        fit.phi,
        fit.vocabulary,
        counts.doc_ids,
        provenance,
        fit.relevance,
        fit.centres,
    )


def _mixtures(fit: Topics, counts: TermCounts, compiled: bool) -> tuple[Array, dict[str, Any], int]:
    if _rule(fit) == "maximum likelihood":
        theta, steps, left = maximum_likelihood(fit.phi, counts.matrix, compiled=compiled)
        return theta, {"method": "maximum likelihood", "steps": steps}, left
    alpha = prior(fit)
    theta, steps, left = fold_in(fit.phi, counts.matrix, alpha, compiled=compiled)
    return (
        theta,
        {"method": "fold-in", "alpha": [round(float(a), 6) for a in alpha], "steps": steps},
        left,
    )


def _clusters(
    fit: Topics, train_vectors: Any, vectors: Any, near: Near | None, n: int
) -> tuple[NDArray[np.int64], dict[str, Any]]:
    by_centre = _rule(fit) == "nearest centre" or (train_vectors is None and near is None)
    if near is not None and not by_centre:
        return _voted(fit, near)
    if vectors is None or (by_centre and fit.centres is None):
        message = (
            f"Topics of {fit.backend!r} are clusters of vectors; to transfer them, pass "
            + ("" if fit.centres is not None else "train_vectors= (the documents of the fit) and ")
            + "vectors= (the new documents) of the embedding of the fit."
        )
        raise UsageError(message)
    new = _checked(vectors, n, "vectors")
    if by_centre and fit.centres is not None:
        if new.shape[1] != fit.centres.shape[1]:
            message = (
                f"The centres of the fit have {fit.centres.shape[1]} dimensions and vectors "
                f"{new.shape[1]}; use the embedding of the fit."
            )
            raise DataError(message)
        facts = fit.provenance.get("new_documents", {})
        limit = float(facts.get("limit", -np.inf))
        label, support = nearest(unit(new), fit.centres)
        how: dict[str, Any] = {
            "method": "centres",
            "agreement": float(facts.get("agreement", np.nan)),
        }
        return np.where(support >= limit, label, -1), how | (
            {"limit": limit} if limit > -np.inf else {}
        )
    old = _checked(train_vectors, fit.n_documents, "train_vectors")
    if new.shape[1] != old.shape[1]:
        message = (
            f"train_vectors have {old.shape[1]} dimensions and vectors {new.shape[1]}; both must "
            "come from one embedding."
        )
        raise DataError(message)
    return _voted(fit, find(old, new))


def _voted(fit: Topics, near: Near) -> tuple[NDArray[np.int64], dict[str, Any]]:
    rule = voters_of(fit, near)
    how = {
        "method": "nearest neighbours",
        "neighbours": NEIGHBOURS,
        "agreement": round(rule.agreement, 6),
    }
    return rule.labels(near.new, near.cosine), how | (
        {"limit": round(rule.limit, 6)} if rule.limit > -np.inf else {}
    )


def _rule(fit: Topics) -> str:
    return str(fit.provenance.get("new_documents", {}).get("rule", ""))


def prior(fit: Topics) -> Array:
    """Dirichlet parameters of documents over the topics of a fit, in its order; shape (topics,)."""
    recorded = np.asarray(fit.provenance.get("chosen", {}).get("alpha", []), dtype=np.float64)
    if recorded.shape != (fit.n_topics,) or not (np.isfinite(recorded) & (recorded > 0)).all():
        return np.full(fit.n_topics, 1.0 / fit.n_topics)
    if np.ptp(recorded) == 0:
        return recorded
    share = np.maximum(fit.share, 1e-6)
    return np.asarray(recorded.sum() * share / share.sum())


def fold_in(
    phi: Array, matrix: sparse.csr_matrix, alpha: Array, *, compiled: bool = False
) -> tuple[Array, int, int]:
    """θ given φ by collapsed variational inference of order zero; see :func:`transfer`.

    Parameters
    ----------
    phi : ndarray, shape (topics, terms)
        p(term | topic); terms that no topic has are left out.
    matrix : scipy.sparse.csr_matrix of int, shape (documents, terms)
        Counts.
    alpha : ndarray, shape (topics,)
        Dirichlet parameters, all above zero.
    compiled : bool
        Take the compiled loops for few documents too.

    Returns
    -------
    theta : ndarray, shape (documents, topics)
        Rows sum to one; a document without a known term has the prior's mean.
    steps : int
        Of the document that took the most.
    left : int
        Documents that had not converged.
    """
    known = phi.sum(axis=0) > 0
    m = sparse.csr_matrix(matrix[:, known], dtype=np.float64)
    if m.shape[0] <= LARGE and not compiled:
        return fold_in_reference(phi[:, known].T, m, alpha)
    from trends.models import kernels

    terms = np.ascontiguousarray(phi[:, known].T)
    theta = np.empty((m.shape[0], len(phi)))

    def some(first: int, end: int) -> tuple[int, int]:
        rows = m.indptr[first : end + 1].astype(np.int64)
        return kernels.fold_in(
            terms,
            m.data,
            m.indices.astype(np.int32, copy=False),
            rows,
            alpha,
            TOLERANCE,
            MOST_STEPS,
            theta[first:end],
        )

    return theta, *in_batches(some, m.shape[0])


def fold_in_reference(terms: Array, m: sparse.csr_matrix, alpha: Array) -> tuple[Array, int, int]:
    """:func:`fold_in` in numpy, for φ transposed without the terms that no topic has."""
    theta = np.tile(alpha / alpha.sum(), (m.shape[0], 1))
    steps, left, first = 0, 0, 0
    while first < m.shape[0]:
        # Whole documents, as many as fit into a chunk, one at least.
        end = max(
            first + 1,
            int(np.searchsorted(m.indptr, m.indptr[first] + CHUNK // len(alpha), side="right")) - 1,
        )
        theta[first:end], n, still = _fold_in_chunk(terms, m[first:end], alpha)
        steps, left, first = max(steps, n), left + still, end
    return theta, steps, left


def _fold_in_chunk(terms: Array, m: sparse.csr_matrix, alpha: Array) -> tuple[Array, int, int]:
    out = np.tile(alpha / alpha.sum(), (m.shape[0], 1))
    active = np.flatnonzero(np.diff(m.indptr) > 0)
    m = m[active]
    r = terms[m.indices] * alpha
    # A term that a topic never has keeps a share of exactly zero; each term here has one topic at
    # least.
    r /= r.sum(axis=1, keepdims=True)
    for step in range(1, MOST_STEPS + 1):
        if not len(active):
            return out, step - 1, 0
        place = np.repeat(np.arange(len(active)), np.diff(m.indptr))
        member = sparse.csr_matrix(
            (m.data, np.arange(len(m.data)), m.indptr), shape=(len(active), len(m.data))
        )
        total = alpha + member @ r
        r = terms[m.indices] * np.maximum(total[place] - r, 0.0)
        r /= r.sum(axis=1, keepdims=True)
        theta = alpha + member @ r
        theta /= theta.sum(axis=1, keepdims=True)
        moving = np.abs(theta - out[active]).max(axis=1) > TOLERANCE
        out[active] = theta
        if not moving.all():
            r, m, active = r[moving[place]], m[np.flatnonzero(moving)], active[moving]
    return out, MOST_STEPS, len(active)


def _checked(vectors: Any, n: int, name: str) -> Array:
    array = np.asarray(vectors, dtype=np.float64)
    if array.ndim != 2 or len(array) != n or not np.isfinite(array).all():
        message = (
            f"{name} must be finite numbers, one row for each of {n} documents; got shape "
            f"{array.shape}."
        )
        raise DataError(message)
    return array
