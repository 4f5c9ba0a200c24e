"""The ACL Anthology: dates of volumes, names of papers, what is no paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from trends.sources.bibliographic.acl_anthology import dated, identifier, records
from trends.sources.records.record import Dropped, Record

SAMPLE = Path(__file__).parents[1] / "samples" / "acl-anthology.xml"


def test_papers_have_the_date_and_venue_of_their_volume():
    front, latin, seeds, tools, rakes = records([SAMPLE])
    assert isinstance(front, Dropped)
    assert front.reason == "front matter"
    assert (latin.id, latin.date.written, latin.venue) == (
        "2021.garden-main.1",
        "2021-07",
        "garden",
    )
    assert latin.title == "Parsing Latin plant names with rules"
    assert latin.text.endswith("and n of them suffice.")
    assert (seeds.text, seeds.flags) == ("", ("retracted",))
    assert (tools.date.written, tools.language, tools.venue) == (
        "2021-07-01/2021-08-31",
        "fra",
        "shed",
    )
    assert (rakes.date.written, rakes.venue) == ("2021", "Annals of Sheds")
    assert "Michaelmas" in rakes.date_problem


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("2020.acl", "main", "1"), "2020.acl-main.1"),
        (("P18", "1", "24"), "P18-1024"),
        (("W05", "3", "7"), "W05-0307"),
        (("D19", "1", "24"), "D19-1024"),
        (("D19", "50", "4"), "D19-5004"),
        (("C69", "1", "2"), "C69-0102"),
        (("P18", "x", "2"), "P18-x.2"),
        (("", "1", "2"), ""),
    ],
)
def test_identifiers_of_both_forms(parts, name):
    assert identifier(*parts) == name


@pytest.mark.parametrize(
    ("year", "month", "date"),
    [
        ("2019", "", "2019"),
        ("2019", "7", "2019-07"),
        ("2019", "July", "2019-07"),
        ("2019", "Jul-Aug", "2019-07-01/2019-08-31"),
        ("", "July", None),
    ],
)
def test_months_as_they_are_written(year, month, date):
    found, _ = dated(year, month)
    assert (found.written if found else None) == date


@pytest.mark.slow
def test_all_records_of_the_list(shared):
    months = years = 0
    for item in records([shared / "data" / "acl.jsonl.gz"]):
        assert isinstance(item, Record)
        months += item.date.precision == "month"
        years += item.date.precision == "year"
    assert (months, years) == (50_318, 1_679)
