from __future__ import annotations

import datetime as dt
import gzip
import itertools
import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.core import Corpus
from trends.core.dates import Evidence
from trends.errors import DataError, UsageError
from trends.runs.tasks.analysis_parts.reading import account
from trends.sources.dates.alone import parse_date
from trends.sources.linkage.merge import join
from trends.sources.records.build import build
from trends.sources.records.options import ReadOptions
from trends.sources.records.record import Dropped, Place, Record
from trends.sources.records.truncated import MOST_ROWS
from trends.sources.stored import corpus_file

TEXT = (
    "We show that the number of topics has little influence on the slopes of the shares and of "
    "their intervals, which is good."
)
GERMAN = (
    "Wir zeigen, dass die Anzahl der Themen nur wenig Einfluss auf die Steigung der Anteile und "
    "auf deren Intervalle hat."
)
NUMBER = itertools.count(1)


def record(id="a", title="A title", text=TEXT, date="2019-05-03", file="one.jsonl", **more):
    return Record(
        Place(file, next(NUMBER)),
        id,
        title,
        text,
        parse_date(date) if date else None,
        "made",
        **more,
    )


def read(*records, **options):
    common = {key: options.pop(key) for key in ReadOptions.names() if key in options}
    return build(
        iter(records),
        "made",
        inputs={"one.jsonl": "0" * 64},
        options=ReadOptions(**common),
        **options,
    )


def rows(corpus):
    return corpus.documents.set_index("id")


def test_every_record_is_kept_or_dropped_for_a_reason():
    corpus = read(
        record("a"),
        record("a"),
        record("b", text="Short.", file="two.jsonl"),
        record("c", text=GERMAN),
        record("d", text="This paper has been withdrawn by the author."),
        record("e", title="", text=""),
        record("f", flags=("retracted",)),
        record("g", flags=("paratext",)),
        Dropped(Place("two.jsonl", 9), "not JSON", "Line 9 ends in the middle.", "h"),
        languages=["en"],
        min_chars=20,
    )
    notes = corpus.notes
    assert notes["records"] == 9 == notes["kept"] + sum(notes["dropped_by_reason"].values())
    assert notes["dropped_by_reason"] == {
        "repeated record": 1,
        "text too short": 1,
        "other language": 1,
        "withdrawn": 1,
        "no title and no text": 1,
        "paratext": 1,
        "not JSON": 1,
    }
    assert notes["per_input"] == {"one.jsonl": 7, "two.jsonl": 2}
    assert notes["per_input_kept"] == {"one.jsonl": 2, "two.jsonl": 0}
    assert len(notes["dropped"]) == 7
    assert set(corpus.ids) == {"a", "f"}
    assert rows(corpus).loc["f", "flags"] == "retracted"
    told = account(corpus)
    assert told["records"] == told["documents"] + told["joined"] + sum(
        told["dropped_by_reason"].values()
    )


RECORDS = st.builds(
    record,
    id=st.sampled_from(["", "a", "b", "a#2", "\x00"]),
    title=st.sampled_from(["", "One", "Two"]) | st.text(max_size=20),
    text=st.sampled_from(["", TEXT, GERMAN, "N/A", "withdrawn"]) | st.text(max_size=60),
    date=st.sampled_from([None, "2019", "2019-05", "Spring 2019", "2030-01-01"]),
    ids=st.dictionaries(
        st.sampled_from(["doi", "arxiv", "x"]),
        st.sampled_from(["", "1905.00001", "10.1/a"]),
        max_size=2,
    ),
    flags=st.sampled_from([(), ("withdrawn",), ("retracted",)]),
    extra=st.dictionaries(
        st.sampled_from(["n", "date", "venue"]),
        st.sampled_from([None, 1, 2.5, True, "x", 2**70, float("nan")]),
        max_size=2,
    ),
    other_dates=st.sampled_from([(), (("updated", dt.date(2020, 1, 1)),)]),
)
DROPPED = st.builds(
    lambda r: Dropped(Place("two", next(NUMBER)), r), st.sampled_from(["broken", "withdrawn"])
)


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(st.lists(RECORDS | DROPPED, max_size=12), st.sampled_from([(), ("en",), ("de",)]))
def test_the_sum_holds_for_any_records(tmp_path_factory, records, languages):
    try:
        corpus = read(*records, languages=languages, collected_on=dt.date(2021, 1, 1))
    except DataError as error:
        assert "holds no records" in str(error) or "left" in str(error) or "date" in str(error)
        return
    notes = corpus.notes
    assert (
        notes["records"] == len(records) == len(corpus) + sum(notes["dropped_by_reason"].values())
    )
    assert len(notes["dropped"]) == len(records) - len(corpus)
    path = tmp_path_factory.mktemp("c") / "c.parquet"
    corpus_file.write(corpus, path)
    again = corpus_file.read([path])
    assert again.fingerprint == corpus.fingerprint
    assert list(again.documents.columns) == list(corpus.documents.columns)
    assert again.notes == corpus.notes


