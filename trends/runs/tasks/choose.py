"""``n_topics = "auto"``: fit candidates, choose the number of topics by what recurs, and go on with it as though it had been given."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trends import files, store
from trends.core import Corpus, TermCounts, Topics
from trends.core.rng import Rng, seed_from, seeds_from
from trends.errors import DataError, UsageError
from trends.models import BACKENDS
from trends.runs.config.settings import EmbedConfig, RunConfig, TextConfig
from trends.runs.engine import memory
from trends.runs.engine.cache import Cache, Stage
from trends.runs.engine.executor import FitJob, fit_all, fit_one
from trends.runs.engine.lock import alone_in
from trends.runs.studies import road as roads
from trends.runs.tasks import prepare
from trends.runs.tasks.inputs import prepare_inputs

if TYPE_CHECKING:
    from trends.analysis.quality.topic_number import Choice

#: Largest settings of fits that only serve the choice: shorter chains and fewer starts find the
#: same topics, and ``experiments/planted/auto.py`` measures the choice that is made with them.
SHORT: dict[str, dict[str, int]] = {
    "gibbs-lda": {"iterations": 150, "burn_in": 100, "starts": 1, "start_sweeps": 50},
    "kmeans": {"starts": 3},
}
#: Candidates that are fitted before it is asked whether they are enough, first and later: starting
#: workers takes seconds.
FIRST, NEXT = 4, 2


def voters(backends: Sequence[str]) -> tuple[str, ...]:
    """The first backend of each family: two of one family agree for reasons of their own."""
    by_family: dict[str, str] = {}
    for name in backends:
        by_family.setdefault(BACKENDS.load(name).family, name)
    return tuple(by_family.values())


def short_settings(backend: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a fit that serves the choice, checked and written out in full."""
    model = BACKENDS.load(backend)
    usual = asdict(model.read_settings())
    # A value that stands for "by size" is no limit.
    limits = {key: value for key, value in given.items() if value != usual.get(key)}
    short = {
        key: min(value, limits.get(key, value)) for key, value in SHORT.get(backend, {}).items()
    }
    return asdict(model.read_settings({**given, **short}))


def candidates_for(n_documents: int, given: Sequence[int]) -> tuple[int, ...]:
    """The candidates that were given, else a geometric grid; ascending.

    Raises
    ------
    UsageError
        If a given candidate cannot be fitted to so few documents.
    """
    from trends.analysis.quality.topic_number import default_candidates

    out = tuple(sorted(set(given))) or default_candidates(n_documents)
    if out[-1] >= n_documents:
        message = f"The candidate {out[-1]} for the number of topics needs more than {n_documents} documents; leave it out of models.candidates."
        raise UsageError(message)
    return out


def choose_topics(
    corpus: Corpus,
    backends: Sequence[str] = ("gibbs-lda", "bertopic"),
    *,
    candidates: Sequence[int] = (),
    seeds: int = 3,
    rng: Rng,
    embeddings: NDArray[np.floating[Any]] | None = None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
) -> Choice:
    """Choose the number of topics by what recurs over seeds and by the agreement of families.

    Parameters
    ----------
    corpus : Corpus
        Documents, dated or not.
    backends : sequence of str
        The first one of each family is fitted.
    candidates : sequence of int
        Numbers to try, all of them; none named means 4, 6, 8, 11, 16, … until no more topics recur,
        at most one for every ten documents.
    seeds : int
        Fits per candidate and backend, at least 2.
    rng : int or numpy.random.Generator
        The seeds of all fits are spawned from it.
    embeddings : ndarray, shape (documents, dimensions), optional
        Vectors in corpus order; without them, those of the corpus or of the packaged encoder.
    settings : mapping of str to mapping, optional
        Backend → its settings. Chains of ``gibbs-lda`` are cut short for the choice
        (``trends.runs.tasks.choose.SHORT``).

    Returns
    -------
    Choice
        ``n_topics``, ``curve`` (a frame, see :class:`trends.analysis.quality.topic_number.Choice`),
        ``reasons``; draw it with :func:`trends.plots.candidates`.

    Raises
    ------
    UsageError
        If there are fewer than two seeds, or no candidate can be fitted.
    """
    if seeds < 2:
        message = f"Topics that recur need at least 2 seeds; got {seeds}."
        raise UsageError(message)
    counts, _ = prepare.choose_terms(prepare.all_counts(corpus, TextConfig()), TextConfig())
    if embeddings is None and any(BACKENDS.load(b).needs_embeddings for b in backends):
        embeddings, _ = prepare.vectors(corpus, EmbedConfig())
    return choose_among(
        counts,
        backends=backends,
        candidates=candidates,
        seeds=seeds,
        rng=rng,
        embeddings=embeddings,
        settings=settings,
    )


