"""Corpora in which it is known which documents hold a concept, and how its share changes.

Documents are counts of words. The concept stands in a share of the documents that runs along a line
of log-odds with shocks (first-order autoregressive); a document that holds it has each of its true
words with probability TOLD, any other document with probability STRAY. The list that is given has
ten words, three of which are wrong: words of the background, which have shocks of their own and no
trend.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

import trends as tr
from trends.analysis.simulation.shocks import lasting

YEARS, DOCUMENTS, BACKGROUND = 24, 100, 300
TRUE, WRONG, TOLD, STRAY = 7, 3, 0.25, 0.002
SHOCK, AUTOCORRELATION = 0.2, 0.5


@dataclass(frozen=True)
class Planted:
    """A corpus, the concept that is asked about, and the documents that hold it.

    Parameters
    ----------
    corpus : Corpus
        Term counts, without texts.
    concept : Concept
    held : ndarray of bool, shape (documents,)
        In the order of the corpus.
    """

    corpus: tr.Corpus
    concept: tr.Concept
    held: np.ndarray


def shocks(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Autoregressive shocks of the log-odds along the last axis."""
    return SHOCK * lasting(rng.standard_normal(shape), AUTOCORRELATION)


def odds(share: float, drift: float, rng: np.random.Generator) -> np.ndarray:
    """Shares by year: log-odds along a line, with shocks."""
    x = np.linspace(-0.5, 0.5, YEARS)
    return 1 / (1 + np.exp(-(np.log(share / (1 - share)) + drift * x + shocks((YEARS,), rng))))


def planted(size: float, drift: float, rng: np.random.Generator) -> Planted:
    """A corpus whose concept has a mean share and a drift (log-odds over the whole span)."""
    year = np.repeat(np.arange(YEARS), DOCUMENTS)
    held = rng.random(len(year)) < odds(size, drift, rng)[year]
    true = rng.random((len(year), TRUE)) < np.where(held, TOLD, STRAY)[:, None]
    return _made(year, held, true, wrong_rate=TOLD * size, rng=rng)


def driven(size: float, drift: float, rng: np.random.Generator) -> Planted:
    """A list of five words, of which one alone drifts; each stands in as many documents."""
    year = np.repeat(np.arange(YEARS), DOCUMENTS)
    has = np.stack(
        [rng.random(len(year)) < odds(size, drift if j == 0 else 0.0, rng)[year] for j in range(5)],
        axis=1,
    )
    return _made(year, has.any(1), has, wrong_rate=0.0, rng=rng)


def _made(
    year: np.ndarray,
    held: np.ndarray,
    has: np.ndarray,
    *,
    wrong_rate: float,
    rng: np.random.Generator,
) -> Planted:
    """Counts of the background, of the words that were drawn, and of wrong ones."""
    rate = np.clip(rng.lognormal(-3.2, 1.2, BACKGROUND), 0.003, 0.6)
    if wrong_rate:
        rate[:WRONG] = max(wrong_rate, 0.003)
    logit = np.log(rate / (1 - rate))[:, None] + shocks((BACKGROUND, YEARS), rng)
    background = rng.random((len(year), BACKGROUND)) < (1 / (1 + np.exp(-logit))).T[year]
    names = [*(f"true{i}" for i in range(has.shape[1])), *(f"w{i:03d}" for i in range(BACKGROUND))]
    matrix = np.hstack([has, background]).astype(np.int32)
    # Words that occur come again now and then.
    matrix *= 1 + rng.poisson(0.4, matrix.shape).astype(np.int32)
    order = np.argsort(names)
    ids = tuple(f"d{i:05d}" for i in range(len(year)))
    counts = tr.TermCounts(
        sparse.csr_matrix(matrix[:, order]), tuple(np.array(names)[order].tolist()), ids
    )
    documents = pd.DataFrame(
        {
            "id": ids,
            "title": "",
            "date": pd.to_datetime([f"{1990 + y}-07-01" for y in year]),
            "date_precision": "year",
            "date_evidence": "stated",
            "source": "planted",
        }
    )
    wrong = [f"w{i:03d}" for i in range(WRONG)] if wrong_rate else []
    words = (*(f"true{i}" for i in range(has.shape[1])), *wrong)
    return Planted(tr.Corpus(documents, counts=counts), tr.Concept("planted", words), held)
