"""How tables may be written: quotes, encodings, archives, JSON in several layouts."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import zipfile

import pandas as pd
import pytest

import trends as tr
from trends.errors import DataError, UsageError
from trends.sources.detect import detect

NAMED = {"text": "text", "date": "date"}
ROWS = [
    {"id": "a", "text": "Cans are compared.", "date": "2014-05-03"},
    {"id": "b", "text": "Lids fit.", "date": "2015-06-04"},
    {"id": "c", "text": "Spouts leak.", "date": "2016-07-05"},
]
FRAME = pd.DataFrame(ROWS)


def right(corpus, n=3):
    assert corpus.ids == ("a", "b", "c")[:n]
    assert corpus.texts == [row["text"] for row in ROWS[:n]]
    days = [dt.date.fromisoformat(row["date"]) for row in ROWS[:n]]
    assert [d.date() for d in corpus.documents["date"]] == days
    assert corpus.notes["records"] == n


@pytest.mark.parametrize("quoting", ["", "backslash"])
def test_quotes_after_a_backslash(quoting, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        'id,text,date\n1,"He said \\"no\\", and left.",2014\n'
        '2,"A \\"b\\" and\nmore.",2015\n3,c,2016\n'
    )
    corpus = tr.read_corpus(path, quoting=quoting, **NAMED)
    assert corpus.texts[:2] == ['He said "no", and left.', 'A "b" and more.']
    assert corpus.notes["kept"] == 3
    assert ("by a backslash" in " ".join(corpus.notes["warnings"])) == (not quoting)


def test_quotes_that_are_text(tmp_path):
    path = tmp_path / "t.tsv"
    path.write_text('id\ttext\tdate\n1\t"No" he said\t2014\n2\t"Open\t2015\n3\tc\t2016\n')
    for options in ({}, {"quoting": "none"}):
        corpus = tr.read_corpus(path, **options, **NAMED)
        assert corpus.texts[:2] == ['"No" he said', '"Open']
    with pytest.raises(DataError, match="line 2: broken quotes"):
        tr.read_corpus(path, quoting="double", strict=True, **NAMED)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gbk", "蜜蜂授粉研究"),
        ("GB18030", "太阳能电池"),
        ("big5", "蜜蜂"),
        ("shift_jis", "ミツバチの研究"),
        ("iso2022_jp", "ミツバチの研究"),
        ("euc-kr", "꿀벌 연구"),
        ("windows-1250", "Žluťoučký kůň"),
        ("cp1251", "Пчёлы опыляют"),
        ("koi8-r", "Пчёлы опыляют"),
        ("iso8859-7", "Μέλισσες"),
        ("utf-32", "Пчёлы"),
        ("utf-16-be", "Пчёлы"),
        ("cp037", "Bees and hives"),
        ("mac_roman", "Größe"),
    ],
)
def test_any_encoding_of_python_may_be_named(encoding, text, tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(f"id,text,date\n1,{text},2014\n2,x,2015\n".encode(encoding))
    corpus = tr.read_corpus(path, encoding=encoding, **NAMED)
    assert corpus.texts == [text, "x"]


def test_an_encoding_that_is_wrong_is_said(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("id,text,date\n1,蜜蜂授粉研究,2014\n".encode("gbk"))
    with pytest.raises(DataError, match="--encoding"):
        tr.read_corpus(path, **NAMED)
    with pytest.raises(DataError, match="not ASCII"):
        tr.read_corpus(path, encoding="ascii", **NAMED)


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.json", "t.tsv"])
@pytest.mark.parametrize("packing", ["gz", "zip"])
def test_packed_tables(name, packing, tmp_path):
    written = {
        "t.csv": FRAME.to_csv(index=False),
        "t.tsv": FRAME.to_csv(index=False, sep="\t"),
        "t.json": FRAME.to_json(orient="records"),
        "t.jsonl": FRAME.to_json(orient="records", lines=True),
    }[name].encode()
    path = tmp_path / f"{name}.{packing}"
    if packing == "gz":
        path.write_bytes(gzip.compress(written))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("__MACOSX/._t", b"\0")
            archive.writestr(f"export/{name}", written)
    right(tr.read_corpus(path, **NAMED))
    right(tr.read_corpus(tmp_path, **NAMED))
    if packing == "zip":
        bare = path.rename(tmp_path / "export.zip")
        right(tr.read_corpus(bare, **NAMED))


def test_archives_that_are_no_table(tmp_path):
    path = tmp_path / "t.csv.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "x")
        archive.writestr("b.csv", "x")
    with pytest.raises(DataError, match=r"2 files \(a\.csv, b\.csv"):
        tr.read_corpus(path, **NAMED)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"id,text,date\n" + b"0" * (80 << 20))
    with pytest.raises(DataError, match=r"zip bomb|longer than"):
        tr.read_corpus(path, **NAMED)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(DataError, match="zip archive"):
        tr.read_corpus(path, **NAMED)
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    with pytest.raises(DataError, match="old Excel"):
        tr.read_corpus(tmp_path / "old.xls", **NAMED)


@pytest.mark.parametrize("orient", ["records", "columns", "index", "split", "table"])
@pytest.mark.parametrize("indent", [None, 1])
def test_layouts_of_pandas(orient, indent, tmp_path):
    path = tmp_path / "t.json"
    path.write_text(FRAME.to_json(orient=orient, indent=indent))
    right(tr.read_corpus(path, **NAMED))


@pytest.mark.parametrize(
    ("content", "way"),
    [
        ({"data": ROWS, "meta": {"n": 3}}, "data"),
        ({"response": {"docs": ROWS, "facets": [{"text": "x"}]}}, "response.docs"),
        ({"articles": ROWS, "authors": [{"name": "x"}]}, "articles"),
    ],
)
def test_records_inside_of_an_object(content, way, tmp_path):
    path = tmp_path / "t.json"
    path.write_text(json.dumps(content, indent=1))
    right(tr.read_corpus(path, records=way, **NAMED))
    found = tr.read_corpus(path, **NAMED)
    right(found)
    assert any(way in w for w in found.notes["warnings"])
    with pytest.raises(UsageError, match=f"Lists of records stand in: .*{way}"):
        tr.read_corpus(path, records="items", **NAMED)
    pages = tmp_path / "pages.jsonl"
    pages.write_text("".join(json.dumps({"data": [row], "meta": {}}) + "\n" for row in ROWS))
    right(tr.read_corpus(pages, records="data", **NAMED))


def test_two_lists_that_could_be_the_records_are_asked_about(tmp_path):
    path = tmp_path / "t.json"
    path.write_text(json.dumps({"old": ROWS, "new": ROWS}))
    with pytest.raises(DataError, match=r"old \(3 objects\), new \(3 objects\).*--records"):
        tr.read_corpus(path, **NAMED)


def test_values_of_mongo_and_fields_of_fields(tmp_path):
    path = tmp_path / "t.jsonl"
    stamps = [{"$date": "2014-05-03T10:00:00Z"}, {"$date": 1433376000000}]
    stamps.append({"$date": {"$numberLong": "1467676800000"}})
    lines = [
        {"_id": {"$oid": row["id"]}, "body": {"text": row["text"]}, "date": stamp}
        for row, stamp in zip(ROWS, stamps, strict=True)
    ]
    path.write_text("\n".join(map(json.dumps, lines)))
    corpus = tr.read_corpus(path, text="body.text", date="date", id="_id")
    assert corpus.texts == [row["text"] for row in ROWS]
    assert [d.date().isoformat() for d in corpus.documents["date"]] == [
        "2014-05-03",
        "2015-06-04",
        "2016-07-05",
    ]


def test_lists_of_pages_are_one_text(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text(json.dumps({"id": "a", "pages": ["One.", "Two."], "date": 2014}))
    assert tr.read_corpus(path, text="pages", date="date").texts == ["One. Two."]


def test_placeholders_are_no_text_alone_or_beside_another(tmp_path):
    path = tmp_path / "t.jsonl"
    rows = [("a", "Lids", "[removed]"), ("b", "[deleted by user]", "[removed]"), ("c", "x", "Yes.")]
    lines = [{"id": i, "title": t, "selftext": s, "date": 2014} for i, t, s in rows]
    path.write_text("\n".join(map(json.dumps, lines)))
    alone = tr.read_corpus(path, text="selftext", date="date")
    assert (alone.ids, alone.texts) == (("a", "c"), ["", "Yes."])
    assert alone.notes["dropped_by_reason"] == {"no title and no text": 1}
    both = tr.read_corpus(path, text=["title", "selftext"], title="", date="date")
    assert both.texts == ["Lids", "x. Yes."]
    assert any("[removed]" in w for w in both.notes["warnings"])


def test_columns_of_one_name(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,date,text,note,note\n1,2014,a,b,c\n")
    frame = tr.read_corpus(path, **NAMED).documents
    assert (frame["note"][0], frame["note (2)"][0]) == ("b", "c")
    with pytest.raises(DataError, match="two columns are called 'note'"):
        tr.read_corpus(path, text="note", date="date")


@pytest.mark.parametrize("name", ["savedrecs.txt", "table", "t.doc", "t.dat"])
def test_content_decides_and_names_of_columns_mean_a_table(name, tmp_path):
    path = tmp_path / name
    path.write_text(FRAME.to_csv(index=False, sep="\t"))
    right(tr.read_corpus(path, **NAMED))
    assert detect([path]) == "table"
    with pytest.raises(UsageError, match="name the column of the date"):
        tr.read_corpus(path)
    path.write_text("TY  - JOUR\nTI  - One\nPY  - 2014\nER  - \n")
    assert detect([path]) == "ris"
    with pytest.raises(UsageError, match="is ris, which has no columns to name; leave out date"):
        tr.read_corpus(path, date="PY")
