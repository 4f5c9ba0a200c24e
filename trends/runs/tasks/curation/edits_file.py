"""The file of edits of topics, beside a file that says which topics its numbers mean."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trends import files
from trends.analysis.curation.apply import apply_edits
from trends.analysis.curation.edits import Edit, edits_from
from trends.core import TermCounts, Topics
from trends.core.computing.rng import Rng
from trends.errors import MissingError, UsageError
from trends.runs.config.settings import RunConfig
from trends.runs.tasks.analysis_parts import names

#: A longer file is no list of edits.
LARGEST = 2_000_000


@dataclass(frozen=True)
class EditsFile:
    """Edits, and the topics that they are about.

    Parameters
    ----------
    path : str
        Name of the file.
    edits : tuple of Edit
        In its order.
    topics : Names
        The labels.csv of the run whose topics the numbers mean: words and documents of each.
    """

    path: str
    edits: tuple[Edit, ...]
    topics: names.Names

    @property
    def main(self) -> str:
        """The model that edits are about which name none: the first one of the topics."""
        return next((backend for backend, _ in self.topics.given), "")

    def of(self, backend: str) -> tuple[Edit, ...]:
        """The edits of a model's topics."""
        return tuple(e for e in self.edits if (e.model or self.main) == backend)

    def apply(self, backend: str, fit: Topics, counts: TermCounts | None, rng: Rng) -> Topics:
        """Carry out the edits of a model's topics on any fit; see :func:`apply_edits`."""
        edits = self.of(backend)
        wanted = [t for e in edits for t in e.topics]
        return apply_edits(fit, edits, self.topics.place(backend, fit, wanted, rng), counts)

    def unused(self, backends: Sequence[str]) -> list[str]:
        """A sentence for each model of the edits that a run does not fit."""
        others = sorted({e.model or self.main for e in self.edits} - set(backends))
        return [
            f"{self.path} edits topics of {backend}, which this run does not fit; these edits were "
            "not used."
            for backend in others
        ]


def read(path: str) -> EditsFile:
    """Read a file of edits; an empty path gives none.

    Raises
    ------
    MissingError
        If it, or the file of topics that it names, is not there.
    UsageError
        If it is not TOML, or an edit cannot mean anything.
    """
    if not path:
        return EditsFile("", (), names.read(""))
    data = _toml(Path(path))
    shown = Path(path).name
    beside = data.pop("topics", "")
    if not isinstance(beside, str) or not beside:
        message = (
            f'{shown} does not say which topics its numbers mean: topics = "results-topics.csv", a '
            "copy of the labels.csv of the run beside it. `trends edit RUN` makes both files."
        )
        raise UsageError(message)
    topics = _beside(Path(path), beside)
    if not topics.is_file():
        message = (
            f"{shown} says topics = {beside!r}, which is not beside it; put the labels.csv there "
            "of the run whose topics the numbers mean."
        )
        raise MissingError(message)
    return EditsFile(shown, edits_from(data, shown), names.read(str(topics)))


def curates(config: RunConfig) -> bool:
    """Whether topics of the first model of a run are edited."""
    main = config.models.backends[0]
    return bool(config.edits) and bool(read(config.edits).of(main))


def inputs(path: str) -> dict[str, str]:
    """What the edits add to the key of a task: the content of both files, checked first."""
    if not path:
        return {}
    read(path)
    beside = _beside(Path(path), str(_toml(Path(path))["topics"]))
    return {"edits": files.sha256(Path(path)), "topics": files.sha256(beside)}


def _toml(file: Path) -> dict[str, object]:
    if not file.is_file():
        message = (
            f"There is no file of edits {file}; `trends edit RUN` makes one, or leave edits= out "
            "of the config."
        )
        raise MissingError(message)
    if file.stat().st_size > LARGEST:
        message = f"{file.name} has {file.stat().st_size:,} bytes; at most {LARGEST:,} are read."
        raise UsageError(message)
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"{file.name} is not TOML: {error}."
        raise UsageError(message) from error


def _beside(file: Path, name: str) -> Path:
    """A file in the same folder: the edits travel with the topics that they are about."""
    if Path(name).name != name or name in (".", ".."):
        message = f"{file.name}: topics names a file in its own folder; got {name[:80]!r}."
        raise UsageError(message)
    return file.parent / name
