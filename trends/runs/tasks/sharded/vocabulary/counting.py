"""Frequencies in all documents: they decide which terms are too rare or too frequent."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from trends import store
from trends.core.computing.cost import Cost
from trends.runs.config.sections.engine import EngineConfig
from trends.runs.config.settings import TextConfig
from trends.runs.engine.engine import Context
from trends.runs.engine.mapping.choose import mapper_of
from trends.runs.engine.task import task
from trends.runs.tasks import backends, documents, terms
from trends.runs.tasks.sharded.shards import CleanShard, shards_of
from trends.runs.tasks.sharded.vocabulary import kept
from trends.text.counting.fixed_vocabulary import frequencies
from trends.text.vocabulary.select import Whole, default_min_df

#: Weight that a term of the drawn documents has beside its documents, in every shard that has it,
#: so that a limit on other words leaves these in; more than there are documents.
DRAWN = 2**40
#: Texts that are counted at a time.
BATCH = 4096


@task("sharded-terms", how=("engine",), loads=backends.none,
      cost=Cost(600, characters=2.5, entries=60))  # fmt: skip
def count(
    folder: Path,
    read: Path,
    repeats: Path,
    corpus: Path,
    *,
    engine: EngineConfig,
    text: TextConfig,
    context: Context,
) -> dict[str, Any]:
    """Counts of the documents drawn over all their terms, and the frequencies of these in all.

    Phrases and spellings are learnt on the documents drawn, so that all texts are divided as
    theirs. A word that none of them has cannot be learnt; ``beyond`` says how many such words
    are frequent enough for the vocabulary.
    """
    drawn = documents.load(corpus)
    counts = terms.all_counts(drawn, text)
    documents.write_counts(folder, counts)
    job = Frequencies(str(folder), tuple(counts.settings.get("function_words", ())))
    whole = documents.summary(drawn)["documents"]
    least = text.min_df or default_min_df(whole)
    with mapper_of(engine, folder, context.shards, context.shelf) as mapper:
        shards = shards_of(read, repeats)
        # Without a term: documents with words, which are no fewer than those with one of them.
        table = mapper.sum(mapper.map(job, shards), ["term"], above=least - 1).to_pandas()
    column = {term: j for j, term in enumerate(counts.vocabulary)}
    df, total = np.zeros((2, counts.n_terms), dtype=np.int64)
    of = table["term"].map(column)
    there = of.notna()
    place = of[there].to_numpy(np.int64)
    df[place] = table.loc[there, "documents"]
    total[place] = table.loc[there, "occurrences"]
    worded = table.loc[table["term"].isna(), "documents"]
    n = int(worded.sum())
    other = table[~there & table["term"].notna()]
    other = other[other["documents"] <= max(text.max_df * n, 1)]
    beyond = {"words": len(other), "occurrences": int(other["occurrences"].sum())}
    kept.write_frequencies(folder, Whole(df, total, n), beyond)
    return {"terms": counts.n_terms, "documents": n, "beyond": beyond}


@dataclass(frozen=True)
class Frequencies:
    """Counts the terms of a shard; see :func:`count`.

    Parameters
    ----------
    folder : str
        Where the terms of the documents drawn lie.
    languages : tuple of str
        Whose function words are no words.
    """

    folder: str
    languages: tuple[str, ...]

    def __call__(self, shard: CleanShard) -> pa.Table:
        """``term`` (null: any), ``weight`` (see :data:`DRAWN`), ``documents``, ``occurrences``."""
        vocabulary = _vocabulary(self.folder)
        found = frequencies(_texts(shard), vocabulary, self.languages)
        there = np.flatnonzero(found.documents)
        names = [vocabulary[j] for j in there.tolist()]
        others = list(found.other_documents)
        many = [found.other_documents[word] for word in others]
        times = [found.other_occurrences[word] for word in others]
        known, known_times = found.documents[there], found.occurrences[there]
        documents = np.array([*known.tolist(), *many, found.worded], dtype=np.int64)
        of_drawn = np.ones(len(documents), dtype=bool)
        of_drawn[len(known) : -1] = False
        return pa.table(
            {
                "term": pa.array([*names, *others, None], pa.string()),
                "weight": documents + DRAWN * of_drawn,
                "documents": documents,
                "occurrences": pa.array([*known_times.tolist(), *times, 0], pa.int64()),
            }
        )


def _texts(shard: CleanShard) -> Iterator[list[str]]:
    for batch in shard.batches(["title", "text"], BATCH):
        yield terms.titled(batch["title"].to_pandas(), batch["text"].fill_null("").to_pylist())


@functools.lru_cache(maxsize=2)
def _vocabulary(folder: str) -> tuple[str, ...]:
    return store.read_vocabulary(Path(folder))
