"""The backend bertopic for five seeds beside five plain BERTopic fits.

Seconds, and how far the clusters agree.

python bench/bertopic_seeds.py [CORPUS.jsonl.gz] [--documents N]

Vectors are given to both. A plain fit is `BERTopic(nr_topics=50)` of the library, all else as it
comes, on the texts, whose words it counts itself; the library counts the unassigned documents as a
topic, so ours is asked for 49. Ours is measured twice, with `clusters = "library"` and with
`clusters = "search"`, the default. It gets counts and is charged for everything else: neighbours
once, then layout, clusters, membership and words for each seed, as a run does it: two processes of
one thread side by side, which find in a cache on the disk what does not depend on the seed. The
plain fits may use all cores, one after the other; some come before ours, some between and some
after. numba compiles before the clock starts, in fits of so many documents that all that is
compiled has been called. Clusters of ours are `Topics.hard`. Without the real corpus, texts and
vectors are made: words drawn from planted topics, and points around as many centres.
"""

from __future__ import annotations

import gzip
import itertools
import json
import multiprocessing
import os
import tempfile
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from coherence import DOCUMENTS, HERE, RNG, TOPICS, command_line, find_corpus
from numpy.typing import NDArray

from trends.core import TermCounts
from trends.models import BACKENDS
from trends.models.imports import load_bertopic

SEEDS = (1, 2, 3, 4, 5)
#: Documents of the fits before the clock starts: above 4,096 the library looks for neighbours in
#: another way, above 5,000 ours lays out in another.
WARM = 5_500
#: The settings of ours by the name in the table.
KINDS = {"library": {"clusters": "library"}, "search": {}}
#: Plain fits before each kind of ours; the others come last.
PLAIN_BEFORE = {"library": 2, "search": 1}
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
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
    from trends.text.counting.count import count_terms

    rng = np.random.default_rng(RNG)
    topic = rng.integers(TOPICS, size=n)
    words = np.array([f"term{j:05}" for j in range(100 * TOPICS)])
    own = 100 * topic[:, None] + np.minimum(rng.geometric(0.05, size=(n, 40)), 100) - 1
    texts = [
        " ".join(words[row]) for row in np.hstack([own, rng.integers(len(words), size=(n, 20))])
    ]
    vectors = rng.normal(size=(TOPICS, 384))[topic] + 1.5 * rng.normal(size=(n, 384))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return (
        texts,
        vectors.astype(np.float16).astype(np.float32),
        count_terms([f"d{i}" for i in range(n)], texts, phrases=False),
    )


