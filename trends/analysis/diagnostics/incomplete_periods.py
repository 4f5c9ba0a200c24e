"""Whether periods that the corpus does not cover as a whole decide a verdict."""

from __future__ import annotations

import numpy as np

from trends.analysis.diagnostics.finding import Finding, quoted, verdicts_changed
from trends.analysis.trend.fit import fit_trends
from trends.core import Prevalence


def incomplete_periods(prevalence: Prevalence, *, level: float = 0.95) -> Finding:
    """Whether periods that the corpus does not cover as a whole decide a verdict.

    Parameters
    ----------
    prevalence : Prevalence
        Shares over all periods.
    level : float
        Of the intervals of the corrected trends.

    Returns
    -------
    Finding
        ``corrected`` holds the trends over complete periods.
    """
    open_ends = np.flatnonzero(~prevalence.complete & (prevalence.n_docs > 0))
    measures = {"incomplete": [str(prevalence.periods[i]) for i in open_ends]}
    if not len(open_ends):
        return Finding(
            "incomplete-period", False, "The corpus covers every period as a whole.", measures
        )
    raw = fit_trends(prevalence, level=level)
    corrected = fit_trends(prevalence, level=level, complete_only=True)
    shown = measures["incomplete"][:5]
    when = f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]
    more = f" and {len(open_ends) - 5} later ones" if len(open_ends) > 5 else ""
    sentence = (
        f"The corpus does not cover the whole of {len(open_ends)} of {len(prevalence.periods)} "
        f"periods, starting on {when}{more}."
    )
    if corrected.settings["periods"] < 3:
        return Finding(
            "incomplete-period",
            True,
            sentence + " Too few complete periods are left to test without them.",
            measures,
        )
    changed = verdicts_changed(raw, corrected)
    sentence += (
        f" Without them the verdict changes for {quoted(raw, changed)}."
        if changed
        else " Without them no verdict changes."
    )
    return Finding(
        "incomplete-period", bool(changed), sentence, {**measures, "changed": changed}, corrected
    )
