"""The distance statistic: against a slow plain reference, and calibrated under the null."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from trends.core import TermCounts
from trends.text.vocabulary import informativeness as module
from trends.text.vocabulary.informativeness import informativeness, tf_idf


def counts_of(table: np.ndarray) -> TermCounts:
    vocabulary = tuple(f"t{j:04}" for j in range(table.shape[1]))
    return TermCounts(
        sparse.csr_matrix(table), vocabulary, tuple(f"d{i}" for i in range(table.shape[0]))
    )


def reference(table: np.ndarray) -> tuple[list[float], list[float]]:
    """One term at a time, by the formulas, on dense vectors."""
    table = table[table.sum(1) > 0]
    n_docs = len(table)
    x = np.zeros(table.shape)
    df = (table > 0).sum(0)
    for d in range(n_docs):
        for w in range(table.shape[1]):
            if table[d, w]:
                x[d, w] = (1 + np.log(table[d, w])) * (np.log((1 + n_docs) / (1 + df[w])) + 1e-3)
        x[d] /= np.linalg.norm(x[d])
    likeness = np.linalg.norm(x.mean(0)) ** 2
    ratio, effect = [], []
    for w in range(table.shape[1]):
        y = np.delete(x, w, axis=1)
        inside = table[:, w] > 0
        n = inside.sum()
        mean = y.mean(0)
        variance = np.mean([np.sum((row - mean) ** 2) for row in y])
        if n in (0, n_docs):
            ratio.append(np.nan)
            effect.append(np.nan)
            continue
        distance = np.sum((y[inside].mean(0) - mean) ** 2)
        expected = variance / n * (n_docs - n) / (n_docs - 1)
        between = np.sum((y[inside].mean(0) - y[~inside].mean(0)) ** 2)
        ratio.append(distance / expected)
        effect.append((between - expected / (1 - n / n_docs) ** 2) / likeness)
    return ratio, effect


def test_sparse_code_equals_the_plain_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    table = np.random.default_rng(5).poisson(0.2, (40, 30))
    table[7] = 0
    table[:, 3] = np.where(table.sum(1) > 0, 1, 0)
    monkeypatch.setattr(module, "BLOCK", 7)
    found = informativeness(counts_of(table))
    ratio, effect = reference(table)
    assert found.ratio == pytest.approx(np.array(ratio), nan_ok=True)
    assert found.effect == pytest.approx(np.array(effect), nan_ok=True)


def test_terms_at_random_have_expectation_one_and_the_stated_spread() -> None:
    rng = np.random.default_rng(8)
    topics = rng.dirichlet(np.full(300, 0.05), 6)
    table = np.array([rng.multinomial(60, topics[rng.integers(6)]) for _ in range(400)])
    planted = (rng.random((400, 60)) < 0.15).astype(int)
    found = informativeness(counts_of(np.hstack([table, planted])))
    null = found.ratio[300:]
    assert null.mean() == pytest.approx(1.0, abs=3 * found.spread / np.sqrt(60) + 0.02)
    assert null.std() == pytest.approx(found.spread, rel=0.4)


def test_a_term_of_one_topic_stands_out() -> None:
    rng = np.random.default_rng(9)
    topics = rng.dirichlet(np.full(200, 0.05), 5)
    z = rng.integers(5, size=300)
    table = np.array([rng.multinomial(50, topics[k]) for k in z])
    content = ((z == 2) & (rng.random(300) < 0.7)).astype(int)[:, None]
    found = informativeness(counts_of(np.hstack([table, content])))
    assert found.ratio[-1] > 1 + 5 * found.spread
    assert found.effect[-1] > 0.5


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (1, 5), (2, 3), (3, 1)])
def test_tiny_corpora_do_not_crash(shape: tuple[int, int]) -> None:
    found = informativeness(counts_of(np.ones(shape, dtype=int)))
    assert found.ratio.shape == found.effect.shape == (shape[1],)


def test_only_the_chosen_terms_are_judged() -> None:
    table = np.random.default_rng(1).poisson(0.5, (20, 6))
    chosen = np.array([True, True, False, True, True, True])
    found = informativeness(counts_of(table), chosen)
    alone = informativeness(counts_of(table[:, chosen]))
    assert np.isnan(found.ratio[2])
    assert found.ratio[chosen] == pytest.approx(alone.ratio, nan_ok=True)


def test_document_vectors_have_unit_length() -> None:
    lengths = np.linalg.norm(
        tf_idf(sparse.csr_matrix(np.random.default_rng(0).poisson(1.0, (10, 8)))).toarray(), axis=1
    )
    assert lengths == pytest.approx(1.0)
