"""Whether periods that the corpus does not cover as a whole decide a finding."""

from __future__ import annotations

import numpy as np

from trends.analysis.diagnostics.diagnosis import Diagnosis, findings_changed, quoted
from trends.analysis.trend.fit import fit_trends
from trends.analysis.trend.spans import Span, calendar_years, covers
from trends.core import Prevalence


def incomplete_periods(
    prevalence: Prevalence, *, spans: tuple[Span, Span] | None = None, level: float = 0.95
) -> Diagnosis:
    """Whether periods that the corpus does not cover as a whole decide a finding.

    Parameters
    ----------
    prevalence : Prevalence
        Shares over all periods.
    spans, level
        As in :func:`trends.analysis.trend.fit.fit_trends`.

    Returns
    -------
    Diagnosis
        ``corrected`` holds the trends over complete periods.
    """
    open_ends = np.flatnonzero(~prevalence.complete & (prevalence.n_docs > 0))
    measures = {"incomplete": [str(prevalence.periods[i]) for i in open_ends]}
    if not len(open_ends):
        return Diagnosis(
            "incomplete-period", False, "The corpus covers every period as a whole.", measures
        )
    shown = measures["incomplete"][:5]
    when = f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]
    more = f" and {len(open_ends) - 5} later ones" if len(open_ends) > 5 else ""
    sentence = (
        f"The corpus does not cover the whole of {len(open_ends)} of {len(prevalence.periods)} "
        f"periods, starting on {when}{more}."
    )
    whole = prevalence.periods[prevalence.complete & (prevalence.n_docs > 0)]
    if len(whole) < 3 or not covers(calendar_years(whole), spans):
        return Diagnosis(
            "incomplete-period",
            True,
            sentence + " Too few complete periods are left to test without them.",
            measures,
        )
    raw = fit_trends(prevalence, spans=spans, level=level)
    corrected = fit_trends(prevalence, spans=spans, level=level, complete_only=True)
    changed = findings_changed(raw, corrected)
    sentence += (
        f" Without them the finding changes for {quoted(raw, changed)}."
        if changed
        else " Without them no finding changes."
    )
    return Diagnosis(
        "incomplete-period", bool(changed), sentence, {**measures, "changed": changed}, corrected
    )
