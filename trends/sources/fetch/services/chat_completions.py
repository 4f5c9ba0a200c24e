"""One answer of a language model behind an OpenAI-compatible address, local or remote."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from trends.errors import UsageError
from trends.sources.fetch.http.answer import UnusableAnswer, parse_json
from trends.sources.fetch.http.client import Client
from trends.sources.fetch.http.urls import check_base_url

#: An answer is a few words; a server that sends more than this is not read on.
MAX_BYTES = 2**20
#: Tokens that a model may answer with, and attempts for one answer.
MAX_TOKENS, ATTEMPTS = 200, 2


def client(timeout: float, notify: Callable[[str], None]) -> Client:
    """A client for one endpoint, with short patience."""
    return Client(
        attempts=ATTEMPTS, timeout=timeout, deadline=timeout, max_bytes=MAX_BYTES, notify=notify
    )


def checked(endpoint: str, key: str) -> str:
    """The address of an endpoint.

    Raises
    ------
    UsageError
        If it is no http(s) address, or a key would be sent to another machine unencrypted.
    """
    url = check_base_url(endpoint)
    parts = urlsplit(url)
    if key and parts.scheme == "http" and not _local(parts.hostname or ""):
        message = (
            f"labels.endpoint {endpoint!r} is not encrypted and not on this machine; a key is sent "
            "to https addresses only."
        )
        raise UsageError(message)
    return url


def _local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def ask(
    asker: Client, endpoint: str, model: str, messages: Sequence[Mapping[str, str]], key: str
) -> str:
    """The text of the first choice.

    Raises
    ------
    NetworkError
        If the service gives no answer of that form.
    """
    body = {
        "model": model,
        "messages": list(messages),
        "temperature": 0,
        "max_tokens": MAX_TOKENS,
    }
    headers = {"Content-Type": "application/json"} | (
        {"Authorization": f"Bearer {key}"} if key else {}
    )
    return asker.get(
        f"{endpoint}/chat/completions",
        {},
        _text,
        interval=0.0,
        headers=headers,
        body=json.dumps(body).encode("utf-8"),
    )


def _text(body: bytes) -> str:
    answer: Any = parse_json(body)
    try:
        text = answer["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        text = None
    if not isinstance(text, str):
        problem = "it holds no text at choices, message, content"
        raise UnusableAnswer(problem)
    return text
