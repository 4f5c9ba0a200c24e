"""Settings and hashes as plans and cards keep them: nothing of one machine, the same everywhere."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trends import files
from trends.core import Corpus
from trends.core.corpus import ROW
from trends.runs.config.settings import RunConfig

#: Sections and settings on which no number of a result depends, or that tell of one machine.
_LEFT_OUT: dict[str, tuple[str, ...]] = {
    "models": ("workers",),
    "embed": ("store", "device"),
}
_SECTIONS_LEFT_OUT = ("figures", "labels", "memory", "name", "title", "plan")
#: Words that stand for something in the place of a path.
_NO_PATH = ("", "none", "pretraining", "minilm", "lsa")


def settings(config: RunConfig) -> dict[str, Any]:
    """The settings on which results depend, files by their names alone."""
    out: dict[str, Any] = config.model_dump(mode="json", exclude=set(_SECTIONS_LEFT_OUT))
    for section, keys in _LEFT_OUT.items():
        for key in keys:
            out[section].pop(key)
    # Whoever adds shards up, and of how many, the sums are the same.
    out["engine"] = {"name": "memory" if config.engine.name == "memory" else "shards"}
    for section, key in (("corpus", "path"), ("corpus", "dates"), ("embed", "path")):
        out[section][key] = _name(out[section][key], always=True)
    if config.edits:  # edits of topics change results, so their content counts, not the name alone
        path = Path(config.edits)
        out["edits"] = f"{path.name}, SHA-256 {files.sha256(path)}"
    out["embed"]["model"] = _name(out["embed"]["model"])
    out["multiverse"]["embedding"] = [_name(each) for each in out["multiverse"]["embedding"]]
    return out


@functools.cache
def defaults() -> dict[str, Any]:
    """The default of each setting, by its dotted name."""
    found = settings(RunConfig(rng=0))
    return {
        name: value
        for section, values in found.items()
        for name, value in (
            [(f"{section}.{key}", each) for key, each in values.items()]
            if isinstance(values, dict)
            else [(section, values)]
        )
    }


def _name(path: str, *, always: bool = False) -> str:
    """The name of a file; a model of a hub is no file, whatever slashes it has."""
    if path in _NO_PATH or not (always or Path(path).is_absolute() or Path(path).exists()):
        return path
    return Path(path).name


def columns_sha256(corpus: Corpus) -> dict[str, str]:
    """SHA-256 of each column of the documents but their words, and of the days that are observed.

    They are the same for a corpus with texts and for its extracted features.
    """
    frame = corpus.documents.drop(columns=["text", "n_terms", ROW], errors="ignore")
    # By id: a date that is altered moves a document in time, and no other column should differ.
    frame = frame.sort_values("id", kind="stable")
    out = {str(name): sha256_of([_cell(value) for value in frame[name]]) for name in frame.columns}
    days = {k: None if day is None else day.isoformat() for k, day in corpus.observed.items()}
    return {**dict(sorted(out.items())), "observed": sha256_of(days)}


def documents_sha256(columns: Mapping[str, str]) -> str:
    """SHA-256 of all that is known of the documents but their words, from that of the columns."""
    return sha256_of(dict(sorted(columns.items())))


def _cell(value: Any) -> str:
    plain = files.plain(value)
    return "" if plain is None or str(plain) in ("NaT", "<NA>") else str(plain)


def sha256_of(value: Any) -> str:
    """SHA-256 of what JSON can hold, the same text for the same values."""
    return hashlib.sha256(files.json_text(value).encode("utf-8", "surrogatepass")).hexdigest()


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], within: str = ""
) -> list[tuple[str, Any, Any]]:
    """Settings that differ: their dotted names with both values, in the order of names."""
    out: list[tuple[str, Any, Any]] = []
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        name = f"{within}{key}"
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            out += differences(old, new, f"{name}.")
        elif old != new:
            out.append((name, old, new))
    return out
