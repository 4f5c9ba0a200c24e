"""Trend chart: one topic's share over time with its band, as inline SVG.

It follows the colours of the page.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup, escape

from trends.core.wording import period_name

#: Half pixels, so that whole numbers are fine enough.
WIDTH, HEIGHT = 920, 340
#: The smallest share that sets the scale.
LEAST = 1e-5
LEFT, RIGHT, TOP, BOTTOM = 84, 20, 16, 48


def trend_chart(
    rows: pd.DataFrame, unit: str, alt: str, frames: dict[tuple[str, ...], str] | None = None
) -> Markup:
    """Draw shares with their band.

    Gaps where there are no documents, hollow dots where a period is incomplete.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row per period, in order: ``period``, ``share``, ``lower``, ``upper`` (fractions, NaN
        where unknown), ``complete``.
    unit : str
        Length of a period, for the names below the axis.
    alt : str
        Text for a reader who does not see it.
    frames : dict, optional
        Names of the periods → id of the lines and names that a chart before this one has drawn for
        them; the first chart of its periods adds an entry.
    """
    n = len(rows)
    shares, lower, upper = ([float(v) for v in rows[name]] for name in ("share", "lower", "upper"))
    highest = max((v for v in [*shares, *upper] if math.isfinite(v)), default=1.0)
    # Less is rounding, and no share: an axis for it would say nothing.
    top = ceiling(highest if highest >= LEAST else 0.0)
    x = [round(LEFT + (WIDTH - LEFT - RIGHT) * (i / (n - 1) if n > 1 else 0.5)) for i in range(n)]

    def y(value: float) -> int:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top)

    names = [period_name(rows["period"].iloc[i], unit, short=True) for i, _ in _labelled(n)]
    drawn = (
        '<path class="c-rule" '
        f'd="{"".join(f"M{LEFT} {y(v)}H{WIDTH - RIGHT}" for v in (0.0, top / 2, top))}"/>'
    )
    drawn += f'<text class="c-text c-y" x="{LEFT - 8}" y="{y(0.0) + 8}">0%</text>'
    for (i, anchor), name in zip(_labelled(n), names, strict=True):
        drawn += (
            f'<text class="c-text" x="{x[i]}" y="{HEIGHT - 12}" '
            f'text-anchor="{anchor}">{escape(name)}</text>'
        )
    scale = "".join(
        f'<text x="{LEFT - 8}" y="{y(v) + 8}">{100 * v:.3g}%</text>' for v in (top / 2, top)
    )
    out = [_once(drawn, (str(n), *names), frames), f'<g class="c-text c-y">{scale}</g>']
    for run in _runs(
        [math.isfinite(a) and math.isfinite(b) for a, b in zip(lower, upper, strict=True)]
    ):
        edge = [(x[i], y(upper[i])) for i in run] + [(x[i], y(lower[i])) for i in reversed(run)]
        out.append(
            f'<path class="{"band" if len(run) > 1 else "bar"}" '
            f'd="{_path(edge)}{"z" if len(run) > 1 else ""}"/>'
        )
    known = [math.isfinite(s) for s in shares]
    lines = [_path([(x[i], y(shares[i])) for i in run]) for run in _runs(known) if len(run) > 1]
    out.append(f'<path class="line" d="{"".join(lines)}"/>')
    alone = {run[0] for run in _runs(known) if len(run) == 1}
    for i, whole in enumerate(rows["complete"]):
        # Dots only where the line cannot speak: between gaps, at the end, and hollow where a period
        # is incomplete.
        if known[i] and (not whole or i in alone or not any(known[i + 1 :])):
            out.append(
                f'<circle class="{"dot" if whole else "hollow"}" cx="{x[i]}" cy="{y(shares[i])}" '
                'r="6"/>'
            )
    return Markup(
        f'<svg class="chart" role="img" aria-label="{escape(alt)}" viewBox="0 0 {WIDTH} '
        f'{HEIGHT}">{"".join(out)}</svg>'
    )


def _once(drawn: str, key: tuple[str, ...], frames: dict[tuple[str, ...], str] | None) -> str:
    """What many charts have in common: drawn by the first, shown again by the others."""
    if frames is None:
        return drawn
    if key in frames:
        return f'<use href="#{frames[key]}"/>'
    frames[key] = f"frame-{len(frames) + 1}"
    return f'<g id="{frames[key]}">{drawn}</g>'


def _path(points: Sequence[tuple[int, int]]) -> str:
    """Lines from point to point, written as steps, which are shorter."""
    steps = [f"{x - a} {y - b}" for (a, b), (x, y) in itertools.pairwise(points)]
    return f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}".replace(" -", "-")


def ceiling(value: float) -> float:
    """The next round number of percent at or above a share.

    1, 2, 4, 5, 6, 8 or 10 times a power of ten.
    """
    if not value > 0:
        return 0.01
    power = 10.0 ** math.floor(math.log10(value))
    return next(
        step * power for step in (1, 2, 4, 5, 6, 8, 10, 20) if step * power >= value * (1 - 1e-9)
    )


def _runs(known: Sequence[bool]) -> list[list[int]]:
    """Stretches of consecutive periods with a value."""
    out: list[list[int]] = []
    for i, yes in enumerate(known):
        if yes and i and known[i - 1]:
            out[-1].append(i)
        elif yes:
            out.append([i])
    return out


def _labelled(n: int) -> list[tuple[int, str]]:
    """Periods named below the axis: the ends, and the middle where there is room."""
    if n < 2:
        return [(i, "middle") for i in range(n)]
    middle = [(n // 2, "middle")] if n > 4 else []
    return [(0, "start"), *middle, (n - 1, "end")]
