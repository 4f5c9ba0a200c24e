"""Texts to counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.errors import UsageError
from trends.text.counting.count import count_terms

TEXTS = [
    "Speech models recognise speech. Code: https://github.com/lab/speech.",
    "",
    "The model of the protein; proteins fold. See www.example.org or mail a.b@example.org.",
    "Pretraining, pre-training and pre training of a model.",
    "Pretraining of 12 models in 2019.",
]


def test_counts_are_those_of_the_words() -> None:
    counts = count_terms(["a", "b", "c", "d", "e"], TEXTS)
    table = {
        t: counts.matrix[:, j].toarray().ravel().tolist() for j, t in enumerate(counts.vocabulary)
    }
    assert table["speech"] == [2, 0, 0, 0, 0]
    assert table["model"] == [1, 0, 1, 1, 1]
    assert table["protein"] == [0, 0, 2, 0, 0]
    assert table["pretraining"] == [0, 0, 0, 3, 1]
    assert not {"the", "of", "a", "12", "2019", "pre", "training", "models"} & set(table)


def test_addresses_never_become_terms() -> None:
    counts = count_terms(["a", "b", "c", "d", "e"], TEXTS)
    assert not [
        t
        for t in counts.vocabulary
        if any(x in t for x in ("http", "github", "www", "example", "lab", "org"))
    ]


def test_an_empty_text_is_an_empty_row() -> None:
    counts = count_terms(["a", "b", "c", "d", "e"], TEXTS)
    assert counts.n_documents == 5
    assert counts.tokens[1] == 0
    assert count_terms(["a"], [""]).n_terms == 0
    assert count_terms([], []).matrix.shape == (0, 0)


def test_the_order_of_documents_changes_the_order_of_rows_only() -> None:
    rng = np.random.default_rng(3)
    words = [f"word{i}" for i in range(40)] + [
        "gradient-descent",
        "gradient",
        "descent",
        "model",
        "models",
    ]
    texts = [
        ". ".join(" ".join(rng.choice(words, 8)) for _ in range(4)) + ". Beam search wins."
        for _ in range(60)
    ]
    ids = [f"d{i:02}" for i in range(60)]
    order = rng.permutation(60)
    one = count_terms(ids, texts)
    other = count_terms([ids[i] for i in order], [texts[i] for i in order])
    assert "beam search" in " ".join(one.vocabulary)
    assert other.fingerprint == one.take_documents(order).fingerprint


def test_progress_is_told() -> None:
    calls: list[tuple[int, int]] = []
    count_terms(
        ["a", "b"], ["one", "two"], progress=lambda done, total: calls.append((done, total))
    )
    assert calls == [(2, 2)]


def test_ids_and_texts_must_match() -> None:
    with pytest.raises(UsageError, match="2 document ids and 1 texts"):
        count_terms(["a", "b"], ["one"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=120), max_size=6), st.booleans())
def test_any_texts_are_counted(texts: list[str], phrases: bool) -> None:
    counts = count_terms([str(i) for i in range(len(texts))], texts, phrases=phrases)
    assert counts.n_documents == len(texts)
    assert counts.matrix.nnz == 0 or counts.matrix.data.min() > 0
    # NFKC may spell one character as up to 18, so the bound is on the longest expansion.
    assert counts.tokens.sum() <= 18 * sum(map(len, texts))
