"""What every registered backend promises; CONTRIBUTING has the recipe of a new one."""

import dataclasses
import json
import re
import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from trends import store
from trends.core import TermCounts
from trends.errors import DataError, UsageError
from trends.models import BACKENDS
from trends.models.inference.transfer import transfer

EVERY = pytest.mark.parametrize("name", list(BACKENDS))
#: As EVERY where a further fit is made by code that all backends share: the fits that take longest
#: are left to `make test`.
SOON = pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.slow if n in ("lda", "bertopic") else ()) for n in BACKENDS],
)


def fit(name, corpus, **changes):
    call = {"n_topics": 5, "seed": 3, "embeddings": corpus.vectors, **changes}
    counts = call.pop("counts", corpus.counts)
    return BACKENDS.load(name)(counts, **call)


@EVERY
def test_facts(name):
    backend = BACKENDS.load(name)
    assert backend.name == name
    assert backend.family in {"counts", "embedding"}
    assert backend.needs_embeddings == (backend.family == "embedding")
    defaults = backend.read_settings()
    assert dataclasses.is_dataclass(defaults)
    assert backend.read_settings(dataclasses.asdict(defaults)) == defaults


@EVERY
def test_topics_describe_the_documents_and_terms_that_were_given(name, corpus, fits):
    topics = fits(name)
    assert topics.doc_ids == corpus.counts.doc_ids
    assert topics.vocabulary == corpus.counts.vocabulary
    np.testing.assert_allclose(topics.theta.sum(1) + topics.unassigned, 1.0, atol=1e-12)
    np.testing.assert_allclose(topics.phi.sum(1), 1.0, atol=1e-12)
    assert (np.diff(topics.share) <= 1e-12).all()


@EVERY
def test_planted_topics_are_recovered(name, corpus, fits, agreement):
    assert agreement(fits(name).hard, corpus.labels) >= 0.9


@EVERY
def test_phi_is_the_planted_term_distribution(name, corpus, fits):
    topics = fits(name)
    truth = np.stack(
        [np.asarray(corpus.counts.matrix[corpus.labels == k].sum(0)).ravel() for k in range(5)]
    ).astype(float)
    truth /= truth.sum(1, keepdims=True)
    distance = 0.5 * np.abs(topics.phi[:, None, :] - truth[None]).sum(2)
    rows, columns = linear_sum_assignment(distance)
    assert distance[rows, columns].mean() < 0.2


@SOON
@pytest.mark.parametrize("n_topics", [2, pytest.param(3, marks=pytest.mark.slow), 7])
def test_n_topics_is_exact_or_the_most(name, fits, n_topics):
    topics = fits(name, n_topics=n_topics)
    if BACKENDS.load(name).finds_number:
        assert 2 <= topics.n_topics <= n_topics
        assert topics.n_topics == topics.provenance["chosen"]["n_topics"]
    else:
        assert topics.n_topics == n_topics
    assert (topics.share > 0).all()


@EVERY
def test_same_seed_same_bytes(name, corpus, fits):
    from_cache = fits(name)
    again = fits.__wrapped__(name)
    assert again.fingerprint == from_cache.fingerprint
    if from_cache.relevance is not None:
        assert again.relevance.tobytes() == from_cache.relevance.tobytes()


SCRIPT = """
import json, sys, numpy as np
from scipy import sparse
from trends.core import TermCounts
from trends.models import BACKENDS
name, folder, settings = sys.argv[1:]
matrix, vectors = np.load(folder + "/matrix.npy"), np.load(folder + "/vectors.npy")
terms = tuple(f"term{j:03d}" for j in range(matrix.shape[1]))
counts = TermCounts(sparse.csr_matrix(matrix), terms,
                    tuple(f"doc{i:04d}" for i in range(len(matrix))))
fit = BACKENDS.load(name)
given = json.loads(settings)
print(fit(counts, n_topics=5, seed=3, embeddings=vectors, settings=given).fingerprint)
"""


@pytest.mark.slow
@EVERY
def test_same_seed_same_bytes_in_another_process(name, corpus, fits, fast, tmp_path):
    np.save(tmp_path / "matrix.npy", corpus.counts.matrix.toarray())
    np.save(tmp_path / "vectors.npy", corpus.vectors)
    other = subprocess.run(
        [sys.executable, "-c", SCRIPT, name, str(tmp_path), json.dumps(fast.get(name, {}))],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        timeout=120,
    )
    assert other.stdout.strip() == fits(name).fingerprint


@SOON
def test_another_seed_is_recorded(name, fits):
    first, second = fits(name, seed=3), fits(name, seed=4)
    assert (first.seed, second.seed) == (3, 4)
    assert first.fingerprint != second.fingerprint or BACKENDS.load(name).needs_embeddings


