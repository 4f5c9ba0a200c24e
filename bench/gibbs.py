"""gibbs-lda beside topica's LDA and gensim's LdaModel: coherence of the same counts, and how fast.

python bench/gibbs.py [CORPUS.jsonl.gz] [--documents N]

topica samples as often as gibbs-lda does by default, once with its own settings (its burn-in
lowered to half the sweeps, as ours is) and once with the priors of gibbs-lda; gensim gets ten
passes, no evaluation between them, and its defaults otherwise. The question is how long each takes
to topics of equal coherence, so beside its defaults, which go on until the shares of documents have
settled further, gibbs-lda is given a short chain (SHORT). Seconds are of the processor, one thread
each, and the contestants take turns seed by seed. Nobody is charged for reading and tokenising;
ours is charged for its checks and for making documents of counts, which the others get made.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from coherence import DOCUMENTS, TERMS, TOPICS, command_line, find_corpus, make, read

from trends.analysis.quality.coherence import cooccurrence, npmi
from trends.core import TermCounts
from trends.models import BACKENDS

PASSES, SWEEPS = 10, 100
SEEDS = (1, 2, 3)
#: Settings of the short chain.
SHORT = {"iterations": 30, "burn_in": 20, "n_chains": 1, "thin": 5}
#: Documents of the fits before the clock starts.
WARM = 500
Lists = list[list[str]]
#: Takes the number of topics and a seed; gives the leading terms of each topic.
Contestant = Callable[[int, int], Lists]


def score(topics: Lists, counts: TermCounts) -> float:
    """Mean NPMI of the topics over the documents that were fitted."""
    return float(
        np.mean(npmi(topics, cooccurrence(counts, (term for topic in topics for term in topic))))
    )


def leading(phi: Any, vocabulary: list[str]) -> Lists:
    return [[vocabulary[j] for j in np.argsort(-row, kind="stable")[:TERMS]] for row in phi]


def ours(counts: TermCounts, settings: dict[str, Any] | None) -> Contestant:
    def fit(topics: int, seed: int) -> Lists:
        found = BACKENDS.load("gibbs-lda")(counts, n_topics=topics, seed=seed, settings=settings)
        return [list(terms) for terms in found.top_terms(TERMS)]

    return fit


def by_topica(counts: TermCounts, **settings: Any) -> Contestant:
    import topica

    names = np.array(counts.vocabulary, dtype=object)
    corpus = topica.Corpus.from_documents(
        [np.repeat(names[row.indices], row.data).tolist() for row in counts.matrix]
    )

    def fit(topics: int, seed: int) -> Lists:
        model = topica.LDA(topics, seed=seed, burn_in=SWEEPS // 2, **settings)
        model.fit(corpus, iters=SWEEPS)
        return leading(np.asarray(model.topic_word), list(model.vocabulary))

    return fit


def by_gensim(counts: TermCounts) -> Contestant:
    from gensim.models import LdaModel

    m = counts.matrix
    bounds = zip(m.indptr[:-1], m.indptr[1:], strict=True)
    corpus = [
        list(zip(m.indices[a:b].tolist(), m.data[a:b].tolist(), strict=True)) for a, b in bounds
    ]
    names = dict(enumerate(counts.vocabulary))

    def fit(topics: int, seed: int) -> Lists:
        model = LdaModel(
            corpus,
            num_topics=topics,
            id2word=names,
            passes=PASSES,
            eval_every=None,
            random_state=seed,
        )
        return leading(model.get_topics(), list(counts.vocabulary))

    return fit


def contestants(counts: TermCounts) -> dict[str, Contestant]:
    priors = {"alpha_sum": 1.0, "beta": 0.1, "optimize_interval": 0}
    return {
        f"gibbs-lda, short, {SHORT['iterations']} sweeps": ours(counts, SHORT),
        # What it takes by default for so many documents.
        f"gibbs-lda, {SWEEPS} sweeps": ours(counts, {"iterations": SWEEPS, "n_chains": 1}),
        f"topica, {SWEEPS} sweeps": by_topica(counts),
        f"topica, {SWEEPS} sweeps, priors of gibbs-lda": by_topica(counts, **priors),
        f"gensim LdaModel, {PASSES} passes": by_gensim(counts),
    }


def measure(corpus: str = "", documents: int = DOCUMENTS) -> dict[str, Any]:
    """Processor seconds and NPMI of every contestant and seed, and ratios of medians to ours."""
    path = find_corpus(corpus)
    counts = read(path, documents) if path else make(documents)
    for fit in contestants(counts.take_documents(np.arange(min(WARM, documents)))).values():
        fit(5, SEEDS[0])  # Libraries are loaded and warm before the clock starts.
    ways = contestants(counts)
    fits: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    for seed in SEEDS:
        for name, fit in ways.items():
            begin = time.process_time()
            found = fit(TOPICS, seed)
            seconds = time.process_time() - begin
            fits[name].append({"seconds": seconds, "npmi": score(found, counts)})
    return {
        "corpus": path.name if path else "made",
        "documents": counts.n_documents,
        "terms": counts.n_terms,
        "tokens": int(counts.tokens.sum()),
        "topics": TOPICS,
        "fits": fits,
    }


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    head = (
        f"{result['topics']} topics, {result['documents']:,} documents ({result['corpus']}), "
        f"{result['terms']:,} terms, {result['tokens']:,} tokens; {len(SEEDS)} seeds in turns, one "
        f"thread each. NPMI of {TERMS} terms over the same documents. topica's burn-in is half of "
        "its sweeps, as that of `gibbs-lda`; gensim has `eval_every=None`. The last two columns "
        "are processor time in multiples of the two rows of `gibbs-lda`.\n\n"
        "| fit | processor seconds, median (least to most) | NPMI, mean (least to most) | times "
        "the short chain | times the default |\n|---|---|---|---|---|\n"
    )
    seconds = {name: [f["seconds"] for f in fits] for name, fits in result["fits"].items()}
    short, default = (float(np.median(s)) for s in list(seconds.values())[:2])
    rows = ""
    for name, fits in result["fits"].items():
        mid, quality = float(np.median(seconds[name])), [f["npmi"] for f in fits]
        rows += (
            f"| {name} | {mid:.1f} ({min(seconds[name]):.1f} to {max(seconds[name]):.1f}) | "
            f"{np.mean(quality):.3f} ({min(quality):.3f} to {max(quality):.3f}) | "
            f"{mid / short:.2f} | {mid / default:.2f} |\n"
        )
    return head + rows


if __name__ == "__main__":
    command_line(measure, table, __doc__)