class Kept:
    """Shares neighbours among the seeds, as a run does through its cache."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}

    def __call__(self, name: str, inputs: Any, make: Any) -> Any:
        key = json.dumps([name, dict(inputs)], sort_keys=True)
        if key not in self.found:
            self.found[key] = make()
        return self.found[key]


#: What a worker holds from task to task.
_data: dict[str, Any] = {}


def begin(folder: Path) -> None:
    """Read the data in a worker, and call all that is compiled."""
    from trends import store

    _data.update(
        vectors=store.read_vectors(folder), counts=store.read_counts(folder), folder=folder
    )
    many = min(WARM, len(_data["vectors"]))
    for settings in KINDS.values():
        counts, vectors = _data["counts"].take_documents(np.arange(many)), _data["vectors"][:many]
        BACKENDS.load("bertopic")(
            counts, n_topics=5, seed=1, embeddings=vectors, share=Kept(), settings=settings
        )


def ours(seeds: list[int], topics: int, kind: str) -> list[tuple[NDArray[np.int64], float]]:
    """Fits of one worker: labels and seconds of each."""
    from trends import store
    from trends.runs.engine.cache import Cache
    from trends.runs.engine.shared import SharedStages

    share = SharedStages(Cache(_data["folder"] / kind), _data["folder"] / store.VECTORS)
    out = []
    for seed in seeds:
        start = time.perf_counter()
        fit = BACKENDS.load("bertopic")(
            _data["counts"],
            n_topics=topics,
            seed=seed,
            embeddings=_data["vectors"],
            share=share,
            settings=KINDS[kind],
        )
        out.append((fit.hard, time.perf_counter() - start))
    return out


class Workers:
    """Two processes of one thread each, as those of a run."""

    def __init__(self, folder: Path, data: Data) -> None:
        from trends import store

        store.write_vectors(folder, data[1])
        store.write_counts(folder, data[2])
        before = {name: os.environ.get(name) for name in THREADS}
        os.environ.update(dict.fromkeys(THREADS, "1"))
        try:
            context = multiprocessing.get_context("spawn")
            self.pools = [ProcessPoolExecutor(1, mp_context=context) for _ in range(2)]
            for ready in [pool.submit(begin, folder) for pool in self.pools]:
                ready.result()
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})

    def fit(self, topics: int, kind: str) -> tuple[list[tuple[NDArray[np.int64], float]], float]:
        """Fits of all seeds, and the seconds until the last is done."""
        start = time.perf_counter()
        half = (len(SEEDS) + 1) // 2
        parts = list(SEEDS[:half]), list(SEEDS[half:])
        futures = [
            pool.submit(ours, part, topics, kind)
            for pool, part in zip(self.pools, parts, strict=True)
        ]
        fits = [fit for future in futures for fit in future.result()]
        return fits, time.perf_counter() - start

    def close(self) -> None:
        for pool in self.pools:
            pool.shutdown()


def plain(data: Data, topics: int) -> tuple[NDArray[np.int64], float]:
    bertopic = load_bertopic()
    begin = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        labels, _ = bertopic.BERTopic(nr_topics=topics).fit_transform(data[0], embeddings=data[1])
    return np.asarray(labels, dtype=np.int64), time.perf_counter() - begin


def agreement(a: NDArray[np.int64], b: NDArray[np.int64]) -> tuple[float, float]:
    """ARI over all documents, the unassigned a class of their own.

    And over those that both assign.
    """
    from sklearn.metrics import adjusted_rand_score

    both = (a >= 0) & (b >= 0)
    return float(adjusted_rand_score(a, b)), float(adjusted_rand_score(a[both], b[both]))


def distance(mine: list[Any], other: list[Any]) -> tuple[list[float], list[float]]:
    """Mean ARI between the two sides less that among the plain fits, and its jackknife error over
    fits; both for the two kinds of ARI.
    """
    across = np.array([[agreement(a, b) for b in other] for a in mine])
    within = np.array([[agreement(a, b) for b in other] for a in other])

    def without(a: int, b: int) -> NDArray[np.float64]:
        ours_left = np.arange(len(mine)) != a
        left = np.flatnonzero(np.arange(len(other)) != b)
        pairs = [within[i, j] for i, j in itertools.combinations(left, 2)]
        return np.asarray(across[ours_left][:, left].mean(axis=(0, 1)) - np.mean(pairs, axis=0))

    variance = np.zeros(2)
    for drops in ([(i, -1) for i in range(len(mine))], [(-1, i) for i in range(len(other))]):
        values = np.array([without(*d) for d in drops])
        variance += (len(values) - 1) * values.var(axis=0)
    return without(-1, -1).tolist(), np.sqrt(variance).tolist()


def measure(corpus: str = "", documents: int = DOCUMENTS) -> dict[str, Any]:
    """Seconds of each fit, the ratio of the sums, and agreement within and between the sides."""
    path = find_corpus(corpus)
    data = real(path, documents) if path else made(documents)
    many = min(WARM, len(data[0]))
    few: Data = (data[0][:many], data[1][:many], data[2].take_documents(np.arange(many)))
    plain(few, 5)
    mine: dict[str, list[tuple[NDArray[np.int64], float]]] = {}
    wall: dict[str, float] = {}
    other = []
    with tempfile.TemporaryDirectory() as folder:
        workers = Workers(Path(folder), data)
        try:
            for kind in KINDS:
                other += [plain(data, TOPICS) for _ in range(PLAIN_BEFORE[kind])]
                mine[kind], wall[kind] = workers.fit(TOPICS - 1, kind)
        finally:
            workers.close()
    other += [plain(data, TOPICS) for _ in range(len(SEEDS) - len(other))]
    wall["plain"] = sum(s for _, s in other)
    labels = {kind: [h for h, _ in fits] for kind, fits in mine.items()} | {
        "plain": [h for h, _ in other]
    }
    pairs: dict[str, Any] = {"plain, plain": itertools.combinations(labels["plain"], 2)}
    for kind in KINDS:
        pairs[f"{kind}, plain"] = itertools.product(labels[kind], labels["plain"])
        pairs[f"{kind}, {kind}"] = itertools.combinations(labels[kind], 2)
    found = {name: np.array([agreement(a, b) for a, b in values]) for name, values in pairs.items()}
    seconds = {kind: [s for _, s in fits] for kind, fits in mine.items()} | {
        "plain": [s for _, s in other]
    }
    return {
        "corpus": path.name if path else "made",
        "documents": len(data[0]),
        "nr_topics": TOPICS,
        "seconds": seconds,
        "wall": wall,
        "ratio": {kind: wall["plain"] / wall[kind] for kind in KINDS},
        "unassigned": {
            kind: [float((h < 0).mean()) for h in hard] for kind, hard in labels.items()
        },
        "topics": {kind: [int(h.max()) + 1 for h in hard] for kind, hard in labels.items()},
        "largest": {
            kind: [float(np.bincount(h[h >= 0]).max() / len(h)) for h in hard]
            for kind, hard in labels.items()
        },
        "ari": {name: values.mean(axis=0).tolist() for name, values in found.items()},
        "ari_least": {name: values.min(axis=0).tolist() for name, values in found.items()},
        "ari_less_plain": {kind: distance(labels[kind], labels["plain"]) for kind in KINDS},
    }


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    topics = result["topics"]["plain"]
    out = (
        f"{len(SEEDS)} seeds, {result['documents']:,} documents ({result['corpus']}), vectors "
        f"given. Plain: `BERTopic(nr_topics={result['nr_topics']})`, all else "
        f"by default, on all cores; {min(topics)} to {max(topics)} topics and the unassigned. "
        f"Ours: `n_topics = {result['topics']['library'][0]}`, two "
        "processes of one thread, neighbours included.\n\n"
        "| fit | seconds of each | until all are done | times as fast as plain | unassigned | "
        "largest topic |\n|---|---|---|---|---|---|\n"
    )
    names = {
        "plain": "plain",
        "library": '`clusters = "library"`',
        "search": '`clusters = "search"`',
    }
    for kind, name in names.items():
        seconds = result["seconds"][kind]
        ratio = f"{result['ratio'][kind]:.1f}" if kind in result["ratio"] else ""
        out += (
            f"| {name} | {', '.join(f'{s:.1f}' for s in seconds)} | {result['wall'][kind]:.0f} | "
            f"{ratio} | "
        )
        out += (
            f"{np.mean(result['unassigned'][kind]):.2f} | {np.mean(result['largest'][kind]):.2f} "
            "|\n"
        )
    out += (
        "\n| adjusted Rand index, mean over pairs (least) | unassigned as a class | assigned by "
        "both |\n|---|---|---|\n"
    )
    for pair, mean in result["ari"].items():
        out += (
            f"| {pair} | "
            + " | ".join(
                f"{m:.3f} ({v:.3f})" for m, v in zip(mean, result["ari_least"][pair], strict=True)
            )
            + " |\n"
        )
    for kind, (less, error) in result["ari_less_plain"].items():
        cells = " | ".join(f"{d:+.3f} ± {e:.3f}" for d, e in zip(less, error, strict=True))
        out += f"| {kind}, plain less plain, plain (± jackknife error over fits) | {cells} |\n"
    return out


if __name__ == "__main__":
    command_line(measure, table, __doc__)
