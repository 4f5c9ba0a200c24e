"""Coherence of several fits at once, beside gensim's CoherenceModel.

The same numbers, how much faster.

python bench/coherence.py [CORPUS.jsonl.gz]     # records with "title" and "abstract"; without one a
made corpus of the same size

Both are given the same documents as sets of terms, and gensim's window holds any document, so that
the two compute the same quantity; gensim runs in one process, as do we. Neither is charged for
reading and tokenising.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from trends.analysis.quality.coherence import c_v, cooccurrence, npmi
from trends.core import TermCounts

HERE = Path(__file__).resolve().parent
#: Where the real corpus lies, if it is there: beside the checkout, or where TRENDS_BENCH_CORPUS
#: says.
CORPUS = HERE.parent.parent / "shared" / "data" / "acl.jsonl.gz"
DOCUMENTS, TOPICS, TERMS, FITS = 20_000, 50, 10, 5
RNG = 20260301
#: What gensim calls the two measures.
MEASURES = {"c_npmi": npmi, "c_v": c_v}


def find_corpus(given: str = "") -> Path | None:
    path = Path(given or os.environ.get("TRENDS_BENCH_CORPUS", "") or CORPUS)
    return path if path.is_file() else None


def read(path: Path, n: int) -> TermCounts:
    """Term counts of the first ``n`` records."""
    from trends.runs.config.settings import TextConfig
    from trends.runs.tasks.terms import choose_terms
    from trends.text.counting.count import count_terms

    with gzip.open(path, "rt", encoding="utf-8") as f:
        records = [json.loads(line) for line in itertools.islice(f, n)]
    texts = [f"{r.get('title') or ''}. {r.get('abstract') or ''}" for r in records]
    counts = count_terms(tuple(f"d{i}" for i in range(len(texts))), texts, phrases=False)
    return choose_terms(counts, TextConfig(phrases=False))[0]


def make(n: int) -> TermCounts:
    """A corpus of the size of the real one.

    Zipf frequencies, some seventy different terms a document.
    """
    rng = np.random.default_rng(RNG)
    n_terms = 8_000
    frequency = np.minimum(12.0 / np.arange(2, n_terms + 2), 0.4)
    columns = [np.flatnonzero(rng.random(n_terms) < frequency) for _ in range(n)]
    rows = np.repeat(np.arange(n), [len(c) for c in columns])
    ones = np.ones(len(rows), dtype=np.int32)
    matrix = sparse.csr_matrix((ones, (rows, np.concatenate(columns))), shape=(n, n_terms))
    return TermCounts(
        matrix, tuple(f"w{j:04}" for j in range(n_terms)), tuple(f"d{i}" for i in range(n))
    )


def term_lists(counts: TermCounts) -> list[list[list[str]]]:
    """Top terms of the fits: drawn from the commoner terms, since what they are makes no difference
    to the work.
    """
    rng = np.random.default_rng(RNG)
    common = np.argsort(-counts.document_frequency, kind="stable")[:3_000]
    return [
        [
            [counts.vocabulary[j] for j in rng.choice(common, TERMS, replace=False)]
            for _ in range(TOPICS)
        ]
        for _ in range(FITS)
    ]


def ours(fits: list[list[list[str]]], counts: TermCounts) -> tuple[dict[str, np.ndarray], float]:
    begin = time.perf_counter()
    joint = cooccurrence(counts, (term for fit in fits for topic in fit for term in topic))
    found = {
        name: np.array([measure(fit, joint) for fit in fits]) for name, measure in MEASURES.items()
    }
    return found, time.perf_counter() - begin


def theirs(
    fits: list[list[list[str]]], texts: list[list[str]], dictionary: Any
) -> tuple[dict[str, np.ndarray], float]:
    from gensim.models.coherencemodel import CoherenceModel

    window = max(map(len, texts)) + 1
    begin = time.perf_counter()
    found = {
        name: np.array(
            [
                CoherenceModel(
                    topics=fit,
                    texts=texts,
                    dictionary=dictionary,
                    coherence=name,
                    window_size=window,
                    topn=TERMS,
                    processes=1,
                ).get_coherence_per_topic()
                for fit in fits
            ]
        )
        for name in MEASURES
    }
    return found, time.perf_counter() - begin


def measure(corpus: str = "", documents: int = DOCUMENTS) -> dict[str, Any]:
    """Seconds, ratios and the largest difference, for one fit and for all at once."""
    from gensim.corpora import Dictionary

    path = find_corpus(corpus)
    counts = read(path, documents) if path else make(documents)
    fits = term_lists(counts)
    texts = [[counts.vocabulary[j] for j in row.indices] for row in counts.matrix]
    dictionary = Dictionary(texts)
    ours(fits[:1], counts)  # Libraries are loaded before the clock starts.
    rows, largest = [], 0.0
    for n in (1, FITS):
        mine, seconds = min((ours(fits[:n], counts) for _ in range(3)), key=lambda found: found[1])
        other, other_seconds = theirs(fits[:n], texts, dictionary)
        difference = max(float(np.abs(mine[name] - other[name]).max()) for name in MEASURES)
        largest = max(largest, difference)
        rows.append(
            {
                "fits": n,
                "seconds": seconds,
                "gensim_seconds": other_seconds,
                "ratio": other_seconds / seconds,
                "difference": difference,
            }
        )
    return {
        "corpus": path.name if path else "made",
        "documents": counts.n_documents,
        "terms": counts.n_terms,
        "topics": TOPICS,
        "rows": rows,
        "largest_difference": largest,
        "equal": largest <= 1e-6,
    }


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    head = (
        f"NPMI and C_v of {result['topics']} topics of {TERMS} terms, {result['documents']:,} "
        f"documents ({result['corpus']}), "
        f"{result['terms']:,} terms; gensim's `CoherenceModel` with `processes=1` and a window "
        "that holds the document. "
        f"Largest difference {result['largest_difference']:.1e}.\n\n"
        "| fits | trends, s | gensim, s | ratio |\n|---|---|---|---|\n"
    )
    return head + "".join(
        f"| {r['fits']} | {r['seconds']:.3f} | {r['gensim_seconds']:.1f} | {r['ratio']:.0f} |\n"
        for r in result["rows"]
    )


def command_line(
    measure: Callable[..., dict[str, Any]], table: Callable[[dict[str, Any]], str], about: str
) -> None:
    """What the benchmarks of one corpus do when they are called by themselves.

    Measure the corpus that is named, and print the table.
    """
    parser = argparse.ArgumentParser(description=about.split("\n", maxsplit=1)[0])
    parser.add_argument("corpus", nargs="?", default="")
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    options = parser.parse_args()
    print(table(measure(options.corpus, options.documents)))


if __name__ == "__main__":
    command_line(measure, table, __doc__)
