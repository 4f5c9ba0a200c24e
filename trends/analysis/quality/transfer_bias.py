"""How far topic shares move if a transfer replaces a fit's own shares of documents."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from trends.core import Topics

#: Level of the warning about slopes, over all topics of a fit together (Bonferroni).
ALPHA = 0.05


def carried_over(
    fit: Topics, transfer: Topics, years: NDArray[np.float64], *, theta: str = "hard"
) -> pd.DataFrame:
    """Compare a fit with its transfer on the fit's own documents, and these with the other ones.

    Parameters
    ----------
    fit : Topics
        Of a sample.
    transfer : Topics
        Of all documents, those of the sample among them, by the rule for new documents, each as
        though the fit had not known it.
    years : ndarray of float, shape (documents of ``transfer``,)
        When each document is from; NaN where that is not known.
    theta : {"hard", "mean"}
        Whether a share counts documents or adds their shares.

    Returns
    -------
    DataFrame
        One row per topic, and one, of topic -1, for what is unassigned. Shares are fractions,
        slopes percentage points a year. ``n_docs`` (the fit's documents of the topic),
        ``share_fit`` and ``share_transfer`` (both of the fit's documents), ``difference`` (the
        second minus the first) and its standard error ``se`` from the paired differences of
        documents; ``agreement``, the share of the topic's documents by the fit that the transfer
        gives it too; ``share_others`` (by transfer, on the documents that the fit has not seen),
        ``others_difference`` (from ``share_transfer``) and ``others_se``: where this is large, the
        rule treats documents of the sample as others than new ones; ``slope_fit``,
        ``slope_transfer`` (least squares of the document's share on its time), ``slope_difference``
        and ``slope_se`` (robust to unequal variances [1]_).

    References
    ----------
    .. [1] White, H. (1980). A heteroskedasticity-consistent covariance matrix estimator and a
           direct test for heteroskedasticity.
       Econometrica 48.
    """
    place = {doc: i for i, doc in enumerate(transfer.doc_ids)}
    rows = np.array([place[doc] for doc in fit.doc_ids], dtype=np.int64)
    others = np.setdiff1d(np.arange(transfer.n_documents), rows)
    when = years[rows]
    dated = np.isfinite(when)
    x = when[dated] - when[dated].mean() if dated.any() else np.zeros(0)
    spread = float((x**2).sum())
    kept = fit.hard == transfer.hard[rows]
    out: list[dict[str, Any]] = []
    for k in range(-1, fit.n_topics):
        before, after = _share(fit, k, theta), _share(transfer, k, theta)
        moved, rest = after[rows] - before, after[others]
        of_topic = fit.hard == k
        row = {
            "topic": k,
            "n_docs": int(of_topic.sum()),
            "share_fit": before.mean(),
            "share_transfer": after[rows].mean(),
            "difference": moved.mean(),
            "se": _se(moved),
            "agreement": kept[of_topic].mean() if of_topic.any() else np.nan,
            "share_others": rest.mean() if len(rest) else np.nan,
            "others_difference": rest.mean() - after[rows].mean() if len(rest) else np.nan,
            "others_se": float(np.hypot(_se(after[rows]), _se(rest))) if len(rest) else np.nan,
        }
        slopes = dict.fromkeys(
            ("slope_fit", "slope_transfer", "slope_difference", "slope_se"), np.nan
        )
        if spread > 0:
            left = moved[dated] - moved[dated].mean()
            change = float(x @ left / spread)
            slopes = {
                "slope_fit": 100 * float(x @ before[dated] / spread),
                "slope_transfer": 100 * float(x @ after[rows][dated] / spread),
                "slope_difference": 100 * change,
                "slope_se": 100 * float(np.sqrt((x**2 * (left - change * x) ** 2).sum()) / spread),
            }
        out.append(row | slopes)
    return pd.DataFrame(out)


def _share(topics: Topics, k: int, theta: str) -> NDArray[np.float64]:
    if theta == "hard":
        return (topics.hard == k).astype(np.float64)
    return np.asarray(topics.unassigned if k < 0 else topics.theta[:, k])


def _se(values: NDArray[np.float64]) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else np.nan


def sentences(table: pd.DataFrame) -> tuple[list[str], list[str]]:
    """What tables of fits (with columns ``backend`` and ``seed``) say.

    One sentence for each backend, and warnings.
    """
    said, warnings = [], []
    for backend, rows in table.groupby("backend", sort=False):
        own = rows.loc[rows["topic"] >= 0].reset_index(drop=True)
        names = [f"seed {s}, topic {k}" for s, k in zip(own["seed"], own["topic"], strict=True)]
        size, bent = own["difference"].abs().to_numpy(), own["slope_difference"].abs().to_numpy()
        agreement = float(
            (rows["agreement"].fillna(0.0) * rows["n_docs"]).sum() / rows["n_docs"].sum()
        )
        text = (
            f"{backend}: on the sampled documents, each assigned as though it were new, "
            f"{agreement:.0%} keep what the fit gave them, and the share of a topic "
            f"moves by {100 * size.mean():.2f} percentage points in the mean, at most by "
            f"{100 * size.max():.2f} ({names[int(size.argmax())]}"
        )
        if np.isfinite(bent).all():
            text += (
                f"), its slope by {bent.mean():.3f} points a year in the mean, at most by "
                f"{bent.max():.3f} ({names[int(bent.argmax())]}"
            )
        said.append(f"{text}).")
        per_fit = int(own.groupby("seed").size().max())
        beyond = np.flatnonzero(bent > norm.isf(ALPHA / 2 / per_fit) * own["slope_se"].to_numpy())
        if len(beyond):
            some = "; ".join(names[i] for i in beyond[:5])
            warnings.append(
                f"{backend}: assignment bends the slope of {len(beyond)} of {len(own)} topics by "
                f"more than chance would ({some}"
                f"{'; …' if len(beyond) > 5 else ''}): read their trends beside slope_difference "
                "in sample.csv, or learn on a larger sample."
            )
    return said, warnings
