"""Whether topics get a label made of words that were planted for them.

python experiments/planted/labels.py

Texts are English sentences. Their frames and common nouns are shared by all topics; the noun
phrases in them are of one topic most of the time. A planted topic has a right label if most of its
documents are in one fitted topic whose label holds no word but its own.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

import trends as tr
from trends.analysis.quality.label_check import BlindAssignment, form, words_of
from trends.runs.config.settings import TextConfig
from trends.runs.tasks.terms import all_counts, choose_terms
from trends.text.noun_phrases import noun_phrases

HERE = Path(__file__).resolve().parent
SEED = 20261130
FRAMES = (
    "We propose a {common} for {a} and show that the {b} of {c} improves.",
    "This paper studies {a}, which is a {common} in many domains.",
    "In the {common} of {a}, most methods use {b} or {c}.",
    "Our {common} shows that {a} depends on {b}.",
    "To evaluate the {common}, the authors compare {a} with {b}.",
    "Although {a} is important, the {common} is still limited by {b}.",
)
COMMON = [
    *("method", "approach", "framework", "problem", "result"),
    *("model", "analysis", "dataset", "system", "performance"),
    *("benchmark", "setting", "experiment", "baseline", "process"),
    *("structure", "evaluation", "technique", "design", "context"),
]
SYLLABLES = ["ba", "ke", "mi", "zo", "tu", "ra", "le", "ni", "so", "du", "pa", "fe", "gi", "vo"]


def planted(
    topics: int, documents: int, rng: np.random.Generator
) -> tuple[tr.Corpus, list[set[str]], np.ndarray]:
    """Texts of planted topics, the words of each topic, and the topic of each document."""
    made = rng.choice(len(SYLLABLES) ** 3, 8 * topics, replace=False)
    n = len(SYLLABLES)
    words = [SYLLABLES[i % n] + SYLLABLES[i // n % n] + SYLLABLES[i // n**2] + "n" for i in made]
    own = [words[8 * k : 8 * k + 8] for k in range(topics)]
    # Words alone, and phrases of two and three words; frequent ones first.
    names = [
        [w[0], f"{w[1]} {w[2]}", f"{w[3]} {w[0]}", w[4], f"{w[5]} {w[6]} {w[7]}", f"{w[1]} {w[4]}"]
        for w in own
    ]
    weight = np.array([4, 6, 4, 2, 2, 1]) / 19
    truth = rng.choice(topics, documents, p=rng.dirichlet(np.full(topics, 8.0)))
    texts = []
    for k in truth:
        sentences = []
        for frame in rng.choice(FRAMES, 5):
            drawn = [k if rng.random() < 0.8 else rng.integers(topics) for _ in "abc"]
            a, b, c = (names[t][rng.choice(6, p=weight)] for t in drawn)
            sentences.append(frame.format(a=a, b=b, c=c, common=rng.choice(COMMON)))
        texts.append(" ".join(sentences))
    frame = pd.DataFrame(
        {
            "id": [f"d{i:05d}" for i in range(documents)],
            "title": "",
            "text": texts,
            "date": [f"{2018 + i % 6}-03-01" for i in range(documents)],
        }
    )
    corpus = tr.read_corpus(frame, text="text", date="date")
    place = dict(zip(frame["id"], truth, strict=True))
    return corpus, [set(map(form, w)) for w in own], np.array([place[i] for i in corpus.ids])


def measure(backend: str, topics: int, documents: int, seed: int) -> dict[str, object]:
    """One corpus: planted topics with a right label, and the blind assignment."""
    rng = np.random.default_rng(seed)
    corpus, own, truth = planted(topics, documents, rng)
    fit = tr.fit(corpus, backend, n_topics=topics, rng=seed)
    counts, _ = choose_terms(all_counts(corpus, TextConfig(), workers=1), TextConfig())
    phrases = noun_phrases([""] * len(corpus), [*corpus.texts], corpus.ids)
    labels = tr.label(fit, reference=counts, phrases=phrases)
    right = 0
    for k, words in enumerate(own):
        fitted = np.bincount(fit.hard[truth == k] + 1, minlength=topics + 1)[1:]
        name = labels[int(fitted.argmax())]
        right += 2 * fitted.max() > (truth == k).sum() and set(words_of(name)) <= words
    check = BlindAssignment(fit, counts).check(labels)
    return {
        "backend": backend,
        "topics": topics,
        "documents": documents,
        "rng": seed,
        "right": int(right),
        "phrases": sum(" " in name for name in labels),
        "assigned": check.mean,
        "chance": check.chance,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=HERE / "results" / "labels.csv")
    parser.add_argument("--corpora", type=int, default=3, help="corpora of each kind")
    options = parser.parse_args()
    rows = [
        measure(backend, topics, 60 * topics, SEED + i)
        for backend in ("gibbs-lda", "nmf")
        for topics in (6, 12, 20)
        for i in range(options.corpora)
    ]
    table = pd.DataFrame(rows)
    table.to_csv(options.out, index=False, float_format="%.4g", lineterminator="\n")
    print(table.to_string(index=False))
    print(f"right: {table['right'].sum() / table['topics'].sum():.3f} of the planted topics")


if __name__ == "__main__":
    main()
