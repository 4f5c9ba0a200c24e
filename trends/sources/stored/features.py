"""Extracted features: all that a fit needs of a corpus whose words may not be shared.

::

    features.json       what it is: name, fingerprint, settings, origin of the vectors, notes,
    SHA-256 of the other files documents.parquet   id, title, date with precision and evidence,
    further columns, no text counts.npz          document × term counts (data, indices, indptr of
    the compressed rows) vocabulary.txt      one term a line, in the order of the columns
    embeddings.npy      document × dimension, half precision
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from trends.arrays import UNREADABLE, read_npy, read_npz
from trends.core.corpus import OBSERVED, Corpus
from trends.core.terms import TermCounts
from trends.errors import DataError, MissingError, StorageError, UsageError, reason
from trends.files import plain, replacing_files, replacing_folder, sha256
from trends.sources.io.bounded import is_folder, list_folder, read_bytes, sha256_of
from trends.sources.io.paths import FEATURES_FILE
from trends.sources.stored import corpus_file, parquet
from trends.sources.stored import notes as corpus_notes

FORMAT, VERSION = "trends-features", 1
DOCUMENTS, COUNTS, VOCABULARY, EMBEDDINGS = (
    "documents.parquet",
    "counts.npz",
    "vocabulary.txt",
    "embeddings.npy",
)
FILES = (DOCUMENTS, COUNTS, VOCABULARY, EMBEDDINGS)
CSR = ("data", "indices", "indptr")
MAX_BYTES = 8 * 2**30
_MAX_JSON = 64 * 2**20


def read(paths: Sequence[Path], *, name: str | None = None) -> Corpus:
    """Read a folder of extracted features, checking every file against its SHA-256.

    Parameters
    ----------
    paths : sequence of Path
        Exactly one folder.
    name : str, optional
        How reports call the corpus; by default as it was called when it was written.

    Returns
    -------
    Corpus
        Without text; ``counts`` over the whole vocabulary; ``embeddings`` as float32, shape
        (documents, dimensions). ``notes["embedding"]`` says which model made the vectors.

    Raises
    ------
    UsageError
        If not exactly one folder is given.
    DataError
        If a file is damaged, was changed, belongs to another version or contradicts another one.
    MissingError, StorageError
        If a file is not there or cannot be read.
    """
    if len(paths) != 1:
        message = f"A folder of features is read alone; {len(paths)} inputs were given."
        raise UsageError(message)
    folder = paths[0].parent if paths[0].name == FEATURES_FILE else paths[0]
    if not is_folder(folder):
        message = (
            f"{folder} is not a folder; extracted features are a folder made with: trends "
            "export-features CORPUS -o DIR."
        )
        raise DataError(message)
    about_path = folder / FEATURES_FILE
    if FEATURES_FILE not in list_folder(folder):
        message = (
            f"{folder} holds no extracted features ({FEATURES_FILE} is missing); make them with: "
            "trends export-features CORPUS -o DIR."
        )
        raise MissingError(message)
    raw = read_bytes(about_path, _MAX_JSON)
    about = parquet.load_json(raw, about_path)
    if about.get("format") != FORMAT:
        message = (
            f"{about_path} does not describe extracted features; make them with: trends "
            "export-features CORPUS -o DIR."
        )
        raise DataError(message)
    if about.get("version") != VERSION:
        message = (
            f"{about_path} has version {about.get('version')!r} of the format; this program reads "
            f"version {VERSION}. "
            "Export the features again, or use the version of trends that made them."
        )
        raise DataError(message)
    content = {part: _checked(folder, part, about) for part in FILES}
    return _corpus(folder, about, content, raw, name)


def _checked(folder: Path, name: str, about: dict[str, Any]) -> bytes:
    listed = about.get("files")
    entry = listed.get(name) if isinstance(listed, dict) else None
    digest = entry.get("sha256") if isinstance(entry, dict) else None
    if not isinstance(digest, str):
        message = (
            f"{folder / FEATURES_FILE} gives no SHA-256 of {name}; the folder is damaged, export "
            "the features again."
        )
        raise DataError(message)
    data = read_bytes(folder / name, MAX_BYTES)
    if sha256_of(data) != digest:
        message = (
            f"{folder / name} is not the file that {FEATURES_FILE} describes (its SHA-256 "
            "differs); export the features again."
        )
        raise DataError(message)
    return data


def _corpus(
    folder: Path, about: dict[str, Any], content: dict[str, bytes], raw: bytes, name: str | None
) -> Corpus:
    frame, _ = parquet.read(content[DOCUMENTS], folder / DOCUMENTS)
    if "text" in frame.columns:
        message = (
            f"{folder / DOCUMENTS} holds text; extracted features do not. Read it as a corpus file "
            "instead."
        )
        raise DataError(message)
    settings = about.get("counts") if isinstance(about.get("counts"), dict) else {}
    counts = _counts(folder, content, tuple(str(i) for i in frame["id"]), dict(settings or {}))
    try:
        data = content[EMBEDDINGS]
        shape = (len(frame), None)
        embeddings = read_npy(io.BytesIO(data), len(data), EMBEDDINGS, shape, "f")
    except UNREADABLE as error:
        message = (
            f"{folder / EMBEDDINGS} does not hold one vector for each of {len(frame)} documents "
            f"({reason(error)}); the file is damaged, export the features again."
        )
        raise DataError(message) from error
    notes = corpus_notes.stored(
        about.get("notes"), len(frame), folder / FEATURES_FILE, sha256_of(raw)
    )
    embedding = about.get("embedding")
    notes["embedding"] = dict(embedding) if isinstance(embedding, dict) else {}
    corpus = corpus_file.make(
        frame,
        folder,
        counts=counts,
        embeddings=embeddings.astype(np.float32),
        name=name or str(about.get("name") or folder.name),
        **corpus_notes.stored_span(about, folder / FEATURES_FILE),
        notes=notes,
    )
    if corpus.fingerprint != about.get("fingerprint"):
        message = (
            f"{folder}: the features do not have the fingerprint that {FEATURES_FILE} gives; "
            "export them again."
        )
        raise DataError(message)
    return corpus


def _counts(
    folder: Path, content: dict[str, bytes], ids: tuple[str, ...], settings: dict[str, Any]
) -> TermCounts:
    try:
        parts = read_npz(
            io.BytesIO(content[COUNTS]),
            COUNTS,
            dict.fromkeys(CSR, (None,)),
            kinds="iu",
            most=2 * MAX_BYTES,
        )
        vocabulary = tuple(content[VOCABULARY].decode("utf-8").removesuffix("\n").split("\n"))
        matrix = sparse.csr_matrix(
            (parts["data"], parts["indices"], parts["indptr"]),
            shape=(len(ids), len(vocabulary)),
            copy=True,
        )
        matrix.check_format(full_check=True)
        return TermCounts(matrix, vocabulary, ids, settings=settings)
    except UNREADABLE as error:
        message = (
            f"{folder / COUNTS} and {VOCABULARY} do not hold the counts of {len(ids)} documents "
            f"({reason(error)}); export the features again."
        )
        raise DataError(message) from error


def write(
    corpus: Corpus,
    folder: Path,
    *,
    settings: Mapping[str, Any] | None = None,
    provenance: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write the features of a corpus: all or nothing, the same bytes for the same corpus.

    Parameters
    ----------
    corpus : Corpus
        With ``counts`` over the whole vocabulary and ``embeddings``.
    folder : Path
        Made if it is not there. Features that it holds already are replaced, other files in it are
        left alone.
    settings : mapping, optional
        How the counts were made; by default ``corpus.counts.settings``.
    provenance : mapping, optional
        ``embedding`` (model, its SHA-256), ``versions`` and whatever else should be known.

    Returns
    -------
    dict
        What was written into ``features.json``.

    Raises
    ------
    DataError
        If the corpus has no counts or no embeddings, or a value cannot be stored.
    StorageError
        If the folder cannot be written.
    """
    if corpus.counts is None or corpus.embeddings is None:
        lacking = " and no ".join(
            n
            for n, v in (("term counts", corpus.counts), ("embeddings", corpus.embeddings))
            if v is None
        )
        message = f"Features of {corpus.name!r} cannot be written: it has no {lacking}."
        raise DataError(message)
    if any("\n" in term or "\r" in term for term in corpus.counts.vocabulary):
        message = "Features cannot be written: a term of the vocabulary holds a line end."
        raise DataError(message)
    with np.errstate(over="ignore"):
        half = corpus.embeddings.astype("<f2")
    if not np.isfinite(half).all():
        message = (
            "Features cannot be written: an embedding is too large for half precision; scale the "
            "vectors to unit length."
        )
        raise DataError(message)
    frame = corpus.documents.drop(columns="text", errors="ignore")
    bare = replace(corpus, documents=frame, embeddings=half.astype(np.float32))
    origin = plain(dict(provenance or {}))
    embedding = origin.pop("embedding", None) or corpus.notes.get("embedding") or {}
    about: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "name": corpus.name,
        "fingerprint": bare.fingerprint,
        # A first day that is not known is left out, as in folders of earlier versions.
        **{k: v for k, v in corpus_notes.span_text(corpus).items() if v or k != OBSERVED[0]},
        "documents": len(bare),
        "terms": corpus.counts.n_terms,
        "counts": plain(dict(settings if settings is not None else corpus.counts.settings)),
        "embedding": {**plain(embedding), "dtype": "float16", "dimensions": int(half.shape[1])},
        "notes": plain({k: v for k, v in corpus.notes.items() if k != "embedding"}),
        **{k: v for k, v in origin.items() if k == "versions"},
        "provenance": {k: v for k, v in origin.items() if k != "versions"},
    }
    _place(folder, bare, half, about)
    return about


