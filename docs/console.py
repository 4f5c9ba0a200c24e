"""Pages whose commands and Python lines are carried out, and whose outputs are put below them.

python docs/console.py PAGE      carries out a page and writes its outputs into it

In a block ``console`` a line that starts with ``$ `` is a command of the shell, in a block
``pycon`` one that starts with ``>>> `` is Python; all other lines are outputs. All blocks of a page
share one folder, and its blocks of Python one process. Called as above, the folder holds
``papers.csv`` of ``make_papers.py``.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
BLOCK = re.compile(r"(?m)^```(console|pycon)\n(.*?)^```$", re.DOTALL)
#: A command takes no longer than this.
SECONDS = 1800


def filled(page: str, folder: Path) -> str:
    """The page with the outputs that its blocks give now.

    Parameters
    ----------
    page : str
        Markdown.
    folder : Path
        Working directory of all blocks.

    Raises
    ------
    subprocess.CalledProcessError
        If a command fails.
    """
    names: dict[str, Any] = {"__name__": "__main__"}

    def again(block: re.Match[str]) -> str:
        make = _shell if block[1] == "console" else _python
        return f"```{block[1]}\n{make(block[2], folder, names)}```"

    return BLOCK.sub(again, page)


def _shell(block: str, folder: Path, _: dict[str, Any]) -> str:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }
    out = ""
    for line in re.findall(r"(?m)^\$ .*$", block):
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line[2:].partition("  # ")[0]],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=None,
            text=True,
            timeout=SECONDS,
            check=True,
        )
        out += f"{line}\n{_clean(done.stdout)}"
    return out


def _python(block: str, folder: Path, names: dict[str, Any]) -> str:
    lines = re.findall(r"(?m)^(?:>>>|\.\.\.) ?(.*)$", block)
    out = ""
    with contextlib.chdir(folder):
        source = "\n".join(lines)
        for statement in ast.parse(source).body:
            shown = ast.get_source_segment(source, statement) or ""
            first, *rest = shown.split("\n")
            comment = lines[statement.end_lineno - 1].partition("  # ")[2]
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                exec(compile(ast.Interactive([statement]), "page", "single"), names)
            last = f"  # {comment}" if comment else ""
            out += "\n".join([f">>> {first}", *(f"... {line}" for line in rest)]) + f"{last}\n"
            out += _clean(said.getvalue())
    return out


def _clean(text: str) -> str:
    """Output without blanks at the ends of lines and without empty lines around it."""
    text = "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")
    return f"{text}\n" if text else ""


if __name__ == "__main__":
    path = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as work:
        subprocess.run([sys.executable, HERE / "make_papers.py"], cwd=work, check=True)
        text = filled(path.read_text(encoding="utf-8"), Path(work))
    path.write_text(text, encoding="utf-8")
