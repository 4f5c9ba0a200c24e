"""Texts to vectors with any engine: each distinct text once, those in the store not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.embed.cache_directory import OFF, cache_folder
from trends.embed.engines import processor
from trends.embed.engines.choice import Engine, Model, open_engine
from trends.embed.vector_store import VectorStore


def encode(
    engine: Engine,
    texts: Sequence[str],
    *,
    store: str = OFF,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """Encode texts into vectors of unit length.

    Texts that the store does not know are taken by length, longest first, in batches of fixed size;
    a batch is in the store before the next one is started, so a killed run continues there.

    Parameters
    ----------
    engine : Engine
        Makes the vectors. The store is used only if a vector depends on its text alone.
    texts : sequence of str
        May be empty texts; half of a surrogate pair counts as a question mark.
    store : str
        See :func:`trends.embed.cache_directory.cache_folder`.
    progress : callable, optional
        Called with (texts that have their vector, texts) at the start and after every batch.

    Returns
    -------
    ndarray of float32, shape (len(texts), dimensions)
        In the order of the texts; equal texts have equal vectors.
    dict
        ``different`` texts, vectors ``from_store``, vectors ``made``, rows of the store that were
        ``damaged``, and ``notes``.
    """
    clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    different = sorted(set(clean), key=lambda t: (-len(t), t))
    folder = cache_folder(store) if engine.batch_invariant else None
    kept = VectorStore(folder, {**engine.space, "processor": processor.fingerprint()})
    vectors = kept.find(different)
    missing = [text for text in different if text not in vectors]
    n_known = len(vectors)
    damaged = (
        f"{kept.damaged:,} of the vectors in the store at {folder} were damaged; they were made "
        "again and replaced."
    )

    def report() -> None:
        if progress is not None:
            progress(len(vectors) * len(texts) // max(len(different), 1), len(texts))

    report()
    for start in range(0, len(missing), engine.batch):
        batch = missing[start : start + engine.batch]
        made = engine.encode(batch)
        kept.add(batch, made)
        vectors.update(zip(batch, made, strict=True))
        report()
    facts = {
        "different": len(different),
        "from_store": n_known,
        "made": len(missing),
        "damaged": kept.damaged,
        "notes": [damaged] * bool(kept.damaged) + kept.notes,
    }
    if not clean:
        return np.empty((0, engine.dimensions), dtype=np.float32), facts
    return np.stack([vectors[text] for text in clean]), facts


def embed_with(
    model: Model,
    embedder: str,
    texts: Sequence[str],
    *,
    engine: str,
    device: str,
    progress: Callable[[int, int], None] | None,
) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """Encode texts with a model by one of the engines.

    Returns
    -------
    ndarray of float32, shape (len(texts), dimensions)
        Rows of unit length.
    dict
        The provenance that every embedder gives.

    Raises
    ------
    UsageError, MissingError
        If the engine cannot compute with this model, processor or device, or lacks a package.
    """
    ready = open_engine(engine, model, device, n_texts=len(texts))
    vectors, counts = encode(ready, texts, store=model.store, progress=progress)
    about = {
        "embedder": embedder,
        "model": model.name,
        "sha256": model.sha256,
        "dimensions": vectors.shape[1],
    }
    return vectors, {**about, **ready.facts, "store": counts}
