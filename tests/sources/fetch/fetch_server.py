"""A server on localhost that answers as the services do, with invented records, or misbehaves."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

HTML = b"<!DOCTYPE html><html><body><h1>Please prove that you are human</h1></body></html>"


@dataclass
class Asked:
    """A request as it came in."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass
class Reply:
    """What to answer; ``way`` is how: whole, truncated, reset, endless, and so on."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    way: str = "whole"


@dataclass
class Server:
    """A running server: its address and what it was asked."""

    base: str
    asked: list[Asked]


@contextmanager
def serving(answer: Callable[[Asked], Reply]) -> Iterator[Server]:
    """Run a server for the length of a block."""
    asked: list[Asked] = []
    lock, stop = threading.Lock(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # A body does not wait until the client has acknowledged the head, which it does late.
        disable_nagle_algorithm = True

        def log_message(self, *args: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(parts.query, keep_blank_values=True).items()}
            with lock:
                one = Asked(parts.path, query, {k.lower(): v for k, v in self.headers.items()})
                asked.append(one)
                reply = answer(one)
            if reply.way == "hang":
                stop.wait(120)
                self.close_connection = True
                return
            if reply.way == "reset":
                self.connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
                self.connection.close()
                self.close_connection = True
                return
            if reply.way == "dripping head":
                self.close_connection = True
                try:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
                    while not stop.wait(0.01):
                        self.wfile.write(b"x")
                except OSError:
                    pass
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.way == "whole":
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)
                return
            self.close_connection = True
            try:
                if reply.way == "truncated":
                    self.send_header("Content-Length", str(2 * len(reply.body)))
                    self.end_headers()
                    self.wfile.write(reply.body)
                elif reply.way == "chunked-truncated":
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(reply.body), reply.body))
                else:
                    self.send_header("Connection", "close")
                    self.end_headers()
                    while not stop.is_set():
                        self.wfile.write(b" " * 65536)
            except OSError:
                return  # the client has had enough

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that goes away is no error here."""

    server = Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield Server(f"http://127.0.0.1:{server.server_address[1]}", asked)
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


@dataclass
class FakeClock:
    """Time that passes only by sleeping, and is looked at."""

    moment: dt.datetime = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def now(self) -> dt.datetime:
        return self.moment


def as_json(value: object, **headers: str) -> Reply:
    return Reply(
        body=json.dumps(value).encode(), headers={"Content-Type": "application/json", **headers}
    )


def title(i: int) -> str:
    return f"On the number {i} of the many gardens that we have seen"


def day(i: int) -> dt.date:
    return dt.date(2020, 1, 2) + dt.timedelta(days=3 * i)


def openalex_work(i: int) -> dict[str, object]:
    return {
        "id": f"https://openalex.org/W{1000 + i}",
        "doi": f"https://doi.org/10.1234/garden.{i}",
        "title": title(i),
        "publication_date": str(day(i)),
        "publication_year": day(i).year,
        "authorships": [{"author": {"display_name": f"Ada Example{i}"}}],
        "abstract_inverted_index": {"Gardens": [0], f"number{i}": [1], "grow.": [2]},
        "is_paratext": False,
    }


def openalex(n: int, per_page: int = 3) -> Callable[[Asked], Reply]:
    """n works, few on a page."""

    def answer(asked: Asked) -> Reply:
        at = 0 if asked.query["cursor"] == "*" else int(asked.query["cursor"].removeprefix("at"))
        works = [openalex_work(i) for i in range(at, min(at + per_page, n))]
        following = f"at{at + per_page}" if works else None
        return as_json(
            {"meta": {"count": n, "per_page": per_page, "next_cursor": following}, "results": works}
        )

    return answer


def crossref_work(i: int) -> dict[str, object]:
    parts = [day(i).year, day(i).month, day(i).day]
    return {
        "DOI": f"10.1234/GARDEN.{i}",
        "title": [title(i)],
        "issued": {"date-parts": [parts]},
        "type": "journal-article",
        "container-title": ["Gardens"],
        "author": [{"given": "Ada", "family": f"Example{i}"}],
        "score": 1.5,
    }


def crossref(n: int) -> Callable[[Asked], Reply]:
    """n works, as many a page as asked for; the cursor stays the same, as it may."""
    served = [0]

    def answer(asked: Asked) -> Reply:
        if asked.query["cursor"] == "*":
            served[0] = 0
        rows = int(asked.query["rows"])
        items = [crossref_work(i) for i in range(served[0], min(served[0] + rows, n))]
        served[0] += len(items)
        return as_json(
            {"status": "ok", "message": {"total-results": n, "next-cursor": "same", "items": items}}
        )

    return answer


def semantic_scholar(n: int, per_page: int = 3) -> Callable[[Asked], Reply]:
    def answer(asked: Asked) -> Reply:
        at = int(asked.query.get("token", "0"))
        papers = [
            {
                "paperId": f"{i:040x}",
                "externalIds": {"DOI": f"10.1234/garden.{i}"},
                "title": title(i),
                "abstract": "Grown.",
                "year": day(i).year,
                "publicationDate": str(day(i)),
            }
            for i in range(at, min(at + per_page, n))
        ]
        token = str(at + per_page) if at + per_page < n else None
        return as_json({"total": n, "token": token, "data": papers})

    return answer


