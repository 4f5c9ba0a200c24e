"""Which record is the document: alike titles, numbers, authors, dates that lie apart."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.core.dates import parse_iso
from trends.sources.dating.matching import (
    Candidate,
    Document,
    decide,
    distance,
    settled,
    shared_authors,
    similarity,
)

LONG = "On the growth of moss in northern gardens"
TEXTS = st.text(max_size=40)


def found(title=LONG, date="2020-03-04", service="arxiv", authors="", **ids):
    return Candidate(
        service, f"{service}:1", title, parse_iso(date) if date else None, authors, ids
    )


def verdict(title, *candidates, threshold=0.9, **asked):
    return decide(Document("d1", title, **asked), candidates, threshold).verdict


@given(TEXTS, TEXTS)
def test_similarity_is_symmetric_and_a_share(a, b):
    assert similarity(a, b) == pytest.approx(similarity(b, a))
    assert 0 <= similarity(a, b) <= 1
    assert similarity(a, a) == (1.0 if any(c.isalnum() for c in a) else similarity(a, a))


@given(TEXTS, TEXTS, TEXTS)
@settings(max_examples=60)
def test_distance_is_a_metric(a, b, c):
    assert distance(a, b) == distance(b, a) and (distance(a, b) == 0) == (a == b)
    assert distance(a, c) <= distance(a, b) + distance(b, c)
    assert abs(len(a) - len(b)) <= distance(a, b) <= max(len(a), len(b))


def test_known_distances():
    assert (
        distance("kitten", "sitting") == 3
        and distance("", "abc") == 3
        and distance("flaw", "lawn") == 2
    )


@pytest.mark.parametrize(
    "written",
    [
        "ON THE GROWTH OF MOSS IN NORTHERN GARDENS",
        "On the <i>growth</i> of moss in northern gardens",
        "On the growth of moss\nin northern gardens.",
        "On the gröwth of moss in northern gardens",
        "On the Growth of Moss—in Northern Gardens",
    ],
)
def test_the_same_title_in_another_form_is_the_same(written):
    assert similarity(LONG, written) == 1.0


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Gardens of the north, Part I", "Gardens of the north, Part II"),
        ("Overview of the shared task 2019", "Overview of the shared task 2020"),
        ("BERT: a model of moss in northern gardens", "BART: a model of moss in northern gardens"),
        ("Symmetric ciphers in northern gardens", "Asymmetric ciphers in northern gardens"),
        (
            "A long account of supervised learning for the many kinds of moss in gardens",
            "A long account of unsupervised learning for the many kinds of moss in gardens",
        ),
        ("The model with 7 layers of moss", "The model with 8 layers of moss"),
        (LONG, "On the growth of ferns in southern ponds"),
    ],
)
def test_titles_that_differ_in_what_counts_are_others(a, b):
    assert similarity(a, b) < 0.9 and verdict(a, found(b)) == "no match"


def test_a_small_slip_is_forgiven():
    decision = decide(Document("d1", "On the growth of moss in northern garden"), [found()])
    assert (
        decision.verdict == "dated"
        and 0.9 <= decision.score < 1
        and decision.why == "similar title"
    )
    assert decision.date.first == dt.date(2020, 3, 4)


def test_words_written_apart_are_the_same_words():
    assert (
        similarity("The pre-training of moss in gardens", "The pretraining of moss in gardens")
        == 1.0
    )


def test_other_authors_are_another_paper_and_an_identifier_settles_it():
    assert verdict(LONG, found(authors="Bo Beispiel"), authors="Ada Example") == "no match"
    assert verdict(LONG, found(authors="Bo Beispiel, A. Example"), authors="Ada Example") == "dated"
    assert (
        verdict(
            LONG,
            found(authors="Bo Beispiel", doi="10.1/X"),
            authors="Ada Example",
            ids={"doi": "10.1/x"},
        )
        == "dated"
    )
    assert shared_authors("Lovelace, A.; Babbage, C.", "Ada Lovelace and Mary Somerville") == 0.5
    assert shared_authors("", "Ada Lovelace") is None


def test_an_identifier_does_not_make_another_title_the_same():
    assert (
        verdict(
            LONG, found("A quite different matter of state", doi="10.1/x"), ids={"doi": "10.1/x"}
        )
        == "no match"
    )


def test_a_short_title_decides_nothing_alone():
    assert verdict("Introduction", found("Introduction")) == "too short"
    assert (
        verdict("Introduction", found("Introduction", authors="A. Example"), authors="Ada Example")
        == "dated"
    )
    assert (
        verdict(
            "Introduction", found("Introduction", arxiv="2001.00001"), ids={"arxiv": "2001.00001"}
        )
        == "dated"
    )


def test_the_earliest_version_dates_and_dates_far_apart_decide_nothing():
    decision = decide(
        Document("d1", LONG), [found(date="2021", service="crossref"), found(date="2020-03-04")]
    )
    assert decision.date.first == dt.date(2020, 3, 4) and decision.best.service == "arxiv"
    assert verdict(LONG, found(date="1999-01-01"), found(date="2020-03-04")) == "ambiguous"
    assert (
        "1999-01-01 to 2020-03-04"
        in decide(Document("d1", LONG), [found(date="1999-01-01"), found()]).why
    )


def test_the_very_title_beats_one_that_is_like_it():
    decision = decide(Document("d1", LONG), [found(LONG + "s", date="1990-01-01"), found()])
    assert decision.verdict == "dated" and decision.date.first.year == 2020


def test_what_is_not_known_is_not_made_up():
    assert (
        verdict(LONG) == "no match"
        and verdict("") == "no match"
        and verdict("", found("")) == "no match"
    )
    assert verdict(LONG, found(date="")) == "no date"
    assert decide(Document("d1", LONG), [found(date="2020")]).date.precision == "year"


def test_a_coarse_date_is_made_finer_but_not_contradicted():
    known = parse_iso("2020")
    assert verdict(LONG, found(), known=known) == "dated"
    assert verdict(LONG, found(date="2019-12-30"), known=known) == "contradicts"
    assert verdict(LONG, found(date="2020"), known=known) == "no date"


def test_a_service_more_is_asked_only_where_it_may_help():
    assert settled(Document("d1", LONG), [found()])
    assert not settled(Document("d1", LONG), [found(date="2020")])
    assert not settled(Document("d1", LONG), [found(LONG + "s")])
    assert not settled(Document("d1", LONG), [])


@given(
    st.lists(st.tuples(TEXTS, st.sampled_from(["", "1999", "2020-03", "2020-03-04"])), max_size=4),
    TEXTS,
)
def test_any_candidates_end_in_one_verdict(candidates, title):
    decision = decide(Document("d1", title), [found(t, date) for t, date in candidates])
    assert (decision.date is not None) == (decision.verdict == "dated")
    assert decision.verdict != "dated" or decision.score >= 0.9