def test_columns_of_a_corpus():
    corpus = read(
        record(
            "a",
            title="A  <i>title</i>\n wrapped",
            ids={"arxiv": "1905.00001", "doi": "10.1/x"},
            venue="ACL",
            language="eng",
            url="https://example.org",
            other_dates=(("updated", dt.date(2020, 1, 2)),),
            extra={"votes": 3, "good": True, "score": 0.5, "title": "theirs"},
        ),
        record("b", date="Spring 2019", extra={"votes": None, "note": "x"}),
    )
    a, b = rows(corpus).loc["a"], rows(corpus).loc["b"]
    assert (a["title"], a["arxiv_id"], a["doi"], a["venue"], a["language"]) == (
        "A title wrapped",
        "1905.00001",
        "10.1/x",
        "ACL",
        "en",
    )
    assert (a["votes"], a["good"], a["score"], a["title_in_source"]) == (3, True, 0.5, "theirs")
    assert f"{a['date_updated']:%Y-%m-%d}" == "2020-01-02"
    assert (a["language_known"], b["language_known"]) == ("declared", "guessed")
    assert (f"{b['date']:%Y-%m-%d}", f"{b['date_last']:%Y-%m-%d}", b["date_precision"]) == (
        "2019-04-01",
        "2019-06-30",
        "range",
    )
    assert b["doi"] == "" and b["note"] == "x"


def test_one_id_for_two_documents_is_told_and_told_apart():
    corpus = read(record("a"), record("a", title="Another"), record("a", title="Third"))
    assert set(corpus.ids) == {"a", "a#2", "a#3"}
    assert [c["id"] for c in corpus.notes["conflicts"]] == ["a#2", "a#3"]


def test_records_without_an_id_are_called_by_what_they_are():
    first = read(
        record("", ids={"doi": "10.1/x"}),
        record("", title="Nameless"),
        record("", title="Nameless"),
    )
    assert "doi:10.1/x" in first.ids and len(first) == 2
    assert first.notes["dropped_by_reason"] == {"repeated record": 1}
    assert first.ids == read(record("", title="Nameless"), record("", ids={"doi": "10.1/x"})).ids
    assert any("no id of their own" in w for w in first.notes["warnings"])


def test_a_repeated_record_with_another_date_is_counted_by_itself():
    corpus = read(
        record("a"),
        record("a", date="2020-01-01"),
        record("a", date="2019-05"),
        record("a", date=None),
    )
    assert corpus.notes["dropped_by_reason"] == {
        "repeated record": 2,
        "repeated record with another date": 1,
    }
    assert "2019-05-03 was kept" in corpus.notes["dropped"][0]["detail"]


def test_better_evidence_wins_and_contradictions_are_listed():
    looked_up, other = parse_date("2018-02-02", Evidence.LOOKUP), parse_date("2020-06")
    corpus = read(
        record("a", rivals=(looked_up, other)),
        record("b", date=None, rivals=(looked_up, parse_date("2018-03-01"))),
        record("c", date=None, ids={"arxiv": "1905.00001"}),
        record("d", date=None, date_problem="'in press' is not a date."),
        record("e", date="2019", rivals=(parse_date("2019-05-03"),)),
    )
    found = rows(corpus)["date"].dt.strftime("%Y-%m-%d").fillna("").to_dict()
    assert found == {
        "a": "2019-05-03",
        "b": "2018-03-01",
        "c": "2019-05-01",
        "d": "",
        "e": "2019-01-01",
    }
    assert rows(corpus).loc["c", "date_evidence"] == "arxiv-id"
    assert [(c["id"], c["kept"], c["other"]) for c in corpus.notes["conflicts"]] == [
        ("a", "2019-05-03", "2018-02-02"),
        ("a", "2019-05-03", "2020-06"),
        ("b", "2018-03-01", "2018-02-02"),
    ]
    assert corpus.notes["dropped_dates"][0]["reason"] == "'in press' is not a date."


def test_dates_in_the_future_are_listed_against_a_day_that_is_given():
    future = record("a", date="2030-01-01")
    with pytest.raises(DataError, match="2021-02-03, the day of collection"):
        read(future, collected_on=dt.date(2021, 2, 3))
    corpus = read(future, record("b", date="2021"), collected_on=dt.date(2021, 2, 3))
    assert [(f["id"], f["date"]) for f in corpus.notes["future_dates"]] == [("a", "2030-01-01")]
    assert corpus.notes["future_checked_against"] == "2021-02-03"
    assert len(corpus) == 2