def hf_daily(per_day: int) -> Callable[[Asked], Reply]:
    def answer(asked: Asked) -> Reply:
        listed = dt.date.fromisoformat(asked.query["date"])
        if listed.weekday() >= 5:
            return as_json([])
        first, limit = int(asked.query["p"]) * int(asked.query["limit"]), int(asked.query["limit"])
        papers = [
            {
                "paper": {
                    "id": f"{listed:%y%m}.{listed.day:02d}{i:03d}",
                    "title": f"Paper {i} of {listed}",
                    "summary": "A summary of some length.",
                    "publishedAt": f"{listed - dt.timedelta(2)}T10:00:00.000Z",
                    "submittedOnDailyAt": f"{listed}T01:00:00.000Z",
                },
                "publishedAt": f"{listed - dt.timedelta(2)}T10:00:00.000Z",
                "title": f"Paper {i} of {listed}",
            }
            for i in range(first, min(first + limit, per_day))
        ]
        return as_json(papers)

    return answer


def pubmed(n: int) -> Callable[[Asked], Reply]:
    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("esearch.fcgi"):
            return as_json(
                {
                    "header": {"type": "esearch"},
                    "esearchresult": {
                        "count": str(n),
                        "querykey": "1",
                        "webenv": "MCID_64b0c1%2Fd@1==",
                    },
                }
            )
        assert (asked.query["WebEnv"], asked.query["query_key"]) == ("MCID_64b0c1%2Fd@1==", "1")
        at, most = int(asked.query["retstart"]), int(asked.query["retmax"])
        articles = "".join(
            "<PubmedArticle><MedlineCitation><PMID "
            f'Version="1">{90000000 + i}</PMID><Article><Journal><JournalIssue><PubDate>'
            f"<Year>{day(i).year}</Year><Month>{day(i):%b}</Month><Day>{day(i):%d}</Day>"
            "</PubDate></JournalIssue></Journal>\n "
            f"<ArticleTitle>{title(i)} &amp; <i>more</i></ArticleTitle>"
            "<Abstract><AbstractText>They\n "
            "grow.</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>\n"
            for i in range(at, min(at + most, n))
        )
        kind = (
            "<!DOCTYPE PubmedArticleSet PUBLIC "
            '"-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
            '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">'
        )
        return Reply(
            body='<?xml version="1.0" '
            f"?>\n{kind}\n<PubmedArticleSet>\n{articles}</PubmedArticleSet>".encode(),
            headers={"Content-Type": "text/xml"},
        )

    return answer


def acl_anthology(n: int) -> Callable[[Asked], Reply]:
    """Collections of n papers in two volumes, each with its front matter."""

    def answer(asked: Asked) -> Reply:
        name = asked.path.rpartition("/")[2].removesuffix(".xml")
        if name not in ("2020.garden", "P19"):
            return Reply(404, b"404: Not Found")
        volumes = "".join(
            f"<volume id='{v}' type='proceedings'>\n <meta><booktitle>Gardens &amp; sheds "
            f"{v}</booktitle><month>May</month><year>2020</year><venue>garden</venue></meta>"
            f"<!-- no paper --><frontmatter><url>x.0</url></frontmatter>"
            + "".join(
                f"<paper id='{i}'>\n<title>{title(i)} <fixed-case>M</fixed-case>oss {name} "
                f"{v}</title><abstract>They\n grow &lt;well&gt; in {name}.</abstract></paper>\n"
                for i in range(1, n + 1)
            )
            + "</volume>"
            for v in ("1", "2")
        )
        head = "<?xml version='1.0' encoding='UTF-8'?>"
        text = f"{head}\n<collection id='{name}'>{volumes}<event id='e'/></collection>"
        return Reply(body=text.encode(), headers={"Content-Type": "text/plain; charset=utf-8"})

    return answer


def arxiv_entry(i: int, name: str | None = None) -> str:
    updated = (
        f"<updated>{day(i) + dt.timedelta(400)}T09:00:00Z</updated>"
        if i % 3 == 0
        else f"<updated>{day(i)}T08:00:00Z</updated>"
    )
    return (
        f"<entry><id>http://arxiv.org/abs/{day(i):%y%m}.{i:05d}v{3 if i % 3 == 0 else 1}</id>"
        f"{updated}<published>{day(i)}T08:00:00Z</published>"
        f"<title>{escape(name or title(i))}</title><summary>  Gardens number {i}\n grow &amp; "
        f"grow. </summary><author><name>Ada Example{i}</name></author>"
        f'<category term="q-bio.PE" scheme="http://arxiv.org/schemas/atom"/></entry>'
    )


def arxiv_feed(entries: list[str], total: int, start: int = 0) -> Reply:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
        "<title>ArXiv "
        "Query</title><id>http://arxiv.org/api/x</id>"
        f"<opensearch:totalResults>{total}</opensearch:totalResults>"
        f"<opensearch:startIndex>{start}</opensearch:startIndex>{''.join(entries)}</feed>"
    )
    return Reply(body=body.encode(), headers={"Content-Type": "application/atom+xml"})


def arxiv(n: int, per_page: int = 3) -> Callable[[Asked], Reply]:
    def answer(asked: Asked) -> Reply:
        at = int(asked.query["start"])
        return arxiv_feed([arxiv_entry(i) for i in range(at, min(at + per_page, n))], n, at)

    return answer


def after(*first: Reply, then: Callable[[Asked], Reply]) -> Callable[[Asked], Reply]:
    """Some replies in a row, then an honest service."""
    waiting = list(first)

    def answer(asked: Asked) -> Reply:
        return waiting.pop(0) if waiting else then(asked)

    return answer


@cache
def bomb(size: int) -> Reply:
    return Reply(body=gzip.compress(b" " * size, 1), headers={"Content-Encoding": "gzip"})
