import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.analysis.prevalence.estimate import estimate
from trends.analysis.simulation.simulate import (
    SHAPES,
    Design,
    Vectors,
    Words,
    curve,
    oracle,
    simulate,
)
from trends.analysis.trend.fit import fit_trends
from trends.errors import UsageError


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.lists(st.sampled_from(SHAPES), max_size=4))
def test_what_is_planted_is_consistent(seed, movers):
    design = Design(
        topics=9,
        periods=6,
        movers=tuple(movers),
        documents=40,
        off_topic=0.1,
        duplicates=0.2,
        date_noise=0.1,
    )
    made = simulate(design, Words(terms=60, length=10), rng=seed)
    truth = made.truth
    assert (
        np.allclose(truth.share.sum(1), 0.9)
        and np.allclose(truth.path.sum(1), 0.9)
        and (truth.path > 0).all()
    )
    for k, shape in enumerate(truth.shapes):
        # A topic that does not move keeps its share exactly.
        if shape == "flat":
            assert np.ptp(truth.path[:, k]) < 1e-12 and truth.slope[k] == 0
    on = truth.label >= 0
    assert (truth.theta[on].argmax(1) == truth.label[on]).all() and (truth.theta[~on] == 0).all()
    assert np.allclose(truth.theta[on].sum(1), 1)
    copies = truth.copy_of >= 0
    source = truth.copy_of[copies]
    assert (truth.label[copies] == truth.label[source]).all() and (
        truth.copy_of[source] == -1
    ).all()
    same = made.counts.matrix[np.flatnonzero(copies)] != made.counts.matrix[source]
    assert same.nnz == 0
    assert (made.corpus.documents["date"].to_numpy("datetime64[D]") == truth.dates).all()
    assert len(truth.periods) == 6 and truth.periods.complete.all()
    wrong = (truth.periods.index != truth.true_period) & ~copies
    assert (np.abs(truth.periods.index - truth.true_period)[wrong] == 1).all()


def test_the_oracle_finds_what_was_planted():
    design = Design(periods=24, movers=("linear", "linear"), documents=400, spread=0.2, shock=0.0)
    made = simulate(design, Words(length=5), rng=4)
    shares = estimate(oracle(made), made.truth.periods)
    assert np.mean((shares.lower <= made.truth.share) & (made.truth.share <= shares.upper)) > 0.9
    table = fit_trends(shares).table
    moving = made.truth.slope != 0
    assert (np.sign(table["slope"]) == np.sign(made.truth.slope))[moving].all()
    assert (table["p_adjusted"][moving] < 0.05).all() and (
        table["p_adjusted"][~moving] > 0.05
    ).sum() >= 7


@pytest.mark.slow
def test_words_follow_the_design():
    plain = simulate(Design(documents=200), Words(length=60), rng=1)
    assert plain.counts.tokens.mean() == pytest.approx(60, rel=0.1)
    drift = simulate(Design(documents=200), Words(length=60, length_drift=4.0), rng=1)
    tokens, when = drift.counts.tokens, drift.truth.true_period
    assert tokens[when == 11].mean() / tokens[when == 0].mean() == pytest.approx(4, rel=0.4)

    def overlap(words):
        made = simulate(Design(), words, rng=2)
        return np.corrcoef(made.phi)[np.triu_indices(12, 1)].mean()

    assert overlap(Words(overlap=0.7)) > overlap(Words(overlap=0.3)) + 0.2


def test_the_same_seed_gives_the_same_corpus_and_vectors_change_nothing_else():
    a, b = (simulate(Design(documents=50), Words(length=20), rng=9) for _ in range(2))
    c = simulate(Design(documents=50), Words(length=20), Vectors(), rng=9)
    assert a.corpus.fingerprint == b.corpus.fingerprint
    assert a.counts.fingerprint == c.counts.fingerprint and c.corpus.embeddings.shape == (
        len(c.corpus),
        384,
    )
    assert np.allclose(np.linalg.norm(c.corpus.embeddings, axis=1), 1, atol=1e-5)


def test_curves():
    x = np.linspace(0, 1, 101)
    for shape in SHAPES:
        y = curve(shape, x, 1.0)
        assert (
            np.ptp(y) == pytest.approx(0 if shape == "flat" else 1, abs=0.02)
            and np.abs(y).max() <= 0.5 + 1e-9
        )
    with pytest.raises(UsageError, match="zigzag"):
        curve("zigzag", x)


def test_bad_designs_are_refused():
    with pytest.raises(UsageError, match="pair each"):
        Design(topics=3, movers=("linear", "step"))
    with pytest.raises(UsageError, match="amplitude"):
        Design(amplitude=3)
    with pytest.raises(UsageError, match="duplicates"):
        Design(duplicates=1.0)
    with pytest.raises(UsageError, match="Unknown shape"):
        Design(movers=("up",))
    with pytest.raises(UsageError, match="overlap"):
        Words(overlap=1.0)
