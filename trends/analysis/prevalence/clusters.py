"""Documents that come in clusters (an author, a thread, an outlet) say less about a share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from trends.core import Prevalence
from trends.core.wording import plural
from trends.errors import DataError

Array = NDArray[np.float64]

#: Documents that the correlation of all topics counts for beside those of one topic: of a rare
#: topic too few clusters are seen to tell its own.
PRIOR_DOCUMENTS = 5.0


def cluster_codes(
    values: Sequence[Any] | pd.Series, documents: int
) -> tuple[NDArray[np.int64], dict[str, Any]]:
    """Number of the cluster of each document, and how many there are.

    Parameters
    ----------
    values : sequence, length documents
        Name of each document's cluster. One without a name (missing, or white space) is a cluster
        of its own.
    documents : int
        How many documents there are.

    Returns
    -------
    codes : ndarray of int, shape (documents,)
    about : dict
        ``column`` (name of the series), ``clusters`` (with a name), ``alone`` (documents without a
        name).

    Raises
    ------
    DataError
        If there are not as many values as documents.
    """
    column = pd.Series(values)
    if len(column) != documents:
        message = f"{len(column)} clusters were given for {documents} documents."
        raise DataError(message)
    names = column.where(column.notna(), "").astype(str).str.strip()
    codes, _ = pd.factorize(names.where(names != "", None))
    codes = codes.astype(np.int64)
    known = int(codes.max(initial=-1)) + 1
    alone = np.flatnonzero(codes < 0)
    codes[alone] = known + np.arange(len(alone))
    about = {
        "column": str(getattr(values, "name", "") or ""),
        "clusters": known,
        "alone": len(alone),
    }
    return codes, about


def design_effect(theta: Array, weights: sparse.csr_matrix, clusters: NDArray[np.int64]) -> Array:
    r"""How many documents of a period say as much as one that was drawn alone.

    The effect is :math:`1 + \rho_k e_b`. :math:`e_b` is the number of other documents of the
    period in a document's cluster, averaged over its documents; :math:`\rho_k` the correlation of
    topic k between two documents of one cluster and period, pooled over periods, since one
    period's clusters are too few to tell it.

    Parameters
    ----------
    theta : ndarray, shape (documents, topics)
        Part of each document that belongs to each topic.
    weights : scipy.sparse.csr_matrix, shape (documents, periods)
        Part of each document that counts in each period.
    clusters : ndarray of int, shape (documents,)
        From :func:`cluster_codes`.

    Returns
    -------
    ndarray, shape (periods, topics)
        At least 1; 1 where no two documents of a period share a cluster.

    Notes
    -----
    The variance of a share with clusters as units is that of the ratio estimator, linearised: the
    sum over clusters of :math:`(\sum_d w_d (\theta_{dk} - p_{bk}))^2`. What it holds beyond the
    same sum over documents are the products of pairs; divided by what they would be if both of a
    pair were the same document they give :math:`\rho_k`. The residuals lean on the period's own
    mean, which is allowed for. Half-known correlations are drawn to that of all topics. Where each
    period is one single cluster nothing can be known, and :math:`\rho_k = 1`.

    References
    ----------
    Kish (1965), Survey Sampling, section 5.4; Cochran (1977), Sampling Techniques, 3rd ed.,
    section 9A.2; Donner and Koval (1980), Biometrics 36, 19–25.
    """
    entries = sparse.coo_array(weights)
    document, period = entries.coords
    weight = entries.data
    periods, topics = weights.shape[1], theta.shape[1]
    n = np.bincount(period, weight, periods)
    _, group, members = np.unique(
        period.astype(np.int64) * (int(clusters.max(initial=0)) + 1) + clusters[document],
        return_inverse=True,
        return_counts=True,
    )
    some = np.flatnonzero(members[group] > 1)
    if not len(some):
        return np.ones((periods, topics))
    size = np.where(n > 0, n, 1.0)
    mean = (weights.T @ theta) / size[:, None]
    variance = np.clip((weights.T @ theta**2) / size[:, None] - mean**2, 0, None)
    _, group = np.unique(group[some], return_inverse=True)
    period, weight = period[some], weight[some]
    own = weight[:, None] * (theta[document[some]] - mean[period])
    sums = sparse.csr_array((np.ones(len(some)), (group, np.arange(len(some)))))
    products = ((sums @ own) ** 2).sum(0) - (own**2).sum(0)
    of_group = np.zeros(sums.shape[0], dtype=np.int64)
    of_group[group] = period
    pairs = np.bincount(of_group, (sums @ weight) ** 2, periods) - np.bincount(
        period, weight**2, periods
    )
    return correlation(products, pairs, variance, n)


def correlation(products: Array, pairs: Any, variance: Array, n: Any) -> Array:
    """The design effect from sums over pairs of documents of one cluster and period.

    Parameters
    ----------
    products : ndarray, shape (topics,)
        Products of the residuals of pairs, added over periods.
    pairs : ndarray, shape (periods,)
        Pairs of documents, each counted twice.
    variance : ndarray, shape (periods, topics)
        Of the shares of documents about the mean of their period.
    n : ndarray, shape (periods,)
        Documents.

    Returns
    -------
    ndarray, shape (periods, topics)
    """
    if not pairs.any():
        return np.ones(variance.shape)
    size = np.where(n > 0, n, 1.0)
    others = pairs / size
    alike = variance * pairs[:, None]  # the products if both of a pair were one document
    total = alike.sum(0)
    prior = PRIOR_DOCUMENTS * pairs.sum() / n.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = (products + prior * products.sum() / total.sum()) / (total + prior)
        lean = (alike / size[:, None]).sum(0) / total
        lean_others = (alike * (others / size)[:, None]).sum(0) / total
        below = 1 - (1 - raw) * lean_others
        rho = np.where(below > 1e-9, (raw + (1 - raw) * lean) / below, 1.0)
    return np.asarray(1 + others[:, None] * np.clip(np.where(total > 0, rho, 1.0), 0, 1))


def about_clusters(shares: Prevalence) -> list[str]:
    """What clusters do to shares and trends, in a sentence; none where there are no clusters."""
    if "cluster" not in shares.settings:
        return []
    about = shares.settings["cluster"]
    size = np.where(shares.n_docs > 0, shares.n_docs, np.nan)[:, None]
    counts = np.nanmedian(size / np.asarray(shares.settings["dispersion"]), axis=0) / np.nanmedian(
        size
    )
    low, high = f"{counts.min():.2f}", f"{counts.max():.2f}"
    return [
        (
            f"Documents of one {about['column'] or 'cluster'} are not taken for independent: "
            f"{plural(about['clusters'], 'cluster')}, and {plural(about['alone'], 'document')} "
            "without one, each on its own. In intervals and tests a document counts for "
            f"{low if low == high else f'{low} to {high}, by topic'} (design effect)."
        )
    ]


def without_cluster(values: pd.Series | None) -> list[str]:
    """How many documents have no cluster, in a sentence; none where all have one."""
    if values is None:
        return []
    alone = cluster_codes(values, len(values))[1]["alone"]
    return said_alone(alone, len(values), str(values.name))


def said_alone(alone: int, documents: int, column: str) -> list[str]:
    """The same from counts."""
    if not alone:
        return []
    has = "has" if alone == 1 else "have"
    of = f"{plural(alone, 'document')} of {documents:,}"
    return [f"{of} {has} no {column}: each counts as a cluster of its own."]
