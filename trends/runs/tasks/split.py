"""Topics learnt on one part of the corpus, trends estimated on the other (Egami et al. 2022, Science Advances 8, eabg2652)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends import files, store
from trends.core import Corpus
from trends.core.rng import seeds_from
from trends.errors import UsageError
from trends.models.inference.neighbours import Near, find
from trends.models.inference.transfer import transfer
from trends.runs.config.settings import RunConfig
from trends.runs.tasks import prepare
from trends.runs.tasks.analysis_parts.periods import periods_of

#: Folder, inside that of a stage, with what belongs to the documents on which topics are learnt.
LEARN = "learn"


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
        """Where the documents for learning stand among those for estimating; ``None`` as none of them is there."""
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
        text = f"Topics were learnt on {len(self.learn):,} documents and the trends estimated on the other {len(self.estimate):,}"
        if self.outside:
            text += f"; {self.outside:,} without a date that fits into a period {'was' if self.outside == 1 else 'were'} used for learning only"
        return f"{text}."


def draw(corpus: Corpus, config: RunConfig) -> Split | None:
    """Divide the documents at random within time; ``None`` where the setting is off.

    Neighbours in time form blocks, and of each block a random part of the size that the share asks
    for is taken for learning (two documents and one of them, for a share of one half), so that both
    parts spread alike over any periods.

    Raises
    ------
    UsageError
        If one part has too few documents.
    """
    share = config.split.share
    if share == 0:
        return None
    p = config.prevalence
    inside = periods_of(corpus, period=p.period, imprecise=p.imprecise).index >= 0
    seed = seeds_from(config.rng, "split", 1)[0]
    learns = ~inside
    learns[np.flatnonzero(inside)[drawn(int(inside.sum()), share, seed)]] = True
    learn, estimate = np.flatnonzero(learns), np.flatnonzero(~learns)
    if len(learn) <= config.models.number or not len(estimate):
        message = (
            f"split.share={share:g} leaves {len(learn)} documents to learn {config.models.number} "
            f"topics on and {len(estimate)} to estimate "
            "trends on; ask for fewer topics, change the share, or set split.share=0."
        )
        raise UsageError(message)
    return Split(learn, estimate, int((~inside).sum()), seed)


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
    """Some documents as a corpus of their own; what reading did stays in the notes, with the sentence among its warnings."""
    notes = {
        **corpus.notes,
        "warnings": [*corpus.notes.get("warnings", []), *([sentence] if sentence else [])],
    }
    return replace(
        corpus,
        documents=corpus.documents.iloc[rows],
        counts=None if corpus.counts is None else corpus.counts.take_documents(rows),
        embeddings=None if corpus.embeddings is None else corpus.embeddings[rows],
        notes=notes,
    )


def write_table(folder: Path, corpus: Corpus, split: Split) -> dict[str, Any]:
    """``split.csv``: what each document was used for."""
    used = np.full(len(corpus), "learn", dtype=object)
    used[split.estimate] = "estimate"
    if split.among is not None:
        used[split.learn] = "both"
    files.write_csv(folder / "split.csv", pd.DataFrame({"id": list(corpus.ids), "used_to": used}))
    return {"seed": split.seed, **split.counted}


def write_terms(folder: Path, corpus: Corpus, split: Split, config: RunConfig) -> dict[str, Any]:
    """Counts of both parts over the vocabulary that the documents for learning choose.

    Spellings and phrases are recognised in the whole corpus, as they are in extracted features;
    neither looks at a date.
    """
    whole = prepare.all_counts(corpus, config.text)
    learn, table = prepare.choose_terms(whole.take_documents(split.learn), config.text)
    kept = set(learn.vocabulary)
    counts = whole.take_documents(split.estimate).keep_terms(
        np.array([t in kept for t in whole.vocabulary], dtype=bool)
    )
    (folder / LEARN).mkdir()
    store.write_counts(folder / LEARN, learn)
    store.write_counts(folder, counts)
    files.write_csv(folder / "terms.csv", table)
    return {
        "terms": counts.n_terms,
        "tokens": int(counts.tokens.sum()),
        "empty_documents": int((counts.tokens == 0).sum()),
    }


def write_vectors(folder: Path, vectors: Path, split: Split) -> dict[str, Any]:
    """The vectors of both parts; where trends are estimated on all documents, those of the part for learning."""
    array = store.read_vectors(vectors)
    (folder / LEARN).mkdir()
    for target, rows in ((folder / LEARN, split.learn), (folder, split.estimate)):
        if len(rows) < len(array):
            store.write_vectors(target, array[rows])
    return {}


def write_near(folder: Path, vectors: Path, learn_vectors: Path, split: Split) -> dict[str, Any]:
    """``near.npz``: the documents for learning that are nearest to each one, the same for all fits."""
    near = find(store.read_vectors(learn_vectors), store.read_vectors(vectors), among=split.among)
    with (folder / "near.npz").open("wb") as f:
        np.savez(f, allow_pickle=False, **asdict(near))
    return {"neighbours": near.own.shape[1]}


def write_transfer(
    folder: Path,
    fit: Path,
    terms: Path,
    vectors: Path | None,
    learn_vectors: Path | None,
    fingerprint: str,
    near: Path | None = None,
) -> dict[str, Any]:
    """Topics of the documents on which trends are estimated, from a fit; ``near`` is the folder of :func:`write_near`."""
    old = new = found = None
    if near is not None:
        with np.load(near / "near.npz", allow_pickle=False) as arrays:
            found = Near(**arrays)
    if vectors is not None and learn_vectors is not None:
        old, new = store.read_vectors(learn_vectors), store.read_vectors(vectors)
    topics = transfer(
        store.read_topics(fit), store.read_counts(terms), train_vectors=old, vectors=new, near=found
    )
    store.write_topics(
        folder, replace(topics, provenance={**topics.provenance, "corpus": fingerprint})
    )
    return {}
