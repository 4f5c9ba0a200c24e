"""A standalone cluster of Spark on this machine: a master and workers, each a process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path


@contextmanager
def cluster(folder: Path, *, workers: int) -> Iterator[str]:
    """Start a master and workers of one core each; yields the address of the master."""
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

    with ExitStack() as stack:
        here = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        master = start("master.Master", r"spark://127\.0\.0\.1:\d+", *here)
        for number in range(workers):
            place = ("--work-dir", str(folder / f"worker-{number}"))
            size = ("--cores", "1", "--memory", "1g")
            start("worker.Worker", "registered with master", *here, *place, *size, master)
        yield master
