"""Corpora with a known truth, as contestants get them: shares of topics in dated documents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trends.analysis.simulation.shocks import lasting

Array = NDArray[np.float64]

TOPICS = 10
#: Shares of a document are Dirichlet with the shares of its year times this: two or three topics.
CONCENTRATION = 3.0
#: The two topics that move where any does.
MOVERS = (0, 1)


@dataclass(frozen=True)
class Cell:
    """What the corpora of a cell are like.

    Parameters
    ----------
    years : int
    documents : int
        A year; with ``growth`` their number grows tenfold and this is the middle.
    shock : float
        Standard deviation of the shocks of a year, in log-odds.
    correlation : float
        Serial correlation of the shocks.
    growth : bool
    move : float
        Log-odds that topic 0 gains and topic 1 loses over the span.
    """

    years: int
    documents: int = 200
    shock: float = 0.0
    correlation: float = 0.0
    growth: bool = False
    move: float = 0.0

    @property
    def name(self) -> str:
        """Name of the cell, which also names its files."""
        more = f"{' growth' if self.growth else ''}{f' move {self.move:g}' if self.move else ''}"
        shocks = f" shock {self.shock:g} r {self.correlation:g}" if self.shock else " no shock"
        return f"{self.years} years of {self.documents}{shocks}{more}"

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Documents of each year."""
        powers = np.linspace(-0.5, 0.5, self.years) if self.growth else np.zeros(self.years)
        return np.rint(self.documents * 10.0**powers).astype(np.int64)


def cells() -> list[Cell]:
    """All cells, in the order of their seeds: new ones are added at the end."""
    out = []
    for years in (8, 15, 30):
        out.append(Cell(years))
        out += [Cell(years, shock=0.2, correlation=r) for r in (0.0, 0.5, 0.8)]
    out.append(Cell(15, 1000, shock=0.1, correlation=0.5))
    out.append(Cell(15, shock=0.2, correlation=0.0, growth=True))
    out.append(Cell(15, move=1.0))
    out += [Cell(15, shock=0.2, correlation=r, move=1.0) for r in (0.0, 0.5, 0.8)]
    return out


def draw(cell: Cell, corpora: int, rng: np.random.Generator) -> dict[str, Array]:
    """Draw corpora of a cell.

    Returns
    -------
    dict
        ``theta`` (corpora, documents, topics), ``year`` (documents,), and the truth ``share``
        (corpora, years, topics): the shares without the shocks of single years.
    """
    year = np.repeat(np.arange(cell.years), cell.sizes)
    x = np.linspace(-0.5, 0.5, cell.years)
    theta = np.empty((corpora, len(year), TOPICS), dtype=np.float32)
    share = np.empty((corpora, cell.years, TOPICS))
    for c in range(corpora):
        score = np.tile(rng.normal(0, 0.7, TOPICS), (cell.years, 1))
        score[:, MOVERS] += cell.move * np.outer(x, (1.0, -1.0))
        share[c] = softmax(score)
        seen = softmax(score + _shocks(cell, rng))
        gamma = rng.standard_gamma(CONCENTRATION * seen[year]) + 1e-9
        theta[c] = gamma / gamma.sum(1, keepdims=True)
    return {"theta": theta, "year": year, "share": share}


def softmax(score: Array) -> Array:
    """Shares of log-odds, along the last axis."""
    grown = np.exp(score)
    return np.asarray(grown / grown.sum(-1, keepdims=True))


def _shocks(cell: Cell, rng: np.random.Generator) -> Array:
    fresh = rng.standard_normal((cell.years, TOPICS))
    return cell.shock * lasting(fresh.T, cell.correlation).T


def write(cell: Cell, batch: int, corpora: int, path: Path) -> None:
    """Draw a batch of a cell, with a seed of its own, for the contestants to read."""
    number = [c.name for c in cells()].index(cell.name)
    drawn = draw(cell, corpora, np.random.default_rng([20261130, number, batch]))
    with path.open("wb") as file:
        np.savez(file, **drawn)
