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
        ({"publication_year": "2020/11//Nov/Dec2020"}, "2020-11"),
        ({"publication_year": "2020///Sum"}, "2020-07-01/2020-09-30"),
        ({"access_date": "2014"}, None),
    ],
)
def test_dates(item, date):
    found, problem = dated(item)
    assert (found.written if found else None) == date
    assert bool(problem) == ("nonsense" in item.get("date", "") and not found)


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


def test_only_what_has_a_tag_is_a_record(tmp_path):
    path = tmp_path / "a.ris"
    path.write_text(
        "Provider: invented\n1.\n\nTY  - JOUR\nTI  - One\nER  - \nhttps://example.org/1\n2.\n"
        "TI  - Two, without its first line\nER  - \nTY",
        encoding="utf-8",
    )
    one, two, tail = records([path])
    assert (two.reason, tail.reason) == ("outside of any record", "outside of any record")
    assert [r.place.line for r in (one, two, tail)] == [4, 9, 11]


def test_lines_that_go_on_from_nothing_are_no_crash(tmp_path):
    path = tmp_path / "a.ris"
    path.write_text(
        "TY  - JOUR\nlost words\nER  - \nstray\nTY  - JOUR\nTI  - One\nER  - \n", encoding="utf-8"
    )
    first, second = records([path])
    assert isinstance(first, Dropped)
    assert second.title == "One"
