"""A polite HTTP client: an interval for each host, retries with back-off, bounded answers.

Nothing of the user's is sent along: no cookies, no passwords from files; a key goes to the service
that it is of and is never shown. Redirects are followed on the same site only.
"""

from __future__ import annotations

import datetime as dt
import math
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from http.cookiejar import DefaultCookiePolicy
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from trends import __version__
from trends.errors import NetworkError
from trends.extras import require
from trends.sources.fetch.http.answer import UnusableAnswer
from trends.sources.fetch.http.timed import limit_answers
from trends.sources.fetch.http.urls import host

with require("fetch", "Fetching from a service"):
    import requests
    import urllib3
    from urllib3.exceptions import HTTPError, InvalidHeader

#: Statuses after which the same request may succeed later.
RETRY_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
MAX_REDIRECTS = 5
#: Longest pause between two attempts, in seconds; the first is one second, and it doubles.
MAX_DELAY = 120.0
#: A server that asks for more seconds than this ends the fetch with a message.
MAX_RETRY_AFTER = 15 * 60.0
#: Most bytes of one answer, after unpacking.
MAX_BYTES = 64 * 2**20
#: Seconds in which the whole answer must have arrived, even if some bytes keep coming.
DEADLINE = 300.0

T = TypeVar("T")


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Clock:
    """What depends on time, so that tests need not wait: seconds, sleeping, the moment in UTC."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], dt.datetime] = _utc_now


class _Session(requests.Session):
    """A session that knows of no redirects.

    One that is told not to follow them still reads their bodies, whole and without a bound.
    """

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None."""
        del resp


