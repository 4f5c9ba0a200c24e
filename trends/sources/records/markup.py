"""Markup taken off texts: JATS and HTML tags, entities, LaTeX; formulas become readable text.

Only tags with a known name are taken for tags: ``p < 0.05``, ``<EOS>`` and ``a<b`` are text. Dollar
signs enclose a formula only where that is what they can mean (no blank inside of them, no digit
behind the second), so prices stay. LaTeX is converted fragment by fragment: a per cent sign, a
tilde or a brace elsewhere in the text means what it says. Every pattern is bounded, so that time
grows with the length of a text.
"""

from __future__ import annotations

import html
import re
from functools import cached_property, lru_cache
from typing import Any

#: A text longer than this is not searched for LaTeX.
MAX_LATEX = 1 << 20

_BLOCK = (
    "p|sec|section|title|br|hr|div|li|ul|ol|dl|dt|dd|list|list-item|label|h[1-6]|abstract"
    "|trans-abstract|tr|td|th|table|tbody|thead"
    "|blockquote|disp-quote|disp-formula|abstracttext|para|simplepara|html|body|head"
)
_INLINE = (
    "i|b|u|s|em|strong|it|bold|italic|italics|underline|sc|scp|monospace|span"
    "|font|a|tt|code|small|big|sub|sup|inf|ext-link|uri|xref|email"
    "|named-content|styled-content|inline-formula|inline-graphic|tex-math|alternatives|mathml"
    "|math|img|graphic|fn|institution"
    "|roman|sans-serif|strike|overline|break|abbr|cite|q|del|ins|mark|wbr|nobr|center"
)
_TAG = re.compile(
    rf"<(?P<end>/?)(?:(?:jats|mml|m|html|xhtml|ns\d):(?P<ns>[a-z][a-z0-9-]{{0,30}})"
    rf"|(?P<block>{_BLOCK})|(?P<inline>{_INLINE}))(?:\s[^<>]{{0,2000}})?/?>",
    re.IGNORECASE,
)
_OPENED, _CLOSED = (
    re.compile(r"<([A-Za-z][A-Za-z0-9-]{0,30})"),
    re.compile(r"</([A-Za-z][A-Za-z0-9-]{0,30})"),
)
#: Tags that may stand without their counterpart.
_UNPAIRED = frozenset(
    [
        "p",
        "br",
        "hr",
        "li",
        "dd",
        "dt",
        "tr",
        "td",
        "th",
        "img",
        "wbr",
        "break",
        "graphic",
        "inline-graphic",
    ]
)
_BLOCKS = frozenset(_BLOCK.replace("h[1-6]", "h1|h2|h3|h4|h5|h6").split("|"))
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_DOCUMENT = ("\\begin{document}", "\\end{document}")
#: Elements that go with all that they hold; a formula in MathML only where it stands in TeX too.
_REMOVED = (
    (re.compile("<!--"), re.compile("-->")),
    (re.compile(r"<script\b", re.IGNORECASE), re.compile(r"</script\s*>", re.IGNORECASE)),
    (re.compile(r"<style\b", re.IGNORECASE), re.compile(r"</style\s*>", re.IGNORECASE)),
)
_MATHML = (
    re.compile(r"<(?:mml:|m:)?math\b", re.IGNORECASE),
    re.compile(r"</(?:mml:|m:)?math\s*>", re.IGNORECASE),
)

_ARGUMENT = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]{0,80}\}){0,200}\}){0,300}\}"
_FORMULA = re.compile(
    r"\$\$(?P<display>(?:[^$\\]|\\.){1,500})\$\$"
    r"|(?<![\\$])\$(?![\s$])(?P<inline>(?:[^$\\]|\\.){1,300})(?<!\s)\$(?!\$)"
    r"|\\\((?P<round>(?:[^\\]|\\[^()]){1,300})\\\)|\\\[(?P<square>(?:[^\\]|\\[^\[\]]){1,500})\\\]",
    re.DOTALL,
)
_MACRO = re.compile(
    r"\\(?:begin|end)\{[A-Za-z]{1,20}\*?\}"
    rf"|\\[A-Za-z]{{1,30}}\*?(?:\[[^\[\]{{}}\\]{{0,60}}\])?(?:{_ARGUMENT}){{0,2}}"
    r"|\\[`'^\"~=.]\s?(?:\{\\?[A-Za-z]{0,2}\}|\\[ij]\b\s?|[A-Za-z])"
    r"|\\[%&$#_{}~\\,;:! /-]"
)
_MATHS = re.compile(r"[\\^_={}+*/<>|]")
_SWITCH = re.compile(r"\{\\(?:em|bf|it|sc|tt|rm|sl|sf|small|large)\s")
_BRACED = re.compile(r"(?<!\\)\{([\w+-]{1,40})\}")
_SPACED = re.compile(r"\s+")


