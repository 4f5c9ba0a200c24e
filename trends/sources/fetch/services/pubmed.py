"""Articles of PubMed: a search that the server keeps, then its articles page by page as XML.

References
----------
NLM, "Entrez Programming Utilities Help", https://www.ncbi.nlm.nih.gov/books/NBK25501/
"""

from __future__ import annotations

import re

from trends.errors import UsageError
from trends.sources.fetch.http.answer import UnusableAnswer, at, parse_json, parse_xml
from trends.sources.fetch.service import Page, Request, Service
from trends.sources.io.xml_stream import local
from trends.sources.records import fields

PER_PAGE = 200
#: PubMed gives no more articles of one search.
MAX_RESULTS = 9_999

_NUMBER = re.compile(r"[0-9]{1,12}\Z")
_KEPT_SEARCH = re.compile(r"[\w.:@%+/=-]{1,300}\Z")


def start(request: Request) -> str:
    """The search comes first."""
    request.require_query()
    if (request.first is None) != (request.last is None):
        message = (
            "PubMed takes a first and a last day together; give both --from and --until, or "
            "neither."
        )
        raise UsageError(message)
    return ""


def page_query(request: Request, cursor: str, contact: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of the search, or of a page of its articles."""
    who = {"db": "pubmed", "tool": "topic-trends"} | ({"email": contact} if contact else {})
    if cursor:
        first, _, key, search = cursor.split(" ")
        page = {"retstart": first, "retmax": str(PER_PAGE), "retmode": "xml"}
        return "/entrez/eutils/efetch.fcgi", who | {"query_key": key, "WebEnv": search} | page
    params = {"term": request.query, "usehistory": "y", "retmax": "0", "retmode": "json"}
    if request.first is not None and request.last is not None:
        params |= {
            "datetype": "pdat",
            "mindate": f"{request.first:%Y/%m/%d}",
            "maxdate": f"{request.last:%Y/%m/%d}",
        }
    return "/entrez/eutils/esearch.fcgi", who | params


def parse(body: bytes, request: Request, cursor: str) -> Page:
    """The search, which has no articles yet, or one page of them."""
    return _articles(body, cursor) if cursor else _search(body, request)


def _search(body: bytes, request: Request) -> Page:
    found = fields.record_of(at(parse_json(body), "esearchresult"))
    count, key, search = (fields.text(found.get(name)) for name in ("count", "querykey", "webenv"))
    if not _NUMBER.match(count) or (
        int(count) and not (_NUMBER.match(key) and _KEPT_SEARCH.match(search))
    ):
        problem = f"it is not the result of a search ({fields.text(found.get('ERROR'))[:200]})"
        raise UnusableAnswer(problem)
    request.check_total(int(count), MAX_RESULTS)
    return Page([], f"0 {count} {key} {search}" if int(count) else None, int(count))


def _articles(body: bytes, cursor: str) -> Page:
    from lxml import etree

    first, count, key, search = cursor.split(" ")
    root = parse_xml(body)
    articles = [child for child in root if local(child) in ("PubmedArticle", "PubmedBookArticle")]
    if local(root) != "PubmedArticleSet" or not articles:
        problem = "it is no set of articles, though the search found more of them"
        raise UnusableAnswer(problem)
    # Line ends inside an article mean no more than blanks; without them one article is one line.
    lines = [
        " ".join(etree.tostring(article, encoding="unicode", with_tail=False).split())
        for article in articles
    ]
    following = int(first) + PER_PAGE
    return Page(
        lines, f"{following} {count} {key} {search}" if following < int(count) else None, int(count)
    )


SERVICE = Service(
    "pubmed",
    "https://eutils.ncbi.nlm.nih.gov",
    0.4,
    start,
    page_query,
    parse,
    cursor_lifetime=4 * 3600.0,
    head='<?xml version="1.0" encoding="UTF-8"?>\n<PubmedArticleSet>',
    tail="</PubmedArticleSet>",
)
