"""Publish a run again and again, each time killed (SIGKILL) some steps later, then once more to its
end; a program of its own.

Argument: JSON with ``command`` (arguments of ``trends``; FOLDER stands for the folder), ``ready``
(a folder whose cache holds every stage, with the files of another run published), ``base`` (an
empty folder), ``kills`` (how many, spread over all steps). A step is something written: a file
opened for it, a folder made, a name changed or removed. Prints JSON: steps, kills, what went wrong.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import shutil
import signal
import sys
from pathlib import Path

STEPS = ("os.rename", "os.remove", "os.mkdir", "os.rmdir")
LOAD = (
    "trends.runs.studies.run",
    "trends.runs.studies.pipeline",
    "trends.runs.engine.engine",
    "trends.runs.tasks.publish",
    "trends.models.backends.gibbs_lda",
    "pyarrow.parquet",
    "trends.sources.stored.corpus_file",
    "trends.cli.show",
    "trends.api.progress",
)


def child(command: list[str], folder: str, kill_at: int) -> tuple[int, int]:
    """Run the command in a process of its own.

    The status with which it ended (-9 if it was killed), and its steps.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        told = os.read(reading, 20)
        os.close(reading)
        return status, int(told or b"0")
    count = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        writes = event in STEPS
        if event == "open" and isinstance(arguments[2], int):
            writes = bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
        if writes and folder in str(arguments[0]) and ".lock" not in str(arguments[0]):
            count += 1
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    from trends.cli.main import main

    try:
        main(command)
        status = 0
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 1
    os.write(writing, str(count).encode())
    os._exit(status)


def published(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(
        p
        for p in folder.rglob("*")
        if p.is_file() and ".cache" not in p.parts and p.name not in (".lock", "manifest.json")
    ):
        found[path.relative_to(folder).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def listed(folder: Path) -> dict[str, str]:
    return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"])


def main() -> None:
    wanted = json.loads(sys.argv[1])
    ready, folder = Path(wanted["ready"]), Path(wanted["base"]) / "same"
    for name in LOAD:
        importlib.import_module(name)
    command = [part.replace("FOLDER", str(folder)) for part in wanted["command"]]

    def prepared() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(ready, folder)

    prepared()
    before = listed(folder)
    status, steps = child(command, str(folder), 0)
    whole = published(folder)
    wrong = (
        []
        if status == 0 and whole == listed(folder) and whole != before
        else [f"undisturbed: {status}"]
    )
    at = sorted(
        {1 + round(i * (steps - 1) / (wanted["kills"] - 1)) for i in range(wanted["kills"])}
    )
    mixed = 0
    for step in at if not wrong else ():
        prepared()
        status, _ = child(command, str(folder), step)
        if status != -9:
            wrong.append(f"step {step}: ended with {status} and was not killed")
        if listed(folder) == whole and published(folder) != whole:
            wrong.append(f"step {step}: the manifest vouches for files that are not there")
        if listed(folder) not in (before, whole):
            wrong.append(f"step {step}: a manifest of neither run")
        seen = {
            name: digest
            for name, digest in published(folder).items()
            if not name.endswith(".part") and ".part/" not in name
        }
        if any(digest not in (before.get(name), whole.get(name)) for name, digest in seen.items()):
            wrong.append(f"step {step}: a half-written file has the name of a whole one")
        mixed += seen not in (before, whole)
        status, _ = child(command, str(folder), 0)
        if status != 0 or published(folder) != whole or listed(folder) != whole:
            wrong.append(
                f"step {step}: run again it ended with {status}, same: {published(folder) == whole}"
            )
    print(json.dumps({"steps": steps, "kills": len(at), "mixed": mixed, "wrong": wrong}))


main()
