from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from trends.core.dates import Evidence
from trends.errors import DataError, MissingError, UsageError
from trends.sources import read_corpus
from trends.sources.daily_papers.page import read

KEYS = {
    "records",
    "per_input",
    "dropped",
    "dropped_dates",
    "conflicts",
    "warnings",
    "inputs",
    "snapshots",
    "first_snapshot",
}


@pytest.fixture(scope="module")
def founding(shared):
    return read([shared / "seeds"])


@pytest.fixture
def pages(tmp_path, render, sentences):
    """Write pages from lists of (title, date); give the folder."""

    def write(snapshot="Nov 10", **files):
        for name, rows in files.items():
            records = [
                {"title": t, "abstract": sentences(4, t), "date": d, "left": "2 authors"}
                for t, d in rows
            ]
            (tmp_path / f"{name}.txt").write_text(
                render(records, snapshot=snapshot), encoding="utf-8"
            )
        return tmp_path

    return write


# --- the founding corpus
# --------------------------------------------------------------------------------------------


def test_founding_corpus_has_its_records_and_papers(founding):
    assert founding.notes["records"] == 452
    assert list(founding.notes["per_input"].values()) == [104, 48, 122, 77, 101]
    assert len(founding) == 356
    assert founding.notes["dropped"] == []
    assert founding.notes["dropped_dates"] == []


def test_founding_corpus_dated_by_its_pages_alone(shared):
    alone = read([shared / "seeds"], dates="none")
    assert len(alone) == 356
    assert alone.summary()["dated"] == 158
    assert alone.summary()["by_evidence"] == {
        "stated": 89,
        "snapshot-year": 38,
        "other-page": 31,
        "lookup": 0,
        "arxiv-id": 0,
        "none": 198,
    }
    assert alone.notes["conflicts"] == []  # ten papers are dated on two pages, and agree


def test_ten_papers_are_dated_on_both_pages(shared):
    from trends.sources.dating.date_table import title_key

    first, second = (
        read([shared / "seeds" / name], dates="none")
        .documents.assign(key=lambda f: f["title"].map(title_key))
        .dropna(subset="date")
        .set_index("key")
        for name in ("001_0088d08e066a6dd8.txt", "002_0fae978c6fd73d96.txt")
    )
    both = first.join(second, how="inner", rsuffix="_2")
    assert len(both) == 10
    assert (both["date"] == both["date_2"]).all()


def test_founding_corpus_after_the_table(founding):
    summary = founding.summary()
    assert (summary["documents"], summary["dated"]) == (356, 355)
    assert summary["by_precision"] == {"day": 239, "month": 116, "year": 0}
    assert summary["by_evidence"] == {
        "stated": 89,
        "snapshot-year": 38,
        "other-page": 31,
        "lookup": 81,
        "arxiv-id": 116,
        "none": 1,
    }
    undated = founding.documents[~founding.dated]
    assert undated["title"].tolist() == [
        "Efficient Backdoor Attacks for Deep Neural Networks in Real-world Scenarios"
    ]


def test_founding_corpus_knows_when_its_pages_were_saved(founding):
    assert founding.observed_until == dt.date(
        2025, 3, 17
    )  # not later than the first page was saved
    assert founding.notes["snapshots"] == {
        "000_750d4a3531ba91ef.txt": "unknown, not before 2025",
        "001_0088d08e066a6dd8.txt": "2026-01-01",
        "002_0fae978c6fd73d96.txt": "2025-11-10",
        "003_76755d345eeb30c3.txt": "unknown, not before 2025",
        "004_8ee9efdb4ab40406.txt": "unknown, not before 2025",
    }
    assert founding.notes["first_snapshot"] == {
        "date": "2025-03-17",
        "exact": False,
        "file": "003_76755d345eeb30c3.txt",
    }


def test_identifiers_that_disagree_with_a_day_are_reported(founding):
    """arXiv numbers a paper when it is announced: four came in days of the month before."""
    assert {c["id"] for c in founding.notes["conflicts"]} == {
        "2501.00522",
        "2510.01265",
        "2510.03264",
        "2404.00399",
    }
    assert all(c["other"].endswith("(arXiv identifier)") for c in founding.notes["conflicts"])
    kept = founding.documents.set_index("id").loc["2501.00522"]
    assert kept["date"] == dt.datetime(2024, 12, 31)  # noqa: DTZ001
    assert kept["date_evidence"] == "stated"


