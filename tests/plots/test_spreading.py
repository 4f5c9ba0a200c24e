"""Places of labels: apart, inside, in order, and unmoved where nothing is in the way."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trends.plots.layout.spreading import spread

places = st.lists(st.floats(-1, 2), min_size=1, max_size=40)


@given(places, st.floats(0, 0.2))
def test_labels_keep_their_distance_order_and_ends(wanted, gap):
    out = spread(wanted, gap, 0.0, 1.0)
    assert out.min() >= -1e-9 and out.max() <= 1 + 1e-9
    order = np.argsort(wanted, kind="stable")
    room = min(gap, 1 / max(len(wanted) - 1, 1))
    assert (np.diff(out[order]) >= room - 1e-9).all()


@given(st.integers(1, 20))
def test_labels_far_apart_stay(n):
    wanted = np.linspace(0.1, 0.9, n)
    np.testing.assert_allclose(spread(wanted, 0.5 / n, 0.0, 1.0), wanted)


def test_two_labels_of_one_place_move_apart_evenly():
    np.testing.assert_allclose(spread([0.5, 0.5], 0.1, 0.0, 1.0), [0.45, 0.55])
    assert len(spread([], 0.1, 0.0, 1.0)) == 0
