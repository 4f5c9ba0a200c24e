"""Texts counted over the vocabulary of a fit."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from trends.errors import UsageError
from trends.text.counting.encode import CHUNK
from trends.text.counting.fixed_vocabulary import count_vocabulary, frequencies
from trends.text.tokens.tokenize import runs_of_words
from trends.text.tokens.variants import s_stem

from .reference import content_runs

VOCABULARY = tuple(
    sorted(
        (
            "model",
            "language model",
            "large language model",
            "pretraining",
            "box",
            "self-attention",
            "data",
            "state",
        )
    )
)


def counted(text: str) -> dict[str, int]:
    row = count_vocabulary(["d"], [text], VOCABULARY).matrix.toarray()[0]
    return {term: int(n) for term, n in zip(VOCABULARY, row, strict=True) if n}


def test_words_are_written_as_the_vocabulary_writes_them() -> None:
    assert counted("Models and Boxes. Pre-training of models") == {
        "model": 2,
        "box": 1,
        "pretraining": 1,
    }
    assert counted("self-attention; model-data") == {"self-attention": 1, "model": 1, "data": 1}
    assert counted("Nothing that is known, 12 times.") == {}


def test_the_longest_phrase_is_taken() -> None:
    assert counted("Large language models, language models, a large model") == {
        "large language model": 1,
        "language model": 1,
        "model": 1,
    }
    # Never across a function word or a stop.
    assert counted("large. Language models") == {"language model": 1}
    assert counted("large the language models") == {"language model": 1}


def test_rows_and_columns_are_those_that_were_given() -> None:
    counts = count_vocabulary(["b", "a", "c"], ["data", "", "state data"], VOCABULARY)
    assert counts.doc_ids == ("b", "a", "c")
    assert counts.vocabulary == VOCABULARY
    assert counts.tokens.tolist() == [1, 0, 2]
    assert count_vocabulary([], [], VOCABULARY).n_documents == 0
    with pytest.raises(UsageError, match="2 document ids and 1 texts"):
        count_vocabulary(["a", "b"], ["x"], VOCABULARY)


def plain_counts(text: str, vocabulary: tuple[str, ...]) -> Counter[str]:
    """Word by word, from left to right."""
    known = {word for term in vocabulary for word in term.split(" ")}

    def forms(word: str) -> list[str]:
        closed = word.replace("-", "")
        for form in (word, *s_stem(word), closed, *s_stem(closed)):
            if form in known:
                return [form]
        return (
            [form for part in word.split("-") if part for form in forms(part)]
            if "-" in word
            else [word]
        )

    found: Counter[str] = Counter()
    for run in runs_of_words(text):
        for words in content_runs([form for word in run for form in forms(word)]):
            at = 0
            while at < len(words):
                lengths = [
                    n
                    for n in range(len(words) - at, 0, -1)
                    if " ".join(words[at : at + n]) in vocabulary
                ]
                if lengths:
                    found[" ".join(words[at : at + lengths[0]])] += 1
                at += lengths[0] if lengths else 1
    return found


WORDS = [
    "model",
    "models",
    "pre-training",
    "pretraining",
    "box",
    "boxes",
    "self-attention",
    "a-b",
    "the",
    "is",
    "in",
    "x",
    "of",
    "new",
    "news",
    "art",
]
terms = st.lists(
    st.sampled_from([w for w in WORDS if "-" not in w or w == "self-attention"]),
    min_size=1,
    max_size=4,
).map(" ".join)
sentences = st.lists(
    st.sampled_from([*WORDS, "model-boxes", "box-model-art", "unknown", "un-known", ",", "3"]),
    max_size=25,
).map(" ".join)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    st.lists(terms, max_size=12, unique=True).map(lambda t: tuple(sorted(t))),
    st.lists(sentences, max_size=4),
)
def test_counts_are_those_of_reading_word_by_word(
    vocabulary: tuple[str, ...], texts: list[str]
) -> None:
    counts = count_vocabulary([f"d{n}" for n in range(len(texts))], texts, vocabulary)
    for row, text in zip(counts.matrix.toarray(), texts, strict=True):
        assert {t: n for t, n in zip(vocabulary, row.tolist(), strict=True) if n} == plain_counts(
            text, vocabulary
        )


@pytest.mark.parametrize("vocabulary", [VOCABULARY, tuple(w for w in VOCABULARY if " " not in w)])
def test_many_texts_are_counted_like_one(vocabulary: tuple[str, ...]) -> None:
    texts = [
        f"Models{',' * (n % 2)} large language models {n} self-attention et al. box-data"
        for n in range(CHUNK + 700)
    ]
    counts = count_vocabulary([f"d{n}" for n in range(len(texts))], texts, vocabulary)
    alike = [count_vocabulary(["d"], [text], vocabulary).matrix for text in texts[:2]]
    assert (counts.matrix != sparse.vstack([alike[n % 2] for n in range(len(texts))])).nnz == 0


def test_frequencies_are_those_of_the_counts_whatever_lies_in_a_batch() -> None:
    texts = [
        "Neural networks learn.",
        "",
        "A neural network of neural networks, zebras",
        "the zebras",
        "Networks: zebra-networks",
    ]
    vocabulary = ("learn", "network", "neural", "neural network")
    counts = count_vocabulary([str(i) for i in range(len(texts))], texts, vocabulary)
    for batches in ([texts], [[text] for text in texts], [texts[:2], texts[2:]]):
        found = frequencies(batches, vocabulary)
        assert found.documents.tolist() == counts.document_frequency.tolist()
        assert found.occurrences.tolist() == np.asarray(counts.matrix.sum(axis=0)).ravel().tolist()
        # A compound of which a part is known is known; function words are no words.
        assert found.other_documents == found.other_occurrences == {"zebras": 2}
        assert found.worded == 4


def test_frequencies_without_texts_or_terms() -> None:
    assert frequencies([], ["a"]).documents.tolist() == [0]
    assert frequencies([["solar power", ""]], []).other_documents == {"solar": 1, "power": 1}
