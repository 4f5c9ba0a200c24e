"""The whole road: read, count, embed, fit, analyse, draw, report, publish."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from trends import files, store
from trends.core import Corpus, Topics
from trends.errors import DataError, StorageError, UsageError
from trends.models import BACKENDS
from trends.runs import analyse, audit, choose, compose, draw, fixed_mix, names, prepare, publish, split
from trends.runs.cache import Cache, Stage
from trends.runs.config import RunConfig
from trends.runs.fits import FitJob, fit_all
from trends.runs.seeds import spawn
from trends.sources import read_corpus

#: Called with (stage, state, done, total); state is "cached", "start" or "done".
Report = Callable[[str, str, int, int], None]

NUMERICS = ("numpy", "scipy", "pandas")


@dataclass(frozen=True)
class Road:
    """The stages of one run, each with the key of its result; made without computing anything but the corpus.

    With ``[split]`` on, ``corpus``, ``terms``, ``vectors`` and ``fits`` are about the documents on which trends are estimated, and
    ``learning`` holds what comes before them.
    """

    config: RunConfig
    corpus: Corpus
    terms: Stage
    vectors: Stage | None
    fits: dict[str, dict[int, Stage]]
    analysis: Stage
    figures: Stage
    report: Stage
    learning: Learning | None = None
    #: Where the number of topics was chosen, if it was not given.
    chosen: Stage | None = None

    @property
    def learnt(self) -> dict[str, dict[int, Stage]]:
        """The stages in which a model is fitted."""
        return self.learning.fits if self.learning else self.fits

    @property
    def stages(self) -> list[Stage]:
        """All stages in the order in which they run."""
        fits = [s for by_seed in self.fits.values() for s in by_seed.values()]
        number = [self.chosen] if self.chosen else []
        out = [self.terms, *([self.vectors] if self.vectors else []), *number, *fits, self.analysis, self.figures, self.report]
        if (before := self.learning) is not None:
            learnt = [s for by_seed in before.fits.values() for s in by_seed.values()]
            made = [before.table, self.terms, *[s for s in (before.vectors, self.vectors) if s]]
            out = [*made, *number, *learnt, *fits, *out[-3:]]
        return out


@dataclass(frozen=True)
class Learning:
    """What a run with a split does before topics and trends meet: the draw, the vectors of the whole corpus, fits on one part."""

    corpus: Corpus
    parts: split.Split
    table: Stage
    vectors: Stage | None
    fits: dict[str, dict[int, Stage]]


@dataclass(frozen=True)
class Inputs:
    """Where counts and vectors lie: those that trends are estimated on, and those that topics are learnt on (the same without a split)."""

    terms: Path
    vectors: Path | None
    learn_terms: Path
    learn_vectors: Path | None
    #: Fingerprint of the documents that topics are learnt on.
    learnt_on: str
    #: Vectors of all documents.
    embedded: Path | None
    #: Which documents do what, with a split.
    table: Path | None = None


def lay_out(config: RunConfig, chosen: Stage | None = None) -> Road:
    """Read the corpus and name every stage of the run; ``chosen`` is the stage in which the number of topics was, if it was not given.

    Raises
    ------
    TrendsError
        If the corpus cannot be read or a setting cannot mean anything.
    """
    corpus = read_corpus([config.corpus.path], source=config.corpus.source, **config.corpus.options())
    _check_sense(config, corpus)
    whole, parts = corpus, split.draw(corpus, config)
    table = None
    terms = Stage(
        "terms",
        {"corpus": corpus.fingerprint, "text": config.text.model_dump()},
        ("text", "runs/prepare"),
        ("gensim", "scikit-learn", *NUMERICS),
    )
    if parts is not None:
        rows = {"corpus": whole.fingerprint, "estimate": parts.estimate, "seed": parts.seed, "outside": parts.outside}
        table = Stage("split", files.plain(rows), ("runs/split",), NUMERICS)
        terms = replace(terms, inputs={**terms.inputs, "split": table.key}, rooms=(*terms.rooms, "runs/split"))
        corpus = split.part(whole, parts.estimate, parts.sentence)
    backends = {name: BACKENDS.load(name) for name in config.models.backends}
    vectors = None
    if any(b.needs_embeddings for b in backends.values()):
        packages = ("sentence-transformers", "transformers", "torch", *NUMERICS)
        vectors = Stage("vectors", prepare.vector_inputs(whole, config.embed), ("embed", "runs/prepare"), packages)
    all_vectors = vectors
    if vectors is not None and table is not None:
        vectors = Stage("parts", {"vectors": vectors.key, "split": table.key}, ("runs/split",), NUMERICS)
    fits: dict[str, dict[int, Stage]] = {}
    for backend, model in backends.items():
        inputs = {
            "backend": backend,
            "terms": terms.key,
            "vectors": vectors.key if vectors and model.needs_embeddings else None,
            "n_topics": config.models.number,
            # Checked here, before anything is computed, and written out in full.
            "settings": asdict(model.settings(config.models.settings.get(backend, {}))),
        }
        seeds = spawn(config.rng, backend, config.models.seeds)
        packages = (*model.packages, *NUMERICS)
        fits[backend] = {s: Stage(f"fit:{backend}:{s}", {**inputs, "seed": s}, ("models",), packages) for s in seeds}
    learning = None
    if parts is not None and table is not None:
        learning = Learning(whole, parts, table, all_vectors, fits)
        fits = {b: {seed: transfer_stage(s) for seed, s in by_seed.items()} for b, by_seed in fits.items()}
    keys = [s.key for by_seed in fits.values() for s in by_seed.values()]
    what = {"corpus": corpus.fingerprint, "fits": keys, "vectors": vectors.key if vectors else None, "rng": config.rng}
    until = f"{corpus.observed_from} to {corpus.observed_until}"
    analysis = Stage(
        "analysis",
        {
            **what,
            "until": until,
            "prevalence": config.prevalence.model_dump(),
            "guards": config.guards.model_dump(),
            **names.inputs(config.labels),
            "map": config.figures.map,
            "audit": audit.inputs(corpus),
        },
        (
            "analysis",
            "text/near_duplicates",
            "models/layout2d",
            "models/reduction",
            *(
                f"runs/{n}"
                for n in (
                    "analyse",
                    "aligned",
                    "tables",
                    "figure_tables",
                    "guard",
                    "power",
                    "names",
                    "fixed_mix",
                    "audit",
                    "reading",
                )
            ),
            *audit.ROOMS,
        ),
        ("statsmodels", "umap-learn", *NUMERICS),
    )
    figures = Stage(
        "figures",
        {"analysis": analysis.key, "figures": config.figures.model_dump(), "name": config.name},
        ("plots", "runs/draw", "runs/audit"),
        ("matplotlib", "cmcrameri"),
    )
    notes = files.plain({"notes": corpus.notes, "config": config.model_dump(exclude={"models": {"workers"}})})
    report = Stage("report", {"figures": figures.key, **notes}, ("reports", "runs/compose"), ("jinja2",))
    return Road(config, corpus, terms, vectors, fits, analysis, figures, report, learning, chosen)


def transfer_stage(fit: Stage) -> Stage:
    """The stage that gives the other documents their topics of a fit; counts and vectors of both parts are those of the fit's own inputs."""
    return Stage(fit.name.replace("fit:", "transfer:", 1), {"fit": fit.key, **fit.inputs}, ("models", "runs/split"), NUMERICS)


