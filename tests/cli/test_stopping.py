"""Ctrl-C and SIGTERM end a command with one line; what is finished is kept, no process is left."""

from __future__ import annotations

import contextlib
import json
import linecache
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from filelock import FileLock
from scripts import script
from small_runs import in_turn, write

from trends.runs.engine.cache import Cache

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
]

#: A chain that would take hours: what stops it is the signal.
ENDLESS = ("iterations=2000000000", "burn_in=1000000000")
#: Seconds after which a condition that never comes true fails the test; far more than any takes.
LIMIT = 3_600
#: ``trends`` with a signal that writes where its main thread is, also from within compiled code.
TRACED = """
import faulthandler, signal, sys
faulthandler.register(signal.SIGUSR1, open(sys.argv.pop(1), "w"), all_threads=False)
from trends.cli.main import main
main()
"""


def small(folder: Path, *settings: str) -> list[str]:
    """``trends run`` of a small corpus."""
    lines = [
        "rng = 1",
        "[corpus]",
        'path = "corpus.parquet"',
        "[models]",
        'backends = ["gibbs-lda"]',
        "n_topics = 3",
        "seeds = 2",
    ]
    write(folder, in_turn(), "\n".join([*lines, "[figures]", 'formats = ["svg"]', ""]))
    given = [part for one in settings for part in ("-s", one)]
    return ["run", str(folder / "config.toml"), "--output", str(folder / "out"), *given]


def endless(*which: str) -> list[str]:
    return [f"models.settings.gibbs-lda.{setting}" for setting in ENDLESS] + list(which)


#: Groups of processes that a test has started.
started: list[subprocess.Popen[bytes]] = []


