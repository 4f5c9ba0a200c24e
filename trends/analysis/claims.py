"""From slopes under many specifications to claims with verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trends.core import Claim, Verdict
from trends.errors import DataError

#: The rule, written where it is read: in the report and in the documentation this text is printed, not a copy of it.
RULE = (
    "A claim is robust if the adjusted p of the main specification is at most {alpha:g}, at least {sign:.0%} of all "
    "specifications find the topic with a slope of the same sign, and at least {significant:.0%} of them reject zero slope at {alpha:g} (adjusted) "
    "in that direction. It is model-dependent if only the first holds, and not detected otherwise. A specification without a matching topic "
    "counts as one that does not agree."
)


@dataclass(frozen=True)
class Rule:
    """Thresholds of the verdict."""

    alpha: float = 0.05
    sign: float = 0.8
    significant: float = 0.5

    def __str__(self) -> str:
        return RULE.format(alpha=self.alpha, sign=self.sign, significant=self.significant)


def judge(main: pd.DataFrame, specifications: pd.DataFrame, *, rule: Rule | None = None) -> tuple[list[Claim], pd.DataFrame]:
    """Judge every topic of the main specification.

    Parameters
    ----------
    main : pandas.DataFrame
        One row per topic: ``topic``, ``label``, ``slope``, ``lower``, ``upper``, ``p_adjusted``.
    specifications : pandas.DataFrame
        One row per specification and topic of the main one: ``specification``, ``topic``, ``slope``, ``p_adjusted``; a
        topic without a partner has NaN. The main specification is one of them. ``z``, the signed test statistic, stands for the
        slope where that is not finite; ``partner`` is -1 where no topic matched.
    rule : Rule, optional
        Thresholds.

    Returns
    -------
    list of Claim
        One per topic, in the order of ``main``.
    pandas.DataFrame
        Columns ``topic``, ``label``, ``direction``, ``slope``, ``lower``, ``upper``, ``p_adjusted``, ``agreement``, ``verdict``, then
        ``agreement_significant``, ``matched`` and ``specifications``.

    Raises
    ------
    DataError
        If a topic has no specification.
    """
    rule = rule or Rule()
    claims: list[Claim] = []
    rows = []
    row: Any
    for row in main.itertuples(index=False):
        specs = specifications.loc[specifications["topic"] == row.topic]
        if specs.empty:
            message = f"Topic {row.topic!r} was judged under no specification; give at least the main one."
            raise DataError(message)
        sign = np.sign(float(row.slope)) if np.isfinite(row.slope) else 0.0
        # A topic that occurs at one end of the span only has no finite slope, but its test has a direction.
        side = np.sign(specs["slope"].fillna(specs["z"]) if "z" in specs else specs["slope"])
        same = (side == sign) & side.notna() & (sign != 0)
        rejects = same & (specs["p_adjusted"] <= rule.alpha)
        detected = bool(np.isfinite(row.p_adjusted) and row.p_adjusted <= rule.alpha)
        agreement = float(same.mean())
        robust = detected and agreement >= rule.sign and float(rejects.mean()) >= rule.significant
        verdict = Verdict.ROBUST if robust else Verdict.MODEL_DEPENDENT if detected else Verdict.NOT_DETECTED
        direction = "rising" if sign > 0 else "falling" if sign < 0 else "flat"
        claims.append(
            Claim(str(row.topic), row.label, direction, row.slope, row.lower, row.upper, row.p_adjusted, agreement, verdict)
        )
        rows.append(
            {
                "topic": row.topic,
                "label": row.label,
                "direction": direction,
                "slope": row.slope,
                "lower": row.lower,
                "upper": row.upper,
                "p_adjusted": row.p_adjusted,
                "agreement": agreement,
                "verdict": verdict.value,
                "agreement_significant": float(rejects.mean()),
                "matched": int((specs["partner"] >= 0).sum()) if "partner" in specs else int(specs["slope"].notna().sum()),
                "specifications": len(specs),
            }
        )
    return claims, pd.DataFrame(rows)


def specification_rows(name: str, slopes: pd.DataFrame, partner: Sequence[int | None]) -> pd.DataFrame:
    """Slopes of one specification under the topics of the main one; ``partner[k]`` is its topic that matches topic k, or ``None``."""
    table: Any = slopes.set_index("topic")
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
            }
        )
    return pd.DataFrame(rows)
