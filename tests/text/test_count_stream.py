"""Counting without holding the texts gives the counts of the plain reference."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from trends.core import Corpus, TermCounts
from trends.core.checks import digest
from trends.errors import UsageError
from trends.runs.config.settings import TextConfig
from trends.runs.tasks import terms as prepare
from trends.text.counting import phrases as phrases_module
from trends.text.counting import token_file
from trends.text.counting.count import count_stream, count_terms
from trends.text.counting.token_file import TokenFile, sorted_unique

from . import reference

WORDS = [
    "speech",
    "speech-model",
    "speechmodel",
    "model",
    "models",
    "pre",
    "pre-training",
    "pretraining",
    "training",
    "in",
    "in-domain",
    "indomain",
    "domain",
    "x-ray",
    "xray",
    "ray",
    "gpt-4",
    "gpt",
    "4",
    "approaches",
    "approach",
    "boxes",
    "box",
    "news",
    "new",
    "the",
    "of",
    "and",
    "a",
    "b",
    "é",
    "state-of-the-art",
    "state",
    "art",
    "end-to-end",
    "end",
    "don't",
    "teacher's",
    "vision-language",
    "vision",
    "language",
    ",",
    ".",
    "(",
    ";",
]


def batches(texts: list[str], size: int = 3) -> list[tuple[list[str], list[str]]]:
    ids = [f"d{i}" for i in range(len(texts))]
    return [(ids[i : i + size], texts[i : i + size]) for i in range(0, len(texts), size)]


def same(texts: list[str], **options: object) -> None:
    ids = [f"d{i}" for i in range(len(texts))]
    one = reference.count_terms(ids, texts, **options)
    for other in (count_stream(batches(texts), **options), count_terms(ids, texts, **options)):
        assert other.vocabulary == one.vocabulary
        assert other.doc_ids == one.doc_ids
        assert (other.matrix != one.matrix).nnz == 0
        assert other.settings == one.settings
        assert other.fingerprint == one.fingerprint


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join), max_size=14),
    st.booleans(),
    st.sampled_from([1, 2, 5]),
    st.sampled_from([-0.5, 0.1, 0.4]),
)
def test_the_same_counts(texts: list[str], phrases: bool, min_count: int, min_npmi: float) -> None:
    same(texts, phrases=phrases, min_count=min_count, min_npmi=min_npmi)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_text(texts: list[str]) -> None:
    same(texts, min_count=1)


@pytest.fixture
def garden() -> list[str]:
    """Two thousand words that repeat, with runs of phrases that overlap."""
    rng = np.random.default_rng(4)
    pool = [*WORDS, *(f"word{i}" for i in range(60))]
    return [
        " ".join(rng.choice(pool, 40)) + " large language model beam search model."
        for _ in range(300)
    ]


def test_small_blocks_and_several_passes_change_nothing(
    garden: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_file, "BLOCK", 500)
    monkeypatch.setattr(phrases_module, "MOST_PAIRS", 1_000)
    same(garden)
    assert any(term.count(" ") > 1 for term in count_stream(batches(garden, 50)).vocabulary)


@pytest.mark.slow
def test_several_processes_change_nothing(garden: list[str]) -> None:
    assert (
        count_stream(batches(garden, 40), workers=2).fingerprint
        == count_stream(batches(garden)).fingerprint
    )


@pytest.mark.slow
def test_real_abstracts(shared: Path) -> None:
    import gzip
    import itertools
    import json

    with gzip.open(shared / "data" / "hf_daily.jsonl.gz", "rt", encoding="utf-8") as f:
        records = [json.loads(line) for line in itertools.islice(f, 600)]
    same([f"{r['title']}. {r['abstract']}" for r in records])


def test_chains_of_phrases_are_taken_as_gensim_takes_them() -> None:
    units = ["", "a", "b", "c", "d"]
    runs = [
        ["a", "b", "c", "d"],
        ["b", "c"],
        ["a", "b"],
        ["c", "d", "a", "b", "c"],
        ["d", "d"],
        ["a"],
    ] * 6
    expected = reference.join_phrases([[run] for run in runs], min_count=1, min_npmi=-0.9, passes=1)
    words = np.array(
        [n for run in runs for n in [*(units.index(w) for w in run), 0]], dtype=np.int32
    )
    lengths = np.array([len(run) + 1 for run in runs], dtype=np.int64)
    with TokenFile() as documents:
        documents.append(words, lengths)
        found = phrases_module.find_phrases(documents, 5, min_count=1, min_npmi=-0.9)
        codes = np.arange(5, 5 + len(found), dtype=np.int32)
        names = [*units, *(f"{units[k // 5]} {units[k % 5]}" for k in found)]
        out, left = phrases_module.join_phrases(words, lengths, found, codes, 5)
    ends = np.cumsum(left)
    got = [[names[n] for n in out[b:e] if n] for b, e in zip(ends - left, ends, strict=True)]
    assert got == [run for ((run),) in expected]
    assert len(found) > 3


def test_no_text_is_held(garden: list[str]) -> None:
    """When a batch is asked for, the one before the last is gone."""

    class Batch(list[str]):
        pass

    alive: list[weakref.ref[Batch]] = []

    def read() -> Iterator[tuple[list[str], Batch]]:
        for n in range(20):
            assert sum(ref() is not None for ref in alive) <= 1
            batch = Batch(garden[:10])
            alive.append(weakref.ref(batch))
            yield [f"{n}-{i}" for i in range(10)], batch

    assert count_stream(read()).n_documents == 200


def test_progress_and_refusals() -> None:
    told: list[int] = []
    count_stream(batches(["one", "two", "three"], 2), progress=told.append)
    assert told == [2, 3]
    with pytest.raises(UsageError, match="2 document ids and 1 texts"):
        count_stream([(["a", "b"], ["one"])])
    with pytest.raises(UsageError, match="workers"):
        count_stream([], workers=0)
    assert count_stream([]).matrix.shape == (0, 0)


def test_a_large_corpus_is_counted_in_batches(
    garden: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import pandas as pd

    frame = pd.DataFrame(
        {"id": [f"d{i}" for i in range(300)], "title": ["Beam search", ""] * 150, "text": garden}
    )
    frame = frame.assign(
        date=pd.Timestamp("2020-01-01"), date_precision="day", date_evidence="stated", source="test"
    )
    corpus = Corpus(frame, name="garden")
    whole = prepare.all_counts(corpus, TextConfig())
    monkeypatch.setattr(prepare, "LARGE", 100)
    monkeypatch.setattr(prepare, "BATCH", 70)
    assert prepare.all_counts(corpus, TextConfig()).fingerprint == whole.fingerprint


@given(st.lists(st.integers(0, 9)))
def test_unique_values_of_an_array(values: list[int]) -> None:
    assert sorted_unique(np.array(values, dtype=np.int64)).tolist() == sorted(set(values))


def test_counts_are_made_without_a_second_copy_of_them() -> None:
    """Arrays that streaming made belong to the counts: read-only and not copied."""
    data, indices, indptr = (
        np.array([2, 1], np.int32),
        np.array([0, 1], np.int32),
        np.array([0, 1, 2]),
    )
    loose = TermCounts(
        sparse.csr_matrix((data, indices, indptr), shape=(2, 2)), ("a", "b"), ("x", "y")
    )
    assert not np.shares_memory(loose.matrix.data, data)
    again = TermCounts(loose.matrix, loose.vocabulary, loose.doc_ids)
    assert again.matrix is loose.matrix and again.fingerprint == loose.fingerprint
    data[0] = 0  # somebody else's array, with a zero in it
    assert (
        TermCounts(
            sparse.csr_matrix((data, indices, indptr), shape=(2, 2)), ("a", "b"), ("x", "y")
        ).matrix.nnz
        == 1
    )
    assert loose.matrix.data.tolist() == [2, 1]


def test_the_fingerprint_is_that_of_numbers_of_eight_bytes() -> None:
    counts = count_stream([(["x", "y"], ["one two two", "three one"])])
    m = counts.matrix
    parts = [
        "\n".join(counts.doc_ids),
        "\n".join(counts.vocabulary),
        *(a.astype("<i8").tobytes() for a in (m.indptr, m.indices, m.data)),
    ]
    assert counts.fingerprint == digest(*parts)
