"""Letters: words that a figure carries as outlines become text again, which is smaller and can be found and copied."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from xml.etree import ElementTree

NAMESPACE = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
Element = ElementTree.Element

_PLACE = re.compile(r"translate\((-?[\d.]+)(?:[ ,]+(-?[\d.]+))?\)")
_SCALE = re.compile(r"scale\(([\d.]+)\)")
_PAIR = re.compile(r"(-?[\d.]+) (-?[\d.]+)")
_SIZE = re.compile(r"\s*scale\(([\d.]+)[ ,]+-[\d.]+\)\s*$")


def spell(root: Element) -> str:
    """Put text in the place of outlined words, in the tree as parsed with its comments.

    matplotlib writes each line of text as a comment with the words, then a group with one ``use``
    per letter. The text gets the width that the outlines had (``textLength``), so that no other
    typeface makes it longer or shorter. Formulas stay outlines.

    Parameters
    ----------
    root : xml.etree.ElementTree.Element
        The figure; changed in place.

    Returns
    -------
    str
        Faces that are about as wide as the outlines, for ``font-family``.
    """
    advances = _advances(root)
    for parent in root.iter(f"{NAMESPACE}g"):
        words = ""
        for place, child in enumerate(list(parent)):
            if child.tag is ElementTree.Comment:
                words = (child.text or "").strip()
            elif words and isinstance(child.tag, str):
                text = _text(child, words, advances)
                words = ""
                if text is not None:
                    # Other groups may still draw with the letters that are defined here.
                    kept = [c for c in child if c.tag == f"{NAMESPACE}defs"]
                    parent[place] = Element(f"{NAMESPACE}g")
                    parent[place].extend([*kept, text])
    wide = any(name.startswith("DejaVu") for name in advances)
    return (
        "DejaVu Sans, Verdana, sans-serif"
        if wide
        else "Helvetica, Arial, Liberation Sans, sans-serif"
    )


def _text(group: Element, words: str, advances: dict[str, float]) -> Element | None:
    """The words as a text element; nothing if the group is not a line of letters."""
    size = _SIZE.search(group.get("transform", ""))
    letters = _letters(group)
    if (
        "$" in words
        or "\n" in words
        or size is None
        or not letters
        or any(c.tag not in _LINE for c in group)
    ):
        return None
    scale = float(size[1])
    name, start = letters[-1]
    mean = start / (len(letters) - 1) if len(letters) > 1 else 60.0
    out = Element(f"{NAMESPACE}text")
    out.text = words
    out.set("transform", group.get("transform", "")[: size.start()])
    out.set("style", group.get("style", ""))
    out.set("font-size", f"{100 * scale:.6g}")
    face = name.rpartition("-")[0]
    if "Bold" in face:
        out.set("font-weight", "bold")
    if "Italic" in face or "Oblique" in face:
        out.set("font-style", "italic")
    if re.search("STIX|Termes|Roman|Serif", face):
        out.set("font-family", "serif")
    if len(letters) > 1:
        out.set("textLength", f"{scale * (start + advances.get(name, mean)):.6g}")
    return out


_LINE = {f"{NAMESPACE}defs", f"{NAMESPACE}use"}


def _letters(group: Element) -> list[tuple[str, float]]:
    """Name of each letter's outline and where it starts, in hundredths of the size of type."""
    out = []
    for use in group.findall(f"{NAMESPACE}use"):
        place = _PLACE.match(use.get("transform", "translate(0)"))
        out.append(
            ((use.get(XLINK) or use.get("href") or "#")[1:], float(place[1]) if place else 0.0)
        )
    return out


def _advances(root: Element) -> dict[str, float]:
    """How far the letter after each letter stands from it; where none ever does, what its outline says."""
    out: dict[str, float] = {}
    for group in _lines(root):
        letters = _letters(group)
        for (name, at), (_, then) in itertools.pairwise(letters):
            out[name] = max(out.get(name, 0.0), then - at)
    return {**_outlines(root), **out}


def _outlines(root: Element) -> dict[str, float]:
    """Width of each letter as its outline says: as much room after it as before it."""
    out = {}
    for path in root.iter(f"{NAMESPACE}path"):
        scale = _SCALE.fullmatch(path.get("transform", ""))
        across = [float(x) for x, _ in _PAIR.findall(path.get("d", ""))]
        if scale and across and path.get("id"):
            out[path.get("id", "")] = float(scale[1]) * (max(across) + min(across))
    return out


def _lines(root: Element) -> Iterator[Element]:
    return (g for g in root.iter(f"{NAMESPACE}g") if _SIZE.search(g.get("transform", "")))
