from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.core.dates import Evidence
from trends.errors import UsageError
from trends.sources.daily_papers.dates import check_years, not_before, resolve
from trends.sources.daily_papers.grammar import Page, Record, parse
from trends.sources.daily_papers.lines import PrintedDate

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def printed(text, line=1):
    day, _, year = text.partition(", ")
    month, _, number = day.partition(" ")
    return PrintedDate(
        MONTHS.index(month) + 1, int(number), int(year) if year else None, text, line
    )


def page(snapshot, *dates):
    records = tuple(
        Record(f"Title {i}", "Text.", i, printed(d, i) if d else None)
        for i, d in enumerate(dates, 1)
    )
    return Page("page.txt", printed(snapshot) if snapshot else None, records)


def days(result):
    return [d and d.first.isoformat() for d in result.dates]


def glued(*bylines, snapshot="Nov 10"):
    """Dates of a page that prints the number of comments right behind them."""
    text = f"Daily Papers\n{snapshot}\n" + "\n".join(
        f"Title {i}\nWords of an abstract {i}, longer than its title.\n2 authors\n·\n{b}"
        for i, b in enumerate(bylines)
    )
    return resolve(parse(text, "p"))


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("May 296", "2024-05-29"),
        ("[May 29](https://x.org/1)6", "2024-05-29"),
        ("[May 296](https://x.org/1)", "2024-05-29"),
        ("[May 29](https://x.org/1)[6](https://x.org/2)", "2024-05-29"),
        ("May 2911", "2024-05-29"),
        ("May 396", "2024-05-03"),
        ("May 3", "2024-05-03"),
        ("May 39", "2024-05-03"),  # no month has 39 days
        ("Feb 30", None),
        ("May 20", "2024-05-20"),  # no number of comments begins with a nought
        ("May 31", "2024-05"),  # or May 3 with one comment: the month is sure
        ("Nov 12", "2024-11-01"),  # the 12th lies after the day on which the page was saved
        ("May 22, 20236", "2023-05-22"),
        ("May 31, 2023", "2023-05-31"),
    ],
)
def test_a_number_of_comments_right_behind_the_day(printed, written):
    found = glued("Jun 125", printed, "May 1, 2023")
    assert found.dates[0].written == "2024-06-12"
    assert (found.dates[1].written if found.dates[1] else None) == written
    assert any("the month is kept" in w for w in found.warnings) == (written == "2024-05")


def test_without_such_a_date_nothing_is_in_doubt():
    dates = [d.written for d in glued("May 31", "Jun 12 4", "May 1, 2023").dates]
    assert dates == ["2024-05-31", "2024-06-12", "2023-05-01"]
    assert glued("May 1, 20236", "May 1, 2022").dates[0] is None  # one misprint


def test_real_pages_tell_their_year(shared):
    expected = {
        "001_0088d08e066a6dd8.txt": dt.date(2026, 1, 1),
        "002_0fae978c6fd73d96.txt": dt.date(2025, 11, 10),
    }
    for path in sorted((shared / "seeds").glob("*.txt")):
        result = resolve(parse(path.read_text(encoding="utf-8"), path.name))
        assert result.snapshot == expected.get(path.name)
        assert result.problems == ()


def test_year_left_out_is_the_year_after_all_printed_ones():
    result = resolve(page("Nov 10", "May 2, 2023", "Sep 26", "Nov 10", "Dec 31, 2024"))
    assert result.snapshot == dt.date(2025, 11, 10)
    assert days(result) == ["2023-05-02", "2025-09-26", "2025-11-10", "2024-12-31"]
    assert [d.evidence for d in result.dates] == [
        Evidence.STATED,
        Evidence.SNAPSHOT_YEAR,
        Evidence.SNAPSHOT_YEAR,
        Evidence.STATED,
    ]
    assert result.problems == result.warnings == ()


def test_year_left_out_without_snapshot_day():
    result = resolve(page(None, "May 2, 2021", "Dec 26"))
    assert result.snapshot is None
    assert days(result) == ["2021-05-02", "2022-12-26"]
    assert any("no snapshot day" in w for w in result.warnings)


def test_leap_day_needs_a_leap_year():
    assert days(resolve(page("Dec 1", "May 2, 2022", "Feb 29"))) == ["2022-05-02", "2024-02-29"]
    assert resolve(page("Feb 29", "May 2, 2020")).snapshot == dt.date(2024, 2, 29)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Feb 30, 2023", "not a day of the calendar"),
        ("Feb 30", "not a day of the calendar"),
        ("May 2, 20223", "cannot be meant"),
        ("May 2, 1023", "cannot be meant"),
        ("May 2, 23", "cannot be meant"),
        ("May 2, 2203", "after the day on which the page was saved|cannot be meant"),
        ("May 2, 2052", "cannot be meant"),
        ("Dec 24", "lies after the day"),
    ],
)
def test_bad_dates_are_refused_one_by_one(text, why):
    result = resolve(page("Nov 10", "May 2, 2023", text, "Jun 3, 2024", "Jun 3"))
    assert days(result) == ["2023-05-02", None, "2024-06-03", "2025-06-03"]
    (record, shown, reason) = result.problems[0]
    assert len(result.problems) == 1
    assert (record.title, shown) == ("Title 2", text)
    assert re.search(why, reason)