def strip(text: str) -> tuple[str, tuple[str, ...]]:
    """A text without markup.

    Parameters
    ----------
    text : str
        As it stands in the source.

    Returns
    -------
    text : str
        The same object if it holds no markup.
    found : tuple of str
        Which kinds were taken off: ``entities``, ``tags``, ``LaTeX``.
    """
    out, found = text, []
    if "&" in out and (plain := _entities(out)) != out:
        out = plain
        found.append("entities")
    if "<" in out and (plain := _tags(out)) != out:
        out = plain
        found.append("tags")
    if (
        ("\\" in out or "$" in out or "{" in out)
        and len(out) <= MAX_LATEX
        and (plain := _latex(out)) != out
    ):
        out = plain
        found.append("LaTeX")
    return out, tuple(found)


def _entities(text: str) -> str:
    # Some exports escape twice; more rounds than three would be someone's joke.
    for _ in range(3):
        plain = _ENTITY.sub(lambda m: html.unescape(m[0]), text)
        if plain == text:
            break
        text = plain
    return text


def _tags(text: str) -> str:
    for begin, end in _REMOVED:
        text = _cut(text, begin, end)
    if "tex-math" in text:
        text = _cut(text, *_MATHML)
    text = text.replace("<![CDATA[", "").replace("]]>", "") if "<![CDATA[" in text else text
    if _DOCUMENT[0] in text:
        text = _documents(text)
    opened, closed = (set(map(str.lower, pattern.findall(text))) for pattern in (_OPENED, _CLOSED))
    pairs = opened & closed
    return _TAG.sub(lambda match: _spaced(match, pairs), text)


def _spaced(match: re.Match[str], pairs: set[str]) -> str:
    name = (match["ns"] or match["block"] or match["inline"]).lower()
    if match["ns"] is None and name not in pairs and name not in _UNPAIRED:
        return match[0]  # "the <ins> token" is text
    if name == "title" and match["end"]:  # a heading inside of an abstract
        return ": "
    if name in _BLOCKS or match["block"]:
        return " "
    if name == "sup" and not match["end"]:
        before = match.string[max(0, match.start() - 1) : match.start()]
        return "^" if before.isdigit() else ""
    return ""


def _cut(text: str, begin: re.Pattern[str], end: re.Pattern[str]) -> str:
    """Remove what lies between each beginning and the next end."""
    parts, at = [], 0
    while (start := begin.search(text, at)) and (stop := end.search(text, start.end())):
        parts.append(text[at : start.start()])
        at = stop.end()
    return " ".join([*parts, text[at:]]) if parts else text


def _documents(text: str) -> str:
    """Formulas wrapped into a whole LaTeX document: what is between its begin and its end."""
    parts, at = [], 0
    while (start := text.find(_DOCUMENT[0], at)) >= 0 and (
        stop := text.find(_DOCUMENT[1], start)
    ) >= 0:
        head = text.find("\\documentclass", at, start)
        parts += [text[at : head if head >= 0 else start], text[start + len(_DOCUMENT[0]) : stop]]
        at = stop + len(_DOCUMENT[1])
    return "".join([*parts, text[at:]])


def _latex(text: str) -> str:
    plain = _FORMULA.sub(_formula, text) if "$" in text or "\\(" in text or "\\[" in text else text
    if "\\" in plain:
        plain = _SWITCH.sub("{", plain) if "{\\" in plain else plain
        plain = _MACRO.sub(lambda m: _converted(m[0]), plain)
    return _BRACED.sub(r"\1", plain) if "{" in plain else plain


def _formula(match: re.Match[str]) -> str:
    inner = next(group for group in match.groups() if group is not None)
    if (
        match["inline"]
        and not _MATHS.search(inner)
        and (" " in inner or match.string[match.end() : match.end() + 1].isdigit())
    ):
        return match[0]  # two prices
    if "\\" not in inner and "{" not in inner:
        return inner
    return _converted(f"${inner}$")


@lru_cache(maxsize=20_000)
def _converted(fragment: str) -> str:
    """One formula or one macro with its arguments as plain text; unchanged if it cannot be read."""
    if fragment.startswith(("\\begin{", "\\end{")):
        return " "
    try:
        plain = _LATEX.text(fragment)
    except (
        Exception
    ):  # the library raises many kinds of errors on broken LaTeX, RecursionError among them
        return fragment
    # What comes out empty is no command that is known: "\\nWe" is a broken line end before a word.
    return _SPACED.sub(" ", plain).strip() or (fragment if fragment[1:2].isalpha() else " ")


class _Latex:
    """The converter, made on first use."""

    @cached_property
    def _converter(self) -> Any:
        import logging

        from pylatexenc.latex2text import LatexNodes2Text

        logging.getLogger("pylatexenc").setLevel(logging.ERROR)
        return LatexNodes2Text(math_mode="text", keep_comments=True, strict_latex_spaces=False)

    def text(self, fragment: str) -> str:
        """Plain text of a fragment."""
        return str(self._converter.latex_to_text(fragment))


_LATEX = _Latex()
