"""BibTeX: dates of both dialects, abbreviations, volumes, damaged and repeated entries."""

from __future__ import annotations

from pathlib import Path

import pytest

from trends.sources import read_corpus
from trends.sources.bibliographic.bibtex import dated, records
from trends.sources.records.record import Dropped

SAMPLE = Path(__file__).parents[1] / "samples" / "bibtex.bib"


def entries(text, tmp_path):
    path = tmp_path / "a.bib"
    path.write_text(text, encoding="utf-8")
    return list(records([path]))


def test_entries_of_a_reference_manager():
    found = {r.id or r.title[:20]: r for r in records([SAMPLE]) if not isinstance(r, Dropped)}
    hedges = found["ada2019"]
    assert (hedges.date.written, hedges.venue, hedges.ids) == (
        "2019-05",
        "Journal of Gardens",
        {"doi": "10.1234/hedge.7"},
    )
    assert found["lex2020"].date.written == "2020-03-05/2020-03-09"  # not the day of access
    assert (found["soon"].date, "in press" in found["soon"].date_problem) == (None, True)
    assert found["conf"].date.written == "2021-06-12"
    assert (found["child"].date.written, found["child"].venue) == (
        "2021-06-12",
        "Proceedings of the Bean Conference",
    )
    assert found["child"].ids == {"arxiv": "1901.00001"}


def test_damaged_and_repeated_entries_are_dropped_where_they_stand():
    dropped = [(r.place.line, r.reason) for r in records([SAMPLE]) if isinstance(r, Dropped)]
    assert dropped == [(18, "duplicate key"), (19, "not BibTeX"), (21, "not BibTeX")]


def test_markup_is_gone_from_the_corpus_and_undated_entries_are_listed():
    corpus = read_corpus([SAMPLE])
    assert "Hedges and their Grün" in corpus.documents["title"].tolist()
    assert any("50% of them" in text for text in corpus.texts)
    assert any("in press" in row["reason"] for row in corpus.notes["dropped_dates"])


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ({"date": "2019"}, "2019"),
        ({"date": "2019-05-03"}, "2019-05-03"),
        ({"date": "2019-05~"}, "2019-05"),
        ({"date": "2019/2020"}, "2019-01-01/2020-12-31"),
        ({"date": "2019-21"}, "2019-04-01/2019-06-30"),
        ({"year": "2019", "month": "5"}, "2019-05"),
        ({"year": "{2019}", "month": "may"}, "2019-05"),
        ({"year": "2019", "month": "5", "day": "7"}, "2019-05-07"),
        ({"year": "2019", "month": "May/June"}, "2019-05-01/2019-06-30"),
        ({"year": "2019", "month": "sometime"}, "2019"),
        ({"date": "soon", "year": "2019"}, "2019"),
        ({"year": "in press"}, None),
        ({"year": "2019a"}, "2019"),
        ({"month": "may"}, None),
        ({}, None),
    ],
)
def test_dates(fields, date):
    found, problem = dated(fields)
    assert (found.written if found else None) == date
    assert bool(problem) == (
        "sometime" in fields.values()
        or "soon" in fields.values()
        or (date is None and "year" in fields)
    )


def test_values_are_joined_and_abbreviations_looked_up(tmp_path):
    text = (
        '@string{a = "One"}\n@string{b = a # " two"}\n@misc{x, title = b # { three # four}, note = '
        '"a # b", year = 2001}'
    )
    (entry,) = entries(text, tmp_path)
    assert entry.title == "One two three # four"


def test_abbreviations_of_abbreviations_do_not_grow_without_end(tmp_path):
    laughs = "\n".join(f"@string{{a{i} = {' # '.join([f'a{i - 1}'] * 10)}}}" for i in range(1, 12))
    (entry,) = entries(f'@string{{a0 = "haha"}}\n{laughs}\n@misc{{x, title = a11}}', tmp_path)
    assert len(entry.title) <= 2**20


@pytest.mark.parametrize(
    "stretch",
    [
        *("a#", "a=", "\\{", "@ "),
        *(pytest.param(s, marks=pytest.mark.slow) for s in ('"', "{", "}", ",", "@a{", "f={x},")),
    ],
)
def test_a_megabyte_of_one_sign_is_read_or_refused_at_once(stretch, tmp_path):
    found = entries(
        "@misc{x, title = " + stretch * (900_000 // len(stretch)) + "}\n@misc{y, title={B}}",
        tmp_path,
    )
    assert found[-1].id == "y"


def test_thousands_of_blank_lines_and_an_entry_of_a_thousand_lines(tmp_path):
    found = entries(
        "\n" * 5000
        + "@misc{x,\n title = {A}"
        + "\n" * 3000
        + ",\n abstract = {"
        + "word\n" * 3000
        + "}}",
        tmp_path,
    )
    assert [(r.id, r.place.line) for r in found] == [("x", 5001)]
    assert found[0].text.count("word") == 3000


def test_a_brace_on_the_next_line(tmp_path):
    text = "@misc\n{x, title = {A}}\n@misc{y, abstract = {Write to\n@ada\nor not}, title = {B}}"
    assert [(r.id, r.text) for r in entries(text, tmp_path)] == [
        ("x", ""),
        ("y", "Write to @ada or not"),
    ]


def test_an_entry_without_end_costs_only_itself(tmp_path):
    bad, good = entries("@misc{x, title = {" + "a " * 2**20 + "\n@misc{y, title={B}}", tmp_path)
    assert bad.reason == "not BibTeX"
    assert good.id == "y"


@pytest.mark.parametrize(
    "fields",
    [
        "eprint={1901.00001v2}, archiveprefix={arXiv}",
        "eprint={1901.00001}",
        "journal={arXiv preprint arXiv:1901.00001}",
        "url={https://arxiv.org/abs/1901.00001}",
    ],
)
def test_preprints_are_known_by_their_identifier(fields, tmp_path):
    (entry,) = entries(f"@misc{{x, title={{A}}, {fields}}}", tmp_path)
    assert entry.ids == {"arxiv": "1901.00001"}


def test_a_broken_field_that_is_not_needed_costs_nothing(tmp_path):
    path = tmp_path / "a.bib"
    path.write_text(
        "@article{a,\n\ttitle = {One},\n\tyear = {2014},\n\tmonth = oct # {\\textendash} # nov,\n"
        "\tfile = {a {b.pdf:C\\:\\\\a {b.pdf}\n}\n"
        "@article{b,\n title = {Two},\n date = {2015-05-04},\n date = {2015-05-04},\n"
        " file={x}, file={y}\n}\n"
        "@article{c,\n title = {Three},\n date = {2015},\n date = {2016}\n}\n"
        "@article{d,\n title = {Four {broken},\n date = {2015}\n}\n",
        encoding="utf-8",
    )
    one, two, three, four = records([path])
    assert one.date.written == "2014-10-01/2014-11-30"
    assert two.date.written == "2015-05-04"
    assert isinstance(three, Dropped)
    assert "date" in three.detail
    assert isinstance(four, Dropped)
