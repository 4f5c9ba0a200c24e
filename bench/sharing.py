"""Sixty specifications by `trends multiverse` beside sixty separate runs.

How much sharing fits and everything around them saves.

python bench/sharing.py [--runs N]     # N further separate runs; finished ones are kept in
build/bench/sharing

Two backends, three seeds, five numbers of topics, one length of the period, two estimators on the
embedded corpus. Both sides begin with nothing cached and use two processes: the multiverse two
workers, the separate runs two at a time with one worker each. Half of the separate runs come before
the multiverse and half after it. Both draw their figures and write their reports.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import small_corpus

HERE = Path(__file__).resolve().parent
CONFIG = HERE.parent / "experiments" / "pretraining" / "config.toml"
BUILD = HERE.parent / "build" / "bench" / "sharing"
BACKENDS, SEEDS, NUMBERS, THETAS = (
    ("gibbs-lda", "bertopic"),
    3,
    (8, 10, 12, 14, 16),
    ("mean", "hard"),
)
SIDE_BY_SIDE = 2
#: The grid of the multiverse is that of the separate runs, and nothing beyond it.
GRID = {
    "models.backends": list(BACKENDS),
    "models.seeds": SEEDS,
    "models.workers": SIDE_BY_SIDE,
    "multiverse.seeds": SEEDS,
    "multiverse.n_topics": list(NUMBERS),
    "multiverse.embedding": [],
    "multiverse.theta": list(THETAS),
    "multiverse.period": ["half-year"],
    "multiverse.denominator": ["all"],
    "multiverse.deduplicate": [False],
    "multiverse.length": ["as-is"],
}


def _command(name: str, verb: str, settings: dict[str, Any], *more: str) -> list[str]:
    given = [
        part for key, value in settings.items() for part in ("-s", f"{key}={json.dumps(value)}")
    ]
    return [
        sys.executable,
        "-m",
        "trends",
        verb,
        str(CONFIG),
        "--output",
        str(BUILD / name),
        "--no-progress",
        *given,
        *more,
    ]


def _carry_out(commands: list[list[str]]) -> float:
    """Seconds until all of them, side by side, have ended."""
    # One thread for each process, as the workers of a run have: two at a time fill two cores.
    env = {
        **os.environ,
        "XDG_CACHE_HOME": str(BUILD / "user"),
        "OMP_NUM_THREADS": "1",
        "NUMBA_NUM_THREADS": "1",
    }
    begin = time.perf_counter()
    running = [
        subprocess.Popen(c, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=env)
        for c in commands
    ]
    for process in running:
        _, errors = process.communicate()
        if process.returncode:
            raise SystemExit(errors)
    return time.perf_counter() - begin


def _fits(name: str) -> tuple[int, float]:
    """How many fits a run made and how long they took."""
    manifest = json.loads((BUILD / name / "manifest.json").read_text(encoding="utf-8"))
    seconds = {stage: s for stage, s in manifest["seconds"].items() if stage.startswith("fit:")}
    return len(seconds), sum(seconds.values())


def _separate(cells: list[tuple[int, tuple[str, int, int, str]]]) -> dict[str, Any]:
    commands, names = [], []
    for number, (backend, n_topics, seed, theta) in cells:
        own = {
            "models.backends": [backend],
            "models.seeds": 1,
            "models.workers": 1,
            "models.n_topics": n_topics,
            "prevalence.theta": theta,
        }
        names.append(f"run-{number}")
        commands.append(_command(names[-1], "run", own, "--rng", str(seed)))
    seconds = _carry_out(commands)
    fits = [_fits(name) for name in names]
    for name in names:
        shutil.rmtree(BUILD / name)
    return {
        "runs": len(names),
        "seconds": seconds,
        "fits": sum(n for n, _ in fits),
        "fit_seconds": sum(s for _, s in fits),
    }


def measure(runs: int = 10_000) -> dict[str, Any]:
    """Seconds of both sides, and of their fits."""
    kept = BUILD / "state.json"
    state: dict[str, Any] = json.loads(kept.read_text()) if kept.is_file() else {}
    if state.get("code") != small_corpus.code():
        shutil.rmtree(BUILD, ignore_errors=True)
        BUILD.mkdir(parents=True)
        state = {"code": small_corpus.code(), "separate": [], "shared": {}}
    # The costly ones are not side by side throughout: number and seed go round faster than the
    # backend.
    grid = [
        (b, k, s, t)
        for t, k, s, b in itertools.product(THETAS, NUMBERS, range(1, SEEDS + 1), BACKENDS)
    ]
    cells = list(enumerate(grid))
    done = sum(part["runs"] for part in state["separate"])
    until = min(len(cells), done + runs)
    while done < until or (done == len(cells) and not state["shared"]):
        if done >= len(cells) // 2 and not state["shared"]:
            seconds = _carry_out([_command("shared", "multiverse", GRID)])
            counts = json.loads((BUILD / "shared" / "multiverse.json").read_text(encoding="utf-8"))[
                "counts"
            ]
            n, fit_seconds = _fits("shared")
            state["shared"] = {
                "seconds": seconds,
                "specifications": counts["specifications"],
                "fits": n,
                "fit_seconds": fit_seconds,
            }
        else:
            state["separate"].append(_separate(cells[done : done + SIDE_BY_SIDE]))
            done += SIDE_BY_SIDE
        kept.write_text(json.dumps(state))
        print(done, state["separate"][-1], state["shared"], file=sys.stderr, flush=True)
    parts, shared = state["separate"], state["shared"]
    separate = {
        key: sum(part[key] for part in parts) for key in ("runs", "seconds", "fits", "fit_seconds")
    }
    return {
        "specifications": shared.get("specifications"),
        "separate": separate,
        "shared": shared,
        "ratio": separate["seconds"] / shared["seconds"] if shared and done == len(cells) else None,
        "fit_ratio": separate["fit_seconds"] / shared["fit_seconds"]
        if shared and done == len(cells)
        else None,
    }


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    head = (
        f"{result['specifications']} specifications of the embedded corpus (2 backends × 3 seeds × "
        "5 numbers of topics × 2 estimators, half-years), nothing cached, "
        "two processes on each side.\n\n| | runs | fits | seconds of fits | seconds | ratio "
        "|\n|---|---|---|---|---|---|\n"
    )
    a, b = result["separate"], result["shared"]
    return (
        head + f"| separate `trends run` | {a['runs']} | {a['fits']} | {a['fit_seconds']:.0f} | "
        f"{a['seconds']:.0f} | |\n"
        + f"| `trends multiverse` | 1 | {b['fits']} | {b['fit_seconds']:.0f} | {b['seconds']:.0f} "
        f"| **{result['ratio']:.1f}** |\n"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=10_000)
    found = measure(parser.parse_args().runs)
    print(table(found) if found["ratio"] else found)
