"""SIGKILL at random moments of a run, then the same command again.

Are the bytes those of an undisturbed run?

python bench/kill.py [--rounds N]     # N further rounds; finished ones are kept in build/bench/kill

Moments are drawn uniformly over the seconds of an undisturbed cold run. In turn all processes are
killed, the parent alone, or one worker; every other round is killed once more while it goes on from
the first half. The command is given again at once, while workers of the killed run may still live.
Rounds at the end aim at publishing, which is too short to be hit by chance.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import small_corpus

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "bench" / "kill"
ROUNDS, AIMED, RNG = 50, 10, 20260302
#: Seconds after the last stage among which the moments of the last rounds are drawn.
PUBLISHING = 0.5
VICTIMS = ("all processes", "the parent alone", "one worker")


@dataclass
class Running:
    """One ``trends run`` in a group of processes of its own."""

    out: Path
    config: Path
    begin: float = 0.0
    process: Any = None
    said: list[str] = field(default_factory=list)

    def start(self) -> Running:
        command = [
            sys.executable,
            "-m",
            "trends",
            "run",
            str(self.config),
            "--output",
            str(self.out),
        ]
        env = {**os.environ, "XDG_CACHE_HOME": f"{self.out}-user"}
        self.log = self.out.with_name(f"{self.out.name}.log").open("wb")
        self.begin = time.monotonic()
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=self.log, start_new_session=True, env=env
        )
        return self

    def text(self) -> str:
        return self.out.with_name(f"{self.out.name}.log").read_text(
            encoding="utf-8", errors="replace"
        )

    def wait_until(self, seconds: float, stage: str = "") -> bool:
        """Wait for a moment, counted from the start or from the end of a stage.

        Whether the process is still at work then.
        """
        while stage and f"{stage}: done" not in self.text() and self.process.poll() is None:
            time.sleep(0.005)
        begin = time.monotonic() if stage else self.begin
        while (left := begin + seconds - time.monotonic()) > 0 and self.process.poll() is None:
            time.sleep(min(left, 0.02))
        return self.process.poll() is None

    def kill(self, victim: str, rng: np.random.Generator) -> str:
        """Kill, and say who was hit: there are no workers at all moments."""
        workers = _workers(self.process.pid)
        if victim == "one worker" and workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(workers[int(rng.integers(len(workers)))], signal.SIGKILL)
            self.process.wait()
            return victim
        with contextlib.suppress(ProcessLookupError):
            (os.kill if victim == "the parent alone" else os.killpg)(
                self.process.pid, signal.SIGKILL
            )
        self.process.wait()
        return victim if victim != "one worker" else "all processes"

    def stage(self) -> str:
        """What was being made, told by what lies half-written, else by what was done last."""
        if list(self.out.glob(".publishing.*.part")):
            return "publishing"
        half = sorted(
            {p.name.split("-")[0].strip(".") for p in (self.out / ".cache").glob(".*.part")}
        )
        if half:
            return " and ".join(half)
        lines = [line for line in self.text().splitlines() if line.startswith("[")]
        if not lines:
            return "start"
        done = lines[-1].partition("] ")[2].partition(":")[0]
        return "publishing" if done == "report" else f"after {done}"


def _workers(pid: int) -> list[int]:
    try:
        children = [
            int(c)
            for t in Path(f"/proc/{pid}/task").iterdir()
            for c in (t / "children").read_text().split()
        ]
        return [c for c in children if b"spawn_main" in Path(f"/proc/{c}/cmdline").read_bytes()]
    except OSError:
        return []


def _left(group: int) -> int:
    """Processes of a group that are not yet gone."""
    found = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = path.read_text().rpartition(")")[2].split()
            found += int(fields[2]) == group and fields[0] not in "ZX"
    return found


def _whole(out: Path, config: Path) -> tuple[dict[str, str], float]:
    """An undisturbed run."""
    running = Running(out, config).start()
    if running.process.wait():
        raise SystemExit(running.text())
    return small_corpus.digest(out), time.monotonic() - running.begin


def _round(number: int, config: Path, whole: dict[str, str], seconds: float) -> dict[str, Any]:
    """Kill once or twice, go on to the end, compare."""
    rng = np.random.default_rng([RNG, number])
    aimed = number >= ROUNDS
    hits: list[dict[str, str]] = []
    out = BUILD / f"round-{number}"
    for other in (out, Path(f"{out}-user")):
        shutil.rmtree(other, ignore_errors=True)
    killed = 0
    while len(hits) < (1 if aimed or number % 2 == 0 else 2):
        running = Running(out, config).start()
        moment = rng.uniform(0, PUBLISHING if aimed else seconds)
        if not running.wait_until(moment, "report" if aimed else ""):
            running.process.wait()
            if hits:
                killed = 0
                break  # it went on faster than the second moment was late
            shutil.rmtree(out)
            continue
        hit = running.kill(VICTIMS[number % len(VICTIMS)] if not aimed else VICTIMS[0], rng)
        hits.append({"victim": hit, "stage": running.stage()})
        killed, begin = running.process.pid, time.monotonic()
    again = Running(out, config).start()
    while killed and _left(killed) and time.monotonic() - begin < 30:
        time.sleep(0.02)
    lingering = time.monotonic() - begin if killed else 0.0
    if code := again.process.wait():
        return {
            "hits": hits,
            "mismatches": [f"the second run ended with {code}: {again.text()[-300:]}"],
            "lingering": lingering,
        }
    found = small_corpus.digest(out)
    differ = sorted(n for n in {*whole, *found} if whole.get(n) != found.get(n))
    differ += sorted(p.name for p in out.rglob(".*.part"))
    for other in (out, Path(f"{out}-user")):
        if not differ:
            shutil.rmtree(other, ignore_errors=True)
    return {"hits": hits, "mismatches": differ, "lingering": lingering}


def measure(rounds: int = ROUNDS + AIMED) -> dict[str, Any]:
    """Rounds, where they were hit, and what differed."""
    kept = BUILD / "rounds.json"
    state: dict[str, Any] = json.loads(kept.read_text()) if kept.is_file() else {}
    if state.get("code") != small_corpus.code():
        shutil.rmtree(BUILD, ignore_errors=True)
        config = small_corpus.write(BUILD)
        _whole(
            BUILD / "warm-up", config
        )  # numba's and the system's own caches are filled before the clock starts
        whole, seconds = _whole(BUILD / "whole", config)
        state = {"code": small_corpus.code(), "whole": whole, "seconds": seconds, "rounds": []}
        kept.write_text(json.dumps(state))
    todo = min(ROUNDS + AIMED, len(state["rounds"]) + rounds)
    for number in range(len(state["rounds"]), todo):
        found = _round(number, BUILD / "config.toml", state["whole"], state["seconds"])
        state["rounds"].append(found)
        print(number, found, file=sys.stderr, flush=True)
        kept.write_text(json.dumps(state))
    made = state["rounds"]
    hits = [hit for each in made for hit in each["hits"]]
    return {
        "documents": 120,
        "seconds": state["seconds"],
        "files": len(state["whole"]),
        "rounds": len(made),
        "kills": len(hits),
        "mismatches": sum(bool(each["mismatches"]) for each in made),
        "stages": dict(Counter(hit["stage"] for hit in hits).most_common()),
        "victims": dict(Counter(hit["victim"] for hit in hits).most_common()),
        "longest_lingering": max(each["lingering"] for each in made),
    }


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    head = (
        f"{result['documents']} made documents, Gibbs LDA and BERTopic with two seeds each, two "
        f"workers; a cold run takes {result['seconds']:.0f} s and "
        f"publishes {result['files']} files. {result['kills']} kills in {result['rounds']} rounds "
        f"({max(0, result['rounds'] - ROUNDS)} of them aimed at publishing; "
        + ", ".join(f"{name} {n}" for name, n in result["victims"].items())
        + f"); the last process was gone after {result['longest_lingering']:.1f} s at the most. "
        "**Rounds whose bytes differ from those of the undisturbed run: "
        f"{result['mismatches']}.**\n\n| hit while | kills |\n|---|---|\n"
    )
    return head + "".join(f"| {stage} | {n} |\n" for stage, n in result["stages"].items())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS + AIMED)
    print(table(measure(parser.parse_args().rounds)))
