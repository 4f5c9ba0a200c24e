"""Base URLs of services: http or https, without a password."""

from __future__ import annotations

from urllib.parse import urlsplit

from trends.errors import UsageError


def check_base_url(url: str) -> str:
    """A base URL without the slash at its end.

    Raises
    ------
    UsageError
        If it is not plain http or https: another scheme, no host, a password, a query.
    """
    shown = url.strip()
    try:
        parts = urlsplit(shown)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or set(shown) & set("@?# ") or not shown.isprintable():
        message = (
            "The URL of a service is http or https, with a host and without name, password or "
            "query, such as https://api.example.org; keys are read from the environment."
        )
        raise UsageError(message)
    return shown.rstrip("/")


def host(url: str) -> str:
    """Host and port, for messages and for the interval between requests."""
    return urlsplit(url).netloc.rpartition("@")[2]
