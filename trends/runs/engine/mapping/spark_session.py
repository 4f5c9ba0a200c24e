"""A session of Spark: the one that is there (a notebook's), or a quiet one of our own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trends import files
from trends.errors import MissingError, NetworkError, TrendsError, UsageError, reason
from trends.extras import require
from trends.runs.engine.workers import one_thread_each

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: Times that Spark begins a shard whose worker dies, on this machine; its default on others.
TRIES = 4
LOOPBACK = "127.0.0.1"
#: Seconds in which a master has to answer.
REACHED = 20
#: Bytes at the end of what Java wrote in which the cause of an error is looked for.
_LAST = 20_000


class Session:
    """A running session.

    Parameters
    ----------
    master : str
        Address of a master; this machine if it is empty.
    workers : int
        Processes on this machine.
    folder : Path
        In which a session of our own has a folder for what fits no memory, on this machine.

    Raises
    ------
    MissingError
        If pyspark or Java is not there.
    TrendsError
        If Java or the session does not start.
    """

    def __init__(self, master: str, workers: int, folder: Path) -> None:
        with require("spark", 'engine.name = "spark"'):
            from pyspark.sql import SparkSession
        found = SparkSession.getActiveSession()
        self.own = found is None
        #: As messages name it.
        self.master = master or "this machine"
        self._ends = ExitStack()
        self._log = self._ends.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        self._on_interrupt = (
            signal.getsignal(signal.SIGINT)
            if threading.current_thread() is threading.main_thread()
            else None
        )
        try:
            self.spark: SparkSession = found or self._started(master, workers, folder)
        except BaseException:
            self._ends.close()
            raise

    def close(self) -> None:
        """End the session and its Java, if they are our own."""
        if self.own:
            from pyspark import SparkContext

            with suppress(Exception):
                self.spark.stop()
            _end_java(SparkContext)
            if self._on_interrupt is not None:
                signal.signal(signal.SIGINT, self._on_interrupt)
        self._ends.close()

    def _started(self, master: str, workers: int, folder: Path) -> SparkSession:
        from py4j.protocol import Py4JError
        from pyspark import SparkConf, SparkContext
        from pyspark.errors import PySparkException
        from pyspark.java_gateway import launch_gateway
        from pyspark.sql import SparkSession

        _find_java()
        scratch = self._ends.enter_context(files.scratch(folder))
        conf = SparkConf(loadDefaults=False)
        for name, value in _settings(master, workers, scratch).items():
            conf.set(name, value)
        try:
            with _environment(master), one_thread_each():
                # All that Java writes goes to a file, so that a run has one voice.
                streams = {"stdout": subprocess.DEVNULL, "stderr": self._log}
                # Errors of Java can be read once the class knows which one it speaks to.
                SparkContext._ensure_initialized(gateway=launch_gateway(conf, streams))
                _reach(master, SparkContext._jvm)
                return SparkSession(SparkContext(conf=conf))
        except TrendsError:
            _end_java(SparkContext)
            raise
        except (Py4JError, PySparkException, OSError) as error:
            _end_java(SparkContext)
            message = f"Spark did not start on {self.master}: {self.why(error)}."
            raise TrendsError(message) from error

    def why(self, error: BaseException) -> str:
        """The cause of an error, as part of a sentence: what Java says, else the error itself."""
        texts = [str(error)]
        if not self._log.closed:
            # Java writes where the file stands: reading must not move it.
            file = self._log.fileno()
            end = os.fstat(file).st_size
            last = os.pread(file, _LAST, max(0, end - _LAST))
            texts.append(last.decode("utf-8", "replace"))
        for text in texts:
            causes = re.findall(r"(?:Caused by: |Exception: |Error: |Reason: )(.+)", text)
            if causes:
                return reason(ValueError(causes[-1]))
        return reason(error)


def _settings(master: str, workers: int, scratch: Path) -> dict[str, str]:
    """What a session needs; what a cluster is to decide is left to its own settings."""
    here = re.fullmatch(r"local(\[(\*|\d+)\])?", master or "local[*]")
    out = {
        "spark.app.name": "trends",
        # Results are as large as they are; Spark's limit of 1 GB would end the run.
        "spark.driver.maxResultSize": "0",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
    }
    if here is None:
        out["spark.master"] = master
    else:
        number = here[2] if master and here[2] else "1" if master else str(workers)
        out |= {
            "spark.master": f"local[{number},{TRIES}]",
            "spark.local.dir": str(scratch),
            "spark.sql.shuffle.partitions": str(2 * workers),
        }
    if here is not None or _on_this_machine(master):
        # Nothing listens to the network for work that does not leave the machine.
        out |= {
            "spark.ui.enabled": "false",
            "spark.driver.host": LOOPBACK,
            "spark.driver.bindAddress": LOOPBACK,
        }
    return out


def _on_this_machine(master: str) -> bool:
    return bool(re.match(rf"spark://({re.escape(LOOPBACK)}|localhost)[:/]", master))


@contextmanager
def _environment(master: str) -> Iterator[None]:
    """Variables that Spark reads as it starts, where the user has not set them."""
    wanted = {"PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable}
    if not master or master.startswith("local") or _on_this_machine(master):
        wanted["SPARK_LOCAL_IP"] = LOOPBACK
    added = {name: value for name, value in wanted.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


def _reach(master: str, java: Any) -> None:
    """Try whether a standalone master answers: Spark itself would ask for a minute."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    if not master.startswith("spark://"):
        return
    problems = []
    for place in master.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        if not (host and port.isdigit()):
            message = f"{master} is no address of a Spark master; write spark://host:7077."
            raise UsageError(message)
        try:
            to = java.java.net.InetSocketAddress(host, int(port))
            with closing(java.java.net.Socket()) as socket:
                socket.connect(to, 1000 * REACHED)
            return
        except (Py4JError, PySparkException) as error:
            found = re.search(r"java\.net\.(\w+: .+)", str(error))
            problems.append(f"{place}: {found[1] if found else reason(error)}")
    message = f"No Spark master answers at {master} ({'; '.join(problems)}); is it running?"
    raise NetworkError(message)


def _find_java() -> None:
    home = os.environ.get("JAVA_HOME")
    found = Path(home, "bin", "java").exists() if home else shutil.which("java") is not None
    if not found:
        where = f"JAVA_HOME ({home})" if home else "the path"
        message = (
            f'engine.name = "spark" needs Java 17 or newer, which is not in {where}; install it '
            "(on Debian: apt-get install openjdk-17-jre-headless), or take engine.name=local."
        )
        raise MissingError(message)


def _end_java(context: Any) -> None:
    """End the Java of this process, whose memory would be held until Python ends."""
    gateway = context._gateway
    if gateway is None:
        return
    context._gateway = context._jvm = None
    with suppress(Exception):
        gateway.shutdown()
    process = getattr(gateway, "proc", None)
    if process is not None:
        process.stdin.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