def _check_sense(config: RunConfig, corpus: Corpus) -> None:
    """Refuse what could only fail later, after the models were fitted."""
    n = config.models.number
    if n >= len(corpus):
        message = (
            f"models.n_topics is {n}, but {config.corpus.path} holds {len(corpus)} document{'s' if len(corpus) > 1 else ''}; "
            "ask for fewer topics than documents, or read more documents."
        )
        raise UsageError(message)
    if config.prevalence.weights == "fixed-mix":
        fixed_mix.strata(corpus, config.prevalence.mix)
    # Raises if no document is dated, or if dates are coarser than the period.
    analyse.periods_of(corpus, period=config.prevalence.period, imprecise=config.prevalence.imprecise)


def plan(config: RunConfig, out: Path) -> list[dict[str, Any]]:
    """What a run would do: each stage, and whether its result is kept from before."""
    config, chosen, known = choose.look(config, out)
    road, cache = lay_out(config, chosen), Cache(out / ".cache")
    # Without a number it is not known which fits there will be: what comes after the choice is not kept.
    after = set() if known or chosen is None else {s.key for s in road.stages[road.stages.index(chosen) :]}
    return [{"stage": s.name, "cached": s.key not in after and cache.find(s) is not None} for s in road.stages]


def run(config: RunConfig, out: Path, *, report: Report | None = None) -> dict[str, Any]:
    """Carry out a run and publish its files.

    Parameters
    ----------
    config : RunConfig
        All settings.
    out : Path
        Folder of the results. Finished stages are kept in ``<out>/.cache``; the files of an earlier run stay as they
        are until every stage of this one is done.
    report : callable, optional
        Called with (stage, state, done, total).

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    TrendsError
        With one sentence that says what is wrong, where, and what to do.
    """
    say = report or (lambda *_: None)
    config, chosen = choose.resolve(config, out, say)
    road = lay_out(config, chosen)
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = FileLock(out / ".lock")
        lock.acquire(timeout=0)
    except Timeout as error:
        message = f"Another run is writing to {out}; wait for it to end, or choose another folder with --out."
        raise StorageError(message) from error
    except OSError as error:
        raise files.storage_error(error, out) from error
    try:
        return _run(road, out, Cache(out / ".cache"), say)
    finally:
        lock.release()