@dataclass
class Client:
    """A client of one or several services.

    Parameters
    ----------
    contact : str
        Mail address under which a service can reach the user; part of the ``User-Agent``. May be
        empty.
    clock : Clock
    attempts : int
        How often one thing is asked for before giving up.
    timeout : float
        Seconds to wait for a connection and for the next bytes.
    max_bytes : int
        Most bytes of one answer.
    deadline : float
        Most seconds of one answer.
    notify : callable
        Called with a sentence when something is asked for again.
    """

    contact: str = ""
    clock: Clock = field(default_factory=Clock)
    attempts: int = 6
    timeout: float = 60.0
    max_bytes: int = MAX_BYTES
    deadline: float = DEADLINE
    notify: Callable[[str], None] = lambda _: None
    #: When the last request to each host ended.
    _last: dict[str, float] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def _session(self) -> requests.Session:
        session = _Session()
        # Without an ``auth`` of its own, requests takes a password from the user's .netrc.
        session.auth = lambda request: request
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        limit_answers(session, self.clock.monotonic, self.deadline)
        session.headers.clear()
        session.headers.update({"User-Agent": user_agent(self.contact), "Accept-Encoding": "gzip"})
        return session

    def get(
        self,
        url: str,
        params: Mapping[str, str],
        parse: Callable[[bytes], T],
        *,
        interval: float,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> T:
        """Ask until there is an answer that can be used.

        Parameters
        ----------
        url : str
            Without query.
        params : mapping of str to str
            The query; not shown in messages, since a key may be among them.
        parse : callable
            Makes something of the body; :class:`UnusableAnswer` means that asking again may help.
        interval : float
            Seconds between two requests to this host.
        headers : mapping of str to str, optional
            Sent along to this site only.
        body : bytes, optional
            Sent along too, which makes it a POST.

        Raises
        ------
        NetworkError
            If the service refuses, redirects to another site, or gives no usable answer however
            often it is asked.
        """
        failures = 0
        while True:
            asked_to_wait = 0.0
            try:
                return parse(self._request(url, params, headers or {}, interval, body))
            except UnusableAnswer as error:
                problem = f"an answer that cannot be used ({error})"
                asked_to_wait = error.wait
            except (requests.RequestException, HTTPError, OSError, zlib.error) as error:
                problem = _problem(error)
                if "arrived as a whole" in str(error):
                    problem = f"the answer had not arrived as a whole after {self.deadline:,.0f} s"
            failures += 1
            if failures >= self.attempts:
                message = (
                    f"{host(url)}: {problem}; gave up after {failures} attempts. Try again later."
                )
                raise NetworkError(message)
            if asked_to_wait > MAX_RETRY_AFTER:
                message = (
                    f"{host(url)}: {problem}; it asks to wait {asked_to_wait / 60:,.0f} minutes. "
                    "Try again then."
                )
                raise NetworkError(message)
            delay = max(min(MAX_DELAY, 2.0 ** (failures - 1)), asked_to_wait)
            self.notify(
                f"{host(url)}: {problem}; asking again in {delay:,.0f} s (attempt {failures + 1} "
                f"of {self.attempts})."
            )
            self.clock.sleep(delay)

    def _request(
        self,
        url: str,
        params: Mapping[str, str],
        headers: Mapping[str, str],
        interval: float,
        body: bytes | None,
    ) -> bytes:
        target = url
        for _ in range(MAX_REDIRECTS + 1):
            due = self._last.get(host(url), -math.inf) + interval - self.clock.monotonic()
            if due > 0:
                self.clock.sleep(due)
            try:
                with self._session.request(
                    "GET" if body is None else "POST",
                    target,
                    params=params,
                    data=body,
                    headers=headers,
                    stream=True,
                    allow_redirects=False,
                    timeout=self.timeout,
                ) as response:
                    if not response.is_redirect:
                        return self._body_of(response)
                    # The new URL has a query of its own.
                    target = redirected(response.url, response.headers["Location"])
                    params = {}
            finally:
                self._last[host(url)] = self.clock.monotonic()
        message = f"{host(url)} redirects from one URL to the next without end."
        raise NetworkError(message)

    def _body_of(self, response: requests.Response) -> bytes:
        status = response.status_code
        if status in RETRY_STATUSES:
            problem = f"status {status}{' (too many requests)' * (status == 429)}"
            raise UnusableAnswer(problem, retry_after(response.headers.get("Retry-After", "")))
        if status != 200:
            message = f"{host(response.url)} refused with status {status}{self._reason(response)}."
            if status in (401, 403):
                message += " The service may want a key; see trends fetch --help."
            raise NetworkError(message)
        return self._read(response)

    def _read(self, response: requests.Response) -> bytes:
        """The body, unpacked here: urllib3 reads on until there is output, however long it takes.

        It is urllib3 that notices a body shorter than its ``Content-Length``.
        """
        packed = response.headers.get("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip")
        unpack = zlib.decompressobj(16 + zlib.MAX_WBITS) if packed else None
        body = bytearray()
        while block := response.raw.read1(1 << 16, decode_content=False):
            body += unpack.decompress(block, self.max_bytes + 1 - len(body)) if unpack else block
            if len(body) > self.max_bytes:
                message = (
                    f"{host(response.url)} gave an answer of more than "
                    f"{self.max_bytes / 2**20:,.0f} MiB, the most that is read of one."
                )
                raise NetworkError(message)
            if unpack is not None and unpack.eof:
                break
        if unpack is not None and not unpack.eof:
            problem = "its gzip data break off"
            raise UnusableAnswer(problem)
        return bytes(body)

    def _reason(self, response: requests.Response) -> str:
        """The reason that a service gives for its refusal, if it is plain text or JSON; cut."""
        try:
            text = self._read(response)[:2_000].decode("utf-8", "replace")
        except (UnusableAnswer, NetworkError, HTTPError, OSError, zlib.error):
            return ""
        shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return f" ({shown[:300]})" if shown and not shown.startswith("<") else ""


def retry_after(value: str) -> float:
    """Seconds that a ``Retry-After`` header asks for; 0 where it says nothing that can be read.

    References
    ----------
    RFC 9110, "HTTP Semantics", section 10.2.3: a whole number of seconds, or a date.
    """
    try:
        return urllib3.Retry().parse_retry_after(value)
    except (InvalidHeader, ValueError, OverflowError):
        return 0.0


def redirected(url: str, location: str) -> str:
    """Where a redirect leads: the same scheme, host and port, or from http to https.

    Raises
    ------
    NetworkError
        If it leads to another site, from https to http, or nowhere.
    """
    with suppress(ValueError):
        target = urljoin(url, location.strip())
        # To requests it is the same site if a password may go along.
        other_site = requests.Session().should_strip_auth(url, target)
        if not other_site and "@" not in urlsplit(target).netloc:
            return target
    message = (
        f"{host(url)} redirects to another site, which is not followed; if the service has moved, "
        "give its new URL with --base-url."
    )
    raise NetworkError(message)


def user_agent(contact: str) -> str:
    """The ``User-Agent``: name, version and, where it is known, a contact."""
    return f"topic-trends/{__version__}" + (f" (mailto:{contact})" if contact else "")


def _problem(error: Exception) -> str:
    """What went wrong on the way, without the URL, which may hold a key."""
    kinds: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
        ((requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError), "no answer in time"),
        ((requests.exceptions.SSLError,), "its certificate cannot be trusted"),
        ((requests.exceptions.ProxyError,), "the proxy could not be reached"),
        ((requests.ConnectionError,), "no connection"),
        ((zlib.error,), "its gzip data are damaged"),
    )
    return next((text for kind, text in kinds if isinstance(error, kind)), "the connection broke")
