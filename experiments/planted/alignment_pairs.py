"""Two fits whose topics are known to be the same or not, made by spoiling one truth twice."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trends.analysis.simulation.words import Words, topic_words
from trends.core import Topics

Array = NDArray[np.float64]

#: What becomes of the documents of a topic that a fit did not find.
FATES = ("unassigned", "to the rest", "scattered")


@dataclass(frozen=True)
class Cell:
    """What the two fits are like.

    ``topics`` in truth, of which each side lacks ``lost`` (other ones on each side); ``noise`` is
    the share of documents that each fit gets wrong; ``families`` soft, hard or mixed (theta against
    hard labels); ``shared`` the share of each fit's documents that the other knows too; ``unequal``
    topics more that only the right fit lacks; ``split`` topics that the right fit splits in two;
    ``merged`` pairs of topics that it merges.
    """

    topics: int
    documents: int
    noise: float = 0.2
    lost: int = 1
    families: str = "soft"
    fate: str = "scattered"
    shared: float = 1.0
    unequal: int = 0
    split: int = 0
    merged: int = 0
    similarity: str = "documents"
    tokens: float = 80.0

    def but(self, **changes: object) -> Cell:
        return replace(self, **changes)


@dataclass(frozen=True)
class Pair:
    """Two fits, the true topics behind each of their topics, and the documents' vectors."""

    left: Topics
    right: Topics
    true_left: list[tuple[int, ...]]
    true_right: list[tuple[int, ...]]
    main: dict[int, int]
    vectors: tuple[Array, Array] | None


def make_pair(cell: Cell, rng: np.random.Generator) -> Pair:
    k, n = cell.topics, cell.documents
    extra = round(n * (1 - cell.shared))
    theta = rng.dirichlet(0.1 * k * rng.dirichlet(np.full(k, 3.0)), n + extra) + 1e-12
    lost = rng.choice(k, 2 * cell.lost + cell.unequal, replace=False)
    gone_left, gone_right = lost[: cell.lost], lost[cell.lost :]
    rows_left, rows_right = np.arange(n), np.arange(extra, n + extra)
    words = phi = None
    if cell.similarity == "words":
        phi, _ = topic_words(k, Words(terms=1000, overlap=0.3), rng)
        length = np.maximum(rng.negative_binomial(1.5, 1.5 / (1.5 + cell.tokens), n + extra), 3)
        words = rng.poisson(length[:, None] * ((theta / theta.sum(1, keepdims=True)) @ phi)).astype(
            np.float64
        )
    vectors = None
    if cell.similarity == "embeddings":
        centres = rng.normal(size=(k, 48))
        vectors = theta @ centres + 0.8 * rng.normal(size=(n + extra, 48)) + 3
    left, names_left = _spoil(theta[rows_left], gone_left, cell, rng)
    right, names_right = _spoil(theta[rows_right], gone_right, cell, rng)
    kept = [t for (t,) in names_left if (t,) in names_right]
    right, names_right = _split_and_merge(right, names_right, kept, cell, rng)
    order = rng.permutation(len(names_right))
    right, names_right = (right[0][:, order], right[1]), [names_right[j] for j in order]
    if cell.families != "soft":
        right = _harden(*right)
    if cell.families == "hard":
        left = _harden(*left)
    fits = [
        _topics(*part, rows, None if words is None else words[rows])
        for part, rows in ((left, rows_left), (right, rows_right))
    ]
    return Pair(
        fits[0],
        fits[1],
        names_left,
        names_right,
        _partners(names_left, names_right, fits[1]),
        None if vectors is None else (vectors[rows_left], vectors[rows_right]),
    )


def _spoil(
    theta: Array, gone: NDArray[np.int64], cell: Cell, rng: np.random.Generator
) -> tuple[tuple[Array, Array], list]:
    """Shares of some documents exchanged for those of others, and topics that the fit lacks taken
    out.
    """
    out, hit = theta.copy(), rng.random(len(theta)) < cell.noise
    out[hit] = theta[rng.permutation(len(theta))][hit]
    mass, rest = out[:, gone].sum(1), np.delete(out, gone, axis=1)
    unassigned = np.zeros(len(theta))
    if cell.fate == "unassigned":
        unassigned = mass
    elif cell.fate == "to the rest":
        rest = rest + 1e-9
    else:
        rest = rest + mass[:, None] * rng.dirichlet(np.full(rest.shape[1], 0.1), len(theta))
    return (rest, unassigned), [(int(t),) for t in np.delete(np.arange(cell.topics), gone)]


def _split_and_merge(
    fit: tuple[Array, Array], names: list, kept: list[int], cell: Cell, rng: np.random.Generator
) -> tuple[tuple[Array, Array], list]:
    theta, unassigned = fit
    chosen = rng.choice(kept, cell.split + 2 * cell.merged, replace=False).tolist()
    for t in chosen[: cell.split]:
        j = names.index((t,))
        first = rng.random(len(theta)) < 0.65
        part = np.where(first, 0.0, theta[:, j])
        theta = np.column_stack([theta, part])
        theta[:, j] -= part
        names = [*names, (t,)]
    for a, b in zip(chosen[cell.split :: 2], chosen[cell.split + 1 :: 2], strict=True):
        i, j = names.index((a,)), names.index((b,))
        theta[:, i] += theta[:, j]
        names = [(a, b) if x == i else name for x, name in enumerate(names) if x != j]
        theta = np.delete(theta, j, axis=1)
    return (theta, unassigned), names


def _partners(left: list, right: list, fit: Topics) -> dict[int, int]:
    """The right partner of each topic on the left: of the parts of a split topic the larger.

    Of merged ones either is right, see ``judge``.
    """
    out = {}
    for i, (t,) in enumerate(left):
        holders = [j for j, names in enumerate(right) if t in names]
        if holders:
            out[i] = max(holders, key=lambda j: fit.share[j])
    return out


def _harden(theta: Array, unassigned: Array) -> tuple[Array, Array]:
    whole = np.column_stack([theta, unassigned])
    out = np.zeros_like(whole)
    out[np.arange(len(whole)), whole.argmax(1)] = 1
    return out[:, :-1], out[:, -1]


def _topics(
    theta: Array, unassigned: Array, rows: NDArray[np.int64], words: Array | None
) -> Topics:
    total = theta.sum(1) + unassigned
    theta, unassigned = theta / total[:, None], unassigned / total
    if words is None:
        phi = np.full((theta.shape[1], 2), 0.5)
    else:
        phi = theta.T @ words + 0.01
        phi /= phi.sum(1, keepdims=True)
    vocabulary = tuple(f"w{j:04}" for j in range(phi.shape[1]))
    return Topics(theta, unassigned, phi, vocabulary, tuple(f"d{i}" for i in rows))
