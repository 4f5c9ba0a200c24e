"""Text with numbers by key and citations, written once, as Markdown and as LaTeX.

In a template ``{key}`` is a number or a piece of text, and ``[@one, two]`` cites.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from trends.reports.export.numbers import macro, shown

_PARTS = re.compile(r"\{(\w+)\}|\s*\[@([\w, ]+)\]|([^{\[\s]+|.)", re.DOTALL)
_LATEX = {
    "\\": r"\textbackslash{}",
    **{c: f"\\{c}" for c in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "≤": r"$\leq$",
    "±": r"$\pm$",
    "<": "$<$",
    ">": "$>$",
    "−": "$-$",
    "–": "--",
    "“": "``",
    "”": "''",
    "’": "'",
}
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#])")
#: A paragraph: its heading, and its sentences.
Paragraph = tuple[str, Sequence[str]]


@cache
def references() -> dict[str, dict[str, str]]:
    """The works that a text may cite, by their keys."""
    path = resources.files(__package__) / "references.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def cited(paragraphs: Iterable[Paragraph]) -> list[str]:
    """Keys of the works that a text cites, in alphabetical order."""
    text = " ".join(s for _, sentences in paragraphs for s in sentences)
    found = {key for each in re.findall(r"\[@([\w, ]+)\]", text) for key in _keys(each)}
    return sorted(found)


def markdown(title: str, paragraphs: Sequence[Paragraph], values: Mapping[str, Any]) -> str:
    """The text with author and year in brackets, and its works as a list."""

    def cite(keys: list[str]) -> str:
        works = (references()[k] for k in keys)
        return " (" + "; ".join(_authors(w) + ", " + w["year"] for w in works) + ")"

    def value(key: str) -> str:
        given = values[key]
        return _plain(given) if isinstance(given, str) else shown(given).replace(r"\,", ",")

    out = [f"# {title}"]
    for heading, sentences in paragraphs:
        said = (_made(s, literal=str, value=value, cite=cite) for s in sentences)
        out += [f"## {heading}", " ".join(said)]
    return "\n\n".join([*out, "## References", *map(_listed, cited(paragraphs))]) + "\n"


def latex(title: str, paragraphs: Sequence[Paragraph], values: Mapping[str, Any]) -> str:
    """The text with numbers as the macros of ``numbers.tex``."""

    def value(key: str) -> str:
        given = values[key]
        return _escaped(given) if isinstance(given, str) else f"{macro(key)}{{}}"

    def cite(keys: list[str]) -> str:
        return f"~\\cite{{{','.join(keys)}}}"

    out = [
        r"% \input{numbers} comes first: the numbers are its macros. \bibliography{references} is",
        "% what is cited.",
        f"\\section*{{{_escaped(title)}}}",
    ]
    for heading, sentences in paragraphs:
        said = [_made(s, literal=_escaped, value=value, cite=cite) for s in sentences]
        out.append("\n".join([f"\\paragraph{{{_escaped(heading)}}}", *said]))
    return "\n\n".join(["\n".join(out[:2]), *out[2:]]) + "\n"


def bibtex(keys: Iterable[str]) -> str:
    """Entries of works, as a file."""
    entries = []
    for key in keys:
        fields = references()[key]
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if name != "type"]
        entries.append("\n".join([f"@{fields['type']}{{{key},", *lines, "}"]))
    return "\n\n".join(entries) + "\n"


def _made(template: str, *, literal: Any, value: Any, cite: Any) -> str:
    def one(match: re.Match[str]) -> str:
        key, keys, text = match.groups()
        return str(value(key) if key else cite(_keys(keys)) if keys else literal(text))

    return _PARTS.sub(one, template)


def _keys(text: str) -> list[str]:
    return [key.strip() for key in text.split(",")]


def _plain(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def _escaped(text: str) -> str:
    return "".join(_LATEX.get(c, c) for c in text)


def _authors(work: Mapping[str, str]) -> str:
    """``Blei et al.``, ``Kish``, ``Church and Gale``."""
    names = [name.split(", ")[0].strip("{}") for name in work["author"].split(" and ")]
    return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)


def _listed(key: str) -> str:
    """A work in a list of references."""
    work = {name: re.sub(r"[{}\\]", "", value) for name, value in references()[key].items()}
    where = work.get("journal") or work.get("booktitle") or work.get("publisher")
    volume = work.get("volume", "") + (f"({work['number']})" if "number" in work else "")
    pages = work.get("pages", "").replace("--", "–")
    tail = ", ".join(p for p in (where or work["howpublished"], volume, pages) if p)
    doi = f" doi:{work['doi']}" if "doi" in work else ""
    authors, year, title = work["author"].replace(" and ", "; "), work["year"], work["title"]
    return f"- {authors} ({year}). {title}. {tail}.{doi}"
