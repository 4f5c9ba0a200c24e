"""Ctrl-C and SIGTERM: one line that says what is kept, an exit code, an end within seconds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

#: Seconds that a library may go on in its own code after a signal before the process is ended from
#: outside.
GRACE = 4.0

STAGES = ("run", "multiverse", "placebo", "power", "stability")
#: Command → what is kept when it is stopped; every other one writes its file at the end, by one
#: rename.
KEPT = {
    **dict.fromkeys(STAGES, "finished tasks are kept and the same command goes on from there"),
    "fetch": "what was fetched is kept and the same command goes on from there",
    "resolve-dates": "answers are kept and the same command goes on from there",
}
OTHERWISE = "nothing half-written was left behind"


class Stopped(BaseException):
    """A signal asked the command to end; not an ``Exception``, so that no library catches it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


def sentence(command: str) -> str:
    """The message to the user; ``command`` is the first word after ``trends``."""
    return f"stopped; {KEPT.get(command, OTHERWISE)}."


@contextmanager
def stoppable(command: str) -> Iterator[None]:
    """Let SIGINT and SIGTERM raise :class:`Stopped`.

    A command that fits models is killed from outside if a library does not let Python react.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _: FrameType | None) -> None:
        # A second signal would only disturb the cleaning up.
        for each in before:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(number)

    # A shell starts jobs in the background with SIGINT ignored; that stays so.
    asked = [
        s for s in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(s) is not signal.SIG_IGN
    ]
    before = {s: signal.signal(s, stop) for s in asked}
    try:
        with _watched(sentence(command), enabled=command in STAGES and sys.platform != "win32"):
            yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def _watched(message: str, *, enabled: bool) -> Iterator[None]:
    """Run ``watcher.py``, to which Python writes signal numbers whatever the main thread does."""
    if not enabled:
        yield
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    command = [
        sys.executable,
        "-I",
        "-S",
        str(Path(__file__).with_name("watcher.py")),
        str(os.getpid()),
        str(GRACE),
        message,
    ]
    # In a session of its own it does not get the Ctrl-C itself.
    watcher = subprocess.Popen(
        command, stdin=reading, stdout=subprocess.DEVNULL, start_new_session=True
    )
    os.close(reading)
    wakeup = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup)
        os.close(writing)
        watcher.wait()
