"""This package: the interval of each year's share, Wilson's on an effective number of documents.

    python ours_bands.py BATCH.npz OUT.npz ANSWER_OF_TOPICA.npz

Its documentation says that the interval describes the share of that period, for documents that are
independent draws, and is never the uncertainty of a trend. It reads the shares of topica's fit, so
that the model is the same; `theta="mean"`, since that is what the bands of topica are about.
"""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
from ours import documents

import trends as tr


def bands(theta: np.ndarray, year: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    names = [f"topic {k}" for k in range(theta.shape[1])]
    table = pd.DataFrame(theta, columns=names, index=[f"d{i}" for i in range(len(theta))])
    corpus, topics = tr.from_theta(table, documents(year.tobytes()), normalize=True)
    shares = tr.prevalence(topics, corpus, period="year", theta="mean")
    return shares.lower, shares.upper


if __name__ == "__main__":
    with np.load(sys.argv[1], allow_pickle=False) as batch:
        year = batch["year"]
    with np.load(sys.argv[3], allow_pickle=False) as fitted:
        made = [bands(theta, year) for theta in fitted["theta"]]
    low, high = (np.stack(each) for each in zip(*made, strict=True))
    with Path(sys.argv[2]).open("wb") as file:
        version = np.array(f"topic-trends {metadata.version('topic-trends')}")
        np.savez(file, version=version, **{"wilson low": low, "wilson high": high})
