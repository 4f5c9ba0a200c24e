"""How likely a code is given what was predicted and when, learnt from the labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from trends.analysis.trend.mean import smooth

Array = NDArray[np.float64]


def calibrate(
    gold: Array, labelled: NDArray[np.bool_], predicted: Array, time: Array, fold: NDArray[np.int64]
) -> tuple[Array, Array]:
    """Probability of the code by a logistic regression on the prediction, time, and their product.

    Accuracy may drift: the product lets it. Jeffreys' prior keeps the fit finite where labels are
    few or all alike (:func:`trends.analysis.trend.mean.smooth`).

    Parameters
    ----------
    gold : ndarray, shape (documents,)
        0 or 1 where labelled.
    labelled : ndarray of bool, shape (documents,)
    predicted : ndarray, shape (documents,)
        In [0, 1].
    time : ndarray, shape (documents,)
        From -1 to 1.
    fold : ndarray of int, shape (documents,)
        Part of the labels to which a document belongs; -1 where it has no label.

    Returns
    -------
    whole : ndarray, shape (documents,)
        Learnt from all labels.
    crossed : ndarray, shape (folds, documents)
        Row j is learnt from the labels outside fold j.
    """
    # Documents with one prediction at one time are one cell; a complex number sorts as a pair.
    cells, at = np.unique(predicted + 1j * time, return_inverse=True)
    f, t = cells.real, cells.imag
    terms = [np.ones_like(f)]
    terms += [f] if f.min() < f.max() else []
    terms += [t] if t.min() < t.max() else []
    terms += [f * t] if len(terms) == 3 else []
    folds = int(fold.max()) + 1
    y, n = np.empty((folds + 1, len(f))), np.empty((folds + 1, len(f)))
    for j in range(folds + 1):
        use = labelled & (fold != j)  # the last row leaves none out
        n[j] = np.bincount(at[use], minlength=len(f))
        y[j] = np.bincount(at[use], gold[use], minlength=len(f))
    # A tenth of a label, spread over all cells: what no label tells apart stays estimable.
    n += 0.1 / len(f)
    y += 0.05 / len(f)
    chance = expit(smooth(y, n, np.column_stack(terms)))[:, at]
    return chance[-1], chance[:-1]
