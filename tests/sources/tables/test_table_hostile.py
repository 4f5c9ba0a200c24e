"""Tables that are damaged or meant to do harm: refused in a sentence, memory bounded."""

from __future__ import annotations

import csv
import gzip
import io
import random
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trends as tr
from trends.errors import DataError, TrendsError
from trends.sources.io import parquet_batches
from trends.sources.tables.dialect import Dialect
from trends.sources.tables.formats import csv_file
from trends.sources.tables.formats import excel_limits as table_excel_guard
from trends.sources.tables.read import read as read_tables
from trends.sources.tables.table import Row

NAMED = {"text": "text", "date": "y"}


def refused(path: Path, *words: str) -> None:
    with pytest.raises(DataError) as error:
        tr.read_corpus(path, source="table", **NAMED)
    for word in (path.name, *words):
        assert word in str(error.value)
    assert str(error.value).rstrip().endswith((".", "?"))
    assert len(str(error.value)) < 600


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ("empty",)),
        (b"\n\n", ("empty",)),
        (b"id,text,y\n1,a\x00b,2001\n" + b"2,b,2001\n" * 9, ("zero byte",)),
        (b"id,text,text,y\n1,a,b,2001\n", ("two columns", "'text'")),
        (
            "id,text,y\n1,é,2001\n".encode() + b"2,\xe9 caf\xe9,2001\n",
            ("line 3", "mixes encodings"),
        ),
        ("id,text,y\n1,текст,2001\n".encode("koi8-r"), ("line 2", "UTF-8")),
        ("id,text,y\n1,a,2001\n".encode("utf-32"), ("UTF-32",)),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", ("binary",)),
        (b"a" * (33 * 2**20), ("line 1 is longer than 32 MiB",)),
        pytest.param(
            b"id,text,y\n1," + b"a" * (17 * 2**20) + b",2001\n",
            ("16 MiB",),
            marks=pytest.mark.slow,
        ),
        (b"," * 20_000 + b"\n", ("20,001 cells",)),
        (gzip.compress(b"id,text,y\n1,a,2001\n" * 50, mtime=0)[:-20], ("truncated gzip",)),
    ],
    ids=lambda v: None if isinstance(v, bytes) else v[0][:20],
)
def test_hostile_csv(tmp_path: Path, content: bytes, words: tuple[str, ...]) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    refused(tmp_path / "t.csv", *words)


@pytest.mark.parametrize(
    ("content", "kept", "broken"),
    [
        (b'id,text,y\n1,a,2001\n2,"never closed,2002\n3,b,2003\n', "13", ["line 3: a quote"]),
        (b'id,text,y\n1,a,2001\n2,"two" quotes,2002\n3,b,2003', "13", ["line 3: broken quotes"]),
        (
            b"id,text,y\n" + b"1,a,2001\n" * 500 + b"2,a\x00b,2001\n",
            "1",
            ["line 502: it holds a NUL"],
        ),
        # A broken row of several lines is one row, whatever its lines look like.
        (
            b'id,text,y\n1,a,2001\n2,"b\nwith "quotes",\nand, commas\nhere",2002\n3,"c\nd",2003\n',
            "13",
            ["line 3: broken quotes"],
        ),
        # Two broken rows are two; the second does not hide in the rest of the first.
        (
            b'id,text,y\n1,a,2001\n2,"b "x" y",2002\n3,"c "x" y",2003\n4,d,2004,more\n5,e,2005\n',
            "15",
            ["line 3: broken", "line 4: broken", "The row has 4 cells"],
        ),
        (b"id,text,y\n1,a,2001,,\n2,b,2002,\n3,c,2003\n", "123", []),
    ],
)
def test_a_broken_row_costs_itself(tmp_path: Path, content, kept, broken) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    notes = (corpus := tr.read_corpus(path, **NAMED)).notes
    assert "".join(i for i in corpus.ids if len(i) == 1) == kept
    details = [row["detail"] for row in notes["dropped"] if row["reason"] != "repeated record"]
    assert len(details) == len(broken)
    assert all(part in detail for part, detail in zip(broken, details, strict=True))
    assert notes["records"] == notes["kept"] + sum(notes["dropped_by_reason"].values())
    if broken:
        with pytest.raises(DataError, match=r"t\.csv, line .*without strict"):
            tr.read_corpus(path, strict=True, **NAMED)


