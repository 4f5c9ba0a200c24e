"""Topics of a very large corpus.

Learnt on a sample over all periods, all documents assigned to them, and what that does to the
shares, measured.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends import files, store
from trends.core import Corpus, Topics
from trends.core.computing.cost import Cost
from trends.core.computing.rng import seeds_from
from trends.errors import UsageError
from trends.runs.config.settings import RunConfig
from trends.runs.engine.task import task
from trends.runs.tasks import backends, documents
from trends.runs.tasks.parts import Split, drawn, write_split

#: With "auto", a corpus of more documents than this is learnt on a sample, of so many.
BEYOND, SIZE = 60_000, 30_000
#: The table of what the sample does to the shares, and the notes that go with it.
TABLE, NOTES = "sample.csv", "sample.json"


@dataclass(frozen=True)
class Sample(Split):
    """A draw whose documents have their trends estimated as well.

    ``outside`` counts documents outside time that are in the sample.
    """

    name: ClassVar[str] = "sample"

    @property
    def among(self) -> NDArray[np.int64]:
        """Where the documents for learning stand among all documents."""
        return self.learn

    @property
    def counted(self) -> dict[str, int]:
        """Numbers of documents, for the manifest."""
        return {"learn": len(self.learn), "documents": len(self.estimate)}

    @property
    def sentence(self) -> str:
        """What a reader must know."""
        return (
            f"Topics were learnt on {len(self.learn):,} of {len(self.estimate):,} documents, drawn "
            "at random over all periods; all documents, those of "
            f"the sample too, were then assigned to them by one rule, and {TABLE} shows what this "
            "does to the shares."
        )


def size(config: RunConfig, n: int) -> int:
    """How many of ``n`` documents topics are learnt on; 0 where it is all of them."""
    asked = config.models.sample
    if asked == "auto":
        return 0 if config.split.share or n <= BEYOND else SIZE
    return asked if 0 < asked < n else 0


def draw_sample(corpus: Corpus, config: RunConfig) -> Sample | None:
    """Draw the documents on which topics are learnt; ``None`` where these are all.

    The documents stand in the order of time, those without a date last. Of each stretch of
    neighbours the same part is taken at random (:func:`trends.runs.tasks.parts.drawn`), so that the
    sample has the same share of every period, and of the documents without a date.

    All documents are then assigned by the rule for new documents, those of the sample as well, each
    as though the fit had not known it: were the sample to keep the shares that the fit gave it,
    each share of a period would be a mixture of two measurements. Drawn evenly, that would shift
    levels and not trends on average, but the rounding of the draw and the errors of assignment
    would differ from period to period for no reason but the method.

    """
    many = size(config, len(corpus))
    if not many:
        return None
    seed = seeds_from(config.rng, "sample", 1)[0]
    learn = drawn(len(corpus), many / len(corpus), seed)
    return Sample(
        learn,
        np.arange(len(corpus), dtype=np.int64),
        int(corpus.documents["date"].isna().to_numpy()[learn].sum()),
        seed,
    )


def check_sample(config: RunConfig, n_documents: int) -> None:
    """Refuse a sample that cannot mean anything.

    Raises
    ------
    UsageError
        If the sample is too small for the topics, or there is a split as well.
    """
    many = size(config, n_documents)
    if not many:
        return
    if config.split.share:
        message = (
            f"With split.share={config.split.share:g}, topics are learnt on a part of the "
            "documents already; make that part smaller for "
            "speed, or leave models.sample out."
        )
        raise UsageError(message)
    if many <= config.models.number:
        message = (
            f"models.sample={many} leaves too few documents to learn {config.models.number} topics "
            "on; draw more, "
            'ask for fewer topics, or set models.sample="auto".'
        )
        raise UsageError(message)


@task("split", reads=("models.sample", "split", "rng"), loads=backends.none)
def sample(folder: Path, corpus: Path, *, config: RunConfig) -> dict[str, Any]:
    """Draw the documents on which topics are learnt; trends are estimated on all."""
    whole = documents.load(corpus)
    drawn_ones = draw_sample(whole, config)
    assert drawn_ones is not None
    return write_split(folder, whole, drawn_ones)


@task(
    "sample-check",
    cost=Cost(100, shares=40),
    reads=("prevalence.theta",),
    loads=backends.none,
)
def check(
    folder: Path,
    corpus: Path,
    fits: dict[str, dict[int, Path]],
    transfers: dict[str, dict[int, Path]],
    *,
    config: RunConfig,
) -> dict[str, Any]:
    """``sample.csv`` (one row per backend, seed and topic) and ``sample.json`` (sentences)."""
    pairs = (
        (backend, seed, store.read_topics(fit), store.read_topics(transfers[backend][seed]))
        for backend, by_seed in fits.items()
        for seed, fit in by_seed.items()
    )
    write_check(folder, documents.load(corpus), pairs, config.prevalence.theta)
    return {}


def write_check(
    folder: Path,
    corpus: Corpus,
    pairs: Iterable[tuple[str, int, Topics, Topics]],
    theta: Literal["hard", "mean"],
) -> None:
    """Write what :func:`check` does.

    Parameters
    ----------
    folder : Path
    corpus : Corpus
        The documents of the second fits.
    pairs : iterable of (str, int, Topics, Topics)
        Backend, seed, topics as they were learnt, and as the rule for new documents gives them.
    theta : {"hard", "mean"}
    """
    from trends.analysis.quality.transfer_bias import carried_over, sentences

    years, rows = documents.years_of(corpus), []
    for backend, seed, fit, judged in pairs:
        frame = carried_over(fit, judged, years, theta=theta)
        frame.insert(0, "seed", seed)
        frame.insert(0, "backend", backend)
        rows.append(frame)
    table = pd.concat(rows, ignore_index=True)
    files.write_csv(folder / TABLE, table)
    summary, warnings = sentences(table)
    files.write_json(folder / NOTES, {"summary": summary, "warnings": warnings})


def add_to_analysis(folder: Path, check: Path) -> None:
    """Put the table beside those of the run, and what it says into the notes."""
    shutil.copyfile(check / TABLE, folder / TABLE)
    said = json.loads((check / NOTES).read_text(encoding="utf-8"))
    notes = json.loads((folder / "analysis.json").read_text(encoding="utf-8"))
    notes["summary"] += said["summary"]
    notes["warnings"] += [*said["summary"], *said["warnings"]]
    files.write_json(folder / "analysis.json", notes)
