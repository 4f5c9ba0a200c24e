"""Web of Science, MEDLINE, refer, EndNote XML, Constellate: how exporters write the same thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from trends.sources import read_corpus
from trends.sources.bibliographic import (
    constellate,
    endnote_xml,
    medline,
    refer,
    web_of_science,
)
from trends.sources.detect import detect
from trends.sources.records.record import Dropped, Record

SAMPLES = Path(__file__).parents[1] / "samples"
TEXTS = {
    "web-of-science": (web_of_science, "web-of-science.ciw"),
    "medline": (medline, "medline.nbib"),
    "refer": (refer, "refer.enw"),
}
#: Dates of the sample of each source, in its order; none for what is dropped.
DATES = {
    "web-of-science": ["2014-05-04", "2015-04-01/2015-06-30", "2016", "2023-01", None, None],
    "medline": ["2013", "2014-02-03", "2015-05-04", "2016", None, None],
    "refer": ["2013", "2014-05-04", "2015-06", "2016", None, None],
}


def written(found):
    return [r.date.written if isinstance(r, Record) else None for r in found]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        *((n, f) for n in TEXTS for f in ("plain", "mark", "crlf", "cr", "utf-16", "txt")),
        ("web-of-science", "twice"),
    ],
)
def test_every_way_of_saving_gives_the_same_records(name, form, tmp_path):
    module, file = TEXTS[name]
    data = (SAMPLES / file).read_bytes()
    made = {
        "mark": b"\xef\xbb\xbf" + data,
        "crlf": data.replace(b"\n", b"\r\n"),
        "cr": data.replace(b"\n", b"\r"),
        "utf-16": data.decode().encode("utf-16"),
        "twice": b"\xef\xbb\xbf" + data + b"\n\xef\xbb\xbf" + data,
    }.get(form, data)
    path = tmp_path / ("savedrecs.txt" if form == "txt" else file)
    path.write_bytes(made)
    assert detect([path]) == name
    found = list(module.records([path]))
    assert written(found)[-6:] == DATES[name]
    assert [r.place.record for r in found] == list(range(1, len(found) + 1))
    assert [r.reason for r in found[-2:]] == ["neither id nor title", "cut off"]
    assert len(found) == (12 if form == "twice" else 6)
    notes = read_corpus([path]).notes
    assert notes["records"] == notes["kept"] + sum(notes["dropped_by_reason"].values())


def test_values_of_web_of_science():
    north, _, lids, early, *_ = web_of_science.records([SAMPLES / "web-of-science.ciw"])
    assert (north.id, north.ids, north.venue) == (
        "WOS:000000000000001",
        {"doi": "10.1234/cans.1"},
        "JOURNAL OF CANS",
    )
    assert (north.title, north.text) == (
        "Watering cans of the north",
        "Cans are compared. They hold water, and some leak.",
    )
    assert lids.flags == ("retracted",)
    assert "32ND DAY" in lids.date_problem
    assert early.date.written == "2023-01"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("tail", ["\t", ""])
def test_tab_delimited_web_of_science(ending, tail, tmp_path):
    """New exports end in no tab, old ones do; both begin with a byte-order mark."""
    rows = (SAMPLES / "web-of-science_tab.txt").read_text().split("\n")
    path = tmp_path / "savedrecs.txt"
    text = ending.join(row.removesuffix("\t") + tail for row in rows)
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert detect([path]) == "web-of-science"
    cans, lids, spouts, cut = web_of_science.records([path])
    assert written([cans, lids, spouts]) == ["2014-05-04", "2015-01-01/2015-03-31", "2023-01"]
    assert (cans.title, lids.title) == ('Watering "cans"', 'Lids, "new" ones')
    assert (cut.reason, cut.place.line) == ("ragged row", 5)


def test_a_record_without_its_end_does_not_run_into_the_next(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("FN x\nVR 1.0\nTI Lost\nER\nPT J\nTI Cut\nPT J\nTI Two\nPY 2014\nER\nEF\n")
    lost, cut, two = web_of_science.records([path])
    assert [lost.reason, cut.reason, two.title] == ["outside of any record", "cut off", "Two"]


def test_refer_without_types_has_blank_lines_between_records(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("%T One\n%A X\n%D 2014\n\n%A Y\n%T Two,\nin two lines\n%D May 2015\n")
    assert detect([path]) == "refer"
    one, two = refer.records([path])
    assert (one.title, two.title) == ("One", "Two, in two lines")
    assert written([one, two]) == ["2014", "2015-05"]


def test_values_of_medline():
    _, north, south, *_ = medline.records([SAMPLES / "medline.nbib"])
    assert (north.ids, north.venue) == ({"pmid": "101", "doi": "10.1234/cans.1"}, "Journal of cans")
    assert north.text.endswith("They hold water, and some leak.")
    assert (south.flags, south.language) == (("retracted",), "fre")


def test_endnote_xml_and_constellate():
    north, south, press, nothing = endnote_xml.records([SAMPLES / "endnote-xml.xml"])
    assert written([north, south]) == ["2014-05-04", "2015"]
    assert north.title == "Watering cans of the north"
    assert (south.venue, press.date, "in press" in press.date_problem) == ("", None, True)
    assert isinstance(nothing, Dropped)
    north, south, lids, *_ = constellate.records([SAMPLES / "constellate.jsonl"])
    assert written([north, south, lids]) == ["2014-05-04", "2015", "2016"]
    assert north.text == "Cans are compared.\nThey hold water, and some leak."
    assert (south.text, lids.text) == ("", "They fit.")


def test_a_long_record_is_dropped_and_the_next_is_read(tmp_path):
    path = tmp_path / "a.ciw"
    path.write_text(
        "PT J\nTI One\n" + "AB x" * 10 + "\n   word" * 60_000 + "\nER\nPT J\nTI Two\nER\n"
    )
    long, two = web_of_science.records([path])
    assert (long.reason, two.title) == ("too long", "Two")
