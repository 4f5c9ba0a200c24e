import datetime as dt

import numpy as np
import pytest

from trends.analysis.diagnostics.date_errors import date_errors
from trends.analysis.diagnostics.document_length import length_drift, match_lengths
from trends.analysis.diagnostics.duplicates import duplicates
from trends.analysis.diagnostics.incomplete_periods import incomplete_periods
from trends.analysis.diagnostics.source_mix import source_mix
from trends.analysis.diagnostics.unassigned_trend import unassigned_trend
from trends.analysis.prevalence.estimate import estimate
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.simulation.simulate import Design, Words, oracle, simulate
from trends.analysis.trend.fit import fit_trends
from trends.errors import DataError, UsageError


def drifting(factor, seed=1):
    return simulate(
        Design(movers=(), documents=80, spread=0.4),
        Words(terms=400, length=60, length_drift=factor),
        rng=seed,
    )


def test_growing_documents_are_seen_and_drawn_down():
    made = drifting(4.0)
    finding = length_drift(made.counts, made.truth.periods)
    assert (
        finding.flagged
        and finding.measures["factor"] == pytest.approx(4, rel=0.4)
        and finding.measures["p"] < 0.001
    )
    matched, kept = match_lengths(made.counts, finding.measures["length"], rng=3)
    assert (
        set(matched.tokens[kept]) == {finding.measures["length"]}
        and (matched.tokens[~kept] == 0).all()
    )
    # Nothing is invented: every count is at most that of the whole document.
    assert (made.counts.matrix - matched.matrix).min() >= 0
    again, _ = match_lengths(made.counts, finding.measures["length"], rng=3)
    assert again.fingerprint == matched.fingerprint
    assert not length_drift(matched, made.truth.periods).flagged


@pytest.mark.slow
def test_documents_of_constant_length_raise_no_alarm():
    flags = [
        length_drift((made := drifting(1.0, seed)).counts, made.truth.periods).flagged
        for seed in range(20)
    ]
    assert sum(flags) <= 2


def test_documents_of_one_length_are_no_drift():
    made = drifting(1.0)
    same, _ = match_lengths(made.counts, 10, rng=1)
    months = np.arange("2020-01", "2020-05", dtype="datetime64[M]").astype("datetime64[D]")
    few = same.take_documents(np.flatnonzero(same.tokens == 10)[:40])
    periods = make_periods(np.repeat(months, 10), np.repeat("day", 40), period="month")
    found = length_drift(few, periods)
    assert not found.flagged and found.measures["p"] == 1.0 and found.measures["factor"] == 1.0


def test_matching_keeps_the_proportions_of_a_document():
    made = simulate(Design(periods=2, documents=20, spread=0), Words(terms=200, length=100), rng=1)
    long = int(made.counts.tokens.argmax())
    draws = np.mean(
        [match_lengths(made.counts, 20, rng=i)[0].matrix[long].toarray()[0] for i in range(300)],
        axis=0,
    )
    whole = made.counts.matrix[long].toarray()[0]
    assert np.abs(draws - 20 * whole / whole.sum()).max() < 0.5


def test_lengths_are_checked():
    made = drifting(1.0)
    with pytest.raises(UsageError, match="positive"):
        match_lengths(made.counts, 0, rng=1)
    with pytest.raises(DataError, match="No document has"):
        match_lengths(made.counts, 10**6, rng=1)


def test_copies_are_found_exactly():
    made = simulate(Design(documents=60, duplicates=0.3), Words(length=80), rng=5)
    group, keep = duplicates(made.counts)
    long = made.counts.tokens >= 10
    assert np.array_equal(
        ~keep[long], (made.truth.copy_of >= 0)[long] | (group != np.arange(len(group)))[long]
    )
    copies = (made.truth.copy_of >= 0) & long
    assert (group[copies] == group[made.truth.copy_of[copies]]).all()
    assert not keep[copies].any()
    # Documents that are not copies are hardly ever joined.
    originals = (made.truth.copy_of < 0) & long
    assert keep[originals].mean() > 0.99
    assert not keep.all()
    clean = simulate(Design(documents=60), Words(length=80), rng=5)
    assert duplicates(clean.counts)[1].all()


