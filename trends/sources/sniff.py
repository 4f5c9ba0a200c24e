"""Which source a file is of, by its first bytes, the root of its XML or its first JSON fields.

Content decides; only an ending that belongs to one source decides where the content does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from trends.errors import DataError, UsageError
from trends.sources.io import json_stream
from trends.sources.io.bounded import open_stream
from trends.sources.io.parquet_objects import DAMAGED, is_parquet, open_parquet_file
from trends.sources.io.paths import unpacked_name

#: Endings that belong to one source.
BY_NAME = {
    ".bib": "bibtex",
    ".bibtex": "bibtex",
    ".ciw": "web-of-science",
    ".enw": "refer",
    ".nbib": "medline",
    ".ris": "ris",
}
#: Endings of files whose content is looked at in a folder, each possibly packed.
ENDINGS = (".json", ".jsonl", ".ndjson", ".xml", ".atom", *BY_NAME)

_START = 1 << 18
#: How files of tagged text and BibTeX begin. What stands before the first record of an RIS file
#: (numbers, addresses) is short.
_TEXTS = {
    "ris": re.compile(rb"(?:(?!TY  ?-)[^\r\n]{0,200}[\r\n]++){0,9}\s*TY\s{1,2}- ?[A-Z]"),
    "bibtex": re.compile(rb"@\s*[A-Za-z]{3,20}\s*\{"),
    "web-of-science": re.compile(
        rb"FN [^\r\n]{1,200}[\r\n]+VR |PT [A-Z][\r\n]+[A-Z][A-Z0-9] "
        rb'|"?PT"?\t"?[A-Z][A-Z0-9]"?\t'
    ),
    "medline": re.compile(
        rb"PMID ?- ?[0-9]|(?:OWN|STAT) ?- [A-Z][^\r\n]*[\r\n]+[A-Z]{2,4} {0,2}- "
    ),
    "refer": re.compile(rb"%0 [A-Z]|%[A-Z] [^\r\n]+(?:[\r\n]+[^%\r\n][^\r\n]*)*[\r\n]+%[A-Z0-9] "),
}
_WAYS = (("results",), ("message", "items"), ("data",), ("items",), ("papers",))
_ACL_ID = re.compile(r"[0-9]{4}\.[a-z0-9_]+-[\w-]+\.[0-9]+\Z|[A-Z][0-9]{2}-[0-9]{4}\Z")


def kind_of(path: Path) -> str:
    """The source of a file; empty if its content is of none.

    Raises
    ------
    UsageError
        If it may be of several; the message names them.
    DataError
        If it begins like XML or JSON and is damaged.
    MissingError, StorageError
        If it cannot be read.
    """
    with open_stream(path) as stream:
        start = stream.read(_START)
    shown = _shown(start)
    name = unpacked_name(path.name)
    found: set[str] = set()
    if shown.startswith(b"<"):
        found = _xml(start, shown)
    elif found := {kind for kind, begins in _TEXTS.items() if begins.match(shown)}:
        pass
    elif by_name := BY_NAME.get(f".{name.rpartition('.')[2]}"):
        found = {by_name}
    elif shown[:1] in (b"[", b"{"):
        try:
            found = _json(path)
        except DataError:
            if name.endswith(ENDINGS):
                raise
            # A text of another kind may begin with a bracket too.
    if len(found) > 1:
        names = " or ".join(sorted(found))
        message = f"{path} may be of several sources ({names}); say which with --source."
        raise UsageError(message)
    return next(iter(found), "")


def without_columns(path: Path) -> str:
    """``XML``, or the source of a file of tagged text or BibTeX; empty for what may be a table."""
    try:
        with open_stream(path) as stream:
            shown = _shown(stream.read(_START))
    except DataError:
        return ""
    if shown.startswith(b"<"):
        _refuse_html(path, shown)
        return "XML"
    kinds = [kind for kind, begins in _TEXTS.items() if begins.match(shown)]
    return kinds[0] if kinds and b"\t" not in shown.partition(b"\n")[0] else ""


def _refuse_html(path: Path, shown: bytes) -> None:
    if re.match(rb"<(?:!doctype\s+html|html|head|body|table|meta)\b", shown, re.IGNORECASE):
        message = (
            f"{path.name} is a web page (HTML), as some exports named .xls are; open it in a "
            "spreadsheet program and save it as .xlsx, or as CSV in UTF-8."
        )
        raise DataError(message)


def _shown(start: bytes) -> bytes:
    """The first bytes without marks, zeros and blanks: enough to tell signs and names apart."""
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        start = start[2:].replace(b"\x00", b"")
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()


def _xml(start: bytes, shown: bytes) -> set[str]:
    from trends.sources.io.xml_stream import root_of

    root, space = root_of(start)
    if root in ("PubmedArticleSet", "PubmedBookArticleSet"):
        return {"pubmed"}
    if root in ("xml", "records") and re.search(rb"<record[\s>]", shown):
        return {"endnote-xml"}
    if root == "feed" and space == "http://www.w3.org/2005/Atom" and b"arxiv.org" in shown:
        return {"arxiv"}
    if root == "OAI-PMH" and b"arXiv" in shown:
        return {"arxiv"}
    if root in ("collection", "collections") and b"<volume" in shown:
        return {"acl-anthology"}
    return set()


def is_openalex_parquet(path: Path) -> bool:
    """Whether a file is Parquet with the works of OpenAlex, by the column that only they have."""
    if not is_parquet(path):
        return False
    try:
        return "abstract_inverted_index" in open_parquet_file(path).schema_arrow.names
    except DAMAGED:
        return False  # whoever reads it says what is wrong


def _json(path: Path) -> set[str]:
    """Sources that the first few records may be of; damaged lines are passed over."""
    found: set[str] = set()
    items = json_stream.items(path, _WAYS)
    for item in islice(items, 5):
        found |= _sources(item.value)
    return found


def _sources(value: Any) -> set[str]:
    if isinstance(value, str) and re.match(r"\s*\{\s*'(?:paper|id|title)'\s*:", value):
        return {"hf-daily"}
    if not isinstance(value, Mapping):
        return set()
    found: set[str] = set()
    written = value.get("id")
    has = value.keys()
    if "abstract_inverted_index" in has or (
        isinstance(written, str) and written.startswith("https://openalex.org/W")
    ):
        found.add("openalex")
    if has & {"paperId", "externalIds", "corpusid", "externalids"}:
        found.add("semantic-scholar")
    inner = value.get("message")
    work = inner if isinstance(inner, Mapping) else value
    if "DOI" in work and work.keys() & {
        "issued",
        "published-online",
        "container-title",
        "is-referenced-by-count",
    }:
        found.add("crossref")
    if "id" in has and "versions" in has and has & {"update_date", "categories"}:
        found.add("arxiv")
    if (
        isinstance(value.get("paper"), Mapping)
        or "hf_date" in has
        or ("summary" in has and has & {"publishedAt", "published_at"})
    ):
        found.add("hf-daily")
    if has & {"docType", "docSubType"} and has & {"publicationYear", "datePublished", "isPartOf"}:
        found.add("constellate")
    if isinstance(written, str) and _ACL_ID.match(written) and {"title", "year"} <= has:
        found.add("acl-anthology")
    return found


def unknown(path: Path) -> DataError:
    """What to say about a file that begins like XML or JSON and is of no source."""
    what = "for a table name its columns of text and date (text=…, date=…; --text, --date)"
    try:
        first = next(json_stream.items(path, _WAYS)).value
    except (DataError, StopIteration):
        first = None
    fields = (
        f"; the fields of its first record: {', '.join(list(first)[:60])}"
        if isinstance(first, Mapping) and first
        else ""
    )
    return DataError(
        f"{path} holds nothing that a source is known by. Name the source with --source; "
        f"{what}{fields}."
    )