def choose_among(
    counts: TermCounts,
    *,
    backends: Sequence[str],
    candidates: Sequence[int] = (),
    seeds: int = 3,
    rng: Rng,
    embeddings: NDArray[Any] | None = None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
) -> Choice:
    """As :func:`choose_topics`, from the counts of the modelling vocabulary."""
    from trends.analysis.quality.topic_number import search

    rng = seed_from(rng)
    own = {b: short_settings(b, (settings or {}).get(b, {})) for b in voters(backends)}
    missing: dict[str, str] = {}

    def fit(k: int) -> dict[str, list[Topics]]:
        out = {}
        for backend, options in own.items():
            model = BACKENDS.load(backend)
            try:
                out[backend] = [
                    model(counts, n_topics=k, seed=s, embeddings=embeddings, settings=options)
                    for s in seeds_from(rng, backend, seeds)
                ]
            except UsageError as error:
                missing[f"{backend}, {k} topics"] = str(error)
        return out

    grid = candidates_for(counts.n_documents, candidates)
    return _with_missing(
        search(
            fit, grid, early=not candidates, reference=counts, rng=seeds_from(rng, "n_topics", 1)[0]
        ),
        missing,
    )


def resolve(
    config: RunConfig, out: Path, report: roads.Report | None = None
) -> tuple[RunConfig, Stage | None]:
    """The settings with a number in the place of "auto", and the stage in which it was chosen; settings with a number come back as they are.

    Finished fits and the finished choice are kept in ``<out>/.cache``, so that a second call only
    looks the number up.

    Raises
    ------
    TrendsError
        If the corpus cannot be read, a setting cannot mean anything, or no candidate can be fitted.
    """
    if config.models.n_topics != "auto":
        return config, None
    road, stage = lay_out(config)
    cache = Cache(out / ".cache")
    if cache.find(stage) is None:
        with alone_in(out):
            cache.sweep()
            cache.make(
                stage,
                lambda folder: _Search(road, stage, cache, report or (lambda *_: None)).write(
                    folder
                ),
            )
    return with_number(config, int(_read(cache.folder(stage))["n_topics"])), stage


def look(config: RunConfig, out: Path) -> tuple[RunConfig, Stage | None, bool]:
    """As :func:`resolve`, but nothing is fitted: where the number is not known yet, a stand-in takes its place and the last value is false."""
    if config.models.n_topics != "auto":
        return config, None, True
    _, stage = lay_out(config)
    folder = Cache(out / ".cache").find(stage)
    return (
        with_number(config, int(_read(folder)["n_topics"]) if folder else 2),
        stage,
        folder is not None,
    )


def lay_out(config: RunConfig) -> tuple[roads.Road, Stage]:
    """The road of the run with a stand-in for the number, and the stage of the choice."""
    road = roads.lay_out(with_number(config, 2))
    n_documents = len(road.learning.parts.learn) if road.learning else len(road.corpus)
    m = config.models
    names = voters(m.backends)
    pattern = {b: next(iter(road.learnt[b].values())) for b in names}
    what = {
        "fits": {
            b: {
                **s.inputs,
                "n_topics": "auto",
                "seed": seeds_from(config.rng, b, m.candidate_seeds),
            }
            for b, s in pattern.items()
        },
        "settings": {b: short_settings(b, m.settings.get(b, {})) for b in names},
        "candidates": candidates_for(n_documents, m.candidates),
        "early": not m.candidates,
        "seed": seeds_from(config.rng, "n_topics", 1)[0],
    }
    packages = tuple(dict.fromkeys(p for s in pattern.values() for p in s.packages))
    return road, Stage(
        "topic-number", files.plain(what), ("analysis", "models", "runs/tasks/choose"), packages
    )


def with_number(config: RunConfig, n_topics: int) -> RunConfig:
    """The same settings with this number of topics."""
    return config.model_copy(
        update={"models": config.models.model_copy(update={"n_topics": n_topics})}
    )


def add_to_analysis(folder: Path, choice: Path) -> None:
    """Put the curve beside the tables of the run, and the choice into its notes."""
    shutil.copyfile(choice / "topic_number.csv", folder / "topic_number.csv")
    notes = json.loads((folder / "analysis.json").read_text(encoding="utf-8"))
    chosen = _read(choice)
    notes["topic_number"] = chosen
    notes["summary"] = [
        f"{chosen['n_topics']} topics, chosen by what recurs: {chosen['reasons'][0]}",
        *notes["summary"],
    ]
    if not chosen["settled"]:
        notes["warnings"].append(f"The number of topics is a makeshift. {chosen['reasons'][-1]}")
    notes["seeds"] |= {f"topic number {b}": seeds for b, seeds in chosen["seeds"].items()}
    files.write_json(folder / "analysis.json", notes)


