"""Paths: the same lines of a figure in fewer letters."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

#: Points from which on steps are tried in the place of places.
FEWEST = 5
_BOX = re.compile(r"M(-?[\d.]+) (-?[\d.]+)H(-?[\d.]+)V(-?[\d.]+)H\1(?:V\2)?z?")
_POINT = re.compile(r"([ML])(-?[\d.]+) (-?[\d.]+)")
_CURVES = re.compile(r"(?:M[^A-Za-z]+|L[^A-Za-z]+|C[^A-Za-z]+|z)+")
_LINES = re.compile(r"(?:[ML]-?[\d.]+ -?[\d.]+|z)*")

Point = tuple[str, str]


def shorter(path: str) -> str:
    """The same path in fewer letters: short commands for lines along an axis, boxes and long lines as steps.

    Places are not rounded any more than they are.

    Parameters
    ----------
    path : str
        The ``d`` of a path, one space between the two numbers of a point, none around letters. One
        with curves is returned as it is.
    """
    if not _LINES.fullmatch(path):
        return min(path, _curved(path), key=len) if _CURVES.fullmatch(path) else path
    placed = _along(path)
    box = _BOX.fullmatch(placed)
    if box is not None:
        left, top, right, bottom = (float(value) for value in box.groups()[:4])
        return f"M{box[1]} {box[2]}h{number(right - left)}v{number(bottom - top)}h{number(left - right)}z"
    if path.count("L") < FEWEST:
        return placed
    return min(placed, _steps(path), key=len)


def _along(path: str) -> str:
    at: list[str] | None = None

    def command(match: re.Match[str]) -> str:
        nonlocal at
        before, here = at, [match[2], match[3]]
        at = here
        if match[1] == "L" and before is not None and before[1] == here[1]:
            return f"H{here[0]}"
        if match[1] == "L" and before is not None and before[0] == here[0]:
            return f"V{here[1]}"
        return match[0]

    return _POINT.sub(command, path)


def _steps(path: str) -> str:
    """Every line as steps from point to point; a closed one may be followed by another."""
    out = ""
    for part in re.findall(r"M[^Mz]*z?", path):
        points = [(m[2], m[3]) for m in _POINT.finditer(part)]
        steps = [f"{number(x)} {number(y)}" for x, y in _walked(points)]
        out += (
            f"M{points[0][0]} {points[0][1]}"
            + (f"l{' '.join(steps)}" if steps else "")
            + ("z" if part.endswith("z") else "")
        )
    return out.replace(" -", "-")


def _walked(points: Sequence[Point]) -> list[tuple[float, float]]:
    """Steps between points; those that go on in the direction of the step before along an axis are one."""
    out: list[tuple[float, float]] = []
    for (a, b), (c, d) in itertools.pairwise(points):
        step = (float(c) - float(a), float(d) - float(b))
        if out and any(
            step[i] == 0 and out[-1][i] == 0 and step[1 - i] * out[-1][1 - i] > 0 for i in (0, 1)
        ):
            out[-1] = (out[-1][0] + step[0], out[-1][1] + step[1])
        else:
            out.append(step)
    return out


def _curved(path: str) -> str:
    """A path of lines and cubic curves, all as steps from where the last one ended."""
    out, at, start = "", (0.0, 0.0), (0.0, 0.0)
    for letter, numbers in re.findall(r"([MLCz])([^A-Za-z]*)", path):
        values = [float(v) for v in numbers.split()]
        points = list(zip(values[::2], values[1::2], strict=True))
        if letter == "z":
            out, at = out + "z", start
            continue
        if len(points) != (3 if letter == "C" else 1):
            return path
        steps = [(x - at[0], y - at[1]) for x, y in points]
        at = points[-1]
        if letter == "M":
            start = at
            out += f"M{number(at[0])} {number(at[1])}"
        elif letter == "L" and 0 in steps[0]:
            across, down = steps[0]
            out += f"h{number(across)}" if down == 0 else f"v{number(down)}"
        else:
            out += letter.lower() + " ".join(f"{number(x)} {number(y)}" for x, y in steps)
    return out.replace(" -", "-")


def number(value: float) -> str:
    """A step; places have four digits after the point at most, so that it is exact and steps do not drift."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
