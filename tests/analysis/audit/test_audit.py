"""The audit on corpora whose faults are known, and on one without any."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.analysis.audit.coverage import coverage, dates
from trends.analysis.audit.duplicates import duplicates
from trends.analysis.audit.indexing_lag import delay_curve, lag
from trends.analysis.audit.length import length
from trends.analysis.audit.mix import jensen_shannon, languages, mix
from trends.analysis.audit.run import Material, audit, conclusion, table
from trends.analysis.diagnostics.source_mix import source_mix
from trends.analysis.prevalence.periods import make_periods
from trends.core import Corpus

DAY = np.timedelta64(1, "D")


def years(place, **observed):
    return make_periods(
        (np.datetime64("2010", "Y") + np.asarray(place)).astype("M8[D]"), period="year", **observed
    )


def whole(place):
    """Years that are known to be covered."""
    first, last = 2010 + int(np.min(place)), 2010 + int(np.max(place))
    return years(place, observed=(dt.date(first, 1, 1), dt.date(last, 12, 31)))


def test_gaps_and_missing_text_are_seen():
    place = np.repeat([0, 1, 3], 30)
    worded = np.ones(90, dtype=bool)
    worded[60:75] = False
    part = coverage(np.ones(90, dtype=bool), worded, years(place))
    assert (
        part.flag == "look"
        and "no document in 2012" in part.sentence
        and "lowest in 2013 (50%)" in part.sentence
    )
    assert part.table["n_docs"].tolist() == [30, 30, 0, 30] and part.table[
        "n_with_text"
    ].tolist() == [30, 30, 0, 15]
    assert (
        coverage(
            np.ones(90, dtype=bool), np.ones(90, dtype=bool), years(np.repeat([0, 1, 2], 30))
        ).flag
        == "ok"
    )


def test_undated_documents_stand_in_a_row_without_period():
    periods = make_periods(pd.to_datetime(["2010-01-05", None, "2011-02-03"]), period="year")
    part = coverage(np.array([True, False, True]), np.ones(3, dtype=bool), periods)
    assert part.flag == "look" and part.table["period"].isna().tolist() == [False, False, True]
    assert part.table["n_docs"].sum() == 3 and part.measures["undated"] == 1


def frame_of(days, precision="day", evidence="stated"):
    days = pd.Series(pd.to_datetime(days))
    return pd.DataFrame({"date": days, "date_precision": precision, "date_evidence": evidence})


def test_dates_that_are_months_in_disguise_are_seen():
    firsts = frame_of([f"{y}-{m:02d}-01" for y in (2010, 2011) for m in range(1, 13)])
    spread = frame_of([f"{y}-{m:02d}-{m + 3:02d}" for y in (2010, 2011) for m in range(1, 13)])
    seen = [
        dates(f, make_periods(f["date"], f["date_precision"], period="year"))
        for f in (firsts, spread)
    ]
    assert [p.flag for p in seen] == ["look", "ok"]
    assert "100% of the dates that name a day name the first of a month" in seen[0].sentence


def test_coarse_and_contradicting_dates_are_counted():
    frame = frame_of(["2010-01-01"] * 5 + ["2010-03-05"] * 5)
    frame.loc[:4, ["date_precision", "date_evidence"]] = ["year", "lookup"]
    periods = make_periods(
        frame["date"], frame["date_precision"], period="month", imprecise="spread"
    )
    part = dates(frame, periods, conflicts=2)
    assert (
        part.flag == "look"
        and "5 documents (50.0%) may lie in several months" in part.sentence
        and "2 dates contradict" in part.sentence
    )
    assert part.table["n_docs"].sum() == 10 and set(part.table["date_precision"]) == {"day", "year"}
    assert "a look-up table (50.0%)" in part.sentence


def test_a_mix_that_changes_is_flagged_with_the_measure_of_the_diagnostic():
    rng = np.random.default_rng(0)
    place = np.repeat(np.arange(6), 100)
    blog = np.where(rng.random(600) < 0.1 + 0.15 * place, "blog", "journal")
    part = mix(blog, years(place), name="mix-source", noun="source", column="source")
    diagnostic = source_mix(np.eye(2)[rng.integers(0, 2, 600)], years(place), blog)
    assert (
        part.flag == "look"
        and diagnostic.flagged
        and part.measures["cramers_v"] == pytest.approx(diagnostic.measures["cramers_v"])
    )
    assert 'standardize_by = "source"' in part.sentence and "2015" in part.sentence
    of_last = part.table[part.table["period"] == pd.Timestamp("2015-01-01")]
    assert of_last["share"].sum() == pytest.approx(1) and (of_last["p_adjusted"] < 0.001).all()
    steady = np.where(rng.random(600) < 0.4, "blog", "journal")
    assert mix(steady, years(place), name="m", noun="source").flag == "ok"
    assert mix(["one"] * 600, years(place), name="m", noun="source").flag == "ok"


def test_many_venues_become_ten_and_the_rest():
    place = np.repeat(np.arange(3), 200)
    venue = [f"v{i % 40:02d}" for i in range(600)]
    part = mix(venue, years(place), name="m", noun="venue")
    assert (
        part.table["label"].nunique() == 11
        and part.table["n_docs"].sum() == 600
        and part.measures["values"] == 40
    )
    np.testing.assert_allclose(part.table.groupby("period")["share"].sum(), 1)


@pytest.mark.slow
def test_periods_drawn_from_one_mix_seldom_differ():
    rng = np.random.default_rng(5)
    false = sum(
        bool(
            mix(
                rng.choice(list("abcdefgh"), 400, p=np.arange(1, 9) / 36).tolist(),
                years(np.repeat(np.arange(8), 50)),
                name="m",
                noun="s",
            ).measures["drifted"]
        )
        for _ in range(60)
    )
    assert false <= 8  # at a false-discovery rate of 5 % some 3 of 60 corpora have any


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=2, max_size=6), st.data())
def test_jensen_shannon_is_a_distance(a, data):
    b = data.draw(st.lists(st.integers(0, 50), min_size=len(a), max_size=len(a)))
    if not sum(a) or not sum(b):
        return
    p, q = np.array(a, float), np.array(b, float)
    assert (
        jensen_shannon(p, q) == pytest.approx(jensen_shannon(q, p))
        and 0 <= jensen_shannon(p, q) <= 1
    )
    assert jensen_shannon(p, 3 * p) == pytest.approx(0, abs=1e-7)
    if not (p * q).any():
        assert jensen_shannon(p, q) == pytest.approx(1)


def test_a_second_language_is_told_and_unknown_ones_are_no_language():
    place = np.repeat(np.arange(4), 50)
    mostly = ["en"] * 150 + ["fr"] * 10 + ["en"] * 40
    part = languages(mostly, years(place))
    assert part.flag == "look" and "fr has its largest share in 2013 (20%)" in part.sentence
    blind = languages(["en"] * 195 + ["und"] * 5, years(place))
    assert (
        blind.flag == "ok"
        and blind.measures["unknown"] == 5
        and "not known for 5 documents" in blind.sentence
    )
    assert languages([""] * 200, years(place)).flag == "unknown"


def test_documents_that_grow_longer_are_seen():
    rng = np.random.default_rng(2)
    place = np.repeat(np.arange(6), 60)
    grow = np.exp(rng.normal(4 + 0.15 * place, 0.3)).astype(int)
    part = length(grow, years(place))
    assert part.flag == "look" and part.measures["factor"] == pytest.approx(np.exp(0.75), rel=0.1)
    assert (
        part.table["median"].is_monotonic_increasing
        and (part.table["q10"] < part.table["q90"]).all()
    )
    assert length(np.exp(rng.normal(4, 0.3, 360)).astype(int), years(place)).flag == "ok"
    assert length(np.ones(10, dtype=int), years(np.zeros(10, dtype=int))).flag == "unknown"


def test_a_last_period_that_falls_short_is_seen():
    rng = np.random.default_rng(3)
    sizes = [*rng.poisson(200, 10), 60]
    place = np.repeat(np.arange(11), sizes)
    none = np.full(len(place), np.datetime64("NaT", "D"))
    part = lag(whole(place), none, {})
    assert part.flag == "look" and part.measures["fewer_than_expected"] == ["2020"]
    assert "cannot be known" in part.sentence and part.table["completeness"].isna().all()
    expected = part.table["expected"].dropna()
    assert len(expected) == 3 and expected.iloc[-1] == pytest.approx(200, rel=0.2)
    assert lag(whole(np.repeat(np.arange(11), 200)), none[:1].repeat(2200), {}).flag == "ok"
    assert (
        "Fewer than three complete"
        in lag(whole(np.repeat(np.arange(4), 5)), none[:1].repeat(20), {}).sentence
    )


def delayed(rng, mean=40.0):
    """Documents of two years in truth, and those of them that a source that takes in after a delay
    holds on the last day.
    """
    day = np.datetime64("2020-01-01") + rng.integers(0, 731, 6000) * DAY
    came = day + rng.exponential(mean, 6000).astype(int) * DAY
    end = np.datetime64("2021-12-31")
    return day, came, end, came <= end


def test_how_complete_the_last_periods_are_is_learnt_from_delays():
    day, came, _, seen = delayed(np.random.default_rng(8))
    periods = make_periods(
        day[seen],
        period="quarter",
        observed=(dt.date(2020, 1, 1), dt.date(2021, 12, 31)),
    )
    part = lag(periods, day[seen], {"date_indexed": came[seen]}, until=dt.date(2021, 12, 31))
    in_truth = make_periods(day, period="quarter").n_docs
    np.testing.assert_allclose(part.table["completeness"], periods.n_docs / in_truth, atol=0.05)
    assert (
        part.flag == "look"
        and "2021 Q4" in part.measures["late"]
        and "2020 Q1" not in part.measures["late"]
    )
    assert part.measures["median_delay"] == pytest.approx(40 * np.log(2), abs=3)


def test_delays_are_not_taken_at_their_face_value():
    day, came, end, seen = delayed(np.random.default_rng(9), mean=200)
    delay, limit = (came - day)[seen].astype(int), (end - day[seen]).astype(int)
    curve = delay_curve(delay, limit)
    # In truth exponential, cut at the longest delay that could be seen; the naive mean of what was
    # seen is far too short.
    x = np.array([50, 100, 200, 400])
    truth = (1 - np.exp(-x / 200)) / (1 - np.exp(-limit.max() / 200))
    np.testing.assert_allclose(curve[x], truth, atol=0.05)
    assert np.mean(delay <= 200) > truth[2] + 0.06
    assert (np.diff(curve) >= 0).all() and curve[-1] == 1


def test_documents_older_than_the_source_do_not_count_as_late():
    rng = np.random.default_rng(1)
    day = np.datetime64("2022-01-01") + rng.integers(0, 300, 500) * DAY
    old = np.datetime64("2015-01-01") + rng.integers(0, 300, 100) * DAY
    added = np.concatenate([day + DAY, np.repeat(np.datetime64("2022-01-01"), 100)])
    both = np.concatenate([day, old])
    part = lag(make_periods(both, period="year"), both, {"date_featured": added})
    assert part.measures["longest_delay"] < 400 and part.measures["delay_90"] <= 1


def test_repeats_are_counted_by_period_and_kind():
    place = np.repeat([0, 1], 50)
    group = np.arange(100)
    group[60], group[61] = 3, 3
    kind = [""] * 100
    kind[60], kind[61] = "ids", "texts"
    part = duplicates(group, kind, years(place), apart=1)
    assert (
        part.flag == "look"
        and "2 documents of 100 (2.0%) repeat an earlier one, in 1 group" in part.sentence
        and "1 pair looks alike" in part.sentence
    )
    assert part.table.groupby("kind")["n_repeats"].sum().to_dict() == {"ids": 1, "texts": 1}
    assert part.table.loc[part.table["period"] == pd.Timestamp("2011-01-01"), "share"].tolist() == [
        0.02,
        0.02,
    ]
    assert duplicates(np.arange(100), [""] * 100, years(place)).flag == "ok"


def plain_corpus(**columns):
    n = 60
    days = [dt.date(2010 + i // 20, 1 + i % 12, 1 + i % 27) for i in range(n)]
    frame = {
        "id": [f"d{i}" for i in range(n)],
        "title": [f"title {i}" for i in range(n)],
        "date": days,
        "date_precision": "day",
        "date_evidence": "stated",
        "source": "s",
    }
    return Corpus(pd.DataFrame({**frame, **columns}), name="plain")


def test_a_corpus_without_texts_says_what_cannot_be_audited():
    corpus = plain_corpus()
    periods = make_periods(corpus.documents["date"], period="year")
    parts = audit(
        corpus,
        periods,
        Material(
            np.zeros(60, dtype=bool), None, mixes={"mix-source": ("source", "source", ["s"] * 60)}
        ),
    )
    flags = {p.name: p.flag for p in parts}
    assert flags == {
        "coverage": "ok",
        "dates": "ok",
        "mix-source": "ok",
        "lag": "ok",
        "length": "unknown",
        "duplicates": "unknown",
        "language": "unknown",
    }
    assert "Cannot be audited: length, duplicates, language." in conclusion(parts)
    shown = table(parts)
    assert (
        list(shown.columns) == ["part", "flag", "sentence", "rule"]
        and shown["sentence"].str.endswith(".").all()
    )


def test_days_of_indexing_are_found_in_the_columns_and_nonsense_in_them_is_missing():
    for nonsense, found in ((5, ""), (12, "date_featured")):
        # Of 60 documents 48 have a delay, which is too few, or 55.
        added = [f"{2010 + i // 20}-12-30" if i % nonsense else "soon" for i in range(60)]
        corpus = plain_corpus(date_featured=added, language="en", date_updated="2030-01-01")
        documents = corpus.documents.assign(date=pd.Timestamp("2012-12-30"))
        late = np.where(np.arange(60) % 2, "2012-12-30", "2012-12-31")
        corpus = Corpus(
            documents.assign(
                date_featured=np.where(documents["date_featured"] == "soon", "soon", late)
            )
        )
        periods = make_periods(corpus.documents["date"], period="year")
        part = next(
            p
            for p in audit(corpus, periods, Material(np.ones(60, dtype=bool), None))
            if p.name == "lag"
        )
        assert part.measures["delay_from"] == found