def test_a_year_that_one_record_alone_carries_far_ahead_is_reported():
    result = resolve(page("Nov 10", "May 2, 2023", "May 9, 2023", "May 2, 2032"))
    assert result.snapshot == dt.date(2033, 11, 10)
    assert any(
        "rests on one record alone (line 3" in w and "snapshot_years" in w for w in result.warnings
    )
    given_year = resolve(page("Nov 10", "May 2, 2023", "May 9, 2023", "May 2, 2032"), 2024)
    assert given_year.snapshot == dt.date(2024, 11, 10)
    assert days(given_year) == ["2023-05-02", "2023-05-09", None]


def test_no_printed_year_means_no_year():
    result = resolve(page("Nov 10", "Sep 26", ""))
    assert result.snapshot is None
    assert days(result) == [None, None]
    assert "snapshot_years" in result.problems[0][2]
    assert days(resolve(page("Nov 10", "Sep 26", ""), 2025)) == ["2025-09-26", None]


def test_snapshot_that_states_its_year():
    result = resolve(page("Nov 10, 2025", "May 2, 2021", "Sep 26"))
    assert result.snapshot == dt.date(2025, 11, 10)
    assert days(result) == ["2021-05-02", "2025-09-26"]


def test_impossible_snapshot_day_is_reported():
    result = resolve(page("Feb 31", "May 2, 2021"))
    assert result.snapshot is None
    assert any("Feb 31" in w for w in result.warnings)


def test_not_before():
    assert not_before(page("Apr 22", ""), dt.date(2025, 4, 21)) == dt.date(2025, 4, 22)
    assert not_before(page("Apr 22", ""), dt.date(2025, 4, 23)) == dt.date(2026, 4, 22)
    assert not_before(page("Feb 29", ""), dt.date(2025, 4, 23)) == dt.date(2028, 2, 29)
    assert not_before(page(None, ""), dt.date(2025, 4, 23)) == dt.date(2025, 4, 23)
    assert not_before(page("Apr 22", ""), None) is None


@pytest.mark.parametrize(
    "bad", [{"other.txt": 2025}, {"page.txt": "2025"}, {"page.txt": True}, [2025], "2025"]
)
def test_years_option_is_checked(bad):
    with pytest.raises(UsageError, match="snapshot_years"):
        check_years(bad, ["page.txt"])


def test_year_option_out_of_range():
    with pytest.raises(UsageError, match="20255"):
        resolve(page("Nov 10"), 20255)


_DATES = st.dates(dt.date(2015, 1, 1), dt.date(2029, 12, 31))


@settings(max_examples=150, deadline=None)
@given(snapshot=_DATES, dates=st.lists(_DATES, max_size=12))
def test_inference_recovers_the_truth_where_the_year_before_is_printed(snapshot, dates):
    """A page in the habit of the site with a paper of the year before gives back every date."""
    past = [d for d in dates if d <= snapshot] + [dt.date(snapshot.year - 1, 6, 1)]
    shown = [
        f"{MONTHS[d.month - 1]} {d.day}" + ("" if d.year == snapshot.year else f", {d.year}")
        for d in past
    ]
    result = resolve(page(f"{MONTHS[snapshot.month - 1]} {snapshot.day}", *shown))
    assert result.snapshot == snapshot
    assert days(result) == [d.isoformat() for d in past]
    assert result.problems == ()


@settings(max_examples=150, deadline=None)
@given(
    snapshot=st.tuples(st.integers(1, 12), st.integers(0, 40)),
    dates=st.lists(
        st.tuples(
            st.integers(1, 12), st.integers(0, 99), st.one_of(st.none(), st.integers(0, 999999))
        ),
        max_size=8,
    ),
)
def test_every_printed_date_is_used_or_refused(snapshot, dates):
    records = tuple(
        Record(f"T{i}", "x", i, PrintedDate(m, d, y, f"{m} {d} {y}", i))
        for i, (m, d, y) in enumerate(dates, 1)
    )
    result = resolve(Page("p", PrintedDate(*snapshot, None, "day", 1), records))
    assert sum(d is not None for d in result.dates) + len(result.problems) == len(dates)
    if result.snapshot:
        assert all(d.first <= result.snapshot for d in result.dates if d)
