"""Texts in, vectors out, whatever the engine: each different text once, longest first, batch by batch, the known ones from the store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.embed import cache_directory as place
from trends.embed.engines import processor
from trends.embed.engines.choice import Engine, Model, open_engine
from trends.embed.vector_store import VectorStore, text_key

#: Texts asked for at once.
CHUNK = 5_000


def encode(
    engine: Engine,
    texts: Sequence[str],
    *,
    store: str = place.OFF,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """Encode texts into vectors of unit length.

    Texts that the store does not know are taken by length, longest first, in batches of fixed size;
    what a batch gave is in the store before the next one is begun. A run that was killed therefore
    goes on with the batches that an undisturbed one would have made.

    Parameters
    ----------
    engine : Engine
        Makes the vectors.
    texts : sequence of str
        May be empty texts; half of a surrogate pair counts as a question mark.
    store : str
        See :func:`trends.embed.cache_directory.folder`.
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
    where = {text: i for i, text in enumerate(different)}
    # Where companions count, a text is known by its whole batch.
    keys = (
        [text_key(text) for text in different]
        if engine.alone
        else _keys_by_batch(different, engine.batch)
    )
    rows: NDArray[np.float32] | None = None
    with VectorStore(
        place.folder(store), {**engine.space, "processor": processor.fingerprint()}
    ) as kept:
        missing: list[int] = []
        for start in range(0, len(keys), CHUNK):
            known = kept.find(keys[start : start + CHUNK])
            for i, key in enumerate(keys[start : start + CHUNK], start):
                if key not in known:
                    missing.append(i)
                    continue
                if rows is None:
                    rows = np.empty((len(different), len(known[key])), dtype=np.float32)
                rows[i] = known[key]
        if not engine.alone:
            batches = {i // engine.batch for i in missing}
            missing = [i for i in range(len(different)) if i // engine.batch in batches]
        n_known = len(different) - len(missing)
        _tell(progress, n_known, len(different), len(texts))
        for start in range(0, len(missing), engine.batch):
            batch = missing[start : start + engine.batch]
            made = engine.encode([different[i] for i in batch])
            if rows is None:
                rows = np.empty((len(different), made.shape[1]), dtype=np.float32)
            rows[batch] = kept.add([keys[i] for i in batch], made)
            _tell(progress, n_known + start + len(batch), len(different), len(texts))
        facts = {
            "different": len(different),
            "from_store": n_known,
            "made": len(missing),
            "damaged": kept.damaged,
            "notes": list(kept.notes),
        }
    if rows is None:
        return np.empty((0, engine.dimensions), dtype=np.float32), facts
    return rows[[where[text] for text in clean]], facts


def embed_with(
    model: Model,
    embedder: str,
    texts: Sequence[str],
    *,
    engine: str,
    device: str,
    progress: Callable[[int, int], None] | None,
) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """Encode texts with a model by one of the engines; vectors and the provenance that every embedder gives.

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


def _keys_by_batch(texts: Sequence[str], batch: int) -> list[bytes]:
    """Keys of texts that are encoded in batches of this size, each text together with the others of its batch."""
    alone = [text_key(text) for text in texts]
    together = [
        hashlib.sha256(b"".join(alone[start : start + batch])).digest()
        for start in range(0, len(texts), batch)
    ]
    return [hashlib.sha256(key + together[i // batch]).digest() for i, key in enumerate(alone)]


def _tell(
    progress: Callable[[int, int], None] | None, done: int, different: int, texts: int
) -> None:
    if progress is not None:
        progress(done * texts // max(different, 1), texts)
