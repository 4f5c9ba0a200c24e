"""The backend bertopic for five seeds beside five plain BERTopic fits: seconds, and how far the clusters agree.

python bench/bertopic_seeds.py [CORPUS.jsonl.gz] [--documents N]

Vectors are given to both. A plain fit is `BERTopic(nr_topics=50)` of the library, all else as it comes, on the texts, whose words it counts itself; ours
gets counts and is charged for everything else: neighbours once, then layout, search, membership and words for each seed, one fit after the other in
one process and one thread. The plain fits may use all cores. Fits of both sides alternate; numba compiles before the clock starts.
Without the real corpus, texts and vectors are made: words drawn from planted topics, and points around as many centres.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from coherence import DOCUMENTS, HERE, RNG, TOPICS, find_corpus
from numpy.typing import NDArray

from trends.core import TermCounts
from trends.models import BACKENDS
from trends.models.imports import load_bertopic

SEEDS = (1, 2, 3, 4, 5)
#: Documents of the fits before the clock starts.
WARM = 600
BUILD = HERE.parent / "build" / "bench"

Data = tuple[list[str], NDArray[np.float32], TermCounts]


def real(path: Path, n: int) -> Data:
    """The first ``n`` abstracts, their vectors, and the counts of the modelling vocabulary."""
    from coherence import read

    with gzip.open(path, "rt", encoding="utf-8") as f:
        rows = [json.loads(line) for line in itertools.islice(f, n)]
    texts = [f"{r.get('title') or ''}. {r.get('abstract') or ''}" for r in rows]
    kept = Path(os.environ.get("TRENDS_BENCH_VECTORS", "") or BUILD / f"vectors-{len(texts)}.npy")
    if not kept.is_file():
        from trends.embed.minilm import embed

        BUILD.mkdir(parents=True, exist_ok=True)
        np.save(kept, embed(texts)[0])
    vectors = np.load(kept, allow_pickle=False, mmap_mode="r")[: len(texts)]
    # In the precision that a run keeps.
    return texts, np.asarray(vectors).astype(np.float16).astype(np.float32), read(path, n)


def made(n: int) -> Data:
    """Texts of planted topics, vectors around as many centres, and the counts of the texts."""
    from trends.text.count import count_terms

    rng = np.random.default_rng(RNG)
    topic = rng.integers(TOPICS, size=n)
    words = np.array([f"term{j:05}" for j in range(100 * TOPICS)])
    own = 100 * topic[:, None] + np.minimum(rng.geometric(0.05, size=(n, 40)), 100) - 1
    texts = [" ".join(words[row]) for row in np.hstack([own, rng.integers(len(words), size=(n, 20))])]
    vectors = rng.normal(size=(TOPICS, 384))[topic] + 1.5 * rng.normal(size=(n, 384))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return texts, vectors.astype(np.float16).astype(np.float32), count_terms([f"d{i}" for i in range(n)], texts, phrases=False)


class Kept:
    """Shares neighbours among the seeds, as a run does through its cache."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}

    def __call__(self, name: str, inputs: Any, make: Any) -> Any:
        key = json.dumps([name, dict(inputs)], sort_keys=True)
        if key not in self.found:
            self.found[key] = make()
        return self.found[key]


def ours(data: Data, seed: int, share: Kept, topics: int) -> tuple[NDArray[np.int64], float]:
    begin = time.perf_counter()
    fit = BACKENDS.load("bertopic")(data[2], n_topics=topics, seed=seed, embeddings=data[1], share=share)
    return fit.hard, time.perf_counter() - begin


def plain(data: Data, topics: int) -> tuple[NDArray[np.int64], float]:
    bertopic = load_bertopic()
    begin = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        labels, _ = bertopic.BERTopic(nr_topics=topics).fit_transform(data[0], embeddings=data[1])
    return np.asarray(labels, dtype=np.int64), time.perf_counter() - begin


def agreement(a: NDArray[np.int64], b: NDArray[np.int64]) -> tuple[float, float]:
    """ARI over all documents, the unassigned a class of their own; and over those that both assign."""
    from sklearn.metrics import adjusted_rand_score

    both = (a >= 0) & (b >= 0)
    return float(adjusted_rand_score(a, b)), float(adjusted_rand_score(a[both], b[both]))


def measure(corpus: str = "", documents: int = DOCUMENTS) -> dict[str, Any]:
    """Seconds of each fit, the ratio of the sums, and agreement within and between the two sides."""
    path = find_corpus(corpus)
    data = real(path, documents) if path else made(documents)
    few: Data = (data[0][:WARM], data[1][:WARM], data[2].take_documents(np.arange(WARM)))
    ours(few, SEEDS[0], Kept(), 5)
    plain(few, 5)
    share, mine, other = Kept(), [], []
    for seed in SEEDS:
        mine.append(ours(data, seed, share, TOPICS))
        other.append(plain(data, TOPICS))
    pairs = {
        "ours_plain": [agreement(a, b) for (a, _), (b, _) in itertools.product(mine, other)],
        "plain_plain": [agreement(a, b) for (a, _), (b, _) in itertools.combinations(other, 2)],
        "ours_ours": [agreement(a, b) for (a, _), (b, _) in itertools.combinations(mine, 2)],
    }
    return {
        "corpus": path.name if path else "made",
        "documents": len(data[0]),
        "topics": TOPICS,
        "seconds": [s for _, s in mine],
        "plain_seconds": [s for _, s in other],
        "ratio": sum(s for _, s in other) / sum(s for _, s in mine),
        "unassigned": [float((h < 0).mean()) for h, _ in mine],
        "plain_unassigned": [float((h < 0).mean()) for h, _ in other],
        "plain_topics": [int(h.max()) + 1 for h, _ in other],
        "ari": {name: [float(v) for v in np.mean(values, axis=0)] for name, values in pairs.items()},
        "ari_least": {name: [float(v) for v in np.min(values, axis=0)] for name, values in pairs.items()},
    }


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    n = len(SEEDS)
    head = (
        f"{n} seeds, {result['topics']} topics, {result['documents']:,} documents ({result['corpus']}), vectors given. Plain: "
        f"`BERTopic(nr_topics={result['topics']})`, all else as it comes, {min(result['plain_topics'])} to {max(result['plain_topics'])} topics found. "
        f"Ours took {sum(result['seconds']):.0f} s in one thread, neighbours included, plain {sum(result['plain_seconds']):.0f} s: "
        f"ratio {result['ratio']:.1f}.\n\n"
        "| fit | seconds, first to last | unassigned |\n|---|---|---|\n"
    )
    for name, seconds, rest in (("trends", "seconds", "unassigned"), ("plain", "plain_seconds", "plain_unassigned")):
        head += f"| {name} | {', '.join(f'{s:.0f}' for s in result[seconds])} | {np.mean(result[rest]):.2f} |\n"
    head += "\n| adjusted Rand index, mean over pairs | unassigned as a class | assigned by both |\n|---|---|---|\n"
    names = {"plain_plain": "plain, plain", "ours_plain": "trends, plain", "ours_ours": "trends, trends"}
    return head + "".join(f"| {names[k]} | {result['ari'][k][0]:.3f} | {result['ari'][k][1]:.3f} |\n" for k in names)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", nargs="?", default="")
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    options = parser.parse_args()
    print(table(measure(options.corpus, options.documents)))


if __name__ == "__main__":
    main()
