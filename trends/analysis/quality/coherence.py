"""NPMI and C_v of term lists by boolean document co-occurrence, for many models at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trends.core.checks import read_only
from trends.core.terms import TermCounts
from trends.errors import DataError

#: Added to joint probabilities, as Röder et al. (2015) and gensim do, so that terms that never meet
#: have a logarithm.
EPSILON = 1e-12


@dataclass(frozen=True)
class Cooccurrence:
    """In how many documents of a reference corpus each two of some terms occur together.

    Parameters
    ----------
    terms : tuple of str
        The terms counted.
    joint : ndarray of int, shape (terms, terms)
        Documents that contain both; documents that contain the term on the diagonal.
    n_documents : int
        Documents of the reference, empty ones included.
    """

    terms: tuple[str, ...]
    joint: NDArray[np.int64]
    n_documents: int
    index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "joint", read_only(np.asarray(self.joint, dtype=np.int64)))
        object.__setattr__(self, "index", {term: i for i, term in enumerate(self.terms)})


def cooccurrence(reference: TermCounts, terms: Iterable[str]) -> Cooccurrence:
    """Count co-occurrence of the given terms by one sparse product.

    Terms that the reference does not know are kept with counts of zero. Cost: one product of a
    documents × terms matrix with itself, whatever the number of models whose top terms are asked
    for.

    Raises
    ------
    DataError
        If the reference has no documents.
    """
    if not reference.n_documents:
        message = "The reference corpus has no documents, so coherence cannot be estimated on it."
        raise DataError(message)
    wanted = sorted(set(terms))
    position = {term: j for j, term in enumerate(reference.vocabulary)}
    known = [i for i, term in enumerate(wanted) if term in position]
    present = reference.matrix[:, [position[wanted[i]] for i in known]].astype(np.int32)
    present.data = np.ones_like(present.data)
    joint = np.zeros((len(wanted), len(wanted)), dtype=np.int64)
    if known:
        joint[np.ix_(known, known)] = (present.T @ present).toarray()
    return Cooccurrence(tuple(wanted), joint, reference.n_documents)


def npmi(topics: Sequence[Sequence[str]], counts: Cooccurrence) -> NDArray[np.float64]:
    r"""Mean normalised pointwise mutual information (NPMI) of each topic's terms [1]_.

    The mean is over the pairs of terms; shape (topics,).

    .. math:: \mathrm{NPMI}(v, w) = \frac{\ln\frac{p(v, w) + \epsilon}{p(v)\,p(w)}}{-\ln(p(v, w) +
    \epsilon)},

    with p the share of documents that contain a term, or both.

    Notes
    -----
    Equal to gensim's ``c_npmi`` when its window holds the whole document. Two terms that both occur
    but never together get
    :math:`\ln(\epsilon / p(v)p(w)) / -\ln \epsilon`, which is near -1 but not -1. (Two terms that
    are in *every* document get
    -1 as well, a quirk of the estimator that is kept: the measure is 0/0 there. Vocabularies leave
    such terms out.) A pair with a term that the reference does not contain has no estimate and is
    left out of the mean; a topic without any pair is NaN. gensim returns infinity or NaN there,
    other evaluators put another term in its place.

    References
    ----------
    .. [1] Bouma, G. (2009). Normalized (pointwise) mutual information in collocation extraction.
           GSCL 2009.
    """
    return np.array([_npmi_of(_pairwise(terms, counts)) for terms in topics])


def c_v(topics: Sequence[Sequence[str]], counts: Cooccurrence) -> NDArray[np.float64]:
    r"""C_v coherence of each topic [1]_, from whole documents in place of sliding windows.

    Documents are boolean (a term occurs or not); shape (topics,). Each term is the vector of its
    NPMI with all terms of the topic (itself included); the topic is the sum of these vectors; C_v
    is the mean cosine between the terms' vectors and the topic's.

    Notes
    -----
    Equal to gensim's ``c_v`` when its window holds the whole document. The published measure slides
    a window of 110 tokens; on abstracts that is the document too. Terms that the reference does not
    contain are left out; a topic with fewer than two terms left is NaN.

    References
    ----------
    .. [1] Röder, M., Both, A. and Hinneburg, A. (2015). Exploring the space of topic coherence
           measures. WSDM 2015.
    """
    return np.array([_c_v_of(_pairwise(terms, counts)) for terms in topics])


def absent(topics: Sequence[Sequence[str]], counts: Cooccurrence) -> NDArray[np.int64]:
    """How many of each topic's terms no document of the reference contains, shape (topics,)."""
    return np.array(
        [sum(not _occurs(term, counts) for term in terms) for terms in topics], dtype=np.int64
    )


def _occurs(term: str, counts: Cooccurrence) -> bool:
    if term not in counts.index:
        message = (
            f"Co-occurrence was not counted for the term {term!r}; count it over the union of all "
            "topics' terms."
        )
        raise DataError(message)
    position = counts.index[term]
    return bool(counts.joint[position, position] > 0)


def _pairwise(terms: Sequence[str], counts: Cooccurrence) -> NDArray[np.float64]:
    """NPMI of each two of the terms that occur in the reference, diagonal included."""
    rows = [counts.index[term] for term in terms if _occurs(term, counts)]
    joint = counts.joint[np.ix_(rows, rows)] / counts.n_documents
    single = np.diag(joint)
    return np.log((joint + EPSILON) / np.outer(single, single)) / -np.log(joint + EPSILON)


def _npmi_of(pairwise: NDArray[np.float64]) -> float:
    n = len(pairwise)
    return float("nan") if n < 2 else float((pairwise.sum() - np.trace(pairwise)) / (n * (n - 1)))


def _c_v_of(pairwise: NDArray[np.float64]) -> float:
    if len(pairwise) < 2:
        return float("nan")
    topic = pairwise.sum(0)
    lengths = np.sqrt((pairwise**2).sum(1)) * np.sqrt(topic @ topic)
    return float((pairwise @ topic / lengths).mean()) if (lengths > 0).all() else float("nan")
