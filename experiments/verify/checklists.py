"""The checklist of three own runs, each answer with file and line: ``python checklists.py FOLDER``.

FOLDER is that of ``run.py``, whose case is the first run; the others are the corpus that comes with
the package, with one fit and no study, and the made corpus with a split and clusters.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from case import corpus_table

import trends as tr
from trends.runs.review.checklist import checklist

RESULTS = Path(__file__).parent / "results"
FIGURES = {"formats": ["svg"], "map": False}


def main(folder: Path) -> None:
    """Carry out what is missing, and write all answers."""
    table = folder / "corpus.csv"
    corpus_table().to_csv(table, index=False)
    made = {"path": str(table), "text": "abstract", "date": "published"}
    runs = {
        "case": None,
        "pretraining": {"rng": 7, "models": {"backends": ["nmf"], "n_topics": 4, "seeds": 1}},
        "split": {
            "rng": 7,
            "corpus": made,
            "models": {"backends": ["gibbs-lda", "nmf"], "n_topics": 3, "seeds": 2},
            "prevalence": {"period": "year", "cluster": "venue_in_source"},
            "split": {"share": 0.5},
        },
    }
    rows = []
    for name, config in runs.items():
        place = folder / "case" / "run" if config is None else folder / name
        if config is not None:
            tr.run({**config, "figures": FIGURES}, place, progress=False)
        for number, answer in enumerate(checklist(place), 1):
            for where in answer.places:
                lines = (place / where.file).read_text(encoding="utf-8").split("\n")
                says, line = where.quote.rstrip("…"), lines[where.line - 1].strip()
                rows.append(
                    {
                        "run": name,
                        "question": number,
                        "state": answer.state,
                        "file": where.file,
                        "line": where.line,
                        "line_says_so": bool(says) and line.startswith(says),
                    }
                )
    found = pd.DataFrame(rows)
    found.to_csv(RESULTS / "checklists.csv", index=False, lineterminator="\n")
    states = found.drop_duplicates(["run", "question"])
    print(pd.crosstab(states["run"], states["state"]))
    print(f"{len(found)} lines, {int(found['line_says_so'].sum())} of them say so")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
