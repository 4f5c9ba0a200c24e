"""Neighbours and layouts that fits have in common.

The same fits, computed once, and never taken from a damaged file.
"""

from __future__ import annotations

import json
import multiprocessing

import numpy as np
import pytest
from scipy import sparse

from trends import files, store
from trends.core import TermCounts
from trends.models import BACKENDS
from trends.runs.engine.cache import Cache
from trends.runs.engine.executor import run
from trends.runs.engine.shared import SharedArrays
from trends.runs.tasks.fits import fit
from trends.runs.tasks.terms import count


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """Counts and vectors of 160 documents of four topics, one document without terms, in a folder
    as a run keeps them.
    """
    g = np.random.default_rng(4)
    labels = np.repeat(np.arange(4), 40)
    matrix = g.poisson(0.1 + 3.0 * (np.arange(24) // 6 == labels[:, None]))
    matrix[7] = 0
    vectors = (g.normal(size=(4, 16))[labels] + 0.3 * g.normal(size=(160, 16))).astype(np.float32)
    counts = TermCounts(
        sparse.csr_matrix(matrix),
        tuple(f"t{j:02}" for j in range(24)),
        tuple(f"d{i:03}" for i in range(160)),
    )
    folder = tmp_path_factory.mktemp("inputs")
    store.write_counts(folder, counts)
    np.save(folder / "vectors.npy", vectors)
    return folder, counts, vectors


def job(folder, seed, n_topics=4, backend="bertopic"):
    # Stands for what is in the folder; it is never carried out.
    inputs = count(corpus=None, split=None, whole=None, text=str(folder))
    return fit(
        f"{backend}:{seed}",
        terms=inputs,
        vectors=inputs,
        backend=backend,
        seed=seed,
        n_topics=n_topics,
        settings={},
        part="",
        documents="corpus",
    )


def kept(cache):
    return sorted(p.name.rpartition("-")[0] for p in cache.root.iterdir() if p.is_dir())


@pytest.mark.slow
def test_a_fit_through_the_cache_is_the_fit_without_it(planted, tmp_path):
    folder, counts, vectors = planted
    cache = Cache(tmp_path / "cache")
    for seed, n_topics in ((1, 4), (2, 4), (1, 3)):
        one = job(folder, seed, n_topics)
        run([one], cache, lambda _: folder, 1, lambda _: None)
        alone = BACKENDS.load("bertopic")(counts, n_topics=n_topics, seed=seed, embeddings=vectors)
        found = store.read_topics(cache.folder(one))
        assert found.fingerprint == alone.fingerprint
        assert found.relevance.tobytes() == alone.relevance.tobytes()
    # One graph for all, one layout a seed: the third fit is another cut of the first one's layout.
    assert kept(cache) == [
        "fit",
        "fit",
        "fit",
        "graph",
        "layout",
        "layout",
    ]


@pytest.mark.slow
def test_other_documents_and_other_neighbours_share_nothing(planted, tmp_path):
    folder, counts, vectors = planted
    cache = Cache(tmp_path / "cache")
    share, model = SharedArrays(cache, folder / "vectors.npy"), BACKENDS.load("bertopic")
    # Another document without terms: the same file of vectors, other rows of it.
    matrix = counts.matrix.tolil()
    matrix[11] = 0
    other = TermCounts(matrix.tocsr(), counts.vocabulary, counts.doc_ids)
    for given, settings in ((counts, {}), (other, {}), (counts, {"n_neighbors": 6})):
        shared = model(
            given, n_topics=4, seed=1, embeddings=vectors, settings=settings, share=share
        )
        assert (
            shared.fingerprint
            == model(given, n_topics=4, seed=1, embeddings=vectors, settings=settings).fingerprint
        )
    assert kept(cache).count("graph") == kept(cache).count("layout") == 3


@pytest.mark.slow
@pytest.mark.parametrize("name", ["graph", "layout"])
def test_a_damaged_entry_is_made_again(planted, tmp_path, name):
    folder, counts, vectors = planted
    cache = Cache(tmp_path / "cache")
    share, model = SharedArrays(cache, folder / "vectors.npy"), BACKENDS.load("bertopic")
    before = model(counts, n_topics=4, seed=1, embeddings=vectors, share=share)
    for damaged in cache.root.glob(f"{name}-*/*.npy"):
        content = bytearray(damaged.read_bytes())
        content[-3] ^= 0x40
        damaged.write_bytes(bytes(content))
    if name == "graph":
        # Without its layout the fit asks for the graph again.
        for layout in cache.root.glob("layout-*/*.npy"):
            layout.unlink()
    assert (
        model(counts, n_topics=4, seed=1, embeddings=vectors, share=share).fingerprint
        == before.fingerprint
    )
    made = next(cache.root.glob(f"{name}-*"))
    hashes = json.loads((made / "task.json").read_text(encoding="utf-8"))["files"]
    assert hashes == {p.name: files.sha256(p) for p in made.glob("*.npy")}


def _count(root, vectors, started, log):
    def make():
        with log.open("a") as f:
            f.write("made\n")
        return {"indices": np.arange(200_000)}

    # Its code belongs to the key.
    make.__module__ = "trends.models.umap.reduction"
    started.wait(60)
    found = SharedArrays(Cache(root), vectors)("graph", {"n_neighbors": 3}, make)
    assert np.array_equal(found["indices"], np.arange(200_000))


@pytest.mark.slow
def test_of_two_processes_one_computes_and_the_other_waits(planted, tmp_path):
    folder, log = planted[0], tmp_path / "log"
    context = multiprocessing.get_context("spawn")
    both = context.Barrier(2)
    workers = [
        context.Process(target=_count, args=(tmp_path / "cache", folder / "vectors.npy", both, log))
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [w.exitcode for w in workers] == [0, 0]
    assert log.read_text() == "made\n"
    assert [p for p in (tmp_path / "cache").iterdir() if not p.is_dir()] == []


@pytest.mark.slow
def test_workers_share_and_give_what_one_process_gives(planted, tmp_path):
    folder, counts, vectors = planted
    cache, finished = Cache(tmp_path / "cache"), []
    jobs = [job(folder, seed) for seed in (1, 2)]
    run(jobs, cache, lambda _: folder, 2, lambda task: finished.append(task.name))
    assert sorted(finished) == ["fit:bertopic:1", "fit:bertopic:2"]
    assert kept(cache).count("graph") == 1
    for one in jobs:
        alone = BACKENDS.load("bertopic")(
            counts, n_topics=4, seed=one.settings["seed"], embeddings=vectors
        )
        assert store.read_topics(cache.folder(one)).fingerprint == alone.fingerprint
