"""Does a fit depend on the order of the documents?

The same seed, other orders, every backend at its default settings.

python experiments/planted/order.py [--repeats 3] [--documents 500]

Mixtures of counts must give the same topics up to the order of the rows (tested in
tests/models/test_contract.py; the largest difference is printed here). Clusters of vectors differ a
little, and by how much is measured: results/order.csv, results/order.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from corpora import SEED, SETTINGS, TOPICS, make
from numpy.typing import NDArray

import trends as tr
from trends import files
from trends.analysis.quality.stability import shuffled
from trends.core import TermCounts, Topics
from trends.models import BACKENDS
from trends.runs.config.settings import EmbedConfig, TextConfig
from trends.runs.tasks import terms as prepare
from trends.runs.tasks import vectors as embedding

RESULTS = Path(__file__).resolve().parent / "results"


def inputs(documents: int) -> dict[str, tuple[TermCounts, NDArray[np.float32], int]]:
    """Counts, vectors and number of topics of both corpora."""
    made = make(SETTINGS[0], documents=documents)
    founding = tr.read_corpus("pretraining")
    counts, _ = prepare.choose_terms(prepare.all_counts(founding, TextConfig()), TextConfig())
    vectors, _ = embedding.vectors(founding, EmbedConfig())
    assert made.corpus.embeddings is not None
    return {
        "planted": (made.counts, made.corpus.embeddings, TOPICS),
        "founding": (counts, vectors, 12),
    }


def compare(
    backend: str, counts: TermCounts, vectors: NDArray[np.float32], n_topics: int, repeats: int
) -> pd.DataFrame:
    """One line for each order: adjusted Rand index, matched topics, similarity, largest difference
    of a share.
    """
    function, fits = BACKENDS.load(backend), []

    def refit(rows: NDArray[np.int64], seed: int) -> Topics:
        fits.append(
            function(
                counts.take_documents(rows), n_topics=n_topics, seed=seed, embeddings=vectors[rows]
            )
        )
        return fits[-1]

    table = shuffled(refit, counts.n_documents, repeats=repeats, seed=SEED, rng=SEED)
    place = {name: row for row, name in enumerate(fits[0].doc_ids)}
    apart = [
        np.abs(f.theta - fits[0].theta[[place[name] for name in f.doc_ids]]).max() for f in fits[1:]
    ]
    return table[["n_matched", "similarity", "ari", "n_unassigned"]].assign(
        largest_difference=apart
    )


def write(frame: pd.DataFrame) -> None:
    """The lines, and their means as a table for readers."""
    files.write_csv(RESULTS / "order.csv", frame)
    lines = [
        "# The same seed on the same documents in other orders",
        "",
        (
            "Each order against corpus order: adjusted Rand index of the labels (mean, "
            "least), topics "
            "matched (mean), documents that at least one of the two "
            "fits leaves unassigned (mean). Two fits that are equal up to the order of their "
            "rows have "
            "1 and all topics, and no share differs."
        ),
        "",
        (
            "| corpus | documents | backend | orders | index, mean | least | topics matched | "
            "unassigned | largest difference of a share |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for (corpus, backend), rows in frame.groupby(["corpus", "backend"], sort=False):
        apart = (
            "—"
            if BACKENDS.load(str(backend)).needs_embeddings
            else f"{rows.largest_difference.max():.1g}"
        )
        lines.append(
            f"| {corpus} | {rows.documents.iloc[0]:,} | {backend} | {len(rows)} | "
            f"{rows.ari.mean():.3f} | {rows.ari.min():.3f} | "
            f"{rows.n_matched.mean():.1f} of {rows.topics.iloc[0]} | "
            f"{rows.n_unassigned.mean():.0f} | {apart} |"
        )
    files.write_text(RESULTS / "order.md", "\n".join([*lines, ""]))


def main() -> None:
    """Measure every backend on both corpora."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--documents", type=int, default=500, help="of the planted corpus")
    asked = parser.parse_args()
    parts: list[pd.DataFrame] = []
    corpora = inputs(asked.documents)
    for backend in sorted(BACKENDS, key=lambda name: not BACKENDS.load(name).needs_embeddings):
        for corpus, (counts, vectors, topics) in corpora.items():
            found = compare(backend, counts, vectors, topics, asked.repeats)
            facts = {
                "corpus": corpus,
                "backend": backend,
                "documents": counts.n_documents,
                "topics": topics,
            }
            parts.append(found.assign(**facts)[[*facts, *found.columns]])
            write(pd.concat(parts).sort_values("corpus", kind="stable", ascending=False))
            print(
                backend,
                corpus,
                parts[-1][["ari", "n_matched"]].mean().round(3).to_dict(),
                flush=True,
            )


if __name__ == "__main__":
    main()
