"""Tables as databases export them: old and new headers, marks, line ends, a cut end, preambles."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

import trends as tr
from trends.errors import DataError, UsageError
from trends.sources.tables.known_exports import EXPORTS, recognized

ABOUT = "About the data: Exported on Feb 12, 2023. Criteria: 'cans OR lids' in title, abstract."
#: Database, columns of an old and of a new export, rows before the header.
LAYOUTS = {
    "Dimensions": (
        (
            "Rank,Publication ID,DOI,Title,Abstract,Source title,PubYear,"
            "Publication Date,Times cited"
        ),
        (
            "Rank,Publication ID,DOI,PMID,Title,Abstract,Funding,Source title,"
            "MeSH terms,Publication date,PubYear,Publication date (online),Times cited,"
            "Dimensions URL"
        ),
        [[ABOUT]],
    ),
    "The Lens": (
        ("#,Jurisdiction,Lens ID,Title,Date Published,Publication Year,Abstract"),
        (
            "Lens ID,Title,Date Published,Publication Year,Publication Type,"
            "Source Title,ISSNs,Publisher,Abstract,External URL,Citing Works Count"
        ),
        [],
    ),
    "Scopus": (
        ("Authors,Title,Year,Source title,Volume,DOI,Link,Abstract,Document Type,Source,EID"),
        (
            "Authors,Author full names,Author(s) ID,Title,Year,Source title,Cited by,"
            "DOI,Link,Abstract,Author Keywords,Language of Original Document,"
            "Document Type,Open Access,Source,EID"
        ),
        [],
    ),
    "IEEE Xplore": (
        (
            "Document Title,Authors,Publication Title,Date Added To Xplore,"
            "Publication Year,Abstract,DOI,PDF Link"
        ),
        (
            "Document Title,Authors,Author Affiliations,Publication Title,"
            "Publication Year,Volume,Abstract,ISSN,DOI,PDF Link,Author Keywords,"
            "Issue Date,Publisher,Document Identifier"
        ),
        [],
    ),
    "Zotero": (
        ("Key,Item Type,Publication Year,Author,Title,Abstract Note,Date,Date Added"),
        (
            "Key,Item Type,Publication Year,Author,Title,Publication Title,ISBN,DOI,"
            "Url,Abstract Note,Date,Date Added,Date Modified,Access Date,Manual Tags,"
            "Language"
        ),
        [],
    ),
    "Web of Science": (
        (
            "Publication Type,Authors,Article Title,Source Title,Abstract,"
            "Publication Year,UT (Unique WOS ID)"
        ),
        (
            "Publication Type,Authors,Article Title,Source Title,Language,"
            "Document Type,Abstract,Publication Date,Publication Year,DOI,"
            "UT (Unique WOS ID),Web of Science Record"
        ),
        [],
    ),
}


def row(header: list[str], export, date: str, i: int) -> list[str]:
    """A made-up record: every date but the one of publication lies in 2023."""
    found = {
        export.text: f'Cans, "lids" and\nspouts are compared in study {i}.',
        export.title: f"On can {i}, a study",
        export.id: f"id-{i}",
        date: str(2014 + i),
    }
    return [
        found.get(name) or ("2023" if "ear" in name or "Date" in name else "x") for name in header
    ]


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("form", ["plain", "mark and crlf", "cut"])
def test_exports_are_known_and_their_date_is_asked_for(name, version, form, tmp_path):
    header = LAYOUTS[name][version].split(",")
    export = recognized(header)
    assert export is not None
    assert export.name == name
    date = export.dates[0]
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator="\r\n" if form == "mark and crlf" else "\n")
    out.writerows([*LAYOUTS[name][2], header, *(row(header, export, date, i) for i in range(8))])
    data = text.getvalue()
    if form == "cut":
        data = data[: data.rindex("spouts")]  # within the quoted abstract of the last record
    path = tmp_path / "export.csv"
    path.write_bytes((b"\xef\xbb\xbf" if form == "mark and crlf" else b"") + data.encode())
    with pytest.raises(UsageError, match=rf"export of {name}.*--date {date!r}"):
        tr.read_corpus(path)
    corpus = tr.read_corpus(path, date=date)
    notes, frame = corpus.notes, corpus.documents
    n = 7 if form == "cut" else 8
    assert (notes["records"], notes["kept"], len(corpus)) == (8, n, n)
    assert [d.year for d in frame["date"]] == list(range(2014, 2014 + n))
    assert set(frame["date_precision"]) == {"year"}
    assert list(frame["id"]) == [f"id-{i}" for i in range(n)]
    assert frame["title"][0] == "On can 0, a study"
    assert frame["text"][0] == 'Cans, "lids" and spouts are compared in study 0.'
    assert bool(LAYOUTS[name][2]) == any("passed over" in w for w in notes["warnings"])


def test_every_known_export_has_its_marks_among_its_columns():
    for export in EXPORTS:
        columns = [*export.marks, export.text, export.title, export.id, *export.dates]
        assert recognized([c.upper() for c in columns]).name == export.name
    assert recognized(["id", "title", "text", "date"]) is None


def test_what_the_user_names_stands(tmp_path):
    path = tmp_path / "My Library.csv"
    path.write_text("Key,Item Type,Title,Abstract Note,Date,Extra\nK1,book,One,A.,2014,More.\n")
    corpus = tr.read_corpus(path, date="Date", text=["Title", "Extra"], title="", id="Extra")
    assert (corpus.ids, corpus.texts) == (("More.",), ["One. More."])


@pytest.mark.parametrize(
    ("before", "options"),
    [
        (["# made on 2023-01-01, by hand"], {}),
        (["Search,cans", "Hits,3", ""], {}),
        (['"Title, with a comma"', "", "# note"], {}),
        (["a,b,c"], {"header_row": 2}),
        (["a,b,c", "d,e,f"], {"skip_rows": 2}),
        (['an "open quote, here'], {"skip_rows": 1}),
    ],
)
def test_rows_before_the_header(before, options, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("\n".join([*before, "id,text,y", "1,a,2001", "2,b,2002"]) + "\n")
    corpus = tr.read_corpus(path, text="text", date="y", **options)
    assert corpus.ids == ("1", "2")
    assert corpus.notes["records"] == 2
    assert ("passed over" in " ".join(corpus.notes["warnings"])) == (not options)


def test_rows_before_the_header_of_a_sheet(tmp_path):
    book = openpyxl.Workbook()
    for cells in (["A title"], [], ["Query:", "cans"], ["id", "text", "y"], ["1", "a", 2001]):
        book.active.append(cells)
    book.save(tmp_path / "t.xlsx")
    for options in ({}, {"header_row": 4}, {"skip_rows": 3}):
        corpus = tr.read_corpus(tmp_path / "t.xlsx", text="text", date="y", **options)
        assert corpus.ids == ("1",)
        assert ("passed over" in " ".join(corpus.notes["warnings"])) == (not options)
    with pytest.raises(DataError, match="no column 'text'"):
        tr.read_corpus(tmp_path / "t.xlsx", text="text", date="y", header_row=3)


def test_options_about_writing_that_cannot_be(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,text,y\n1,a,2001\n")
    for options, what in (
        ({"quoting": "single"}, "double, backslash, none"),
        ({"header_row": 3, "skip_rows": 1}, "contradict"),
        ({"skip_rows": -1}, "whole number"),
        ({"encoding": "rot13"}, "encodings of text"),
        ({"delimiter": ";;"}, "one character"),
    ):
        with pytest.raises(UsageError, match=what):
            tr.read_corpus(path, text="text", date="y", **options)
