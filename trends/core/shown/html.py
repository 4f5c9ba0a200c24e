"""Tables of HTML with small curves, for the notebooks in which nouns show themselves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from trends.core.wording import DASH, closed

#: Size of a curve, in pixels.
WIDTH, HEIGHT = 120, 24


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; cells are HTML already."""
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def text(value: object) -> str:
    """Text from outside as it may stand in a page."""
    return escape(closed(str(value)))


def interval(value: str, lower: str, upper: str) -> str:
    """A number with its interval; a dash where there is none."""
    return value if value == DASH else f"{value} <small>({lower} to {upper})</small>"


def curve(
    values: Sequence[float],
    alt: str,
    lower: Sequence[float] = (),
    upper: Sequence[float] = (),
    top: float = 0.0,
) -> str:
    """A curve in the space of a word, with a band, in the colour of the text around it.

    Parameters
    ----------
    values, lower, upper : sequence of float
        One for each place; NaN leaves a gap.
    alt : str
        What it shows, for a reader who does not see it.
    top : float
        Value at the upper edge; the largest of all by default.
    """
    top = top or max((v for v in (*values, *upper) if math.isfinite(v)), default=1.0) or 1.0

    def at(i: int, value: float) -> str:
        x = 2 + (WIDTH - 4) * i / max(len(values) - 1, 1)
        return f"{x:.1f},{HEIGHT - 2 - (HEIGHT - 4) * min(value / top, 1.0):.1f}"

    known = [i for i, v in enumerate(values) if math.isfinite(v)]
    line = "".join(f"{'M' if i - 1 not in known else 'L'}{at(i, values[i])}" for i in known)
    band = [i for i in known if i < len(lower) and math.isfinite(lower[i] + upper[i])]
    edge = [at(i, upper[i]) for i in band] + [at(i, lower[i]) for i in reversed(band)]
    shade = f'<path d="M{"L".join(edge)}Z" fill="currentColor" opacity=".15"/>' if edge else ""
    return (
        f'<svg role="img" aria-label="{text(alt)}" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">{shade}<path d="{line}" fill="none" '
        'stroke="currentColor" stroke-width="1.5"/></svg>'
    )
