"""Names that a config may use, each with the module of its code, which is imported on first use."""

from __future__ import annotations

import difflib
import importlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from trends.errors import MissingError, UsageError


class Registry(Mapping[str, str]):
    """A map from a public name to ``"module:attribute"``.

    Parameters
    ----------
    kind : str
        What the names stand for, used in messages ("backend", "source").
    entries : mapping of str to str
        Name to ``"module:attribute"``.
    """

    def __init__(self, kind: str, entries: Mapping[str, str]) -> None:
        self.kind = kind
        self._entries = dict(entries)

    def __getitem__(self, name: str) -> str:
        if name not in self._entries:
            raise UsageError(unknown(self.kind, name, self._entries))
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def register(self, name: str, place: str) -> None:
        """Add a name for ``"module:attribute"``, for code that lives outside the package.

        Raises
        ------
        UsageError
            If the name is taken, or the place is not of this form.
        """
        if name in self._entries or not all(place.partition(":")):
            message = (
                f"The {self.kind} {name!r} is registered already, or {place!r} is not "
                "'module:attribute'."
            )
            raise UsageError(message)
        self._entries[name] = place

    def module(self, name: str) -> str:
        """The module in which the code of ``name`` lies.

        Raises
        ------
        UsageError
            If the name is not registered.
        """
        return self[name].partition(":")[0]

    def load(self, name: str) -> Any:
        """Import and return the object of this name.

        Raises
        ------
        UsageError
            If the name is not registered.
        MissingError
            If a third-party package that it needs is not installed.
        """
        module, _, attribute = self[name].partition(":")
        try:
            return getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] == "trends":
                raise
            message = (
                f"The {self.kind} {name!r} needs the package {error.name!r}, which is not "
                f"installed in {sys.prefix}; install it, or the project with all it needs: pip "
                "install topic-trends."
            )
            raise MissingError(message) from error


def unknown(kind: str, name: str, allowed: Iterable[str]) -> str:
    """The sentence that a name is unknown, with the nearest one and those that are allowed."""
    names = sorted(allowed)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return f"Unknown {kind} {name!r}.{hint} Allowed: {', '.join(names)}."
