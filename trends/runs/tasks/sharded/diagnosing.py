"""Diagnostics of a run on shards: of all documents where their sums suffice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from trends.analysis.audit.duplicates import MANY_REPEATS
from trends.analysis.diagnostics.date_errors import date_errors
from trends.analysis.diagnostics.diagnosis import Diagnosis, findings_changed, quoted
from trends.analysis.diagnostics.incomplete_periods import incomplete_periods
from trends.analysis.diagnostics.unassigned_trend import unassigned_trend
from trends.analysis.prevalence.totals import estimate_totals_each
from trends.analysis.trend.fit import fit_trends
from trends.core import Alignment, Trend
from trends.core.computing.rng import seeds_from
from trends.core.wording import plural
from trends.runs.config.settings import RunConfig
from trends.runs.tasks.analysis_parts.case import Case
from trends.runs.tasks.analysis_parts.diagnosis_tables import corrected_rows, row_of
from trends.runs.tasks.sharded.sums import Sums

#: Begins what is said of a sample.
DRAWN = "Of the documents drawn: "
#: Diagnostics that rest on sums alone, so that they are about all documents.
OF_ALL = ("incomplete-period", "unassigned-trend", "date-errors", "duplicates")


def diagnosed(
    cases: Mapping[str, Case],
    fits: Mapping[str, Mapping[str, Alignment | None]],
    sums: Sums,
    cluster: dict[str, Any] | None,
    config: RunConfig,
) -> list[tuple[Case, Diagnosis]]:
    """Diagnostics of all documents, those that are on.

    Parameters
    ----------
    cases : mapping
        Backend → what is reported of it.
    fits : mapping
        Backend → name of each fit → prototype to fit.
    sums : Sums
        Over all documents.
    cluster : dict, optional
        What is known of clusters.
    config : RunConfig
    """
    on, p = config.diagnostics, config.prevalence
    found: list[tuple[Case, Diagnosis]] = []
    for backend, case in cases.items():
        if on.incomplete:
            one = incomplete_periods(case.shares, spans=p.spans, level=p.level)
            found.append((case, one))
        if on.duplicates:
            found.append((case, _duplicates(case, fits[backend], sums, cluster, config)))
        if on.unassigned:
            one = unassigned_trend(case.shares, spans=p.spans, level=p.level)
            found.append((case, one))
        if on.dates:
            seed = seeds_from(config.rng, f"date errors {backend}", 1)[0]
            found.append((case, date_errors(case.shares, spans=p.spans, rng=seed)))
    return found


def _duplicates(
    case: Case,
    fits: Mapping[str, Alignment | None],
    sums: Sums,
    cluster: dict[str, Any] | None,
    config: RunConfig,
) -> Diagnosis:
    """Documents whose text nearly repeats an earlier one, counted once."""
    first = next(iter(fits))
    hard, _ = sums.overall(first)
    many, n = sums.repeats(first), round(float(hard.sum()))
    measures: dict[str, Any] = {"documents": many}
    if not many:
        return Diagnosis("duplicates", False, "No document repeats another one.", measures)
    said = f"{plural(many, 'document')} of {n:,} nearly repeat the text of an earlier one."
    corrected = _once(case, fits, sums, cluster, config)
    changed = findings_changed(case.trend, corrected)
    cause = (
        f"the finding changes for {quoted(case.trend, changed)}"
        if changed
        else "no finding changes"
    )
    flagged = bool(changed) or many / n >= MANY_REPEATS
    how = (
        "Counted each time they make intervals too narrow and may fabricate trends. Counted once"
        if flagged
        else "Counted once"
    )
    measures["changed"] = changed
    return Diagnosis("duplicates", flagged, f"{said} {how}, {cause}.", measures, corrected)


def _once(
    case: Case,
    fits: Mapping[str, Alignment | None],
    sums: Sums,
    cluster: dict[str, Any] | None,
    config: RunConfig,
) -> Trend:
    """The trends without repeats."""
    p, each = config.prevalence, []
    for name, match in fits.items():
        totals, periods = sums.once(name)
        each += estimate_totals_each(
            [totals.aligned(match)],
            periods,
            labels=case.shares.labels,
            theta=p.theta,
            level=p.level,
            cluster=cluster,
        )
    return fit_trends(each, spans=p.spans, level=p.level)


def tables_of(
    found: list[tuple[Case, Diagnosis]], old: pd.DataFrame, corrected: pd.DataFrame, drawn: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both tables, what is about the documents drawn before what is about all.

    Parameters
    ----------
    found : list
        Diagnostics of all documents.
    old, corrected : pandas.DataFrame
        Tables about the documents drawn.
    drawn : bool
        Whether these are fewer than all.
    """
    rest = old[~old["diagnostic"].isin(OF_ALL)].copy()
    if drawn:
        rest["sentence"] = DRAWN + rest["sentence"]
    new = pd.DataFrame([row_of(c, one) for c, one in found], columns=list(old.columns))
    rows = [corrected_rows(c, one) for c, one in found if one.corrected is not None]
    parts = [corrected[~corrected["diagnostic"].isin(OF_ALL)], *rows]
    parts = [part for part in parts if len(part)] or [corrected.iloc[:0]]
    return pd.concat([rest, new], ignore_index=True), pd.concat(parts, ignore_index=True)
