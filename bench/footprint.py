"""Memory of a process and its workers together, looked at ten times a second (Linux)."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from pathlib import Path


def run(command: list[str]) -> tuple[str, float | None]:
    """What a command prints on stdout, and the largest sum of the resident memory of its processes
    in MiB (None where /proc does not tell).

    Pages that processes share count once for each, so the sum is never too small except between two
    looks.
    """
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    peak = 0.0
    over = threading.Event()

    def look() -> None:
        nonlocal peak
        while not over.is_set():
            peak = max(peak, _tree(process.pid))
            time.sleep(0.1)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    out, _ = process.communicate()
    over.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}.")
    return out, peak or None


def _tree(pid: int) -> float:
    try:
        resident = next(
            line
            for line in Path(f"/proc/{pid}/status").read_text().splitlines()
            if line.startswith("VmRSS:")
        )
    except (OSError, StopIteration):  # it ended just now, or this is no Linux
        return 0.0
    children: list[str] = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(OSError):  # a thread that ended just now
            children += (task / "children").read_text().split()
    return int(resident.split()[1]) / 1024 + sum(_tree(int(c)) for c in children)
