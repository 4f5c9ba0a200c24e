from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import io
import json
import zipfile

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from trends.core import Corpus, TermCounts
from trends.errors import DataError, MissingError, StorageError, UsageError
from trends.sources import read_corpus
from trends.sources.stored.features import (
    COUNTS,
    DOCUMENTS,
    EMBEDDINGS,
    FEATURES_FILE,
    FILES,
    VOCABULARY,
    read,
    write,
)

EMBEDDING = {"model": "tiny", "sha256": "0" * 64}


@pytest.fixture
def corpus():
    rng = np.random.default_rng(7)
    n = 30
    ids = tuple(f"d{i:02d}" for i in range(n))
    vocabulary = tuple(sorted({f"term {chr(97 + i)}é" for i in range(20)}))
    frame = pd.DataFrame(
        {
            "id": ids,
            "title": [f"Title {i}" for i in range(n)],
            "text": [f"The secret words of document {i}." for i in range(n)],
            "date": pd.to_datetime(["2020-01-01"] * 20 + [None] * 10),
            "date_precision": ["day"] * 20 + [None] * 10,
            "date_evidence": ["stated"] * 20 + ["none"] * 10,
            "source": "test",
        }
    )
    counts = TermCounts(
        sparse.csr_matrix(rng.poisson(0.4, (n, 20))), vocabulary, ids, settings={"phrases": True}
    )
    vectors = rng.normal(size=(n, 8))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    notes = {
        "records": 31,
        "per_input": {"p.txt": 31},
        "dropped": [{"record": "x", "reason": "y"}],
        "conflicts": [],
        "warnings": ["w"],
        "inputs": {},
    }
    return Corpus(frame, counts=counts, embeddings=vectors, name="garden", notes=notes)


@pytest.fixture
def folder(corpus, tmp_path):
    write(
        corpus,
        tmp_path / "features",
        provenance={"embedding": EMBEDDING, "versions": {"numpy": "2"}, "made_by": "test"},
    )
    return tmp_path / "features"


def test_round_trip(corpus, folder):
    again = read_corpus([folder])
    assert again.ids == corpus.ids
    assert not again.has_text
    pd.testing.assert_frame_equal(
        again.documents, corpus.documents.drop(columns="text"), check_dtype=False
    )
    assert again.counts.fingerprint == corpus.counts.fingerprint
    assert again.counts.settings == {"phrases": True}
    assert again.embeddings.dtype == np.float32
    np.testing.assert_allclose(
        again.embeddings, corpus.embeddings, atol=5e-4
    )  # half precision of numbers below one
    assert again.notes["embedding"] == {**EMBEDDING, "dtype": "float16", "dimensions": 8}
    assert {k: again.notes[k] for k in corpus.notes} == corpus.notes
    assert again.name == "garden"


def test_ranges_and_the_days_that_were_observed_come_back(corpus, tmp_path):
    frame = corpus.documents.assign(date_last=pd.Timestamp("2020-03-31"))
    frame.loc[frame["date"].notna(), "date_precision"] = "range"
    span = {"observed_from": dt.date(2020, 1, 1), "observed_until": dt.date(2020, 6, 30)}
    ranged = dataclasses.replace(corpus, documents=frame, **span)
    write(ranged, tmp_path / "ranged", provenance={"embedding": EMBEDDING})
    again = read_corpus([tmp_path / "ranged"])
    pd.testing.assert_frame_equal(
        again.documents, ranged.documents.drop(columns="text"), check_dtype=False
    )
    assert (again.observed_from, again.observed_until) == tuple(span.values())


def test_words_do_not_leave(folder):
    assert sorted(p.name for p in folder.iterdir()) == sorted([*FILES, FEATURES_FILE])
    assert not any(b"secret words" in p.read_bytes() for p in folder.iterdir())
    assert "text" not in read([folder]).documents.columns


def test_features_of_features_are_the_same_bytes(folder, tmp_path):
    write(
        read([folder]),
        tmp_path / "again",
        provenance={"versions": {"numpy": "2"}, "made_by": "test"},
    )
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {
        p.name: p.read_bytes() for p in (tmp_path / "again").iterdir()
    }


def test_description_says_what_it_is(folder):
    about = json.loads((folder / FEATURES_FILE).read_text(encoding="utf-8"))
    assert (about["format"], about["version"], about["documents"], about["terms"]) == (
        "trends-features",
        1,
        30,
        20,
    )
    assert about["versions"] == {"numpy": "2"}
    assert about["provenance"] == {"made_by": "test"}
    for name in FILES:
        data = (folder / name).read_bytes()
        assert about["files"][name] == {
            "sha256": hashlib.sha256(data).hexdigest(),
            "bytes": len(data),
        }


def test_writing_again_replaces_and_leaves_other_files_alone(corpus, folder):
    (folder / "dates.csv").write_text("kept", encoding="utf-8")
    write(dataclasses.replace(corpus, name="other"), folder)
    assert read([folder]).name == "other"
    assert (folder / "dates.csv").read_text(encoding="utf-8") == "kept"
    assert [p.name for p in folder.parent.iterdir()] == ["features"]


