"""p(term | topic) from shares and counts."""

import numpy as np
from scipy import sparse

from trends.core import TermCounts
from trends.models.inference.phi import term_distribution

COUNTS = TermCounts(
    sparse.csr_matrix([[2, 0, 0], [0, 3, 1], [4, 0, 0]]), ("a", "b", "c"), ("x", "y", "z")
)


def test_tokens_are_shared_out_by_theta():
    theta = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
    np.testing.assert_allclose(term_distribution(theta, COUNTS), [[1, 0, 0], [2 / 6, 3 / 6, 1 / 6]])


def test_a_topic_without_tokens_gets_the_distribution_of_the_corpus():
    theta = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
    np.testing.assert_allclose(term_distribution(theta, COUNTS)[1], [0.6, 0.3, 0.1])
