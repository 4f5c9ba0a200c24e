"""What one step of a run leaves to the next, as it takes seconds to start.

Worker processes have imported the package, and a session of Spark has started Java. Steps in a row
use the same ones; they end before a step that does not use them, which gets their memory.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import ExitStack
from pathlib import Path
from typing import Any


class Shelf:
    """Things by what tells them apart. Who takes one has it alone, and puts it back.

    Parameters
    ----------
    folder : Path
        Where they may keep files; what a killed run leaves there is swept away.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: list[tuple[Hashable, Any, Callable[[], object]]] = []

    def take(self, what: Hashable) -> Any:
        """A thing that was put back; ``None`` if there is none."""
        for at, (key, thing, _) in enumerate(self._kept):
            if key == what:
                del self._kept[at]
                return thing
        return None

    def put(self, what: Hashable, thing: Any, end: Callable[[], object]) -> None:
        """Keep a thing for who takes it next; ``end`` ends it."""
        self._kept.append((what, thing, end))

    def clear(self) -> None:
        """End all that is there, each even if another cannot be ended."""
        with ExitStack() as ends:
            while self._kept:
                ends.callback(self._kept.pop()[2])