@pytest.mark.parametrize("lacking", ["counts", "embeddings"])
def test_incomplete_corpus_is_refused(corpus, tmp_path, lacking):
    with pytest.raises(DataError, match=r"no (term counts|embeddings)"):
        write(dataclasses.replace(corpus, **{lacking: None}), tmp_path / "f")
    assert list(tmp_path.iterdir()) == []


def test_vectors_beyond_half_precision_are_refused(corpus, tmp_path):
    with pytest.raises(DataError, match="half precision"):
        write(dataclasses.replace(corpus, embeddings=corpus.embeddings * 1e6), tmp_path / "f")
    assert list(tmp_path.iterdir()) == []


def test_full_disk_leaves_nothing(corpus, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("trends.sources.stored.features.np.save", full)
    with pytest.raises(StorageError, match="No space left"):
        write(corpus, tmp_path / "f")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [*FILES, FEATURES_FILE])
def test_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(MissingError, match=name.replace(".", r"\.")):
        read([folder])


@pytest.mark.parametrize("name", FILES)
def test_changed_file_is_noticed(folder, name):
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(bytes(data))
    with pytest.raises(DataError, match=rf"{name}.*SHA-256"):
        read([folder])


def _replaced(folder, name, data):
    """Put other content in, with the right SHA-256: what a careless or hostile maker would send."""
    (folder / name).write_bytes(data)
    about = json.loads((folder / FEATURES_FILE).read_text(encoding="utf-8"))
    about["files"][name]["sha256"] = hashlib.sha256(data).hexdigest()
    (folder / FEATURES_FILE).write_text(json.dumps(about), encoding="utf-8")


def _npy(array, **options):
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


def _npz(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def _huge_header():
    data = _npy(np.zeros((3, 3), dtype=np.float16))
    return data.replace(b"(3, 3)", b"(3,9999999999)".ljust(6))[: len(data) + 8]


def _zip(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return stream.getvalue()


ONES = np.ones(3, dtype=np.int32)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (EMBEDDINGS, b""),
        (EMBEDDINGS, b"\x93NUMPY"),
        (EMBEDDINGS, _npy(np.array([{"a": 1}], dtype=object), allow_pickle=True)),
        (EMBEDDINGS, _npy(np.zeros((30, 8), dtype=np.int64))),
        (EMBEDDINGS, _npy(np.zeros((29, 8), dtype=np.float16))),
        (EMBEDDINGS, _npy(np.full((30, 8), np.nan, dtype=np.float16))),
        (EMBEDDINGS, _npy(np.full((30, 8), np.inf, dtype=np.float16))),
        (
            EMBEDDINGS,
            _npy(np.ones((30, 8), dtype=np.float16)),
        ),  # well-formed, but not what the fingerprint says
        (EMBEDDINGS, _huge_header()),
        (COUNTS, b"no zip"),
        (COUNTS, _npz(data=ONES)),
        (COUNTS, _npz(data=ONES, indices=ONES, indptr=ONES)),
        (COUNTS, _npz(data=ONES, indices=np.array([0, 1, 99]), indptr=np.array([0] + [3] * 30))),
        (COUNTS, _npz(data=ONES, indices=np.array([0, 1, -5]), indptr=np.array([0] + [3] * 30))),
        (COUNTS, _npz(data=-ONES, indices=np.arange(3), indptr=np.array([0] + [3] * 30))),
        (COUNTS, _npz(data=ONES * 0.5, indices=np.arange(3), indptr=np.array([0] + [3] * 30))),
        (COUNTS, _npz(data=ONES, indices=np.arange(3), indptr=np.array([0, 3, 1] + [3] * 28))),
        (COUNTS, _zip(data=b"x" * 10, indices=b"", indptr=b"")),
        (COUNTS, _npz(data=ONES, indices=ONES, indptr=ONES, extra=ONES)),
        (VOCABULARY, b"one\ntwo\n"),
        (VOCABULARY, b"\xff\xfe"),
        (VOCABULARY, ("\n".join(["b"] * 20) + "\n").encode()),
        (DOCUMENTS, b"nothing"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_hostile_content_is_refused_with_a_sentence(folder, name, data):
    _replaced(folder, name, data)
    with pytest.raises(DataError, match="features"):
        read([folder])


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"version": 2}, "version 2.*reads version 1"),
        ({"format": "other"}, "does not describe"),
        ({"files": {}}, "gives no SHA-256"),
        ({"files": []}, "gives no SHA-256"),
        ({"fingerprint": "0" * 64}, "fingerprint"),
        ({"notes": []}, "notes"),
        ({"observed_until": "2020"}, "observed_until"),
    ],
)
def test_description_that_does_not_fit(folder, change, what):
    about = json.loads((folder / FEATURES_FILE).read_text(encoding="utf-8"))
    (folder / FEATURES_FILE).write_text(json.dumps({**about, **change}), encoding="utf-8")
    with pytest.raises(DataError, match=what):
        read([folder])


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 50_000, '{"format": NaN}'])
def test_description_that_is_no_json(folder, text):
    (folder / FEATURES_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"features\.json"):
        read([folder])


def test_one_folder_at_a_time(folder, tmp_path):
    with pytest.raises(UsageError, match="alone"):
        read([folder, folder])
    assert read([folder / FEATURES_FILE]).ids == read([folder]).ids
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match="not a folder"):
        read([tmp_path / "file"])
