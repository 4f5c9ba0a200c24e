"""The command line that the measurements of the league share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import pandas as pd

from trends.files import write_text

README = Path(__file__).parent / "README.md"
#: A setting of simulated corpora, which has a name.
C = TypeVar("C")


def carry_out(
    description: str | None,
    cells: Sequence[C],
    corpora: int,
    measure: Callable[[Path, list[C], int], None],
    table: Callable[[pd.DataFrame], str],
    results: Path,
    marks: tuple[str, str],
) -> None:
    """Measure what is asked for, and write the table between its marks in README.md."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", type=Path, default=Path(sys.executable))
    parser.add_argument("--corpora", type=int, default=corpora, help="of each cell")
    parser.add_argument("--cell", action="append", default=[], help="only cells of that name")
    parser.add_argument("--table", action="store_true", help="write the table, measure nothing")
    options = parser.parse_args()
    if not options.table:
        wanted = [c for c in cells if not options.cell or c.name in options.cell]
        measure(options.python, wanted, options.corpora)
    before, rest = README.read_text(encoding="utf-8").split(marks[0])
    after = rest.split(marks[1])[1]
    write_text(README, f"{before}{marks[0]}\n{table(pd.read_csv(results))}\n{marks[1]}{after}")
