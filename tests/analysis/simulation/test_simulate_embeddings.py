import warnings

import numpy as np
import pytest

from trends.analysis.simulation.simulate import Design, Vectors, Words, simulate
from trends.errors import UsageError


def look(vectors):
    """What a clustering sees of a set of vectors."""
    from sklearn.cluster import KMeans

    v = np.asarray(vectors, dtype=float)
    v /= np.linalg.norm(v, axis=1, keepdims=True)
    cosine = v @ v.T
    above = np.triu_indices(len(v), 1)
    near = np.sort(np.where(np.eye(len(v), dtype=bool), -1, cosine), axis=1)[:, ::-1]
    spectrum = np.linalg.svd(v - v.mean(0), compute_uv=False) ** 2
    label = KMeans(12, n_init=3, random_state=0).fit_predict(v)
    same = (label[:, None] == label)[above]
    return {
        "cosine": cosine[above].mean(),
        "spread": cosine[above].std(),
        "nearest": near[:, 0].mean(),
        "fifth": near[:, 4].mean(),
        "ten": spectrum[:10].sum() / spectrum.sum(),
        "fifty": spectrum[:50].sum() / spectrum.sum(),
        "within": cosine[above][same].mean(),
        "between": cosine[above][~same].mean(),
    }


def simulated(seed, **settings):
    design = Design(topics=12, periods=14, documents=26, spread=0.2, movers=(), off_topic=0.1)
    return simulate(design, Words(terms=50, length=5), Vectors(**settings), rng=seed)


@pytest.mark.slow
def test_the_defaults_look_like_the_vectors_of_the_founding_corpus(root):
    path = root / "trends" / "data" / "pretraining" / "embeddings.npy"
    real = look(np.load(path, allow_pickle=False))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = [look(simulated(seed).corpus.embeddings[:356]) for seed in range(4)]
    for name, value in real.items():
        assert np.mean([m[name] for m in made]) == pytest.approx(value, abs=0.025), name


def test_copies_share_their_vector_and_topics_attract():
    made = simulate(Design(duplicates=0.3, documents=60), Words(length=5), Vectors(), rng=3)
    v, truth = made.corpus.embeddings, made.truth
    copies = truth.copy_of >= 0
    assert np.array_equal(v[copies], v[truth.copy_of[copies]])
    cosine = v @ v.T
    same = truth.label[:, None] == truth.label
    np.fill_diagonal(same, False)
    assert cosine[same].mean() > cosine[~same].mean() + 0.05


def test_shares_of_a_vector_must_leave_room():
    with pytest.raises(UsageError, match="leave some variation"):
        Vectors(common=0.6, topic=0.3, detail=0.2)
