"""RIS: the spellings of several exporters, records that are cut off."""

from __future__ import annotations

from pathlib import Path

import pytest

from trends.sources.bibliographic.ris import dated, records
from trends.sources.records.record import Dropped

SAMPLE = Path(__file__).parents[1] / "samples" / "ris.ris"


def test_one_thing_in_several_tags():
    north, south, spouts, lids, cut = records([SAMPLE])
    assert (north.id, north.title, north.date.written) == (
        "10.1234/cans.1",
        "Watering cans of the north",
        "2014-05-03",
    )
    assert north.text == "Cans are compared. They hold water, and some leak."
    assert (south.id, south.title, south.text, south.date.written) == (
        "can-2",
        "Cans of the south",
        "They are of clay.",
        "2014",
    )
    assert (
        spouts.date.written == "2016-05-03"
    )  # day and month in one tag, the year in another; not the day of access
    assert (lids.date, "forthcoming" in lids.date_problem) == (None, True)
    assert isinstance(cut, Dropped)
    assert (cut.reason, cut.place.line) == ("cut off", 34)


@pytest.mark.parametrize(
    ("item", "date"),
    [
        ({"year": "2014"}, "2014"),
        ({"publication_year": "2014//"}, "2014"),
        ({"publication_year": "2014///"}, "2014"),
        ({"publication_year": "2014///Spring"}, "2014-04-01/2014-06-30"),
        ({"date": "2014/05//"}, "2014-05"),
        ({"date": "2014/05/03/early"}, "2014-05-03"),
        ({"date": "2014/05/03", "year": "2014"}, "2014-05-03"),
        ({"date": "nonsense", "year": "2014"}, "2014"),
        ({"date": "nonsense"}, None),
        ({"access_date": "2014"}, None),
    ],
)
def test_dates(item, date):
    found, problem = dated(item)
    assert (found.written if found else None) == date
    assert bool(problem) == (item == {"date": "nonsense"})


def test_loose_spacing_and_records_without_end(tmp_path):
    path = tmp_path / "a.ris"
    path.write_text(
        "TY - JOUR\nTI  - One\nER - \n  TY  - JOUR\n  TI  - Two\n  ER  - \nTY  - JOUR\nTI  - "
        "Three\nTY  - JOUR\nTI  - Four\nER  -\n",
        encoding="utf-8",
    )
    one, two, three, four = records([path])
    assert [r.title for r in (one, two, four)] == ["One", "Two", "Four"]
    assert three.reason == "cut off"


def test_lines_outside_of_records_are_counted(tmp_path):
    path = tmp_path / "a.ris"
    path.write_text(
        "Provider: invented\nDatabase: none\n\nTY  - JOUR\nTI  - One\nER  - \nTY", encoding="utf-8"
    )
    head, one, tail = records([path])
    assert (head.reason, tail.reason) == ("outside of any record", "outside of any record")
    assert [r.place.line for r in (head, one, tail)] == [1, 4, 7]


def test_lines_that_go_on_from_nothing_are_no_crash(tmp_path):
    path = tmp_path / "a.ris"
    path.write_text(
        "TY  - JOUR\nlost words\nER  - \nstray\nTY  - JOUR\nTI  - One\nER  - \n", encoding="utf-8"
    )
    first, stray, second = records([path])
    assert isinstance(first, Dropped)
    assert isinstance(stray, Dropped)
    assert second.title == "One"
