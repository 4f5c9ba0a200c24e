"""FREX and relevance: which terms are frequent in a topic and also its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata


def exclusivity(phi: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of a term's probability, summed over topics, that lies in each topic.

    Shape (topics, terms). Topics weigh the same whatever their size. A term that no topic uses is 0
    everywhere.
    """
    total = phi.sum(0)
    return np.where(total > 0, phi / np.where(total > 0, total, 1.0), 0.0)


def frex(phi: NDArray[np.float64], *, weight: float = 0.7) -> NDArray[np.float64]:
    r"""FREX of each term in each topic, between 0 and 1, shape (topics, terms).

    .. math:: \mathrm{FREX}_{kv} = \left(\frac{w}{E_{kv}} + \frac{1 - w}{F_{kv}}\right)^{-1}

    with E and F the ranks (ties averaged, divided by the number of terms) of the term's exclusivity
    and probability in the topic [1]_.

    Parameters
    ----------
    phi : ndarray of float, shape (topics, terms)
        p(term | topic).
    weight : float
        Weight of exclusivity, in [0, 1]; 0.7 as in the R package stm.

    References
    ----------
    .. [1] Bischof, J. M. and Airoldi, E. M. (2012). Summarizing topical content with word frequency
           and exclusivity. ICML 2012.
    """
    n_terms = phi.shape[1]
    own = rankdata(exclusivity(phi), axis=1) / n_terms
    often = rankdata(phi, axis=1) / n_terms
    return 1 / (weight / own + (1 - weight) / often)


def relevance(
    phi: NDArray[np.float64], background: NDArray[np.float64], *, weight: float = 0.6
) -> NDArray[np.float64]:
    r"""Relevance of each term to each topic [1]_, shape (topics, terms).

    It is :math:`\lambda \ln \phi_{kv} + (1 - \lambda) \ln(\phi_{kv} / p_v)`.

    Parameters
    ----------
    phi : ndarray of float, shape (topics, terms)
        p(term | topic).
    background : ndarray of float, shape (terms,)
        p(term) in the corpus.
    weight : float
        :math:`\lambda`, in [0, 1]; 0.6 did best in the authors' user study.

    Notes
    -----
    A term with no probability in a topic has relevance minus infinity.

    References
    ----------
    .. [1] Sievert, C. and Shirley, K. (2014). LDAvis: a method for visualizing and interpreting
           topics. ILLVI 2014.
    """
    usable = (phi > 0) & (background > 0)
    log_phi = np.log(np.where(usable, phi, 1.0))
    log_p = np.log(np.where(background > 0, background, 1.0))
    return np.where(usable, log_phi - (1 - weight) * log_p, -np.inf)
