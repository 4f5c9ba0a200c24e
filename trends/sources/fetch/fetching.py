"""Page after page from a service into a file; an interruption costs one page at most."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from trends.core.corpus import observed
from trends.errors import NetworkError, UsageError
from trends.sources.fetch import SERVICES
from trends.sources.fetch.http.client import Client
from trends.sources.fetch.http.urls import check_base_url
from trends.sources.fetch.journal import Journal, State
from trends.sources.fetch.service import Page, Request, Service

#: Called after each page: records so far and how many the service states.
Progress = Callable[[int, int | None], None]

T = TypeVar("T")


def fetch(
    request: Request,
    output: Path,
    *,
    client: Client,
    base_url: str = "",
    interval: float | None = None,
    fresh: bool = False,
    progress: Progress = lambda *_: None,
) -> dict[str, Any]:
    """Fetch records, or resume an interrupted fetch of the same request.

    Parameters
    ----------
    request : Request
        Service, query, span and limit.
    output : Path
        The file to make, one record a line; ``<output>.fetched`` beside it says where it comes
        from.
    client : Client
        Asks, with the contact of the user.
    base_url : str
        URL of a mirror; by default ``TRENDS_<SOURCE>_URL`` in the environment, else the service's
        own.
    interval : float, optional
        Seconds between two requests; less than the service's rule only for a mirror.
    fresh : bool
        Start again even if there is a finished or an interrupted fetch.
    progress : callable
        See :data:`Progress`.

    Returns
    -------
    dict
        What ``<output>.fetched`` holds, and ``kept``: whether the output was there already.

    Raises
    ------
    UsageError
        If the service cannot be asked this, or the output is of another request.
    NetworkError
        If the service gives no usable answer; what has arrived is kept.
    StorageError
        If the output cannot be written.
    """
    service: Service = SERVICES.load(request.source)
    url, interval = endpoint(service, base_url, interval)
    first_cursor = service.start(request)
    written = {
        "source": request.source,
        "query": request.query,
        "from": request.first.isoformat() if request.first else None,
        "until": request.last.isoformat() if request.last else None,
        "limit": request.limit,
        "base_url": url,
    }
    journal = Journal(output)
    with journal.locked():
        if not fresh and (about := journal.finished(written)) is not None:
            return about | {"kept": True}
        state = None if fresh else journal.resume(written)
        if state is not None and _has_expired(state, service, client):
            client.notify(
                f"The cursor at which the fetch of {output} stopped has expired at "
                f"{request.source}; it starts again."
            )
            state = None
        if state is None:
            today = client.clock.now().date().isoformat()
            state = journal.start(State(written, today, first_cursor), service.head)
        elif state.cursor is not None:
            client.notify(f"Resuming after {state.records:,} records in {state.pages:,} pages.")
        try:
            while (cursor := state.cursor) is not None:
                page = _page(request, cursor, service, client, url, interval)
                now = client.clock.now().isoformat(timespec="seconds")
                new = journal.add(page, now)
                if page.lines and not new and page.cursor is not None and service.by_date:
                    message = f"{service.name} gave a page for the second time: it goes in circles."
                    raise NetworkError(message)
                progress(state.records, state.total)
        except NetworkError as error:
            message = (
                f"{error} The {state.records:,} records that have arrived are kept: the same "
                "command resumes there."
            )
            raise NetworkError(message) from error
        about = journal.finish(_provenance(state, service), service.tail)
    return about | {"kept": False}


def endpoint(service: Service, base_url: str, interval: float | None) -> tuple[str, float]:
    """Base URL of a service and seconds between two requests.

    Raises
    ------
    UsageError
        If the URL cannot be used, or the service would be asked more often than it allows.
    """
    variable = f"TRENDS_{service.name.upper().replace('-', '_')}_URL"
    url = check_base_url(base_url or os.environ.get(variable, "") or service.base_url)
    if interval is None:
        return url, service.interval
    if not 0 <= interval <= 3600:
        message = f"The interval is a number of seconds from 0 to 3600, not {interval}."
        raise UsageError(message)
    if interval < service.interval and url == service.base_url:
        message = (
            f"{service.name} allows one request in {service.interval:g} s; a shorter interval is "
            "for a mirror (--base-url)."
        )
        raise UsageError(message)
    return url, interval


def ask(
    service: Service,
    client: Client,
    url: str,
    interval: float,
    query: tuple[str, dict[str, str]],
    parse: Callable[[bytes], T],
) -> T:
    """One answer of a service; the user's key, if there is one, goes to its own URL only."""
    path, params = query
    headers: dict[str, str] = {}
    if service.key is not None and url == service.base_url:
        variable, sent_as = service.key
        kind, _, name = sent_as.partition(":")
        if key := os.environ.get(variable, "").strip():
            if not key.isascii() or not key.isprintable():
                message = f"The environment variable {variable} does not hold a key."
                raise UsageError(message)
            (params if kind == "parameter" else headers)[name] = key
    return client.get(url + path, params, parse, interval=interval, headers=headers)


def _page(
    request: Request, cursor: str, service: Service, client: Client, url: str, interval: float
) -> Page:
    query = service.page_query(request, cursor, client.contact)
    return ask(
        service, client, url, interval, query, lambda body: service.parse(body, request, cursor)
    )


def _provenance(state: State, service: Service) -> dict[str, Any]:
    """Where the output comes from, and which days it covers: those before the day of collection."""
    covered = service.by_date and not state.cut
    until = (dt.date.fromisoformat(state.collected_on) - dt.timedelta(days=1)).isoformat()
    span = (state.request["from"], min(until, state.request["until"] or until))
    missing = None
    if state.total is not None and not state.cut:
        missing = max(0, state.total - state.records - state.repeated)
    return {
        "request": state.request,
        "collected_on": state.collected_on,
        **observed(*(span if covered else (None, None))),
        "records": state.records,
        "repeated": state.repeated,
        "pages": state.pages,
        "stated_total": state.total,
        "missing": missing,
        "cut_by_limit": state.cut,
    }


def _has_expired(state: State, service: Service, client: Client) -> bool:
    if service.cursor_lifetime is None or state.cursor is None or not state.saved:
        return False
    age = client.clock.now() - dt.datetime.fromisoformat(state.saved)
    return age.total_seconds() > service.cursor_lifetime
