"""Terms within topics: what is counted, the test, when, and how many are false."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scripts import script

import trends as tr
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.shapes.frames import COLUMNS
from trends.analysis.shapes.terms import term_trends
from trends.analysis.shapes.words import incidence
from trends.analysis.shapes.words.incidence import incidences
from trends.analysis.shapes.words.step_kernel import step_least_squares
from trends.analysis.shapes.words.steps import fit_steps
from trends.core import TermCounts, Topics
from trends.errors import DataError, UsageError

plain = script("tests/analysis/shapes/plain_terms.py")

ROOT = Path(__file__).parents[3]
YEARS = 16


def corpus(rng, *, enters=None, terms=60, documents=60, length=60, repeat=1, mixed=False):
    """Two topics of ``terms`` words each way; one word may enter topic 0 in a year."""
    year = np.repeat(np.arange(YEARS), documents)
    own = rng.integers(0, 2, len(year))
    theta = np.eye(2)[own] * 0.8 + 0.1
    if mixed:  # what is left of a document of topic 0 is topic 1, more and more
        theta[own == 0, 1] = 0.05 + 0.4 * year[own == 0] / YEARS
        theta[:, 0] = 1 - theta[:, 1]
    phi = rng.dirichlet(np.full(terms, 0.5), 2) * 0.98 + 0.02 / terms
    rate = theta @ phi
    tokens = np.full(len(year), length) if np.isscalar(length) else length[year]
    counts = rng.poisson(rate * np.asarray(tokens)[:, None])
    names = tuple(f"w{v:02d}" for v in range(terms))
    if enters is not None:
        new = np.where(own == 0, np.where(year >= enters, 0.3, 0.01), 0.01)
        counts[:, -1] = rng.binomial(1, new) * repeat
    ids = tuple(f"d{i:04d}" for i in range(len(year)))
    topics = Topics(theta, np.zeros(len(year)), phi, names, ids)
    days = np.datetime64("2001-07-01") + (365.2425 * year).astype(int)
    return (
        topics,
        TermCounts(sparse.csr_matrix(counts), names, ids),
        make_periods(days, period="year"),
    )


def found(made, **options):
    return term_trends(*made, labels=["first", "second"], draws=99, rng=1, **options)


def test_steps_are_those_of_whole_matrices():
    rng = np.random.default_rng(1)
    z, noise = rng.normal(size=(3, 10)), rng.uniform(0.05, 0.4, (3, 10))
    steps = np.array([0, 1, 2, 4, 5, 6, 7, 9, 10, 11])
    gaps = np.diff(steps, prepend=0).astype(float)
    shocks, places = np.array([[0.0, 0.0], [0.3, 0.5], [1.0, 0.9]]), np.array([3, 5, 7])
    likelihood, value, variance = step_least_squares(z, noise, gaps, places, shocks)
    for s, g, j in np.ndindex(likelihood.shape):
        known = plain.step_fit(z[s], noise[s], steps, places[j], *shocks[g])
        assert likelihood[s, g, j] == pytest.approx(known[0], abs=1e-9)
        assert value[s, g, j] == pytest.approx(known[1], rel=1e-9)
        assert variance[s, g, j] == pytest.approx(known[2], rel=1e-9)


def test_documents_are_counted_once_at_one_length_and_mix(monkeypatch):
    monkeypatch.setattr(incidence, "_exponents", lambda held, *_: np.full(held.shape[1], 0.8))
    monkeypatch.setattr(incidence, "_common", lambda *_: np.ones(YEARS))
    topics, counts, periods = corpus(np.random.default_rng(2), length=np.linspace(40, 90, YEARS))
    one = incidences(topics, counts, periods, least=10, most=500)[0]
    matrix, tokens = counts.matrix.toarray(), counts.tokens
    rows = np.flatnonzero(topics.hard == 0)
    floor = incidence.FLOOR * matrix.sum(0) / tokens.sum()
    for at in (0, 7, len(one.terms) - 1):
        v = one.terms[at]
        holds = matrix[rows, v] > 0
        seen = [int(holds[periods.index[rows] == t].sum()) for t in range(YEARS)]
        assert one.occurs[at].tolist() == seen
        rates = topics.theta[rows] @ topics.phi[:, v] + floor[v]
        moved = plain.offsets(rates, tokens[rows], 0.8, holds.sum(), periods.index[rows], YEARS)
        share, adjusted = np.array(seen) / one.documents, one.y[at] / one.n[at]
        some = (share > 0) & (share < 1)
        log_odds = [np.log(s[some] / (1 - s[some])) for s in (share, adjusted)]
        assert log_odds[1] == pytest.approx(log_odds[0] - np.array(moved)[some], abs=1e-4)
        # The sampling variance of the log-odds is that of the documents that were counted.
        unit = (n * s * (1 - s) for n, s in ((one.documents, share), (one.n[at], adjusted)))
        assert next(unit)[some] == pytest.approx(next(unit)[some], rel=1e-6)


def test_a_word_that_enters_is_found_dated_and_said():
    result = found(corpus(np.random.default_rng(3), enters=9))
    table = result.frame()
    row = table[table["found"]].iloc[0]
    assert table["found"].sum() == 1 and (row.topic, row.term) == (0, "w59")
    assert row.finding == "entered" and row.since.year == 2010
    assert row.since_first.year <= 2010 <= row.since_last.year
    assert row.lower < row.odds_ratio < row.upper and row.lower > 1
    said = result.sentences()
    assert "first: “w59” entered in 2010" in said[0] and said[1].startswith("second: none of")
    assert result.topics["found"].tolist() == [1, 0]
    assert "“w59” entered in 2010" in result._repr_html_()
    shapes = result.shapes()
    assert list(shapes.columns) == list(COLUMNS) and set(shapes["kind"]) == {"term"}
    assert shapes["found"].sum() == 1
    pd.testing.assert_frame_equal(found(corpus(np.random.default_rng(3), enters=9)).terms, table)


def test_a_word_that_one_author_repeats_is_no_evidence_from_many():
    once = found(corpus(np.random.default_rng(4), enters=9)).frame()
    often = found(corpus(np.random.default_rng(4), enters=9, repeat=20)).frame()
    p = [t.loc[(t["topic"] == 0) & (t["term"] == "w59"), "p"].item() for t in (once, often)]
    # Longer documents make all words a little more expected, and this one no more certain.
    assert np.log(p[1]) == pytest.approx(np.log(p[0]), abs=0.5 * abs(np.log(p[0])))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["flat", "longer documents", "more of another topic"])
def test_nothing_is_found_where_no_word_changes(kind):
    any_found, p = 0, []
    for seed in range(12):
        rng = np.random.default_rng([5, seed])
        length = np.linspace(40, 110, YEARS) if kind == "longer documents" else 60
        result = found(corpus(rng, length=length, mixed=kind == "more of another topic"))
        any_found += result.terms["found"].any()
        p += result.terms["p"].tolist()
    assert any_found <= 2
    assert np.mean(np.array(p) <= 0.05) <= 0.07


def test_p_is_adjusted_over_terms_and_topics():
    result = found(corpus(np.random.default_rng(6), enters=9))
    terms, topics = result.terms, result.topics
    for k, own in terms.groupby("topic"):
        p = np.sort(own["p"].to_numpy())
        simes = (p * len(p) / np.arange(1, len(p) + 1)).min()
        assert topics["p"][k] == pytest.approx(max(simes, p.min()))
    assert topics["p_adjusted"][0] <= 0.05 < topics["p_adjusted"][1]
    # One of two topics is selected: its terms are tested at half of the level.
    first = terms[terms["topic"] == 0].iloc[0]
    n = int((terms["topic"] == 0).sum())
    assert first.p_adjusted == pytest.approx(min(2 * n * first.p, 1.0), rel=1e-9)
    assert not terms.loc[terms["topic"] == 1, "found"].any()
    assert (terms["p_adjusted"] >= terms["p"]).all()


def test_intervals_exclude_one_exactly_where_p_is_small():
    table = found(corpus(np.random.default_rng(7), enters=9)).terms
    excludes = (table["lower"] > 1) | (table["upper"] < 1)
    clear = table["p"] <= 0.05
    assert excludes[clear].all()
    assert (excludes & ~clear).sum() <= 0.02 * len(table)


def test_a_sudden_change_is_told_from_a_lasting_shock():
    rng = np.random.default_rng(8)
    n = np.full((40, 20), 80.0)
    y = rng.binomial(80, 0.2, n.shape).astype(float)
    y[0, 12:], y[0, :12] = rng.binomial(80, 0.4, 8), rng.binomial(80, 0.02, 12)
    fit = fit_steps(y, n, np.arange(20))
    assert fit.change.p[0] < 1e-5 and fit.steps[0] > 0.9
    first, best, last = (d[0] for d in fit.dates(0.95))
    assert first <= 12 <= last and best == 12
    assert (fit.change.p[1:] > 1e-3).all()
    assert 0 <= fit.correlation(np.array([1.0]))[0] <= 1
    assert fit.correlation(np.array([0.0]))[0] == pytest.approx(1)


def test_few_periods_and_rare_words_are_said_and_wrong_input_is_refused():
    topics, counts, periods = corpus(np.random.default_rng(9))
    some = np.flatnonzero(periods.index < 4)
    few = (
        Topics(
            topics.theta[some],
            topics.unassigned[some],
            topics.phi,
            topics.vocabulary,
            tuple(topics.doc_ids[i] for i in some),
        ),
        counts.take_documents(some),
        make_periods(periods.starts[periods.index[some]], period="year"),
    )
    result = found(few)
    assert result.terms.empty and "fewer than 6 periods" in result.sentences()[0]
    assert result.shapes().empty
    rare = found((topics, counts, periods), least=10_000)
    assert rare.topics["note"].str.contains("no term is in enough").all()
    with pytest.raises(DataError, match="same documents"):
        term_trends(topics, few[1], periods, labels=["a", "b"], rng=1)
    with pytest.raises(UsageError, match="level must lie between 0 and 1"):
        found((topics, counts, periods), level=1.5)
    with pytest.raises(UsageError, match="topics must be Topics"):
        tr.term_trends("topics", "corpus")


def test_the_committed_rates_are_what_was_promised():
    table = pd.read_csv(ROOT / "experiments" / "shapes" / "terms.csv").set_index("name")
    flat = table.loc[["flat, correlation .5", "flat, correlation .5, bursty"]]
    most = 0.05 + 2 * np.sqrt(0.05 * 0.95 / flat["corpora"])
    assert (flat["any_false"] <= most).all()
    planted = table[table.index.str.startswith("planted")]
    assert (planted["found"] >= 0.8).all()
    time = json.loads((ROOT / "experiments" / "shapes" / "time_all.json").read_text())
    assert time["processor_seconds"] <= 60
