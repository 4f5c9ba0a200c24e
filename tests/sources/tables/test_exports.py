"""A corpus exported to each kind of table and read back is the same corpus."""

from __future__ import annotations

import csv
import datetime as dt
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import trends as tr
from trends.core import Corpus
from trends.core.dates import Evidence, Precision
from trends.errors import DataError, UsageError
from trends.sources.tables.formats import excel as table_excel
from trends.sources.tables.spreadsheet import protect, restore

ENDINGS = ("csv", "tsv", "jsonl", "csv.gz", "tsv.gz", "jsonl.gz", "parquet", "xlsx")

# Everything but half characters, which no UTF-8 file holds, and NUL, which CSV refuses.
RISKY = (
    "=1+1 +1 -1 @x \tx \rx \nx ' ''= \" a\"b a,b;c\td a\r\nb a\rb _x000D_ _x005F_x000D_ 007 1e5 NA "
    "NaN None True 2019-01-01 "
    "\ufeffx \u2028x \x85 ＝1 🦊 \x0b\x1f \ufffe"
)
TEXT = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=30
) | st.sampled_from([*RISKY.split(" "), " x "])
DAY = st.dates(dt.date(1600, 1, 1), dt.date(2300, 1, 1))


@st.composite
def corpora(draw: st.DrawFn) -> Corpus:
    n = draw(st.integers(1, 6))
    ids = draw(st.lists(TEXT.filter(bool), min_size=n, max_size=n, unique=True))
    rows: list[dict[str, Any]] = []
    kind = draw(st.sampled_from(["text", "whole", "number", "yes"]))
    values = {
        "text": TEXT,
        "whole": st.integers(-(2**53), 2**53),
        "number": st.floats(allow_infinity=False),
        "yes": st.booleans(),
    }[kind]
    for name in ids:
        precision = draw(st.sampled_from([None, *Precision]))
        day = draw(DAY)
        rows.append(
            {
                "id": name,
                "title": draw(TEXT),
                "date": None if precision is None else np.datetime64(day, "s"),
                "date_last": np.datetime64(day + dt.timedelta(draw(st.integers(0, 90))), "s")
                if precision is Precision.RANGE
                else None,
                "date_precision": None if precision is None else precision.value,
                "date_evidence": Evidence.NONE.value
                if precision is None
                else Evidence.STATED.value,
                "text": draw(TEXT),
                "source": "table",
                draw(st.just("=metadata")): draw(st.none() | values),
            }
        )
    frame = pd.DataFrame(rows)
    for column in ("date", "date_last"):
        frame[column] = pd.Series(
            np.array(
                [
                    np.datetime64("NaT", "s") if v is None or v is pd.NaT else v
                    for v in frame[column]
                ],
                dtype="datetime64[s]",
            )
        )
    until = draw(st.none() | st.just(dt.date(2299, 12, 31)))
    return Corpus(frame, name="made", observed_until=until)


def same(a: Any, b: Any, *, typed: bool) -> bool:
    empty = (None, pd.NA, pd.NaT, "")
    if (
        any(a is e for e in empty)
        or any(b is e for e in empty)
        or (isinstance(a, float) and math.isnan(a))
    ):
        return bool(pd.isna(a) or a == "") and bool(pd.isna(b) or b == "")
    return bool(a == b) if typed else str(a) == str(b)


@pytest.mark.parametrize(
    "ending",
    # What is unpacked is read like the rest, and a table with tabs like one with commas; cells of
    # Excel have tests of their own below.
    [
        pytest.param(e, marks=() if e in ("csv", "jsonl", "parquet") else pytest.mark.slow)
        for e in ENDINGS
    ],
)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(corpus=corpora())
def test_an_export_read_back_is_the_same_corpus(
    tmp_path: Path, ending: str, corpus: Corpus
) -> None:
    path = tr.write_corpus(corpus, tmp_path / f"made.{ending}")
    back = tr.read_corpus(path)
    assert back.fingerprint == corpus.fingerprint
    assert back.observed_until == corpus.observed_until
    assert list(back.documents.columns) == list(corpus.documents.columns)
    assert back.name == "made"
    typed = ending not in ("csv", "tsv", "csv.gz", "tsv.gz")  # text is all that these know
    for before, after in zip(
        corpus.documents["=metadata"].tolist(), back.documents["=metadata"].tolist(), strict=True
    ):
        assert same(before, after, typed=typed)
    if ending == "jsonl":
        first = path.read_bytes()
        assert tr.write_corpus(back, path).read_bytes() == first
    if not typed or ending == "xlsx":
        path = tr.write_corpus(corpus, path, for_excel=True)
        assert tr.read_corpus(path).fingerprint == corpus.fingerprint


@given(TEXT)
def test_the_protection_of_a_cell_is_reversible(text: str) -> None:
    cell = protect(text)
    assert restore(cell) == text
    assert not cell.startswith(("=", "@", "\t", "\r", "＝"))
    if cell.startswith(("+", "-")):
        float(cell)


@given(TEXT)
def test_escapes_of_excel_are_reversible(text: str) -> None:
    assert table_excel.unescaped(table_excel.escaped(text)) == text


def made(**columns: Any) -> Corpus:
    rows = {
        "id": ["a"],
        "title": ["t"],
        "text": ["x"],
        "date": [None],
        "date_precision": [None],
        "date_evidence": ["none"],
        "source": ["table"],
    }
    frame = pd.DataFrame({**rows, **{k: [v] for k, v in columns.items()}})
    return Corpus(frame.assign(date=pd.to_datetime(frame["date"])))


