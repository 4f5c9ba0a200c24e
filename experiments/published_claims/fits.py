"""Own topic models where a paper's is not public: one fit a row of the plan, kept in a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from trends.core import TermCounts
from trends.models import BACKENDS

#: Data set → topics and seeds of its fits; the first row and first seed are the main one.
PLAN: dict[str, tuple[tuple[int, int], ...]] = {
    "lcm": ((50, 3), (30, 3)),
    "poliblog": ((20, 2), (15, 2), (30, 2)),
}

#: Few sweeps, so that all fits of both runs take minutes.
EFFORT = {
    "lcm": {"iterations": 150, "burn_in": 100, "n_chains": 1, "init_sweeps": 50, "thin": 10},
    "poliblog": {"iterations": 75, "burn_in": 50, "n_chains": 1, "init_sweeps": 25, "thin": 5},
}


def matrix(folder: Path, documents: pd.DataFrame, key: str) -> TermCounts:
    """Counts of terms in the order of the documents."""
    name = next(p for p in folder.glob("vocabulary.csv*"))
    terms = pd.read_csv(name, keep_default_na=False).sort_values("term")
    cells = pd.read_csv(folder / "dtm.csv.gz")
    place = dict(zip(documents[key], range(len(documents)), strict=True))
    column = dict(zip(terms["term_id"], range(len(terms)), strict=True))
    cells = cells[cells["doc_id"].isin(place)]
    where = (cells["doc_id"].map(place), cells["term_id"].map(column))
    counts = sparse.csr_matrix((cells["count"], where), shape=(len(documents), len(terms)))
    ids = tuple(documents[key].astype(str))
    return TermCounts(counts, tuple(terms["term"].astype(str)), ids, settings={})


def fits(name: str, counts: TermCounts, run: int, kept: Path) -> list[tuple[str, dict]]:
    """Every fit of the plan: what it is, and its theta and phi."""
    out = []
    for topics, seeds in PLAN[name]:
        for s in range(seeds):
            seed = 1000 * run + s
            path = kept / f"{name}-{topics}-{seed}.npz"
            if not path.exists():
                found = BACKENDS.load("gibbs-lda")(
                    counts, n_topics=topics, seed=seed, settings=EFFORT[name]
                )
                kept.mkdir(parents=True, exist_ok=True)
                np.savez_compressed(path, theta=found.theta, phi=found.phi)
            with np.load(path) as arrays:
                parts = {part: arrays[part].astype(float) for part in ("theta", "phi")}
            out.append((f"{topics} topics, seed {s + 1}", parts))
    return out


def by_words(phi: np.ndarray, vocabulary: tuple[str, ...], words: list[str]) -> int:
    """The topic with the largest mean p(topic | word); -1 where that is below .15."""
    columns = [vocabulary.index(w) for w in words if w in vocabulary]
    if not columns:
        return -1
    given = phi[:, columns]
    mean = (given / given.sum(axis=0)).mean(axis=1)
    return int(mean.argmax()) if mean.max() >= 0.15 else -1


def with_words(phi: np.ndarray, vocabulary: tuple[str, ...], words: list[str]) -> list[int]:
    """Topics that have one of the words among their ten first."""
    columns = {vocabulary.index(w) for w in words if w in vocabulary}
    return [k for k, row in enumerate(phi) if columns & set(np.argsort(-row)[:10].tolist())]
