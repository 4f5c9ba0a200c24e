"""A standalone cluster of Spark on this machine: a master and workers, each a process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Cluster:
    """The address of a master, and its workers."""

    master: str = ""
    workers: list[int] = field(default_factory=list)

    def kill(self, number: int) -> None:
        """End a worker and all that it started, as a machine does whose power fails."""
        for process in (self.workers[number], *_below(self.workers[number])):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def _below(process: int) -> list[int]:
    """Processes that one started, and those that these started."""
    try:
        lists = [p.read_text() for p in Path(f"/proc/{process}/task").glob("*/children")]
    except OSError:
        return []
    found = [int(number) for each in lists for number in each.split()]
    return [*found, *(below for each in found for below in _below(each))]


@contextmanager
def cluster(folder: Path, *, workers: int) -> Iterator[Cluster]:
    """Start a master and workers of one core each."""
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_NO_DAEMONIZE": "1",
        "SPARK_DAEMON_MEMORY": "256m",
        "PYSPARK_PYTHON": sys.executable,
    }

    def start(what: str, until: str, *arguments: str) -> str:
        """Start a process and wait for the line that says it is there."""
        process = subprocess.Popen(
            [home / "bin" / "spark-class", f"org.apache.spark.deploy.{what}", *arguments],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        stack.enter_context(process)
        started.append(process.pid)
        stack.callback(process.kill)
        assert process.stderr is not None
        seen = []
        for line in process.stderr:
            seen.append(line)
            found = re.search(until, line)
            if found:
                # What it says later must not fill the pipe.
                rest = threading.Thread(target=process.stderr.read)
                rest.start()
                stack.callback(rest.join)
                stack.callback(process.kill)
                return found[0]
        raise AssertionError("".join(seen))

    started: list[int] = []
    with ExitStack() as stack:
        here = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        master = start("master.Master", r"spark://127\.0\.0\.1:\d+", *here)
        for number in range(workers):
            place = ("--work-dir", str(folder / f"worker-{number}"))
            size = ("--cores", "1", "--memory", "1g")
            start("worker.Worker", "registered with master", *here, *place, *size, master)
        yield Cluster(master, started[1:])
