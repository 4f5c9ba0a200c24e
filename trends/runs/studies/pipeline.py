"""The graph of one run: corpus, terms, vectors, fits, analysis, figures, report."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from trends.core import Corpus
from trends.core.computing.cost import Size
from trends.core.computing.rng import seeds_from
from trends.errors import UsageError
from trends.models import BACKENDS
from trends.runs.cards import plan as plans
from trends.runs.config.settings import RunConfig
from trends.runs.engine.engine import Engine, Need
from trends.runs.engine.memory import Sizes
from trends.runs.engine.task import Task
from trends.runs.tasks import analysis, documents, figures, fits, report, terms, topic_number
from trends.runs.tasks import corpus as corpora
from trends.runs.tasks import parts as splits
from trends.runs.tasks import sample as samples
from trends.runs.tasks import vectors as embedding
from trends.runs.tasks.analysis_parts import groups, names, shapes
from trends.runs.tasks.analysis_parts.periods import clusters_of, periods_of
from trends.runs.tasks.curation import edits_file
from trends.runs.tasks.curation.edit import edit
from trends.runs.tasks.dividing import chunks

#: Backend → seed → the task of its topics.
Fits = dict[str, dict[int, Task]]
#: Dimensions of vectors that are still to be made, where nothing tells.
DIMENSIONS, OTHER_DIMENSIONS = {"minilm": 384}, 768
#: Characters of text for each term of a document: 38 in 26,000 abstracts; fewer are safer.
CHARACTERS = 25


@dataclass(frozen=True)
class Inputs:
    """What fits and analysis start from.

    Parameters
    ----------
    documents : Corpus
        All documents, as they were read.
    parts : Split, optional
        Which of them topics are learnt on and which trends are estimated on, with a split or a
        sample.
    corpus, split, terms, embedded : Task
        Their tasks; ``embedded`` holds the vectors of all documents.
    vectors, learnt : Task, optional
        Vectors of the documents on which trends are estimated, and on which topics are learnt.
    """

    documents: Corpus
    parts: splits.Split | None
    corpus: Task
    split: Task | None
    terms: Task
    embedded: Task | None
    vectors: Task | None
    learnt: Task | None

    @property
    def part(self) -> str:
        """Folder of the documents for learning, within those of terms and vectors."""
        return splits.LEARN if self.parts else ""

    @cached_property
    def learning(self) -> Corpus:
        """The documents on which topics are learnt."""
        return splits.part(self.documents, self.parts.learn) if self.parts else self.documents

    @cached_property
    def estimated(self) -> Corpus:
        """The documents on which trends are estimated."""
        p = self.parts
        return splits.part(self.documents, p.estimate, p.sentence) if p else self.documents


@dataclass(frozen=True)
class Pipeline:
    """The tasks of a run.

    Parameters
    ----------
    config : RunConfig
        With the number of topics, whoever chose it.
    inputs : Inputs
        What comes before the first fit.
    learnt : mapping
        Backend → seed → the task in which a model is fitted.
    fits : mapping
        The same for the topics of the documents on which trends are estimated: the fits
        themselves, or their transfers, after the edits of the user.
    choice : Task, optional
        Where the number of topics was chosen, if it was not given.
    check : Task, optional
        What a sample does to the shares.
    groups : Task, optional
        Topics in groups of documents, if a column of them is named.
    shapes : Task, optional
        Seasons, curves, bursts, changes, forecasts and words, if they are looked for.
    analysis, figures, report : Task
    drawn : Task, optional
        Where the documents were drawn from shards.
    """

    config: RunConfig
    inputs: Inputs
    learnt: Fits
    fits: Fits
    choice: Task | None
    check: Task | None
    groups: Task | None
    shapes: Task | None
    analysis: Task
    figures: Task
    report: Task
    drawn: Task | None = None

    @property
    def need(self) -> Need:
        """The whole run, with its memory."""
        return Need([self.report], sizes(self.config, self.inputs), self.config.models.workers)


def inputs(
    config: RunConfig, corpus: Task, whole: Corpus, label: str = "", words: Task | None = None
) -> Inputs:
    """The tasks before the first fit, for a corpus that has been read.

    ``label`` tells them from others; ``words`` are the terms of a sample, counted in all shards.

    Raises
    ------
    UsageError
        If a setting cannot mean anything for these documents.
    """
    samples.check_sample(config, len(whole))
    clusters = [b for b in config.models.backends if BACKENDS.load(b).needs_embeddings]
    chunks.check(config.text.chunks, clusters, whole)
    drawn = samples.draw_sample(whole, config)
    parts = drawn or splits.draw_split(whole, config)
    split = None
    if parts is not None:
        if drawn is None:
            splits.check_split(parts, config)
        split = (samples.sample if drawn else splits.divide)(label, corpus=corpus, config=config)
    counted = terms.count(label, corpus=corpus, split=split, whole=words, text=config.text)
    if not clusters:
        return Inputs(whole, parts, corpus, split, counted, None, None, None)
    vectors = learnt = embedded = embedding.task_of(corpus, whole, config.embed)
    if split is not None and parts is not None:
        learnt = splits.divide_vectors(label, vectors=embedded, split=split)
        # Where trends are estimated on all documents, their vectors are not written again.
        vectors = learnt if parts.among is None else embedded
    return Inputs(whole, parts, corpus, split, counted, embedded, vectors, learnt)


def fits_of(config: RunConfig, given: Inputs) -> Fits:
    """The fits of a run, one per backend and seed, on the documents for learning."""
    out: Fits = {}
    fingerprint = given.learning.fingerprint
    for backend in config.models.backends:
        model = BACKENDS.load(backend)
        # Checked here, before anything is computed, and written out in full.
        settings = asdict(model.read_settings(config.models.settings.get(backend, {})))
        out[backend] = {
            seed: fits.fit(
                f"{backend}:{seed}",
                terms=given.terms,
                vectors=given.learnt if model.needs_embeddings else None,
                backend=backend,
                seed=seed,
                n_topics=config.models.number,
                settings=settings,
                part=chunks.place(given.part, config.text.chunks),
                documents=fingerprint,
            )
            for seed in seeds_from(config.rng, backend, config.models.seeds)
        }
    return out


def transfer_of(fit: Task, given: Inputs, near: Task | None) -> Task:
    """The task that gives the documents on which trends are estimated their topics of a fit."""
    clusters = fit.inputs["vectors"] is not None
    return fits.transfer(
        fit.label,
        fit=fit,
        terms=given.terms,
        vectors=given.vectors if clusters else None,
        learnt=given.learnt if clusters else None,
        near=near if clusters else None,
        part=splits.LEARN,
        documents=given.estimated.fingerprint,
    )


def build(config: RunConfig, given: Inputs, choice: Task | None = None) -> Pipeline:
    """All tasks of a run whose number of topics is known; nothing is computed."""
    check_sense(config, given.documents)
    learnt = fits_of(config, given)
    found, check = learnt, None
    if given.split is not None:
        near = None
        by_neighbours = (BACKENDS.load(b).new_rule == "neighbours" for b in learnt)
        if given.vectors is not None and any(by_neighbours):
            near = fits.nearest(
                vectors=given.vectors, learnt=given.learnt, split=given.split, part=splits.LEARN
            )
        found = {
            backend: {seed: transfer_of(fit, given, near) for seed, fit in by_seed.items()}
            for backend, by_seed in learnt.items()
        }
        if isinstance(given.parts, samples.Sample):
            check = samples.check(corpus=given.corpus, fits=learnt, transfers=found, config=config)
    found = edited(found, config, given)
    analysed = analysis.analyse_fits(
        corpus=given.corpus,
        split=given.split,
        terms=given.terms,
        vectors=given.vectors,
        fits=found,
        choice=choice,
        sample_check=check,
        config=config,
        depends={**names.inputs(config.labels.path), **edits_file.inputs(config.edits)},
    )
    drawn = figures.draw(analysis=analysed, config=config)
    grouped = None
    if config.groups.by:
        grouped = groups.compare(
            corpus=given.corpus, split=given.split, analysis=analysed, fits=found, config=config
        )
    shaped = None
    if config.shapes.look:
        shaped = shapes.find(
            corpus=given.corpus,
            split=given.split,
            terms=given.terms,
            analysis=analysed,
            fits=found,
            config=config,
        )
    page = report.compose(
        corpus=given.corpus,
        split=given.split,
        terms=given.terms,
        analysis=analysed,
        figures=drawn,
        groups=grouped,
        shapes=shaped,
        config=config,
    )
    return Pipeline(
        config, given, learnt, found, choice, check, grouped, shaped, analysed, drawn, page
    )


def edited(found: Fits, config: RunConfig, given: Inputs) -> Fits:
    """The fits of models whose topics the user edited, after the edits; the others as they are."""
    depends = edits_file.inputs(config.edits)
    edits, rng = edits_file.read(config.edits), seeds_from(config.rng, "edits", 1)[0]
    return {
        backend: {
            seed: edit(
                fit.label,
                depends=depends,
                fit=fit,
                terms=given.terms,
                backend=backend,
                path=config.edits,
                rng=rng,
            )
            for seed, fit in by_seed.items()
        }
        if edits.of(backend)
        else by_seed
        for backend, by_seed in found.items()
    }


def plan(engine: Engine, config: RunConfig) -> Generator[Need, bool, Pipeline]:
    """Read the corpus, choose the number of topics if it is not given, and lay out the run.

    Raises
    ------
    TrendsError
        If the corpus cannot be read or a setting cannot mean anything.
    """
    corpus = corpora.task_of(config)
    yield Need([corpus], look=True)
    whole = documents.load(engine.folder(corpus))
    return (yield from plan_documents(engine, config, corpus, whole))


def plan_documents(
    engine: Engine, config: RunConfig, corpus: Task, whole: Corpus, words: Task | None = None
) -> Generator[Need, bool, Pipeline]:
    """Lay out the run for documents that are there; see :func:`plan` and :func:`inputs`."""
    if config.models.n_topics != "auto":
        return build(config, inputs(config, corpus, whole, words=words))
    # Two topics stand for the number in checks and estimates of memory that come before it.
    config = topic_number.with_number(config, 2)
    given = inputs(config, corpus, whole, words=words)
    check_sense(config, whole)
    choice = topic_number.task_of(
        config,
        len(given.parts.learn) if given.parts else len(whole),
        given.terms,
        given.learnt,
        part=chunks.place(given.part, config.text.chunks),
        fingerprint=given.learning.fingerprint,
        workers=config.models.workers,
    )
    done = yield Need(
        [given.terms, choice], sizes(config, given), config.models.workers, decides=True
    )
    if done:
        number = topic_number.read_choice(engine.folder(choice))["n_topics"]
        config = topic_number.with_number(config, int(number))
    return build(config, inputs(config, corpus, whole, words=words), choice)


def check_sense(config: RunConfig, corpus: Corpus) -> None:
    """Refuse what could only fail later, after the models were fitted.

    Raises
    ------
    UsageError, DataError
        With what is wrong and what to do.
    """
    if config.plan:
        plans.read(Path(config.plan))
    n = config.models.number
    if n >= len(corpus):
        holds = f"{len(corpus)} document{'s' if len(corpus) > 1 else ''}"
        message = (
            f"models.n_topics is {n}, but {config.corpus.path} holds {holds}; ask for fewer topics "
            "than documents, or read more documents."
        )
        raise UsageError(message)
    if config.prevalence.standardize_by:
        from trends.runs.tasks.analysis_parts import standardized

        standardized.strata(corpus, config.prevalence.standardize_by)
    groups.check(corpus, config)
    clusters_of(corpus, config.prevalence.cluster)
    # Raises if no document is dated, or if dates are coarser than the period.
    periods_of(corpus, **config.prevalence.calendar)


def sizes(config: RunConfig, given: Inputs) -> Sizes:
    """What can be known of a run's memory before anything is counted."""
    n_fits = len(config.models.backends) * config.models.seeds
    n = len(given.documents)
    whole = _size(given.documents, config, n, n_fits)
    learnt = (
        _size(given.documents, config, len(given.parts.learn), n_fits) if given.parts else whole
    )
    return Sizes(config, whole, learnt)


