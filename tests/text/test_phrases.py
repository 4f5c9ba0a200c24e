"""Neighbours that belong together."""

from __future__ import annotations

import numpy as np

from trends.text.counting.count import count_terms


def corpus() -> list[list[list[str]]]:
    rng = np.random.default_rng(0)
    filler = [f"word{i}" for i in range(60)]
    documents = []
    for i in range(80):
        runs = [list(rng.choice(filler, 6)) for _ in range(3)]
        if i % 4 == 0:
            runs[0][2:2] = ["large", "language", "model"]
        documents.append(runs)
    return documents


def phrases_of(documents: list[list[list[str]]]) -> set[str]:
    texts = [". ".join(" ".join(run) for run in runs) for runs in documents]
    counts = count_terms([f"d{i}" for i in range(len(texts))], texts)
    return {term for term in counts.vocabulary if " " in term}


def test_a_phrase_is_joined_by_spaces_and_chance_neighbours_are_not() -> None:
    assert phrases_of(corpus()) == {"large language model"}


def test_phrases_do_not_cross_the_end_of_a_run() -> None:
    documents = [[["alpha"], ["beta"], ["gamma", f"w{i}"]] for i in range(30)]
    assert phrases_of(documents) == set()


def test_nothing_to_join() -> None:
    assert phrases_of([]) == phrases_of([[], [["one"]]]) == set()
