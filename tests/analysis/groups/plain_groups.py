"""The model of groups with whole matrices: one point of the grid, one topic."""

import numpy as np


def generalised_least_squares(z, noise, steps, size, autocorrelation, x):
    """Restricted log-likelihood, slopes of groups less their mean, and their covariance."""
    groups, periods = z.shape
    lag = np.abs(np.subtract.outer(steps, steps)).astype(float)
    shock = size**2 * autocorrelation**lag if size else np.zeros_like(lag)
    v = np.zeros((groups * periods, groups * periods))
    design = np.zeros((groups * periods, 2 * groups + periods))
    for g in range(groups):
        rows = slice(g * periods, (g + 1) * periods)
        v[rows, rows] = shock + np.diag(noise[g])
        design[rows, 2 * g : 2 * g + 2] = x
        design[rows, 2 * groups :] = np.eye(periods)
    # A period's effect cannot be told from the lines of all groups: two columns too many.
    u, s, vt = np.linalg.svd(design, full_matrices=False)
    keep = s > 1e-10 * s[0]
    basis = u[:, keep]
    w = np.linalg.inv(v)
    information = basis.T @ w @ basis
    beta = np.linalg.solve(information, basis.T @ w @ z.ravel())
    rest = z.ravel() - basis @ beta
    likelihood = -0.5 * (
        np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1] + rest @ w @ rest
    )
    back = vt[keep].T / s[keep]
    slopes, cover = (back @ beta)[1 : 2 * groups : 2], back @ np.linalg.inv(information) @ back.T
    cover = cover[1 : 2 * groups : 2, 1 : 2 * groups : 2]
    centre = np.eye(groups) - 1 / groups
    return likelihood, centre @ slopes, centre @ cover @ centre.T
