from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.core import Corpus
from trends.errors import DataError, MissingError, StorageError, UsageError
from trends.sources import read_corpus
from trends.sources.stored.corpus_file import read, write


def corpus(**changes):
    frame = pd.DataFrame(
        {
            "id": ["b", "a", "c", "d"],
            "title": ["Zwei – β", "Eins", "", "Undated"],
            "text": ["Some words.", "More\nwords.", "x", ""],
            "date": pd.to_datetime(["2020-05-01", "1999-12-31", "2020-01-01", None]),
            "date_precision": ["month", "day", "year", None],
            "date_evidence": ["arxiv-id", "stated", "lookup", "none"],
            "source": "test",
            "n_votes": [1, 2, 3, 4],
            "score": [0.5, np.nan, 1.5, 2.5],
        }
    )
    settings = {
        "name": "Gärten",
        "observed_until": dt.date(2020, 6, 1),
        "notes": {"records": 5, "dropped": [{"record": "e", "reason": "empty"}]},
    }
    return Corpus(frame, **{**settings, **changes})


def test_round_trip_keeps_everything(tmp_path):
    one = corpus()
    write(one, tmp_path / "corpus.parquet")
    two = read([tmp_path / "corpus.parquet"])
    assert two.fingerprint == one.fingerprint
    pd.testing.assert_frame_equal(two.documents, one.documents, check_dtype=False)
    assert (two.name, two.observed_until) == (one.name, one.observed_until)
    assert {k: two.notes[k] for k in one.notes} == one.notes
    assert [p.name for p in tmp_path.iterdir()] == ["corpus.parquet"]


def test_founding_corpus_round_trip(shared, tmp_path):
    one = read_corpus([shared / "seeds"])
    write(one, tmp_path / "corpus.parquet")
    two = read_corpus([tmp_path / "corpus.parquet"])
    assert two.fingerprint == one.fingerprint
    assert two.notes == one.notes
    assert two.documents.equals(one.documents)


def test_same_corpus_same_bytes(tmp_path):
    for name in ("one", "two"):
        write(corpus(), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_all_undated_round_trip(tmp_path):
    frame = corpus().documents.assign(date=pd.NaT, date_precision=None, date_evidence="none")
    one = Corpus(frame)
    write(one, tmp_path / "c.parquet")
    two = read([tmp_path / "c.parquet"])
    assert two.fingerprint == one.fingerprint
    assert not two.dated.any()


_TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


@settings(max_examples=20, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            _TEXT, _TEXT, st.one_of(st.none(), st.dates(dt.date(1700, 1, 1), dt.date(2200, 1, 1)))
        ),
        min_size=1,
        max_size=8,
        unique_by=lambda r: r[0],
    )
)
def test_round_trip_of_any_documents(tmp_path_factory, rows):
    frame = pd.DataFrame(
        {
            "id": [r[0] for r in rows],
            "title": [r[1] for r in rows],
            "text": [r[1] * 2 for r in rows],
            "date": pd.Series(
                [None if r[2] is None else np.datetime64(r[2]) for r in rows], dtype="datetime64[s]"
            ),
            "date_precision": [None if r[2] is None else "day" for r in rows],
            "date_evidence": ["none" if r[2] is None else "stated" for r in rows],
            "source": "s",
        }
    )
    one = Corpus(frame)
    path = tmp_path_factory.mktemp("c") / "c.parquet"
    write(one, path)
    assert read([path]).fingerprint == one.fingerprint


def test_file_made_elsewhere(tmp_path):
    path = tmp_path / "mine.parquet"
    pq.write_table(pa.Table.from_pandas(corpus().documents.drop(columns="text")), path)
    made = read_corpus([path], name="Mine")
    assert (made.name, len(made), made.has_text) == ("Mine", 4, False)
    assert made.notes["records"] == 4
    assert made.notes["per_input"] == {"mine.parquet": 4}


def _broken(tmp_path, change):
    path = tmp_path / "bad.parquet"
    frame = corpus().documents
    change(frame, path)
    return path


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda f, p: f.assign(id=["a", "a", "b", "c"]).to_parquet(p), "ids must be unique.*'a'"),
        (
            lambda f, p: f.drop(columns=["date_evidence", "source"]).to_parquet(p),
            "missing: date_evidence, source",
        ),
        (lambda f, p: f.assign(date_precision="week").to_parquet(p), "contradict"),
        (lambda f, p: f.assign(date=["x"] * 4).to_parquet(p), "'date' holds string"),
        (lambda f, p: f.assign(date=pd.Timestamp("2020-01-01 12:30")).to_parquet(p), "clock"),
        (lambda f, p: f.iloc[:0].to_parquet(p), "no documents"),
        (lambda f, p: p.write_bytes(b""), "not a Parquet file"),
        (lambda f, p: p.write_bytes(b"PAR1" + b"\0" * 60 + b"PAR1"), "not a Parquet file"),
        (lambda f, p: p.write_bytes(b"hello"), "not a Parquet file"),
    ],
)
def test_bad_files_are_named(tmp_path, change, what):
    path = _broken(tmp_path, change)
    with pytest.raises(DataError, match=rf"bad\.parquet.*{what}"):
        read([path])


@pytest.mark.parametrize("at", range(0, 3000, 97))
def test_damaged_bytes_never_crash(tmp_path, at):
    path = tmp_path / "c.parquet"
    write(corpus(), path)
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 0xFF
    path.write_bytes(bytes(data))
    try:
        read([path])
    except (DataError, UsageError) as error:
        assert "c.parquet" in str(error)


@pytest.mark.parametrize(
    ("about", "what"),
    [
        (b"{", "not JSON"),
        (b"[]", "not a JSON object"),
        (b'{"notes": 3}', "notes"),
        (b'{"notes": {"records": "x"}}', "'records'"),
        (b'{"observed_until": "soon"}', "observed_until"),
        (b'{"version": 99}', "version 99|99"),
        (b'{"x": NaN}', "NaN"),
        (b"\xff", "not JSON"),
    ],
)
def test_damaged_description(tmp_path, about, what):
    path = tmp_path / "c.parquet"
    write(corpus(), path)
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({b"trends": about}), path)
    with pytest.raises((DataError, UsageError), match=what):
        read([path])


def test_one_file_at_a_time(tmp_path):
    with pytest.raises(UsageError, match="alone"):
        read([tmp_path / "a", tmp_path / "b"])
    with pytest.raises(MissingError, match="gone"):
        read([tmp_path / "gone.parquet"])
    with pytest.raises(DataError, match="not a regular file"):
        read([tmp_path])


def test_a_write_that_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / "c.parquet"
    write(corpus(), path)
    before = path.read_bytes()
    mixed = corpus()
    frame = mixed.documents.assign(extra=[1, "x", None, b"y"])
    with pytest.raises(DataError, match="mixes kinds"):
        write(dataclasses.replace(mixed, documents=frame), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["c.parquet"]
    with pytest.raises(StorageError):
        write(corpus(), path / "below" / "c.parquet")
