"""One ``rng``: a whole number gives the same seeds every time, a Generator goes on from where it
stands.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trends.core.computing.rng import generator_from, seed_from, seeds_from
from trends.errors import UsageError


def test_seeds_are_spawned_once_and_for_all() -> None:
    assert seeds_from(1, "lda", 5) == seeds_from(1, "lda", 9)[:5]
    everything = seeds_from(1, "lda", 50) + seeds_from(1, "bertopic", 50) + seeds_from(2, "lda", 50)
    assert len(set(everything)) == 150
    assert all(0 <= s < 2**31 for s in everything)
    assert seeds_from(7, "gibbs-lda", 2) == [1844063431, 1174038206]


@given(st.integers(0, 2**64), st.text(max_size=20), st.integers(0, 40))
def test_a_generator_gives_the_seeds_of_the_one_integer_that_it_draws(start, purpose, n):
    drawn = int(np.random.default_rng(start).integers(2**32))
    again = np.random.default_rng(start)
    assert seeds_from(again, purpose, n) == seeds_from(drawn, purpose, n)
    assert len(set(seeds_from(drawn, purpose, n))) == n
    assert seed_from(again) != drawn  # it went on
    assert seed_from(start) == seed_from(np.uint64(min(start, 2**64 - 1))) or start == 2**64


@given(st.integers(0, 2**64))
def test_a_whole_number_and_its_generator_draw_the_same(start):
    own = np.random.default_rng(start)
    assert generator_from(own) is own
    assert generator_from(start).integers(2**62) == own.integers(2**62)


@pytest.mark.parametrize("wrong", [None, -1, 1.0, "7", True, [1, 2], np.random.RandomState(1)])
def test_anything_else_is_answered(wrong):
    for function in (generator_from, seed_from, lambda rng: seeds_from(rng, "lda", 1)):
        with pytest.raises(UsageError, match="whole number of at least 0 or a numpy Generator"):
            function(wrong)