def restore_ctrl_c() -> None:
    """Undo that tests in the background inherit an ignored Ctrl-C, and hand it on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def no_process_left() -> Iterator[None]:
    """A test that fails leaves no process behind, which would take the time of the others."""
    yield
    while started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started[-1].pid, signal.SIGKILL)
        started.pop().wait()


def wait_until(condition: Callable[[], Any], report: Callable[[], str]) -> None:
    """Wait until something is so; only a broken program takes longer than the limit."""
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, report()
        time.sleep(0.02)


class Command:
    """A command in a group of processes of its own."""

    def __init__(self, args: Sequence[str], folder: Path, *, traced: bool = False) -> None:
        self.errors, self.trace = folder / "stderr.txt", folder / "trace.txt"
        env = {**os.environ, "XDG_CACHE_HOME": str(folder / "user"), "NO_PROXY": "127.0.0.1"}
        program = ["-c", TRACED, str(self.trace)] if traced else ["-m", "trends"]
        with self.errors.open("wb") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, *program, *args],
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,
                env=env,
                preexec_fn=restore_ctrl_c,
            )
        started.append(self.process)

    def stderr(self) -> str:
        return self.errors.read_text(encoding="utf-8")

    def when(self, condition: Callable[[], Any]) -> None:
        """Wait until something is so; it is an error if the command ends before."""

        def checked() -> Any:
            assert self.process.poll() is None, self.stderr()
            return condition()

        wait_until(checked, self.stderr)

    def stopped(self, code: int, sentence: str) -> None:
        """It ended with this code, this one line after its progress, and no process left."""
        assert self.process.wait(LIMIT) == code, self.stderr()
        wait_until(lambda: not alive(self.process.pid), self.stderr)
        lines = [
            line for line in self.stderr().splitlines() if not line.startswith(("[", "openalex:"))
        ]
        assert lines == [f"trends: stopped; {sentence}."]

    def is_in(self, call: str) -> bool:
        """Whether the main thread of a traced command is in compiled code below this call."""
        os.kill(self.process.pid, signal.SIGUSR1)
        # The last stack in the file, which may still be an earlier one, or incomplete.
        last = self.trace.read_text().rpartition("Stack (")[2]
        frames = re.findall(r'File "(.+)", line (\d+)', last)
        lines = [linecache.getline(file, int(number)) for file, number in frames]
        return "train(" in "".join(lines[:1]) and any(call in line for line in lines)

    def workers(self) -> list[int]:
        """Processes that fit models."""
        found = []
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            found += [int(c) for c in (task / "children").read_text().split()]
        return [c for c in found if b"spawn_main" in Path(f"/proc/{c}/cmdline").read_bytes()]

    def fitting(self, n: int) -> bool:
        """Whether ``n`` fits are under way: each has its half-written entry."""
        with contextlib.suppress(OSError):
            return len(list((Path(self.errors).parent / "out" / ".cache").glob(".fit-*.part"))) == n
        return False


def alive(group: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, of, *_ = path.read_text().rpartition(")")[2].split()
            if int(of) == group and state not in "ZX":
                found.append(int(path.parent.name))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code", "whom"),
    [(signal.SIGINT, 130, os.killpg), (signal.SIGTERM, 143, os.kill)],
    ids=["ctrl-c", "sigterm"],
)
def test_a_run_with_workers(
    tmp_path: Path, number: int, code: int, whom: Callable[[int, int], None]
) -> None:
    command = Command(small(tmp_path, *endless()), tmp_path)
    command.when(lambda: command.fitting(2))
    assert len(command.workers()) == 2
    whom(command.process.pid, number)
    command.stopped(code, "finished tasks are kept and the same command goes on from there")
    planned = subprocess.run(
        [sys.executable, "-m", "trends", *small(tmp_path, *endless()), "--dry-run", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert [s["task"] for s in json.loads(planned.stdout) if s["cached"]] == ["corpus", "terms"]
    assert not (tmp_path / "out" / "manifest.json").exists()
    # Half-written entries are told apart from those being written, and go with the next run.
    cache = Cache(tmp_path / "out" / ".cache")
    cache.sweep()
    assert [
        p.name for p in cache.root.iterdir() if not p.name.startswith(("corpus-", "terms-"))
    ] == []


def test_a_library_deep_in_compiled_code_is_ended_from_outside(tmp_path: Path) -> None:
    command = Command(small(tmp_path, *endless("models.workers=1")), tmp_path, traced=True)
    command.when(lambda: command.trace.exists() and command.fitting(1))
    command.when(lambda: command.is_in("model.train(s.burn_in - first"))
    os.kill(command.process.pid, signal.SIGINT)
    command.stopped(
        -signal.SIGKILL, "finished tasks are kept and the same command goes on from there"
    )


@pytest.mark.slow
def test_workers_do_not_outlive_a_killed_run(tmp_path: Path) -> None:
    command = Command(small(tmp_path, *endless()), tmp_path)
    command.when(lambda: command.fitting(2))
    os.kill(command.process.pid, signal.SIGKILL)
    command.process.wait()
    wait_until(lambda: not alive(command.process.pid), command.stderr)


def test_a_second_run_on_one_folder_is_refused_and_a_killed_one_leaves_no_lock(
    tmp_path: Path,
) -> None:
    command = Command(small(tmp_path, *endless()), tmp_path)
    command.when(lambda: command.fitting(2))
    again = [sys.executable, "-m", "trends", *small(tmp_path)]
    second = subprocess.run(again, capture_output=True, text=True)
    assert second.returncode == 6
    assert (
        f"Another run is writing to {tmp_path / 'out'}; wait for it to end, or choose another "
        "folder with --output." in second.stderr
    )
    assert command.fitting(2)
    os.killpg(command.process.pid, signal.SIGKILL)
    command.process.wait()
    assert (tmp_path / "out" / ".lock").exists()
    with FileLock(tmp_path / "out" / ".lock", timeout=0):
        pass  # the file is there, and no process holds it


def test_reading(tmp_path: Path) -> None:
    row = (
        json.dumps({"text": "many words " * 60, "title": "of the gardens", "day": "2021-03-05"})
        + "\n"
    )
    source, output = tmp_path / "many.jsonl", tmp_path / "c.parquet"
    source.write_text(row * 60_000)
    output.write_bytes(b"what was there")
    command = Command(
        ["read", str(source), "--text", "text", "--date", "day", "-o", str(output)], tmp_path
    )

    def opened() -> bool:
        with contextlib.suppress(OSError):
            return any(
                p.resolve() == source for p in Path(f"/proc/{command.process.pid}/fd").iterdir()
            )
        return False

    command.when(opened)
    os.kill(command.process.pid, signal.SIGINT)
    command.stopped(130, "nothing half-written was left behind")
    assert output.read_bytes() == b"what was there"
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "user") == [
        "c.parquet",
        "many.jsonl",
        "stderr.txt",
    ]


def server() -> ModuleType:
    """The server that the tests of ``trends fetch`` ask."""
    return script("tests/sources/fetch/fetch_server.py")


def test_fetching_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    web = server()
    answer = web.openalex(6, per_page=2)
    free: list[bool] = []

    def slow(asked: Any) -> Any:
        return answer(asked) if free or len(found.asked) < 3 else web.Reply(way="hang")

    with web.serving(slow) as found:
        args = [
            "fetch",
            "openalex",
            "gardens",
            "-o",
            str(tmp_path / "raw.jsonl"),
            "--base-url",
            found.base,
            "--interval",
            "0.002",
        ]
        command = Command(args, tmp_path)
        command.when(lambda: len(found.asked) >= 3)
        os.kill(command.process.pid, signal.SIGTERM)
        command.stopped(143, "what was fetched is kept and the same command goes on from there")
        free.append(True)
        before = len(found.asked)
        again = subprocess.run(
            [sys.executable, "-m", "trends", *args], capture_output=True, text=True
        )
        assert again.returncode == 0, again.stderr
        assert len(found.asked) - before < before
    assert len((tmp_path / "raw.jsonl").read_text().splitlines()) == 6
