"""The models of the comparison.

Each makes, for a number of topics and a seed, lists of ten words and the share of outliers.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from protocol import TOP, Bbc

from trends.analysis.quality.evaluate import top_terms
from trends.models import BACKENDS
from trends.models.base import one_thread
from trends.models.imports import load, load_bertopic

#: Raised whenever a model below would give other words than before, so that kept fits are made
#: again.
EDITION = "1"
#: Modules that every backend uses and that decide about no word.
COMMON = ("trends.models.base", "trends.models.imports")


@dataclass(frozen=True)
class Fit:
    """Top words of every topic, mean unassigned share of a document."""

    topics: list[list[str]]
    unassigned: float


Maker = Callable[[Bbc, int, int, NDArray[Any] | None], Fit]


@dataclass(frozen=True)
class Model:
    """A row of the table.

    ``published`` names the published row that stands beside it, ``backend`` ours. A ``{package}``
    in the title becomes its version.
    """

    title: str
    published: str
    packages: tuple[str, ...]
    make: Maker
    vectors: bool = False
    backend: str = ""

    def seed(self, n_topics: int, seed: int) -> int:
        """The published seed where the fit is to be the published one.

        Else one that no other fit of the row has.
        """
        return seed if self.published in ("LDA", "NMF") and not self.backend else seed + n_topics


def _words(table: NDArray[Any], names: Any) -> list[list[str]]:
    return [[names[i] for i in np.argsort(row)[::-1][:TOP]] for row in table]


def _gensim(kind: str, **options: Any) -> Maker:
    def make(bbc: Bbc, n_topics: int, seed: int, vectors: NDArray[Any] | None) -> Fit:
        del vectors
        dictionary = load("gensim.corpora").Dictionary(bbc.documents)
        corpus = [dictionary.doc2bow(words) for words in bbc.documents]
        model = getattr(load("gensim.models"), kind)(
            corpus=corpus, id2word=dictionary, num_topics=n_topics, random_state=seed, **options
        )
        return Fit(_words(model.get_topics(), dictionary), 0.0)

    return make


def _backend(name: str, **settings: Any) -> Maker:
    def make(bbc: Bbc, n_topics: int, seed: int, vectors: NDArray[Any] | None) -> Fit:
        fit = BACKENDS.load(name)(
            bbc.counts, n_topics=n_topics, seed=seed, embeddings=vectors, settings=settings
        )
        return Fit(top_terms(fit, TOP), float(fit.unassigned.mean()))

    return make


def _stock(bbc: Bbc, n_topics: int | None, seed: int, vectors: NDArray[Any] | None) -> Any:
    # The package's own UMAP settings; only the seed is ours, so that the figures can be made again.
    reducer = load("umap").UMAP(
        n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed, n_jobs=1
    )
    model = load_bertopic().BERTopic(
        umap_model=reducer, nr_topics=n_topics, min_topic_size=5, calculate_probabilities=False
    )
    model.fit_transform(bbc.texts, embeddings=np.asarray(vectors))
    return model


def _listed(model: Any, bbc: Bbc) -> Fit:
    # As the protocol reads them: topics from 0 to the number of labels minus 2; a word that no
    # document has becomes the first word of all.
    known = {word for words in bbc.documents for word in words}
    n = len(set(model.topics_)) - 1
    topics = [
        [w if w in known else bbc.documents[0][0] for w, _ in model.get_topic(k)[:TOP]]
        for k in range(n)
    ]
    return Fit(topics, float((np.asarray(model.topics_) < 0).mean()))


def stock_bertopic(bbc: Bbc, n_topics: int, seed: int, vectors: NDArray[Any] | None) -> Fit:
    """BERTopic as installed, with the settings of the protocol."""
    return _listed(_stock(bbc, n_topics, seed, vectors), bbc)


def old_merge_bertopic(bbc: Bbc, n_topics: int, seed: int, vectors: NDArray[Any] | None) -> Fit:
    """BERTopic as installed, its topics merged by the rule of the version that the published
    figures were made with.
    """
    model = _stock(bbc, None, seed, vectors)
    labels = merge_into_most_similar(
        np.asarray(model.topics_), np.asarray(model.c_tf_idf_.todense()), n_topics
    )
    # What it logs here is about changes to the model that might follow; none does.
    logging.getLogger("BERTopic").setLevel(logging.ERROR)
    model.update_topics(bbc.texts, topics=labels.tolist(), vectorizer_model=model.vectorizer_model)
    return _listed(model, bbc)


def merge_into_most_similar(
    labels: NDArray[np.int64], weights: NDArray[np.float64], n_topics: int
) -> NDArray[np.int64]:
    """Merge the smallest class into the one of most similar c-TF-IDF until ``n_topics`` and the
    outliers are left.

    The outliers (-1) may be what a topic is merged into. Similarities are those of the topics at
    the beginning, and a class that was merged can no longer be chosen: the rule of BERTopic 0.9.4,
    coded anew.

    Parameters
    ----------
    labels : ndarray of int, shape (documents,)
        From -1, without gaps.
    weights : ndarray of float, shape (classes, terms)
        c-TF-IDF of each class, the outliers first.

    Returns
    -------
    ndarray of int, shape (documents,)
        Topics from 0 in descending order of size, outliers -1.
    """
    labels = labels.copy()
    length = np.linalg.norm(weights, axis=1, keepdims=True)
    unit = weights / np.maximum(length, 1e-12)
    similarity = unit @ unit.T
    np.fill_diagonal(similarity, 0.0)
    sizes = np.bincount(labels + 1, minlength=len(weights))
    while (sizes > 0).sum() > n_topics + 1:
        smallest = int(np.flatnonzero(sizes == sizes[sizes > 0].min())[-1])
        similarity[:, smallest] = -1.0
        into = int(np.argmax(similarity[smallest]))
        labels[labels == smallest - 1] = into - 1
        sizes[into] += sizes[smallest]
        sizes[smallest] = 0
    kept = [int(k) for k in np.argsort(-sizes[1:], kind="stable") if sizes[1 + k] > 0]
    renumber = {-1: -1, **{k: i for i, k in enumerate(kept)}}
    return np.array([renumber[int(k)] for k in labels])


_EMBEDDING = ("bertopic", "umap-learn", "hdbscan", "scikit-learn", "numba", "numpy")
MODELS: dict[str, Model] = {
    "gensim-lda-1": Model(
        "gensim LDA, one pass (as published)",
        "LDA",
        ("gensim", "numpy"),
        _gensim("LdaModel", passes=1),
    ),
    "gensim-nmf-1": Model(
        "gensim NMF, one pass (as published)", "NMF", ("gensim", "numpy"), _gensim("Nmf", passes=1)
    ),
    "gensim-lda-20": Model(
        "gensim LDA, 20 passes",
        "",
        ("gensim", "numpy"),
        _gensim("LdaModel", passes=20, iterations=100, eval_every=None),
    ),
    "lda": Model("`lda`", "LDA", ("gensim", "numpy"), _backend("lda"), backend="lda"),
    "gibbs-lda": Model(
        "`gibbs-lda`", "LDA", ("tomotopy", "numpy"), _backend("gibbs-lda"), backend="gibbs-lda"
    ),
    "nmf": Model("`nmf`", "NMF", ("scikit-learn", "numpy"), _backend("nmf"), backend="nmf"),
    "kmeans": Model(
        "`kmeans`, MiniLM",
        "",
        ("scikit-learn", "numpy"),
        _backend("kmeans"),
        vectors=True,
        backend="kmeans",
    ),
    "stock-bertopic": Model(
        "BERTopic {bertopic}, stock, MiniLM", "BERTopic", _EMBEDDING, stock_bertopic, vectors=True
    ),
    "old-merge": Model(
        "BERTopic {bertopic}, merged as 0.9.4 did, MiniLM",
        "BERTopic",
        _EMBEDDING,
        old_merge_bertopic,
        vectors=True,
    ),
    "bertopic": Model(
        "`bertopic`, MiniLM",
        "BERTopic",
        _EMBEDDING,
        _backend("bertopic"),
        vectors=True,
        backend="bertopic",
    ),
    "bertopic-tokens": Model(
        "`bertopic`, words by tokens, hard labels, MiniLM",
        "BERTopic",
        _EMBEDDING,
        _backend("bertopic", counting="tokens", membership="hard"),
        vectors=True,
        backend="bertopic",
    ),
}


def key(name: str, n_topics: int, seed: int, files: dict[str, str]) -> str:
    """SHA-256 of all that decides about a fit.

    Files, model, seed, versions, source and default settings of a backend.
    """
    model = MODELS[name]
    parts: dict[str, Any] = {
        "edition": EDITION,
        "files": files,
        "model": name,
        "n_topics": n_topics,
        "seed": seed,
        "versions": {p: version(p) for p in model.packages},
        "source": sources(BACKENDS[model.backend].partition(":")[0]) if model.backend else "",
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


@cache
def sources(module: str) -> str:
    """SHA-256 of the source of a backend and of what it imports from ``trends.models``, the
    contract of all backends left out.

    What ``base`` and ``imports`` do is the same for every fit; should it ever change words,
    ``EDITION`` is raised.
    """
    seen: dict[str, bytes] = {}
    todo = [module]
    while todo:
        name = todo.pop()
        spec = importlib.util.find_spec(name)
        if name in seen or spec is None or spec.origin is None:
            continue
        seen[name] = Path(spec.origin).read_bytes()
        todo += [
            node.module
            for node in ast.walk(ast.parse(seen[name]))
            if isinstance(node, ast.ImportFrom)
            and node.module
            and node.module.startswith("trends.models.")
            if node.module not in COMMON
        ]
    digest = hashlib.sha256()
    for name in sorted(seen):
        digest.update(name.encode() + b"\0" + seen[name] + b"\0")
    return digest.hexdigest()


def make(name: str, bbc: Bbc, n_topics: int, seed: int, vectors: NDArray[Any] | None) -> Fit:
    """Fit one model on one core: sums come in the same order on every machine."""
    with one_thread():
        return MODELS[name].make(bbc, n_topics, seed, vectors)
