"""Topics of documents that a fit has not seen, the fit frozen: what a split of the corpus needs to learn on one part and test on the other.

A topic model is a measurement that was made from data. Where trends are estimated on the documents on which the topics were found, the
measurement may have fitted itself to the accidents that are then tested; a frozen one cannot (Egami et al. 2022).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.core import TermCounts, Topics
from trends.errors import DataError, UsageError
from trends.models.centres import nearest, unit
from trends.models.likelihood import maximum_likelihood

Array = NDArray[np.float64]

#: Fold-in ends for a document when none of its shares moved by more than this in one step, and for all after so many steps.
TOLERANCE, MOST_STEPS = 1e-6, 1000
#: Numbers (term of a document × topic) that are worked on at a time: 64 MB for each intermediate result.
CHUNK = 8_000_000
#: Documents of the fit that vote about a new one.
NEIGHBOURS = 5
#: Share of the fit's own documents that come back to their own topic, below which the transfer carries a warning.
FEW_RETURN = 0.8


def transfer(fit: Topics, counts: TermCounts, *, train_vectors: Any = None, vectors: Any = None) -> Topics:
    """Give documents their shares of the topics of a fit, which stays as it is [1]_.

    Parameters
    ----------
    fit : Topics
        Fit of any backend.
    counts : TermCounts
        The new documents over the vocabulary of the fit. A document without a term that the fit knows is unassigned.
    train_vectors : ndarray of float, shape (documents of the fit, dimensions), optional
        Vectors of the documents on which the fit was made, for the family "embedding": with them, neighbours vote; without them, and always for
        fits whose clusters are defined by their centres, the nearest centre decides.
    vectors : ndarray of float, shape (documents of ``counts``, dimensions), optional
        Vectors of the new documents, from the embedding of the fit. Needed by the family "embedding" and not looked at by others.

    Returns
    -------
    Topics
        The new documents; φ, relevance and vocabulary of the fit. Topics keep the order that they have in the fit, which need not be
        that of their shares here. ``provenance["transfer"]`` says how it was done.

    Raises
    ------
    DataError
        If the vocabularies differ, or vectors are not what they should be.
    UsageError
        If the fit belongs to the family "embedding" and vectors are missing.

    Notes
    -----
    *Mixtures of terms* (family "counts", and fits that name no family): what the fit's own shares are. For ``nmf`` they are those of maximum
    likelihood (:func:`trends.models.likelihood.maximum_likelihood`). For LDA, collapsed variational inference of order zero [2]_ with φ fixed.
    The share r[i, k] of a token i of term w that belongs to topic k satisfies ``r[i, k] ∝ φ[k, w] (α[k] + Σ r[j, k])``, the sum being over the other tokens of the
    document; θ is ``(α + Σ r) / Σ``, the form of the posterior mean that Gibbs sampling reports. Steps are repeated from r ∝ φ[k, w] α[k] until θ stays.
    α is that of the fit where its provenance records it (``chosen.alpha``), else 1 / topics. A learned α is recorded in the order of the
    sampler, not that of the topics; its sum is then divided by the topics' mean shares, to which learning α brings it.

    *Clusters of vectors* (family "embedding"): for ``kmeans`` the nearest centre, which is how its own documents were assigned. Otherwise
    the five nearest documents of the fit vote, each with its cosine [3]_, all vectors scaled to length one and taken from the mean of the fit's documents. A document stays unassigned where the votes for its topic sum to less than a
    limit (the reject option of [4]_), which is set on the fit's documents, each judged by the others as though it were new: as many of them
    would be unassigned as the fit left unassigned. Of the 356 abstracts on pretraining, so judged, 81 to 86 % keep what five fits of ``bertopic`` gave them, against
    73 to 76 % by the nearest centroid: clusters of density are not round. ``provenance["transfer"]["agreement"]`` has the figure for the fit at hand.
    A fit that was saved keeps its centres and their limit, not the vectors of its documents; without ``train_vectors`` the nearest centre
    decides for it too, with the same kind of limit.

    References
    ----------
    .. [1] Egami, N., Fong, C. J., Grimmer, J., Roberts, M. E. and Stewart, B. M. (2022). How to make causal inferences using texts.
       Science Advances 8, eabg2652.
    .. [2] Asuncion, A., Welling, M., Smyth, P. and Teh, Y. W. (2009). On smoothing and inference for topic models. UAI 2009.
    .. [3] Dudani, S. A. (1976). The distance-weighted k-nearest-neighbor rule. IEEE Transactions on Systems, Man, and Cybernetics 6.
    .. [4] Chow, C. K. (1970). On optimum recognition error and reject tradeoff. IEEE Transactions on Information Theory 16.
    """
    if counts.vocabulary != fit.vocabulary:
        message = (
            f"The fit has a vocabulary of {len(fit.vocabulary)} terms, and the documents are counted over another one of {counts.n_terms}; "
            "count them over the vocabulary of the fit."
        )
        raise DataError(message)
    warnings: list[str] = []
    known = np.asarray(counts.matrix @ (fit.phi.sum(axis=0) > 0).astype(np.float64)).ravel() > 0
    how: dict[str, Any]
    if fit.provenance.get("family") == "embedding":
        label, how = _clusters(fit, train_vectors, vectors, counts.n_documents)
        label = np.where(known, label, -1)
        theta = np.zeros((counts.n_documents, fit.n_topics))
        inside = np.flatnonzero(label >= 0)
        theta[inside, label[inside]] = 1.0
        unassigned = (label < 0).astype(np.float64)
        if how["agreement"] < FEW_RETURN:
            warnings.append(
                f"Judged as though they were new, {how['agreement']:.0%} of the documents of the fit come back to their own topic; "
                f"its clusters are not told apart well by their {how['method']}, so that transferred topics differ from those that were learnt."
            )
    else:
        theta, how, left = _mixtures(fit, counts)
        theta[~known] = 0.0
        unassigned = (~known).astype(np.float64)
        if left:
            warnings.append(f"Shares of {left} documents still moved after {how['steps']} steps of fold-in.")
        if (weight := fit.provenance.get("settings", {}).get("term_weight", "one")) != "one":
            warnings.append(f"The fit weighs terms ({weight}); transferred shares are shares of tokens, each counted once.")
    if not known.all():
        warnings.insert(0, f"{int((~known).sum())} of {len(known)} documents hold no term of the fit and are unassigned.")
    provenance = {
        **fit.provenance,
        "warnings": [*fit.provenance.get("warnings", []), *warnings],
        "transfer": {**how, "fit": fit.fingerprint, "learnt_on": fit.n_documents, "terms": counts.fingerprint},
    }
    return Topics(theta, unassigned, fit.phi, fit.vocabulary, counts.doc_ids, provenance, fit.relevance, fit.centres)


def _mixtures(fit: Topics, counts: TermCounts) -> tuple[Array, dict[str, Any], int]:
    if _rule(fit) == "maximum likelihood":
        theta, steps, left = maximum_likelihood(fit.phi, counts.matrix)
        return theta, {"method": "maximum likelihood", "steps": steps}, left
    alpha = prior(fit)
    theta, steps, left = fold_in(fit.phi, counts.matrix, alpha)
    return theta, {"method": "fold-in", "alpha": [round(float(a), 6) for a in alpha], "steps": steps}, left


def _clusters(fit: Topics, train_vectors: Any, vectors: Any, n: int) -> tuple[NDArray[np.int64], dict[str, Any]]:
    by_centre = _rule(fit) == "nearest centre" or train_vectors is None
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
            message = f"The centres of the fit have {fit.centres.shape[1]} dimensions and vectors {new.shape[1]}; use the embedding of the fit."
            raise DataError(message)
        facts = fit.provenance.get("new_documents", {})
        limit = float(facts.get("limit", -np.inf))
        label, support = nearest(unit(new), fit.centres)
        how: dict[str, Any] = {"method": "centres", "agreement": float(facts.get("agreement", np.nan))}
        return np.where(support >= limit, label, -1), how | ({"limit": limit} if limit > -np.inf else {})
    rule = neighbours(fit, _checked(train_vectors, fit.n_documents, "train_vectors"))
    if new.shape[1] != rule.vectors.shape[1]:
        message = f"train_vectors have {rule.vectors.shape[1]} dimensions and vectors {new.shape[1]}; both must come from one embedding."
        raise DataError(message)
    how = {"method": "nearest neighbours", "neighbours": NEIGHBOURS, "agreement": round(rule.agreement, 6)}
    return rule.labels(new), how | ({"limit": round(rule.limit, 6)} if rule.limit > -np.inf else {})


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


def fold_in(phi: Array, matrix: sparse.csr_matrix, alpha: Array) -> tuple[Array, int, int]:
    """θ given φ by collapsed variational inference of order zero; see :func:`transfer`.

    Parameters
    ----------
    phi : ndarray, shape (topics, terms)
        p(term | topic); terms that no topic has are left out.
    matrix : scipy.sparse.csr_matrix of int, shape (documents, terms)
        Counts.
    alpha : ndarray, shape (topics,)
        Dirichlet parameters, all above zero.

    Returns
    -------
    theta : ndarray, shape (documents, topics)
        Rows sum to one; a document without a known term has the prior's mean.
    steps : int
        Of the document that took the most.
    left : int
        Documents that had not converged.
    """
    m = sparse.csr_matrix(matrix[:, phi.sum(axis=0) > 0], dtype=np.float64)
    terms = phi[:, phi.sum(axis=0) > 0].T
    theta = np.tile(alpha / alpha.sum(), (m.shape[0], 1))
    steps, left, first = 0, 0, 0
    while first < m.shape[0]:
        # Whole documents, as many as fit into a chunk, one at least.
        end = max(first + 1, int(np.searchsorted(m.indptr, m.indptr[first] + CHUNK // phi.shape[0], side="right")) - 1)
        theta[first:end], n, still = _fold_in_chunk(terms, m[first:end], alpha)
        steps, left, first = max(steps, n), left + still, end
    return theta, steps, left


def _fold_in_chunk(terms: Array, m: sparse.csr_matrix, alpha: Array) -> tuple[Array, int, int]:
    out = np.tile(alpha / alpha.sum(), (m.shape[0], 1))
    active = np.flatnonzero(np.diff(m.indptr) > 0)
    m = m[active]
    r = terms[m.indices] * alpha
    # A term that a topic never has keeps a share of exactly zero; each term here has one topic at least.
    r /= r.sum(axis=1, keepdims=True)
    for step in range(1, MOST_STEPS + 1):
        if not len(active):
            return out, step - 1, 0
        place = np.repeat(np.arange(len(active)), np.diff(m.indptr))
        member = sparse.csr_matrix((m.data, np.arange(len(m.data)), m.indptr), shape=(len(active), len(m.data)))
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


@dataclass(frozen=True)
class Neighbours:
    """The fit's documents as voters about new ones; see :func:`transfer`.

    Parameters
    ----------
    mean : ndarray, shape (dimensions,)
        Mean of the fit's documents, from which all vectors are taken.
    vectors : ndarray, shape (documents, dimensions)
        The fit's documents, of length one.
    hard : ndarray of int, shape (documents,)
        Their topics, -1 where unassigned.
    n_topics : int
        Number of topics.
    limit : float
        Least support that a document of a topic has.
    agreement : float
        Share of the fit's documents, each judged by the others, that keep their topic or stay unassigned.
    """

    mean: Array
    vectors: Array
    hard: NDArray[np.int64]
    n_topics: int
    limit: float = -np.inf
    agreement: float = np.nan

    def labels(self, vectors: Array) -> NDArray[np.int64]:
        """The topic of each document, -1 where none has support enough."""
        return self.decide(*self.support(unit(unit(vectors) - self.mean)))

    def decide(self, label: NDArray[np.int64], support: Array) -> NDArray[np.int64]:
        """The topics that were voted for where their support suffices; none where no neighbour has a topic."""
        return np.where((support >= self.limit) & (support > 0), label, -1)

    def support(self, x: Array, *, themselves: bool = False) -> tuple[NDArray[np.int64], Array]:
        """The topic with the largest sum of cosines among the nearest documents, and that sum; ``themselves``: ``x`` are the fit's documents."""
        k = min(NEIGHBOURS, len(self.vectors) - (1 if themselves else 0))
        label, support = np.zeros(len(x), dtype=np.int64), np.zeros(len(x))
        step = max(1, CHUNK // len(self.vectors))
        for first in range(0, len(x), step):
            # Rounded: the last bits of a sum differ between machines, a neighbour must not.
            cosine = np.round(x[first : first + step] @ self.vectors.T, 9)
            rows = np.arange(len(cosine))
            if themselves:
                cosine[rows, first + rows] = -2.0
            near = np.argsort(-cosine, axis=1, kind="stable")[:, :k]
            votes = np.zeros((len(cosine), self.n_topics + 1))
            np.add.at(votes, (rows[:, None], self.hard[near] + 1), np.maximum(cosine[rows[:, None], near], 1e-6))
            label[first : first + step] = votes[:, 1:].argmax(axis=1)
            support[first : first + step] = np.round(votes[:, 1:].max(axis=1), 9)
        return label, support


def neighbours(fit: Topics, vectors: Array) -> Neighbours:
    """Voters and the limit of their support, from the vectors of the fit's own documents."""
    mean = unit(vectors).mean(axis=0)
    hard = np.asarray(fit.hard)
    voters = Neighbours(mean, unit(unit(vectors) - mean), hard, fit.n_topics)
    label, support = voters.support(voters.vectors, themselves=True)
    unassigned = float((hard < 0).mean())
    voters = replace(voters, limit=float(np.quantile(support, unassigned)) if unassigned > 0 else -np.inf)
    return replace(voters, agreement=float((voters.decide(label, support) == hard).mean()))


def _checked(vectors: Any, n: int, name: str) -> Array:
    array = np.asarray(vectors, dtype=np.float64)
    if array.ndim != 2 or len(array) != n or not np.isfinite(array).all():
        message = f"{name} must be finite numbers, one row for each of {n} documents; got shape {array.shape}."
        raise DataError(message)
    return array
