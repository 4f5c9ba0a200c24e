"""Results ⇄ folder: CSV, JSON and npz. Never pickle, never a path taken from data."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from trends.core import TermCounts, Topics
from trends.errors import DataError, MissingError
from trends.files import plain

TABLES = (
    "coverage",
    "topics",
    "quality",
    "prevalence",
    "trends",
    "alignment",
    "claims",
    "specifications",
    "composition",
    "guards",
    "guards_corrected",
)


def read_csv(path: Path) -> pd.DataFrame:
    """Read a table of a run; the column ``period`` becomes days.

    Raises
    ------
    MissingError
        If the file is not there.
    """
    if not path.is_file():
        message = f"{path} is not there; make it with: trends run CONFIG --out {path.parent}."
        raise MissingError(message)
    frame = pd.read_csv(path, keep_default_na=True, encoding="utf-8")
    if "period" in frame.columns:
        frame["period"] = pd.to_datetime(frame["period"], format="%Y-%m-%d")
    for column in ("label", "note", "top_terms", "examples", "direction", "verdict"):
        if column in frame.columns:
            frame[column] = frame[column].fillna("").astype(str)
    return frame


def write_topics(folder: Path, topics: Topics) -> None:
    """Write one fit into an existing folder: ``arrays.npz``, ``vocabulary.txt``, ``documents.txt``, ``settings.json``."""
    arrays = {"theta": topics.theta, "unassigned": topics.unassigned, "phi": topics.phi}
    if topics.relevance is not None:
        arrays["relevance"] = topics.relevance
    with (folder / "arrays.npz").open("wb") as f:
        # Only shares and weights, stored in single arrays: reading them back needs no code from the file.
        np.savez_compressed(f, allow_pickle=False, **arrays)
    _write_lines(folder / "vocabulary.txt", topics.vocabulary)
    _write_lines(folder / "documents.txt", topics.doc_ids)
    text = json.dumps(plain(topics.provenance), indent=1, sort_keys=True, ensure_ascii=False)
    (folder / "settings.json").write_text(text + "\n", encoding="utf-8")


def read_topics(folder: Path) -> Topics:
    """Read a fit back. Needs none of the packages that made it and runs no code from the files.

    Raises
    ------
    MissingError
        If the folder is not that of a fit.
    DataError
        If its files are damaged or contradict each other.
    """
    try:
        with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
            theta, unassigned, phi = arrays["theta"], arrays["unassigned"], arrays["phi"]
            relevance = arrays["relevance"] if "relevance" in arrays.files else None
        vocabulary = _read_lines(folder / "vocabulary.txt")
        documents = _read_lines(folder / "documents.txt")
        provenance = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        message = f"{folder} does not hold a fit: {Path(str(error.filename)).name} is missing."
        raise MissingError(message) from error
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        message = f"The fit in {folder} cannot be read ({error}); delete the folder and run again."
        raise DataError(message) from error
    return Topics(theta, unassigned, phi, vocabulary, documents, provenance, relevance)


def write_counts(folder: Path, counts: TermCounts) -> None:
    """Write term counts into an existing folder: ``counts.npz``, ``vocabulary.txt``, ``documents.txt``."""
    m = counts.matrix
    with (folder / "counts.npz").open("wb") as f:
        np.savez_compressed(f, allow_pickle=False, data=m.data, indices=m.indices, indptr=m.indptr, shape=np.array(m.shape))
    _write_lines(folder / "vocabulary.txt", counts.vocabulary)
    _write_lines(folder / "documents.txt", counts.doc_ids)


def read_counts(folder: Path) -> TermCounts:
    """Read term counts back.

    Raises
    ------
    DataError
        If the files are damaged or contradict each other.
    """
    try:
        with np.load(folder / "counts.npz", allow_pickle=False) as f:
            matrix = sparse.csr_matrix((f["data"], f["indices"], f["indptr"]), shape=tuple(f["shape"]))
        return TermCounts(matrix, _read_lines(folder / "vocabulary.txt"), _read_lines(folder / "documents.txt"))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        message = f"The term counts in {folder} cannot be read ({error}); delete the folder and run again."
        raise DataError(message) from error


def _write_lines(path: Path, lines: tuple[str, ...]) -> None:
    path.write_bytes(("\n".join(lines) + "\n" if lines else "").encode("utf-8"))


def _read_lines(path: Path) -> tuple[str, ...]:
    # Not splitlines(): a term may hold other characters that Unicode counts as line ends.
    text = path.read_bytes().decode("utf-8")
    return tuple(text.removesuffix("\n").split("\n")) if text else ()


@dataclass(frozen=True)
class Run:
    """The folder that a run left, opened for reading."""

    folder: Path

    def __post_init__(self) -> None:
        if not (self.folder / "manifest.json").is_file():
            message = f"{self.folder} holds no finished run (manifest.json is missing); make one with: trends run CONFIG --out {self.folder}."
            raise MissingError(message)

    @property
    def manifest(self) -> dict[str, Any]:
        """Config, seeds, versions, hashes, timings, counts and warnings."""
        try:
            return json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
        except ValueError as error:
            message = f"{self.folder / 'manifest.json'} is not JSON ({error}); run again to write it anew."
            raise DataError(message) from error

    def table(self, name: str) -> pd.DataFrame:
        """One of the tables of the contract, see ``TABLES``."""
        if name not in TABLES:
            message = f"A run has no table {name!r}; it has {', '.join(TABLES)}."
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
        rows = "".join(f"<tr><td>{escape(str(k))}</td><td>{escape(str(v))}</td></tr>" for k, v in m.get("counts", {}).items())
        return f"<b>Run</b> {escape(str(m.get('name', '')))}<table>{rows}</table>"
