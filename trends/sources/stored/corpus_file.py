"""``corpus.parquet``: a corpus as one file, the same when it is read back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trends.core.corpus import Corpus
from trends.errors import DataError, UsageError, reason
from trends.files import replacing
from trends.sources.io.bounded import read_bytes, sha256_of
from trends.sources.stored import notes as corpus_notes
from trends.sources.stored import parquet

MAX_BYTES = 8 * 2**30
VERSION = 1


def read(paths: Sequence[Path], *, name: str | None = None) -> Corpus:
    """Read a corpus file made by :func:`write`, or any Parquet file with the columns of a corpus.

    Parameters
    ----------
    paths : sequence of Path
        Exactly one file.
    name : str, optional
        How reports call the corpus; by default as it was called when it was written.

    Raises
    ------
    UsageError
        If not exactly one file is given, or it was written in another version of the format.
    DataError
        If the file is not a corpus, or its documents contradict what a corpus is (ids that repeat,
        dates with a clock).
    MissingError, StorageError
        If the file cannot be read.
    """
    if len(paths) != 1:
        message = f"A corpus file is read alone; {len(paths)} inputs were given."
        raise UsageError(message)
    path = paths[0]
    data = read_bytes(path, MAX_BYTES)
    frame, about = parquet.read(data, path)
    if about.get("version", VERSION) != VERSION:
        message = (
            f"{path} was written in version {about['version']!r} of the format; this program reads "
            f"version {VERSION}. Make the file again."
        )
        raise UsageError(message)
    notes = corpus_notes.stored(about.get("notes"), len(frame), path, sha256_of(data))
    called = name or str(about.get("name") or path.stem)
    span = corpus_notes.stored_span(about, path)
    return make(frame, path, name=called, notes=notes, **span)


def make(frame: Any, path: Path, **arguments: Any) -> Corpus:
    """Build a corpus from what a file holds; every contradiction names the file.

    Raises
    ------
    DataError
        If the documents contradict what a corpus is.
    """
    try:
        return Corpus(frame, **arguments)
    except DataError as error:
        message = f"{path}: {error}"
        raise DataError(message) from error
    except (TypeError, ValueError, OverflowError) as error:
        message = f"{path}: a column does not hold what a corpus needs there ({reason(error)})."
        raise DataError(message) from error


def write(corpus: Corpus, path: Path) -> None:
    """Write all columns, the notes and the name into one Parquet file; all of it or nothing.

    Term counts and embeddings are not part of the file: :mod:`trends.sources.stored.features` is
    for them.

    Raises
    ------
    DataError
        If a column mixes values that no Parquet type holds.
    StorageError
        If the file cannot be written.
    """
    about = {
        "version": VERSION,
        "name": corpus.name,
        **corpus_notes.span_text(corpus),
        "notes": corpus.notes,
    }
    with replacing(path) as temporary:
        parquet.write(corpus.documents, temporary, about)