def test_rows_that_are_broken_over_and_over_do_not_take_for_ever(
    tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(csv_file, "MAX_RECORD", 2_000)
    path = tmp_path / "t.csv"
    path.write_text("id,text,y\n" + '1,"a,2001\n2,b,2001\n' * 2_000)
    refused(path, "in many rows before")


def test_ragged_rows_are_dropped_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        'id,text,y\n1,"a\nb",2001\n2,c\n\n3,d,2003,more\n4,e,2004\n', encoding="utf-8"
    )
    corpus = tr.read_corpus(tmp_path / "t.csv", **NAMED)
    assert corpus.ids == ("1", "4")
    assert [d["record"] for d in corpus.notes["dropped"]] == ["t.csv, line 4", "t.csv, line 6"]
    assert "2 cells; the header has 3" in corpus.notes["dropped"][0]["detail"]
    assert corpus.notes["records"] == 4


def test_formulas_and_paths_are_text(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "id": ["../../etc/passwd", "=cmd|' /C calc'!A0"],
            "text": ["=1+1", "@SUM(A1)"],
            "y": [2001, 2002],
        }
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    corpus = tr.read_corpus(tmp_path / "t.csv", **NAMED)
    assert set(corpus.ids) == set(frame["id"])
    assert set(corpus.texts) == {"=1+1", "@SUM(A1)"}
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["t.csv"]


@pytest.mark.slow
def test_a_gzip_bomb_of_one_line_is_refused_in_little_memory(tmp_path: Path) -> None:
    block = gzip.compress(b"a" * 2**24)
    (tmp_path / "bomb.csv.gz").write_bytes(
        gzip.compress(b"id,text,y\n1,") + block * 64
    )  # one line of a gigabyte
    (tmp_path / "bomb.jsonl.gz").write_bytes(gzip.compress(b'{"text": "') + block * 64)
    code = (
        "import resource, sys, trends as tr\nfrom trends.errors import DataError\n"
        "import trends.sources.tables.read, trends.sources.records.build, pandas, pyarrow.parquet\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for path in sys.argv[1:]:\n"
        "    try: tr.read_corpus(path, text='text', date='y')\n"
        "    except DataError as error: print(error)\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    out = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            str(tmp_path / "bomb.csv.gz"),
            str(tmp_path / "bomb.jsonl.gz"),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    first, second, grown = out.stdout.splitlines()
    assert "bomb.csv.gz" in first
    assert "bomb.jsonl.gz" in second
    assert int(grown) < 400  # MiB; the files unpack to 1,024 each


def book(path: Path, **parts: bytes | str) -> Path:
    """A workbook in which parts were replaced, by the end of their name (``sheet1``)."""
    made = openpyxl.Workbook()
    for row in (["id", "text", "y"], ["1", "a", 2001]):
        made.active.append(row)
    raw = io.BytesIO()
    made.save(raw)
    with (
        zipfile.ZipFile(raw) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            own = next((v for k, v in parts.items() if name.endswith(f"{k}.xml")), None)
            new.writestr(name, old.read(name) if own is None else own)
    return path


SHEET = (
    "<worksheet "
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{}</sheetData></worksheet>"
)
LAUGHS = (
    '<!DOCTYPE w [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY a{i} "{"&a" + str(i - 1) + ";" if i else "&a;"}{"x" * 9}">' for i in range(9)
    )
    + "]>"
)
XXE = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("sheet", "words"),
    [
        (
            LAUGHS + SHEET.format("<row><c t='inlineStr'><is><t>&a8;</t></is></c></row>"),
            ("document type",),
        ),
        (
            XXE + SHEET.format("<row><c t='inlineStr'><is><t>&x;</t></is></c></row>"),
            ("document type",),
        ),
        (SHEET.format("<a>" * 100_000), ("deeper than 32",)),
        (
            SHEET.format("<row r='1'/><row r='999999999999'><c><v>1</v></c></row>"),
            ("999999999999",),
        ),
        (SHEET.format("<row>" + "<c><v>1</v></c>" * 300_000 + "</row>"), ("200,000 parts",)),
        (
            SHEET.format("<row><c r='XFD1'><v>1</v></c></row>" * 400),
            ("400 cells", "6,553,200 empty ones"),
        ),
        (
            SHEET.format(
                "<row><c t='inlineStr'><is><t>" + "a" * (70 * 2**20) + "</t></is></c></row>"
            ),
            ("64 MiB of text",),
        ),
        (SHEET.format("<row><c>"), ("not XML",)),
        (SHEET.format(""), ("no worksheet that holds anything",)),
    ],
    ids=[
        "laughs",
        "xxe",
        "deep",
        "far row",
        "wide row",
        "far cells",
        "long text",
        "broken",
        "empty",
    ],
)
def test_hostile_excel(tmp_path: Path, sheet: str, words: tuple[str, ...]) -> None:
    refused(book(tmp_path / "t.xlsx", sheet1=sheet), *words)


def test_an_endless_sheet_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_excel_guard, "MAX_ROWS", 1_000)
    refused(book(tmp_path / "t.xlsx", sheet1=SHEET.format("<row/>" * 1_001)), "1,000 rows")