def test_cleaning_is_counted_and_can_be_left_out():
    dirty = record("a", text=f"Abstract: <p>{TEXT} &copy; 2019 Elsevier Ltd.</p>")
    corpus = read(dirty)
    assert corpus.texts == [TEXT]
    assert set(corpus.notes["cleaning"]) == {
        "entities",
        "tags",
        "heading 'Abstract'",
        "copyright notice at the end",
    }
    assert all(c["documents"] == 1 for c in corpus.notes["cleaning"].values())
    raw = read(dirty, clean=False)
    assert raw.texts == [dirty.text] and raw.notes["cleaning"] == {}


@pytest.mark.parametrize(
    ("raw", "right"),
    [
        ("the user\xe2\x80\x99s \x93query\x94", "the user’s “query”"),
        ("the userâ€™s query", "the user’s query"),
        ("na\u0069\u0308ve\u200b \ufeffquery\x00", "naïve query"),
        ("Orl\xe9ans \x81gin\x81h", "Orléans ginh"),
    ],
)
def test_characters_are_repaired_where_there_is_one_reading(raw, right):
    assert read(record("a", title=raw, text="")).documents["title"].tolist() == [right]


def test_half_characters_can_be_stored(tmp_path):
    corpus = read(
        record(
            "a\ud800",
            title="T\udcff",
            text=f"{TEXT} \ud83d",
            venue="V\ud800",
            extra={"x": "\udc00"},
        ),
        clean=False,
    )
    corpus_file.write(corpus, tmp_path / "c.parquet")
    assert corpus_file.read([tmp_path / "c.parquet"]).fingerprint == corpus.fingerprint
    assert corpus.documents["title"].tolist() == ["T?"]


def test_short_and_empty_texts_are_listed_and_kept():
    corpus = read(record("a", text=""), record("b", text="Short."), record("c"))
    assert [r["id"] for r in corpus.notes["empty_texts"]] == ["a"]
    assert [(r["id"], r["characters"]) for r in corpus.notes["short_texts"]] == [("b", 6)]
    assert [p["share_with_text"] for p in account(corpus)["periods"]] == [0.6667]


def test_long_lists_are_counted_whole():
    odd = (Dropped(Place("y", i), "odd") for i in range(3))
    corpus = read(
        record("a"), *(Dropped(Place("x", i), "broken") for i in range(MOST_ROWS + 5)), *odd
    )
    assert corpus.notes["dropped_by_reason"] == {"broken": MOST_ROWS + 5, "odd": 3}
    # The list itself says what it leaves out, by reason.
    assert len(corpus.notes["dropped"]) == MOST_ROWS + 2
    assert corpus.notes["dropped"][-2:] == [
        {"more": 5, "reason": "broken"},
        {"more": 3, "reason": "odd"},
    ]
    assert any("8 more are counted" in w for w in corpus.notes["warnings"])
    assert account(corpus)["counts"]["dropped"] == MOST_ROWS + 8


