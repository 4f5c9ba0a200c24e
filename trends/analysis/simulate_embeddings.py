"""Vectors for simulated documents that look to a clustering like those of a sentence encoder."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trends.analysis.simulate_truth import Truth

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Vectors:
    common: float = 0.448
    topic: float = 0.10
    blend: float = 0.5
    parents: int = 4
    parent_share: float = 0.3
    detail: float = 0.08
    group: float = 3.0
    decay: float = 0.6
    tail: float = 0.2
    dimensions: int = 384


def draw_vectors(truth: Truth, vectors: Vectors, rng: np.random.Generator) -> NDArray[np.float32]:
    d, k = vectors.dimensions, truth.design.topics
    basis = np.linalg.qr(rng.standard_normal((d, d)))[0]
    common = basis[0]
    parents = _unit(rng.standard_normal((vectors.parents, d)))
    own = _unit(rng.standard_normal((k, d)))
    family = rng.permutation(np.arange(k) % vectors.parents)
    centres = np.sqrt(vectors.parent_share) * parents[family] + np.sqrt(1 - vectors.parent_share) * own
    centres -= np.outer(centres @ common, common)
    centres = _unit(centres)
    spectrum = np.arange(1, d) ** -vectors.decay
    spectrum /= spectrum.sum()
    n = len(truth.label)
    noise = (rng.standard_normal((n, d - 1)) * np.sqrt(spectrum)) @ basis[1:]
    scale = np.exp(vectors.tail * rng.standard_normal(n) - vectors.tail**2)
    lonely = truth.label < 0
    topical = (1 - vectors.blend) * centres[truth.label] + vectors.blend * (truth.theta @ centres)
    topical[lonely] = (rng.standard_normal((int(lonely.sum()), d - 1)) / np.sqrt(d - 1)) @ basis[1:]
    # Small groups of documents within a topic share a theme of their own.
    sizes = np.bincount(truth.label + 1, minlength=k + 1)
    groups = np.maximum(1, np.rint(sizes / vectors.group)).astype(int)
    member = (np.cumsum(groups) - groups)[truth.label + 1] + (rng.random(n) * groups[truth.label + 1]).astype(int)
    shared = (rng.standard_normal((groups.sum(), d - 1)) * np.sqrt(spectrum)) @ basis[1:]
    left = 1 - vectors.common - vectors.topic - vectors.detail
    out = np.sqrt(vectors.common) * common + np.sqrt(vectors.topic) * topical
    out = out + np.sqrt(vectors.detail) * shared[member] + np.sqrt(left) * scale[:, None] * noise
    source = np.where(truth.copy_of >= 0, truth.copy_of, np.arange(n))
    return _unit(out)[source].astype(np.float32)


def _unit(rows: Array) -> Array:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