def test_a_truncated_last_period_that_makes_a_trend_is_named():
    rng = np.random.default_rng(4)
    labels, days = [], []
    for half in range(10):
        start = np.datetime64(f"{2015 + half // 2}-{'01' if half % 2 == 0 else '07'}-01")
        # The last half-year was saved after one month, in which there was an event.
        n, share = (40, 0.9) if half == 9 else (150, 0.1)
        days += (start + rng.integers(0, 30 if half == 9 else 180, n)).tolist()
        labels += np.where(rng.random(n) < share, 0, rng.integers(1, 10, n)).tolist()
    periods = make_periods(
        days,
        period="half-year",
        observed=(dt.date(2015, 1, 1), dt.date(2019, 7, 31)),
    )
    shares = estimate(np.eye(10)[labels], periods)
    finding = incomplete_periods(shares)
    assert finding.measures["incomplete"] == ["2019-07-01"]
    assert finding.corrected is not None and finding.corrected.settings["periods"] == 9
    raw = fit_trends(shares).table
    assert abs(raw["slope"][0]) > 3 * abs(finding.corrected.table["slope"][0])
    covered = make_periods(
        days,
        period="half-year",
        observed=(dt.date(2015, 1, 1), dt.date(2019, 12, 31)),
    )
    assert not incomplete_periods(estimate(np.eye(10)[labels], covered)).flagged


def test_a_growing_share_without_topic_moves_all_topics():
    rng = np.random.default_rng(6)
    year = np.repeat(np.arange(10), 300)
    none = rng.random(3000) < 0.05 + 0.06 * year
    theta = np.eye(9)[rng.integers(0, 9, 3000)]
    theta[none] = 0
    periods = make_periods((np.datetime64("2010", "Y") + year).astype("M8[D]"), period="year")
    shares = estimate(theta, periods)
    assert (fit_trends(shares).table["p_adjusted"] < 0.05).sum() >= 5
    finding = unassigned_trend(shares)
    assert finding.flagged and finding.measures["slope"] == pytest.approx(6, abs=1)
    assert (finding.corrected.table["p_adjusted"] < 0.05).sum() <= 1
    assert not unassigned_trend(estimate(np.eye(9)[rng.integers(0, 9, 3000)], periods)).flagged


def test_a_change_of_sources_is_held_fixed():
    rng = np.random.default_rng(7)
    year = np.repeat(np.arange(8), 600)
    source = rng.random(4800) < 0.1 + 0.1 * year
    # The two sources differ in what they write about, and neither changes.
    profiles = np.stack([rng.dirichlet(np.full(10, 1.0)), rng.dirichlet(np.full(10, 1.0))])
    label = np.array([rng.choice(10, p=profiles[int(s)]) for s in source])
    periods = make_periods((np.datetime64("2010", "Y") + year).astype("M8[D]"), period="year")
    finding = source_mix(np.eye(10)[label], periods, np.where(source, "blog", "journal"))
    raw = fit_trends(estimate(np.eye(10)[label], periods)).table
    assert finding.flagged and (raw["p"] < 0.05).sum() >= 4
    assert (finding.corrected.table["p"] < 0.05).sum() <= 1 and finding.measures["covered"] == 1.0
    steady = rng.random(4800) < 0.4
    assert not source_mix(np.eye(10)[label], periods, np.where(steady, "a", "b")).flagged
    assert not source_mix(np.eye(10)[label], periods, ["one"] * 4800).flagged
    apart = source_mix(np.eye(10)[label], periods, np.where(year < 4, "old", "new"))
    assert apart.flagged and apart.corrected is None and "on its own" in apart.sentence


def test_wrong_dates_blur_a_step_but_not_a_line():
    made = simulate(
        Design(movers=("linear",), documents=300, spread=0.3, shock=0.0), Words(length=5), rng=8
    )
    shares = estimate(oracle(made), made.truth.periods)
    finding = date_errors(shares, share=0.1, draws=20, rng=1)
    assert not finding.flagged and {0, 1} <= set(finding.measures["kept"])
    assert 0.9 < finding.measures["changes"][0] < 1.05
    with pytest.raises(UsageError, match="between 0 and 1"):
        date_errors(shares, share=0, rng=1)
