"""Page after page from a service into a file, so that an interruption at any moment costs one page at most."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trends.errors import NetworkError, UsageError
from trends.sources.fetch import SERVICES
from trends.sources.fetch.http.client import Client
from trends.sources.fetch.http.urls import checked
from trends.sources.fetch.journal import Journal, State
from trends.sources.fetch.service import Page, Service, Wanted

#: Called after each page: records so far and how many the service says there are.
Told = Callable[[int, int | None], None]


def fetch(
    wanted: Wanted,
    output: Path,
    *,
    client: Client,
    base: str = "",
    interval: float | None = None,
    fresh: bool = False,
    progress: Told = lambda *_: None,
) -> dict[str, Any]:
    """Fetch what is wanted, or go on where an interrupted fetch of it stopped.

    Parameters
    ----------
    wanted : Wanted
        Service, query, span and limit.
    output : Path
        The file to make, one record a line; ``<output>.fetched`` beside it says where it comes
        from.
    client : Client
        Asks, with the contact of the user.
    base : str
        Address of a mirror; by default ``TRENDS_<SOURCE>_URL`` in the environment, else the
        service's own.
    interval : float, optional
        Seconds between two requests; less than the service's rule only for a mirror.
    fresh : bool
        Fetch anew even if it is finished or begun.
    progress : callable
        See :data:`Told`.

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
    service: Service = SERVICES.load(wanted.source)
    address, pace = where(service, base, interval)
    first = service.start(wanted)
    request = {
        "source": wanted.source,
        "query": wanted.query,
        "from": wanted.first.isoformat() if wanted.first else None,
        "until": wanted.last.isoformat() if wanted.last else None,
        "limit": wanted.limit,
        "base_url": address,
    }
    journal = Journal(output)
    with journal.held():
        if not fresh and (about := journal.finished(request)) is not None:
            return about | {"kept": True}
        state = None if fresh else journal.taken_up(request)
        if state is not None and _expired(state, service, client):
            client.tell(
                f"The place where the fetch of {output} stopped is no longer known to "
                f"{wanted.source}; it begins again."
            )
            state = None
        if state is None:
            state = journal.begin(
                request, first, client.clock.now().date().isoformat(), service.head
            )
        elif state.cursor is not None:
            client.tell(f"Going on after {state.records:,} records in {state.pages:,} pages.")
        try:
            state = _pages(journal, state, wanted, service, client, address, pace, progress)
        except NetworkError as error:
            message = f"{error} The {journal.records:,} records that have arrived are kept: the same command goes on from there."
            raise NetworkError(message) from error
        about = journal.finish(_about(state, service), service.tail)
    return about | {"kept": False}


def where(service: Service, base: str, interval: float | None) -> tuple[str, float]:
    """Address of a service and seconds between two requests.

    Raises
    ------
    UsageError
        If the address cannot be asked, or the service would be asked more often than it allows.
    """
    variable = f"TRENDS_{service.name.upper().replace('-', '_')}_URL"
    address = checked(base or os.environ.get(variable, "") or service.base)
    if interval is not None and not 0 <= interval <= 3600:
        message = f"The interval is a number of seconds from 0 to 3600, not {interval}."
        raise UsageError(message)
    if interval is not None and interval < service.interval and address == service.base:
        message = f"{service.name} allows one request in {service.interval:g} s; a shorter interval is for a mirror (--base-url)."
        raise UsageError(message)
    return address, service.interval if interval is None else interval


def ask(
    service: Service,
    client: Client,
    address: str,
    pace: float,
    path: str,
    asked: dict[str, str],
    parse: Callable[[bytes], Any],
) -> Any:
    """One question to a service, with the user's key if there is one and the service is asked at its own address."""
    headers: dict[str, str] = {}
    if (
        service.key is not None
        and address == service.base
        and (key := os.environ.get(service.key[0], "").strip())
    ):
        way, _, name = service.key[1].partition(":")
        if not key.isascii() or not key.isprintable():
            message = f"The environment variable {service.key[0]} does not hold a key."
            raise UsageError(message)
        (asked if way == "parameter" else headers)[name] = key
    return client.get(address + path, asked, parse, interval=pace, headers=headers)


def _pages(
    journal: Journal,
    state: State,
    wanted: Wanted,
    service: Service,
    client: Client,
    address: str,
    pace: float,
    progress: Told,
) -> State:
    while (cursor := state.cursor) is not None:
        path, asked = service.address(wanted, cursor, client.contact)

        def parse(data: bytes, cursor: str = cursor) -> Page:
            return service.parse(data, wanted, cursor)

        page: Page = ask(service, client, address, pace, path, asked, parse)
        rows, following, cut = journal.unseen(page.lines), page.cursor, False
        repeated = len(page.lines) - len(rows)
        if page.lines and not rows and following is not None and service.by_date:
            message = f"{service.name} gave a page for the second time; it goes round in a circle."
            raise NetworkError(message)
        if wanted.limit is not None and state.records + len(rows) >= wanted.limit:
            room = wanted.limit - state.records
            cut = len(rows) > room or following is not None
            rows, following = rows[:room], None
        saved = client.clock.now().isoformat(timespec="seconds")
        state = journal.add(
            state, rows, following, repeated=repeated, total=page.total, cut=cut, saved=saved
        )
        progress(state.records, state.total)
    return state


def _about(state: State, service: Service) -> dict[str, Any]:
    """Where the output comes from, and which days it covers as a whole: those before the one on which it was collected."""
    covered = service.by_date and not state.cut
    until = dt.date.fromisoformat(state.collected_on) - dt.timedelta(days=1)
    if state.request["until"]:
        until = min(until, dt.date.fromisoformat(state.request["until"]))
    expected = (
        None
        if state.cut or state.total is None
        else max(0, state.total - state.records - state.repeated)
    )
    return {
        "request": state.request,
        "collected_on": state.collected_on,
        "observed_from": state.request["from"] if covered else None,
        "observed_until": until.isoformat() if covered else None,
        "records": state.records,
        "repeated": state.repeated,
        "pages": state.pages,
        "stated_total": state.total,
        "missing": expected,
        "cut_by_limit": state.cut,
    }


def _expired(state: State, service: Service, client: Client) -> bool:
    if service.lifetime is None or state.cursor is None or not state.saved:
        return False
    return (
        client.clock.now() - dt.datetime.fromisoformat(state.saved)
    ).total_seconds() > service.lifetime
