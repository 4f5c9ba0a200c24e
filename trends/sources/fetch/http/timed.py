"""One deadline for a whole answer: its head, however slowly the lines drip, and its body."""

from __future__ import annotations

import io
from collections.abc import Callable
from http.client import HTTPResponse
from typing import Any

from trends.extras import require

with require("fetch", "Fetching from a service"):
    import requests
    from requests.adapters import HTTPAdapter


class _Timed(io.RawIOBase):
    """The bytes of a connection, which end with an error after the deadline."""

    def __init__(self, raw: Any, monotonic: Callable[[], float], seconds: float) -> None:
        self._raw, self._monotonic, self._end = raw, monotonic, monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._monotonic() > self._end:
            message = "the answer had not arrived as a whole"
            raise OSError(message)  # of a TimeoutError urllib3 would tell nothing
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


def limit_answers(
    session: requests.Session, monotonic: Callable[[], float], seconds: float
) -> None:
    """Give every answer of a session so many seconds from the request to its last byte."""

    class Answer(HTTPResponse):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            raw = self.fp.detach()
            self.fp = io.BufferedReader(_Timed(raw, monotonic, seconds))

    adapter = HTTPAdapter()
    pools = adapter.poolmanager.pool_classes_by_scheme
    adapter.poolmanager.pool_classes_by_scheme = {
        scheme: type(
            pool.__name__,
            (pool,),
            {
                "ConnectionCls": type(
                    pool.ConnectionCls.__name__, (pool.ConnectionCls,), {"response_class": Answer}
                )
            },
        )
        for scheme, pool in pools.items()
    }
    for scheme in pools:
        session.mount(f"{scheme}://", adapter)