def test_sheets_that_are_named_again_and_again_are_refused(tmp_path: Path) -> None:
    sheets = "".join(f"<sheet name='s{i}' sheetId='{i}' r:id='rId1'/>" for i in range(1, 2_000))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    refused(
        book(
            tmp_path / "t.xlsx",
            workbook=f"<workbook xmlns='{main}' "
            f"xmlns:r='{relations}'><sheets>{sheets}</sheets></workbook>",
        ),
        "1,999 worksheets",
    )


def test_a_sparse_table_is_read(tmp_path: Path) -> None:
    rows = "".join(
        f"<row><c r='A{i}' t='str'><v>{v}</v></c><c r='CV{i}' t='str'><v>{w}</v></c></row>"
        for i, (v, w) in enumerate([("text", "y"), ("one", "2001"), ("two", "2002")], 1)
    )
    assert tr.read_corpus(book(tmp_path / "t.xlsx", sheet1=SHEET.format(rows)), **NAMED).texts == [
        "one",
        "two",
    ]


def test_what_is_no_excel_file(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"id,text,y\n")
    refused(path, "not an Excel file")
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("a.txt", "a")
    refused(path, "zip archive of something else")
    whole = book(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    refused(path, "not an Excel file")
    refused(book(path, workbook="<workbook/>"), "t.xlsx")


def test_a_zip_bomb_is_refused_by_its_directory_and_a_lying_directory_by_its_content(
    tmp_path: Path,
) -> None:
    path = tmp_path / "t.xlsx"
    with (
        zipfile.ZipFile(book(path), "a", zipfile.ZIP_DEFLATED, compresslevel=1) as z,
        z.open("xl/sharedStrings.xml", "w") as part,
    ):
        for _ in range(257):
            part.write(b" " * 2**20)
    refused(path, "unpacks to 257 MiB", "at most 256 MiB")
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/sharedStrings.xml"))
    data[entry + 24 : entry + 28] = struct.pack(
        "<I", 1000
    )  # what the directory claims the part unpacks to
    path.write_bytes(bytes(data))
    refused(path)


def test_hostile_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.parquet"
    frame = pd.DataFrame({"text": ["a"], "y": [2001]})
    frame.to_parquet(path)
    whole = path.read_bytes()
    for data in (
        b"",
        b"PAR1",
        whole[:-10],
        b"PAR1" + b"\x00" * 100 + b"PAR1",
        whole[:20] + b"\xff" * 40 + whole[60:],
    ):
        path.write_bytes(data)
        refused(path)
    path.write_bytes(whole)
    monkeypatch.setattr(parquet_batches, "MAX_GROUP", 10)
    refused(path, "row group")
    monkeypatch.undo()
    pq.write_table(pa.table({"text": [{"a": 1}], "y": [2001]}), path)
    refused(path, "'text' holds struct")
    pq.write_table(pa.table({"text": pa.array([b"a"]), "y": [2001]}), path)
    refused(path, "'text' holds binary")
    far = pa.array([2**60], type=pa.timestamp("ms"))
    pq.write_table(pa.table({"text": ["a"], "y": far}), path)
    refused(path, "outside the calendar")


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from(["csv", "tsv", "jsonl", "parquet", "xlsx", "csv.gz"]),
    st.booleans(),
)
def test_any_bytes_are_read_or_refused_with_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, ending: str, header: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any.{ending}"
    path.write_bytes((b"text,y\n" if header else b"") + data)
    try:
        corpus = read_tables([path], text="text", date="y")
    except TrendsError as error:
        assert str(error).rstrip().endswith((".", "?", "]"))
    else:
        assert corpus.notes["records"] == len(corpus) + sum(
            corpus.notes["dropped_by_reason"].values()
        )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Sound files, to be damaged."""
    folder = tmp_path_factory.mktemp("whole")
    frame = pd.DataFrame(
        {"id": list("abc"), "text": ["one", "two", "three"], "y": [2001, 2002, 2003]}
    )
    frame.to_parquet(folder / "t.parquet")
    frame.to_excel(folder / "t.xlsx", index=False)
    (folder / "t.csv").write_text(frame.to_csv(index=False), encoding="utf-16")
    (folder / "t.jsonl.gz").write_bytes(
        gzip.compress(frame.to_json(orient="records", lines=True).encode())
    )
    return {p.name.partition(".")[2]: p.read_bytes() for p in folder.iterdir()}


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_files_are_read_or_refused_with_a_sentence(
    whole: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    ending = data.draw(st.sampled_from(sorted(whole)))
    damaged = bytearray(whole[ending])
    for at, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(damaged) - 1), st.integers(0, 255)), max_size=4)
    ):
        damaged[at] = byte
    path = tmp_path_factory.getbasetemp() / f"damaged.{ending}"
    path.write_bytes(
        damaged[: data.draw(st.integers(0, len(damaged)))] if data.draw(st.booleans()) else damaged
    )
    try:
        corpus = read_tables([path], text="text", date="y")
    except TrendsError as error:
        assert len(str(error)) < 1_000
    else:
        assert corpus.notes["records"] == len(corpus) + sum(
            corpus.notes["dropped_by_reason"].values()
        )


def test_what_the_zip_reader_quotes_of_a_damaged_file_is_cut(
    whole: dict[str, bytes], tmp_path: Path
) -> None:
    """A name said to be 512 characters longer than it is, which the library repeats."""
    damaged = bytearray(whole["xlsx"])
    damaged[damaged.find(b"PK\x03\x04") + 27] = 2
    (tmp_path / "t.xlsx").write_bytes(damaged)
    with pytest.raises(TrendsError, match="not an Excel file") as refusal:
        read_tables([tmp_path / "t.xlsx"], text="text", date="y")
    assert len(str(refusal.value).removeprefix(str(tmp_path))) < 400


def test_what_is_kept_of_a_file_with_broken_rows_is_what_was_written(tmp_path: Path) -> None:
    """Seeded files against what was written: nothing wrong is kept, nothing whole is lost."""
    words = ["bees", "queen,", "meadow;", "flower\nfield", '"orchard"', "it's", "12", "a."]
    rng, path, broken = random.Random(1), tmp_path / "t.csv", 0
    for _ in range(80):
        delimiter, truth, written = rng.choice(",;\t|"), {}, []
        for i in range(rng.randint(5, 60)):
            text = " ".join(rng.choices(words, k=rng.randint(3, 15)))
            row = [f"d{i}", f"20{i % 30:02d}", text, rng.choice(["", "x", "ok fine"])]
            cells = io.StringIO()
            style = rng.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
            csv.writer(cells, delimiter=delimiter, lineterminator="\n", quoting=style).writerow(row)
            line = cells.getvalue()
            if rng.random() < 0.12 and '"' in line:
                head, _, tail = line.partition('"')
                line = rng.choice(
                    [
                        f'{head}"He said "no" and {tail}',
                        line[: line.rindex('"')] + line[line.rindex('"') + 1 :],
                        f"d{i}{delimiter}2001\n",
                    ]
                )
            try:
                found = list(csv.reader(io.StringIO(line), delimiter=delimiter, strict=True))
            except csv.Error:
                found = []
            if len(found) == 1 and len(found[0]) == 4:
                truth[f"d{i}"] = found[0]
            else:
                broken += 1
            written.append(line)
        path.write_text(f"id{delimiter}y{delimiter}text{delimiter}n\n" + "".join(written))
        dialect = Dialect(delimiter=delimiter, quoting="double")
        rows = csv_file.CsvFile(path, "t.csv", dialect, ("id", "y", "text")).rows()
        kept = {r.cells["id"]: list(r.cells.values()) for r in rows if isinstance(r, Row)}
        assert kept == truth
    assert broken > 100


def test_joined_files_name_their_columns_again_and_such_a_row_is_no_document(tmp_path):
    (tmp_path / "t.csv").write_text("text,y\nWords.,2001\ntext,y\nMore words.,2002\n")
    corpus = tr.read_corpus(tmp_path / "t.csv", **NAMED)
    assert list(corpus.documents["text"]) == ["Words.", "More words."]
    assert corpus.notes["dropped_by_reason"] == {"repeated header": 1}


def test_a_field_that_stands_twice_costs_its_record_unless_it_says_the_same(tmp_path):
    lines = (
        '{"text": "Words.", "y": 2001}',
        '{"text": "Words of one day.", "y": 2002, "y": 1999}',
        '{"text": "Words of one year.", "y": 2003, "y": 2003}',
    )
    for name, content in (("t.jsonl", "\n".join(lines)), ("t.json", f"[{', '.join(lines)}]")):
        (tmp_path / name).write_text(content)
        corpus = tr.read_corpus(tmp_path / name, **NAMED)
        assert list(corpus.documents["text"]) == ["Words.", "Words of one year."]
        assert "'y' twice" in corpus.notes["dropped"][0]["detail"]


def test_a_web_page_that_is_named_as_a_table_is_called_one(tmp_path):
    path = tmp_path / "t.xls"
    path.write_text("<html><table><tr><td>text</td><td>y</td></tr></table></html>")
    with pytest.raises(DataError, match=r"t\.xls is a web page"):
        tr.read_corpus(path, **NAMED)
