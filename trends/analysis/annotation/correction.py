"""Shares of the documents of each period, corrected by a sample that people coded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trends.analysis.annotation.calibration import calibrate
from trends.analysis.prevalence.intervals import wilson
from trends.errors import DataError

Array = NDArray[np.float64]

#: How predictions are put to use.
Method = Literal["dsl", "ppi"]
METHODS: tuple[Method, ...] = ("dsl", "ppi")

#: Parts of the labels; the regression for one is learnt from the others.
FOLDS = 5

#: Less than this share of the variance that the labels alone would have is not believed.
LEAST_VARIANCE = 1e-3


@dataclass(frozen=True)
class CorrectedShare:
    """One code's share in each period; arrays of shape (periods,), NaN where nobody coded.

    Parameters
    ----------
    share, lower, upper : ndarray
        Corrected share with its interval.
    n_eff : ndarray
        Documents of a simple random sample that would be as precise; 0 where nobody coded.
    predicted : ndarray
        Mean prediction of all documents: the share without correction.
    labels : ndarray of int
        Labelled documents.
    weight : float
        Of the predictions: 1 for ``"dsl"``, the power tuning for ``"ppi"``.
    """

    share: Array
    lower: Array
    upper: Array
    n_eff: Array
    predicted: Array
    labels: NDArray[np.int64]
    weight: float

    @property
    def variance(self) -> Array:
        """Sampling variance of each share.

        Periods are strata of the draw, so that shares of different periods are uncorrelated: the
        covariance matrix is diagonal.
        """
        middle = np.clip(self.share, 1e-9, 1 - 1e-9)
        with np.errstate(divide="ignore"):
            return middle * (1 - middle) / self.n_eff


def correct_share(
    gold: Array,
    predicted: Array,
    period: NDArray[np.int64],
    stratum: NDArray[np.int64],
    *,
    method: Method = "dsl",
    weight: float | None = None,
    level: float = 0.95,
) -> CorrectedShare:
    r"""Correct the share of one code in each period.

    .. math:: \hat p_t = \frac{1}{N_t} \sum_{i \in t} \left[ \hat f_i
       + \frac{R_i}{\pi_i} (Y_i - \hat f_i) \right]

    Parameters
    ----------
    gold : ndarray, shape (documents,)
        1 or 0 as people coded, NaN where nobody did.
    predicted : ndarray, shape (documents,)
        In [0, 1]: hard labels, shares, or those of a language model. They may be wrong.
    period : ndarray of int, shape (documents,)
        From 0; -1 outside time.
    stratum : ndarray of int, shape (documents,)
        Stratum of the draw, each within one period. The probability to be labelled is that which
        was realised: labels over documents of the stratum. Strata without a label are joined with
        the others of their period.
    method : {"dsl", "ppi"}
        ``"dsl"``, design-based supervised learning: f is the probability of the code given
        prediction and time, learnt from the labels outside the document's fold. ``"ppi"``,
        prediction-powered inference: f is the prediction times a weight between 0 and 1.
    weight : float, optional
        Of the predictions for ``"ppi"``: 1 takes them as they are, 0 leaves them out; by default
        the one that minimises the variance of all periods together.
    level : float
        Of the intervals.

    Returns
    -------
    CorrectedShare

    Raises
    ------
    DataError
        If there is no label.

    Notes
    -----
    The probabilities of the draw are known, so that shares are unbiased however wrong predictions
    or regression are. A period has few labels, and their own variance says little and depends on
    the share that was drawn: variances come from the regression over all periods, and so do
    effective sizes. The documents of a period count as a sample of what might have been written, as
    everywhere in this package. Intervals are Wilson's on the effective size.

    References
    ----------
    Egami, Hinck, Stewart and Wei (2023), arXiv 2306.04746; Angelopoulos, Duchi and Zrnic (2023),
    arXiv 2311.01453; Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, for the
    difference estimator in strata.

    Examples
    --------
    >>> import numpy as np
    >>> from trends.analysis.annotation.correction import correct_share
    >>> predicted = np.array([1.0, 0, 0, 0, 0, 0, 0, 0])
    >>> gold = np.array([1, 1, 0, 0, np.nan, np.nan, np.nan, np.nan])
    >>> stratum = np.array([0, 1, 1, 1, 1, 1, 1, 1])
    >>> found = correct_share(gold, predicted, np.zeros(8, int), stratum)
    >>> found.predicted.round(3).tolist(), found.share.round(3).tolist()
    ([0.125], [0.417])
    """
    inside = period >= 0
    gold, predicted = gold[inside], predicted[inside]
    period, stratum = period[inside], stratum[inside]
    labelled = np.isfinite(gold)
    if not labelled.any():
        message = "No document of a period has a label: there is nothing to correct shares by."
        raise DataError(message)
    y = np.where(labelled, gold, 0.0)
    periods = int(period.max(initial=-1)) + 1
    stratum = _joined(stratum, period, labelled)
    home = np.zeros(int(stratum.max(initial=-1)) + 1, dtype=np.int64)
    home[stratum] = period
    documents = np.bincount(period, minlength=periods).astype(float)
    labels = np.bincount(period[labelled], minlength=periods)
    size = np.bincount(stratum, minlength=len(home)).astype(float)
    drawn = np.bincount(stratum[labelled], minlength=len(home)).astype(float)

    fold = np.full(len(gold), -1)
    fold[labelled] = np.arange(labelled.sum()) % min(FOLDS, int(labelled.sum()))
    time = 2 * period / max(periods - 1, 1) - 1.0
    chance, crossed = calibrate(y, labelled, predicted, time, fold)
    if method == "dsl":
        weight, f = 1.0, _crossed(crossed, fold, stratum, drawn)
    else:
        if weight is None:
            weight = _power(y, predicted, stratum, labelled, size, drawn)
        f = weight * predicted

    def mean(values: Array, by: NDArray[np.int64], count: Array) -> Array:
        return np.bincount(by, values, minlength=len(count)) / np.maximum(count, 1)

    part = size / np.maximum(documents[home], 1)
    residual = mean(np.where(labelled, y - f, 0.0), stratum, drawn)
    share = mean(f, period, documents) + np.bincount(home, part * residual, minlength=periods)

    # The variance of a residual within its stratum, as the regression over all periods has it.
    off = chance - f
    within = mean(chance * (1 - chance) + off**2, stratum, size) - mean(off, stratum, size) ** 2
    left = np.clip(1 - drawn / np.maximum(size, 1), 0, 1)
    noise = np.bincount(home, part**2 * within * left / np.maximum(drawn, 1), minlength=periods)
    middle = np.clip(mean(chance, period, documents), 1e-6, 1 - 1e-6)
    unit = middle * (1 - middle)
    noise = np.maximum(noise, LEAST_VARIANCE * unit / np.maximum(labels, 1))
    noise = np.where(labels < documents, noise, 0.0) + unit / np.maximum(documents, 1)
    known = labels > 0
    n_eff = np.where(known, unit / noise, 0.0)
    share = np.where(known, np.clip(share, 0, 1), np.nan)
    low, high = wilson(share, n_eff, level)
    naive = np.where(documents > 0, mean(predicted, period, documents), np.nan)
    return CorrectedShare(share, low, high, n_eff, naive, labels, weight)


def _joined(
    stratum: NDArray[np.int64], period: NDArray[np.int64], labelled: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Numbers of strata, those of a period joined where one of them has no label."""
    _, stratum = np.unique(period + 1j * stratum, return_inverse=True)
    drawn = np.bincount(stratum[labelled], minlength=int(stratum.max(initial=-1)) + 1)
    bare = np.unique(period[drawn[stratum] == 0])
    stratum = np.where(np.isin(period, bare), -1 - period, stratum)
    return np.unique(stratum, return_inverse=True)[1]


