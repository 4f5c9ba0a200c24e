"""The map: the same seed gives the same places, alike documents are near, and the picture has a
frame.
"""

from __future__ import annotations

import numpy as np
import pytest

from trends.errors import DataError
from trends.models.umap.layout2d import layout


@pytest.fixture(scope="module")
def groups():
    rng = np.random.default_rng(3)
    centres = np.eye(12)[:3]
    return np.repeat(centres, 20, axis=0) + 0.05 * rng.normal(size=(60, 12))


def test_same_seed_same_places_and_groups_apart(groups):
    at = layout(groups, seed=4)
    np.testing.assert_array_equal(at, layout(groups, seed=4))
    assert at.shape == (60, 2) and np.ptp(at, axis=0).max() == pytest.approx(1, abs=1e-3)
    np.testing.assert_allclose((at.max(0) + at.min(0)) / 2, 0, atol=1e-3)
    label = np.repeat(range(3), 20)
    distance = np.linalg.norm(at[:, None] - at[None], axis=2) + 10 * np.eye(60)
    assert (label[distance.argmin(1)] == label).mean() == 1


def test_empty_documents_and_tiny_corpora(groups):
    some = groups[:10].copy()
    some[0] = 0
    assert np.isfinite(layout(some, seed=1)).all()
    with pytest.raises(DataError, match="at least four"):
        layout(groups[:3], seed=1)
