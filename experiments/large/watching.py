"""What a command takes, with all processes that it starts: clock, processor time, memory."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
#: Seconds between two looks.
EVERY = 0.5


@dataclass
class Cost:
    """Of one command, whatever it started.

    Memory is proportional (what processes share is counted once) and the most that was seen at one
    moment; processor time of a process is that at the last look.
    """

    status: int
    seconds: float
    cpu_seconds: float
    peak_mb: float


def watched(command: Sequence[str], log: Path) -> Cost:
    """Carry a command out in a session of its own and look at all processes of it."""
    start = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        ended = threading.Event()
        threading.Thread(target=lambda: (process.wait(), ended.set()), daemon=True).start()
        used: dict[tuple[int, str], float] = {}
        peak = 0.0
        while True:
            last = ended.wait(EVERY)
            memory = 0.0
            for pid, started, cpu in _of_session(process.pid):
                used[pid, started] = cpu
                memory += _memory(pid)
            peak = max(peak, memory)
            if last:
                break
    seconds = time.perf_counter() - start
    return Cost(process.returncode, seconds, sum(used.values()), peak)


def _of_session(session: int) -> Iterator[tuple[int, str, float]]:
    """Number, start and processor seconds of each process of a session."""
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            fields = Path(entry.path, "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # Fields from the third on (proc_pid_stat(5)): 6 session, 14 and 15 time, 22 start.
        if int(fields[3]) == session:
            yield int(entry.name), fields[19], (int(fields[11]) + int(fields[12])) / TICKS


def _memory(pid: int) -> float:
    """Proportional memory of a process in MB; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
