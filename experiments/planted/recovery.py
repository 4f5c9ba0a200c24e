"""How many planted topics each backend finds at its default settings.

python experiments/planted/recovery.py                                  # all cells, the committed
result python experiments/planted/recovery.py --backend nmf --setting short    # one cell

Every fit adds its line to results/recovery.csv as soon as it is done (an older line of the same
cell is replaced); results/recovery.md is written from all lines that are there.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
from corpora import SEED, SETTINGS, TOPICS, Setting, make

from trends import files
from trends.analysis.simulation.recovery import align_to_truth
from trends.analysis.simulation.simulate import Simulated
from trends.core import Topics
from trends.models import BACKENDS
from trends.models.inference.transfer import fold_in

RESULTS = Path(__file__).resolve().parent / "results"
#: Not a backend: what the counts let one know at best.
CEILING = "true words"
COLUMNS = [
    "setting",
    "target",
    "backend",
    "topics",
    "found",
    "similarity",
    "share_error",
    "unassigned",
    "missed_sizes",
]


def measure(setting: Setting, made: Simulated, backend: str, fit: Topics) -> dict[str, object]:
    """Topics that have a partner, and how alike the partners are."""
    match = align_to_truth(made, fit, rng=SEED)
    true, fitted = match.pairs[:, 0], match.pairs[:, 1]
    sizes = np.bincount(made.truth.label, minlength=TOPICS)
    missed = sorted(set(range(TOPICS)) - set(true.tolist()))
    return {
        "setting": setting.name,
        "target": setting.target,
        "backend": backend,
        "topics": TOPICS,
        "found": len(true),
        "similarity": round(float(match.similarity.mean()), 3),
        "share_error": round(
            float(np.abs(fit.theta[:, fitted] - made.truth.theta[:, true]).mean()), 3
        ),
        "unassigned": round(float(fit.unassigned.mean()), 3),
        "missed_sizes": " ".join(str(sizes[k]) for k in missed),
    }


def true_words(made: Simulated) -> Topics:
    """What the term counts let one know at best: the true term distributions, shares by fold-in."""
    theta, _, _ = fold_in(made.phi, made.counts.matrix, np.full(TOPICS, 1 / TOPICS))
    phi = made.phi / made.phi.sum(axis=1, keepdims=True)
    return Topics(
        theta,
        np.zeros(len(theta)),
        phi,
        made.counts.vocabulary,
        made.counts.doc_ids,
        {"backend": CEILING},
    )


def table(frame: pd.DataFrame) -> str:
    """The lines as a table for readers."""
    lines = [
        (
            f"# Planted topics found ({TOPICS} topics, 5,000 documents, default settings, one "
            "fit each)"
        ),
        "",
        (
            "Found: share of the true topics with a partner after alignment by documents; in "
            "brackets, "
            "the mean similarity of partners. "
            '"True words" is a fold-in with the true term distributions: what the counts allow at '
            "best. Last column: topics found over the first three "
            "settings together."
        ),
        "",
        "| backend | " + " | ".join(s.name for s in SETTINGS) + " | target settings |",
        "|---|" + "---|" * (len(SETTINGS) + 1),
    ]
    for backend in [CEILING, *BACKENDS]:
        rows = frame[frame["backend"] == backend].set_index("setting")
        cells = [
            f"{rows.found[s.name] / TOPICS:.0%} ({rows.similarity[s.name]:.2f})"
            if s.name in rows.index
            else ""
            for s in SETTINGS
        ]
        aim = rows[rows["target"].astype(bool)]
        lines.append(
            f"| {backend} | "
            + " | ".join(cells)
            + f" | {aim['found'].sum()} of {TOPICS * len(aim)} |"
        )
    return "\n".join([*lines, ""])


def main() -> None:
    """Measure what was asked for and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--backend", choices=[CEILING, *BACKENDS], action="append")
    parser.add_argument("--setting", choices=[s.name for s in SETTINGS], action="append")
    asked = parser.parse_args()
    path = RESULTS / "recovery.csv"
    for setting in [s for s in SETTINGS if s.name in (asked.setting or [s.name])]:
        made = make(setting)
        for backend in asked.backend or [CEILING, *BACKENDS]:
            started = time.perf_counter()
            if backend == CEILING:
                fit = true_words(made)
            else:
                fit = BACKENDS.load(backend)(
                    made.counts, n_topics=TOPICS, seed=SEED, embeddings=made.corpus.embeddings
                )
            line = measure(setting, made, backend, fit)
            old = (
                pd.read_csv(path, keep_default_na=False)
                if path.is_file()
                else pd.DataFrame(columns=COLUMNS)
            )
            old = old[(old["setting"] != setting.name) | (old["backend"] != backend)]
            rank = {s.name: i for i, s in enumerate(SETTINGS)} | {
                b: i for i, b in enumerate([CEILING, *BACKENDS])
            }
            frame = (
                pd.concat([old, pd.DataFrame([line], columns=COLUMNS)])
                if len(old)
                else pd.DataFrame([line], columns=COLUMNS)
            )
            frame = frame.sort_values(["setting", "backend"], key=lambda column: column.map(rank))
            files.write_csv(path, frame)
            files.write_text(RESULTS / "recovery.md", table(frame))
            print(line, f"{time.perf_counter() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