@pytest.mark.slow
def test_a_cut_list_keeps_its_count_when_corpora_are_joined():
    def many(file):
        return read(
            *(
                record(f"{file}{i}", text="", title=f"Title {file} {i}")
                for i in range(MOST_ROWS // 2 + 2)
            )
        )

    joined = join([many("x"), many("y")], rules=["ids"])
    assert (
        joined.notes["counts"]["empty_texts"]
        == MOST_ROWS + 4
        == account(joined)["counts"]["empty_texts"]
    )
    assert len(joined.notes["empty_texts"]) == MOST_ROWS + 1
    assert joined.notes["empty_texts"][-1] == {"more": 4}
    again = join([joined], rules=["ids"])
    assert again.notes["empty_texts"] == joined.notes["empty_texts"]
    assert again.notes["counts"] == joined.notes["counts"]


def test_nothing_left_is_an_error_that_says_where_it_went():
    with pytest.raises(
        DataError,
        match=r"None of 2 records .* is left: 2 broken; the first: x, record 1: It is not JSON",
    ):
        read(Dropped(Place("x", 1), "broken", "It is not JSON."), Dropped(Place("x", 2), "broken"))
    with pytest.raises(DataError, match="holds no records"):
        read()


def test_options_that_cannot_be_meant():
    with pytest.raises(UsageError, match="min_chars"):
        read(record(), min_chars=-1)
    with pytest.raises(UsageError, match="not a language"):
        read(record(), languages=["?"])


def test_notes_that_come_late_are_seen():
    inputs, warnings = {}, []

    def parse():
        yield record()
        inputs["one.jsonl"] = "f" * 64
        warnings.append("Read as Latin-1.")

    corpus = build(parse(), "made", inputs=inputs, warnings=warnings)
    assert corpus.notes["inputs"] == inputs and corpus.notes["warnings"] == warnings


def test_old_and_far_dates_and_ranges_survive_the_file(tmp_path):
    dates = ["1650-03-04", "1601", "2400-05", "Winter 1888", "12-14 June 2019", None]
    corpus = read(
        *(record(str(i), title=str(i), date=date) for i, date in enumerate(dates)),
        collected_on=dt.date(2401, 1, 1),
    )
    corpus_file.write(corpus, tmp_path / "c.parquet")
    again = corpus_file.read([tmp_path / "c.parquet"])
    assert again.fingerprint == corpus.fingerprint
    assert again.ids == ("1", "0", "3", "4", "2", "5")
    assert [str(d)[:10] for d in again.documents["date_last"]] == [
        "NaT",
        "NaT",
        "1888-03-31",
        "2019-06-14",
        "NaT",
        "NaT",
    ]
    assert list(again.documents.columns[:6]) == [
        "id",
        "title",
        "date",
        "date_last",
        "date_precision",
        "date_evidence",
    ]
    assert sum(p["n_docs"] for p in account(again, period="50-years")["periods"]) == pytest.approx(
        5
    )


def test_a_range_without_its_last_day_is_refused():
    frame = read(record("a", date="Spring 2019")).documents
    with pytest.raises(DataError, match="missing"):
        Corpus(frame.drop(columns="date_last"))
    with pytest.raises(DataError, match="no last day"):
        Corpus(frame.assign(date_last=pd.NaT))
    with pytest.raises(DataError, match="before their first"):
        Corpus(frame.assign(date_last=pd.Timestamp("2019-01-01")))
    assert (
        Corpus(frame).fingerprint
        != Corpus(frame.assign(date_last=pd.Timestamp("2019-06-01"))).fingerprint
    )


def test_observed_days_survive_the_file_and_decide_which_periods_are_complete(tmp_path):
    span = {"observed_from": dt.date(2019, 1, 1), "observed_until": dt.date(2020, 6, 30)}
    corpus = read(
        record("a"),
        record("b", date="2020-02", title="B"),
        record("c", date="Q1 2020", title="C"),
        **span,
    )
    corpus_file.write(corpus, tmp_path / "c.parquet")
    again = corpus_file.read([tmp_path / "c.parquet"])
    assert (again.observed_from, again.observed_until) == (
        corpus.observed_from,
        corpus.observed_until,
    )
    assert [(p["period"], p["complete"]) for p in account(again)["periods"]] == [
        ("2019", True),
        ("2020", False),
    ]
    assert [p["n_docs"] for p in account(again, period="quarter")["periods"]] == [1, 0, 0, 2]
    with pytest.raises(DataError, match="cannot be observed"):
        read(record(), observed_from=dt.date(2021, 1, 1), observed_until=dt.date(2020, 1, 1))


@pytest.mark.parametrize(
    ("name", "n"), [("hf_daily", 10_630), ("neurips_1987_2018", 8_107), ("acl", 51_997)]
)
@pytest.mark.slow
def test_every_record_of_the_development_data_is_accounted_for(shared, name, n):
    def parse():
        with gzip.open(shared / "data" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as f:
            for i, line in enumerate(f, 1):
                r = json.loads(line)
                yield Record(
                    Place(name, i, i),
                    r["id"],
                    r["title"] or "",
                    r["abstract"] or "",
                    parse_date(str(r.get("date") or r["year"])),
                    "made",
                )

    corpus = build(parse(), "made", inputs={}, guess_language=False)
    told = account(corpus)
    assert told["records"] == n == len(corpus) + sum(told["dropped_by_reason"].values())
    assert corpus.dated.all()
    assert sum(row["n_docs"] for row in told["periods"]) == len(corpus)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("One\ntwo.\n\nThree.", "One two.\n\nThree."),
        ("One two. \r\n \t\r\n\r\n Three.", "One two.\n\nThree."),
        ("<p>One <i>two</i>.</p><p class='x'>Three.</p>", "One two.\n\nThree."),
        ("One two.<br/><br>Three.", "One two.\n\nThree."),
        ("One two.<br>Three.\n\n", "One two. Three."),
    ],
)
def test_paragraphs_are_kept_on_demand(text: str, kept: str) -> None:
    """A blank line, or HTML that says so; without the option a text is one line."""
    assert read(record(text=text), paragraphs=True).texts == [kept]
    assert read(record(text=text)).texts == [" ".join(kept.split())]


@pytest.mark.slow
@given(st.lists(st.text("ab \n\r\t\u2029&;<p>$", min_size=1, max_size=60), min_size=1))
@settings(max_examples=50, deadline=None)
def test_paragraphs_change_no_word(texts: list[str]) -> None:
    records = [record(f"{i:03d}", text=text) for i, text in enumerate(texts)]
    kept, joined = (read(*records, paragraphs=p).texts for p in (True, False))
    for text, one, other in zip(texts, kept, joined, strict=True):
        if "<" not in text:
            assert " ".join(one.split()) == other
        assert "\n\n\n" not in one and one == one.strip()
