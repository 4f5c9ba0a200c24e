"""Build paper/main.pdf from main.tex and what the results gave.

The same sources give the same bytes.

python paper/build_pdf.py      # after make_numbers.py; `make paper` does all of it
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from trends.errors import DataError, MissingError

HERE = Path(__file__).resolve().parent
FIGURES = HERE.parent / "figures"
COMMANDS = ("latexmk", "pdflatex", "bibtex", "kpsewhich")
#: Files of the Debian packages below, one of each: a command may be there without its styles and
#: fonts.
STYLES = ("booktabs.sty", "microtype.sty", "natbib.sty", "mathptmx.sty", "utmr8a.pfb", "ucrr8a.pfb")
PACKAGES = "latexmk texlive-latex-recommended texlive-fonts-recommended"
#: The day that the PDF says it was made: any fixed one, or the bytes would change from day to day.
DAY = "1767225600"


def lacking() -> list[str]:
    """Commands and files of TeX that are not on this machine."""
    commands = [name for name in COMMANDS if shutil.which(name) is None]
    if "kpsewhich" in commands:
        return commands
    found = subprocess.run(
        ["kpsewhich", *STYLES], capture_output=True, text=True, check=False
    ).stdout.split()
    return commands + [name for name in STYLES if name not in {Path(path).name for path in found}]


def build(target: Path, sources: Path = HERE, figures: Path = FIGURES) -> str:
    """Write the PDF to ``target``; return what LaTeX said.

    Raises
    ------
    MissingError
        If TeX is not here.
    DataError
        If LaTeX stops at an error.
    """
    gone = lacking()
    if gone:
        message = (
            f"The paper cannot be built, as {', '.join(gone)} cannot be found; on Debian: "
            f"apt-get install {PACKAGES}"
        )
        raise MissingError(message)
    with tempfile.TemporaryDirectory() as name:
        # A copy, so that nothing is left beside the sources and the PDF does not know where it was
        # made.
        work = Path(name) / "paper"
        shutil.copytree(
            sources,
            work,
            ignore=shutil.ignore_patterns("results", "*.py", "main.pdf", "__pycache__"),
        )
        shutil.copytree(
            figures, Path(name) / "figures", ignore=shutil.ignore_patterns("*.py", "__pycache__")
        )
        done = subprocess.run(
            ["latexmk", "-norc", "-pdf", "-interaction=nonstopmode", "-halt-on-error", "main.tex"],
            cwd=work,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=300,
            env={
                **os.environ,
                "SOURCE_DATE_EPOCH": DAY,
                "FORCE_SOURCE_DATE": "1",
                "max_print_line": "1000",
            },
        )
        log = work / "main.log"
        said = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else done.stdout
        if done.returncode or not (work / "main.pdf").is_file():
            lines = said.splitlines()
            first = next(
                (i for i, line in enumerate(lines) if line.startswith("!")), max(len(lines) - 3, 0)
            )
            message = "LaTeX stops at main.tex: " + " ".join(
                " ".join(lines[first : first + 3]).split()
            )
            raise DataError(message)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(work / "main.pdf", target)
    return said


def faults(log: str, widest: float = 5.0) -> list[str]:
    """What a reader of the PDF would see as wrong.

    References without a target, lines that leave the page by more than ``widest`` points.
    """
    lines = [
        line
        for line in log.splitlines()
        if re.search(r"undefined|multiply defined|Citation .* on page", line)
    ]
    return lines + [
        line
        for line in log.splitlines()
        if (over := re.match(r"Overfull \\[hv]box \(([\d.]+)pt too", line))
        and float(over[1]) > widest
    ]


if __name__ == "__main__":
    try:
        log = build(HERE / "main.pdf")
    except (MissingError, DataError) as error:
        sys.exit(str(error))
    wrong = faults(log)
    pages = re.search(r"Output written on main\.pdf \((\d+) pages?", log)
    print(f"paper/main.pdf: {pages[1] if pages else '?'} pages")
    sys.exit("\n".join(wrong) if wrong else 0)
