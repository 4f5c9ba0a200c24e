"""Corpora of words with a known truth: what topics of documents, and of words, really are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from corpora import softmax
from numpy.typing import NDArray

Array = NDArray[np.float64]

YEARS, TOPICS, LENGTH = 6, 8, 60
#: Words of each topic alone, words that all topics use, and how much of a topic is its own.
OWN, SHARED, MASS = 15, 60, 0.85
#: Shares of a document are Dirichlet with the shares of its year times this.
CONCENTRATION = 3.0

#: What an interval of a year may be meant to hold → how the tables say it.
TRUTHS = {
    "of words": "topics of these documents' words",
    "of documents": "mean share of these documents",
    "of the year": "share of the year's population",
    "without shock": "share apart from the year's shock",
}


@dataclass(frozen=True)
class TextCell:
    """What the corpora of a cell are like.

    Parameters
    ----------
    documents : int
        A year.
    shock : float
        Standard deviation of the shocks of a year, in log-odds; each is of its year alone.
    """

    documents: int
    shock: float = 0.0

    @property
    def name(self) -> str:
        """Name of the cell."""
        shocks = f"shock {self.shock:g}" if self.shock else "no shock"
        return f"{self.documents} documents a year, {shocks}"


def cells() -> list[TextCell]:
    """All cells, in the order of their seeds: new ones are added at the end."""
    return [TextCell(n, shock) for n in (20, 50, 100) for shock in (0.0, 0.2)]


def seed_of(cell: TextCell, batch: int) -> list[int]:
    """Seed of a batch: what was drawn, and the seeds of the fits."""
    return [20261201, cells().index(cell), batch]


def draw(cell: TextCell, corpora: int, seed: list[int]) -> dict[str, NDArray[np.generic]]:
    """Draw corpora of a cell.

    Returns
    -------
    dict
        ``words`` (corpora, documents, words of a document) by number, ``year`` (documents,),
        ``fit`` (corpora,): a seed for the model; ``phi`` (corpora, topics, words), and the truth
        (corpora, years, topics): ``of words``, the part of the year's words that the topic wrote;
        ``of documents``, the mean share of its documents; ``of the year``, the share in the
        population of the year, from which its documents are drawn; ``without shock``, that share
        had the year had no shock.
    """
    rng = np.random.default_rng(seed)
    year = np.repeat(np.arange(YEARS), cell.documents)
    made: dict[str, list[Array]] = {name: [] for name in ("words", "phi", *TRUTHS)}
    for _ in range(corpora):
        phi = np.zeros((TOPICS, TOPICS * OWN + SHARED))
        for k in range(TOPICS):
            phi[k, k * OWN : (k + 1) * OWN] = MASS * rng.dirichlet(np.full(OWN, 5.0))
            phi[k, TOPICS * OWN :] = (1 - MASS) * rng.dirichlet(np.full(SHARED, 0.5))
        score = np.tile(rng.normal(0, 0.5, TOPICS), (YEARS, 1))
        seen = softmax(score + cell.shock * rng.standard_normal(score.shape))
        theta = np.stack([rng.dirichlet(CONCENTRATION * seen[y]) for y in year])
        from_topic = np.stack([rng.multinomial(LENGTH, share) for share in theta])
        words = [
            np.concatenate([rng.choice(phi.shape[1], n, p=phi[k]) for k, n in enumerate(row)])
            for row in from_topic
        ]
        truth = (_yearly(from_topic / LENGTH), _yearly(theta), seen, softmax(score))
        for name, value in zip(made, (np.stack(words), phi, *truth), strict=True):
            made[name].append(value)
    fits = rng.integers(1, 2**31, corpora)
    return {"year": year, "fit": fits, **{name: np.stack(each) for name, each in made.items()}}


def _yearly(rows: Array) -> Array:
    return rows.reshape(YEARS, -1, TOPICS).mean(axis=1)


def write(cell: TextCell, batch: int, corpora: int, path: Path) -> None:
    """Draw a batch of a cell for the contestants to read."""
    with path.open("wb") as file:
        np.savez(file, **draw(cell, corpora, seed_of(cell, batch)))
