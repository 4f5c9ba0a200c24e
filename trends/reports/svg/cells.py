"""Cells: the many boxes of a map of shares, those of one colour drawn by one path."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

from trends.reports.svg.paths import number

#: Boxes from which on merging is worth it.
FEWEST = 100
#: Points by which rounded places may overlap.
SLACK = 0.3
_BOX = re.compile(r"M(-?[\d.]+) (-?[\d.]+)h(-?[\d.]+)v(-?[\d.]+)h-?[\d.]+z")


def merge(siblings: list[ElementTree.Element]) -> list[ElementTree.Element]:
    """One path for all boxes of one colour, if no two boxes overlap, so that the order of drawing does not matter.

    Parameters
    ----------
    siblings : list of xml.etree.ElementTree.Element
        Consecutive elements of a figure.

    Returns
    -------
    list of xml.etree.ElementTree.Element
        The same elements where they are not boxes of one grid.
    """
    boxes = [_BOX.fullmatch(s.get("d", "")) for s in siblings]
    if (
        len(siblings) < FEWEST
        or not all(boxes)
        or not _apart([[float(v) for v in b.groups()] for b in boxes if b])
    ):
        return siblings
    merged: dict[tuple[tuple[str, str], ...], ElementTree.Element] = {}
    boxed: dict[tuple[tuple[str, str], ...], list[list[float]]] = {}
    for child in siblings:
        look = tuple(sorted((k, v) for k, v in child.attrib.items() if k != "d"))
        merged.setdefault(look, child)
        boxed.setdefault(look, []).append(
            [float(v) for v in _BOX.fullmatch(child.get("d", "")).groups()]  # type: ignore[union-attr]
        )
    for look, child in merged.items():
        child.set("d", _path(boxed[look]))
    return list(merged.values())


def _path(boxes: list[list[float]]) -> str:
    """Boxes one after the other, each begun by a step from the beginning of the one before."""
    out, at = "", (0.0, 0.0)
    for x, y, across, down in boxes:
        out += f"m{number(x - at[0])} {number(y - at[1])}h{number(across)}v{number(down)}h{number(-across)}z"
        at = (x, y)
    return out.replace(" -", "-")


def _apart(boxes: list[list[float]]) -> bool:
    """Whether the boxes are cells of one grid, each there once."""
    if len({(x, y) for x, y, _, _ in boxes}) < len(boxes):
        return False
    for place in (0, 1):
        step = max(abs(box[place + 2]) for box in boxes)
        sides = sorted({box[place] for box in boxes})
        # All grow in the same direction, and the next begins where one ends.
        if len({box[place + 2] > 0 for box in boxes}) > 1 or any(
            b - a < step - SLACK for a, b in pairwise(sides)
        ):
            return False
    return True
