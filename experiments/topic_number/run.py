"""Whether ``n_topics = "auto"`` finds the number of themes of corpora like a researcher's own CSV.

python experiments/topic_number/run.py                 # all cells that are not in results.csv yet
python experiments/topic_number/run.py --most 1        # the next one

Both rules see the same fits: "level" is the number of topics that recur, from the grid alone (the
rule before the agreement of families was asked first), "auto" is what a run takes. The rule was
developed on the first corpora of four of the cells, which are left out here, and on two that
README.md names.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from corpora import make

import trends as tr
from trends import files
from trends.analysis.quality.topic_number import by_level, default_candidates, search
from trends.core import Topics
from trends.core.computing.rng import seeds_from
from trends.models import BACKENDS
from trends.runs.config.settings import TextConfig
from trends.runs.tasks.terms import all_counts, choose_terms
from trends.runs.tasks.topic_number import short_settings
from trends.runs.tasks.vectors import vectors_of

RESULTS = Path(__file__).resolve().parent / "results.csv"
CELLS = (
    *(("clear", themes) for themes in (4, 3, 6, 10)),
    *(("unequal", themes) for themes in (6, 10)),
    *(("overlapping", themes) for themes in (4, 6)),
)
CORPORA = range(2, 12)
FAMILIES = ("gibbs-lda", "bertopic")


def measure(kind: str, themes: int, corpus: int) -> dict[str, Any]:
    """The line of one corpus."""
    frame = make(themes, kind, rng=corpus).drop(columns="theme")
    read = tr.read_corpus(frame, text="abstract", date="published")
    counts, _ = choose_terms(all_counts(read, TextConfig()), TextConfig())
    vectors = vectors_of(read, None, "embeddings", counts)
    kept: dict[str, Any] = {}

    def share(name: str, inputs: Any, make: Callable[[], Any]) -> Any:
        """Neighbours and layouts, which fits share in a run too."""
        key = json.dumps([name, inputs], sort_keys=True, default=str)
        if key not in kept:
            kept[key] = make()
        return kept[key]

    def fit(n_topics: int) -> dict[str, list[Topics]]:
        return {
            name: [
                BACKENDS.load(name)(
                    counts,
                    n_topics=n_topics,
                    seed=seed,
                    embeddings=vectors,
                    settings=short_settings(name, {}),
                    share=share,
                )
                for seed in seeds_from(corpus, name, 3)
            ]
            for name in FAMILIES
        }

    grid = default_candidates(counts.n_documents)
    found = search(fit, grid, early=True, rng=corpus)
    on_grid = found.curve[found.curve["n_topics"].isin(grid)]
    families = found.curve[found.curve["compared"] == "families"].set_index("n_topics")
    return {
        "kind": kind,
        "themes": themes,
        "corpus": corpus,
        "level": by_level(on_grid).n_topics,
        "auto": found.n_topics,
        "agreement": round(float(families["similarity"].get(found.n_topics, float("nan"))), 3),
        "fits_level": 6 * on_grid["n_topics"].nunique(),
        "fits_auto": 6 * found.curve["n_topics"].nunique(),
    }


def table(rows: pd.DataFrame) -> str:
    """Planted × found, before and after, in Markdown."""
    lines = [
        "| kind | planted | corpora | by level | auto | right | fits |",
        "|---|---|---|---|---|---|---|",
    ]
    for (kind, themes), own in rows.groupby(["kind", "themes"], sort=False):
        shown = [
            ", ".join(f"{k} × {n}" for k, n in own[rule].value_counts().sort_index().items())
            for rule in ("level", "auto")
        ]
        right = [int((own[rule] == themes).sum()) for rule in ("level", "auto")]
        fits = [round(own[f"fits_{rule}"].mean()) for rule in ("level", "auto")]
        lines.append(
            f"| {kind} | {themes} | {len(own)} | {shown[0]} | {shown[1]} | "
            f"{right[0]} → {right[1]} | {fits[0]} → {fits[1]} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure the cells that are not there yet; print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--most", type=int, default=len(CELLS) * len(CORPORA))
    given = parser.parse_args()
    rows = pd.read_csv(RESULTS).to_dict("records") if RESULTS.exists() else []
    known = {(r["kind"], r["themes"], r["corpus"]) for r in rows}
    left = [(*cell, c) for c in CORPORA for cell in CELLS if (*cell, c) not in known]
    for cell in left[: given.most]:
        rows.append(measure(*cell))
        print(rows[-1], flush=True)
        order = pd.DataFrame(rows).sort_values(["kind", "themes", "corpus"], kind="stable")
        files.write_csv(RESULTS, order)
    print(table(pd.read_csv(RESULTS)))


if __name__ == "__main__":
    main()
