"""Sparkline: a topic's share over time in the space of a word, as inline SVG.

It follows the colours of the page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

#: Fifths of a pixel, so that whole numbers are fine enough.
WIDTH, HEIGHT, PAD = 600, 140, 15


def sparkline(
    shares: Sequence[float], complete: Sequence[bool], alt: str, top: float, name: str = ""
) -> Markup:
    """Draw shares of consecutive periods.

    Gaps where there are no documents, hollow dots where a period is incomplete.

    Parameters
    ----------
    shares : sequence of float
        Fractions; NaN for a period without documents.
    complete : sequence of bool
        One for each share.
    alt : str
        Text for a reader who does not see it.
    top : float
        Share at the upper edge, the same for all topics of a backend so that they can be compared.
    name : str
        Id of the drawing, so that another place of the page can show it again.
    """
    n = len(shares)
    top = top if top > 0 and math.isfinite(top) else 1.0
    x = [round(PAD + (WIDTH - 2 * PAD) * (i / (n - 1) if n > 1 else 0.5)) for i in range(n)]
    y = [
        round(HEIGHT - PAD - (HEIGHT - 2 * PAD) * s / top) if math.isfinite(s) else None
        for s in shares
    ]
    path, pen, fresh = "", None, True
    for at, up in zip(x, y, strict=True):
        # Steps are shorter than places.
        if up is not None:
            step = "" if pen is None else f"{at - pen[0]} {up - pen[1]}"
            path += f"M{at} {up}" if pen is None else f"l{step}" if fresh else f" {step}"
            fresh = pen is None
        pen = None if up is None else (at, up)
    last = max((i for i in range(n) if y[i] is not None), default=-1)
    # Dots only where the line cannot speak: between gaps, at the end, and hollow where a period is
    # incomplete.
    dots = "".join(
        f'<circle cx="{x[i]}" cy="{y[i]}" r="{7 if complete[i] else 10}" '
        f'class="s-{"dot" if complete[i] else "hollow"}"/>'
        for i in range(n)
        if y[i] is not None and (not complete[i] or i == last or _alone(y, i))
    )
    base = f'<path class="s-base" d="M{PAD} {HEIGHT - PAD}H{WIDTH - PAD}"/>'
    line = f'<path class="s-line" d="{path.replace(" -", "-")}"/>' if path else ""
    drawing = f'<g id="{escape(name)}">{base}{line}{dots}</g>' if name else f"{base}{line}{dots}"
    return Markup(
        f'<svg class="spark" role="img" aria-label="{escape(alt)}" viewBox="0 0 {WIDTH} '
        f'{HEIGHT}">{drawing}</svg>'
    )


def _alone(y: Sequence[int | None], i: int) -> bool:
    before = i > 0 and y[i - 1] is not None
    return not before and not (i + 1 < len(y) and y[i + 1] is not None)


def again(name: str) -> Markup:
    """The drawing of that id once more, silent, since the words beside it say what it is."""
    return Markup(
        f'<svg class="spark" aria-hidden="true" viewBox="0 0 {WIDTH} {HEIGHT}"><use '
        f'href="#{escape(name)}"/></svg>'
    )
