"""Noun phrases come out whole, in their own spelling, and nothing that is none of them."""

from __future__ import annotations

import pytest
from scipy import sparse

from trends.core import TermCounts
from trends.text.noun_phrases import noun_phrases, spelled_terms

TEXTS = (
    "We evaluate masked image modeling for the encoder. The masked image modeling of images works.",
    "In masked image modeling, an encoder is trained. We improve LLM reasoning with masks.",
    "The LLM reasoning of a Bayesian model is hard to improve, and the encoder is large.",
    "To improve masked image modeling, we evaluate LLM reasoning. The Bayesian model is evaluated.",
    "A Bayesian model is what we improve in LLM reasoning, and large language models are used.",
    "It is a large language model, and the large language models of the encoder are used slowly.",
    "We use the large language model in an encoder.",
)


def of(texts: tuple[str, ...], titles: tuple[str, ...] | None = None) -> TermCounts:
    ids = [f"d{i}" for i in range(len(texts))]
    return noun_phrases(titles or [""] * len(texts), texts, ids)


def test_whole_phrases_in_their_own_spelling() -> None:
    found = of(TEXTS)
    assert {"masked image modeling", "LLM reasoning", "Bayesian model"} <= set(found.vocabulary)
    rows = dict(zip(found.vocabulary, found.document_frequency, strict=True))
    assert rows["masked image modeling"] == 3 and found.matrix.max() == 1


def test_parts_verbs_and_adverbs_are_none() -> None:
    words = set(of(TEXTS).vocabulary)
    assert not words & {"masked image", "image modeling", "masked", "improve", "evaluate", "slowly"}
    assert not any(w.split()[-1] in ("masked", "improve", "large") for w in words)


def test_singular_and_plural_are_one_phrase() -> None:
    found = of(TEXTS)
    (name,) = (w for w in found.vocabulary if w.startswith("large language"))
    assert found.document_frequency[found.vocabulary.index(name)] == 3


def test_capitals_of_titles_say_nothing_and_acronyms_stay() -> None:
    titles = ("Deep Speech Recognition with LLMs",) * 4
    assert set(of(("",) * 4, titles).vocabulary) == {"deep speech recognition", "LLMs"}


def test_terms_stand_for_phrases_where_there_are_no_texts() -> None:
    matrix = sparse.csr_matrix([[1, 0, 2], [0, 1, 1], [3, 0, 1], [1, 1, 1]])
    counts = TermCounts(matrix, ("clip", "in-context learning", "llm"), tuple("abcd"))
    titles = ["CLIP Models with LLM", "In-Context Learning of LLM", "The CLIP", "A Study"]
    found = spelled_terms(counts, titles)
    assert found.vocabulary == ("CLIP", "LLM", "in-context learning")
    assert found.document_frequency.tolist() == [3, 4, 2]


@pytest.mark.parametrize("texts", [(), ("",), ("of the and",), ("?" * 50, "\x00")])
def test_nothing_gives_nothing(texts: tuple[str, ...]) -> None:
    assert of(texts).n_terms == 0


def test_many_documents_are_read_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trends.text.noun_phrases.MOST_DOCUMENTS", 10)
    assert len(of(("a solar panel",) * 95).doc_ids) == 10