@EVERY
def test_provenance_says_how_it_was_made(name, corpus, fits):
    p = fits(name).provenance
    assert json.loads(json.dumps(p)) == p
    assert p["backend"] == name
    assert p["terms"] == corpus.counts.fingerprint
    assert set(p["settings"]) == {f.name for f in dataclasses.fields(BACKENDS.load(name).settings)}
    assert p["versions"]
    assert p["seconds"] > 0
    assert isinstance(p["warnings"], list)


@SOON
def test_documents_without_terms_are_unassigned_and_counted(name, corpus, fast):
    matrix = corpus.counts.matrix.tolil()
    matrix[[0, 5]] = 0
    counts = TermCounts(matrix.tocsr(), corpus.counts.vocabulary, corpus.counts.doc_ids)
    topics = fit(name, corpus, counts=counts, settings=fast.get(name))
    assert topics.unassigned[[0, 5]].tolist() == [1.0, 1.0]
    assert topics.n_documents == corpus.counts.n_documents
    assert any(w.startswith("2 of ") for w in topics.provenance["warnings"])


@SOON
def test_a_term_that_never_occurs_has_no_share(name, corpus, fast):
    wide = sparse.hstack(
        [corpus.counts.matrix, sparse.csr_matrix((corpus.counts.n_documents, 1), dtype=np.int32)]
    ).tocsr()
    counts = TermCounts(wide, (*corpus.counts.vocabulary, "zzz"), corpus.counts.doc_ids)
    topics = fit(name, corpus, counts=counts, settings=fast.get(name))
    assert topics.vocabulary[-1] == "zzz"
    assert (topics.phi[:, -1] == 0).all()


@EVERY
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"n_topics": 1}, "at least 2"),
        ({"n_topics": 0}, "at least 2"),
        ({"n_topics": 5000}, "fewer topics than documents"),
        ({"n_topics": 180}, "at most 179"),
        ({"n_topics": 2.5}, "whole number"),
        ({"n_topics": True}, "whole number"),
        ({"seed": -1}, "seed must lie"),
        ({"seed": 2**32}, "seed must lie"),
        ({"settings": {"no_such_thing": 1}}, "has no setting 'no_such_thing'"),
    ],
)
def test_refuses_what_cannot_be_carried_out(name, corpus, changes, says):
    assert corpus.counts.n_documents == 180
    with pytest.raises(UsageError, match=says):
        fit(name, corpus, **changes)


@EVERY
def test_refuses_counts_without_terms(name, corpus):
    n = corpus.counts.n_documents
    for counts in (
        TermCounts(sparse.csr_matrix((n, 0), dtype=np.int32), (), corpus.counts.doc_ids),
        TermCounts(sparse.csr_matrix((n, 2), dtype=np.int32), ("a", "b"), corpus.counts.doc_ids),
    ):
        with pytest.raises(DataError, match="no term to fit"):
            fit(name, corpus, counts=counts)


@EVERY
def test_refuses_mostly_empty_documents(name, corpus):
    matrix = corpus.counts.matrix.tolil()
    matrix[:100] = 0
    counts = TermCounts(matrix.tocsr(), corpus.counts.vocabulary, corpus.counts.doc_ids)
    with pytest.raises(DataError, match="100 of 180 documents hold no term"):
        fit(name, corpus, counts=counts)


EMBEDDING = pytest.mark.parametrize(
    "name", [n for n in BACKENDS if BACKENDS.load(n).needs_embeddings]
)


@EMBEDDING
def test_refuses_embeddings_that_do_not_match(name, corpus):
    bad = corpus.vectors.copy()
    bad[4, 2] = np.nan
    zero = corpus.vectors.copy()
    zero[6] = 0
    for vectors, says in (
        (corpus.vectors[:-1], "179 embeddings and 180 documents"),
        (bad, "not finite, the first in row 4"),
        (zero, "all zero, the first in row 6"),
        (corpus.vectors[:, 0], "shape"),
    ):
        with pytest.raises(DataError, match=says):
            fit(name, corpus, embeddings=vectors)
    with pytest.raises(UsageError, match="needs embeddings"):
        fit(name, corpus, embeddings=None)


@pytest.mark.parametrize("name", [n for n in BACKENDS if not BACKENDS.load(n).needs_embeddings])
def test_the_order_of_documents_changes_only_the_order_of_rows(name, corpus, fits):
    order = np.random.default_rng(0).permutation(corpus.counts.n_documents)
    backend = BACKENDS.load(name)
    settings = fits(name).provenance["settings"]
    mixed = backend(corpus.counts.take_documents(order), n_topics=5, seed=3, settings=settings)
    np.testing.assert_array_equal(mixed.theta, fits(name).theta[order])
    np.testing.assert_array_equal(mixed.phi, fits(name).phi)


