"""Tables: the user names the columns, every row is accounted for, no date is guessed."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trends as tr
from trends.errors import DataError, MissingError, UsageError
from trends.sources.dates.rules import DateRules
from trends.sources.tables.dates import DateReader
from trends.sources.tables.rows import join_parts

ROWS = [
    {
        "key": "007",
        "name": "On rain",
        "abstract": "It rains, and rains; here.",
        "day": "2019-05-03",
        "seen": 3,
    },
    {
        "key": "008",
        "name": "On snow",
        "abstract": "Snow falls\nall night.",
        "day": "2019-05",
        "seen": 4,
    },
    {"key": "009", "name": 'On "hail"', "abstract": "Hail is – loud."}
    | {"day": "2019", "seen": None},
]
NAMED: dict[str, Any] = {"text": "abstract", "date": "day", "id": "key", "title": "name"}


def as_csv(path: Path, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    frame = pd.DataFrame(ROWS).astype({"seen": "Int64"})
    path.write_bytes(frame.to_csv(index=False, sep=delimiter).encode(encoding))
    return path


def as_file(path: Path) -> Path:
    """The same three rows in the format of the ending."""
    frame = pd.DataFrame(ROWS)
    name = path.name.removesuffix(".gz")
    if name.endswith((".csv", ".tsv")):
        as_csv(path, "\t" if name.endswith(".tsv") else ",")
    elif name.endswith(".jsonl"):
        path.write_text("\n".join(json.dumps(row) for row in ROWS) + "\n", encoding="utf-8")
    elif name.endswith(".parquet"):
        frame.to_parquet(path)
    else:
        frame.to_excel(path, index=False)
    if path.name.endswith(".gz"):
        path.write_bytes(gzip.compress(path.read_bytes()))
    return path


def dates(corpus: tr.Corpus) -> dict[str, str]:
    f = corpus.documents
    days = f["date"].dt.strftime("%Y-%m-%d").fillna("")
    return dict(
        zip(
            f["id"],
            [f"{d} {p}" if d else "" for d, p in zip(days, f["date_precision"], strict=True)],
            strict=True,
        )
    )


def accounted(corpus: tr.Corpus) -> None:
    assert corpus.notes["records"] == len(corpus) + sum(corpus.notes["dropped_by_reason"].values())


@pytest.mark.parametrize(
    "ending", ["csv", "tsv", "csv.gz", "tsv.gz", "jsonl", "jsonl.gz", "parquet", "xlsx"]
)
def test_every_kind_of_file_gives_the_same_corpus(tmp_path: Path, ending: str) -> None:
    corpus = tr.read_corpus(as_file(tmp_path / f"t.{ending}"), **NAMED)
    assert dates(corpus) == {
        "007": "2019-05-03 day",
        "008": "2019-05-01 month",
        "009": "2019-01-01 year",
    }
    assert corpus.documents.set_index("id")["title"].to_dict() == {
        "007": "On rain",
        "008": "On snow",
        "009": 'On "hail"',
    }
    assert corpus.texts[0] == "Hail is – loud."
    assert [
        None if pd.isna(v) else int(v)
        for v in corpus.documents.set_index("id")["seen"].loc[["007", "008", "009"]]
    ] == [
        3,
        4,
        None,
    ]
    assert corpus.notes["records"] == corpus.notes["kept"] == 3
    assert list(corpus.notes["inputs"]) == [f"t.{ending}"]
    assert corpus.name == "t"
    assert corpus.notes["columns"] == {
        f"t.{ending}": {"text": ["abstract"], "date": ["day"], "id": "key", "title": "name"}
    }
    assert json.loads(json.dumps(corpus.notes)) == corpus.notes
    accounted(corpus)


def test_frames_give_the_same_corpus_and_stay_as_they_are(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    frame = pd.DataFrame(ROWS)
    before = frame.copy(deep=True)
    from_file = tr.read_corpus(as_file(tmp_path / "t.csv"), **NAMED)

    class Polars:
        """A frame of another library that exports Arrow."""

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return pa.Table.from_pandas(frame).__arrow_c_stream__(requested_schema)

    shuffled = datasets.Dataset.from_pandas(frame).select([2, 0, 1])
    for given_frame in (
        frame,
        pa.Table.from_pandas(frame),
        datasets.Dataset.from_pandas(frame),
        shuffled,
        Polars(),
    ):
        corpus = tr.read_corpus(given_frame, **NAMED)
        assert corpus.fingerprint == from_file.fingerprint
    pd.testing.assert_frame_equal(frame, before)
    assert tr.read_corpus(datasets.Dataset.from_pandas(frame).select([1]), **NAMED).ids == ("008",)
    with pytest.raises(UsageError, match=r"dataset\['train'\]"):
        tr.read_corpus(
            datasets.DatasetDict({"train": datasets.Dataset.from_pandas(frame)}), **NAMED
        )
    with pytest.raises(UsageError, match="nothing that can be read"):
        tr.read_corpus(object(), **NAMED)


def test_the_date_is_never_guessed_but_candidates_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        tr.read_corpus(as_file(tmp_path / "t.csv"), text="abstract")
    assert "never guessed" in str(error.value)
    assert "read as dates: day." in str(error.value)
    with pytest.raises(UsageError, match="name the column of the text"):
        tr.read_corpus(as_file(tmp_path / "t.csv"), date="day")
    with pytest.raises(UsageError, match="never guessed"):
        tr.read_corpus(as_file(tmp_path / "t.csv"))


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet", "xlsx"])
def test_a_missing_column_names_the_nearest_and_all(tmp_path: Path, ending: str) -> None:
    with pytest.raises(DataError) as error:
        tr.read_corpus(as_file(tmp_path / f"t.{ending}"), **{**NAMED, "text": "abstrct"})
    assert (
        "no column 'abstrct'. Did you mean 'abstract'? Its columns: key, name, abstract, day, seen."
        in str(error.value)
    )


def test_texts_are_joined_as_sentences() -> None:
    assert join_parts(["A title", "A text."]) == "A title. A text."
    assert join_parts(["Why?", "So."]) == "Why? So."
    assert join_parts([]) == ""


def test_several_text_columns_and_empty_cells() -> None:
    frame = pd.DataFrame(
        {
            "title": ["One", "Two", None],
            "abstract": ["first.", None, np.nan],
            "y": [2001, 2002, 2003],
        }
    )
    corpus = tr.read_corpus(frame, text=["title", "abstract"], date="y")
    assert corpus.documents["text"].tolist() == ["One. first.", "Two"]
    assert corpus.documents["title"].tolist() == ["One", "Two"]
    assert corpus.notes["dropped_by_reason"] == {"no title and no text": 1}
    accounted(corpus)


def test_year_month_and_day_columns() -> None:
    frame = pd.DataFrame(
        {
            "t": list("abcdef"),
            "y": [2001.0, 2001, 2001, 2001, None, 2001],
            "m": ["5", "May", None, "Spring", None, 13],
            "d": [3, None, None, None, None, 1],
        }
    )
    corpus = tr.read_corpus(frame, text="t", date=["y", "m", "d"], id="t")
    assert dates(corpus) == {
        "a": "2001-05-03 day",
        "b": "2001-05-01 month",
        "c": "2001-01-01 year",
        "d": "2001-04-01 range",
        "e": "",
        "f": "2001-01-01 year",
    }
    assert "2001-13 is not a month" in str(corpus.notes["dropped_dates"])
    with pytest.raises(UsageError, match="up to three"):
        tr.read_corpus(frame, text="t", date=["y", "m", "d", "t"])


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2019", "2019"),
        (2019, "2019"),
        (2019.0, "2019"),
        (np.int64(2019), "2019"),
        ("2019-05", "2019-05"),
        ("2019-05-03T23:30:00-05:00", "2019-05-04"),
        (dt.date(2019, 5, 3), "2019-05-03"),
        (pd.Timestamp("2019-05-03 23:59").to_pydatetime(), "2019-05-03"),
        (pd.Timestamp("2019-05-03 23:30", tz="America/New_York"), "2019-05-04"),
        (pd.NaT, None),
        (float("nan"), None),
        ("  ", None),
        (None, None),
    ],
)
def test_cells_of_dates(cell: object, expected: str | None) -> None:
    frame = pd.DataFrame({"t": ["text", "other"], "when": pd.Series([cell, "2000"], dtype=object)})
    corpus = tr.read_corpus(frame, text="t", date="when", id="t")
    assert corpus.notes["dropped_dates"] == []
    found = corpus.documents.set_index("id").loc["text"]
    if expected is None:
        assert pd.isna(found["date"])
    else:
        assert str(found["date"])[: len(expected)] == expected
        assert found["date_precision"] == {4: "year", 7: "month", 10: "day"}[len(expected)]


@pytest.mark.parametrize(
    "cell",
    [
        "last May",
        43588,
        19,
        True,
        float("inf"),
        "1066",
        b"2019",
    ],
)
def test_unreadable_dates_leave_the_document_undated_and_are_listed(cell: object) -> None:
    frame = pd.DataFrame({"t": ["text", "other"], "when": pd.Series([cell, "2000"], dtype=object)})
    corpus = tr.read_corpus(frame, text="t", date="when", id="t")
    assert dates(corpus) == {"text": "", "other": "2000-01-01 year"}
    assert len(corpus.notes["dropped_dates"]) == 1
    accounted(corpus)


def test_a_date_format_says_how_dates_are_written_and_how_fine_they_are() -> None:
    def read(cell: object, *formats: str, zone: str = "UTC") -> str:
        date = DateReader(DateRules(formats=formats, zone=zone)).read([cell]).date
        return "" if date is None else date.written

    assert read("03.05.2019", "%d.%m.%Y") == read("2019-05-03") == "2019-05-03"
    assert read("05/2019", "%m/%Y") == read("2019-05") == "2019-05"
    assert read("19", "%y") == read(2019) == "2019"
    assert read("20190503", "%m/%Y", "%Y%m%d") == read(20190503, "%Y%m%d") == "2019-05-03"
    assert read("03/05/2019", "%m/%d/%Y", "%d/%m/%Y") == ""
    assert read("2019-05-03 23:00+0000", "%Y-%m-%d %H:%M%z", zone="Asia/Tokyo") == "2019-05-04"
    assert read("2019-05-03", "%d.%m.%Y") == ""
    for wrong in ("%d.%m", "%Q %Y"):
        with pytest.raises(UsageError, match="date format"):
            DateReader(DateRules(formats=(wrong,)))
    with pytest.raises(UsageError, match="time zone"):
        DateRules(zone="Mars/Olympus")


def test_moments_become_days_of_the_zone_and_it_is_said() -> None:
    frame = pd.DataFrame(
        {"t": ["a", "b"], "when": pd.to_datetime(["2020-01-01T23:00Z", "2020-06-01T12:00Z"])}
    )
    assert dates(tr.read_corpus(frame, text="t", date="when", id="t"))["a"] == "2020-01-01 day"
    moved = tr.read_corpus(frame, text="t", date="when", id="t", zone="Europe/Berlin")
    assert dates(moved)["a"] == "2020-01-02 day"
    assert any(
        "2 dates state a time zone; their day is that in Europe/Berlin" in w
        for w in moved.notes["warnings"]
    )


def test_excel_dates_are_as_fine_as_their_cells_show(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["id", "text", "when"])
    for i, (value, shown) in enumerate(
        [
            (dt.date(2019, 5, 3), "yyyy-mm-dd"),
            (dt.date(2019, 5, 1), "mmm yyyy"),
            (dt.date(2019, 1, 1), "yyyy"),
            (2019, "0"),
            ("2019-05", "@"),
            (pd.Timestamp("2019-05-03 13:00").to_pydatetime(), '[$-409]d/m/yy h:mm "m"'),
        ]
    ):
        sheet.append([f"d{i}", f"text {i}", value])
        sheet.cell(i + 2, 3).number_format = shown
    sheet.append([])
    sheet.append(["d9", "after an empty row", "=1+1"])
    book.create_sheet("empty")
    book.save(tmp_path / "t.xlsx")
    corpus = tr.read_corpus(tmp_path / "t.xlsx", text="text", date="when")
    expected = [
        "2019-05-03 day",
        "2019-05-01 month",
        "2019-01-01 year",
        "2019-01-01 year",
        "2019-05-01 month",
        "2019-05-03 day",
    ]
    assert dates(corpus) == {**{f"d{i}": e for i, e in enumerate(expected)}, "d9": ""}
    book["empty"].append(["something"])
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(UsageError, match="2 worksheets that hold something: Sheet, empty"):
        tr.read_corpus(tmp_path / "t.xlsx", text="text", date="when")
    assert len(tr.read_corpus(tmp_path / "t.xlsx", text="text", date="when", sheet="Sheet")) == 7
    with pytest.raises(UsageError, match="no worksheet 'Tabelle1'"):
        tr.read_corpus(tmp_path / "t.xlsx", text="text", date="when", sheet="Tabelle1")


def test_ids_without_an_id_column_depend_on_content_alone(tmp_path: Path) -> None:
    frame = pd.DataFrame(ROWS).drop(columns="key")
    named = {**NAMED, "id": ""}
    ids = set(tr.read_corpus(frame, **named).ids)
    assert len(ids) == 3
    assert set(tr.read_corpus(frame.iloc[::-1].assign(other=1), **named).ids) == ids
    frame.to_csv(tmp_path / "t.csv", index=False)
    corpus = tr.read_corpus(tmp_path / "t.csv", **named)
    assert set(corpus.ids) == ids
    assert any("3 records have no id" in w for w in corpus.notes["warnings"])


def test_repeated_rows_are_one_document_and_counted() -> None:
    corpus = tr.read_corpus(pd.DataFrame([*ROWS, ROWS[0]]), **NAMED)
    assert len(corpus) == 3
    assert sum(corpus.notes["dropped_by_reason"].values()) == 1
    accounted(corpus)


def test_further_columns_are_kept_as_metadata_under_names_of_their_own() -> None:
    frame = pd.DataFrame(
        {
            "t": ["a", "b"],
            "y": [2001, 2002],
            "source": ["x", "y"],
            "tags": [["p", "q"], ["r"]],
            "n": [1, 2],
        }
    )
    corpus = tr.read_corpus(frame, text="t", date="y")
    assert corpus.documents["source_in_source"].tolist() == ["x", "y"]
    assert corpus.documents["n"].tolist() == [1, 2]
    assert "tags" not in corpus.documents
    assert any("tags" in w for w in corpus.notes["warnings"])
    by_origin = tr.read_corpus(frame, text="t", date="y", origin="source", keep=["n"])
    assert by_origin.documents["source"].tolist() == ["x", "y"]
    assert "source_in_source" not in by_origin.documents
    with pytest.raises(DataError, match="'tags' holds"):
        tr.read_corpus(frame, text="tags", date="y")
    with pytest.raises(DataError, match="'tags' holds"):
        tr.read_corpus(pa.Table.from_pandas(frame), text="tags", date="y")


def test_json_lines_need_not_have_the_same_fields(tmp_path: Path) -> None:
    lines = [{"t": f"text {i}", "y": 2000 + i % 20} for i in range(600)]
    lines[-1] |= {"late": "x", "tags": ["a", "b"]}
    lines.append({"t": [{"no": "text"}], "y": 2001})
    path = tmp_path / "t.jsonl"
    path.write_text("\n".join([*map(json.dumps, lines), "{broken", "[1]", ""]), encoding="utf-8")
    corpus = tr.read_corpus(path, text="t", date="y")
    assert corpus.notes["dropped_by_reason"] == {
        "text is no text": 1,
        "not JSON": 1,
        "not an object": 1,
    }
    assert corpus.documents["late"].dropna().tolist() == ["x"]
    assert corpus.documents["tags"].dropna().tolist() == ["a; b"]
    accounted(corpus)
    with pytest.raises(DataError, match="no column 'title2'"):
        tr.read_corpus(path, text="t", date="y", title="title2")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiter_and_encoding_are_found_by_evidence(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    corpus = tr.read_corpus(as_csv(tmp_path / "t.csv", delimiter, encoding), **NAMED)
    assert corpus.texts[0] == "Hail is – loud."
    assert len(corpus) == 3


def test_delimiter_may_be_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("sep=;\r\nid;text,more;y\r\n1;a,b;2001\r\n", encoding="utf-8")
    assert tr.read_corpus(tmp_path / "t.csv", text="text,more", date="y").texts == ["a,b"]
    (tmp_path / "u.csv").write_text("id:text:y\n1:a,b;c:2001\n", encoding="utf-8")
    assert tr.read_corpus(tmp_path / "u.csv", text="text", date="y", delimiter=":").texts == [
        "a,b;c"
    ]
    with pytest.raises(UsageError, match="one character"):
        tr.read_corpus(tmp_path / "u.csv", text="text", date="y", delimiter="::")
    with pytest.raises(UsageError, match="encoding 'ebcdic'"):
        tr.read_corpus(tmp_path / "u.csv", text="text", date="y", encoding="ebcdic")


def test_several_tables_are_one_corpus(tmp_path: Path) -> None:
    as_file(tmp_path / "a.csv")
    pd.DataFrame([{**ROWS[0], "key": "010", "name": "On fog", "abstract": "Fog."}]).to_parquet(
        tmp_path / "b.parquet"
    )
    corpus = tr.read_corpus(tmp_path / "a.csv", tmp_path / "b.parquet", **NAMED)
    assert corpus.notes["per_input"] == {"a.csv": 3, "b.parquet": 1}
    assert set(corpus.ids) == {"007", "008", "009", "010"}
    with pytest.raises(MissingError, match=r"c\.csv"):
        tr.read_corpus(tmp_path / "c.csv", **NAMED)


CELL = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.binary(max_size=4),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL, CELL), min_size=1, max_size=6))
def test_whatever_is_in_the_cells_every_row_is_accounted_for(rows: list[tuple[Any, ...]]) -> None:
    frame = pd.DataFrame(rows, columns=["id", "text", "when", "more"], dtype=object)
    try:
        corpus = tr.read_corpus(frame, text="text", date="when")
    except DataError as error:
        assert "left" in str(error) or "date" in str(error)
        return
    accounted(corpus)
    assert corpus.notes["records"] == len(rows)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "date", "records", "precision"),
    [("hf_daily", "date", 10_630, "day"), ("neurips_1987_2018", "year", 8_107, "year")],
)
def test_development_data_is_accounted_for(
    shared: Path, name: str, date: str, records: int, precision: str
) -> None:
    corpus = tr.read_corpus(shared / "data" / f"{name}.jsonl.gz", text="abstract", date=date)
    assert corpus.notes["records"] == records
    assert corpus.summary()["by_precision"][precision] == len(corpus)
    accounted(corpus)


@pytest.mark.slow
def test_year_and_month_of_a_slice_of_the_anthology(shared: Path, tmp_path: Path) -> None:
    with gzip.open(shared / "data" / "acl.jsonl.gz", "rb") as f:
        (tmp_path / "acl.jsonl").write_bytes(
            b"".join(line for i, line in enumerate(f) if i % 10 == 0)
        )
    corpus = tr.read_corpus(tmp_path / "acl.jsonl", text="abstract", date=["year", "month"])
    assert corpus.notes["records"] == 5_200
    found = corpus.summary()["by_precision"]
    assert found["month"] + found["year"] == len(corpus)
    assert found["month"] > 20 * found["year"] > 0
    accounted(corpus)