def _crossed(
    crossed: Array, fold: NDArray[np.int64], stratum: NDArray[np.int64], drawn: Array
) -> Array:
    """Regression of each document without the labels of its fold.

    Documents without a label have no fold: the regressions count for them as often as for the
    labels of their stratum. So a regression that is the same within a stratum cancels.
    """
    at = np.flatnonzero(fold >= 0)
    often = np.zeros((len(drawn), len(crossed)))
    np.add.at(often, (stratum[at], fold[at]), 1 / drawn[stratum[at]])
    f = np.einsum("ji,ij->i", crossed, often[stratum])
    f[at] = crossed[fold[at], at]
    return f


def _power(
    y: Array,
    predicted: Array,
    stratum: NDArray[np.int64],
    labelled: NDArray[np.bool_],
    size: Array,
    drawn: Array,
) -> float:
    """The weight of predictions that minimises the variance of all periods together."""
    s, v = stratum[labelled], 1 / np.maximum(drawn, 1)
    y, f = y[labelled], predicted[labelled]
    y = y - (np.bincount(s, y, minlength=len(v)) * v)[s]
    f = f - (np.bincount(s, f, minlength=len(v)) * v)[s]
    # Of each stratum: its part of all documents, squared, over its labels.
    scale = ((size / size.sum()) ** 2 * v * np.clip(1 - drawn / size, 0, 1))[s]
    spread = (scale * f * f).sum()
    return float(np.clip((scale * y * f).sum() / spread, 0, 1)) if spread > 0 else 0.0
