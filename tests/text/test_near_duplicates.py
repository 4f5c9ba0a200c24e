from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.errors import UsageError
from trends.text.near_duplicates import near_duplicates


def test_case_punctuation_and_one_word_in_ten_do_not_make_a_new_title():
    long = "a b c d e f g h i j k l m n o p q r s t"
    titles = [
        "Deep Whales: A Study",
        "deep whales – a study!",
        "Deep sharks: a study",
        long,
        long + " u",
        "",
        "",
    ]
    assert near_duplicates(titles).tolist() == [0, 0, 2, 3, 3, 5, 6]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text("abcdefgh ", max_size=24), max_size=12), st.sampled_from([0.5, 0.75, 0.9, 1.0])
)
def test_it_finds_what_comparing_all_pairs_finds(titles, similarity):
    sets = [set(t.split()) for t in titles]
    first = list(range(len(sets)))
    for i, words in enumerate(sets):
        alike = [
            j
            for j in range(i)
            if words and len(words & sets[j]) >= similarity * len(words | sets[j]) - 1e-9
        ]
        if alike:
            first[i] = min(first[j] for j in alike)
    assert near_duplicates(titles, similarity=similarity).tolist() == first


def test_a_similarity_of_zero_is_refused():
    with pytest.raises(UsageError, match="similarity"):
        near_duplicates(["a"], similarity=0)
