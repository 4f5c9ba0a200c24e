"""Topics learnt on one part of the corpus, trends estimated on the other.

The design is that of Egami et al. (2022), Science Advances 8, eabg2652.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends import files, store
from trends.core import Corpus
from trends.core.computing.cost import Cost
from trends.core.computing.rng import seeds_from
from trends.errors import UsageError
from trends.runs.config.settings import RunConfig
from trends.runs.engine.task import task
from trends.runs.tasks import backends, documents
from trends.runs.tasks.analysis_parts.periods import periods_of

#: Folder, inside that of a task, with what belongs to the documents on which topics are learnt.
LEARN = "learn"
ROWS, ABOUT = "rows.npz", "split.json"


@dataclass(frozen=True)
class Split:
    """Which documents of a corpus do what.

    Parameters
    ----------
    learn, estimate : ndarray of int
        Rows on which topics are learnt, and rows on which trends are estimated; ascending, every
        row in one of them.
    outside : int
        Documents outside time (undated, or dated too coarsely for the periods and dropped): they
        can show no trend and are all in ``learn``.
    seed : int
        Of the draw.
    """

    learn: NDArray[np.int64]
    estimate: NDArray[np.int64]
    outside: int
    seed: int

    #: What the draw is called in seeds and counts of the manifest.
    name: ClassVar[str] = "split"

    @property
    def among(self) -> NDArray[np.int64] | None:
        """Where the documents for learning stand among those for estimating.

        ``None`` as none of them is there.
        """
        return None

    @property
    def counted(self) -> dict[str, int]:
        """Numbers of documents, for the manifest."""
        return {
            "learn": len(self.learn),
            "estimate": len(self.estimate),
            "outside_time": self.outside,
        }

    @property
    def sentence(self) -> str:
        """What a reader must know."""
        text = (
            f"Topics were learnt on {len(self.learn):,} documents and the trends estimated on "
            f"the other {len(self.estimate):,}"
        )
        if self.outside:
            text += (
                f"; {self.outside:,} without a date that fits into a period "
                f"{'was' if self.outside == 1 else 'were'} used for learning only"
            )
        return f"{text}."


def draw_split(corpus: Corpus, config: RunConfig) -> Split | None:
    """Divide the documents at random within time; ``None`` where the setting is off.

    Neighbours in time form blocks, and of each block a random part of the size that the share asks
    for is taken for learning (two documents and one of them, for a share of one half), so that both
    parts spread alike over any periods.
    """
    share, p = config.split.share, config.prevalence
    if share == 0:
        return None
    inside = periods_of(corpus, **p.calendar).index >= 0
    seed = seeds_from(config.rng, "split", 1)[0]
    learns = ~inside
    learns[np.flatnonzero(inside)[drawn(int(inside.sum()), share, seed)]] = True
    return Split(np.flatnonzero(learns), np.flatnonzero(~learns), int((~inside).sum()), seed)


def check_split(parts: Split, config: RunConfig) -> None:
    """Refuse a split that leaves too few documents.

    Raises
    ------
    UsageError
        If one part has too few documents.
    """
    learn, estimate = len(parts.learn), len(parts.estimate)
    if learn <= config.models.number or not estimate:
        message = (
            f"split.share={config.split.share:g} leaves {learn} documents to learn "
            f"{config.models.number} topics on and {estimate} to estimate trends on; ask for fewer "
            "topics, change the share, or set split.share=0."
        )
        raise UsageError(message)


def drawn(n: int, share: float, seed: int) -> NDArray[np.int64]:
    """Positions among ``n`` in order, a share of each block of neighbours."""
    rng = np.random.default_rng(seed)
    size = int(np.ceil(1 / min(share, 1 - share) - 1e-9))
    taken = []
    for start in range(0, n, size):
        end = min(start + size, n)
        # Rounded sums, so that parts of blocks add up to the share of the whole.
        many = int(np.floor(share * end + 0.5)) - int(np.floor(share * start + 0.5))
        taken.append(start + rng.permutation(end - start)[:many])
    return np.sort(np.concatenate(taken)).astype(np.int64) if taken else np.zeros(0, np.int64)


def part(corpus: Corpus, rows: NDArray[np.int64], sentence: str = "") -> Corpus:
    """Some documents as a corpus of their own.

    What reading did stays in the notes, with the sentence among its warnings.
    """
    warnings = [*corpus.notes.get("warnings", []), *([sentence] if sentence else [])]
    return replace(
        corpus,
        documents=corpus.documents.iloc[rows],
        counts=None if corpus.counts is None else corpus.counts.take_documents(rows),
        embeddings=None if corpus.embeddings is None else corpus.embeddings[rows],
        notes={**corpus.notes, "warnings": warnings},
    )


def write_split(folder: Path, corpus: Corpus, split: Split) -> dict[str, Any]:
    """``split.csv``: what each document was used for; and the rows, for the tasks that follow."""
    used = np.full(len(corpus), "learn", dtype=object)
    used[split.estimate] = "estimate"
    if split.among is not None:
        used[split.learn] = "both"
    files.write_csv(folder / "split.csv", pd.DataFrame({"id": list(corpus.ids), "used_to": used}))
    with (folder / ROWS).open("wb") as f:
        np.savez(f, allow_pickle=False, learn=split.learn, estimate=split.estimate)
    about = {"name": split.name, "outside": split.outside, "seed": split.seed}
    files.write_json(folder / ABOUT, about)
    return {"seed": split.seed, **split.counted}


@task(
    "split",
    reads=("split", "prevalence.calendar", "rng"),
    loads=backends.none,
)
def divide(folder: Path, corpus: Path, *, config: RunConfig) -> dict[str, Any]:
    """Draw the documents on which topics are learnt and those on which trends are estimated."""
    whole = documents.load(corpus)
    split = draw_split(whole, config)
    assert split is not None
    return write_split(folder, whole, split)


def read_split(folder: Path) -> Split:
    """The rows that were drawn."""
    from trends.runs.tasks.sample import Sample

    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    kind = {"split": Split, "sample": Sample}[about["name"]]
    with np.load(folder / ROWS, allow_pickle=False) as rows:
        return kind(rows["learn"], rows["estimate"], int(about["outside"]), int(about["seed"]))


def estimated(corpus: Path, split: Path | None) -> Corpus:
    """The documents on which trends are estimated."""
    whole = documents.load(corpus)
    if split is None:
        return whole
    parts = read_split(split)
    return part(whole, parts.estimate, parts.sentence)


@task("parts", cost=Cost(450, vectors=4), loads=backends.none)
def divide_vectors(folder: Path, vectors: Path, split: Path) -> dict[str, Any]:
    """The vectors of both parts of the corpus.

    Where trends are estimated on all documents, only those of the part for learning.
    """
    array, parts = store.read_vectors(vectors), read_split(split)
    (folder / LEARN).mkdir()
    for target, rows in ((folder / LEARN, parts.learn), (folder, parts.estimate)):
        if len(rows) < len(array):
            store.write_vectors(target, array[rows])
    return {}
