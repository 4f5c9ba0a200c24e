from __future__ import annotations

import calendar
import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trends.core.dates import (
    DocDate,
    Evidence,
    Precision,
    better,
    day_of,
    parse_iso,
    range_date,
)
from trends.errors import DataError, UsageError
from trends.sources.dates.alone import parse_date

DAYS = st.dates(min_value=dt.date(1600, 1, 1), max_value=dt.date(2200, 12, 31))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2019", "2019"),
        ("2019-05", "2019-05"),
        ("2019-5-3", "2019-05-03"),
        ("20190503", "2019-05-03"),
        ("2019-05-00", "2019-05"),
        ("2014//", "2014"),
        ("2014/05/", "2014-05"),
        ("2014/05/01", "2014-05-01"),
        ("2019-05-03T23:30:00-05:00", "2019-05-04"),
        ("2019-05-03T23:30:00", "2019-05-03"),
        ("2019-05-03 10:11:12.345 UTC", "2019-05-03"),
        ("2016-12-31T23:59:60Z", "2016-12-31"),
        ("Mon, 2 Apr 2007 19:18:42 GMT", "2007-04-02"),
        ("Mon, 2 Apr 2007 22:18:42 EST", "2007-04-03"),
        ("Mon, 2 Apr 2007 01:18:42 +0200", "2007-04-01"),
        ("May 2019", "2019-05"),
        ("Sept. 2019", "2019-09"),
        ("May 3rd, 2019", "2019-05-03"),
        ("3 May 2019", "2019-05-03"),
        ("2019 May 3", "2019-05-03"),
        ("2013 Jan-Mar", "2013-01-01/2013-03-31"),
        ("Jan–Mar 2013", "2013-01-01/2013-03-31"),
        ("May/June 2019", "2019-05-01/2019-06-30"),
        ("12-14 June 2019", "2019-06-12/2019-06-14"),
        ("June 12--14, 2019", "2019-06-12/2019-06-14"),
        ("30 June - 2 July 2019", "2019-06-30/2019-07-02"),
        ("1999 Nov 30-Dec 6", "1999-11-30/1999-12-06"),
        ("2019 Dec-2020 Jan", "2019-12-01/2020-01-31"),
        ("2013 Dec-Jan", "2013-12-01/2014-01-31"),
        ("Dec-Jan 2014", "2013-12-01/2014-01-31"),
        ("2013-01/2013-03", "2013-01-01/2013-03-31"),
        ("2019-05-01 to 2019-05-07", "2019-05-01/2019-05-07"),
        ("2001-2002", "2001-01-01/2002-12-31"),
        ("2013-01/2013-12", "2013"),
        ("Spring 2013", "2013-04-01/2013-06-30"),
        ("2013 Winter", "2013-01-01/2013-03-31"),
        ("2000 Spring-Summer", "2000-04-01/2000-09-30"),
        ("2013-23", "2013-10-01/2013-12-31"),
        ("2013 3rd Quart", "2013-07-01/2013-09-30"),
        ("Q3 2013", "2013-07-01/2013-09-30"),
    ],
)
def test_forms_that_sources_use(text, written):
    date = parse_date(text, Evidence.LOOKUP)
    assert date.written == written
    assert date.evidence is Evidence.LOOKUP


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("03/05/2019", "more than one way"),
        ("3.5.19", "more than one way"),
        ("18-May-21", "more than one way"),
        ("in press", "not a date"),
        ("", "empty"),
        ("99", "not a date"),
        ("2019-13", "not a month"),
        ("2019-02-30", "not a day"),
        ("2019-00-10", "not a date"),
        ("0001", "before 1000"),
        ("2019/", "not a date"),
        ("May", "no year"),
        ("May 3", "more than one way"),
        ("May 2019 2020", "not a date"),
        ("2020-05/2019-05", "ends before"),
        ("2019-05-03T25:00:00Z", "not a time"),
        ("Mon, 2 Apr 2007 19:18:42 XYZ", "time zone"),
        ("9999-12-31T23:59:59-05:00", "outside the calendar"),
        ("May " * 50, "too long"),
        ("9" * 100_000, "too long"),
    ],
)
def test_what_is_no_date_or_two_is_refused_with_a_sentence(text, why):
    with pytest.raises(DataError, match=why):
        parse_date(text)


