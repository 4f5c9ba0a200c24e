"""Labels that a reader can use.

Short, unique, without stop words and without saying a thing twice.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from trends.analysis.quality.labels import _same_word, label
from trends.core import TermCounts, Topics
from trends.errors import DataError, UsageError


def make(*weights):
    """A fit whose topics give these terms these weights; every topic has the same share."""
    vocabulary = tuple(sorted({term for topic in weights for term in topic}))
    phi = np.array([[topic.get(term, 0) for term in vocabulary] for topic in weights], dtype=float)
    k = len(weights)
    ids = tuple(f"d{i}" for i in range(k))
    return Topics(np.eye(k), np.zeros(k), phi / phi.sum(1, keepdims=True), vocabulary, ids)


def test_a_phrase_takes_the_place_of_its_words():
    fit = make(
        {"vision": 9, "vision language": 8, "language": 7, "robot": 5, "image": 4, "caption": 3},
        {"protein": 9, "cell": 8},
    )
    assert label(fit)[0] == "vision language, robot, image"


def test_a_rare_phrase_does_not_speak_for_a_frequent_word():
    fit = make(
        {"market": 90, "market stall": 2, "price": 50, "trade": 40},
        {"goal": 9, "match": 8, "team": 7},
    )
    assert label(fit)[0] == "market, price, trade"


def test_one_form_of_a_word_stands_for_the_others():
    fit = make(
        {"token": 9, "tokens": 8, "tokenization": 7, "merge": 6, "merging": 5, "byte": 4},
        {"reward": 9, "policy": 8, "policies": 7, "agents": 6},
    )
    assert label(fit) == ("token, tokenization, merge", "reward, policy, agents")


def test_an_acronym_and_its_phrase_are_said_once():
    fit = make(
        {
            "llm": 9,
            "large language model": 8,
            "reasoning": 7,
            "cot": 6,
            "chain-of thought": 5,
            "lms": 4,
            "lm": 3,
        },
        {"reinforcement learning": 9, "rl": 8, "robot": 7, "arm": 6},
    )
    assert label(fit, n=4) == ("llm, reasoning, cot, lms", "reinforcement learning, robot, arm")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("model", "models"),
        ("train", "training"),
        ("policy", "policies"),
        ("scale", "scaling"),
        ("merge", "merging"),
        ("attack", "attacks"),
    ],
)
def test_forms_of_one_word_are_recognised(a, b):
    assert _same_word(a, b)
    assert _same_word(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("model", "modern"),
        ("image", "imagine"),
        ("graph", "grape"),
        ("data", "date"),
        ("code", "coding theory"),
    ],
)
def test_different_words_stay_different(a, b):
    assert not _same_word(a, b)


def test_stop_words_numbers_and_addresses_name_nothing():
    fit = make(
        {
            "the": 99,
            "of": 98,
            "2024": 97,
            "https": 96,
            "github com": 95,
            "x": 94,
            "of the": 93,
            "whale": 3,
            "ocean": 2,
            "krill": 1,
        },
        {"desert": 3, "the": 99, "camel": 2},
    )
    assert label(fit) == ("whale, ocean, krill", "desert, camel")


def test_a_topic_of_nothing_but_stop_words_gets_a_number():
    fit = make({"the": 3, "and": 2}, {"whale": 3, "ocean": 2})
    assert label(fit) == ("topic 1", "whale, ocean")


def test_terms_that_most_documents_contain_are_passed_over_where_the_reference_shows_it():
    fit = make(
        {"corpus": 9, "whale": 5, "ocean": 4, "krill": 3},
        {"corpus": 9, "camel": 5, "desert": 4, "dune": 3},
    )
    rows = [
        [1, *(int(t in group) for t in fit.vocabulary if t != "corpus")]
        for group in ({"whale", "krill"}, {"camel"}, {"ocean"}, {"dune"})
    ]
    order = ["corpus", *(t for t in fit.vocabulary if t != "corpus")]
    columns = [order.index(t) for t in fit.vocabulary]
    counts = TermCounts(
        sparse.csr_matrix(np.array(rows)[:, columns]), fit.vocabulary, ("a", "b", "c", "d")
    )
    assert "corpus" not in " ".join(label(fit, reference=counts))


def test_labels_are_unique_though_topics_look_alike():
    same = {"whale": 9, "ocean": 8, "krill": 7}
    labels = label(make(same, same, {**same, "ship": 0.5}, {**same, "boat": 0.5}), n=2)
    assert len(set(labels)) == 4
    assert labels[:2] == ("whale, ocean, krill", "whale, ocean, krill (2)")
    assert labels[2] == "whale, ocean, krill, ship"
    assert labels[3] == "whale, ocean, krill, boat"


def test_the_users_own_function_gets_the_terms_and_gives_the_names():
    seen = {}

    def namer(topic, terms):
        seen[topic] = terms
        return "  Sea\nlife\x00 " if topic == 0 else "Sea life"

    fit = make({"whale": 9, "whales": 8, "ocean": 7}, {"coral": 9, "reef": 8})
    assert label(fit, namer=namer) == ("Sea life", "Sea life (2)")
    assert seen == {0: ("whale", "ocean"), 1: ("coral", "reef")}


@pytest.mark.parametrize("answer", [None, 7, "", "  ", "!?"])
def test_a_name_that_names_nothing_is_refused(answer):
    with pytest.raises(UsageError, match="namer"):
        label(make({"whale": 1}, {"reef": 1}), namer=lambda topic, terms: answer)


def test_long_names_are_cut():
    (name, _) = label(
        make({"whale": 1}, {"reef": 1}), namer=lambda topic, terms: f"{topic} " + "word " * 40
    )
    assert len(name) <= 80
    assert name.endswith("…")


def test_settings_that_mean_nothing_are_refused():
    fit = make({"whale": 1}, {"reef": 1})
    with pytest.raises(UsageError, match="at least one term"):
        label(fit, n=0)
    foreign = TermCounts(sparse.csr_matrix(np.ones((1, 1))), ("other",), ("d",))
    with pytest.raises(DataError, match="none of the fit's terms"):
        label(fit, reference=foreign)


@given(st.integers(1, 6), st.integers(1, 4), st.integers(0, 2**16))
@settings(max_examples=60, deadline=None)
def test_there_is_always_one_unique_label_per_topic(k, n, seed):
    rng = np.random.default_rng(seed)
    words = [
        "the",
        "of",
        "whale",
        "whales",
        "blue whale",
        "ocean",
        "ocean floor",
        "krill",
        "12",
        "reef",
        "coral reef",
        "ship",
    ]
    topics = [dict(zip(words, rng.integers(0, 5, len(words)), strict=True)) for _ in range(k)]
    for topic in topics:
        topic["the"] = 1
    labels = label(make(*topics), n=n)
    assert len(labels) == len(set(labels)) == k
    assert all("the" not in text.split() and text for text in labels)
