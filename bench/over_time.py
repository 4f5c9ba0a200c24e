"""Words and shares of topics over time, beside BERTopic's ``topics_over_time``.

The same weights, how much faster.

python bench/over_time.py [CORPUS.jsonl.gz]     # records with "title" and "abstract"; without one a
made corpus of the same size

Both are given one assignment of documents to topics, and neither is charged for the fit. *Counts at
hand*: both see the same terms, which BERTopic has to count in texts made of them, since it takes
nothing else. *From text*: both read the texts of the corpus, BERTopic with scikit-learn's
``CountVectorizer`` over the same vocabulary. BERTopic is measured by default, and with its tuning
off, where its weights are ours. Seconds are of the processor: both sides use one core, and what
else the machine does must not count.
"""

from __future__ import annotations

import gzip
import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from coherence import DOCUMENTS, TOPICS, command_line, find_corpus, make
from scipy import sparse

from trends.analysis.prevalence.estimate import estimate
from trends.analysis.prevalence.periods import Periods, make_periods
from trends.analysis.prevalence.words_over_time import cell_counts, words_over_time
from trends.core import TermCounts, Topics
from trends.models.imports import load, load_bertopic
from trends.text.counting.fixed_vocabulary import count_vocabulary

PERIODS = 39
#: Share of documents without a topic.
OUTLIERS = 0.1
RNG = 20260301
#: Both sides are measured so many times in turn; the median is told.
REPEATS = 3


def read(path: Path, n: int) -> tuple[list[str], TermCounts]:
    """Texts of the first ``n`` records, and their counts over words chosen as in a run."""
    from trends.runs.config.settings import TextConfig
    from trends.runs.tasks.terms import choose_terms
    from trends.text.counting.count import count_terms

    with gzip.open(path, "rt", encoding="utf-8") as f:
        records = [json.loads(line) for line in itertools.islice(f, n)]
    texts = [f"{r.get('title') or ''}. {r.get('abstract') or ''}" for r in records]
    counts = count_terms(tuple(f"d{i}" for i in range(len(texts))), texts, phrases=False)
    words = choose_terms(counts, TextConfig(phrases=False))[0].vocabulary
    # What is compared is over the same counts: those of texts that had no part in choosing the
    # words.
    return texts, count_vocabulary(counts.doc_ids, texts, words)


def spelled(counts: TermCounts) -> list[str]:
    """Each document as a text of its terms, under names that BERTopic's cleaning leaves as they
    are.
    """
    names = np.array([f"t{j}" for j in range(counts.n_terms)])
    return [" ".join(np.repeat(names[row.indices], row.data)) for row in counts.matrix]


def assign(counts: TermCounts) -> np.ndarray:
    """Topics of documents: the nearest of fifty in a random projection; some have none."""
    rng = np.random.default_rng(RNG)
    points = np.asarray(
        counts.matrix.astype(np.float64) @ rng.standard_normal((counts.n_terms, 32))
    )
    points /= np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-12)
    label = (points @ points[rng.choice(len(points), TOPICS, replace=False)].T).argmax(1)
    return np.where(rng.random(len(label)) < OUTLIERS, -1, label)


def topics_of(label: np.ndarray, counts: TermCounts) -> Topics:
    theta = np.zeros((len(label), TOPICS))
    inside = np.flatnonzero(label >= 0)
    theta[inside, label[inside]] = 1.0
    phi = np.full((TOPICS, counts.n_terms), 1.0 / counts.n_terms)
    return Topics(theta, (label < 0).astype(float), phi, counts.vocabulary, counts.doc_ids)


def fitted(texts: list[str], label: np.ndarray, vocabulary: list[str], pattern: str) -> Any:
    """BERTopic over given labels; nothing but its words is fitted."""
    model = load_bertopic().BERTopic(
        embedding_model=load("bertopic.backend").BaseEmbedder(),
        umap_model=load("bertopic.dimensionality").BaseDimensionalityReduction(),
        hdbscan_model=load("bertopic.cluster").BaseCluster(),
        vectorizer_model=load("sklearn.feature_extraction.text").CountVectorizer(
            vocabulary=vocabulary, token_pattern=pattern
        ),
    )
    with np.errstate(divide="ignore"):  # Its tokeniser does not find every term of the vocabulary.
        return model.fit(texts, embeddings=np.zeros((len(texts), 2)), y=label.tolist())


def seconds(run: Callable[[], Any]) -> tuple[Any, float]:
    begin = time.process_time()
    found = run()
    return found, time.process_time() - begin


def both(mine: Callable[[], Any], theirs: Callable[[], Any]) -> tuple[Any, Any, dict[str, float]]:
    """Both sides in turn."""
    times: dict[str, list[float]] = {"trends": [], "bertopic": []}
    own = other = None
    for _ in range(REPEATS):
        own, t = seconds(mine)
        times["trends"].append(t)
        other, t = seconds(theirs)
        times["bertopic"].append(t)
    mid = {name: float(np.median(t)) for name, t in times.items()}
    spread = {f"{name}_range": [min(t), max(t)] for name, t in times.items()}
    return own, other, {**mid, **spread, "ratio": mid["bertopic"] / mid["trends"]}


