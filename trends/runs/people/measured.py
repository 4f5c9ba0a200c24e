"""What a run measured: the topic of each document, and the period that it counts in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trends import store
from trends.analysis.prevalence.periods import Periods
from trends.core import Corpus, Topics
from trends.errors import DataError, TrendsError, UsageError
from trends.runs.config.settings import PrevalenceConfig, RunConfig
from trends.runs.tasks.analysis_parts.periods import periods_of
from trends.sources import read_corpus
from trends.sources.stored import corpus_file


@dataclass(frozen=True)
class Measured:
    """One fit of a run, with the documents and settings that its shares were made of.

    Parameters
    ----------
    run : Run
    corpus : Corpus
        As the run published it, without texts.
    topics : Topics
        The prototype of the backend.
    periods : Periods
    labels : tuple of str
        Names of the topics.
    settings : PrevalenceConfig
    """

    run: store.Run
    corpus: Corpus
    topics: Topics
    periods: Periods
    labels: tuple[str, ...]
    settings: PrevalenceConfig

    @property
    def about(self) -> dict[str, str | int | None]:
        """Which fit it is, as keys of sheets record it."""
        return {
            "backend": self.topics.backend,
            "seed": self.topics.seed,
            "fit": self.topics.fingerprint,
            "period": self.periods.period,
        }

    def topic_of(self, given: int | str) -> int:
        """Number of a topic by its number or its label.

        Raises
        ------
        UsageError
            If there is no such topic.
        """
        text = str(given).strip()
        if text in self.labels:
            return self.labels.index(text)
        if text.isdigit() and int(text) < self.topics.n_topics:
            return int(text)
        message = (
            f"There is no topic {text!r}; topics are 0 to {self.topics.n_topics - 1}, or their "
            f"labels: {'; '.join(self.labels)}."
        )
        raise UsageError(message)

    def predicted(self, topic: int | None) -> NDArray[np.int64]:
        """What the fit says of each document: its topic (-1: none), or 1 where it is this one."""
        hard = np.asarray(self.topics.hard)
        return hard if topic is None else (hard == topic).astype(np.int64)


def measured(run: store.Run | Path, backend: str = "") -> Measured:
    """Open what a run measured.

    Parameters
    ----------
    run : Run or path
    backend : str
        The first of the run if empty.

    Raises
    ------
    UsageError
        If the run has no such backend.
    DataError
        If the folder is that of another study.
    """
    run = run if isinstance(run, store.Run) else store.Run(Path(run))
    manifest = run.manifest
    prototypes = manifest.get("prototypes", {})
    fits = list(dict.fromkeys(str(fit["backend"]) for fit in manifest.get("fits", [])))
    if not fits or not prototypes:
        message = f"{run.folder} holds no run with fits of its own; name the folder of a run."
        raise DataError(message)
    backend = backend or fits[0]
    if backend not in prototypes:
        message = f"The run has no backend {backend!r}; it has {', '.join(fits)}."
        raise UsageError(message)
    if "engine" in manifest:
        message = (
            f"The run in {run.folder} added its documents up where they lie and holds only those "
            "on which topics were learnt: no document can be drawn from the others. Run it with "
            "engine.name='memory'."
        )
        raise UsageError(message)
    settings = RunConfig.model_validate(manifest["config"]).prevalence
    corpus = corpus_file.read([run.folder / "corpus.parquet"])
    topics = run.topics(backend, int(prototypes[backend]["seed"]))
    if topics.doc_ids != corpus.ids:
        message = f"The fit of {backend} in {run.folder} is about other documents than its corpus."
        raise DataError(message)
    table = run.table("topics")
    own = (table["backend"] == backend) & (table["topic"] >= 0)
    named = table[own].sort_values("topic")["label"]
    return Measured(
        run, corpus, topics, periods_of(corpus, **settings.calendar), tuple(named), settings
    )


def texts_of(found: Measured, corpus: Corpus | None) -> dict[str, str]:
    """Texts of the documents by id, which a run does not publish; empty if the corpus has none.

    Parameters
    ----------
    found : Measured
    corpus : Corpus, optional
        With texts; the one that the run's config names if not given.

    Raises
    ------
    UsageError
        If the corpus cannot be read again, or has other documents.
    """
    if corpus is None:
        given = RunConfig.model_validate(found.run.manifest["config"]).corpus
        try:
            corpus = read_corpus([given.path], source=given.source, **given.options())
        except TrendsError as error:
            message = (
                f"The texts of the run are not at hand ({error}) Name a file with them: --corpus "
                "FILE, or corpus= in Python."
            )
            raise UsageError(message) from error
    if "text" not in corpus.documents:  # counts or vectors came instead: titles are all there is
        return {}
    texts = dict(zip(corpus.ids, corpus.documents["text"].fillna(""), strict=True))
    missing = [name for name in found.corpus.ids if name not in texts]
    if missing:
        message = (
            f"{len(missing):,} documents of the run, {missing[0]!r} for one, are not in the corpus "
            "of the texts; give the corpus that the run was made of."
        )
        raise UsageError(message)
    return {name: str(texts[name]) for name in found.corpus.ids}
