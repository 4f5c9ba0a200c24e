"""Write what the paper quotes.

Numbers, tables and captions in paper/generated/, all of them from files of results.

python paper/make_numbers.py      # after the scripts in figures/, whose captions it takes
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import league
import numbers_tex
import paper_tables
import published
import quantities
import statements

HERE = Path(__file__).resolve().parent
FIGURES = HERE.parent / "figures"
TARGET = HERE / "generated"


def numbers() -> dict[str, str]:
    """Every number of the text: name of the macro → LaTeX."""
    table, _, protocol = paper_tables.bbc_modules()
    parts = [
        quantities.calibration(),
        quantities.bbc(
            paper_tables.bbc_runs(), table.PUBLISHED, protocol.FILES["corpus.tsv"][0], protocol.TOP
        ),
        quantities.planted(),
        quantities.pretraining(),
        quantities.daily_papers(),
        league.numbers(),
        published.numbers(),
    ]
    return {name: text for part in parts for name, text in part.items()}


def captions(words: Mapping[str, str]) -> str:
    """One macro for the caption of each figure.

    Stem → caption, as the figure's own module wrote it from its data.
    """
    return numbers_tex.macros(
        {
            f"caption{_title(stem)}": numbers_tex.escaped(text)
            for stem, text in sorted(words.items())
        }
    )


def _title(stem: str) -> str:
    return "".join(part.title() for part in stem.split("_"))


def made(words: Mapping[str, str]) -> dict[str, str]:
    """Name of the file → its content."""
    values = numbers()
    return {
        "numbers.tex": numbers_tex.macros(values),
        "captions.tex": captions(words),
        "league.tex": league.table(),
        "published.tex": published.table(),
        "errors.tex": paper_tables.errors(values),
        "bbc.tex": paper_tables.bbc(),
        "recovery.tex": paper_tables.recovery(),
        "claims.tex": paper_tables.claims(),
        "daily_papers.tex": paper_tables.daily_papers(),
    }


def written_captions() -> dict[str, str]:
    """Captions beside the figures that were drawn."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))["caption"]
        for path in sorted(FIGURES.glob("*.json"))
    }


if __name__ == "__main__":
    TARGET.mkdir(exist_ok=True)
    files = made(written_captions())
    for name, text in files.items():
        (TARGET / name).write_text(text, encoding="utf-8")
    print(
        f"paper/generated: {len(files)} files, {files['numbers.tex'].count('newcommand')} numbers"
    )
    untrue = statements.untrue()
    for sentence in untrue:
        print(f"The results no longer bear out what main.tex says: {sentence}", file=sys.stderr)
    sys.exit(1 if untrue else 0)
