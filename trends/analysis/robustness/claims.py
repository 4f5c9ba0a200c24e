"""From slopes under many specifications to claims with verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from trends.core import Claim, Trend, Verdict
from trends.errors import DataError

#: At a p of independent periods below this, the test that assumes independence is not trusted with
#: a claim.
DOUBT = 0.05

#: The rule, written where it is read: in the report and in the documentation this text is printed,
#: not a copy of it.
RULE = (
    "A claim is detected if the adjusted p of the main specification is at most {alpha:g}. It is "
    "robust if, besides, at least {sign:.0%} of all "
    "specifications find the topic with a slope of the same sign, at least {significant:.0%} of "
    "them reject zero slope at {alpha:g} (adjusted) "
    "in that direction, and, where periods are serially correlated, the test that allows for it "
    "rejects too. A detected claim that is not robust is "
    "model-dependent; all others are not detected. A specification without a matching topic counts "
    "as one that does not agree."
)


@dataclass(frozen=True)
class Rule:
    """Thresholds of the verdict."""

    alpha: float = 0.05
    sign: float = 0.8
    significant: float = 0.5

    def __str__(self) -> str:
        return RULE.format(alpha=self.alpha, sign=self.sign, significant=self.significant)


def classify_claims(
    main: pd.DataFrame, specifications: pd.DataFrame, *, rule: Rule | None = None
) -> tuple[list[Claim], pd.DataFrame]:
    """Judge every topic of the main specification.

    Parameters
    ----------
    main : pandas.DataFrame
        One row per topic: ``topic``, ``label``, ``slope``, ``lower``, ``upper``, ``p_adjusted``.
        Where there is ``decision_p`` (:func:`decision_p`), a claim is robust only if that rejects
        too.
        ``log_odds``, ``z`` or ``note`` give the direction of a topic without a finite slope
        (:func:`direction_of`). ``power_adjusted`` and ``power`` are carried along.
    specifications : pandas.DataFrame
        One row per specification and topic of the main one: ``specification``, ``topic``,
        ``slope``, ``p_adjusted``; a topic without a partner has NaN. The main specification is one
        of them. ``z``, the signed test statistic, stands for the slope where that is not finite;
        ``partner`` is -1 where no topic matched.
    rule : Rule, optional
        Thresholds.

    Returns
    -------
    list of Claim
        One per topic, in the order of ``main``.
    pandas.DataFrame
        Columns ``topic``, ``label``, ``direction``, ``slope``, ``lower``, ``upper``,
        ``p_adjusted``, ``agreement``, ``verdict``, then ``decision_p``, ``agreement_significant``,
        ``matched``, ``specifications`` and ``power``: the smallest slope (points a year) that this
        corpus would have shown with 80 % power; from ``power_adjusted`` where ``main`` has it
        for any topic, else from ``power``.

    Raises
    ------
    DataError
        If a topic has no specification.
    """
    rule = rule or Rule()
    claims: list[Claim] = []
    rows: list[dict[str, Any]] = []
    power = _power(main)
    row: Any
    for row in main.itertuples(index=False):
        specs = specifications.loc[specifications["topic"] == row.topic]
        if specs.empty:
            message = f"Topic {row.topic!r} has no specification; give at least the main one."
            raise DataError(message)
        sign = direction_of(row)
        p_adjusted, decision_p = (
            float(row.p_adjusted),
            float(getattr(row, "decision_p", row.p_adjusted)),
        )
        # A topic that occurs at one end of the span only has no finite slope, but its test has a
        # direction.
        side = np.sign(specs["slope"].fillna(specs["z"]) if "z" in specs else specs["slope"])
        same = (side == sign) & side.notna() & (sign != 0)
        rejects = same & (specs["p_adjusted"] <= rule.alpha)
        detected = bool(np.isfinite(p_adjusted) and p_adjusted <= rule.alpha)
        agreement = float(same.mean())
        # Where the two tests differ, the claim depends on taking periods for independent.
        trusted = bool(np.isfinite(decision_p) and decision_p <= rule.alpha)
        robust = (
            detected
            and trusted
            and agreement >= rule.sign
            and float(rejects.mean()) >= rule.significant
        )
        verdict = (
            Verdict.ROBUST
            if robust
            else Verdict.MODEL_DEPENDENT
            if detected
            else Verdict.NOT_DETECTED
        )
        direction = "rising" if sign > 0 else "falling" if sign < 0 else "flat"
        claims.append(
            Claim(
                str(row.topic),
                row.label,
                direction,
                row.slope,
                row.lower,
                row.upper,
                p_adjusted,
                agreement,
                verdict,
            )
        )
        rows.append(
            {
                "topic": row.topic,
                "label": row.label,
                "direction": direction,
                "slope": row.slope,
                "lower": row.lower,
                "upper": row.upper,
                "p_adjusted": p_adjusted,
                "agreement": agreement,
                "verdict": verdict.value,
                "decision_p": decision_p,
                "agreement_significant": float(rejects.mean()),
                "matched": int((specs["partner"] >= 0).sum())
                if "partner" in specs
                else int(specs["slope"].notna().sum()),
                "specifications": len(specs),
                "power": power[len(rows)],
            }
        )
    return claims, pd.DataFrame(rows)


def specification_rows(
    name: str, slopes: pd.DataFrame, partner: Sequence[int | None]
) -> pd.DataFrame:
    """Slopes of one specification under the topics of the main one.

    ``partner[k]`` is its topic that matches topic k, or ``None``.

    ``z`` is the normal score of p with the sign of the test, which a topic that
    occurs at one end of the span only has, though it has no finite slope.
    """
    sign = np.array([direction_of(row) for row in slopes.itertuples(index=False)])
    tail = (
        np.clip(slopes["p"].to_numpy(dtype=float) / 2, 1e-300, None)
        if "p" in slopes
        else np.full(len(slopes), np.nan)
    )
    table: Any = slopes.assign(z=sign * stats.norm.isf(tail)).set_index("topic")
    rows = []
    for topic, other in enumerate(partner):
        found = other is not None and other in table.index
        rows.append(
            {
                "specification": name,
                "topic": topic,
                "partner": other if found else -1,
                "slope": float(table.at[other, "slope"]) if found else np.nan,
                "lower": float(table.at[other, "lower"]) if found else np.nan,
                "upper": float(table.at[other, "upper"]) if found else np.nan,
                "p_adjusted": float(table.at[other, "p_adjusted"]) if found else np.nan,
                "z": float(table.at[other, "z"]) if found else np.nan,
            }
        )
    return pd.DataFrame(rows)


def direction_of(row: Any) -> float:
    """1 for rising, -1 for falling, 0 for neither.

    The sign of the test, which is there even where no slope is.

    A topic that occurs at one end of the span only (separated) has a direction, but its slope is
    not finite; the sign is then taken from ``log_odds``, ``z`` or what the test's note says.
    """
    for name in ("slope", "log_odds", "z"):
        value = getattr(row, name, None)
        if value is not None and not np.isnan(value):
            return float(np.sign(value))
    note = str(getattr(row, "note", ""))
    return 1.0 if "direction rising" in note else -1.0 if "direction falling" in note else 0.0


def decision_p(trend: Trend, *, doubt: float = DOUBT) -> tuple[pd.Series, str]:
    """The adjusted p-values by which claims are classified, and a sentence about them.

    The sentence is given where they are not those of the main test.

    Parameters
    ----------
    trend : Trend
        Of :func:`trends.analysis.trend.fit.fit_trends`.
    doubt : float
        The main test is trusted unless the p of independent periods is below this.

    Returns
    -------
    pandas.Series
        ``p_adjusted``; ``p_prewhitened_adjusted`` where independence is doubtful. A topic without
        one, such as a separated one, has NaN then: nothing is known that would allow for
        autocorrelation.
    str
        Empty where the main test is used.
    """
    independent = float(trend.settings.get("p_independent", np.nan))
    if not independent < doubt or trend.table["p_prewhitened_adjusted"].isna().all():
        return trend.table["p_adjusted"], ""
    lost = int(
        (trend.table["p_adjusted"].notna() & trend.table["p_prewhitened_adjusted"].isna()).sum()
    )
    sentence = (
        "Periods are serially correlated beyond the trends (autocorrelation "
        f"{trend.settings['autocorrelation']:.2f}, p = {independent:.2g}): "
        "claims are classified by the test that allows for it (p_prewhitened_adjusted), not by the "
        "main one."
    )
    if lost:
        sentence += (
            f" {lost} topic{'s' if lost > 1 else ''} at one end of the span cannot be tested so "
            "and count as not detected."
        )
    return trend.table["p_prewhitened_adjusted"], sentence


def _power(main: pd.DataFrame) -> list[float]:
    """Smallest slopes that would have been found.

    With the adjustment where it was simulated, else the analytic ones.
    """
    for name in ("power_adjusted", "power"):
        if name in main and (name == "power" or main[name].notna().any()):
            return main[name].astype(float).tolist()
    return [float("nan")] * len(main)
