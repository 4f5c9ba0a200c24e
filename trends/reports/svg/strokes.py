"""Strokes: the many short straight lines of a figure, those that look alike drawn by one path."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from xml.etree import ElementTree

from trends.reports.svg.paths import number

#: Lines from which on merging is worth it.
FEWEST = 8
NAMESPACE = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
_SYMBOL = re.compile(r"M 0 0 L (-?[\d.]+) (-?[\d.]+)")
_LINE = re.compile(r"M(-?[\d.]+) (-?[\d.]+)([VH])(-?[\d.]+)")

#: Where a line stands, where on the other axis it begins, and where it ends.
Line = tuple[float, float, float]


def spread(root: ElementTree.Element) -> None:
    """Put a line in the place of each use of a symbol that is one straight line, as ticks are, so that `join` can take it.

    Parameters
    ----------
    root : xml.etree.ElementTree.Element
        The figure as parsed; changed in place.
    """
    symbols = {}
    for path in root.iter(f"{NAMESPACE}path"):
        line = _SYMBOL.fullmatch(" ".join(path.get("d", "").split()))
        if line and path.get("id") and set(path.attrib) <= {"id", "d", "style"}:
            symbols[f"#{path.get('id')}"] = (float(line[1]), float(line[2]), path.get("style", ""))
    for use in root.iter(f"{NAMESPACE}use"):
        found = symbols.get(use.get(XLINK) or use.get("href") or "")
        if found and set(use.attrib) <= {XLINK, "href", "x", "y", "style"}:
            x, y = float(use.get("x", "0")), float(use.get("y", "0"))
            use.tag = f"{NAMESPACE}path"
            # What the use says itself, its children, here the symbol, would only inherit.
            style = f"{use.get('style', '')}; {found[2]}"
            use.attrib.clear()
            use.set("d", f"M {x} {y} L {x + found[0]} {y + found[1]}")
            use.set("style", style)


def join(group: ElementTree.Element) -> None:
    """Put paths of many lines in the place of the lines of a group, if they are all upright or all level and look alike.

    Where translucent lines overlap, they are darker; so lines of one path never overlap if the
    group is translucent.

    Parameters
    ----------
    group : xml.etree.ElementTree.Element
        What its children have in common is said by the group; changed in place.
    """
    found = [_LINE.fullmatch(child.get("d", "")) for child in group]
    directions = {line[3] for line in found if line is not None}
    if (
        len(found) < FEWEST
        or None in found
        or len(directions) > 1
        or any(len(child.attrib) > 1 for child in group)
    ):
        return
    upright = directions == {"V"}
    places = [
        (float(line[1]), float(line[2]), float(line[4])) for line in found if line is not None
    ]
    lines = [(x, y, end) if upright else (y, x, end) for x, y, end in places]
    layers = (
        _layers(lines, float(group.get("stroke-width", "1")))
        if "stroke-opacity" in group.attrib
        else [lines]
    )
    group[:] = [ElementTree.Element("path", {"d": _path(layer, upright)}) for layer in layers]


def _layers(lines: Sequence[Line], wide: float) -> list[list[Line]]:
    """The lines in as few sets as can be, none overlapping another of its set."""
    ends = sorted({(min(a, b), max(a, b)) for _, a, b in lines})
    # Rows of ticks keep apart from one another; where rows reach into one another, all count as
    # one.
    rows = all(low >= before for (_, before), (low, _) in pairwise(ends))
    out: list[list[Line]] = []
    last: list[dict[float, float]] = []
    for line in sorted(lines):
        row = min(line[1:]) if rows else 0.0
        layer = next(
            (i for i, at in enumerate(last) if line[0] - at.get(row, -1e9) >= wide), len(out)
        )
        if layer == len(out):
            out.append([])
            last.append({})
        out[layer].append(line)
        last[layer][row] = line[0]
    return out


def _path(lines: Sequence[Line], upright: bool) -> str:
    """One path, written as steps from the end of each line to the beginning of the next."""
    out, at, pen = "", 0.0, 0.0
    for place, start, end in lines:
        across, along = number(place - at), number(start - pen)
        out += (
            f"m{across} {along}v{number(end - start)}"
            if upright
            else f"m{along} {across}h{number(end - start)}"
        )
        at, pen = place, end
    return out.replace(" -", "-")
