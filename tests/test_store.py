"""Folders of fits from elsewhere: read within bounds, nothing run, refused in a sentence."""

from __future__ import annotations

import io
import pickle
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends import store
from trends.core import Topics
from trends.errors import DataError, MissingError

TERMS, DOCUMENTS = ("a", "b c", "d\u2028e"), ("d1", "d2", "d3", "d4")


class Trap:
    """Unpickling it leaves a file behind."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.target,))


def fit() -> Topics:
    theta = np.array([[0.5, 0.25], [1, 0], [0, 1], [0, 0]])
    phi = np.array([[0.5, 0.25, 0.25], [0, 0, 1]])
    made = {
        "backend": "made",
        "family": "embedding",
        "seed": 4,
        "settings": {"x": 1.5},
        "warnings": ["w"],
    }
    return Topics(
        theta,
        1 - theta.sum(1),
        phi,
        TERMS,
        DOCUMENTS,
        made,
        relevance=phi * 2,
        centres=np.ones((2, 5), dtype=np.float32) / 3,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    out = tmp_path / "fit"
    out.mkdir()
    store.write_topics(out, fit())
    return out


def npy(array: np.ndarray, *, pickled: bool = False) -> bytes:
    f = io.BytesIO()
    np.lib.format.write_array(f, array, allow_pickle=pickled)
    return f.getvalue()


def header(shape: tuple[int, ...], descr: str = "<f8") -> bytes:
    """The beginning of an array file that claims a shape and has no numbers."""
    f = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        f, {"shape": shape, "fortran_order": False, "descr": descr}
    )
    return f.getvalue()


def members(folder: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(folder / "arrays.npz") as z:
        return {name: z.read(name) for name in z.namelist()}


def rewrite(
    folder: Path, changes: dict[str, bytes | None], compression: int = zipfile.ZIP_DEFLATED
) -> None:
    content = members(folder) | changes
    with zipfile.ZipFile(folder / "arrays.npz", "w", compression) as z:
        for name, data in content.items():
            if data is not None:
                z.writestr(name, data)


def refused(folder: Path, says: str) -> None:
    """The folder is refused in one sentence, with little memory."""
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=says):
            store.read_topics(folder)
        assert tracemalloc.get_traced_memory()[1] < 30e6
    finally:
        tracemalloc.stop()


def test_a_fit_comes_back_as_it_was(folder: Path) -> None:
    again, before = store.read_topics(folder), fit()
    assert again.fingerprint == before.fingerprint
    assert again.provenance == before.provenance
    assert again.relevance is not None
    assert again.centres is not None
    np.testing.assert_array_equal(again.relevance, before.relevance)
    np.testing.assert_array_equal(again.centres, before.centres)
    assert again.centres.dtype == np.float32


def test_an_array_in_column_order_is_read_in_it(folder: Path) -> None:
    rewrite(folder, {"phi.npy": npy(np.asfortranarray(fit().phi))})
    np.testing.assert_array_equal(store.read_topics(folder).phi, fit().phi)


def test_pickled_objects_are_never_unpacked(folder: Path, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    rewrite(
        folder, {"theta.npy": npy(np.array([[Trap(trap)] * 2] * 4, dtype=object), pickled=True)}
    )
    refused(folder, "objects are never unpacked")
    # A pickle in place of the whole file, and in place of one array.
    rewrite_with = pickle.dumps(Trap(trap))
    store.write_topics(folder, fit())
    rewrite(folder, {"theta.npy": rewrite_with})
    refused(folder, "magic string")
    (folder / "arrays.npz").write_bytes(rewrite_with)
    refused(folder, "not a zip file")
    (folder / "settings.json").write_bytes(rewrite_with)
    refused(folder, "cannot be read")
    assert not trap.exists()
    # The trap does spring where a reader unpickles.
    pickle.loads(rewrite_with)
    assert trap.exists()


def test_a_header_is_no_program(folder: Path, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    text = (
        f"{{'descr': __import__('pathlib').Path({str(trap)!r}).touch(), 'fortran_order': False, "
        f"'shape': (4, 2)}}".ljust(200)
        + "\n"
    )
    bad = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()
    rewrite(folder, {"theta.npy": bad})
    refused(folder, "cannot be read")
    rewrite(
        folder, {"theta.npy": b"\x93NUMPY\x02\x00" + struct.pack("<I", 400_000) + b"(" * 400_000}
    )
    refused(folder, "cannot be read")
    assert not trap.exists()


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ((10**9, 10**9), r"expected 4 × any"),
        ((4, 10**15), "claims 32,000,000,000,000,000 bytes"),
        ((4, 2, 1), "expected 4 × any"),
        ((4,), "expected 4 × any"),
        ((3, 2), "expected 4 × any"),
        ((4, -2), "expected 4 × any"),
    ],
)
def test_a_claimed_shape_is_held_against_the_rest(
    folder: Path, shape: tuple[int, ...], says: str
) -> None:
    rewrite(folder, {"theta.npy": header(shape)})
    refused(folder, says)


@pytest.mark.slow
def test_a_bomb_is_not_unpacked(folder: Path) -> None:
    # 48 MB of zeros in 50 kB: the shape contradicts the list of documents, so nothing is unpacked.
    rewrite(folder, {"theta.npy": header((6_000_000,)) + bytes(48_000_000)})
    assert (folder / "arrays.npz").stat().st_size < 100_000
    refused(folder, "expected 4 × any")
    # The right shape, and more behind it.
    rewrite(folder, {"theta.npy": npy(np.array(fit().theta)) + bytes(48_000_000)})
    refused(folder, "not as long as its header says")


def test_a_claimed_size_beyond_the_bound_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_BYTES", 900)
    refused(folder, "at most 900")


def test_a_lie_about_the_size_of_a_member_is_found(folder: Path) -> None:
    data = (folder / "arrays.npz").read_bytes()
    place = data.rindex(b"PK\x01\x02") + 24
    (folder / "arrays.npz").write_bytes(
        data[:place] + struct.pack("<I", 0xFFFFFFF0) + data[place + 4 :]
    )
    refused(folder, "at most 4,294,967,296|cannot be read")


@pytest.mark.parametrize(
    "name", ["../theta.npy", "/etc/theta.npy", "..\\phi.npy", "extra.npy", "theta", "phi.npy/"]
)
def test_names_that_are_no_part_of_a_fit(folder: Path, tmp_path: Path, name: str) -> None:
    before = sorted(p.name for p in tmp_path.rglob("*"))
    rewrite(folder, {name: npy(np.ones((4, 2)))})
    refused(folder, "which is no part of it")
    assert sorted(p.name for p in tmp_path.rglob("*")) == before


def test_a_name_twice(folder: Path) -> None:
    with (
        pytest.warns(UserWarning, match="Duplicate name"),
        zipfile.ZipFile(folder / "arrays.npz", "a") as z,
    ):
        z.writestr("theta.npy", npy(np.array(fit().theta)))
    refused(folder, "which is no part of it")


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(folder: Path, compression: int) -> None:
    rewrite(folder, {}, compression)
    refused(folder, "no part of it")


@pytest.mark.parametrize(
    ("name", "array", "says"),
    [
        ("theta", np.full((4, 2), np.nan), "must be finite"),
        ("theta", np.array([[np.inf, 0], [1, 0], [1, 0], [1, 0]]), "must be finite"),
        ("theta", np.full((4, 2), -1.0), "not negative"),
        ("theta", np.full((4, 2), 5.0), "must sum to one"),
        ("theta", np.array([["0.5", "0.5"]] * 4), "numbers are expected"),
        ("theta", np.ones((4, 2), dtype=complex), "numbers are expected"),
        ("theta", np.zeros((4, 2), dtype=[("x", "f8")]), "numbers are expected"),
        ("phi", np.ones((2, 4)) / 4, "expected any × 3"),
        ("phi", np.ones((3, 3)) / 3, "phi has shape"),
        ("unassigned", np.ones(5), "expected 4"),
        ("centres", np.full((2, 5), np.nan, dtype=np.float32), "centres must be finite"),
        (
            "centres",
            np.ones((3, 5), dtype=np.float32),
            "centres must be finite numbers, one row for each of 2 topics",
        ),
        ("relevance", np.full((2, 3), np.nan), "relevance must be finite"),
    ],
)
def test_arrays_that_no_fit_has(folder: Path, name: str, array: np.ndarray, says: str) -> None:
    rewrite(folder, {f"{name}.npy": npy(array)})
    refused(folder, says)


def test_what_is_missing_is_named(folder: Path) -> None:
    rewrite(folder, {"phi.npy": None})
    refused(folder, "arrays.npz lacks phi")
    (folder / "vocabulary.txt").unlink()
    with pytest.raises(MissingError, match=r"vocabulary\.txt is missing"):
        store.read_topics(folder)


def test_texts_are_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "vocabulary.txt").write_text("a\n" + "x" * 2_000_000 + "\nz\n", encoding="utf-8")
    refused(folder, "a line of 2,000,000 characters; at most 10,000")
    (folder / "vocabulary.txt").write_bytes(b"\xff\xfe\n")
    refused(folder, "cannot be read")
    monkeypatch.setattr(store, "MOST_TEXT", 1000)
    (folder / "vocabulary.txt").write_text("x\n" * 5000, encoding="utf-8")
    refused(folder, "at most 1,000 bytes")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[" * 200_000 + "]" * 200_000, "nested too deeply"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested too deeply"),
        ("[1, 2]", "must hold an object"),
        ('{"seed": "5"}', "'seed' is not of the kind"),
        ('{"seed": true}', "'seed' is not of the kind"),
        ('{"backend": 5}', "'backend' is not of the kind"),
        ('{"warnings": "w"}', "'warnings' is not of the kind"),
        ('{"new_documents": {"limit": "low"}}', "'limit' must be a number"),
        ('{"seed": ' + "9" * 6000 + "}", "cannot be read"),
        ("{", "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_settings_that_no_fit_has(folder: Path, text: str, says: str) -> None:
    (folder / "settings.json").write_text(text, encoding="utf-8")
    refused(folder, says)


def test_a_folder_in_place_of_a_file(folder: Path) -> None:
    (folder / "arrays.npz").unlink()
    (folder / "arrays.npz").mkdir()
    refused(folder, "must be a file")


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_damage_is_a_sentence_or_the_fit_itself(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("fit")
    store.write_topics(folder, fit())
    path = folder / data.draw(
        st.sampled_from(["arrays.npz", "settings.json", "vocabulary.txt", "documents.txt"])
    )
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content[: data.draw(st.integers(1, len(content)))]))
    try:
        topics = store.read_topics(folder)
    except DataError as error:
        assert str(error).endswith(".")
    else:
        assert topics.theta.shape == (4, 2)


def test_counts_are_read_with_the_same_care(
    tmp_path: Path, made_counts: Callable[[], object]
) -> None:
    counts = made_counts()
    store.write_counts(tmp_path, counts)
    assert store.read_counts(tmp_path).fingerprint == counts.fingerprint
    for name, array in (
        ("indices", np.array([10**6] * counts.matrix.nnz, dtype=np.int32)),
        ("indices", np.array([-1] * counts.matrix.nnz, dtype=np.int32)),
        ("indptr", np.array([0, 10**6, 2, 3], dtype=np.int32)),
        ("data", np.array([Trap(tmp_path / "sprung")] * counts.matrix.nnz, dtype=object)),
    ):
        store.write_counts(tmp_path, counts)
        with zipfile.ZipFile(tmp_path / "counts.npz") as z:
            content = {n: z.read(n) for n in z.namelist()}
        content[f"{name}.npy"] = npy(array, pickled=array.dtype == object)
        with zipfile.ZipFile(tmp_path / "counts.npz", "w") as z:
            for n, part in content.items():
                z.writestr(n, part)
        with pytest.raises(DataError, match=r"term counts in .* cannot be read"):
            store.read_counts(tmp_path)
    assert not (tmp_path / "sprung").exists()


@pytest.fixture
def made_counts() -> Callable[[], object]:
    from scipy import sparse

    from trends.core import TermCounts

    return lambda: TermCounts(
        sparse.csr_matrix(np.array([[1, 0, 2], [0, 3, 0], [1, 1, 0]])), TERMS, DOCUMENTS[:3]
    )
