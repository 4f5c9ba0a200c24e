"""Neighbours that belong together."""

from __future__ import annotations

import numpy as np

from trends.text.tokens.phrases import join_phrases


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


def test_a_phrase_is_joined_by_spaces_and_chance_neighbours_are_not() -> None:
    joined = join_phrases(corpus())
    found = {w for runs in joined for run in runs for w in run if " " in w}
    assert found == {"large language model"}


def test_phrases_do_not_cross_the_end_of_a_run() -> None:
    documents = [[["alpha"], ["beta"], ["gamma", f"w{i}"]] for i in range(30)]
    assert join_phrases(documents) == documents


def test_nothing_to_join() -> None:
    assert join_phrases([]) == []
    assert join_phrases([[], [["one"]]]) == [[], [["one"]]]
