"""Trend chart: one topic's share over time with its band, as inline SVG that follows the page's colours."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup, escape

from trends.reports.words import period_name

WIDTH, HEIGHT = 460.0, 170.0
LEFT, RIGHT, TOP, BOTTOM = 42.0, 10.0, 8.0, 24.0


def trend_chart(rows: pd.DataFrame, unit: str, alt: str) -> Markup:
    """Draw shares with their band; gaps where there are no documents, hollow dots where a period is incomplete.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row per period, in order: ``period``, ``share``, ``lower``, ``upper`` (fractions, NaN where unknown), ``complete``.
    unit : str
        Length of a period, for the names below the axis.
    alt : str
        What a reader hears in its place.
    """
    n = len(rows)
    shares, lower, upper = ([float(v) for v in rows[name]] for name in ("share", "lower", "upper"))
    top = ceiling(max((v for v in [*shares, *upper] if math.isfinite(v)), default=1.0))
    x = [LEFT + (WIDTH - LEFT - RIGHT) * (i / (n - 1) if n > 1 else 0.5) for i in range(n)]

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top

    out = []
    for value in (0.0, top / 2, top):
        out.append(f'<path class="rule" d="M{LEFT:.0f} {y(value):.1f}H{WIDTH - RIGHT:.0f}"/>')
        out.append(f'<text x="{LEFT - 5:.0f}" y="{y(value) + 4:.1f}" text-anchor="end">{100 * value:.3g}%</text>')
    for i, anchor in _labelled(n):
        name = escape(period_name(pd.Timestamp(rows["period"].iloc[i]), unit))
        out.append(f'<text x="{x[i]:.1f}" y="{HEIGHT - 6:.0f}" text-anchor="{anchor}">{name}</text>')
    for run in _runs([math.isfinite(a) and math.isfinite(b) for a, b in zip(lower, upper, strict=True)]):
        above = [f"{x[i]:.1f} {y(upper[i]):.1f}" for i in run]
        below = [f"{x[i]:.1f} {y(lower[i]):.1f}" for i in reversed(run)]
        if len(run) > 1:
            out.append(f'<path class="band" d="M{"L".join([*above, *below])}z"/>')
        else:
            out.append(f'<path class="bar" d="M{above[0]}L{below[0]}"/>')
    for run in _runs([math.isfinite(s) for s in shares]):
        if len(run) > 1:
            out.append(f'<path class="line" d="M{"L".join(f"{x[i]:.1f} {y(shares[i]):.1f}" for i in run)}"/>')
    whole = [bool(c) for c in rows["complete"]]
    for i in range(n):
        if math.isfinite(shares[i]):
            kind = "dot" if whole[i] else "hollow"
            out.append(f'<circle class="{kind}" cx="{x[i]:.1f}" cy="{y(shares[i]):.1f}" r="{2.2 if whole[i] else 3}"/>')
    return Markup(
        f'<svg class="chart" role="img" aria-label="{escape(alt)}" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}">{"".join(out)}</svg>'
    )


def ceiling(value: float) -> float:
    """The next round number of percent at or above a share: 1, 2, 4, 5, 6, 8 or 10 times a power of ten."""
    if not value > 0:
        return 0.01
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 6, 8, 10, 20) if step * power >= value * (1 - 1e-9))


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
