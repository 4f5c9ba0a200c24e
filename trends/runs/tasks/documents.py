"""The documents of a run, as its tasks take them from the corpus that was read and kept."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends import files, store
from trends.core import Corpus, TermCounts
from trends.core.corpus import WHOLE
from trends.sources.stored import corpus_file

#: Folder of the counts and file of the vectors that came with a corpus, within its folder.
COUNTS, EMBEDDINGS = "counts", "embeddings.npy"
#: Beside counts: how they were made.
SETTINGS = "settings.json"


@functools.lru_cache(maxsize=1)
def load(folder: Path) -> Corpus:
    """The corpus that was kept in a folder; a process that asks again gets the same one."""
    found = corpus_file.read([folder / "corpus.parquet"])
    if (folder / COUNTS).is_dir():
        found = replace(found, counts=read_counts(folder / COUNTS))
    if (folder / EMBEDDINGS).is_file():
        vectors = np.load(folder / EMBEDDINGS, allow_pickle=False)
        found = replace(found, embeddings=vectors)
    return found


def write_counts(folder: Path, counts: TermCounts) -> None:
    """Keep counts with what is known of how they were made."""
    store.write_counts(folder, counts)
    files.write_json(folder / SETTINGS, counts.settings)


def read_counts(folder: Path) -> TermCounts:
    """Counts that were kept so."""
    return replace(store.read_counts(folder), settings=files.read_json(folder / SETTINGS))


def summary(corpus: Corpus) -> dict[str, Any]:
    """Counts of the documents that a run is about, which may be more than the corpus holds."""
    known = corpus.notes.get(WHOLE)
    if known is None:
        return corpus.summary()
    return {name: known[name] for name in ("documents", "dated", "by_precision", "by_evidence")}


def years_of(corpus: Corpus) -> NDArray[np.float64]:
    """When each document is from, in years; NaN where that is not known."""
    days = corpus.documents["date"].to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), np.nan, days.astype(np.int64) / 365.2425 + 1970)
