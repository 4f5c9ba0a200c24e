"""Statements: what a row of a table of trends says, in the same words wherever it is read.

Report, command line, figures and LaTeX tables take their words from here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from trends.core.claim import ALPHA, FOUND, Finding
from trends.core.wording import DASH, missing, probability, signed

#: What a finding is; printed where findings are read.
FINDINGS = (
    "A finding is what one run says: rising or falling where the share of the last span differs "
    f"from that of the first (adjusted p ≤ {ALPHA:g}); turned where it first rose and then fell, "
    f"or the other way round (adjusted p of the turn ≤ {ALPHA:g}); else no change detected, or not "
    "tested."
)
#: What stability is; printed where it is read.
STABILITY = (
    "Stability is what the multiverse says of a finding: stable, depends on choices, or not "
    "examined. Without a finding there is nothing to examine, and nothing is said."
)
#: What it means that groups differ; printed where groups are compared.
GROUPS = (
    "Groups differ where their changes from the first to the last span are not the same (adjusted "
    f"p ≤ {ALPHA:g}); what moves all groups in a period says nothing about it."
)
#: Larger ratios say only that a topic was hardly there before.
LARGE = 1000.0


def is_found(row: Any) -> bool:
    """Whether a change or a turn was found."""
    return str(row.finding) in FOUND


def stability_of(row: Any) -> str:
    """What the multiverse says of a finding; nothing where there is none."""
    said = getattr(row, "stability", "")
    return "" if missing(said) or not is_found(row) else str(said)


def interval(value: float, lower: float, upper: float, *, between: str = " to ") -> str:
    """``+4.10 (+2.00 to +6.30)``: points with their interval, a dash without."""
    if missing(value):
        return DASH
    digits = digits_of(value, lower, upper)
    ends = between.join(signed(end, digits) for end in (lower, upper))
    return f"{signed(value, digits)} ({ends})"


def digits_of(*values: float) -> int:
    """Decimals of points: two, or as many as small values of one sign need, four at most."""
    known = [abs(v) for v in values if not missing(v) and v != 0]
    same = len({v > 0 for v in values if not missing(v)}) == 1
    least = min(known, default=1.0) if same else max(known, default=1.0)
    return min(max(2, math.ceil(-math.log10(max(least, 1e-9)))), 4)


def change_of(row: Any) -> str:
    """Change between the spans with its interval, in percentage points."""
    return interval(row.change, row.change_lower, row.change_upper)


def spans_of(spans: Sequence[str]) -> tuple[str, str]:
    """Names of the first and the last span, for running text."""
    if len(spans) != 2:
        return "the first span", "the last span"
    first, last = (s if "–" in s else s.replace(" to ", "–") for s in spans)
    return first, last


def turn_of(row: Any) -> str:
    """``rose until about 2021, then fell``; empty where no turn was found."""
    turn = getattr(row, "turn", "")
    if missing(turn) or not str(turn).strip() or missing(row.turn_at):
        return ""
    first, _, then = str(turn).partition(", ")
    at = f"{int(row.turn_at)}" if row.turn_at >= 1000 else f"{row.turn_at:.3g}"
    return f"{first} until about {at}, {then}"


def finding_of(row: Any) -> str:
    """The finding, and for a turn when it was."""
    turn = turn_of(row) if str(row.finding) == Finding.TURNED else ""
    return f"{row.finding}: {turn}" if turn else str(row.finding)


def brief(row: Any) -> list[str]:
    """Finding and change in a few words, from long to short, for places with little room."""
    finding = str(row.finding)
    if missing(row.change):
        return [finding]
    change = signed(row.change, digits_of(row.change, row.change_lower, row.change_upper))
    long = (
        [finding_of(row)] if finding == Finding.TURNED else [f"{finding} {change_of(row)} points"]
    )
    return [*long, f"{finding} {change} points", f"{finding} {change}", finding]


def equals(p: float) -> str:
    """A probability after a symbol: ``= 0.012`` or ``< 0.001``."""
    text = probability(p)
    return text if text.startswith("<") else f"= {text}"


def sentence(row: Any, spans: Sequence[str] = (), level: str = "95% interval") -> str:
    """What one run says about one topic.

    Parameters
    ----------
    row : named tuple
        Of a table of trends.
    spans : sequence of str
        Names of both spans.
    level : str
        What the interval is.

    Examples
    --------
    >>> import trends as tr
    >>> from trends.core.statements import sentence
    >>> months = [2024 + m / 12 for m in range(12)]
    >>> found = tr.fit_trends(([[5, 6, 5, 7, 9, 9, 12, 11, 14, 15, 19, 18]], [100] * 12, months))
    >>> sentence(next(found.frame().itertuples()))[:35]
    'Rose by 10.32 percentage points fro'
    """
    finding, note = str(row.finding), getattr(row, "note", "")
    note = "" if missing(note) else str(note).strip()
    if finding == Finding.NOT_TESTED or missing(row.change):
        return f"Not tested: {note}." if note else "Not tested."
    first, last = spans_of(spans)
    digits = digits_of(row.change, row.change_lower, row.change_upper)
    ends = f"{signed(row.change_lower, digits)} to {signed(row.change_upper, digits)}"
    known = f"({level} {ends}, adjusted p {equals(row.p_adjusted)})"
    size = f"{abs(row.change):.{digits}f} percentage points"
    verb = "rose" if row.change > 0 else "fell"
    changed = row.p_adjusted <= ALPHA
    moved = f"{verb} by {size} from {first} to {last} {known}"
    still = f"no change between {first} and {last} detected"
    still += f": {signed(row.change, digits)} points {known}"
    slope = f"{signed(row.slope, digits_of(row.slope))} points a year"
    turn = turn_of(row)
    turned = f"{turn} (adjusted p of the turn {equals(row.p_turn_adjusted)})" if turn else ""
    if finding == Finding.TURNED:
        text = f"{turned}; {f'over all it {moved}' if changed else still}; {slope}"
    elif finding == Finding.NO_CHANGE:
        text = f"{still}; {slope}"
        # The interval is that of one topic, the adjusted p that of all: where they differ, say so.
        if row.p <= ALPHA:
            text += (
                f"; alone it would count as a change (p {equals(row.p)}), among all topics tested "
                "it may be chance"
            )
        if not missing(row.power):
            text += (
                f"; a change of {row.power:.{digits_of(row.power)}f} points would have "
                "been found with a probability of 80 %"
            )
    else:
        text = f"{moved}{_ratio(row)}; {slope}" + (f"; in between, it {turned}" if turn else "")
    text = f"{text[0].upper()}{text[1:]}."
    fits = getattr(row, "fits", 1)
    if not missing(fits) and fits > 1:
        text += (
            f" In the {fits:.0f} single fits the change lies between {signed(row.fits_lower)} and "
            f"{signed(row.fits_upper)} points."
        )
    return f"{text} Note: {note}." if note else text


def _ratio(row: Any) -> str:
    """Share of the last span as a multiple of that of the first, where that says something."""
    ratio, lower, upper = (
        getattr(row, name, math.nan) for name in ("ratio", "ratio_lower", "ratio_upper")
    )
    if missing(ratio) or max(ratio, upper) > LARGE:
        return ""
    return f", to {ratio:.2f} times its share ({lower:.2f} to {upper:.2f})"


def groups_of(row: Any, *, short: bool = False) -> str:
    """Whether the groups of documents change alike in one topic, with the adjusted p."""
    if missing(row.p_adjusted):
        return "not tested"
    words = "groups differ" if row.differs else "no difference detected"
    return words if short else f"{words} (adjusted p {equals(row.p_adjusted)})"
