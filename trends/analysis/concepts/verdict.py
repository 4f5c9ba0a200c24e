"""From the specifications of a concept to a verdict that names what the claim hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trends.analysis.robustness.claims import classify_claims
from trends.core.claim import ALPHA, FOUND, Finding, Stability
from trends.core.wording import listed, quoted

#: A claim hangs on a word if less than this part of the change (log-odds) is left without it.
HALF = 0.5

#: Name of the diagnostic that random concepts move as much.
RANDOM = "random words"


@dataclass(frozen=True)
class Verdict:
    """What is said of one concept.

    Parameters
    ----------
    words : str
        The verdict.
    stability : str
        Of its finding (:class:`trends.core.claim.Stability`).
    hangs_on : tuple of str
        Words without which the finding is not there, the most decisive first.
    joint_p, agreement, specifications, matched, votes
        As in :func:`trends.analysis.robustness.claims.classify_claims`.
    """

    words: str
    stability: str
    hangs_on: tuple[str, ...] = ()
    joint_p: float = float("nan")
    agreement: float = float("nan")
    specifications: int = 1
    matched: int = 1
    votes: float = 1.0


def hanging(rows: pd.DataFrame, finding: str) -> list[str]:
    """The words without which a finding is lost, the most decisive first.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of :func:`trends.analysis.concepts.multiverse.examine_choices`.
    finding : str
        What the run found.

    Returns
    -------
    list of str
        Words without which the test of the concept does not reject, the change has the other sign,
        or less than :data:`HALF` of it is left; by what is left. Nothing where nothing was found,
        or the concept has one word.
    """
    if finding not in FOUND or rows.empty:
        return []
    main = rows[rows["period_length"] == rows["period_length"].iloc[0]]
    main = main[main["measure"] == rows["measure"].iloc[0]]
    if not (main["choice"] == "all").any():
        return []
    base = main[main["choice"] == "all"].iloc[0]
    lost = []
    each: Any = main[main["choice"] == "word"].itertuples()
    for row in each:
        if finding == Finding.TURNED:
            left = np.log(max(row.p_turn, 1e-300)) / np.log(max(base["p_turn"], 1e-300))
            gone = not row.p_turn <= ALPHA
        else:
            left = row.log_odds / base["log_odds"]
            gone = not (row.p <= ALPHA and left >= HALF)
        if gone:
            lost.append((left if np.isfinite(left) else -np.inf, row.level))
    return [word for _, word in sorted(lost)]


def verdict_of(main: pd.Series, rows: pd.DataFrame, joint_p: float, placebo_p: float) -> Verdict:
    """The verdict on one concept.

    Parameters
    ----------
    main : pandas.Series
        Its row in the table of trends.
    rows : pandas.DataFrame
        Of :func:`trends.analysis.concepts.multiverse.examine_choices`; may be empty.
    joint_p : float
        Of the joint test.
    placebo_p : float
        Of :func:`trends.analysis.concepts.placebo.against_random`; NaN where none was drawn.

    Returns
    -------
    Verdict
        A finding is stable by the rule of :mod:`trends.analysis.robustness.claims`, to which two
        diagnostics are added: that it hangs on one word, and that random concepts move as much.
    """
    finding = str(main["finding"])
    if finding not in FOUND:
        return Verdict(finding, Stability.NOT_EXAMINED.value, specifications=max(len(rows), 1))
    against = [RANDOM] if placebo_p > ALPHA else []
    if rows.empty:
        stability = Stability.NOT_EXAMINED.value
        return Verdict(said(finding, stability, (), placebo_p), stability)
    words = hanging(rows, finding)
    table = main.to_frame().T.assign(topic=0)
    _, claims = classify_claims(
        table, rows, joint=[joint_p], diagnostics={0: [*words[:1], *against]}
    )
    row = claims.iloc[0]
    return Verdict(
        said(finding, str(row["stability"]), words, placebo_p),
        str(row["stability"]),
        tuple(words),
        joint_p,
        float(row["agreement"]),
        int(row["specifications"]),
        int(row["matched"]),
        min(1.0, float(row["votes"])),
    )


def said(finding: str, stability: str, hangs_on: Sequence[str], placebo_p: float) -> str:
    """The verdict in words.

    Parameters
    ----------
    finding, stability : str
        What the run found, and what other choices say of it.
    hangs_on : sequence of str
        Words without which the finding is lost.
    placebo_p : float
        Against random concepts; NaN where none was drawn.
    """
    if finding not in FOUND:
        return finding
    if stability == Stability.STABLE:
        return f"{finding}, stable"
    random = "no farther than random words" if placebo_p > ALPHA else ""
    if stability == Stability.NOT_EXAMINED and not hangs_on:
        return f"{finding}, {random}" if random else finding
    words = f"hangs on {listed([quoted(w) for w in hangs_on], most=3)}" if hangs_on else ""
    why = " and ".join(filter(None, (words, random)))
    return f"{finding}, {why or 'depends on choices'}"
