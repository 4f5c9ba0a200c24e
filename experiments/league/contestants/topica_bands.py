"""topica: `prevalence_ci` of a fitted LDA, the band of each year's share.

    python topica_bands.py BATCH.npz OUT.npz

Its documentation calls the band an empirical credible interval of the mean prevalence within each
group, read off the model's posterior draws of the shares of documents; it does not say that the
band speaks of anything beyond these documents. Two bands are asked for, of one fit with the
defaults of LDA but `init="spectral"`, which finds the topics more often: from the draws that a fit
keeps by default (25), and from the Dirichlet approximation that it documents for fits without them.

The first draws are the expected shares of a document given the topics of its words, so that they
vary as the topics of words do; the second vary as the shares of a document do.
"""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import topica


class WithoutDraws:
    """A fit as `keep_theta_draws=False` leaves it, whose other numbers are the same."""

    theta_draws = None

    def __init__(self, model: topica.LDA) -> None:
        self._model = model

    @property
    def alpha(self) -> object:
        return self._model.alpha

    @property
    def doc_topic(self) -> object:
        return self._model.doc_topic


def bands(
    words: np.ndarray, year: np.ndarray, seed: int, shape: tuple[int, int]
) -> dict[str, np.ndarray]:
    texts = [[f"w{i}" for i in document] for document in words]
    model = topica.LDA(shape[0], seed=seed, init="spectral")
    model.fit(texts)
    answer: dict[str, np.ndarray] = {}
    for name, fitted in (("draws", model), ("dirichlet", WithoutDraws(model))):
        found = topica.effects.prevalence_ci(fitted, year, corpus=texts)
        answer |= {f"{name} low": found["ci_low"], f"{name} high": found["ci_high"]}
    answer["theta"] = np.asarray(model.doc_topic)
    phi = np.zeros(shape)
    phi[:, [int(term[1:]) for term in model.vocabulary]] = model.topic_word
    return answer | {"phi": phi}


if __name__ == "__main__":
    with np.load(sys.argv[1], allow_pickle=False) as batch:
        words, year, seeds, true = (batch[name] for name in ("words", "year", "fit", "phi"))
    made = [bands(w, year, int(s), true.shape[1:]) for w, s in zip(words, seeds, strict=True)]
    with Path(sys.argv[2]).open("wb") as file:
        stacked = {name: np.stack([one[name] for one in made]) for name in made[0]}
        np.savez(file, version=np.array(f"topica {metadata.version('topica')}"), **stacked)
