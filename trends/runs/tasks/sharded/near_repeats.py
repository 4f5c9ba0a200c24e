"""Documents whose text nearly repeats an earlier one, in whichever shards both lie.

Hashed bands of MinHash signatures find candidates: each shard gives its bands, their sum tells
which ones several texts have, and what shares one is compared by its shingles, so nothing is
flagged by chance.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from trends.runs.engine.mapping.mapper import Mapper
from trends.runs.engine.mapping.tables import Tables
from trends.runs.tasks.sharded.numbered import PLACE, Numbered, among, load, marked, save
from trends.sources.linkage.minhash import MAX_BUCKET, band_keys, shingle_numbers, signatures

#: Least overlap (Jaccard) of runs of three words of texts that are nearly the same.
SIMILAR = 0.8
#: Entries of bands that are compared at a time.
AT_A_TIME = 200_000


def near_repeats(
    mapper: Mapper, shards: Sequence[Numbered], folder: Path, left_out: Path
) -> pa.Table:
    """Documents whose text nearly repeats an earlier one: ``shard`` and ``row``."""
    bands = folder / "bands"
    bands.mkdir()
    counted = mapper.map(Bands(str(bands), str(left_out)), shards)
    shared = mapper.sum(counted, ["band"], above=1)["band"]
    later: set[int] = set()
    if len(shared):
        path = folder / "shared.npy"
        save(path, shared.to_numpy())
        places = mapper.map(SharedBands(str(bands), str(path)), shards)
        texts = mapper.map(Shingles(str(bands), str(path)), shards)
        passes = 1 + sum(pq.read_metadata(p).num_rows for p in places.paths) // AT_A_TIME
        for number in range(passes):
            _compare(places, texts, number, passes, later)
        path.unlink()
    for path in bands.iterdir():
        path.unlink()
    bands.rmdir()
    return places_of(np.array(sorted(later), dtype=np.int64))


#: Rows of a shard, as bits of a number that names a document of the corpus.
_ROWS = 32


def places_of(numbers: NDArray[np.int64]) -> pa.Table:
    """Shard and row of documents that were named by one number."""
    columns = [(numbers >> _ROWS).astype(np.int32), numbers & ((1 << _ROWS) - 1)]
    return pa.Table.from_arrays([pa.array(c) for c in columns], schema=PLACE)


@dataclass(frozen=True)
class Bands:
    """Bands of the signatures of all texts of a shard, which are kept beside.

    Parameters
    ----------
    folder : str
        Where they are kept.
    left_out : str
        Documents that do not count.
    """

    folder: str
    left_out: str

    def __call__(self, shard: Numbered) -> pa.Table:
        """Each band with its texts."""
        mine = [("shard", "=", shard.number)]
        gone = pq.read_table(self.left_out, filters=mine, partitioning=None)
        out = gone["row"].to_numpy().astype(np.int64)
        rows, keys = [np.zeros(0, np.int64)], [np.zeros((0, 16), np.int64)]
        at = 0
        for batch in shard.batches("text"):
            here, found = signatures(batch.column(0).to_pylist())
            counts = ~marked(out, at, len(batch))[here]
            rows.append(here[counts] + at)
            keys.append(band_keys(found[counts]))
            at += len(batch)
        row, key = np.concatenate(rows), np.concatenate(keys)
        save(_bands(self.folder, shard), np.column_stack([row, key]))
        found, n = np.unique(key.ravel(), return_counts=True)
        return pa.table({"band": found, "n": n.astype(np.int64)})


def _bands(folder: str, shard: Numbered) -> Path:
    return Path(folder) / f"{shard.number:06d}.npy"


@dataclass(frozen=True)
class SharedBands:
    """Bands that several texts have, with the place of each text.

    Parameters
    ----------
    folder : str
        Where the bands of all shards are kept.
    shared : str
        An array of the bands that several texts have, ascending.
    """

    folder: str
    shared: str

    def __call__(self, shard: Numbered) -> pa.Table:
        """The entries of a shard: ``band``, and ``document``, its place as one number."""
        kept = np.load(_bands(self.folder, shard), allow_pickle=False)
        row, key = kept[:, 0], kept[:, 1:]
        i, j = np.nonzero(among(key, load(self.shared)))
        documents = (np.int64(shard.number) << _ROWS) | row[i]
        return pa.table({"band": key[i, j], "document": documents})


@dataclass(frozen=True)
class Shingles:
    """The runs of words of texts that share a band with another one; parameters as there."""

    folder: str
    shared: str

    def __call__(self, shard: Numbered) -> pa.Table:
        """``document`` and its shingles as text (base64 of 32-bit numbers, ascending)."""
        kept = np.load(_bands(self.folder, shard), allow_pickle=False)
        rows = kept[among(kept[:, 1:], load(self.shared)).any(axis=1), 0]
        numbers: list[int] = []
        texts: list[str] = []
        at = 0
        for batch in shard.batches("text"):
            here = rows[(rows >= at) & (rows < at + len(batch))]
            some = batch.column(0).take(pa.array(here - at)).to_pylist()
            for row, text in zip(here.tolist(), some, strict=True):
                numbers.append(shard.number << _ROWS | row)
                texts.append(base64.b64encode(shingle_numbers(text).tobytes()).decode())
            at += len(batch)
        columns = [pa.array(numbers, pa.int64()), pa.array(texts, pa.string())]
        return pa.Table.from_arrays(columns, names=["document", "shingles"])


def _compare(places: Tables, texts: Tables, number: int, passes: int, later: set[int]) -> None:
    """Compare what shares a band, of some of the bands; the later ones of pairs are added."""
    bands, documents = [], []
    for path in places.paths:
        table = pq.read_table(path, partitioning=None)
        band = table["band"].to_numpy()
        mine = (band.view(np.uint64) >> np.uint64(40)) % np.uint64(passes) == number
        bands.append(band[mine])
        documents.append(table["document"].to_numpy()[mine])
    band, document = np.concatenate(bands), np.concatenate(documents)
    pairs = sorted(_pairs(band, document, later))
    wanted = np.unique(np.array(pairs, dtype=np.int64).ravel())
    held = _shingles(texts, wanted)
    for one, other in pairs:
        if other in later:
            continue
        left, right = held[one], held[other]
        both = len(np.intersect1d(left, right, assume_unique=True))
        if both >= SIMILAR * (len(left) + len(right) - both):
            later.add(other)


def _pairs(
    band: NDArray[np.int64], document: NDArray[np.int64], later: set[int]
) -> set[tuple[int, int]]:
    """Documents that share a band; of a band of very many each with the first one only."""
    order = np.lexsort((document, band))
    band, document = band[order], document[order]
    ends = np.flatnonzero(np.diff(band)) + 1
    pairs: set[tuple[int, int]] = set()
    for bucket in np.split(document, ends):
        found = bucket.tolist()
        firsts = found[:1] if len(found) > MAX_BUCKET else found[:-1]
        for i, one in enumerate(firsts):
            pairs.update((one, other) for other in found[i + 1 :] if other not in later)
    return pairs


def _shingles(texts: Tables, wanted: NDArray[np.int64]) -> dict[int, NDArray[np.uint32]]:
    out = {}
    for path in texts.paths:
        table = pq.read_table(path, partitioning=None)
        some = table.filter(pa.array(among(table["document"].to_numpy(), wanted)))
        rows = zip(some["document"].to_pylist(), some["shingles"].to_pylist(), strict=True)
        for document, text in rows:
            out[document] = np.frombuffer(base64.b64decode(text), dtype=np.uint32)
    return out
