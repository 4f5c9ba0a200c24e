"""Asking a server politely: one request at a time, a rhythm for each host, a name with a contact, back-off, bounds.

Nothing of the user's is sent along: no cookies, no passwords from files; a key goes to the service
that it is of and is never shown. Redirections are followed on the same site only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.cookiejar import DefaultCookiePolicy
from importlib import metadata
from typing import Any, TypeVar

from trends.errors import NetworkError
from trends.extras import require
from trends.sources.fetch.http import body
from trends.sources.fetch.http.backoff import MOST_PATIENCE, Clock, Rhythm, pause, retry_after
from trends.sources.fetch.http.urls import host, redirected

with require("fetch", "Fetching from a service"):
    import requests
    import urllib3

#: Answers after which asking again may help.
PASSING = (408, 425, 429, 500, 502, 503, 504)
MOST_REDIRECTIONS = 5

T = TypeVar("T")


@dataclass
class Client:
    """One user of one or several services.

    Parameters
    ----------
    contact : str
        Mail address under which a service can reach the user; part of the ``User-Agent``. May be
        empty.
    clock : Clock
    tries : int
        How often one thing is asked for before giving up.
    timeout : float
        Seconds to wait for a connection and for the next bytes.
    most : int
        Most bytes of one answer.
    within : float
        Most seconds of one answer.
    tell : callable
        Called with a sentence when something is asked for again.
    """

    contact: str = ""
    clock: Clock = field(default_factory=Clock)
    tries: int = 6
    timeout: float = 60.0
    most: int = body.MAX_BYTES
    within: float = body.DEADLINE
    tell: Callable[[str], None] = lambda _: None

    @cached_property
    def _rhythm(self) -> Rhythm:
        return Rhythm(self.clock)

    @cached_property
    def _session(self) -> requests.Session:
        session = requests.Session()
        session.auth = _nobody
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.headers.clear()
        session.headers.update(
            {
                "User-Agent": agent(self.contact),
                "Accept-Encoding": "gzip",
                "Connection": "keep-alive",
            }
        )
        return session

    def get(
        self,
        address: str,
        parameters: Mapping[str, str],
        parse: Callable[[bytes], T],
        *,
        interval: float,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """Ask until there is an answer that can be read.

        Parameters
        ----------
        address : str
            Without query.
        parameters : mapping of str to str
            The query; not shown in messages, since a key may be among them.
        parse : callable
            Makes something of the body; :class:`trends.sources.fetch.http.body.Unfit` means that
            asking again may help.
        interval : float
            Seconds between two requests to this host.
        headers : mapping of str to str, optional
            Sent along to this address only.

        Raises
        ------
        NetworkError
            If the service refuses, sends on to another site, or gives no usable answer however
            often it is asked.
        """
        failures = 0
        while True:
            asked_to_wait: float | None = None
            try:
                return parse(self._once(address, parameters, headers or {}, interval))
            except _Passing as error:
                what, asked_to_wait = str(error), error.wait
            except body.Unfit as error:
                what = f"an answer that cannot be used: {error}"
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                what = _trouble(error)
            except body.TooLarge as error:
                message = f"{host(address)} gave an answer that is refused: {error}."
                raise NetworkError(message) from error
            failures += 1
            if failures >= self.tries:
                message = f"{host(address)}: {what}; gave up after asking {failures} times. Try again later."
                raise NetworkError(message)
            if asked_to_wait is not None and asked_to_wait > MOST_PATIENCE:
                message = f"{host(address)}: {what}; it asks to be left alone for {asked_to_wait / 60:,.0f} minutes. Try again then."
                raise NetworkError(message)
            wait = max(pause(failures), asked_to_wait or 0.0)
            self.tell(
                f"{host(address)}: {what}; asking again in {wait:,.0f} s ({failures + 1} of "
                f"{self.tries})."
            )
            self.clock.sleep(wait)

    def _once(
        self,
        address: str,
        parameters: Mapping[str, str],
        headers: Mapping[str, str],
        interval: float,
    ) -> bytes:
        target, query = address, dict(parameters)
        for _ in range(MOST_REDIRECTIONS + 1):
            self._rhythm.wait(host(target), interval)
            try:
                with self._session.get(
                    target,
                    params=query,
                    headers=dict(headers),
                    stream=True,
                    allow_redirects=False,
                    timeout=self.timeout,
                ) as answer:
                    if answer.is_redirect:
                        # The place it leads to has its own query.
                        target, query = redirected(answer.url, answer.headers["Location"]), {}
                        continue
                    return self._answered(answer)
            finally:
                self._rhythm.done(host(target))
        message = f"{host(address)} sends on from one address to the next without end."
        raise NetworkError(message)

    def _answered(self, answer: requests.Response) -> bytes:
        status = answer.status_code
        if status in PASSING:
            raise _Passing(status, retry_after(answer.headers.get("Retry-After"), self.clock.now()))
        if status != 200:
            message = f"{host(answer.url)} refused with status {status}{self._reason(answer)}."
            if status in (401, 403):
                message += " The service may want a key; see trends fetch --help."
            raise Refused(message, status)
        return self._body(answer, self.most)

    def _body(self, answer: requests.Response, most: int) -> bytes:
        encoding = answer.headers.get("Content-Encoding", "").strip().lower()
        return body.read(
            answer.raw,
            encoding,
            answer.headers.get("Content-Length"),
            self.clock,
            most=most,
            within=self.within,
        )

    def _reason(self, answer: requests.Response) -> str:
        """What a service says about its refusal, as far as it is plain text or JSON and short."""
        try:
            text = self._body(answer, 1 << 20)[:2_000].decode("utf-8", "replace")
        except (ValueError, requests.RequestException, urllib3.exceptions.HTTPError, OSError):
            return ""
        shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return f" ({shown[:300]})" if shown and not shown.startswith("<") else ""


class Refused(NetworkError):
    """A status after which asking again in the same way does not help."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class _Passing(Exception):
    def __init__(self, status: int, wait: float | None) -> None:
        super().__init__(f"status {status}" + (" (too many requests)" if status == 429 else ""))
        self.wait = wait


def agent(contact: str) -> str:
    """The ``User-Agent``: name, version and, where it is known, whom to write to."""
    try:
        version = metadata.version("topic-trends")
    except metadata.PackageNotFoundError:
        version = "0"
    return f"topic-trends/{version}" + (f" (mailto:{contact})" if contact else "")


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No password: without this, one for the host would be taken from the user's .netrc."""
    return request


def _trouble(error: Any) -> str:
    """What went wrong on the way, without the address, which may hold a key."""
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate cannot be trusted"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy could not be reached"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return "the connection broke off"
