"""The estimators as the papers write them: a sum over documents, slow and obvious."""

import numpy as np


def pseudo_outcome_mean(gold, f, stratum):
    """Mean of f + R / pi * (Y - f) over the documents of one period (Egami et al., section 3)."""
    total = 0.0
    for i in range(len(gold)):
        total += f[i]
        if not np.isnan(gold[i]):
            same = [j for j in range(len(gold)) if stratum[j] == stratum[i]]
            labelled = [j for j in same if not np.isnan(gold[j])]
            total += (gold[i] - f[i]) / (len(labelled) / len(same))
    return total / len(gold)


def ppi_plus_plus(y, f, unlabelled):
    """Prediction-powered mean with power tuning (Angelopoulos et al., example 6.1)."""
    n, more = len(y), len(unlabelled)
    weight = np.cov(y, f)[0, 1] / np.var(f, ddof=1) / (1 + n / more)
    weight = min(max(weight, 0.0), 1.0)
    return weight * np.mean(unlabelled) + np.mean(y) - weight * np.mean(f)
