"""``[prevalence] standardize_by``: every trend beside its directly standardized one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from trends.analysis.composition.standardization import Standardized, standardize
from trends.analysis.diagnostics.diagnosis import findings_changed, quoted
from trends.analysis.prevalence.periods import Periods
from trends.analysis.trend.spans import covers
from trends.core import Corpus, Trend
from trends.core.given.columns import name_of
from trends.core.wording import listed, period_noun, plural, plural_noun
from trends.errors import UsageError
from trends.runs.config.settings import RunConfig
from trends.runs.tasks.analysis_parts.case import Case
from trends.runs.tasks.analysis_parts.diagnosis_tables import NUMBERS

#: Columns of ``trends_standardized.csv``: the run's own trend; unweighted on the
#: documents that can be standardized; and standardized.
COLUMNS = (
    "backend",
    "topic",
    "label",
    *NUMBERS,
    *(f"{n}_same" for n in NUMBERS),
    *(f"{n}_standardized" for n in NUMBERS),
    "note",
)


@dataclass(frozen=True)
class Beside:
    """Standardized tables, and what a reader must know about them.

    The tables are ``trends_standardized.csv`` and ``prevalence_standardized.csv``.
    """

    trends: pd.DataFrame
    prevalence: pd.DataFrame
    sentences: list[str]


def strata(corpus: Corpus, mix: str, option: str = "prevalence.standardize_by") -> list[str]:
    """The value of each document in the column by which trends are standardized.

    Raises
    ------
    UsageError
        If there is no such column, or it has one value only.
    """
    frame = corpus.documents
    column = frame[name_of(frame, mix, option)]
    values = column.fillna("").astype(str).str.strip().replace("", "not known").tolist()
    if len(set(values)) < 2:
        message = (
            f"{option} is {mix!r}, but all documents have one {mix} "
            f"({values[0]!r}): there is no mix to hold. Name another column."
        )
        raise UsageError(message)
    return values


def beside(corpus: Corpus, periods: Periods, cases: Sequence[Case], config: RunConfig) -> Beside:
    """Trends and shares with and without standardization, for every backend.

    Parameters
    ----------
    corpus : Corpus
        With the column ``[prevalence] standardize_by``.
    periods : Periods
        Over its documents.
    cases : sequence of Case
        One per backend.
    config : RunConfig
        ``[prevalence]`` says by what to standardize.

    Returns
    -------
    Beside
        The tables are empty, and a sentence says why, where too few sources and periods meet.
    """
    p = config.prevalence
    values = strata(corpus, p.standardize_by)
    rows: list[pd.DataFrame] = []
    shares: list[pd.DataFrame] = []
    said: list[str] = []
    for case in cases:
        held = standardize(
            case.fits,
            periods,
            values,
            labels=case.shares.labels,
            theta=p.theta,
            level=p.level,
            clusters=case.clusters,
        )
        if held is None or not covers(held.series.starts, p.spans):
            text = (
                f"Trends cannot be standardized by {p.standardize_by}: no three "
                f"{plural_noun(period_noun(periods.period))}, both spans among them, share "
                f"{p.standardize_by}s that hold a fifth of the documents. Take longer periods or "
                "a coarser column, or test "
                f"each {p.standardize_by} on its own."
            )
            return Beside(pd.DataFrame(columns=list(COLUMNS)), _nothing(), [text])
        same = held.plain_trends(p.level, p.spans)
        after = held.trends(p.level, p.spans)
        rows.append(_row(case, case.trend, same, after))
        frame = held.shares.frame()
        frame.insert(0, "backend", case.backend)
        shares.append(frame)
        if not said:
            said.append(_about(held, periods, p.standardize_by))
        changed = findings_changed(same, after)
        said.append(
            f"{case.backend}: after standardization "
            + (
                f"the finding changes for {quoted(case.trend, changed)}, compared on the same "
                "documents."
                if changed
                else "no finding changes, compared on the same documents."
            )
        )
    return Beside(pd.concat(rows, ignore_index=True), pd.concat(shares, ignore_index=True), said)


def _row(case: Case, raw: Trend, same: Trend, standardized: Trend) -> pd.DataFrame:
    frame = raw.table[["topic", "label", *NUMBERS]].reset_index(drop=True)
    for trend, tail in ((same, "same"), (standardized, "standardized")):
        other = trend.table.set_index("topic").reindex(frame["topic"]).reset_index()
        for name in NUMBERS:
            frame[f"{name}_{tail}"] = other[name].to_numpy()
    frame["note"] = other["note"].fillna("").to_numpy()
    frame.insert(0, "backend", case.backend)
    return frame


def _about(held: Standardized, periods: Periods, mix: str) -> str:
    """By what trends were standardized, and what was left out."""
    largest = sorted(held.weights, key=lambda s: (-held.weights[s], s))
    used = [name for name, use in zip(periods.names, held.used, strict=True) if use]
    filled = int((periods.n_docs > 0).sum())
    text = (
        f"Standardized by {mix}: {plural(len(held.weights), 'value')} "
        f"({listed([f'{s} {held.weights[s]:.0%}' for s in largest], most=4)}) that occur in "
        "each of "
        f"{len(used)} {plural_noun(period_noun(periods.period))}, {held.covered:.0%} of the "
        "dated documents; in every period they have these weights (direct standardization)."
    )
    if len(used) < filled:
        text += (
            f" {filled - len(used)} {plural_noun(period_noun(periods.period))} in which some are "
            f"missing are left out, so the first is {used[0]} and the last {used[-1]}."
        )
    if held.left_out:
        text += (
            f" Left out for missing a period: {plural(len(held.left_out), 'value')}, among them: "
            f"{listed([f'{s} ({n:,})' for s, n in held.left_out.items()], most=4)}."
        )
    return text


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(
        columns=[
            "backend",
            "topic",
            "label",
            "period",
            "n_docs",
            "share",
            "lower",
            "upper",
            "complete",
        ]
    )
