"""Claim: the sentence that a reader may quote, with all that it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from html import escape

from trends.core.wording import probability
from trends.errors import DataError


class Finding(StrEnum):
    """What one run says about a topic."""

    RISING = "rising"
    FALLING = "falling"
    TURNED = "turned"
    NO_CHANGE = "no change detected"
    NOT_TESTED = "not tested"


#: Findings that say that something happened.
FOUND = (Finding.RISING, Finding.FALLING, Finding.TURNED)


#: Level of an adjusted p at which something is found.
ALPHA = 0.05


class Stability(StrEnum):
    """What the multiverse says about a finding."""

    STABLE = "stable"
    DEPENDS = "depends on choices"
    NOT_EXAMINED = "not examined"


@dataclass(frozen=True)
class Claim:
    """One claim about one topic: what a run finds, how large it is, and whether it is stable.

    Parameters
    ----------
    topic, label : str
        Of the topic.
    finding : Finding or str
        What the run says.
    change, change_lower, change_upper : float
        Share of the last span minus that of the first, with its interval, in percentage points.
    slope, lower, upper : float
        The same a year.
    p_adjusted : float
        Of no change.
    agreement : float
        Weighted share of the matched specifications whose change has the same sign; NaN where only
        one was run.
    stability : Stability or str
        What the specifications say together.
    diagnostics : tuple of str
        Names of the diagnostics that change the conclusion.

    Examples
    --------
    >>> import trends as tr
    >>> claim = tr.Claim("3", "solar cells", "rising", 4.1, 2.0, 6.3, 1.2, 0.6, 1.9, 0.01, 0.95,
    ...                  "stable")
    >>> claim.finding.value
    'rising'
    """

    topic: str
    label: str
    finding: Finding | str
    change: float
    change_lower: float
    change_upper: float
    slope: float
    lower: float
    upper: float
    p_adjusted: float
    agreement: float
    stability: Stability | str = Stability.NOT_EXAMINED
    diagnostics: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, kind in (("finding", Finding), ("stability", Stability)):
            value = getattr(self, name)
            if value not in list(kind):
                allowed = ", ".join(kind)
                message = f"The {name} of a claim is one of {allowed}; got {value!r}."
                raise DataError(message)
            object.__setattr__(self, name, kind(value))

    def _repr_html_(self) -> str:
        agree = (
            ""
            if self.agreement != self.agreement
            else f"; {self.agreement:.0%} of specifications agree in sign"
        )
        p = escape(probability(self.p_adjusted, "p"))
        return (
            f"<b>Claim</b>: “{escape(self.label)}” {self.finding}, {self.stability}; "
            f"{self.change:+.2f} percentage points ({self.change_lower:+.2f} to "
            f"{self.change_upper:+.2f}, adjusted {p}){agree}"
        )
