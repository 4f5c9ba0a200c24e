"""Boilerplate goes and content stays, on documents whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from trends.core import TermCounts
from trends.errors import DataError, UsageError
from trends.text.counting.count import count_terms
from trends.text.vocabulary.select import (
    BOILERPLATE,
    TOO_FREQUENT,
    TOO_RARE,
    Whole,
    default_min_df,
    select_terms,
)

FIELDS = {
    "speech": "phoneme acoustic microphone speaker prosody transcript",
    "biology": "protein enzyme genome molecule receptor membrane",
    "vision": "pixel camera segmentation texture contour shadow",
    "finance": "dividend portfolio inflation broker currency auction",
}
BOILER = [
    "propose",
    "existing",
    "extensive",
    "outperform",
    "demonstrate",
    "promising",
    "furthermore",
    "novel",
    "superior",
    "investigate",
]


def abstracts(n: int = 240, seed: int = 0) -> list[str]:
    """Invented abstracts.

    A few words of one field are repeated; words of the genre are random, each at most once.
    """
    rng = np.random.default_rng(seed)
    texts = []
    for i in range(n):
        words = list(FIELDS.values())[i % 4].split()
        subject = rng.choice(words, 3, replace=False)
        content = rng.choice(subject, 12)
        genre = rng.choice(BOILER, 4, replace=False)
        plain = [f"plain{k}" for k in rng.integers(0, 150, 10)]
        mixed = rng.permutation([*content, *genre, *plain])
        texts.append(", ".join(mixed) + ".")
    return texts


@pytest.fixture(scope="module")
def counts() -> TermCounts:
    texts = abstracts()
    return count_terms([f"d{i:03}" for i in range(len(texts))], texts)


def test_planted_boilerplate_is_dropped_and_planted_content_is_kept(counts: TermCounts) -> None:
    chosen, _ = select_terms(counts)
    assert not set(BOILER) & set(chosen.vocabulary)
    assert set(" ".join(FIELDS.values()).split()) <= set(chosen.vocabulary)


def test_a_limit_on_document_frequency_cannot_do_it(counts: TermCounts) -> None:
    df = dict(zip(counts.vocabulary, counts.document_frequency, strict=True))
    rarest_boilerplate = min(df[w] for w in BOILER)
    assert any(df[w] < rarest_boilerplate for w in df if w.startswith("plain"))
    chosen, _ = select_terms(counts)
    assert (
        not [w for w in chosen.vocabulary if w.startswith("plain")]
        or np.mean([w in chosen.vocabulary for w in df if w.startswith("plain")]) < 0.1
    )


def test_every_term_has_a_row_and_every_dropped_term_a_reason(counts: TermCounts) -> None:
    chosen, table = select_terms(counts, min_df=8, max_df=0.45)
    assert table["term"].tolist() == list(counts.vocabulary)
    assert table.loc[table["kept"], "term"].tolist() == list(chosen.vocabulary)
    assert set(table.loc[~table["kept"], "reason"]) <= {TOO_RARE, TOO_FREQUENT, BOILERPLATE}
    assert (table.loc[table["kept"], "reason"] == "").all()
    assert (table.loc[table["reason"] == TOO_RARE, "df"] < 8).all()
    assert (table.loc[table["reason"] == TOO_FREQUENT, "df"] > 0.45 * 240).all()
    assert chosen.doc_ids == counts.doc_ids


def test_the_rule_can_be_switched_off_and_tightened(counts: TermCounts) -> None:
    loose, _ = select_terms(counts, informativeness=0)
    default, _ = select_terms(counts)
    strict, _ = select_terms(counts, informativeness=2)
    assert set(BOILER) <= set(loose.vocabulary)
    assert set(strict.vocabulary) <= set(default.vocabulary) <= set(loose.vocabulary)


def test_selection_needs_nothing_but_the_counts(counts: TermCounts) -> None:
    again = TermCounts(counts.matrix, counts.vocabulary, counts.doc_ids)
    assert select_terms(again)[0].fingerprint == select_terms(counts)[0].fingerprint


@pytest.mark.parametrize(
    ("texts", "options", "said", "advice"),
    [
        (["moss grows"] * 60, {}, "2 in more than 50% of them (max_df)", "Raise max_df."),
        ([f"word{i}" for i in range(60)], {}, "fewer than 3 documents (min_df)", "Lower min_df."),
        (["12 34", ""] * 30, {}, "60 of them hold no word", "the column of the text"),
        (
            ["moss", *(f"moss word{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(59))],
            {},
            "(min_df), 1 in more",
            "Lower min_df or raise max_df.",
        ),
    ],
)
def test_without_any_term_it_is_said_what_removed_them(texts, options, said, advice) -> None:
    counts = count_terms([str(i) for i in range(len(texts))], texts, phrases=False)
    with pytest.raises(DataError) as caught:
        select_terms(counts, **options)
    assert said in str(caught.value)
    assert advice in str(caught.value)


def test_the_order_of_documents_does_not_matter(counts: TermCounts) -> None:
    order = np.random.default_rng(1).permutation(counts.n_documents)
    chosen, _ = select_terms(counts.take_documents(order))
    assert chosen.vocabulary == select_terms(counts)[0].vocabulary


def test_short_texts_are_not_judged() -> None:
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(BOILER, 4, replace=False)) for _ in range(100)]
    chosen, table = select_terms(count_terms([str(i) for i in range(100)], texts, phrases=False))
    assert set(chosen.vocabulary) == set(BOILER)
    assert table["statistic"].isna().all()
    assert chosen.settings["tested"] is False


@pytest.mark.parametrize("n", [0, 1, 2, 20])
def test_small_corpora_keep_their_terms(n: int) -> None:
    counts = count_terms([str(i) for i in range(n)], abstracts(n) if n else [])
    chosen, table = select_terms(counts, max_df=1.0)
    assert len(table) == counts.n_terms
    assert chosen.vocabulary == counts.vocabulary


def test_default_min_df() -> None:
    assert [default_min_df(n) for n in (1, 39, 40, 100, 10_000, 200_000)] == [1, 1, 2, 5, 5, 100]


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_df": 0},
        {"max_df": 0.0},
        {"max_df": 1.5},
        {"informativeness": -1.0},
        {"max_df": float("nan")},
    ],
)
def test_settings_out_of_range(counts: TermCounts, wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        select_terms(counts, **wrong)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 70), st.integers(0, 12), st.integers(0, 2**32 - 1))
def test_any_counts_are_judged(n: int, terms: int, seed: int) -> None:
    table = np.random.default_rng(seed).poisson(0.4, (n, terms))
    counts = TermCounts(
        sparse.csr_matrix(table), tuple(f"t{j:02}" for j in range(terms)), tuple(map(str, range(n)))
    )
    try:
        chosen, rows = select_terms(counts)
    except DataError as error:
        assert "No term is left" in str(error) or not terms
        return
    assert len(rows) == terms
    assert chosen.n_documents == n


def test_the_frequencies_of_a_whole_decide_for_its_sample(counts: TermCounts) -> None:
    total = np.asarray(counts.matrix.sum(axis=0)).ravel()
    _, alone = select_terms(counts)
    n = 10 * int((counts.tokens > 0).sum())
    same = Whole(10 * counts.document_frequency, 10 * total, n)
    least = 10 * int(alone.loc[alone["reason"] != "below min_df", "df"].min())
    _, table = select_terms(counts, min_df=least, whole=same)
    assert table["kept"].tolist() == alone["kept"].tolist()
    assert table["df"].tolist() == (10 * alone["df"]).tolist()
    rare = np.where(alone["kept"], 1, same.df)
    with pytest.raises(DataError, match="occur in fewer"):
        select_terms(counts, min_df=least, whole=Whole(rare, total, n))
