"""Which backends a task loads.

A change of one makes new keys for its own fits, and for no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trends.models import BACKENDS

#: A registry's module → the modules that are loaded through it.
Loads = Mapping[str, Iterable[str]]
_HERE = "trends.models"


def none(_: Mapping[str, Any]) -> Loads:
    """A task that loads no backend."""
    return {_HERE: ()}


def named(names: Iterable[str]) -> Loads:
    """Backends by their names."""
    return {_HERE: [BACKENDS.module(name) for name in names]}


def of_run(settings: Mapping[str, Any]) -> Loads:
    """The backends of a run, for a task that reads ``models.backends``."""
    return named(settings["config"].models.backends)
