"""``weights = "fixed-mix"``: every trend beside the one with the mix of sources held fixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from trends.analysis.audit.part import count, listed
from trends.analysis.composition.standardization import FixedMix, standardise
from trends.analysis.diagnostics.finding import quoted, verdicts_changed
from trends.analysis.prevalence.periods import Periods
from trends.core import Corpus, Trend
from trends.errors import UsageError
from trends.runs.config.settings import RunConfig
from trends.runs.tasks.analysis_parts.guard import Case

NUMBERS = ("slope", "lower", "upper", "p", "p_adjusted")
#: Columns of ``trends_fixed_mix.csv``: the run's own trend; on the documents of the fixed mix,
#: unweighted; and with the mix held fixed.
COLUMNS = (
    "backend",
    "topic",
    "label",
    *NUMBERS,
    *(f"{n}_same" for n in NUMBERS),
    *(f"{n}_fixed" for n in NUMBERS),
    "note",
)


@dataclass(frozen=True)
class Beside:
    """``trends_fixed_mix.csv``, ``prevalence_fixed_mix.csv``, and what a reader must know about them."""

    trends: pd.DataFrame
    prevalence: pd.DataFrame
    sentences: list[str]


def strata(corpus: Corpus, mix: str) -> list[str]:
    """The value of each document in the column whose mix is held fixed.

    Raises
    ------
    UsageError
        If there is no such column, or it has one value only.
    """
    frame = corpus.documents
    if mix not in frame.columns:
        message = f"prevalence.mix is {mix!r}, but the corpus has no such column; it has {', '.join(map(str, frame.columns))}."
        raise UsageError(message)
    values = frame[mix].fillna("").astype(str).str.strip().replace("", "not known").tolist()
    if len(set(values)) < 2:
        message = f'prevalence.weights is "fixed-mix", but all documents have one {mix} ({values[0]!r}): there is no mix to hold fixed. Name another column with prevalence.mix.'
        raise UsageError(message)
    return values


def beside(corpus: Corpus, periods: Periods, cases: Sequence[Case], config: RunConfig) -> Beside:
    """Trends and shares with and without the fixed mix, for every backend.

    Parameters
    ----------
    corpus : Corpus
        With the column ``[prevalence] mix``.
    periods : Periods
        Over its documents.
    cases : sequence of Case
        One per backend.
    config : RunConfig
        ``[prevalence]`` says what is held fixed.

    Returns
    -------
    Beside
        The tables are empty, and a sentence says why, where too few sources and periods meet.
    """
    p = config.prevalence
    values = strata(corpus, p.mix)
    rows: list[pd.DataFrame] = []
    shares: list[pd.DataFrame] = []
    said: list[str] = []
    for case in cases:
        fixed = standardise(
            case.fits, periods, values, labels=case.shares.labels, theta=p.theta, level=p.level
        )
        if fixed is None:
            text = f"The mix of {p.mix} cannot be held fixed: no three {periods.period}s share {p.mix}s that hold a fifth of the documents. Take longer periods or a coarser column, or test each {p.mix} on its own."
            return Beside(pd.DataFrame(columns=list(COLUMNS)), _nothing(), [text])
        held = fixed.trends(p.level)
        rows.append(_row(case, case.trend, fixed.plain_trends(p.level), held))
        frame = fixed.shares.frame()
        frame.insert(0, "backend", case.backend)
        shares.append(frame)
        if not said:
            said.append(_about(fixed, periods, p.mix))
        changed = verdicts_changed(fixed.plain_trends(p.level), held)
        said.append(
            f"{case.backend}: with the mix held fixed "
            + (
                f"the verdict changes for {quoted(case.trend, changed)}, compared on the same "
                "documents."
                if changed
                else "no verdict changes, compared on the same documents."
            )
        )
    return Beside(pd.concat(rows, ignore_index=True), pd.concat(shares, ignore_index=True), said)


def _row(case: Case, raw: Trend, same: Trend, fixed: Trend) -> pd.DataFrame:
    frame = raw.table[["topic", "label", *NUMBERS]].reset_index(drop=True)
    for trend, tail in ((same, "same"), (fixed, "fixed")):
        other = trend.table.set_index("topic").reindex(frame["topic"]).reset_index()
        for name in NUMBERS:
            frame[f"{name}_{tail}"] = other[name].to_numpy()
    frame["note"] = other["note"].fillna("").to_numpy()
    frame.insert(0, "backend", case.backend)
    return frame


def _about(fixed: FixedMix, periods: Periods, mix: str) -> str:
    """Of what the fixed mix consists and what it leaves out."""
    largest = sorted(fixed.weights, key=lambda s: (-fixed.weights[s], s))
    used = [name for name, use in zip(periods.names, fixed.used, strict=True) if use]
    filled = int((periods.n_docs > 0).sum())
    text = (
        f"Fixed mix of {mix}: {count(len(fixed.weights), 'value')} "
        f"({listed([f'{s} {fixed.weights[s]:.0%}' for s in largest], 4)}) that occur in each of "
        f"{len(used)} {periods.period}s, {fixed.covered:.0%} of the "
        "dated documents; in every period their shares have these weights (direct standardisation)."
    )
    if len(used) < filled:
        text += f" {filled - len(used)} {periods.period}s in which some are missing are left out, so the first is {used[0]} and the last {used[-1]}."
    if fixed.left_out:
        text += f" Left out for missing a period: {count(len(fixed.left_out), 'value')}, among them: {listed([f'{s} ({n:,})' for s, n in fixed.left_out.items()], 4)}."
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
