"""Crossref: dates of one to three parts, markup, notices."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trends.sources import read_corpus
from trends.sources.bibliographic.crossref import records

SAMPLE = Path(__file__).parents[1] / "samples" / "crossref.json"


def test_works_of_an_answer():
    owls, owlets, day, never, month = records([SAMPLE])
    assert [r.date.written if r.date else None for r in (owls, owlets, day, never, month)] == [
        "2020-02-29",
        "2017-11",
        "2016",
        None,
        "2015",
    ]
    assert (owls.id, owls.venue) == ("10.1234/owl.1", "Night Letters")
    assert (day.flags, month.flags) == (("retracted",), ("withdrawn",))
    assert (never.date_problem, "2015-13" in month.date_problem) == ("", True)


def test_markup_of_abstracts_is_gone_from_the_corpus():
    corpus = read_corpus([SAMPLE])
    (owls,) = (text for text in corpus.texts if "Owls" in text)
    assert "jats" not in owls
    assert owls.endswith("Owls fly at night.")


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        ([[2019]], "2019"),
        ([[2019, 5]], "2019-05"),
        ([[2019, 5, 3]], "2019-05-03"),
        ([["2019", "5"]], "2019-05"),
        ([[None]], None),
        ([[]], None),
        ([], None),
        ("x", None),
        ([[2019, None]], "2019"),
        ([[19]], None),
        ([[2019, 2, 30]], "2019-02"),
    ],
)
def test_date_parts(parts, date, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(
        json.dumps([{"DOI": "10.1234/a", "title": ["A"], "issued": {"date-parts": parts}}]),
        encoding="utf-8",
    )
    (record,) = records([path])
    assert (record.date.written if record.date else None) == date


def test_the_answer_about_a_single_work(tmp_path):
    path = tmp_path / "a.json"
    work = {"DOI": "10.1234/A", "title": ["A"], "issued": {"date-parts": [[2019]]}}
    path.write_text(
        json.dumps({"status": "ok", "message-type": "work", "message": work}, indent=1),
        encoding="utf-8",
    )
    assert [r.id for r in records([path])] == ["10.1234/a"]
    assert len(read_corpus([path])) == 1
