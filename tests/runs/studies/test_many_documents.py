"""What a run does otherwise when there are many documents.

It draws a part of them, works in blocks, and says so.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from trends import plots
from trends.analysis.diagnostics import document_length
from trends.analysis.quality import examples
from trends.analysis.simulation.simulate import Design, Words, simulate
from trends.core import Topics
from trends.runs.tasks.analysis_parts import figure_tables


def fit_of(label: np.ndarray, k: int) -> Topics:
    theta = np.zeros((len(label), k))
    theta[np.flatnonzero(label >= 0), label[label >= 0]] = 0.8
    theta += (
        0.2 * np.random.default_rng(0).dirichlet(np.ones(k), len(label)) * (label >= 0)[:, None]
    )
    ids = tuple(f"d{i:05d}" for i in range(len(label)))
    return Topics(
        theta, 1 - theta.sum(1), np.full((k, 2), 0.5), ("u", "v"), ids, {"family": "embedding"}
    )


def test_a_map_of_too_many_documents_is_one_of_some_drawn_at_random(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(1)
    label = rng.integers(-1, 3, 500)
    fit, vectors = fit_of(label, 3), rng.standard_normal((500, 5)).astype(np.float32)
    laid: list[Any] = []

    def flat(given: Any, *, seed: int) -> np.ndarray:
        laid.append(given)
        return np.asarray(given)[:, :2].astype(float)

    monkeypatch.setattr(figure_tables, "layout", flat)
    monkeypatch.setattr(figure_tables, "MOST_DOCUMENTS", 120)
    found = figure_tables.document_map({"kmeans": fit}, vectors, 7)
    again = figure_tables.document_map({"kmeans": fit}, vectors, 7)
    other = figure_tables.document_map({"kmeans": fit}, vectors, 8)
    pd.testing.assert_frame_equal(found, again)
    assert set(found["id"]) != set(other["id"])
    assert len(found) == found["id"].nunique() == 120
    assert found["id"].is_monotonic_increasing
    place = {doc: i for i, doc in enumerate(fit.doc_ids)}
    rows = np.array([place[i] for i in found["id"]])
    np.testing.assert_array_equal(found["topic"], fit.hard[rows])
    np.testing.assert_array_equal(laid[0], vectors[rows])
    monkeypatch.setattr(figure_tables, "MOST_DOCUMENTS", 500)
    assert len(figure_tables.document_map({"kmeans": fit}, vectors, 7)) == 500
    assert laid[-1] is vectors


def test_the_caption_of_a_map_says_that_documents_were_drawn() -> None:
    rng = np.random.default_rng(2)
    at = rng.standard_normal((60, 2))
    frame = pd.DataFrame(
        {
            "id": [f"d{i}" for i in range(60)],
            "x": at[:, 0],
            "y": at[:, 1],
            "topic": np.arange(60) % 3,
        }
    )
    topics = pd.DataFrame({"topic": [0, 1, 2], "label": ["whales", "violins", "sunlight"]})
    whole, part = plots.documents(frame, topics, of=60), plots.documents(frame, topics, of=41_234)
    assert whole.caption.startswith("Map of 60 documents: a dot each")
    assert whole.caption == plots.documents(frame, topics).caption
    assert part.caption.startswith("Map of 60 of 41,234 documents, drawn at random: a dot each")
    assert part.alt.startswith("Scatter of 60 of 41,234 documents, drawn at random, in 3 topics")


def test_examples_of_many_documents_are_those_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    label = rng.integers(-1, 4, 700)
    fit = fit_of(label, 4)
    vectors = (
        rng.standard_normal((4, 16))[np.maximum(label, 0)] + rng.standard_normal((700, 16))
    ).astype(np.float32)
    few = examples.closest(fit, vectors, 20)
    monkeypatch.setattr(examples, "FEW", 64)
    assert examples.closest(fit, vectors, 20) == few


def test_tokens_are_drawn_alike_in_blocks_and_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = simulate(Design(movers=(), documents=20), Words(terms=200, length=40), rng=4).counts
    length = int(np.median(counts.tokens))
    whole, kept = document_length.match_lengths(counts, length, rng=5)
    monkeypatch.setattr(document_length, "BLOCK", 7)
    parts, again = document_length.match_lengths(counts, length, rng=5)
    assert whole.fingerprint == parts.fingerprint
    np.testing.assert_array_equal(kept, again)
    assert (whole.tokens[kept] == length).all()
