from __future__ import annotations

import numpy as np
from scipy import sparse

from trends.core import TermCounts
from trends.embed.lsa import embed_counts


def made() -> TermCounts:
    rng = np.random.default_rng(0)
    matrix = np.zeros((30, 20), dtype=int)
    matrix[:15, :10] = rng.poisson(2, (15, 10))
    matrix[15:29, 10:] = rng.poisson(2, (14, 10))
    return TermCounts(
        sparse.csr_matrix(matrix),
        tuple(f"t{i:02d}" for i in range(20)),
        tuple(f"d{i:02d}" for i in range(30)),
    )


def test_documents_about_the_same_lie_together_and_others_apart():
    vectors, provenance = embed_counts(made(), dimensions=2)
    cosine = vectors @ vectors.T
    assert cosine[:15, :15].min() > 0.9
    assert cosine[15:29, 15:29].min() > 0.9
    assert np.abs(cosine[:15, 15:29]).max() < 0.1
    assert provenance["dimensions"] == 2
    assert 0 < provenance["explained"] < 1


def test_rows_have_length_one_even_without_terms_and_bytes_repeat():
    first, _ = embed_counts(made())
    second, _ = embed_counts(made())
    assert np.allclose(np.linalg.norm(first, axis=1), 1, atol=1e-6)
    assert first.tobytes() == second.tobytes()


def test_the_space_keeps_inner_products_when_it_has_all_dimensions():
    counts = made()
    vectors, _ = embed_counts(counts, dimensions=19)
    m = counts.matrix.toarray().astype(float)
    weighted = np.where(m > 0, 1 + np.log(np.maximum(m, 1)), 0) * (
        1 + np.log(31 / (1 + counts.document_frequency))
    )
    weighted /= np.maximum(np.linalg.norm(weighted, axis=1, keepdims=True), 1e-12)
    assert np.allclose((vectors @ vectors.T)[:29, :29], (weighted @ weighted.T)[:29, :29], atol=0.1)
