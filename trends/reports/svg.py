"""SVG: a finished figure made fit to live inside a page together with others."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from markupsafe import Markup

from trends.errors import DataError

NAMESPACE = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"

#: What a drawing needs. Everything else (scripts, foreign objects, animations, metadata, styles of the whole page) stays outside.
ELEMENTS = frozenset(
    "svg g defs path rect circle ellipse line polyline polygon text tspan use clipPath linearGradient stop image title desc".split()
)
ATTRIBUTES = frozenset(
    "id d x y x1 y1 x2 y2 cx cy r rx ry width height viewBox transform style points href clip-path clip-rule fill fill-opacity "
    "fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-dasharray opacity font-family font-size "
    "font-style font-weight text-anchor offset gradientUnits gradientTransform clipPathUnits preserveAspectRatio".split()
)
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")]+)['\"]?\s*\)")
_FAMILY = re.compile(r"(font-family:|font:)([^;]*)")


def inline(text: str, prefix: str, alt: str) -> Markup:
    """Clean an SVG document and return it as one element for a page.

    Ids get a prefix, so that clip paths of several figures on one page do not meet; references follow. Elements and
    attributes that a drawing does not need, references to anything outside, and rules for the whole page are left out.

    Parameters
    ----------
    text : str
        The SVG document.
    prefix : str
        Letters, digits and hyphens; unique on the page.
    alt : str
        What a reader hears in its place.

    Raises
    ------
    DataError
        If the text is not an SVG document.
    """
    if "<!ENTITY" in text:
        message = "An SVG figure declares entities, which a drawing does not need; it is refused."
        raise DataError(message)
    try:
        # No entity can be declared, checked above; the parser of the standard library fetches nothing by itself.
        root = ElementTree.fromstring(re.sub(r"<!DOCTYPE[^>\[]*>", "", text, count=1))
    except ElementTree.ParseError as error:
        message = f"A figure is not well-formed SVG ({error}); draw it again with trends.plots.svg_text."
        raise DataError(message) from error
    if root.tag != f"{NAMESPACE}svg":
        message = f"A figure is not an SVG document: its root is {root.tag!r}."
        raise DataError(message)
    out = _clean(root, prefix)
    out.set("viewBox", root.get("viewBox") or f"0 0 {_number(root.get('width'))} {_number(root.get('height'))}")
    # matplotlib sets these by a rule for every element, which would reach beyond the figure.
    out.set("style", "stroke-linejoin:round;stroke-linecap:butt")
    out.set("role", "img")
    out.set("aria-label", alt)
    out.set("class", "figure")
    return Markup(ElementTree.tostring(out, encoding="unicode", short_empty_elements=True))


def _number(length: str | None) -> str:
    match = re.match(r"[\d.]+", length or "")
    return match.group() if match else "100"


def _clean(element: ElementTree.Element, prefix: str) -> ElementTree.Element:
    out = ElementTree.Element(element.tag.removeprefix(NAMESPACE))
    for key, value in element.attrib.items():
        name = "href" if key == XLINK else key
        if name not in ATTRIBUTES or (name in {"width", "height"} and out.tag == "svg"):
            continue
        if name == "id":
            value = prefix + value
        elif name == "href":
            if value.startswith("#"):
                value = f"#{prefix}{value[1:]}"
            elif not value.startswith("data:image/png;base64,"):
                continue
        else:
            value = _safe(value, prefix)
        # A path without line breaks is shorter and the same.
        out.set(name, " ".join(value.split()))
    if element.text and element.text.strip():
        out.text = element.text
    for child in element:
        if isinstance(child.tag, str) and child.tag.startswith(NAMESPACE) and child.tag.removeprefix(NAMESPACE) in ELEMENTS:
            kept = _clean(child, prefix)
            kept.tail = child.tail if child.tail and child.tail.strip() else None
            out.append(kept)
    return out


def _safe(value: str, prefix: str) -> str:
    """Point references at the prefixed ids; drop a value that would load something."""
    value = _REFERENCE.sub(rf"url(#{prefix}\1)", value)
    if re.search(r"url\(\s*(?!#)|expression\(|@import|javascript:", value, re.IGNORECASE):
        return ""
    # A machine without the face falls back to a face of the same kind, not to the browser's default.
    return _FAMILY.sub(lambda m: f"{m[1]}{m[2]}, {'serif' if 'STIX' in m[2] or 'Termes' in m[2] else 'Verdana, sans-serif'}", value)
