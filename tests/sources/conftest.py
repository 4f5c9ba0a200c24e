"""Pages as several programs would save them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

HEADER = [
    "new",
    "Get trending papers in your email inbox!",
    "Subscribe",
    "Daily Papers",
    "byAK and the research community",
]


def _escape(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", text)


def _url(i: int) -> str:
    return f"https://example.org/items/{i}(a)"


def _byline(i: int, record: dict[str, Any], style: str) -> list[str]:
    if not record.get("date"):
        return []
    left, date, comments = record.get("left", ""), record["date"], record.get("comments", "")
    authors = left.endswith(("authors", "author"))
    bullet = "• " if authors else ""
    tail = f" {comments}" if comments else ""
    if style == "one-line":
        return [f"{bullet}{left} · {date}{tail}"]
    if style == "dot-on-the-left":
        return [f"{bullet}{left} ·\\", f"{date}{tail}\\"]
    if style == "dot-with-date":
        return [f"  {bullet}{left}", f"· {date}{tail}"]
    if style == "markdown":
        shown = f"[{_escape(left)}]({_url(i)})" if left else ""
        return [
            f"- {shown}" if authors else shown,
            "·",
            f"[{date}]({_url(i)})" + (f"[{comments}]({_url(i)}#community)" if comments else ""),
        ]
    if style == "brackets":
        return [
            f"{bullet}{left} [{_url(i)}]",
            "·",
            f"{date}" + (f" {comments} [{_url(i)}#community]" if comments else ""),
        ]
    if style == "comment-below":
        below = [f"[{comments}]({_url(i)})"] if comments else []
        return [f"  {bullet}{left}", "·", date, *below]
    if style == "nbsp":
        return [
            f"\u00a0 {bullet}{left}".replace(" ", "\u00a0"),
            "\u00a0·",
            f"{date}{tail}".replace(" ", "\u00a0"),
        ]
    if style == "entities":
        return [
            f"  {bullet.replace('•', '&bull;')}{html.escape(left)}",
            "&middot;",
            f"{date}{tail}",
        ]
    return [f"  {bullet}{left}", "·", f"{date}{tail}"]


def _render(
    records: list[dict[str, Any]],
    style: str = "plain",
    header: list[str] | None = None,
    snapshot: str | None = "Nov 10",
) -> str:
    head = [*(HEADER if header is None else header), *([snapshot] if snapshot else [])]
    if style == "markdown":
        head = [f"# [{line}](/papers)" if line == "Daily Papers" else line for line in head]
    lines: list[str] = []
    gap = {"tight": [], "airy": ["", "  ", ""]}.get(style, [""])
    for line in head:
        lines += [line, *gap]
    for i, record in enumerate(records):
        title, abstract = record["title"], record["abstract"]
        if style == "markdown":
            lines += [f"[![](https://example.org/{i}.png)]({_url(i)})", ""]
            title, abstract = f'### [{_escape(title)}]({_url(i)} "paper")', _escape(abstract)
        elif style == "references":
            title = f"[{_escape(title)}][{i}]"
        elif style == "brackets":
            title = f"{title} [{_url(i)}]"
        elif style == "entities":
            title, abstract = html.escape(title), html.escape(abstract)
        lines += [title, *([] if style == "joined" else gap), abstract, *gap]
        byline = _byline(i, record, style)
        lines += [*byline, *gap] if byline else []
    if style == "references":
        lines += [f"[{i}]: {_url(i)}" for i in range(len(records))]
    newline = "\r\n" if style == "crlf" else "\r" if style == "cr" else "\n"
    return newline.join(lines)


STYLES = (
    "plain",
    "tight",
    "airy",
    "joined",
    "one-line",
    "dot-with-date",
    "dot-on-the-left",
    "markdown",
    "references",
    "brackets",
    "comment-below",
    "nbsp",
    "entities",
    "crlf",
    "cr",
)


@pytest.fixture(scope="session")
def render() -> Callable[..., str]:
    """``render(records, style, header, snapshot)``: a page of records given as dicts."""
    return _render


@pytest.fixture(scope="session", params=STYLES)
def style(request: pytest.FixtureRequest) -> str:
    """The habits of one program after the other."""
    return str(request.param)


@pytest.fixture(scope="session")
def sentences() -> Callable[..., str]:
    """``sentences(n)``: an invented abstract of n sentences."""

    def make(n: int = 4, about: str = "gardens") -> str:
        return " ".join(
            f"Sentence {k} says a little more about {about} than the one before it did."
            for k in range(1, n + 1)
        )

    return make
