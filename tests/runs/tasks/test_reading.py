from __future__ import annotations

import json

import pandas as pd
import pytest

import trends as tr
from trends.api import corpus as api
from trends.cli import show
from trends.core import Corpus
from trends.errors import UsageError
from trends.files import plain
from trends.sources.dates.alone import parse_date
from trends.sources.records.build import build
from trends.sources.records.options import ReadOptions
from trends.sources.records.record import Dropped, Place, Record

TEXT = (
    "We show that the number of topics has little influence on the slopes of the shares and of "
    "their intervals."
)


@pytest.fixture
def corpus():
    def parse():
        for i, date in enumerate(["2018-05-03", "2018-06", "2020", None, "Winter 2020"]):
            text = "" if i == 1 else TEXT
            yield Record(
                Place("a.jsonl", i + 1),
                f"id{i}",
                f"Title {i}",
                text,
                date and parse_date(date),
                "made",
            )
        yield Dropped(Place("b.jsonl", 1), "not JSON", "Line 1 is cut off.")

    return build(parse(), "made", inputs={}, options=ReadOptions(name="made"))


def test_the_account_adds_up_and_is_json(corpus):
    found = api.describe_corpus(corpus)
    assert (found["records"], found["documents"], found["joined"], found["dropped_by_reason"]) == (
        6,
        5,
        0,
        {"not JSON": 1},
    )
    assert [(p["period"], p["n_docs"], p["share_with_text"]) for p in found["periods"]] == [
        ("2018", 2, 0.5),
        ("2019", 0, None),
        ("2020", 2, 1),
    ]
    assert found["by_precision"] == {"day": 1, "month": 1, "year": 1, "range": 1}
    assert found["languages"] == {"en": 4, "und": 1}
    assert found["counts"] == {
        "dropped": 1,
        "dropped_dates": 0,
        "future_dates": 0,
        "conflicts": 0,
        "short_texts": 0,
        "empty_texts": 1,
        "warnings": 0,
    }
    json.dumps(plain(found), allow_nan=False)


def test_what_is_printed_says_where_records_went(corpus, capsys):
    show.reading(api.describe_corpus(corpus, period="half-year"), "c.parquet")
    out = capsys.readouterr().out
    for line in (
        "5  records in a.jsonl",
        "1  records in b.jsonl, 0 of them kept",
        "1  dropped: not JSON",
        "4  have a text",
        "Line 1 is cut off.",
        "1  empty texts",
    ):
        assert line in out
    assert "2018 H1          2        50%  not known to be complete" in out
    assert "future dates" not in out


def test_joined_records_of_pages_are_neither_kept_nor_dropped(shared):
    found = api.describe_corpus(tr.read_corpus(shared / "seeds"))
    assert found["records"] == 452 == found["documents"] + found["joined"]


def test_a_corpus_without_dates_or_texts_has_an_account_too(capsys):
    frame = pd.DataFrame(
        {
            "id": ["a"],
            "title": ["A"],
            "date": [None],
            "date_precision": [None],
            "date_evidence": ["none"],
            "source": ["x"],
        }
    )
    found = api.describe_corpus(Corpus(frame))
    assert found["periods"] == [] and found["with_text"] == 0
    show.reading(found, "")
    assert "undated and kept: 1" in capsys.readouterr().out


def test_unknown_periods_are_refused(corpus):
    with pytest.raises(UsageError, match="Unknown period"):
        api.describe_corpus(corpus, period="fortnight")


def test_a_long_table_of_periods_is_cut_in_the_middle(capsys):
    days = pd.date_range("2018-01-01", "2018-12-31").astype("datetime64[s]")
    frame = pd.DataFrame(
        {
            "id": [str(i) for i in range(len(days))],
            "title": "A",
            "text": "B",
            "date": days,
            "date_precision": "day",
        }
    )
    show.reading(
        api.describe_corpus(Corpus(frame.assign(date_evidence="stated", source="x")), period="day"),
        "",
    )
    out = capsys.readouterr().out
    assert (
        "2018-01-01" in out and "2018-12-31" in out and f"({365 - show.MOST_PERIODS} more)" in out
    )
