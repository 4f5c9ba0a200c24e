"""Results ⇄ folder: CSV, JSON and npz. Never pickle, never a path taken from data."""

from __future__ import annotations

import errno
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from trends.arrays import MOST_BYTES, UNREADABLE, read_npz
from trends.core import TermCounts, Topics
from trends.core.calendar_days import calendar_days
from trends.errors import DataError, MissingError
from trends.files import plain, read_json

TABLES = (
    "coverage",
    "topics",
    "quality",
    "prevalence",
    "trends",
    "curves",
    "alignment",
    "claims",
    "specifications",
    "composition",
    "diagnostics",
    "diagnostics_corrected",
    "topic_number",
    "sample",
)

#: Limits for what is read: bytes of a list of names, of the settings; characters of one name.
MOST_TEXT, MOST_SETTINGS, MOST_CHARACTERS = 2**28, 2**24, 10_000


def read_csv(path: Path) -> pd.DataFrame:
    """Read a table of a run; the column ``period`` becomes days.

    Raises
    ------
    MissingError
        If the file is not there.
    """
    if not path.is_file():
        message = f"{path} is not there; make it with: trends run CONFIG -o {path.parent}."
        raise MissingError(message)
    # An id may look like a number.
    names = {"id": str, "example_ids": str}
    frame = pd.read_csv(path, keep_default_na=True, encoding="utf-8", converters=names)
    if "period" in frame.columns:
        frame["period"] = calendar_days(frame["period"], "%Y-%m-%d")
    for column in ("label", "note", "top_terms", "examples", "diagnostics", "turn"):
        if column in frame.columns:
            frame[column] = frame[column].fillna("").astype(str)
    return frame


def write_topics(folder: Path, topics: Topics) -> None:
    """Write a fit into a folder: arrays.npz, vocabulary.txt, documents.txt, settings.json."""
    arrays: dict[str, NDArray[Any]] = {
        "theta": topics.theta,
        "unassigned": topics.unassigned,
        "phi": topics.phi,
    }
    if topics.relevance is not None:
        arrays["relevance"] = topics.relevance
    if topics.centres is not None:
        arrays["centres"] = topics.centres
    if topics.main is not None:
        arrays["main"] = topics.main
    with (folder / "arrays.npz").open("wb") as f:
        # Only shares and weights, stored in single arrays: reading them back needs no code from the
        # file.
        np.savez_compressed(f, allow_pickle=False, **arrays)
    _write_lines(folder / "vocabulary.txt", topics.vocabulary)
    _write_lines(folder / "documents.txt", topics.doc_ids)
    text = json.dumps(plain(topics.provenance), indent=1, sort_keys=True, ensure_ascii=False)
    (folder / "settings.json").write_text(text + "\n", encoding="utf-8")


def read_topics(folder: Path) -> Topics:
    """Read a fit back, without the packages that made it and without running code of its files.

    What a file claims is held against the others before it is unpacked: the memory that is needed
    is bounded by :data:`trends.arrays.MOST_BYTES`.

    Raises
    ------
    MissingError
        If the folder is not that of a fit.
    DataError
        If its files are damaged or contradict each other, or hold what no fit has.
    """
    try:
        vocabulary = read_vocabulary(folder)
        documents = _read_lines(_limited(folder / "documents.txt", MOST_TEXT))
        provenance = _read_provenance(_limited(folder / "settings.json", MOST_SETTINGS))
        n, terms = len(documents), len(vocabulary)
        shapes = {
            "theta": (n, None),
            "unassigned": (n,),
            "phi": (None, terms),
            "relevance": (None, terms),
            "centres": (None, None),
            "main": (n,),
        }
        more = ("relevance", "centres", "main")
        arrays = _arrays(folder / "arrays.npz", shapes, "fi", optional=more)
    except FileNotFoundError as error:
        message = f"{folder} does not hold a fit: {Path(str(error.filename)).name} is missing."
        raise MissingError(message) from error
    except UNREADABLE as error:
        message = (
            f"The fit in {folder} cannot be read ({_why(error)}); delete the folder and run again."
        )
        raise DataError(message) from error
    try:
        own = arrays.get("relevance"), arrays.get("centres"), arrays.get("main")
        return Topics(
            arrays["theta"],
            arrays["unassigned"],
            arrays["phi"],
            vocabulary,
            documents,
            provenance,
            *own,
        )
    except DataError as error:
        message = (
            f"The fit in {folder} contradicts itself: {error} Delete the folder and run again."
        )
        raise DataError(message) from error