def _run(road: Road, out: Path, cache: Cache, say: Report) -> dict[str, Any]:
    sweep(cache.root)
    total, done = len(road.stages), 0
    cached: dict[str, bool] = {}

    def step(stage: Stage, write: Callable[[Path], dict[str, Any]]) -> Path:
        nonlocal done
        folder = cache.find(stage)
        cached[stage.name] = folder is not None
        if folder is None:
            say(stage.name, "start", done, total)
            folder = cache.make(stage, write)
        done += 1
        say(stage.name, "cached" if cached[stage.name] else "done", done, total)
        return folder

    given = prepare_inputs(road, step)
    if road.chosen:
        step(road.chosen, _no_choice)
    jobs = []
    for backend, by_seed in road.learnt.items():
        for seed, stage in by_seed.items():
            cached[stage.name] = cache.find(stage) is not None
            if cached[stage.name]:
                done += 1
                say(stage.name, "cached", done, total)
                continue
            if cache.folder(stage).exists():
                shutil.rmtree(cache.folder(stage), ignore_errors=True)
            settings = dict(stage.inputs["settings"])
            uses = given.learn_vectors if stage.inputs["vectors"] else None
            n_topics, about = road.config.models.number, given.learnt_on
            jobs.append(FitJob(stage, backend, seed, n_topics, settings, given.learn_terms, uses, about))

    def fitted(name: str) -> None:
        nonlocal done
        done += 1
        say(name, "done", done, total)

    if jobs:
        say(jobs[0].stage.name, "start", done, total)
    fit_all(jobs, cache, road.config.models.workers, fitted)
    for backend, by_seed in road.fits.items() if road.learning else ():
        for seed, stage in by_seed.items():
            fit, uses = cache.folder(road.learnt[backend][seed]), given.vectors if stage.inputs["vectors"] else None
            about = road.corpus.fingerprint
            step(stage, partial(split.write_transfer, fit=fit, terms=given.terms, vectors=uses, fingerprint=about))

    def load_fits() -> dict[str, list[Topics]]:
        return {b: [store.read_topics(cache.folder(s)) for s in by_seed.values()] for b, by_seed in road.fits.items()}

    def write_analysis(folder: Path) -> dict[str, Any]:
        info = analyse.write(folder, road.corpus, given.terms, given.vectors, load_fits(), road.config)
        audit.write_of_run(folder, road.corpus, road.config)
        if road.chosen:
            choose.add_to_analysis(folder, cache.folder(road.chosen))
        return info

    analysis = step(road.analysis, write_analysis)
    figures = step(road.figures, lambda folder: draw.write(folder, analysis, road.config))
    page = step(road.report, lambda folder: compose.write(folder, analysis, figures, road.corpus, road.config))
    folders = publish.Folders(
        given.terms,
        given.embedded,
        {b: {s: cache.folder(g) for s, g in f.items()} for b, f in road.fits.items()},
        analysis,
        figures,
        page,
        given.table,
    )
    timings = {s.name: cache.info(s).get("seconds") for s in road.stages}
    return publish.publish(out, road.corpus, road.config, folders, timings, cached)


def prepare_inputs(road: Road, step: Callable[[Stage, Callable[[Path], dict[str, Any]]], Path]) -> Inputs:
    """Carry out the stages before the first fit; ``step`` runs one stage, or finds its result."""
    before = road.learning
    if before is None:
        terms = step(road.terms, lambda folder: _write_terms(folder, road))
        vectors = step(road.vectors, lambda folder: _write_vectors(folder, road.corpus, road)) if road.vectors else None
        return Inputs(terms, vectors, terms, vectors, road.corpus.fingerprint, vectors)
    table = step(before.table, lambda folder: split.write_table(folder, before.corpus, before.parts))
    terms = step(road.terms, lambda folder: split.write_terms(folder, before.corpus, before.parts, road.config))
    embedded = vectors = None
    if before.vectors and road.vectors:
        made = step(before.vectors, lambda folder: _write_vectors(folder, before.corpus, road))
        embedded, vectors = made, step(road.vectors, lambda folder: split.write_vectors(folder, made, before.parts))
    learnt_on = split.part(before.corpus, before.parts.learn).fingerprint
    return Inputs(terms, vectors, terms / split.LEARN, vectors / split.LEARN if vectors else None, learnt_on, embedded, table)


def _no_choice(folder: Path) -> dict[str, Any]:
    message = f"The choice of the number of topics is not in {folder.parent}, though it was finished; run the same command again."
    raise DataError(message)


def _write_terms(folder: Path, road: Road) -> dict[str, Any]:
    counts, table = prepare.choose_terms(prepare.all_counts(road.corpus, road.config.text), road.config.text)
    store.write_counts(folder, counts)
    files.write_csv(folder / "terms.csv", table)
    return {"terms": counts.n_terms, "tokens": int(counts.tokens.sum()), "empty_documents": int((counts.tokens == 0).sum())}


def _write_vectors(folder: Path, corpus: Corpus, road: Road) -> dict[str, Any]:
    array, provenance = prepare.vectors(corpus, road.config.embed)
    with (folder / "vectors.npy").open("wb") as f:
        np.save(f, array, allow_pickle=False)
    return {"embedding": provenance}


def sweep(root: Path) -> None:
    """Remove what a killed run left half-written; under the lock nobody else writes here."""
    if root.is_dir():
        for part in root.glob(".*.part"):
            shutil.rmtree(part, ignore_errors=True) if part.is_dir() else part.unlink(missing_ok=True)