def test_order_of_reading_changes_neither_ids_nor_dates(shared, founding):
    files = sorted((shared / "seeds").glob("*.txt"), reverse=True)
    backwards = read(files)
    columns = ["id", "date", "date_precision", "arxiv_id"]
    assert backwards.documents[columns].equals(founding.documents[columns])


def test_every_day_on_a_page_can_be_found_where_it_is_said_to_be(shared, founding):
    lines = {
        p.name: p.read_text(encoding="utf-8").split("\n") for p in (shared / "seeds").glob("*.txt")
    }
    on_pages = founding.documents[
        founding.documents["date_evidence"].isin(["stated", "snapshot-year", "other-page"])
    ]
    for row in on_pages.itertuples():
        name, _, line = row.date_source.rpartition(":")
        assert lines[name][int(line) - 1].startswith(row.date.strftime("%b ") + str(row.date.day))
        assert name in row.pages.split(";")


# --- invented pages
# -------------------------------------------------------------------------------------------------


def test_columns_and_notes(pages):
    corpus = read([pages(one=[("Alpha Beds", "May 2, 2023"), ("Beta Ponds", "Sep 22")])])
    columns = (
        "id title date date_precision date_evidence text date_source arxiv_id source pages "
        "authors_note source_row"
    )
    assert sorted(corpus.documents.columns) == sorted(columns.split())
    assert set(corpus.notes) == KEYS
    assert json.loads(json.dumps(corpus.notes)) == corpus.notes
    assert corpus.documents["source"].unique().tolist() == ["papers-page"]
    assert corpus.documents["authors_note"].tolist() == ["2 authors", "2 authors"]
    assert corpus.observed_until == dt.date(2024, 11, 10)
    assert corpus.notes["inputs"].keys() == {"one.txt", "table of dates"}


def test_evidence_of_joined_records(pages):
    folder = pages(
        a=[("Only Here", ""), ("On Both", ""), ("Year Inferred", "Sep 22"), ("Old", "May 2, 2022")],
        b=[("On  BOTH!", "May 3, 2023"), ("Year inferred", "Sep 22, 2023"), ("old", "May 2, 2022")],
    )
    corpus = read([folder], dates="none")
    rows = corpus.documents.set_index("title")
    assert rows["date_evidence"].to_dict() == {
        "Only Here": "none",
        "On Both": "other-page",
        "Year Inferred": "stated",
        "Old": "stated",
    }
    assert rows.loc["On Both", "date_source"].startswith("b.txt:")
    assert rows.loc["On Both", "pages"] == "a.txt;b.txt"
    assert rows.loc["Year Inferred", "date_source"].startswith("b.txt:")
    assert corpus.notes["records"] == 7
    assert corpus.notes["conflicts"] == []


def test_pages_that_disagree_are_reported_and_the_stated_year_wins(pages):
    folder = pages(
        a=[("Disputed", "Sep 22"), ("Old", "May 2, 2021")],
        b=[("Disputed", "Sep 22, 2020"), ("Both Stated", "May 9, 2023")],
        c=[("Both Stated", "May 4, 2023")],
    )
    corpus = read([folder], dates="none")
    rows = corpus.documents.set_index("title")
    assert rows.loc["Disputed", "date"].date() == dt.date(2020, 9, 22)
    assert rows.loc["Both Stated", "date"].date() == dt.date(2023, 5, 4)
    conflicts = {c["title"]: c for c in corpus.notes["conflicts"]}
    assert set(conflicts) == {"Disputed", "Both Stated"}
    assert all(set(c) == {"id", "title", "kept", "other", "why"} for c in conflicts.values())
    assert conflicts["Disputed"]["kept"].startswith("2020-09-22 (b.txt:")
    assert conflicts["Disputed"]["other"].startswith("2022-09-22 (a.txt:")
    assert "stated is kept before snapshot-year" in conflicts["Disputed"]["why"]
    assert "5 days apart" in conflicts["Both Stated"]["why"]


