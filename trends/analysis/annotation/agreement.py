"""How far coders agree beyond chance."""

from __future__ import annotations

from typing import Any

import pandas as pd


def agreement(codes: pd.DataFrame) -> dict[str, Any]:
    """Krippendorff's alpha of the documents that two or more coders coded.

    Parameters
    ----------
    codes : pandas.DataFrame
        A row for each document, a column for each coder; missing where a coder did not code.

    Returns
    -------
    dict
        ``alpha`` (NaN where there is nothing to compare, or only one code was used), ``documents``
        that several coders coded, ``same`` (the share of them on which all agree), ``coders``.

    References
    ----------
    Krippendorff (2019), Content Analysis, 4th edition, chapter 12: rely on codes from .800 on; draw
    tentative conclusions from .667 on. The package `krippendorff`, whose licence asks the same
    licence of what builds on it, is the reference in the tests.

    Examples
    --------
    >>> import pandas as pd
    >>> from trends.analysis.annotation.agreement import agreement
    >>> found = agreement(pd.DataFrame({"a": [1, 1, 0, 0], "b": [1, 1, 0, 1]}))
    >>> round(found["alpha"], 3), found["same"]
    (0.533, 0.75)
    """
    both = codes[codes.notna().sum(axis=1) > 1]
    counts = both.apply(pd.Series.value_counts, axis=1).fillna(0).to_numpy(dtype=float)
    alpha = float("nan")
    if counts.shape[1] > 1:
        each, total = counts.sum(1, keepdims=True), counts.sum(0)
        observed = (counts * (each - counts) / (each - 1)).sum()
        alpha = float(1 - (total.sum() - 1) * observed / (total.sum() ** 2 - (total**2).sum()))
    return {
        "alpha": alpha,
        "documents": len(both),
        "same": float((both.nunique(axis=1) == 1).mean()) if len(both) else float("nan"),
        "coders": codes.shape[1],
    }
