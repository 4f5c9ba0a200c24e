"""The command line as its users call it, in this process or in one of its own."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

from trends.cli.main import main


def in_process(*args: str | Path) -> subprocess.CompletedProcess[str]:
    """What a command prints and how it ends, without the second that a new Python takes."""
    given, out, err = [str(a) for a in args], io.StringIO(), io.StringIO()
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(given)
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 0
    return subprocess.CompletedProcess(given, code, out.getvalue(), err.getvalue())


def in_new_process(*args: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The same by ``python -m trends``."""
    env = {k: v for k, v in os.environ.items() if k != "TRENDS_TRACEBACK"}
    return subprocess.run(
        [sys.executable, "-m", "trends", *map(str, args)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=env,
        # For a command that hangs; on a busy machine one may take many minutes.
        timeout=3_600,
    )