@given(st.text(max_size=120))
@example("2019-")
@example("-/-")
@example("q quarter 3")
@example("2019 q")
def test_any_text_is_a_date_or_refused(text):
    try:
        date = parse_date(text)
    except DataError as error:
        assert str(error).endswith(".")
    else:
        assert dt.date(1000, 1, 1) <= date.first <= date.last
        assert parse_date(date.written) == date


WORDS = st.sampled_from(
    [
        "2019",
        "2020",
        "Jan",
        "march",
        "Dec",
        "3",
        "12th",
        "-",
        "/",
        "to",
        "Winter",
        "Q",
        "3rd",
        "quarter",
        ",",
        "of",
        "1999",
    ]
)


@given(st.lists(WORDS, max_size=9).map(" ".join))
def test_any_order_of_the_words_of_dates_is_a_date_or_refused(text):
    try:
        date = parse_date(text)
    except DataError:
        return
    assert date.first <= date.last
    assert parse_date(date.written) == date


@given(DAYS)
def test_a_day_is_read_from_every_way_to_write_it(day):
    month, name = f"{day:%m}", calendar.month_name[day.month]
    forms = [
        day.isoformat(),
        f"{day.year}/{month}/{day.day:02d}",
        f"{name} {day.day}, {day.year}",
        f"{day.day} {name[:3]} {day.year}",
        f"{day.year} {name[:3]} {day.day}",
        f"{day.isoformat()}T00:00:00Z",
    ]
    assert {parse_date(form) for form in forms} == {DocDate(day)}


@given(DAYS)
def test_no_more_is_known_than_is_written(day):
    assert parse_date(f"{day.year}").precision is Precision.YEAR
    assert parse_date(f"{day:%Y-%m}").precision is Precision.MONTH
    assert parse_date(f"{day.year}").last == dt.date(day.year, 12, 31)


@given(DAYS, DAYS)
def test_a_range_keeps_both_of_its_days_and_is_a_unit_where_it_is_one(a, b):
    first, last = sorted((a, b))
    date = range_date(first, last)
    assert (date.first, date.last) == (first, last)
    assert parse_date(f"{first}/{last}") == date
    assert (date.until is None) == (date.precision is not Precision.RANGE)


@given(DAYS, st.sampled_from(["day", "month", "year"]))
def test_a_whole_unit_is_that_unit(day, unit):
    whole = parse_iso(day.isoformat()[: {"day": 10, "month": 7, "year": 4}[unit]])
    assert range_date(whole.first, whole.last) == whole
    assert whole.precision == unit


def test_ranges_that_cannot_be():
    with pytest.raises(DataError, match="ends on"):
        range_date(dt.date(2019, 2, 1), dt.date(2019, 1, 1))
    with pytest.raises(DataError, match="needs its last day"):
        DocDate(dt.date(2019, 1, 1), Precision.RANGE)
    with pytest.raises(DataError, match="only a range"):
        DocDate(dt.date(2019, 1, 1), until=dt.date(2019, 1, 2))


def test_moments_become_days_of_one_zone():
    late = dt.datetime(2019, 5, 3, 23, 30, tzinfo=dt.UTC)
    assert day_of(late) == dt.date(2019, 5, 3)
    assert day_of(late, "Asia/Tokyo") == dt.date(2019, 5, 4)
    assert day_of(late.replace(tzinfo=None), "Asia/Tokyo") == dt.date(2019, 5, 3)
    assert parse_date("2019-05-03T23:30:00Z", zone="Asia/Tokyo").first == dt.date(2019, 5, 4)
    with pytest.raises(UsageError, match="time zone"):
        day_of(late, "../../etc/passwd")
    with pytest.raises(UsageError, match="time zone"):
        day_of(late, "Mars/Base")


def test_the_finer_of_two_dates_with_equal_evidence_is_better():
    month, day = parse_date("2019-05"), parse_date("2019-05-07")
    season, conference = parse_date("Spring 2019"), parse_date("5-9 May 2019")
    assert better(month, day) == day
    assert better(season, month) == month
    assert better(conference, month) == conference
    assert better(season, parse_date("2019")) == season
    assert (
        better(
            parse_date("2018", Evidence.STATED), parse_date("2019-05-07", Evidence.ARXIV_ID)
        ).written
        == "2018"
    )
    assert conference.agrees(month) and not conference.agrees(parse_date("2019-06"))
