"""SVG: a finished figure made fit to live inside a page together with others.

Inert, unambiguous, small.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree

from markupsafe import Markup

from trends.errors import DataError

NAMESPACE = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"

#: What a drawing needs. Everything else (scripts, foreign objects, animations, metadata, styles of
#: the whole page) stays outside.
ELEMENTS = frozenset(
    {
        "circle",
        "clipPath",
        "defs",
        "desc",
        "ellipse",
        "g",
        "image",
        "line",
        "linearGradient",
        "path",
        "pattern",
        "polygon",
        "polyline",
        "rect",
        "stop",
        "svg",
        "text",
        "title",
        "tspan",
        "use",
    }
)
ATTRIBUTES = frozenset(
    {
        "clip-path",
        "clip-rule",
        "clipPathUnits",
        "cx",
        "cy",
        "d",
        "fill",
        "fill-opacity",
        "fill-rule",
        "font-family",
        "font-size",
        "font-style",
        "font-weight",
        "gradientTransform",
        "gradientUnits",
        "height",
        "href",
        "id",
        "offset",
        "opacity",
        "patternUnits",
        "points",
        "preserveAspectRatio",
        "r",
        "rx",
        "ry",
        "stroke",
        "stroke-dasharray",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-opacity",
        "stroke-width",
        "style",
        "text-anchor",
        "textLength",
        "transform",
        "viewBox",
        "width",
        "x",
        "x1",
        "x2",
        "y",
        "y1",
        "y2",
    }
)
#: Properties of a ``style`` attribute that an attribute of the same name can say, so that the
#: page's policy need not allow styles.
DECLARATIONS = ATTRIBUTES - {"style", "href", "id", "d"} | {"stroke-miterlimit"}
#: Properties that children inherit, so that a group may declare them once for all.
INHERITED = frozenset(
    {
        "fill",
        "fill-opacity",
        "fill-rule",
        "font-family",
        "font-size",
        "font-style",
        "font-weight",
        "stroke",
        "stroke-dasharray",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-miterlimit",
        "stroke-opacity",
        "stroke-width",
        "text-anchor",
    }
)
#: Letters of common attributes that are worth a group of two.
MUCH = 30
#: Elements of a colour, on average, that are worth a group of their own.
FEW = 8
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")]+)['\"]?\s*\)")
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_FONT = re.compile(r"(?:(italic|oblique)\s+)?(?:(bold|[1-9]00)\s+)?([\d.]+)px\s+(.+)")
#: A box as four corners, which lines along the axes say in half the letters.
_BOX = re.compile(r"M([\d.-]+) ([\d.-]+)L([\d.-]+) \2L\3 ([\d.-]+)L\1 \4(?:L\1 \2)?z?(?=M|$)")
#: Points one after the other on a level line.
_LEVEL = re.compile(r"L([\d.-]+) ([\d.-]+)(?:L[\d.-]+ \2(?=[A-Za-z]|$))+")
_NO_TURN = re.compile(r"rotate\(-?0 [^)]*\)")


def inline(text: str, prefix: str, alt: str) -> Markup:
    """Clean an SVG document and return it as one element for a page.

    Ids get a prefix, so that clip paths of several figures on one page do not meet; references
    follow. Elements and attributes that a drawing does not need, references to anything outside,
    and rules for the whole page are left out. Coordinates keep two digits (a hundredth of a point),
    styles become attributes, which need no permission of the page's policy, and siblings that look
    alike share one declaration.

    Parameters
    ----------
    text : str
        The SVG document.
    prefix : str
        Letters, digits and hyphens; unique on the page.
    alt : str
        Text for a reader who does not see it.

    Raises
    ------
    DataError
        If the text is not an SVG document.
    """
    if "<!ENTITY" in text:
        message = "An SVG figure declares entities, which a drawing does not need; it is refused."
        raise DataError(message)
    try:
        # No entity can be declared, checked above; the parser of the standard library fetches
        # nothing by itself.
        root = ElementTree.fromstring(re.sub(r"<!DOCTYPE[^>\[]*>", "", text, count=1))
    except ElementTree.ParseError as error:
        message = (
            f"A figure is not well-formed SVG ({error}); draw it again with trends.plots.svg_text."
        )
        raise DataError(message) from error
    if root.tag != f"{NAMESPACE}svg":
        message = f"A figure is not an SVG document: its root is {root.tag!r}."
        raise DataError(message)
    out = _clean(root, _names(root, prefix))
    families = Counter(e.attrib["font-family"] for e in out.iter() if "font-family" in e.attrib)
    family = families.most_common(1)[0][0] if families else "sans-serif"
    for element in out.iter():
        if element.get("font-family") == family:
            del element.attrib["font-family"]
    out.set(
        "viewBox",
        root.get("viewBox") or f"0 0 {_length(root.get('width'))} {_length(root.get('height'))}",
    )
    # matplotlib sets these by a rule for every element, which would reach beyond the figure.
    out.set("stroke-linejoin", "round")
    out.set("stroke-linecap", "butt")
    out.set("role", "img")
    out.set("aria-label", alt)
    out.set("class", "figure")
    out.set("font-family", family)
    return Markup(ElementTree.tostring(out, encoding="unicode").replace(" />", "/>"))


def _length(length: str | None) -> str:
    match = re.match(r"[\d.]+", length or "")
    return match.group() if match else "100"


def _names(root: ElementTree.Element, prefix: str) -> dict[str, str]:
    """A short new name for every id that something refers to."""
    used: dict[str, str] = {}
    for element in root.iter():
        for key, value in element.attrib.items():
            found = (
                [value[1:]]
                if key in {XLINK, "href"} and value.startswith("#")
                else _REFERENCE.findall(value)
            )
            for name in found:
                used.setdefault(name, f"{prefix}{len(used)}")
    return used


def _clean(element: ElementTree.Element, names: dict[str, str]) -> ElementTree.Element:
    out = ElementTree.Element(element.tag.removeprefix(NAMESPACE))
    for key, value in element.attrib.items():
        name = "href" if key == XLINK else key
        if name not in ATTRIBUTES or (name in {"width", "height"} and out.tag == "svg"):
            continue
        kept = _attribute(name, value, names) if name != "style" else None
        if kept:
            out.set(name, kept)
    for name, value in _declared(element.get("style", "")):
        kept = _attribute(name, value, names)
        if kept:
            out.set(name, kept)
    if "opacity" in out.attrib and out.get("stroke", "none") == "none" and out.tag == "path":
        # The same where only a surface is painted, and a group can say it.
        out.set("fill-opacity", out.attrib.pop("opacity"))
    if element.text and element.text.strip():
        out.text = element.text
    children: list[ElementTree.Element] = []
    for child in element:
        if not child.tag.startswith(NAMESPACE) or child.tag.removeprefix(NAMESPACE) not in ELEMENTS:
            continue
        new = _clean(child, names)
        # What pointed outside the figure points nowhere now.
        if new.tag in {"use", "image"} and "href" not in new.attrib:
            continue
        new.tail = child.tail if child.tail and child.tail.strip() else None
        # Nor is anything defined that nothing draws.
        if (out.tag == "defs" and "id" not in new.attrib) or (new.tag == "defs" and not len(new)):
            continue
        # A group without attributes says nothing; its children can stand in its place.
        children += list(new) if new.tag == "g" and not new.attrib else [new]
    out.extend(_grouped(children) if out.tag in {"svg", "g"} else children)
    return out


def _attribute(name: str, value: str, names: dict[str, str]) -> str | None:
    if name == "id":
        return names.get(value)
    if name == "href":
        if value.startswith("#"):
            return f"#{names[value[1:]]}"
        return value if value.startswith("data:image/png;base64,") else None
    value = _REFERENCE.sub(lambda m: f"url(#{names[m[1]]})", value)
    if re.search(r"url\(\s*(?!#)|expression\(|@import|javascript:", value, re.IGNORECASE):
        return None
    value = _NUMBER.sub(_rounded, value)
    if name == "font-family":
        value = _face(value)
    elif name == "transform":
        value = _NO_TURN.sub("", value)
    elif name == "d":
        value = _BOX.sub(r"M\1 \2H\3V\4H\1z", re.sub(r"\s*([A-Za-z])\s*", r"\1", value).strip())
        value = _LEVEL.sub(_ends, value)
    return " ".join(value.split())


def _ends(level: re.Match[str]) -> str:
    """A level line by its ends, where it goes in one direction."""
    across = re.findall(r"L([\d.-]+)", level[0])
    steady = sorted(across, key=float)
    return f"L{across[0]} {level[2]}H{across[-1]}" if across in (steady, steady[::-1]) else level[0]


def _declared(style: str) -> list[tuple[str, str]]:
    """The declarations of a ``style`` attribute that a drawing needs.

    The shorthand for fonts is split into its parts.
    """
    out = []
    for part in style.split(";"):
        name, _, value = (text.strip() for text in part.partition(":"))
        font = _FONT.fullmatch(value) if name == "font" else None
        if font:
            out += [("font-size", f"{font[3]}px"), ("font-family", font[4])]
            out += [(n, v) for n, v in (("font-style", font[1]), ("font-weight", font[2])) if v]
        elif name in DECLARATIONS:
            out.append((name, value))
    return out


def _rounded(match: re.Match[str]) -> str:
    """A tenth of a point for places on the page, more for the small numbers.

    Shapes of markers, scales of letters.
    """
    value = float(match[0])
    text = f"{value:.{1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 4}f}".rstrip("0").rstrip(
        "."
    )
    return "0" if text == "-0" else text


def _face(value: str) -> str:
    """Let a machine without the typeface fall back to one of the same kind.

    Otherwise it would fall back to the browser's default.
    """
    if value == "serif":
        return value
    return f"{value}, serif" if "STIX" in value or "Termes" in value else f"{value}, sans-serif"


def _grouped(children: list[ElementTree.Element]) -> list[ElementTree.Element]:
    """Put runs of siblings that look alike into a group that says so once.

    Two, if that is much to say, or more.
    """
    out: list[ElementTree.Element] = []
    for siblings in _runs(children):
        first = siblings[0].attrib
        common = {
            p: v
            for p, v in first.items()
            if p in INHERITED and all(s.get(p) == v for s in siblings)
        }
        clips = {c.get("clip-path") for c in siblings}
        much = len(siblings) > 2 or (
            len(siblings) == 2 and sum(len(p) + len(v) for p, v in common.items()) > MUCH
        )
        if not much or not common or siblings[0].tag == "g":
            out += siblings
            continue
        group = ElementTree.Element("g", common)
        clip = clips.pop() if len(clips) == 1 else None
        if clip:
            group.set("clip-path", clip)
        for child in siblings:
            for name in (*common, *(["clip-path"] if clip else [])):
                child.attrib.pop(name)
            group.append(child)
        out.append(group)
    return out


def _runs(children: list[ElementTree.Element]) -> Iterator[list[ElementTree.Element]]:
    """Consecutive elements of a kind.

    Those painted in few colours, one after the other, colour by colour.
    """
    for _, run in itertools.groupby(children, key=lambda c: c.tag):
        siblings = list(run)
        parts = [
            list(part)
            for _, part in itertools.groupby(
                siblings, key=lambda c: (c.get("fill"), c.get("fill-opacity"))
            )
        ]
        if len(siblings) >= FEW * len(parts):
            yield from parts
        else:
            yield siblings
