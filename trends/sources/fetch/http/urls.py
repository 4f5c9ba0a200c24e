"""Addresses that may be asked: http or https, without passwords; redirections stay on the site."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from trends.errors import NetworkError, UsageError


def checked(base: str) -> str:
    """A base address without the slash at its end.

    Raises
    ------
    UsageError
        If it is not a plain http or https address: another scheme, no host, a password, a query.
    """
    shown = base.strip()
    try:
        parts = urlsplit(shown)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or port == 0
        or any(c.isspace() or not c.isprintable() for c in shown)
    ):
        message = f"The address {shown[:200]!r} cannot be asked; give one such as https://api.example.org (http or https only)."
        raise UsageError(message)
    if parts.username is not None or parts.password is not None:
        message = f"The address of {parts.hostname} holds a name or password; give it without, keys are read from the environment."
        raise UsageError(message)
    if parts.query or parts.fragment:
        message = f"The address {shown[:200]!r} has a query of its own; give the part before the question mark."
        raise UsageError(message)
    return shown.rstrip("/")


def origin(address: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    return (
        parts.scheme,
        (parts.hostname or "").lower(),
        parts.port or (443 if parts.scheme == "https" else 80),
    )


def host(address: str) -> str:
    """Host and port, for messages and for the rhythm of requests."""
    return urlsplit(address).netloc.rpartition("@")[2]


def redirected(asked: str, location: str) -> str:
    """Where a redirection leads: the same origin, or https on the same host.

    Raises
    ------
    NetworkError
        If it leads to another host, from https to http, or to no address at all.
    """
    try:
        target = urljoin(asked, location.strip())
        scheme, name, port = origin(target)
        secret = urlsplit(target).username is not None
    except ValueError:
        scheme, name, port, secret, target = "", "", 0, False, ""
    if not secret and (scheme, name, port) == origin(asked):
        return target
    if not secret and scheme == "https" and name == origin(asked)[1] and port == 443:
        return target
    message = (
        f"{host(asked)} sends on to another place ({scheme}://{name}), which is not followed; if "
        "the service has moved, "
        "give its new address with --base-url."
    )
    raise NetworkError(message)