@pytest.mark.parametrize("bad", ["Feb 30, 2023", "May 2, 20223", "May 2, 1023", "Dec 24"])
def test_bad_dates_are_reported_by_record_and_the_document_stays(pages, bad):
    corpus = read([pages(a=[("Fine", "May 2, 2023"), ("Broken", bad)])], dates="none")
    row = corpus.documents.set_index("title").loc["Broken"]
    assert row["date_evidence"] == "none"
    (dropped,) = corpus.notes["dropped_dates"]
    assert "Broken" in dropped["record"]
    assert dropped["record"].startswith("a.txt:")
    assert bad in dropped["reason"]
    (conflict,) = corpus.notes["conflicts"]
    assert (conflict["id"], conflict["kept"]) == (row["id"], "no date")
    assert any(bad in w for w in corpus.notes["warnings"])


def test_a_bad_date_does_not_keep_another_page_from_dating_the_paper(pages):
    corpus = read(
        [
            pages(
                a=[("Fine", "May 2, 2022"), ("Broken", "Feb 30, 2022")],
                b=[("Broken", "Mar 1, 2022")],
            )
        ],
        dates="none",
    )
    row = corpus.documents.set_index("title").loc["Broken"]
    assert (row["date"].date(), row["date_evidence"]) == (dt.date(2022, 3, 1), "other-page")


def test_snapshot_year_can_be_given(pages):
    folder = pages(a=[("One", "Sep 22")])
    unknown = read([folder], dates="none")
    assert unknown.summary()["dated"] == 0
    assert unknown.notes["snapshots"] == {"a.txt": "unknown"}
    assert unknown.notes["first_snapshot"] is None
    assert unknown.observed_until is None
    given = read([folder], dates="none", snapshot_years={"a.txt": 2019})
    assert given.documents["date"][0].date() == dt.date(2019, 9, 22)
    with pytest.raises(UsageError, match=r"b\.txt"):
        read([folder], snapshot_years={"b.txt": 2019})


def test_own_table_of_dates(pages, tmp_path):
    folder = pages(
        a=[
            ("First Paper", ""),
            ("Second Paper", ""),
            ("Third Paper", ""),
            ("Fourth Paper", "May 2, 2023"),
        ]
    )
    table = tmp_path / "mine.csv"
    table.write_text(
        "title,arxiv_id,date,precision,source\nfirst paper,2101.00001,2021-01-05,day,my "
        "list\nSecond Paper,2102.00002,,,my list\n"
        "Third Paper,,2019,year,library\nFourth Paper,,2020-01-01,day,my list\n",
        encoding="utf-8",
    )
    corpus = read([folder / "a.txt"], dates=table)
    rows = corpus.documents.set_index("title")
    assert rows["date_evidence"].to_dict() == {
        "First Paper": "lookup",
        "Second Paper": "arxiv-id",
        "Third Paper": "lookup",
        "Fourth Paper": "stated",
    }
    assert rows["date_precision"].to_dict() == {
        "First Paper": "day",
        "Second Paper": "month",
        "Third Paper": "year",
        "Fourth Paper": "day",
    }
    assert rows.loc["First Paper", ["id", "date_source"]].tolist() == ["2101.00001", "my list"]
    assert rows.loc["Second Paper", "date"].date() == dt.date(2021, 2, 1)
    (conflict,) = corpus.notes["conflicts"]
    assert (conflict["title"], conflict["other"]) == ("Fourth Paper", "2020-01-01 (my list)")


def test_records_are_joined_by_the_identifier_of_their_links(tmp_path, sentences):
    page = "Nov 10\n[{}](https://huggingface.co/papers/{})\n{}\n2 authors · May 2, 2023"
    (tmp_path / "a.txt").write_text(
        page.format("Working Title", "2305.00009", sentences()), encoding="utf-8"
    )
    (tmp_path / "b.txt").write_text(
        page.format("Final Title", "2305.00009v2", sentences()), encoding="utf-8"
    )
    (tmp_path / "c.txt").write_text(
        page.format("Final Title", "2306.00001", sentences()), encoding="utf-8"
    )
    corpus = read([tmp_path], dates="none")
    assert corpus.ids == ("2305.00009",)
    assert any("Working Title" in w and "Final Title" in w for w in corpus.notes["warnings"])
    assert any("different arXiv identifiers" in c["why"] for c in corpus.notes["conflicts"])


def test_first_page_in_reading_order_gives_title_and_text(pages):
    corpus = read([pages(b=[("THE PAPER", "")], a=[("The Paper", "")])], dates="none")
    assert corpus.documents["title"].tolist() == ["The Paper"]
    assert "The Paper" in corpus.texts[0]


