"""Single settings that are given beside a config file: ``key=value``."""

from __future__ import annotations

import tomllib
from typing import Any

from trends.errors import UsageError


def override(data: dict[str, Any], item: str) -> None:
    """Set one key, dotted, in nested settings.

    The value is read as TOML where it can be, else as text.

    Raises
    ------
    UsageError
        If it is not of the form ``key=value``, or a part of the key is a value.
    """
    key, equals, text = item.partition("=")
    if not equals or not key.strip():
        message = (
            f"An override has the form key=value, for example models.n_topics=20; got {item!r}."
        )
        raise UsageError(message)
    try:
        value = tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        value = text
    parts = key.strip().split(".")
    at = data
    for part in parts[:-1]:
        at = at.setdefault(part, {})
        if not isinstance(at, dict):
            message = f"{key!r} cannot be set: {part!r} is a value, not a section."
            raise UsageError(message)
    at[parts[-1]] = value