def _read_provenance(path: Path) -> dict[str, Any]:
    data = read_json(path)
    kinds: dict[str, type | tuple[type, ...]] = {
        "backend": str,
        "family": str,
        "seed": (int, type(None)),
        "settings": dict,
        "versions": dict,
        "chosen": dict,
        "new_documents": dict,
        "warnings": list,
        "transfer": dict,
        "edits": dict,
    }
    if not isinstance(data, dict):
        message = f"{path.name} must hold an object"
        raise ValueError(message)
    for key, kind in kinds.items():
        if key in data and (not isinstance(data[key], kind) or isinstance(data[key], bool)):
            message = f"{path.name}: {key!r} is not of the kind that a fit has"
            raise ValueError(message)
    for key in ("limit", "agreement"):
        if not isinstance(data.get("new_documents", {}).get(key, 0.0), int | float):
            message = f"{path.name}: {key!r} must be a number"
            raise ValueError(message)
    return data


def _arrays(
    path: Path,
    shapes: Mapping[str, tuple[int | None, ...]],
    kinds: str,
    optional: Sequence[str] = (),
) -> dict[str, NDArray[Any]]:
    return read_npz(_limited(path, MOST_BYTES), path.name, shapes, optional=optional, kinds=kinds)


def _limited(path: Path, most: int) -> Path:
    """The path of a regular file of at most so many bytes."""
    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, "not there", str(path))
    if not path.is_file() or path.stat().st_size > most:
        message = f"{path.name} must be a file of at most {most:,} bytes"
        raise ValueError(message)
    return path


def _why(error: BaseException) -> str:
    return (
        "it is nested too deeply" if isinstance(error, RecursionError) else str(error).rstrip(".")
    )


def write_counts(folder: Path, counts: TermCounts) -> None:
    """Write term counts into a folder: counts.npz, vocabulary.txt, documents.txt."""
    m = counts.matrix
    with (folder / "counts.npz").open("wb") as f:
        np.savez_compressed(
            f,
            allow_pickle=False,
            data=m.data,
            indices=m.indices,
            indptr=m.indptr,
            shape=np.array(m.shape),
        )
    _write_lines(folder / "vocabulary.txt", counts.vocabulary)
    _write_lines(folder / "documents.txt", counts.doc_ids)


def read_vocabulary(folder: Path) -> tuple[str, ...]:
    """The terms of a fit or of counts, in the order of their columns."""
    return _read_lines(_limited(folder / "vocabulary.txt", MOST_TEXT))


def read_counts(folder: Path) -> TermCounts:
    """Read term counts back.

    Raises
    ------
    DataError
        If the files are damaged or contradict each other.
    """
    try:
        vocabulary = read_vocabulary(folder)
        documents = _read_lines(_limited(folder / "documents.txt", MOST_TEXT))
        shapes = {
            "data": (None,),
            "indices": (None,),
            "indptr": (len(documents) + 1,),
            "shape": (2,),
        }
        f = _arrays(folder / "counts.npz", shapes, "iu")
        matrix = sparse.csr_matrix(
            (f["data"], f["indices"], f["indptr"]), shape=(len(documents), len(vocabulary))
        )
        matrix.check_format(full_check=True)
        return TermCounts(matrix, vocabulary, documents)
    except UNREADABLE as error:
        message = (
            f"The term counts in {folder} cannot be read ({_why(error)}); delete the folder and "
            "run again."
        )
        raise DataError(message) from error


#: File of document vectors within a folder.
VECTORS = "vectors.npy"


def write_vectors(folder: Path, vectors: NDArray[np.floating[Any]]) -> None:
    """Write document vectors, shape (documents, dimensions), into an existing folder."""
    with (folder / VECTORS).open("wb") as f:
        np.save(f, vectors, allow_pickle=False)


