"""A program that runs a command again and again, killed one step later each time, then to its end.

Argument: JSON with ``command`` (arguments of ``trends``; FOLDER stands for the folder), ``folder``
(an empty one), ``outputs`` (names of files), ``setup`` (files to write first, by name), ``every``
(kill at each n-th step), ``load`` (modules to load once). A step is a file of the folder that is
opened, renamed, removed or cut, or a pause between two requests. Prints JSON: number of kills and
what went wrong.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sys
from pathlib import Path

STEPS = ("open", "os.rename", "os.remove", "os.truncate", "time.sleep")


def child(command: list[str], folder: str, kill_at: int) -> int:
    """Run the command in a process of its own; its exit status, -9 if it was killed."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    count = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        if event in STEPS and (event == "time.sleep" or folder in str(arguments[0])):
            count += 1
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    if kill_at:
        sys.addaudithook(hook)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    from trends.cli.main import main

    try:
        main(command)
    except SystemExit as stop:
        os._exit(stop.code if isinstance(stop.code, int) else 1)
    os._exit(0)


def main() -> None:
    wanted = json.loads(sys.argv[1])
    base = Path(wanted["folder"])

    def prepared(name: str) -> tuple[list[str], Path]:
        folder = base / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for file, text in wanted["setup"].items():
            (folder / file).write_text(text, encoding="utf-8")
        return [part.replace("FOLDER", str(folder)) for part in wanted["command"]], folder

    def hashes(folder: Path) -> list[str]:
        return [
            hashlib.sha256((folder / f).read_bytes()).hexdigest() if (folder / f).exists() else ""
            for f in wanted["outputs"]
        ]

    # Loaded once, before the processes part: what a command would load for itself.
    import importlib

    for name in wanted["load"]:
        importlib.import_module(name)

    command, folder = prepared("same")
    status = child(command, str(folder), 0)
    whole = hashes(folder)
    left = sorted(p.name for p in folder.iterdir())
    wrong = [] if status == 0 and all(whole) else [f"undisturbed: {status} {whole}"]
    kills, step = 0, 0
    while not wrong:
        step += wanted["every"]
        command, folder = prepared("same")
        status = child(command, str(folder), step)
        if status == 0:
            break
        kills += 1
        if status != -9:
            wrong.append(f"step {step}: ended with {status} and was not killed")
        if any(
            found not in ("", right) for found, right in zip(hashes(folder), whole, strict=True)
        ):
            wrong.append(f"step {step}: a half-written file has the name of a whole one")
        status = child(command, str(folder), 0)
        if status != 0 or hashes(folder) != whole:
            wrong.append(
                f"step {step}: run again it ended with {status}, same: {hashes(folder) == whole}"
            )
    print(json.dumps({"kills": kills, "wrong": wrong, "left": left}))


main()
