"""Numbers and words as LaTeX: one way to write a share, an interval, a name."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

SIGNS = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "–": "--",
    "−": r"\textminus{}",
    "…": r"\dots{}",
    "“": "``",
    "”": "''",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "±": r"$\pm$",
    "θ": r"$\theta$",
    "→": r"$\to$",
    "×": r"$\times$",
    "½": r"$\frac12$",
    "\u202f": r"\,",
    "\u00a0": "~",
}
DIGITS = dict(
    zip(
        "0123456789",
        ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"],
        strict=True,
    )
)
#: Whole numbers up to this are written as words in a sentence.
WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


def escaped(text: str) -> str:
    """Text from outside as LaTeX; words in backquotes in the face of a typewriter."""
    out = "".join(SIGNS.get(c, c) for c in text)
    return re.sub(r"`([^`']+)`", r"\\texttt{\1}", out)


def rate(value: float, digits: int = 3) -> str:
    """A fraction without the zero before its point: ``.959``."""
    if not math.isfinite(value):
        return "--"
    text = f"{abs(value):.{digits}f}"
    sign = r"\textminus{}" if value < 0 and float(text) else ""
    return sign + text.removeprefix("0")


def percent(value: float, digits: int = 0) -> str:
    """A share in per cent, without the sign: ``23.5``."""
    return "--" if not math.isfinite(value) else f"{100 * value:.{digits}f}"


def points(value: float, digits: int = 1) -> str:
    """A signed number of percentage points."""
    if not math.isfinite(value):
        return "--"
    text = f"{abs(value):.{digits}f}"
    return ("+" if value > 0 else r"\textminus{}") + text if float(text) else text


def between(change: float, lower: float, upper: float) -> str:
    """A change with its interval."""
    ends = f"({points(lower)} to {points(upper)})"
    return f"{points(change)} {ends}" if math.isfinite(change) else "--"


def span(name: str) -> str:
    """A span of time: ``2019 H1--2020 H1``."""
    return escaped(name).replace(" to ", "--")


def probability(value: float) -> str:
    """A p-value of two digits after the point, three below a hundredth, never zero."""
    return (
        "--"
        if not math.isfinite(value)
        else r"$<$.001"
        if value < 0.001
        else rate(value, 3 if value < 0.0995 else 2)
    )


def count(value: float) -> str:
    """A whole number with a thin space between thousands."""
    return f"{int(value):,}".replace(",", r"\,")


def word(value: int) -> str:
    """A whole number as a word where it is small."""
    return WORDS[value] if 0 <= value < len(WORDS) else count(value)


def macro_name(name: str) -> str:
    """A name that LaTeX takes: letters only."""
    return "".join(DIGITS.get(c, c) for c in name)


def macros(values: Mapping[str, str]) -> str:
    r"""One ``\newcommand`` for each value."""
    lines = [f"\\newcommand{{\\{macro_name(name)}}}{{{text}}}" for name, text in values.items()]
    return "% made by paper/make_numbers.py; do not edit\n" + "\n".join(lines) + "\n"


def tabular(
    columns: str, head: Sequence[str], rows: Sequence[Sequence[str]], rules: Sequence[int] = ()
) -> str:
    """A booktabs table; ``rules`` are the rows after which a thin line follows.

    Cells are LaTeX already.
    """
    lines = [
        "% made by paper/make_numbers.py; do not edit",
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        " & ".join(head) + r" \\",
        r"\midrule",
    ]
    for i, row in enumerate(rows):
        lines.append(" & ".join(row) + r" \\")
        if i in rules and i + 1 < len(rows):
            lines.append(r"\midrule")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n"
