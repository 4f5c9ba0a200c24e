"""Articles of PubMed in two steps: the search is kept on the server, then its articles are fetched page by page as XML.

References
----------
NLM, "Entrez Programming Utilities Help", https://www.ncbi.nlm.nih.gov/books/NBK25501/
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from trends.errors import UsageError
from trends.sources.fetch.http.body import Unfit
from trends.sources.fetch.http.xml import tree
from trends.sources.fetch.service import Page, Service, Wanted, loads, needs_query
from trends.sources.io.xml_stream import local
from trends.sources.records import fields

PER_PAGE = 200
#: PubMed pages through no more articles of one search.
MOST_RESULTS = 9_999

_NUMBER = re.compile(r"[0-9]{1,12}\Z")
_KEPT_SEARCH = re.compile(r"[\w.:@%+/=-]{1,300}\Z")


def start(wanted: Wanted) -> str:
    """The search comes first."""
    needs_query(wanted)
    if (wanted.first is None) != (wanted.last is None):
        message = "PubMed takes a first and a last day together; give both --from and --until, or neither."
        raise UsageError(message)
    return ""


def address(wanted: Wanted, cursor: str, contact: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of the search, or of a page of its articles."""
    who = {"db": "pubmed", "tool": "topic-trends"} | ({"email": contact} if contact else {})
    if not cursor:
        asked = {"term": wanted.query, "usehistory": "y", "retmax": "0", "retmode": "json"}
        if wanted.first is not None and wanted.last is not None:
            asked |= {
                "datetype": "pdat",
                "mindate": f"{wanted.first:%Y/%m/%d}",
                "maxdate": f"{wanted.last:%Y/%m/%d}",
            }
        return "/entrez/eutils/esearch.fcgi", who | asked
    at, _, key, search = cursor.split(" ")
    pages = {"retstart": at, "retmax": str(PER_PAGE), "retmode": "xml"}
    return "/entrez/eutils/efetch.fcgi", who | {"query_key": key, "WebEnv": search} | pages


def parse(data: bytes, wanted: Wanted, cursor: str) -> Page:
    """The search, which has no articles yet, or one page of them."""
    return _articles(data, cursor) if cursor else _search(data, wanted)


def _search(data: bytes, wanted: Wanted) -> Page:
    answer = loads(data)
    found = fields.record_of(answer.get("esearchresult") if isinstance(answer, Mapping) else None)
    count, key, search = (fields.text(found.get(name)) for name in ("count", "querykey", "webenv"))
    if not _NUMBER.match(count) or (
        int(count) and not (_NUMBER.match(key) and _KEPT_SEARCH.match(search))
    ):
        message = f"it is not the result of a search ({fields.text(found.get('ERROR'))[:200]})"
        raise Unfit(message)
    if int(count) > MOST_RESULTS and (wanted.limit is None or wanted.limit > MOST_RESULTS):
        message = f"PubMed finds {int(count):,} articles and pages through no more than {MOST_RESULTS:,}; fetch several spans of time with --from and --until."
        raise UsageError(message)
    return Page([], f"0 {count} {key} {search}" if int(count) else None, int(count))


def _articles(data: bytes, cursor: str) -> Page:
    from lxml import etree

    at, count, key, search = cursor.split(" ")
    root = tree(data)
    if local(root) != "PubmedArticleSet":
        message = f"it is {local(root)[:40]!r}, not a set of articles"
        raise Unfit(message)
    articles = [child for child in root if local(child) in ("PubmedArticle", "PubmedBookArticle")]
    if not articles:
        message = "it is empty although more articles were stated"
        raise Unfit(message)
    # Line ends inside an article mean no more than blanks; without them one article is one line.
    lines = [
        " ".join(etree.tostring(article, encoding="unicode", with_tail=False).split())
        for article in articles
    ]
    following = int(at) + PER_PAGE
    return Page(
        lines, f"{following} {count} {key} {search}" if following < int(count) else None, int(count)
    )


SERVICE = Service(
    "pubmed",
    "https://eutils.ncbi.nlm.nih.gov",
    0.4,
    start,
    address,
    parse,
    lifetime=4 * 3600.0,
    head='<?xml version="1.0" encoding="UTF-8"?>\n<PubmedArticleSet>',
    tail="</PubmedArticleSet>",
)