def test_a_number_of_seventeen_digits_survives_excel(tmp_path: Path) -> None:
    values = [1.3510798882110002e16, 0.1 + 0.2, 5e-324, 1.5, -1 / 3]
    for value in values:
        back = tr.read_corpus(tr.write_corpus(made(score=value), tmp_path / "x.xlsx"))
        assert back.documents["score"].iloc[0] == value


def test_values_stay_as_they_are_and_no_cell_for_a_spreadsheet_is_a_formula(tmp_path: Path) -> None:
    corpus = made(
        title="=cmd|' /C calc'!A0",
        text="@SUM(A1)",
        note="+1+cmd",
        number=-5,
        **{"=HYPERLINK(1)": "-2+3"},
    )
    frame = pd.read_csv(tr.write_corpus(corpus, tmp_path / "t.csv"))
    assert (
        frame["title"].tolist() == corpus.documents["title"].tolist()
        and "=HYPERLINK(1)" in frame.columns
    )
    path = tr.write_corpus(corpus, tmp_path / "t.csv", for_excel=True)
    with path.open(encoding="utf-8", newline="") as f:
        cells = [cell for row in csv.reader(f) for cell in row]
    assert not [
        cell
        for cell in cells
        if cell.startswith(("=", "+", "@")) or (cell.startswith("-") and cell != "-5")
    ]
    sheet = openpyxl.load_workbook(tr.write_corpus(corpus, tmp_path / "t.xlsx"))["corpus"]
    assert {
        cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None
    } == {"s", "n"}
    assert "@SUM(A1)" in [cell.value for row in sheet.iter_rows() for cell in row]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl.gz"])
def test_the_same_corpus_gives_the_same_bytes(tmp_path: Path, ending: str) -> None:
    first = tr.write_corpus(made(), tmp_path / f"a.{ending}").read_bytes()
    assert tr.write_corpus(made(), tmp_path / f"b.{ending}").read_bytes() == first
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"a.{ending}", f"b.{ending}"]


def test_what_a_format_cannot_hold_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    long, infinite, nul = made(text="ä" * 32_768), made(number=math.inf), made(text="a\x00b")
    assert tr.read_corpus(
        tr.write_corpus(made(text="ä" * 32_767), tmp_path / "fits.xlsx")
    ).texts == ["ä" * 32_767]
    for corpus, name, word in (
        (long, "t.xlsx", "32,768 characters; Excel holds 32,767"),
        (made(text="🦊" * 16_384), "t.xlsx", "32,768 characters"),
        (infinite, "t.xlsx", "infinite"),
        (infinite, "t.jsonl", "infinite"),
        (nul, "t.csv", "NUL"),
        (made(trends_export=1), "t.csv", "rename it"),
    ):
        with pytest.raises(DataError, match=word):
            tr.write_corpus(corpus, tmp_path / name)
    with pytest.raises(UsageError, match=r"got t\.doc"):
        tr.write_corpus(made(), tmp_path / "t.doc")
    with pytest.raises(UsageError, match="for spreadsheets is for"):
        tr.write_corpus(made(), tmp_path / "t.jsonl", for_excel=True)
    assert [p.name for p in tmp_path.iterdir()] == ["fits.xlsx"]
    assert tr.read_corpus(tr.write_corpus(nul, tmp_path / "t.jsonl")).fingerprint == nul.fingerprint
    assert tr.read_corpus(tr.write_corpus(infinite, tmp_path / "t.csv")).documents[
        "number"
    ].tolist() == ["inf"]


def test_a_changed_export_is_refused_with_its_row(tmp_path: Path) -> None:
    path = tr.write_corpus(made(), tmp_path / "t.csv")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("none", "none,1", 1), encoding="utf-8")
    with pytest.raises(DataError, match=r"t\.csv, line 2.*export it again"):
        tr.read_corpus(path)
    changed = Corpus(
        made().documents.assign(
            date=pd.Timestamp("2020-05-03"), date_precision="day", date_evidence="stated"
        )
    )
    path = tr.write_corpus(changed, path)
    path.write_text(
        path.read_text(encoding="utf-8").replace("2020-05-03", "03.05.20"), encoding="utf-8"
    )
    with pytest.raises(DataError, match=r"record 1: date is '03\.05\.20'"):
        tr.read_corpus(path)
    path.write_text(text.replace(",2\n", ",3\n"), encoding="utf-8")
    with pytest.raises(UsageError, match="trends_export is '3'"):
        tr.read_corpus(path)


def test_columns_of_an_export_can_still_be_named(tmp_path: Path) -> None:
    path = tr.write_corpus(made(year="2011"), tmp_path / "t.csv")
    assert tr.read_corpus(path, text="text", date="year").summary()["by_precision"]["year"] == 1


@pytest.mark.slow
def test_development_data_survives_every_format(shared: Path, tmp_path: Path) -> None:
    whole = tr.read_corpus(
        shared / "data" / "neurips_1987_2018.jsonl.gz", text="abstract", date="year"
    )
    corpus = Corpus(whole.documents.iloc[::8], name="neurips")
    for ending in ENDINGS:
        back = tr.read_corpus(tr.write_corpus(corpus, tmp_path / f"neurips.{ending}"))
        assert back.fingerprint == corpus.fingerprint


@pytest.mark.slow
def test_a_workbook_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    code = (
        "import resource, sys, trends as tr\n"
        "from trends.errors import StorageError\n"
        "corpus = tr.read_corpus('pretraining')\n"
        "import openpyxl, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))\n"
        "try: tr.write_corpus(corpus, sys.argv[1])\n"
        "except StorageError as error: print(error)\n"
    )
    path = tmp_path / "t.xlsx"
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    assert f"Could not write {path}" in done.stdout
    assert done.stderr == ""
    assert not path.exists()
