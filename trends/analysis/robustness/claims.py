"""From findings under many specifications to claims that say how stable they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.trend.model import normal_score
from trends.analysis.trend.turning import ENOUGH
from trends.core import Claim, Finding, Stability
from trends.core.claim import ALPHA, FOUND
from trends.errors import DataError

Array = NDArray[np.float64]

#: The rule, written where it is read: in the report and in the documentation this text is printed,
#: not a copy of it.
RULE = (
    "A finding is what the run itself says of a topic: rising or falling if the change of its "
    "share between the two spans has an adjusted p of at most {alpha:g}; turned if it first went "
    "one way and then the other, by the same limit. Its stability is what all specifications of "
    "the multiverse say together. A specification votes, by its sign, if it has a topic that "
    "matches; families of models have equal votes, in a family all fits, and of a fit all "
    "estimators. A rise or a fall is stable if at least {matched:.0%} of all votes are cast, most "
    "of them for its direction, if the joint test of the specifications that vote rejects at "
    "{alpha:g} (average normal score, against shuffled dates), and if no diagnostic takes the "
    "finding away. A turn is stable if most votes of specifications with {enough} periods or more "
    "find it too; the rest is the same, without the joint test. Other findings depend on choices. "
    "Not examined: there was one specification or no multiverse, or nothing was found; then no "
    "stability is said."
)


@dataclass(frozen=True)
class Rule:
    """Limits of the rule: of a p-value, and of the part of the votes that is cast."""

    alpha: float = ALPHA
    matched: float = 0.5

    def __str__(self) -> str:
        return RULE.format(alpha=self.alpha, matched=self.matched, enough=ENOUGH)


def classify_claims(
    main: pd.DataFrame,
    specifications: pd.DataFrame,
    *,
    joint: Sequence[float] | Array | None = None,
    diagnostics: Mapping[Any, Sequence[str]] | None = None,
    rule: Rule | None = None,
) -> tuple[list[Claim], pd.DataFrame]:
    """Say of every topic of a run what was found and how stable that is.

    Parameters
    ----------
    main : pandas.DataFrame
        The table of trends of the run, one row per topic.
    specifications : pandas.DataFrame
        Rows of :func:`specification_rows`, the run's own specification among them; ``family`` and
        ``fit`` are read by :func:`votes`.
    joint : sequence of float, optional
        p of the joint test (:func:`trends.analysis.robustness.multiverse.joint_test`) of each topic
        of ``main``; without it nothing is examined.
    diagnostics : mapping, optional
        Topic → names of the diagnostics that change its finding.
    rule : Rule, optional
        Limits.

    Returns
    -------
    list of Claim
        One per topic, in the order of ``main``.
    pandas.DataFrame
        Columns ``topic``, ``label``, ``finding``, ``change``, ``change_lower``, ``change_upper``,
        ``slope``, ``lower``, ``upper``, ``p_adjusted``, ``agreement`` (part of the votes cast that
        agree), ``stability``, ``joint_p``, ``matched`` (specifications that have the topic),
        ``specifications``, ``votes`` (part of all votes that is cast), ``power``, ``diagnostics``
        (separated by semicolons).

    Raises
    ------
    DataError
        If a topic has no specification.
    """
    rule = rule or Rule()
    joint_p = np.full(len(main), np.nan) if joint is None else np.asarray(joint, dtype=float)
    weight = specifications["specification"].map(votes(specifications))
    claims, rows = [], []
    for row, p in zip(main.to_dict("records"), joint_p, strict=True):
        here = (specifications["topic"] == row["topic"]).to_numpy()
        specs = specifications[here]
        if specs.empty:
            message = f"Topic {row['topic']!r} has no specification; give at least the main one."
            raise DataError(message)
        matched = (specs["partner"] >= 0).to_numpy()
        cast = weight[here].to_numpy() * matched
        agrees, voters = _agreement(row, specs[matched])
        agreement = np.nan
        if len(specs) > 1 and cast[matched][voters].sum() > 0:
            agreement = float((cast[matched] * agrees)[voters].sum() / cast[matched][voters].sum())
        changed = tuple((diagnostics or {}).get(row["topic"], ()))
        stable = (
            cast.sum() >= rule.matched - 1e-9
            and agreement > 0.5 + 1e-9
            and (row["finding"] == Finding.TURNED or p <= rule.alpha)
            and not changed
        )
        if joint is None or len(specs) < 2 or row["finding"] not in FOUND:
            stability = Stability.NOT_EXAMINED
        else:
            stability = Stability.STABLE if stable else Stability.DEPENDS
        numbers = {name: float(row[name]) for name in NUMBERS} | {"agreement": agreement}
        claims.append(
            Claim(
                str(row["topic"]),
                row["label"],
                row["finding"],
                **numbers,
                stability=stability,
                diagnostics=changed,
            )
        )
        rows.append(
            {
                **{name: row[name] for name in ("topic", "label", "finding")},
                **numbers,
                "stability": stability.value,
                "joint_p": p,
                "matched": int(matched.sum()),
                "specifications": len(specs),
                "votes": float(cast.sum()),
                "power": float(row["power"]),
                "diagnostics": "; ".join(changed),
            }
        )
    return claims, pd.DataFrame(rows)


#: Numbers of a finding that a claim repeats.
NUMBERS = ("change", "change_lower", "change_upper", "slope", "lower", "upper", "p_adjusted")

#: What a specification says of a topic; ``z`` is the normal score of p with the sign of the change.
SAID = (
    *("finding", *NUMBERS[:-1], "log_odds", "p", "p_adjusted"),
    *("z", "turn", "periods", "note"),
)


def _agreement(row: Mapping[Any, Any], specs: pd.DataFrame) -> tuple[Array, NDArray[np.bool_]]:
    """Whether each specification agrees with the finding, and which are asked."""
    if row["finding"] == Finding.TURNED:
        agrees = (specs["turn"] == row["turn"]).to_numpy(dtype=float)
        return agrees, (specs["periods"] >= ENOUGH).to_numpy()
    sign = np.sign(specs["log_odds"].to_numpy(dtype=float))
    return (sign == np.sign(row["log_odds"])).astype(float), np.isfinite(sign)


def votes(specifications: pd.DataFrame) -> pd.Series:
    """The vote of each specification: families weigh the same, then fits, then estimators.

    Parameters
    ----------
    specifications : pandas.DataFrame
        Columns ``specification``, and ``family`` and ``fit`` where there are several estimators of
        a fit, or several fits of a family; else each specification is a fit of one family.

    Returns
    -------
    pandas.Series
        By specification; sums to 1.
    """
    each = specifications.drop_duplicates("specification").set_index("specification")
    frame = pd.DataFrame(
        {
            "family": each.get("family", ""),
            "fit": each.get("fit", each.index.to_series()),
        },
        index=each.index,
    )
    fits = frame.groupby("family")["fit"].transform("nunique")
    estimators = frame.groupby(["family", "fit"])["fit"].transform("size")
    return 1 / (frame["family"].nunique() * fits * estimators)


def specification_rows(
    name: str, trends: pd.DataFrame, partner: Sequence[int | None]
) -> pd.DataFrame:
    """What one specification says of the topics of the run.

    Parameters
    ----------
    name : str
        Of the specification.
    trends : pandas.DataFrame
        Its table of trends.
    partner : sequence
        ``partner[k]`` is its topic that matches topic k of the run, or ``None``.

    Returns
    -------
    pandas.DataFrame
        One row per topic of the run: ``specification``, ``topic``, ``partner`` (-1 where none
        matches) and :data:`SAID`.
    """
    z = normal_score(trends["log_odds"].to_numpy(float), trends["p"].to_numpy(float))
    table = trends.assign(z=z).set_index("topic")
    other = [-1 if k is None or k not in table.index else k for k in partner]
    said = table.reindex(other)[list(SAID)].reset_index(drop=True)
    said["finding"] = said["finding"].fillna(Finding.NOT_TESTED.value)
    said["turn"], said["note"] = said["turn"].fillna(""), said["note"].fillna("no matching topic")
    said.insert(0, "specification", name)
    said.insert(1, "topic", np.arange(len(other)))
    said.insert(2, "partner", other)
    return said
