"""A finished run as an update takes it: its topics as published, its counts and vectors as kept."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends import files, store
from trends.core import Corpus, TermCounts, Topics
from trends.errors import DataError, MissingError, UsageError
from trends.runs.config.settings import RunConfig, check
from trends.runs.engine.cache import RECORD
from trends.runs.tasks import documents
from trends.sources.stored import corpus_file

#: Folder of the updates within that of the run, and of what they all start from within it.
UPDATES, BASE = "updates", "base"


@dataclass(frozen=True)
class Frozen:
    """The folder of a finished run whose topics are applied to further documents.

    Raises
    ------
    MissingError
        If the folder holds no finished run.
    UsageError
        If it holds shares that were made elsewhere, which no rule gives to other documents.
    DataError
        If a published file is not the one that the manifest names.
    """

    out: Path

    def __post_init__(self) -> None:
        if not store.Run(self.out).manifest.get("fits"):
            message = (
                f"{self.out} holds no fits: only a run that trends run made can be updated, as the "
                "shares of new documents come from its topics."
            )
            raise UsageError(message)
        if self.manifest.get("edits"):
            message = (
                f"Topics of the run in {self.out} were edited by hand, and no rule gives new "
                "documents shares of edited topics; run again without edits, then update."
            )
            raise UsageError(message)
        if "engine" in self.manifest:
            message = (
                f"The run in {self.out} added its documents up where they lie and holds only those "
                "on which topics were learnt; run again on all shards, the new ones among them."
            )
            raise UsageError(message)
        for name in ("corpus.parquet", *(f"{p}/arrays.npz" for p in self._paths)):
            path = self.out / name
            if not path.is_file() or files.sha256(path) != self.manifest["files"].get(name):
                message = (
                    f"{path} is not the file that the run published, so its topics may not be "
                    "those that its tables are about; run again before you update."
                )
                raise DataError(message)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """As it was when the folder was opened."""
        return store.Run(self.out).manifest

    @cached_property
    def config(self) -> RunConfig:
        """Settings of the run."""
        return check(dict(self.manifest["config"]), f"{self.out}/manifest.json")

    @property
    def _paths(self) -> list[str]:
        # Written anew from names that are checked, never a path taken from the manifest.
        return [f"models/{b}/seed-{s}" for b, by_seed in self.seeds.items() for s in by_seed]

    @cached_property
    def seeds(self) -> dict[str, list[int]]:
        """Backend → seeds of its fits, in the order of the run."""
        found: dict[str, list[int]] = {}
        for fit in self.manifest["fits"]:
            if fit["backend"] in self.config.models.backends:
                found.setdefault(fit["backend"], []).append(int(fit["seed"]))
        return found

    @property
    def fingerprint(self) -> dict[str, str]:
        """Hashes of what an update takes from the run."""
        return {n: self.manifest["files"][n] for n in ("corpus.parquet", "topics.csv")} | {
            p: self.manifest["files"][f"{p}/arrays.npz"] for p in self._paths
        }

    def published(self, backend: str, seed: int) -> Topics:
        """Topics of the documents on which the run estimates trends."""
        return store.read_topics(self.out / "models" / backend / f"seed-{seed}")

    @cached_property
    def corpus(self) -> Corpus:
        """Documents of the run, without their words."""
        name = "corpus.parquet"
        return _documents(self.out / name, self.manifest["files"][name])[0]

    @cached_property
    def known(self) -> frozenset[str]:
        """Ids of all documents that the run has seen, those for learning only among them."""
        drawn = self.out / "split.csv"
        more = store.read_csv(drawn)["id"].astype(str).tolist() if drawn.is_file() else []
        return frozenset([*self.corpus.ids, *more])

    def learnt(self, published: Topics) -> Topics:
        """The fit from which published topics come: they themselves, or what they transfer.

        Raises
        ------
        MissingError
            If the fit is no longer in the cache of the run.
        """
        about = published.provenance.get("transfer")
        if not about:
            return published
        if about["fit"] not in self._fits:
            raise MissingError(self._gone("A fit"))
        return store.read_topics(self._fits[about["fit"]])

    @cached_property
    def _fits(self) -> dict[str, Path]:
        return {store.read_topics(folder).fingerprint: folder for folder in self._kept("fit")}

    def counts(self, published: Topics) -> TermCounts:
        """Counts of the documents of published topics, as the run made them.

        Raises
        ------
        MissingError
            If they are no longer in the cache of the run.
        """
        about = published.provenance
        wanted = about.get("transfer", about)["terms"]
        for folder in self._kept("terms"):
            found = store.read_counts(folder)
            if found.doc_ids == published.doc_ids and found.fingerprint == wanted:
                return found
        raise MissingError(self._gone("The counts"))

    def vectors(self, ids: tuple[str, ...]) -> NDArray[np.floating[Any]]:
        """Vectors of documents, as the run made them.

        Raises
        ------
        MissingError
            If they are no longer in the cache of the run.
        """
        for folder in self._kept("vectors"):
            about = json.loads((folder / RECORD).read_text(encoding="utf-8"))["info"]
            made = {k: v for k, v in about.get("embedding", {}).items() if k != "store"}
            array = store.read_vectors(folder)
            if made == self.manifest["embedding"]:
                every = self.corpus.ids if len(array) == len(self.corpus) else self.whole.ids
                place = {doc: i for i, doc in enumerate(every)}
                return array[[place[doc] for doc in ids]]
        raise MissingError(self._gone("The vectors"))

    @cached_property
    def whole(self) -> Corpus:
        """All documents with their words, as the run read them.

        Raises
        ------
        MissingError
            If they are no longer in the cache of the run.
        """
        for folder in self._kept("corpus"):
            found = documents.load(folder)
            if self.known == set(found.ids):
                return found
        raise MissingError(self._gone("The documents"))

    def _kept(self, kind: str) -> Iterator[Path]:
        for path in sorted((self.out / ".cache").glob(f"{kind}-*")):
            if (path / RECORD).is_file():
                yield path

    def _gone(self, what: str) -> str:
        return (
            f"{what} of the run cannot be found in {self.out / '.cache'}; carry out the run again "
            f"with its config (trends run CONFIG -o {self.out}), then update it."
        )


@functools.lru_cache(maxsize=1)
def _documents(path: Path, sha256: str) -> tuple[Corpus, str]:
    """The corpus of a file with this hash, and the hash: every task of an update asks for it."""
    return corpus_file.read([path]), sha256