def _size(corpus: Corpus, config: RunConfig, documents: int, fits: int) -> Size:
    characters, entries = 0, 0
    if corpus.counts is not None:
        entries = int(corpus.counts.matrix.nnz)
    elif corpus.has_text:
        frame = corpus.documents
        characters = int(frame["text"].str.len().sum() + frame["title"].str.len().sum())
        entries = characters // CHARACTERS
    part = documents / max(len(corpus), 1)
    needs = any(BACKENDS.load(b).needs_embeddings for b in config.models.backends)
    size = _dimensions(corpus, config) if needs else 0
    return Size(
        documents,
        round(part * characters),
        round(part * entries),
        size,
        config.models.number,
        fits,
    )


def _dimensions(corpus: Corpus, config: RunConfig) -> int:
    """Numbers of a vector, as far as can be told without making one."""
    if corpus.embeddings is not None and not config.embed.path:
        return int(corpus.embeddings.shape[1])
    if config.embed.model == "precomputed" and config.embed.path.endswith(".npy"):
        try:
            vectors = np.load(Path(config.embed.path), mmap_mode="r", allow_pickle=False)
            return int(vectors.shape[1])
        except (OSError, ValueError, IndexError):
            return OTHER_DIMENSIONS  # the task that reads the file says what is wrong with it
    return DIMENSIONS.get(config.embed.model, OTHER_DIMENSIONS)
