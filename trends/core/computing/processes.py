"""Worker processes that do not import the user's script again."""

from __future__ import annotations

import sys
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType


class _Worker(SpawnProcess):
    def start(self) -> None:
        # The main module is passed on so that functions in it can be called; ours are in modules.
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            super().start()
        finally:
            sys.modules["__main__"] = main


class WorkerContext(SpawnContext):
    """Processes started anew ("spawn") in which only modules of the package are imported.

    With the plain context a script without ``if __name__ == "__main__":`` is executed again in
    every worker, and fails there.
    """

    Process = _Worker
