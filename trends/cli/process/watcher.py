"""Kill a command that does not react to a signal: ``python watcher.py PID SECONDS SENTENCE``.

Numbers of signals are read from stdin.

A process of its own, without the package: a library that fits for a minute in one step of compiled
code lets no Python run meanwhile.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time


def main(pid: int, grace: float, sentence: str) -> None:
    """Wait for a signal, then for the end of the command, and kill it if it does not end."""
    if not os.read(0, 1):
        return  # the command came to its end
    until = time.monotonic() + grace
    while (left := until - time.monotonic()) > 0:
        if select.select([0], [], [], left)[0] and not os.read(0, 1):
            return
    # Its end of the pipe is open, so the number is still its own.
    os.kill(pid, signal.SIGKILL)
    os.write(2, f"trends: {sentence}\n".encode())


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3])
