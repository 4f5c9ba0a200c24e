"""The verdict on a claim, by the conditions of PROTOCOL.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ALPHA = 0.05

SURVIVES, DEPENDS, FAILS = "survives", "depends on choices", "does not survive"
CONTRADICTED, UNTESTED = "contradicted", "cannot be tested"
VERDICTS = (SURVIVES, DEPENDS, FAILS, CONTRADICTED, UNTESTED)


@dataclass(frozen=True)
class Said:
    """What one specification says of a claim.

    Parameters
    ----------
    sign : int
        1 in the claimed direction, -1 against it, 0 where the specification has no such topic.
    found : bool
        Whether it is found, that is adjusted p at most .05 and no turn against it.
    p : float
        Unadjusted.
    name : str
    """

    sign: int
    found: bool
    p: float = 1.0
    name: str = ""


@dataclass(frozen=True)
class Verdict:
    """The verdict, the condition that decided in words, and the shares of specifications.

    Parameters
    ----------
    verdict, reason : str
    found, against, sign : float
        A, C and S of the protocol.
    """

    verdict: str
    reason: str
    found: float
    against: float
    sign: float


def judge(
    direction: str,
    main: Said,
    choices: Sequence[Said],
    placebo_p: float,
    held: Sequence[Said] = (),
) -> Verdict:
    """Judge one claim.

    Parameters
    ----------
    direction : str
        ``"no trend"``, or any direction that can be found.
    main : Said
    choices : sequence of Said
        All specifications, the main one among them.
    placebo_p : float
        Of the main specification against shuffled years.
    held : sequence of Said
        With the confounder held fixed; empty where none was named beforehand.
    """
    size = len(choices)
    a = sum(s.found and s.sign > 0 for s in choices) / size
    c = sum(s.found and s.sign < 0 for s in choices) / size
    sign = sum(s.sign > 0 for s in choices) / size
    if direction == "no trend":
        return Verdict(*_no_trend(main, a + c), a + c, 0.0, sign)
    if main.found and main.sign < 0 and c >= 0.5:
        said = f"found in the opposite direction, in {c:.0%} of {size} specifications too"
        return Verdict(CONTRADICTED, said, a, c, sign)
    if not (main.found and main.sign > 0):
        if main.sign == 0:
            said = "the main fit has no such topic"
        elif main.sign < 0 and direction.startswith("peak"):
            said = "the main specification has no such turn at that time"
        elif main.sign < 0:
            said = "estimated with the opposite sign by the main specification"
        else:
            said = "not found by the main specification"
        found = f"{said}; found by {a:.0%} of {size} specifications"
        return Verdict(DEPENDS if a >= 0.2 else FAILS, found, a, c, sign)
    if a < 0.5:
        return Verdict(DEPENDS, f"found by only {a:.0%} of {size} specifications", a, c, sign)
    if sign < 0.8:
        said = f"the sign holds in only {sign:.0%} of {size} specifications"
        return Verdict(DEPENDS, said, a, c, sign)
    if not placebo_p <= ALPHA:
        said = f"shuffled years give as clear a change (placebo p {placebo_p:.3f})"
        return Verdict(DEPENDS, said, a, c, sign)
    against = [s.name for s in held if s.sign <= 0]
    if against:
        return Verdict(DEPENDS, f"the sign changes with {' and '.join(against)}", a, c, sign)
    if held and min(s.p for s in held) > ALPHA:
        said = f"not found with {' and '.join(s.name for s in held)}"
        return Verdict(DEPENDS, said, a, c, sign)
    kept = f", and with {' and '.join(s.name for s in held)}" if held else ""
    return Verdict(SURVIVES, f"found by {a:.0%} of {size} specifications{kept}", a, c, sign)


def _no_trend(main: Said, a: float) -> tuple[str, str]:
    if not main.found and a <= 0.2:
        return SURVIVES, f"nothing found; a change in {a:.0%} of the specifications"
    if main.found and a >= 0.5:
        return CONTRADICTED, f"a change is found, in {a:.0%} of the specifications"
    return DEPENDS, f"a change is found in {a:.0%} of the specifications"