@EVERY
@pytest.mark.parametrize("per_topic", [2, 6])
def test_a_tiny_corpus_gives_topics_or_one_clear_sentence(name, planted_corpus, per_topic, fast):
    corpus = planted_corpus(n_topics=2, per_topic=per_topic)
    try:
        topics = fit(name, corpus, n_topics=2, settings=fast.get(name))
    except UsageError as error:
        assert re.search("clusters were asked for|found a single topic", str(error))
    else:
        assert topics.n_topics == 2


def shares_of_new_documents(topics, corpus, rows):
    return transfer(topics, corpus.counts.take_documents(rows), vectors=corpus.vectors[rows])


@EVERY
def test_new_documents_get_their_planted_topics_without_a_fit(name, corpus, fast):
    """Two thirds of a corpus are fitted; the rest was drawn from the same topics and is new."""
    rows = np.arange(len(corpus.labels))
    learn, new = rows[rows % 3 > 0], rows[rows % 3 == 0]
    topics = fit(
        name,
        corpus,
        counts=corpus.counts.take_documents(learn),
        embeddings=corpus.vectors[learn],
        settings=fast.get(name),
    )
    found = shares_of_new_documents(topics, corpus, new)
    assert found.doc_ids == tuple(corpus.counts.doc_ids[i] for i in new)
    np.testing.assert_allclose(found.theta.sum(1) + found.unassigned, 1.0, atol=1e-9)
    np.testing.assert_array_equal(found.phi, topics.phi)
    # Each fitted topic stands for the planted one that most of its own documents have.
    own = topics.hard
    stands = np.array(
        [np.bincount(corpus.labels[learn][own == k], minlength=5).argmax() for k in range(5)]
    )
    assert len(set(stands)) == 5
    inside = found.hard >= 0
    assert inside.mean() >= 0.85
    assert (stands[found.hard[inside]] == corpus.labels[new][inside]).mean() >= 0.9
    assert found.provenance["transfer"]["fit"] == topics.fingerprint


@EVERY
def test_a_fit_says_of_its_own_documents_what_it_said(name, corpus, fits):
    topics = fits(name)
    back = transfer(topics, corpus.counts, vectors=corpus.vectors)
    assert (back.hard == topics.hard).mean() >= 0.9
    # Where the rule is the fit's own, nothing may change but the order of sums.
    tolerance = {"nearest centre": 0.0, "maximum likelihood": 1e-9}.get(
        topics.provenance["new_documents"]["rule"]
    )
    if tolerance is not None:
        np.testing.assert_allclose(back.theta, topics.theta, rtol=0, atol=tolerance)


@EVERY
def test_saved_and_read_back_equal(name, fits, tmp_path):
    topics = fits(name)
    store.write_topics(tmp_path, topics)
    again = store.read_topics(tmp_path)
    assert again.fingerprint == topics.fingerprint
    assert again.provenance == topics.provenance
    for part in ("theta", "unassigned", "phi", "relevance", "centres"):
        before, after = getattr(topics, part), getattr(again, part)
        assert (before is None) == (after is None)
        if before is not None:
            assert (before.dtype, before.tobytes()) == (after.dtype, after.tobytes())
    assert (topics.centres is not None) == BACKENDS.load(name).needs_embeddings


ELSEWHERE = """
import sys
# None in sys.modules is Python's own way of saying that a module cannot be imported.
BLOCKED = (
    "tomotopy", "gensim", "bertopic", "umap", "hdbscan", "sklearn", "numba", "torch",
    "threadpoolctl",
)
sys.modules.update(dict.fromkeys(BLOCKED))
import numpy as np, pathlib
import trends as tr
from trends import store
for folder in map(pathlib.Path, sys.argv[1:]):
    topics, counts = store.read_topics(folder), store.read_counts(folder / "new")
    vectors = np.load(folder / "vectors.npy", allow_pickle=False)
    print(tr.transform(topics, counts, embeddings=vectors).fingerprint)
assert not [name for name in BLOCKED if sys.modules.get(name) is not None]
"""


@pytest.mark.slow
def test_saved_fits_load_and_transform_without_the_packages_that_made_them(corpus, fits, tmp_path):
    """One process for all backends; what it finds is what is found here."""
    rows = np.arange(0, len(corpus.labels), 4)
    expected, folders = [], []
    for name in BACKENDS:
        folder = tmp_path / name
        (folder / "new").mkdir(parents=True)
        store.write_topics(folder, fits(name))
        store.write_counts(folder / "new", corpus.counts.take_documents(rows))
        np.save(folder / "vectors.npy", corpus.vectors[rows])
        expected.append(shares_of_new_documents(fits(name), corpus, rows).fingerprint)
        folders.append(folder)
    command = [sys.executable, "-c", ELSEWHERE, *map(str, folders)]
    out = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert out.returncode == 0, out.stderr
    assert out.stdout.split() == expected