def _place(folder: Path, bare: Corpus, half: np.ndarray[Any, Any], about: dict[str, Any]) -> None:
    """Write all files beside the target, then put them in place, ``features.json`` last."""
    assert bare.counts is not None
    if folder.exists() and not folder.is_dir():
        message = f"{folder} is a file; name a folder."
        raise StorageError(message)
    with (
        replacing_files(folder, last=FEATURES_FILE)
        if folder.exists()
        else replacing_folder(folder) as temporary
    ):
        parquet.write(bare.documents, temporary / DOCUMENTS, {})
        matrix = bare.counts.matrix
        parts = {
            "data": matrix.data.astype("<i4"),
            "indices": matrix.indices.astype("<i4"),
            "indptr": matrix.indptr.astype("<i8"),
        }
        with (temporary / COUNTS).open("wb") as f:
            np.savez_compressed(f, allow_pickle=False, **parts)
        (temporary / VOCABULARY).write_bytes(
            ("\n".join(bare.counts.vocabulary) + "\n").encode("utf-8")
        )
        with (temporary / EMBEDDINGS).open("wb") as f:
            np.save(f, half, allow_pickle=False)
        about["files"] = {
            name: {"sha256": sha256(temporary / name), "bytes": (temporary / name).stat().st_size}
            for name in FILES
        }
        text = json.dumps(about, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
        (temporary / FEATURES_FILE).write_bytes((text + "\n").encode("utf-8"))