def difference(
    model: Any, theirs: Any, topics: Topics, counts: TermCounts, periods: Periods, ours: Any
) -> dict[str, Any]:
    """Largest difference of a weight, documents that differ, and rows whose words differ though no
    two weights are the same.
    """
    cells = cell_counts(topics, counts.matrix, periods)
    weights = sparse.csr_matrix(model.ctfidf_model.transform(cells.astype(float)))
    column = {term: j for j, term in enumerate(counts.vocabulary)}
    place = {start: t for t, start in enumerate(periods.starts.astype("datetime64[s]"))}
    row = ours["topic"].to_numpy() * len(periods) + np.array(
        [place[p] for p in ours["period"].to_numpy().astype("datetime64[s]")]
    )
    at = np.array([column[t] for t in ours["term"]])
    largest = float(
        np.abs(np.asarray(weights[row, at]).ravel() / ours["weight"].to_numpy() - 1).max()
    )
    words = dict(zip(row.tolist(), [""] * len(row), strict=True))
    for r, j in zip(row.tolist(), at.tolist(), strict=True):
        words[r] += f"{', ' if words[r] else ''}t{j}"
    size = np.bincount(
        (topics.hard * len(periods) + periods.index)[topics.hard >= 0],
        minlength=TOPICS * len(periods),
    )
    rows = wrong = documents = 0
    for topic, said, n, when in theirs[["Topic", "Words", "Frequency", "Timestamp"]].itertuples(
        index=False
    ):
        if topic < 0:
            continue
        cell = topic * len(periods) + when
        top = np.sort(weights[cell].data)[::-1][:6]
        rows, documents = rows + 1, documents + (n != size[cell])
        # Of equal weights either may come first.
        wrong += (
            len(top) == 6
            and not np.isclose(np.diff(top), 0, atol=1e-15).any()
            and words[cell] != said
        )
    return {
        "largest_relative": largest,
        "rows": rows,
        "words_differ": int(wrong),
        "documents_differ": int(documents),
    }


def measure(corpus: str = "", documents: int = DOCUMENTS) -> dict[str, Any]:
    """Seconds, ratios and differences, with the counts at hand and from text."""
    path = find_corpus(corpus)
    texts, counts = read(path, documents) if path else ([], make(documents))
    names = spelled(counts)
    texts = texts or [
        " ".join(np.repeat(np.array(counts.vocabulary)[row.indices], row.data))
        for row in counts.matrix
    ]
    # Halves of a year in the order of the file, all of one size.
    half = np.arange(len(texts)) * PERIODS // len(texts)
    days = np.array(
        [f"{2000 + h // 2}-{'02' if h % 2 == 0 else '08'}-01" for h in half], dtype="datetime64[D]"
    )
    periods = make_periods(days, period="half-year")
    model = fitted(names, assign(counts), [f"t{j}" for j in range(counts.n_terms)], r"\S+")
    topics = topics_of(np.asarray(model.topics_), counts)
    plain = fitted(texts, assign(counts), list(counts.vocabulary), r"(?u)\b\w\w+\b")
    off = {"global_tuning": False, "evolution_tuning": False}

    def ours(given: TermCounts) -> tuple[Any, Any]:
        return words_over_time(topics, given, periods), estimate(topics, periods)

    def counted() -> tuple[Any, Any]:
        return ours(count_vocabulary(counts.doc_ids, texts, counts.vocabulary))

    counted()  # Libraries are loaded before the clock starts; nothing that was counted is kept.
    rows = {}
    _, _, rows["counts at hand"] = both(
        lambda: ours(counts), lambda: model.topics_over_time(names, half.tolist())
    )
    mine, theirs, rows["counts at hand, no tuning"] = both(
        lambda: ours(counts), lambda: model.topics_over_time(names, half.tolist(), **off)
    )
    _, _, rows["from text"] = both(counted, lambda: plain.topics_over_time(texts, half.tolist()))
    _, _, rows["from text, no tuning"] = both(
        counted, lambda: plain.topics_over_time(texts, half.tolist(), **off)
    )
    return {
        "corpus": path.name if path else "made",
        "documents": counts.n_documents,
        "terms": counts.n_terms,
        "topics": TOPICS,
        "periods": PERIODS,
        "repeats": REPEATS,
        "rows": rows,
        "difference": difference(model, theirs, topics, counts, periods, mine[0]),
    }


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    d = result["difference"]
    head = (
        "Words (c-TF-IDF, five for each topic and period) and shares with intervals of "
        f"{result['topics']} topics in {result['periods']} periods, "
        f"{result['documents']:,} documents ({result['corpus']}), {result['terms']:,} terms, "
        "beside BERTopic's `topics_over_time`, which gives words "
        "and numbers of documents: by default, and with its tuning off, where both weigh terms "
        f"alike. Processor seconds, median of {result['repeats']}, "
        "lowest and highest in brackets. Largest relative difference of a weight "
        f"{d['largest_relative']:.1e}; {d['words_differ']} of {d['rows']:,} lists "
        f"of words and {d['documents_differ']} numbers of documents differ.\n\n"
        "| | trends, s | BERTopic, s | ratio |\n|---|---|---|---|\n"
    )
    rows = ""
    for name, r in result["rows"].items():
        cells = [
            f"{r[s]:.3g} ({r[f'{s}_range'][0]:.3g} to {r[f'{s}_range'][1]:.3g})"
            for s in ("trends", "bertopic")
        ]
        rows += f"| {name} | {cells[0]} | {cells[1]} | {r['ratio']:.3g} |\n"
    return head + rows


if __name__ == "__main__":
    command_line(measure, table, __doc__)
