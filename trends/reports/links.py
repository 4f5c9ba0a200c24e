"""Links: where a document can be read, as far as its identifiers say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from trends.core.wording import missing

_ARXIV = re.compile(
    r"(?:arxiv:)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?", re.IGNORECASE
)
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
#: Columns of a corpus that say where a document can be read; the last is that of a table without
#: the option ``url``.
COLUMNS = ("doi", "arxiv_id", "url", "url_in_source")
#: Letters of an address that may stand as they are.
_PLAIN = ":/?#[]@!$&()*+,;=%~-._"
#: The longest address that a page keeps.
LONGEST = 2000


def link_of(row: Mapping[Any, Any]) -> str:
    """Address of a document: of its DOI, its arXiv identifier, or the address it came with.

    Examples
    --------
    >>> from trends.reports.links import link_of
    >>> link_of({"arxiv_id": "1906.06669v2", "url": "javascript:alert(1)"})
    'https://arxiv.org/abs/1906.06669'
    """
    said = {name: "" if missing(row.get(name)) else str(row[name]).strip() for name in COLUMNS}
    if found := _DOI.fullmatch(said["doi"]):
        return checked(f"https://doi.org/{quote(found[1], safe='/:;()._-')}")
    if found := _ARXIV.fullmatch(said["arxiv_id"]):
        return checked(f"https://arxiv.org/abs/{found[1]}")
    return checked(said["url"]) or checked(said["url_in_source"])


def checked(address: str) -> str:
    """An address that a page may link to, quoted; empty for any other than ``http(s)``."""
    if len(address) > LONGEST or re.search(r"[\x00-\x20\x7f\\]", address):
        return ""
    try:
        parts = urlsplit(address)
        known = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
        return quote(address, safe=_PLAIN) if known else ""
    except ValueError:
        return ""
