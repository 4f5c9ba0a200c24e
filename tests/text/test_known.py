"""Texts counted over the vocabulary of a fit."""

from __future__ import annotations

import pytest

from trends.errors import UsageError
from trends.text.known import count_known

VOCABULARY = tuple(
    sorted(("model", "language model", "large language model", "pretraining", "box", "self-attention", "data", "state"))
)


def counted(text: str) -> dict[str, int]:
    row = count_known(["d"], [text], VOCABULARY).matrix.toarray()[0]
    return {term: int(n) for term, n in zip(VOCABULARY, row, strict=True) if n}


def test_words_are_written_as_the_vocabulary_writes_them() -> None:
    assert counted("Models and Boxes. Pre-training of models") == {"model": 2, "box": 1, "pretraining": 1}
    assert counted("self-attention; model-data") == {"self-attention": 1, "model": 1, "data": 1}
    assert counted("Nothing that is known, 12 times.") == {}


def test_the_longest_phrase_is_taken() -> None:
    assert counted("Large language models, language models, a large model") == {
        "large language model": 1, "language model": 1, "model": 1,
    }  # fmt: skip
    # Never across a function word or a stop.
    assert counted("large. Language models") == {"language model": 1}
    assert counted("large the language models") == {"language model": 1}


def test_rows_and_columns_are_those_that_were_given() -> None:
    counts = count_known(["b", "a", "c"], ["data", "", "state data"], VOCABULARY)
    assert counts.doc_ids == ("b", "a", "c")
    assert counts.vocabulary == VOCABULARY
    assert counts.tokens.tolist() == [1, 0, 2]
    assert count_known([], [], VOCABULARY).n_documents == 0
    with pytest.raises(UsageError, match="2 document ids and 1 texts"):
        count_known(["a", "b"], ["x"], VOCABULARY)
