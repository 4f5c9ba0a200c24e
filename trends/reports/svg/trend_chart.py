"""Trend chart: one topic's share over time with its band, as inline SVG.

It follows the colours of the page.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup, escape

from trends.core.wording import period_name

#: The smallest share that sets the scale.
LEAST = 1e-5
#: Periods of fewer documents do not set it, unless all are.
FEW = 10
#: Documents of a period whose dot has the largest size.
MANY = 400


@dataclass(frozen=True)
class Frame:
    """Size of a chart and its margins, in units fine enough for whole numbers."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    name: str = "chart"

    def across(self, i: int, n: int) -> int:
        """Where the period ``i`` of ``n`` stands."""
        width = self.width - self.left - self.right
        return round(self.left + width * (i / (n - 1) if n > 1 else 0.5))


#: The chart of a topic's view, and that of a card.
WIDE = Frame(920, 340, 84, 20, 16, 48)
CARD = Frame(600, 280, 100, 16, 20, 58, "chart small")


def trend_chart(
    rows: pd.DataFrame,
    unit: str,
    alt: str,
    frames: dict[tuple[str, ...], str] | None = None,
    *,
    curve: pd.DataFrame | None = None,
    frame: Frame = WIDE,
) -> Markup:
    """Draw the fitted curve with its band over the shares of the periods.

    Without a curve the shares are joined and the band is theirs. Gaps where there are no documents,
    hollow dots where a period is incomplete.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row per period, in order: ``period``, ``share``, ``lower``, ``upper`` (fractions, NaN
        where unknown), ``complete``, ``n_docs``.
    unit : str
        Length of a period, for the names below the axis.
    alt : str
        Text for a reader who does not see it.
    frames : dict, optional
        Names of the periods → id of the lines and names that a chart before this one has drawn for
        them; the first chart of its periods adds an entry.
    curve : pandas.DataFrame, optional
        ``period``, ``fitted``, ``lower``, ``upper``.
    frame : Frame
        Size.
    """
    n, drawn = len(rows), rows
    if fitted := curve is not None and len(curve) > 0:
        drawn = rows[["period"]].merge(curve, on="period", how="left")
    names = ("fitted" if fitted else "share", "lower", "upper")
    line, lower, upper = ([float(v) for v in drawn[name]] for name in names)
    shares = [float(v) for v in rows["share"]]
    docs = [float(v) for v in rows["n_docs"]] if "n_docs" in rows else [MANY] * n
    many = [k >= FEW for k in docs]
    if not any(m and math.isfinite(s) for m, s in zip(many, shares, strict=True)):
        many = [True] * n
    top = scale(
        [v for v, m in zip(shares, many, strict=True) if m]
        + [v for v, m in zip(upper, many, strict=True) if m or fitted]
    )
    x = [frame.across(i, n) for i in range(n)]

    def y(value: float) -> int:
        up = min(value / top, 1.0)
        return round(frame.height - frame.bottom - (frame.height - frame.top - frame.bottom) * up)

    out = [_axes(rows, unit, frame, top, frames)]
    for run in _runs([math.isfinite(a + b) for a, b in zip(lower, upper, strict=True)]):
        edge = [(x[i], y(upper[i])) for i in run] + [(x[i], y(lower[i])) for i in reversed(run)]
        out.append(
            f'<path class="{"band" if len(run) > 1 else "bar"}" '
            f'd="{_path(edge)}{"z" if len(run) > 1 else ""}"/>'
        )
    parts = _runs([math.isfinite(s) for s in line])
    lines = [_path([(x[i], y(line[i])) for i in run]) for run in parts if len(run) > 1]
    out.append(f'<path class="line" d="{"".join(lines)}"/>')
    alone = {run[0] for run in parts if len(run) == 1}
    last = max((i for i in range(n) if math.isfinite(shares[i])), default=-1)
    for i, whole in enumerate(rows["complete"]):
        # Beside a curve each period is a dot, as large as it has documents; a line of shares needs
        # dots only where it cannot speak: between gaps, at the end, and where it is incomplete.
        if math.isfinite(shares[i]) and (fitted or not whole or i in alone or i == last):
            size = round(3 + 5 * math.sqrt(min(docs[i] / MANY, 1.0))) if fitted else 6
            out.append(
                f'<circle class="{"dot" if whole else "hollow"}" cx="{x[i]}" cy="{y(shares[i])}" '
                f'r="{size}"/>'
            )
    return Markup(
        f'<svg class="{frame.name}" role="img" aria-label="{escape(alt)}" '
        f'viewBox="0 0 {frame.width} {frame.height}">{"".join(out)}</svg>'
    )


def scale(values: Sequence[float]) -> float:
    """The share at the upper edge; less than a rounding error is no share to make an axis for."""
    highest = max((v for v in values if math.isfinite(v)), default=1.0)
    return ceiling(highest if highest >= LEAST else 0.0)


def _axes(
    rows: pd.DataFrame,
    unit: str,
    frame: Frame,
    top: float,
    frames: dict[tuple[str, ...], str] | None,
) -> str:
    """Three lines with their shares, and names of periods below."""
    n, floor = len(rows), frame.height - frame.bottom
    at = {v: round(floor - (floor - frame.top) * v) for v in (0.0, 0.5, 1.0)}
    names = [period_name(rows["period"].iloc[i], unit, short=True) for i, _ in _labelled(n, frame)]
    levels = "".join(f"M{frame.left} {y}H{frame.width - frame.right}" for y in at.values())
    drawn = f'<path class="c-rule" d="{levels}"/>'
    drawn += f'<text class="c-text c-y" x="{frame.left - 8}" y="{at[0.0] + 8}">0%</text>'
    for (i, anchor), name in zip(_labelled(n, frame), names, strict=True):
        x = frame.across(i, n)
        drawn += (
            f'<text class="c-text" x="{x}" y="{frame.height - 12}" '
            f'text-anchor="{anchor}">{escape(name)}</text>'
        )
    shares = "".join(
        f'<text x="{frame.left - 8}" y="{at[v] + 8}">{100 * v * top:.3g}%</text>'
        for v in (0.5, 1.0)
    )
    key = (frame.name, str(n), *names)
    return f'{_once(drawn, key, frames)}<g class="c-text c-y">{shares}</g>'


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


def _labelled(n: int, frame: Frame) -> list[tuple[int, str]]:
    """Periods named below the axis: the ends, and the middle where there is room."""
    if n < 2:
        return [(i, "middle") for i in range(n)]
    middle = [(n // 2, "middle")] if n > 4 and frame.width > CARD.width else []
    return [(0, "start"), *middle, (n - 1, "end")]
