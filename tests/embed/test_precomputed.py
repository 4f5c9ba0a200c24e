"""Vectors from a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trends.embed.precomputed import embed
from trends.errors import DataError, MissingError, UsageError

TEXTS = ["one", "two", "three"]


def test_rows_come_back_as_they_are(tmp_path: Path) -> None:
    array = np.arange(6, dtype=np.float16).reshape(3, 2)
    np.save(tmp_path / "vectors.npy", array)
    vectors, provenance = embed(TEXTS, model=str(tmp_path / "vectors.npy"))
    assert vectors.dtype == np.float32
    assert np.array_equal(vectors, array.astype(np.float32))
    assert provenance["model"] == "vectors.npy"
    assert provenance["dimensions"] == 2


@pytest.mark.parametrize(
    ("array", "match"),
    [
        (np.zeros((2, 4)), r"shape is \(2, 4\), and there are 3 documents"),
        (np.array([[0.0], [np.nan], [1.0]]), "not finite .* first for 2"),
        (np.array([[0.0], [1.0], [1e300]]), "first for 3"),
        (np.zeros(3), "shape"),
        (np.zeros((3, 0)), "shape"),
        (np.array([["a"], ["b"], ["c"]]), "numbers are expected"),
        (np.zeros((3, 2), dtype=complex), "numbers are expected"),
    ],
)
def test_unfit_arrays(tmp_path: Path, array: np.ndarray, match: str) -> None:
    np.save(tmp_path / "v.npy", array)
    with pytest.raises(DataError, match=match):
        embed(TEXTS, model=str(tmp_path / "v.npy"))


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.array([{"a": 1}, None, []], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="objects are never unpacked"):
        embed(TEXTS, model=str(tmp_path / "v.npy"))


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"1,2\n3,4\n", b"PK\x03\x04broken"])
def test_other_files(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "v.npy").write_bytes(content)
    with pytest.raises(DataError, match=r"v\.npy"):
        embed(TEXTS, model=str(tmp_path / "v.npy"))


def test_an_archive_holds_ids_and_vectors(tmp_path: Path) -> None:
    np.savez(tmp_path / "v.npz", a=np.zeros((3, 2)))
    with pytest.raises(DataError, match="no part of it"):
        embed(TEXTS, model=str(tmp_path / "v.npz"))


def test_the_file_must_be_named_and_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="path of a file"):
        embed(TEXTS)
    with pytest.raises(MissingError, match="no file"):
        embed(TEXTS, model=str(tmp_path / "none.npy"))