def test_records_whose_texts_differ_are_reported(tmp_path, sentences):
    for name, about in (("a", "beds"), ("b", "ponds")):
        (tmp_path / f"{name}.txt").write_text(
            f"Nov 10\nThe Paper\n{sentences(4, about)}", encoding="utf-8"
        )
    corpus = read([tmp_path], dates="none")
    assert len(corpus) == 1
    assert "beds" in corpus.texts[0]
    assert any("different abstracts (a.txt:2, b.txt:2)" in w for w in corpus.notes["warnings"])


def test_all_undated_is_a_corpus(pages):
    corpus = read([pages(a=[("One", ""), ("Two", "")])], dates="none")
    assert not corpus.dated.any()
    assert set(corpus.documents["date_evidence"]) == {Evidence.NONE.value}


@pytest.mark.parametrize(
    ("encoding", "bom"),
    [("utf-8", ""), ("utf-8", "\ufeff"), ("utf-16-le", "\ufeff"), ("utf-16-be", "\ufeff")],
)
def test_encodings(tmp_path, render, sentences, encoding, bom):
    text = render(
        [
            {
                "title": "Über Gärten – 庭",
                "abstract": sentences(),
                "date": "May 2, 2023",
                "left": "1 author",
            }
        ],
        "crlf",
    )
    (tmp_path / "a.txt").write_bytes((bom + text).encode(encoding))
    corpus = read_corpus([tmp_path / "a.txt"])
    assert corpus.documents["title"].tolist() == ["Über Gärten – 庭"]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b" \n \r\n", "blank characters"),
        (b"\xef\xbb\xbf \n", "blank"),
        (b"Nov 10\n\x00\x01\x02", "binary file .*offset 7"),
        (b"\x89PNG\r\n\x1a\n", "byte 0 "),
        ("Nov 10\nGärten".encode("latin-1"), "byte 8 "),
        (b"\xef\xbb\xbfNov 10\n\xff", "byte 10 "),
        (b"\xff\xfe\x00\x00N\x00\x00\x00", "UTF-32"),
        (b"\xff\xfeN\x00\x00\xd8N\x00", "byte 4 "),
        (b"Nov 10\n\x07", "line 2: .*U\\+0007"),
        (b"some,table\n1,2\n", "line 1: expected"),
    ],
)
def test_bad_files_name_the_file_and_the_place(tmp_path, data, what):
    (tmp_path / "bad.txt").write_bytes(data)
    with pytest.raises(DataError, match=rf"bad\.txt.*{what}"):
        read_corpus([tmp_path])


def test_one_bad_page_spoils_the_whole_reading(pages):
    folder = pages(a=[("One", "")])
    (folder / "b.txt").write_text("nothing of the kind", encoding="utf-8")
    with pytest.raises(DataError, match=r"b\.txt, line 1"):
        read([folder])


def test_too_large_a_file_is_refused_before_it_is_parsed(tmp_path, monkeypatch):
    monkeypatch.setattr("trends.sources.daily_papers.page.MAX_TEXT_BYTES", 100)
    (tmp_path / "big.txt").write_bytes(b"x" * 101)
    with pytest.raises(DataError, match=r"big\.txt is larger than"):
        read([tmp_path])


def test_files_beside_the_pages_and_repetitions_are_reported(pages):
    folder = pages(a=[("One", "")])
    (folder / "b.txt").write_bytes((folder / "a.txt").read_bytes())
    (folder / "README.md").write_text("# About", encoding="utf-8")
    corpus = read([folder, folder / "a.txt"], dates="none")
    assert corpus.notes["per_input"] == {"a.txt": 1, "b.txt": 1}
    text = " ".join(corpus.notes["warnings"])
    assert "README.md" in text
    assert "given more than once" in text
    assert "same file saved twice" in text


def test_pages_of_the_same_name_in_two_folders(pages, tmp_path):
    source = pages(a=[("One", "")]) / "a.txt"
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "p.txt").write_bytes(source.read_bytes())
    corpus = read([tmp_path / "x", tmp_path / "y"], dates="none")
    assert len(corpus.notes["per_input"]) == 2


def test_nothing_to_read(tmp_path):
    with pytest.raises(UsageError, match="No input"):
        read([])
    with pytest.raises(DataError, match=r"no file that ends in \.txt"):
        read([tmp_path])
    with pytest.raises(MissingError, match=r"gone\.txt"):
        read([tmp_path / "gone.txt"])
    with pytest.raises(MissingError):
        read([Path("a\0b.txt")])
