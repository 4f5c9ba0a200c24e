"""gibbs-lda beside gensim's LdaMulticore: coherence of the same counts, and how much faster.

python bench/gibbs.py [CORPUS.jsonl.gz] [--documents N]

gensim gets two workers, ten passes, no evaluation between them, and its defaults otherwise;
gibbs-lda one thread. The question is how long each takes to topics of equal coherence, so beside
its defaults, which go on until the shares of documents have settled further, gibbs-lda is given a
short chain (SHORT) that is past gensim's NPMI. gensim fits once between fits of ours with several
seeds. Neither is charged for reading and tokenising; ours is charged for its checks and for θ,
gensim for φ alone.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from coherence import DOCUMENTS, TERMS, TOPICS, command_line, find_corpus, make, read

from trends.analysis.quality.coherence import cooccurrence, npmi
from trends.core import TermCounts
from trends.models import BACKENDS

PASSES, WORKERS = 10, 2
SEEDS = (1, 2, 3)
#: Settings of the short chain.
SHORT = {"iterations": 30, "burn_in": 20, "n_chains": 1, "thin": 5}


def score(topics: list[list[str]], counts: TermCounts) -> float:
    """Mean NPMI of the topics over the documents that were fitted."""
    return float(
        np.mean(npmi(topics, cooccurrence(counts, (term for topic in topics for term in topic))))
    )


def ours(
    counts: TermCounts, seed: int, topics: int, settings: dict[str, int] | None = None
) -> dict[str, Any]:
    begin = time.perf_counter()
    fit = BACKENDS.load("gibbs-lda")(counts, n_topics=topics, seed=seed, settings=settings)
    seconds = time.perf_counter() - begin
    sweeps = fit.provenance["chosen"]["iterations"]
    return {
        "seconds": seconds,
        "npmi": score([list(t) for t in fit.top_terms(TERMS)], counts),
        "sweeps": sweeps,
    }


def theirs(counts: TermCounts, topics: int) -> dict[str, Any]:
    from gensim.models import LdaMulticore

    m = counts.matrix
    bounds = zip(m.indptr[:-1], m.indptr[1:], strict=True)
    corpus = [
        list(zip(m.indices[a:b].tolist(), m.data[a:b].tolist(), strict=True)) for a, b in bounds
    ]
    names = dict(enumerate(counts.vocabulary))
    options: dict[str, Any] = {
        "workers": WORKERS,
        "passes": PASSES,
        "eval_every": None,
        "random_state": SEEDS[0],
    }
    begin = time.perf_counter()
    model = LdaMulticore(corpus, num_topics=topics, id2word=names, **options)
    seconds = time.perf_counter() - begin
    return {
        "seconds": seconds,
        "npmi": score([[t for t, _ in model.show_topic(k, TERMS)] for k in range(topics)], counts),
    }


def measure(corpus: str = "", documents: int = DOCUMENTS) -> dict[str, Any]:
    """Seconds, NPMI and the ratios; ours are medians of several seeds."""
    path = find_corpus(corpus)
    counts = read(path, documents) if path else make(documents)
    ours(
        counts.take_documents(np.arange(min(500, documents))), SEEDS[0], 5
    )  # Libraries are loaded before the clock starts.
    ways: dict[str, dict[str, int] | None] = {"short": SHORT, "default": None}
    mine = {name: [ours(counts, SEEDS[0], TOPICS, way)] for name, way in ways.items()}
    gensim = theirs(counts, TOPICS)
    for name, way in ways.items():
        mine[name] += [ours(counts, seed, TOPICS, way) for seed in SEEDS[1:]]
    median = {name: float(np.median([m["seconds"] for m in fits])) for name, fits in mine.items()}
    return {
        "corpus": path.name if path else "made",
        "documents": counts.n_documents,
        "terms": counts.n_terms,
        "tokens": int(counts.tokens.sum()),
        "topics": TOPICS,
        "fits": mine,
        "gensim": gensim,
        "ratio": {name: gensim["seconds"] / seconds for name, seconds in median.items()},
        "coherent": {
            name: min(m["npmi"] for m in fits) >= gensim["npmi"] for name, fits in mine.items()
        },
    }


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    ratio = result["ratio"]
    head = (
        f"{result['topics']} topics, {result['documents']:,} documents ({result['corpus']}), "
        f"{result['terms']:,} terms, "
        f"{result['tokens']:,} tokens. gensim's `LdaMulticore` with {WORKERS} workers, {PASSES} "
        "passes and `eval_every=None`; `gibbs-lda` in one "
        f"thread. NPMI of {TERMS} terms over the same documents. gensim took {ratio['short']:.1f} "
        "times as long as the short chain and "
        f"{ratio['default']:.1f} times as long as the default (medians).\n\n"
        "| fit | seconds | NPMI |\n|---|---|---|\n"
    )
    rows = [
        (f"gibbs-lda, {name}, {m['sweeps']} sweeps, seed {seed}", m)
        for name, fits in result["fits"].items()
        for seed, m in zip(SEEDS, fits, strict=True)
    ]
    rows.append(("gensim LdaMulticore", result["gensim"]))
    return head + "".join(
        f"| {name} | {m['seconds']:.1f} | {m['npmi']:.3f} |\n" for name, m in rows
    )


if __name__ == "__main__":
    command_line(measure, table, __doc__)
