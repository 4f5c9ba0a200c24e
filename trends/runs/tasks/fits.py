"""Fits of topic models, and the topics that they give to other documents."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from trends import store
from trends.core import TermCounts
from trends.core.computing.cost import Cost
from trends.models import BACKENDS
from trends.models.inference.neighbours import Near, find
from trends.models.inference.transfer import transfer as transferred
from trends.runs.engine.cache import Cache
from trends.runs.engine.shared import SharedArrays
from trends.runs.engine.task import task
from trends.runs.tasks import backends
from trends.runs.tasks.dividing import chunks
from trends.runs.tasks.parts import read_split


def cost_of(settings: Mapping[str, Any]) -> Cost:
    """What a fit of the backend takes."""
    cost: Cost = BACKENDS.load(settings["backend"]).cost
    return cost


@task("fit", parallel=True, cost=cost_of, loads=lambda s: backends.named([s["backend"]]))
def fit(
    folder: Path,
    terms: Path,
    vectors: Path | None,
    *,
    backend: str,
    seed: int,
    n_topics: int,
    settings: dict[str, Any],
    part: str,
    documents: str,
    cache: Cache,
) -> dict[str, Any]:
    """One fit.

    ``part`` is the folder within those of the inputs, ``documents`` the fingerprint of the corpus.
    """
    share = array = None
    if vectors is not None:
        share = SharedArrays(cache, vectors / part / store.VECTORS)
        # Mapped, not read: the fit makes its own copy in double precision.
        array = store.read_vectors(vectors / part)
    model = BACKENDS.load(backend)
    topics = model(
        _counts(terms / part),
        n_topics=n_topics,
        seed=seed,
        embeddings=array,
        settings=settings,
        share=share,
    )
    # Seconds differ from run to run; the cache keeps them beside the result, which must not depend
    # on them.
    topics = chunks.of_documents(topics, terms / part, _counts(terms / part))
    about = {k: v for k, v in topics.provenance.items() if k != "seconds"} | {"corpus": documents}
    store.write_topics(folder, replace(topics, provenance=about))
    return {}


@functools.lru_cache(maxsize=1)
def _counts(folder: Path) -> TermCounts:
    """Counts of a folder; fits on the same ones, one after the other, read them once."""
    return store.read_counts(folder)


@task("nearest", cost=Cost(600, vectors=4), loads=backends.none)
def nearest(folder: Path, vectors: Path, learnt: Path, split: Path, *, part: str) -> dict[str, Any]:
    """``near.npz``: the documents for learning nearest to each document, the same for all fits."""
    among = read_split(split).among
    near = find(store.read_vectors(learnt / part), store.read_vectors(vectors), among=among)
    with (folder / "near.npz").open("wb") as f:
        np.savez(f, allow_pickle=False, **asdict(near))
    return {"neighbours": near.own.shape[1]}


@task("transfer", cost=Cost(250, entries=50, shares=40), loads=backends.none)
def transfer(
    folder: Path,
    fit: Path,
    terms: Path,
    vectors: Path | None,
    learnt: Path | None,
    near: Path | None,
    *,
    part: str,
    documents: str,
) -> dict[str, Any]:
    """Topics of the documents on which trends are estimated, from a fit on others."""
    old = new = found = None
    if near is not None:
        with np.load(near / "near.npz", allow_pickle=False) as arrays:
            found = Near(**arrays)
    if vectors is not None and learnt is not None:
        old, new = store.read_vectors(learnt / part), store.read_vectors(vectors)
    topics = transferred(
        store.read_topics(fit), _counts(terms), train_vectors=old, vectors=new, near=found
    )
    about = {**topics.provenance, "corpus": documents}
    store.write_topics(folder, replace(topics, provenance=about))
    return {}
