"""Shares of documents in every fit of a run, as updates keep them; and the rule that gives them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends import files
from trends.arrays import read_npz
from trends.core import Alignment, TermCounts, Topics
from trends.models.inference.neighbours import Near, Searcher
from trends.models.inference.transfer import transfer

#: Files of a base: how fits are matched to the prototype, neighbours of the documents for learning,
#: and their vectors.
MATCHED, NEAR = "matched.json", "near.npz"
Array = NDArray[np.float64]


def write(folder: Path, backend: str, seed: int, topics: Topics) -> None:
    """Keep the shares of documents in a fit."""
    target = folder / "shares" / backend
    target.mkdir(parents=True, exist_ok=True)
    with (target / f"seed-{seed}.npz").open("wb") as f:
        arrays = {"theta": topics.theta, "unassigned": topics.unassigned}
        np.savez_compressed(f, allow_pickle=False, **arrays)


def read(folder: Path, backend: str, seed: int, n_documents: int) -> tuple[Array, Array]:
    """Shares and what is unassigned, of so many documents."""
    path = folder / "shares" / backend / f"seed-{seed}.npz"
    shapes = {"theta": (n_documents, None), "unassigned": (n_documents,)}
    found = read_npz(path, path.name, shapes, kinds="f")
    return found["theta"], found["unassigned"]


@dataclass(frozen=True)
class Rule:
    """How documents get their shares of one fit, whichever documents come with them.

    Parameters
    ----------
    fit : Topics
        What was learnt.
    near : Near, optional
        Neighbours among the documents for learning, for clusters whose documents vote.
    vectors : ndarray, optional
        Vectors of the documents for learning.
    """

    fit: Topics
    near: Near | None = None
    vectors: NDArray[np.floating] | None = None

    def __call__(self, counts: TermCounts, vectors: NDArray[np.floating] | None) -> Topics:
        """Topics of new documents."""
        near = None
        if self.near is not None and vectors is not None:
            near = Searcher.of(self.near, self.vectors)(vectors)
        return transfer(self.fit, counts, vectors=vectors, near=near, compiled=True)

    def own(self, counts: TermCounts) -> Topics:
        """Topics of the documents for learning, each judged as though it were new."""
        near = self.near
        if near is not None:
            near = replace(near, new=near.own, cosine=near.own_cosine)
        return transfer(self.fit, counts, vectors=self.vectors, near=near, compiled=True)


def votes(fit: Topics) -> bool:
    """Whether the documents for learning vote about new ones."""
    return str(fit.provenance.get("new_documents", {}).get("rule", "")) == "neighbours"


def rule_of(fit: Topics, near: Near | None, vectors: NDArray[np.floating] | None) -> Rule:
    """The rule of a fit for documents that it has not seen."""
    if fit.provenance.get("family") != "embedding":
        return Rule(fit)
    return Rule(fit, near if votes(fit) else None, vectors)


def write_near(folder: Path, near: Near | None, vectors: NDArray[np.floating]) -> None:
    """Keep the vectors of the documents for learning, and their neighbours where these vote."""
    own: dict[str, NDArray[Any]] = {}
    if near is not None:
        own = {"own": near.own, "own_cosine": near.own_cosine}
    with (folder / NEAR).open("wb") as f:
        # Vectors are of half precision wherever they come from.
        np.savez(f, allow_pickle=False, vectors=vectors.astype(np.float16), **own)


def read_near(folder: Path) -> tuple[Near | None, NDArray[np.float32] | None]:
    """Neighbours and vectors; nothing where no fit of the run consists of clusters."""
    path = folder / NEAR
    if not path.is_file():
        return None, None
    shapes = {"vectors": (None, None), "own": (None, None), "own_cosine": (None, None)}
    found = read_npz(path, path.name, shapes, optional=("own", "own_cosine"), kinds="fi")
    near = None
    if "own" in found:
        none = np.zeros((0, found["own"].shape[1]))
        near = Near(none.astype(np.int32), none, found["own"], found["own_cosine"])
    return near, found["vectors"].astype(np.float32)


@dataclass(frozen=True)
class Matched:
    """Which fit of each backend leads, the names of its topics, and their partners elsewhere."""

    folder: Path

    @cached_property
    def _content(self) -> dict[str, dict[str, object]]:
        content: dict[str, dict[str, object]] = json.loads(
            (self.folder / MATCHED).read_text(encoding="utf-8")
        )
        return content

    def prototype(self, backend: str) -> int:
        """Seed of the fit that leads."""
        return int(str(self._content[backend]["prototype"]))

    def labels(self, backend: str) -> list[str]:
        """Names of its topics."""
        labels = self._content[backend]["labels"]
        assert isinstance(labels, list)
        return [str(label) for label in labels]

    def fits(self, backend: str) -> dict[int, Alignment | None]:
        """Seed → prototype to fit, in the order of seeds; ``None`` for the prototype itself."""
        pairs, n = self._content[backend]["pairs"], len(self.labels(backend))
        assert isinstance(pairs, dict)
        out: dict[int, Alignment | None] = {}
        for seed, found in pairs.items():
            array = np.array(found or [], dtype=np.int64).reshape(-1, 2)
            most = max(n, int(array[:, 1].max(initial=-1)) + 1)
            nothing = np.zeros(len(array))
            # How alike two topics are was judged by the run; here only the partners matter.
            own = found is None
            out[int(seed)] = None if own else Alignment(array, nothing, nothing, n, most)
        return out


def write_matched(
    folder: Path, found: dict[str, tuple[int, list[str], dict[int, Alignment | None]]]
) -> None:
    """Keep what :class:`Matched` reads."""
    content = {
        backend: {
            "prototype": prototype,
            "labels": labels,
            "pairs": {
                str(seed): None if one is None else one.pairs.tolist() for seed, one in of.items()
            },
        }
        for backend, (prototype, labels, of) in found.items()
    }
    files.write_json(folder / MATCHED, content)


def stacked(fit: Topics, parts: list[tuple[Array, Array]], order: NDArray[np.int64]) -> Topics:
    """The shares of several parts as those of one fit, rows in the order of the corpus."""
    theta = np.concatenate([t for t, _ in parts])[order]
    unassigned = np.concatenate([u for _, u in parts])[order]
    ids = tuple(str(i) for i in range(len(order)))
    return Topics(theta, unassigned, fit.phi, fit.vocabulary, ids, fit.provenance)