class _Search:
    """One choice in the making: candidates are fitted through the cache, several at a time."""

    def __init__(self, road: roads.Road, stage: Stage, cache: Cache, say: roads.Report) -> None:
        self.road, self.stage, self.cache, self.say = road, stage, cache, say
        self.candidates: list[int] = list(stage.inputs["candidates"])
        self.early = bool(stage.inputs["early"])
        self.missing: dict[str, str] = {}
        self.workers = memory.workers_for(road)
        self.done = 0

    def write(self, folder: Path) -> dict[str, Any]:
        from trends.analysis.quality.topic_number import search

        self.inputs = prepare_inputs(self.road, self._step)
        reference = store.read_counts(self.inputs.learn_terms)
        found = search(
            self._fits,
            self.candidates,
            early=self.early,
            reference=reference,
            rng=int(self.stage.inputs["seed"]),
        )
        found = _with_missing(found, self.missing)
        files.write_csv(folder / "topic_number.csv", found.curve)
        seeds = {b: inputs["seed"] for b, inputs in self.stage.inputs["fits"].items()}
        files.write_json(
            folder / "topic_number.json",
            files.plain({"asked": "auto", **found.summary(), "seeds": seeds}),
        )
        return {}

    def _step(self, stage: Stage, write: Any) -> Path:
        folder = self.cache.find(stage)
        if folder is None:
            self._say(stage.name, "start")
            folder = self.cache.make(stage, write)
        return folder

    def _say(self, name: str, state: str) -> None:
        self.say(f"topic-number: {name}", state, self.done, len(self.candidates))

    def _fits(self, k: int) -> dict[str, list[Topics]]:
        at = self.candidates.index(k)
        starts = at == 0 or (at >= FIRST and (at - FIRST) % NEXT == 0)
        wave = (
            self.candidates[at : at + (NEXT if at else FIRST)]
            if self.early
            else self.candidates[at:]
            if at == 0
            else []
        )
        if wave and (starts or not self.early):
            self._fit([job for c in wave for jobs in self._jobs(c).values() for job in jobs])
        self.done = at + 1
        self._say(f"{k} topics", "done")
        made = {
            b: [self.cache.find(job.stage) for job in jobs] for b, jobs in self._jobs(k).items()
        }
        return {
            b: [store.read_topics(f) for f in folders if f]
            for b, folders in made.items()
            if all(folders)
        }

    def _jobs(self, k: int) -> dict[str, list[FitJob]]:
        """The fits of a candidate. Stages are called like those of the run, so that equal work has an equal place."""
        out = {}
        for backend, inputs in self.stage.inputs["fits"].items():
            pattern = next(iter(self.road.learnt[backend].values()))
            settings = dict(self.stage.inputs["settings"][backend])
            vectors = self.inputs.learn_vectors if inputs["vectors"] else None
            out[backend] = [
                FitJob(
                    Stage(
                        f"fit:{backend}:{s}",
                        {**inputs, "n_topics": k, "seed": s, "settings": settings},
                        pattern.rooms,
                        pattern.packages,
                    ),
                    backend,
                    s,
                    k,
                    settings,
                    self.inputs.learn_terms,
                    vectors,
                    self.inputs.learnt_on,
                )
                for s in inputs["seed"]
            ]
        return out

    def _fit(self, jobs: list[FitJob]) -> None:
        left = [j for j in jobs if self.cache.find(j.stage) is None]
        for job in left:
            shutil.rmtree(self.cache.folder(job.stage), ignore_errors=True)
        if left:
            self._say(f"{left[0].n_topics} topics", "start")
        try:
            fit_all(left, self.cache, self.workers, lambda _: None)
        except UsageError:
            # One of them cannot be had (so many clusters, say); the others are made one by one, and
            # it is counted.
            for job in [j for j in left if self.cache.find(j.stage) is None]:
                array = store.read_vectors(job.embeddings) if job.embeddings else None
                try:
                    fit_one(job, store.read_counts(job.counts), array, self.cache)
                except UsageError as error:
                    self.missing[f"{job.backend}, {job.n_topics} topics"] = str(error)


def _with_missing(choice: Choice, missing: Mapping[str, str]) -> Choice:
    said = tuple(f"No fits of {what}: {why}" for what, why in missing.items())
    return replace(choice, reasons=(*choice.reasons, *said))


def _read(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / "topic_number.json").read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        message = f"The chosen number of topics in {folder} cannot be read; delete that folder and run again."
        raise DataError(message) from error