def read_vectors(folder: Path) -> NDArray[np.floating[Any]]:
    """Document vectors as a memory map: of a large corpus they are read in parts."""
    vectors: NDArray[np.floating[Any]] = np.load(
        folder / VECTORS, mmap_mode="r", allow_pickle=False
    )
    return vectors


def _write_lines(path: Path, lines: tuple[str, ...]) -> None:
    path.write_bytes(("\n".join(lines) + "\n" if lines else "").encode("utf-8"))


def _read_lines(path: Path) -> tuple[str, ...]:
    # Not splitlines(): a term may hold other characters that Unicode counts as line ends.
    text = path.read_bytes().decode("utf-8")
    lines = tuple(text.removesuffix("\n").split("\n")) if text else ()
    if (longest := max(map(len, lines), default=0)) > MOST_CHARACTERS:
        message = (
            f"{path.name} has a line of {longest:,} characters; at most {MOST_CHARACTERS:,} are "
            "read"
        )
        raise ValueError(message)
    return lines


@dataclass(frozen=True)
class Run:
    """The folder that a run left, opened for reading.

    Parameters
    ----------
    folder : str or path
        With the run's ``manifest.json``.

    Raises
    ------
    MissingError
        If the folder holds no finished run.

    Examples
    --------
    >>> import trends as tr
    >>> models = {"backends": ["nmf"], "n_topics": 4, "seeds": 1}
    >>> figures = {"formats": ["svg"], "map": False}
    >>> run = tr.run({"rng": 7, "models": models, "figures": figures}, "results", progress=False)
    >>> tr.Run("results").table("topics")["backend"].unique().tolist()
    ['nmf']
    """

    folder: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", Path(self.folder))
        if not (self.folder / "manifest.json").is_file():
            message = (
                f"{self.folder} holds no finished run (manifest.json is missing); make one with: "
                f"trends run CONFIG -o {self.folder}."
            )
            raise MissingError(message)

    @property
    def manifest(self) -> dict[str, Any]:
        """Config, seeds, versions, hashes, timings, counts and warnings."""
        manifest: dict[str, Any] = read_json(self.folder / "manifest.json")
        return manifest

    def table(self, name: str) -> pd.DataFrame:
        """One of the tables of the contract, see ``TABLES``, or another CSV file of the run."""
        known = dict.fromkeys([*TABLES, *sorted(p.stem for p in self.folder.glob("*.csv"))])
        if name not in known:
            message = f"A run has no table {name!r}; it has {', '.join(known)}."
            raise DataError(message)
        return read_csv(self.folder / f"{name}.csv")

    def topics(self, backend: str, seed: int) -> Topics:
        """One fit of the run."""
        fits = {(f["backend"], int(f["seed"])): f["path"] for f in self.manifest.get("fits", [])}
        if (backend, int(seed)) not in fits:
            have = ", ".join(f"{b} {s}" for b, s in sorted(fits))
            message = f"The run has no fit of {backend!r} with seed {seed}; it has: {have}."
            raise DataError(message)
        return read_topics(self.folder / "models" / backend / f"seed-{int(seed)}")

    def _repr_html_(self) -> str:
        m = self.manifest
        counts = m.get("counts", {})
        fits: dict[str, int] = {}
        for fit in m.get("fits", []):
            fits[str(fit.get("backend"))] = fits.get(str(fit.get("backend")), 0) + 1
        facts = [
            f"{counts[name]:,} {name}"
            for name in ("documents", "dated")
            if isinstance(counts.get(name), int)
        ]
        facts += [f"{backend} × {n}" for backend, n in fits.items()]
        facts += [f"{n} warning{'s' if n > 1 else ''}"] if (n := len(m.get("warnings", []))) else []
        said = "".join(f"<li>{escape(str(line))}</li>" for line in m.get("summary", []))
        return (
            f"<b>Run</b> {escape(str(m.get('title') or m.get('name', '')))}: "
            f"{escape(', '.join(facts))}" + (f"<ul>{said}</ul>" if said else "")
        )
