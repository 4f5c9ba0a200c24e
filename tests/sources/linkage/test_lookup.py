from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trends.core.dates import Evidence, Precision
from trends.errors import DataError, MissingError, UsageError
from trends.sources.dating import date_table as lookup

HEAD = "title,arxiv_id,date,precision,source\n"


def test_packaged_table_holds_facts_with_sources():
    table, digest = lookup.load("pretraining")
    facts = {id(f): f for f in (*table.by_id.values(), *table.by_title.values())}.values()
    assert len(digest) == 64
    assert len(facts) == 264
    dated = [f for f in facts if f.date]
    assert sum(f.date.precision is Precision.DAY for f in dated) == 81
    assert sum(f.date.precision is Precision.MONTH for f in dated) == 116
    assert all(f.source for f in facts)
    assert {f.date.evidence for f in dated} == {Evidence.LOOKUP, Evidence.ARXIV_ID}
    assert not [f for f in facts if "file id" in f.source or f.source.startswith("page:")]
    assert [f.title for f in facts if not f.date and not f.arxiv_id] == [
        "Efficient Backdoor Attacks for Deep Neural Networks in Real-world Scenarios"
    ]


def test_packaged_table_is_what_the_list_says(shared):
    """Every fact of the table is in the compiled list; estimates are not."""
    with (shared / "data" / "seed_dates.csv").open(encoding="utf-8", newline="") as f:
        listed = {row["title"]: row for row in csv.DictReader(f)}
    table, _ = lookup.load("pretraining")
    for fact in table.by_title.values():
        row = listed[fact.title]
        assert fact.arxiv_id.startswith(row["arxiv_id"])
        assert len(fact.arxiv_id) - len(row["arxiv_id"]) in (
            0,
            1,
        )  # one identifier had lost its last zero
        if fact.date:
            assert fact.date.first.isoformat().startswith(row["date"])
            assert fact.date.precision.value == row["precision"]
        else:
            assert row["source"].startswith("page:") or not row["date"]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Pre-Training, Again!", "pretraining again"),
        ("ﬁne-tuning Ⅳ", "Fine-Tuning IV"),
        ("STRASSE", "straße"),
        ("A\u00a0B", "ab"),
        ("H₂O", "h2o"),
    ],
)
def test_titles_are_compared_by_letters_and_digits(a, b):
    assert lookup.title_key(a) == lookup.title_key(b)


def test_different_titles_stay_different():
    keys = {lookup.title_key(t) for t in ("Part 1", "Part 2", "???", "!!!", "Ünder", "Under")}
    assert len(keys) == 6


@given(st.text(min_size=1).filter(str.strip))
def test_key_is_never_empty_and_stable(title):
    key = lookup.title_key(title)
    assert key
    assert lookup.title_key(title.upper().lower()) is not None
    assert lookup.title_key(key) == key or not key.isalnum()


def test_match_by_identifier_or_title():
    table = lookup.parse(
        HEAD + "A Title,2305.00001,2023-05-03,day,list\nB Title,,2020,year,list\n", "t.csv"
    )
    assert table.find("other", "2305.00001").title == "A Title"
    assert table.find(lookup.title_key("a title")).arxiv_id == "2305.00001"
    assert (
        table.find(lookup.title_key("a title"), "2305.00002") is None
    )  # another paper of that name
    assert table.find(lookup.title_key("B TITLE"), "2305.00002").date.precision is Precision.YEAR
    assert table.find("nothing") is None


def test_a_month_that_the_identifier_says_itself_is_its_evidence():
    table = lookup.parse(
        HEAD
        + "A,2305.00001,2023-05,month,l\nB,2305.00002,2023-06,month,l\n"
        + "C,,2023-05,month,l\nD,2305.00003,2023-05-09,,l\n",
        "t",
    )
    evidence = {t: table.by_title[t].date.evidence for t in "abcd"}
    assert evidence == {
        "a": Evidence.ARXIV_ID,
        "b": Evidence.LOOKUP,
        "c": Evidence.LOOKUP,
        "d": Evidence.LOOKUP,
    }


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("title,date\nA,2020\n", "line 1: .*missing: arxiv_id, precision, source"),
        (HEAD + "A,,2020-02-30,day,l\n", "line 2: .*not a day"),
        (HEAD + "A,,Feb 2020,month,l\n", "line 2: .*YYYY"),
        (HEAD + "A,,2020-02,day,l\n", "line 2: .*precision"),
        (HEAD + "A,2305.1,2020,year,l\n", "line 2: .*arXiv identifier"),
        (HEAD + ",,2020,year,l\n", "line 2: .*title or an arxiv_id"),
        (HEAD + "A,,2020,year,l\na!,,2021,year,l\n", "line 3: .*second row"),
        (HEAD + '"A,,2020,year,l\n', "comma-separated"),
    ],
)
def test_bad_tables_name_the_line(text, what):
    with pytest.raises(DataError, match=what):
        lookup.parse(text, "t.csv")


def test_bad_options(tmp_path):
    with pytest.raises(MissingError, match=r"none\.csv"):
        lookup.load(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="dates"):
        lookup.load("")
    (tmp_path / "e.csv").write_bytes(b"")
    with pytest.raises(DataError, match="empty"):
        lookup.load(tmp_path / "e.csv")
