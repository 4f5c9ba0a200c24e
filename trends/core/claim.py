"""Claim: the sentence that a reader may quote, with all that it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from html import escape

from trends.errors import DataError


class Verdict(StrEnum):
    """What the evidence allows to say."""

    ROBUST = "robust"
    MODEL_DEPENDENT = "model-dependent"
    NOT_DETECTED = "not detected"


@dataclass(frozen=True)
class Claim:
    """One claim about one topic: direction, size, interval, adjusted p, agreement and verdict.

    Slopes are in percentage points a year; ``agreement`` is the share of specifications that agree,
    or NaN where only one was run.

    Examples
    --------
    >>> import trends as tr
    >>> claim = tr.Claim("3", "solar cells", "rising", 1.2, 0.4, 2.0, 0.01, 0.95, "robust")
    >>> claim.verdict.value
    'robust'
    """

    topic: str
    label: str
    direction: str
    slope: float
    lower: float
    upper: float
    p_adjusted: float
    agreement: float
    verdict: Verdict | str

    def __post_init__(self) -> None:
        if self.direction not in {"rising", "falling", "flat"}:
            message = (
                f"The direction of a claim is rising, falling or flat; got {self.direction!r}."
            )
            raise DataError(message)
        object.__setattr__(self, "verdict", Verdict(self.verdict))

    def _repr_html_(self) -> str:
        agree = (
            ""
            if self.agreement != self.agreement
            else f"; {self.agreement:.0%} of specifications agree"
        )
        return (
            f"<b>Claim</b>, {escape(str(self.verdict))}: “{escape(self.label)}” {self.direction}, "
            f"{self.slope:+.2f} percentage points a year "
            f"({self.lower:+.2f} to {self.upper:+.2f}, adjusted p {self.p_adjusted:.3g}){agree}"
        )
