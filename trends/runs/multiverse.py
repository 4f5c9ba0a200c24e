"""The claims of a run under every choice that the config lists: fits shared and cached, results published in one go."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from trends import files, store
from trends.analysis.multiverse import Specification, enumerate_specifications, simplified
from trends.embed import EMBEDDERS
from trends.embed.lsa import embed_counts
from trends.errors import DataError, StorageError, UsageError
from trends.models import BACKENDS
from trends.runs import compose, multiverse_tables, prepare, publish, recipe
from trends.runs.cache import Cache, Stage
from trends.runs.config import EmbedConfig, ModelsConfig, RunConfig
from trends.runs.fits import FitJob, fit_all, fit_one
from trends.runs.recipe import NUMERICS, Report, Road
from trends.runs.seeds import spawn
from trends.text.matched_length import matched_length
from trends.text.near_duplicates import near_duplicates

#: Code that makes the tables of a multiverse, beside the analysis itself.
ROOMS = ("analysis", "runs/multiverse_tables", "runs/multiverse")


@dataclass(frozen=True)
class Plan:
    """Every stage of a multiverse, each with the key of its result."""

    road: Road
    #: The full grid, and for each cell the specification that it is, as far as the settings tell before anything is fitted.
    grid: list[Specification]
    #: (deduplicate, length) → counts.
    counts: dict[tuple[bool, str], Stage]
    #: (embedding, deduplicate) → vectors.
    vectors: dict[tuple[str, bool], Stage]
    #: What a fit depends on → its stage.
    fits: dict[Specification, Stage]
    #: Rows of the documents that are kept when near duplicates are removed; ``None`` where there are none.
    unique: np.ndarray | None
    tables: Stage
    figures: Stage
    report: Stage
    spaces: dict[str, EmbedConfig | None] = field(default_factory=dict)

    @property
    def own(self) -> list[Stage]:
        """Stages that the run itself does not have, in the order in which they run."""
        known = {s.key for s in self.road.stages}
        made = [*self.counts.values(), *self.vectors.values(), *self.fits.values(), self.tables, self.figures, self.report]
        return [s for s in made if s.key not in known]

    def needs_embeddings(self, backend: str) -> bool:
        """Whether a backend looks at vectors."""
        return bool(BACKENDS.load(backend).needs_embeddings)


def lay_out(config: RunConfig) -> Plan:
    """Read the corpus and name every stage.

    Raises
    ------
    TrendsError
        If the corpus cannot be read or a setting cannot mean anything.
    """
    road = recipe.lay_out(config)
    m = config.multiverse
    backends = tuple(dict.fromkeys((*config.models.backends, *m.backend)))
    # The run's own stages are the pattern of all others, so that equal work has an equal key.
    wide = road
    if backends != config.models.backends or m.seeds > config.models.seeds:
        models = ModelsConfig(**{**config.models.model_dump(), "backends": backends, "seeds": max(m.seeds, config.models.seeds)})
        wide = recipe.lay_out(config.model_copy(update={"models": models}))
    unique = _unique(wide.corpus)
    spaces = _spaces(config) if wide.vectors else {}
    choices = levels(config, list(spaces))
    grid = enumerate_specifications(choices)
    counts, vectors, fits = {(False, "as-is"): wide.terms}, {}, {}
    if wide.vectors:
        vectors[next(iter(spaces)), False] = wide.vectors
    for cell in grid:
        needs = bool(BACKENDS.load(cell.backend).needs_embeddings)
        wanted = simplified(cell, needs_embeddings=needs, duplicates=unique is not None).fit
        if wanted in fits:
            continue
        of_counts = _counts_stage(counts, wide, wanted, config, unique)
        pattern = list(wide.fits[cell.backend].values())[cell.seed - 1]
        inputs = {**pattern.inputs, "n_topics": cell.n_topics, "terms": of_counts.key}
        if needs:
            inputs["vectors"] = _vectors_stage(vectors, wide, wanted, spaces, unique).key
        if inputs == pattern.inputs:
            fits[wanted] = pattern
        else:
            kind = [f"{cell.n_topics}-topics", *([wanted.embedding.replace("/", "-")] if needs else []), wanted.length]
            kind += ["unique"] if wanted.deduplicate else []
            fits[wanted] = replace(
                pattern, name=f"fit:{cell.backend}:{'-'.join(_plain(k) for k in kind)}:{pattern.inputs['seed']}", inputs=inputs
            )
    what = {
        "analysis": road.analysis.key,
        "fits": [(s.name, f.key) for s, f in fits.items()],
        "grid": [g.name for g in grid],
        "settings": config.multiverse.model_dump(),
        "prevalence": config.prevalence.model_dump(),
        "until": str(road.corpus.observed_until),
        "rng": config.rng,
    }
    tables = Stage("multiverse", files.plain(what), ROOMS, ("statsmodels", *NUMERICS))
    drawn = {"tables": tables.key, "figures": config.figures.model_dump(), "run": road.figures.key}
    figures = Stage("multiverse-figures", drawn, ("plots", "runs/multiverse_tables"), ("matplotlib", "cmcrameri"))
    page = Stage("multiverse-report", {"figures": figures.key, "run": road.report.key}, ("reports", "runs/compose"), ("jinja2",))
    return Plan(road, grid, counts, vectors, fits, unique, tables, figures, page, spaces)


def levels(config: RunConfig, spaces: list[str]) -> dict[str, list[Any]]:
    """Levels of every choice, the run's own first."""
    m, n = config.multiverse, config.models.n_topics

    def own_first(own: Any, others: Any) -> list[Any]:
        return list(dict.fromkeys([own, *others]))

    return {
        "backend": own_first(config.models.backends[0], m.backend or config.models.backends),
        "n_topics": own_first(n, m.n_topics or [k for k in (n * 5 // 6, n * 5 // 4) if k >= 2]),
        "seed": list(range(1, m.seeds + 1)),
        "embedding": spaces or ["none"],
        "theta": own_first(config.prevalence.theta, m.theta),
        "period_length": own_first(config.prevalence.period, m.period),
        "denominator": own_first("all", m.denominator),
        "deduplicate": own_first(False, m.deduplicate),
        "length": own_first("as-is", m.length),
    }


def plan(config: RunConfig, out: Path) -> list[dict[str, Any]]:
    """What a multiverse would do: each stage, and whether its result is kept from before."""
    laid, cache = lay_out(config), Cache(out / ".cache")
    return [{"stage": s.name, "cached": cache.find(s) is not None} for s in [*laid.road.stages, *laid.own]]


def run(config: RunConfig, out: Path, *, report: Report | None = None) -> dict[str, Any]:
    """Carry out the run, where it has not been, and all specifications; publish the tables, figures and the report.

    Parameters
    ----------
    config : RunConfig
        All settings; ``[multiverse]`` lists the choices.
    out : Path
        Folder of the results. Finished stages are kept in ``<out>/.cache``, those of the run and of every single fit among them, so
        that a stopped multiverse goes on where it was.
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
    laid = lay_out(config)
    cache = Cache(out / ".cache")
    before, total = len(laid.road.stages), len(laid.road.stages) + len(laid.own)
    if any(cache.find(s) is None for s in laid.road.stages):
        recipe.run(config, out, report=lambda stage, state, done, _: say(stage, state, done, total))
    try:
        lock = FileLock(out / ".lock")
        lock.acquire(timeout=0)
    except Timeout as error:
        message = f"Another run is writing to {out}; wait for it to end, or choose another folder with --out."
        raise StorageError(message) from error
    try:
        return _Work(laid, config, out, cache, say, before, total).carry_out()
    finally:
        lock.release()


@dataclass
class _Work:
    """One multiverse in the making."""

    plan: Plan
    config: RunConfig
    out: Path
    cache: Cache
    say: Report
    done: int
    total: int
    cached: dict[str, bool] = field(default_factory=dict)

    def carry_out(self) -> dict[str, Any]:
        laid, cache = self.plan, self.cache
        analysis, figures = (self._kept(s) for s in (laid.road.analysis, laid.road.figures))
        base = self._kept(laid.road.terms)
        for key, stage in laid.counts.items():
            self._step(stage, partial(self._write_counts, base=base, deduplicate=key[0], length=key[1]))
        for (space, deduplicate), stage in laid.vectors.items():
            self._step(stage, partial(self._write_vectors, space=space, deduplicate=deduplicate))
        failed = self._fit()
        tables = self._step(
            laid.tables,
            lambda folder: multiverse_tables.write(folder, analysis, laid, cache, self.config, failed, self.say_within),
        )
        drawn = self._step(laid.figures, lambda folder: multiverse_tables.draw(folder, tables, figures, self.config))
        page = self._step(laid.report, lambda folder: compose.write(folder, tables, drawn, laid.road.corpus, self.config))
        road = laid.road
        folders = publish.Folders(
            base,
            cache.folder(road.vectors) if road.vectors else None,
            {b: {s: cache.folder(g) for s, g in f.items()} for b, f in road.fits.items()},
            tables,
            drawn,
            page,
        )
        timings = {s.name: cache.info(s).get("seconds") for s in [*road.stages, *laid.own] if s.name not in failed}
        return publish.publish(self.out, road.corpus, self.config, folders, timings, self.cached)

    def say_within(self, name: str) -> None:
        """Progress inside the stage of the tables."""
        self.say(f"{self.plan.tables.name} ({name})", "start", self.done, self.total)

    def _kept(self, stage: Stage) -> Path:
        folder = self.cache.find(stage)
        if folder is None:
            message = f"The stage {stage.name} of the run is not in {self.cache.root}, though it was finished; run the same command again."
            raise DataError(message)
        self.cached[stage.name] = True
        return folder

    def _step(self, stage: Stage, write: Callable[[Path], dict[str, Any]]) -> Path:
        if stage.name in self.cached:
            return self.cache.folder(stage)
        folder = self.cache.find(stage)
        self.cached[stage.name] = folder is not None
        if folder is None:
            self.say(stage.name, "start", self.done, self.total)
            folder = self.cache.make(stage, write)
        if stage.key not in {s.key for s in self.plan.road.stages}:
            self.done += 1
            self.say(stage.name, "cached" if self.cached[stage.name] else "done", self.done, self.total)
        return folder

    def _fit(self) -> dict[str, str]:
        """Carry out the fits that are not kept; those that a backend cannot make come back with the reason."""
        laid, jobs = self.plan, []
        own = {s.key for s in laid.own}
        for wanted, stage in laid.fits.items():
            if self.cache.find(stage) is not None:
                self.cached[stage.name] = True
                if stage.key in own:
                    self.done += 1
                    self.say(stage.name, "cached", self.done, self.total)
                continue
            self.cached[stage.name] = False
            shutil.rmtree(self.cache.folder(stage), ignore_errors=True)
            needs = laid.needs_embeddings(wanted.backend)
            jobs.append(
                FitJob(
                    stage,
                    wanted.backend,
                    int(stage.inputs["seed"]),
                    wanted.n_topics,
                    dict(stage.inputs["settings"]),
                    self.cache.folder(laid.counts[wanted.deduplicate, wanted.length]),
                    self.cache.folder(laid.vectors[wanted.embedding, wanted.deduplicate]) if needs else None,
                    laid.road.corpus.fingerprint,
                )
            )

        def fitted(name: str) -> None:
            self.done += 1
            self.say(name, "done", self.done, self.total)

        if jobs:
            self.say(jobs[0].stage.name, "start", self.done, self.total)
        try:
            fit_all(jobs, self.cache, self.config.models.workers, fitted)
        except UsageError:
            return self._one_by_one([j for j in jobs if self.cache.find(j.stage) is None], fitted)
        return {}

    def _one_by_one(self, jobs: list[FitJob], fitted: Callable[[str], None]) -> dict[str, str]:
        """The fits that were left when one could not be made: a specification that cannot be had is counted, not fatal."""
        failed: dict[str, str] = {}
        for job in jobs:
            vectors = np.load(job.embeddings / "vectors.npy", allow_pickle=False) if job.embeddings else None
            try:
                fit_one(job, store.read_counts(job.counts), vectors, self.cache)
            except UsageError as error:
                failed[job.stage.name] = str(error)
            fitted(job.stage.name)
        return failed

    def _write_counts(self, folder: Path, base: Path, deduplicate: bool, length: str) -> dict[str, Any]:
        counts = store.read_counts(base)
        if length == "matched":
            counts = matched_length(counts, rng=length_seed(self.config))
        if deduplicate and self.plan.unique is not None:
            counts = counts.take_documents(self.plan.unique)
        store.write_counts(folder, counts)
        return {"settings": counts.settings}

    def _write_vectors(self, folder: Path, space: str, deduplicate: bool) -> dict[str, Any]:
        laid = self.plan
        if deduplicate and laid.unique is not None:
            whole = self._step(laid.vectors[space, False], partial(self._write_vectors, space=space, deduplicate=False))
            array = np.load(whole / "vectors.npy", allow_pickle=False)[laid.unique]
            provenance: Mapping[str, Any] = {"embedder": space, "documents": len(array)}
        elif (settings := laid.spaces[space]) is None:
            array, provenance = embed_counts(store.read_counts(self._kept(laid.road.terms)))
        else:
            array, provenance = prepare.vectors(laid.road.corpus, settings)
        with (folder / "vectors.npy").open("wb") as f:
            np.save(f, array, allow_pickle=False)
        return {"embedding": dict(provenance)}


def length_seed(config: RunConfig) -> int:
    """Seed of the draw of tokens."""
    return spawn(config.rng, "matched length", 1)[0]


def _plain(name: str) -> str:
    """A part of a stage's name, which becomes that of a folder."""
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in name)[-40:]


def _unique(corpus: Any) -> np.ndarray | None:
    first = near_duplicates(corpus.documents["title"].fillna("").astype(str).tolist())
    kept = np.flatnonzero(first == np.arange(len(first)))
    return kept if len(kept) < len(first) else None


def _spaces(config: RunConfig) -> dict[str, EmbedConfig | None]:
    """Name of a space → how to make it; ``None`` for that of the term counts. The run's own comes first."""
    own = config.embed
    out: dict[str, EmbedConfig | None] = {Path(own.path).name if own.path else own.model: own}
    for name in config.multiverse.embedding:
        if name == "lsa":
            settings = None
        elif name in EMBEDDERS:
            settings = EmbedConfig(model=name)
        else:
            settings = EmbedConfig(model="precomputed" if name.endswith(".npy") else "sentence-transformers", path=name)
        label = Path(name).name or name
        if settings != own and out.setdefault(label, settings) != settings:
            message = f"Two embeddings of the multiverse are called {label!r}; rename one of the files."
            raise UsageError(message)
    return out


def _counts_stage(
    known: dict[tuple[bool, str], Stage], road: Road, wanted: Specification, config: RunConfig, unique: Any
) -> Stage:
    key = wanted.deduplicate, wanted.length
    if key not in known:
        inputs: dict[str, Any] = {"terms": road.terms.key}
        if wanted.length == "matched":
            inputs["rng"] = length_seed(config)
        if wanted.deduplicate:
            inputs["kept"] = unique
        name = "terms:" + "-".join([*(["unique"] if wanted.deduplicate else []), wanted.length])
        known[key] = Stage(name, files.plain(inputs), ("text",), NUMERICS)
    return known[key]


def _vectors_stage(
    known: dict[tuple[str, bool], Stage], road: Road, wanted: Specification, spaces: dict[str, EmbedConfig | None], unique: Any
) -> Stage:
    for deduplicate in dict.fromkeys((False, wanted.deduplicate)):
        key = wanted.embedding, deduplicate
        if key in known:
            continue
        settings = spaces[wanted.embedding]
        if deduplicate:
            inputs: dict[str, Any] = {"vectors": known[wanted.embedding, False].key, "kept": unique}
        elif settings is None:
            inputs = {"terms": road.terms.key}
        else:
            inputs = prepare.vector_inputs(road.corpus, settings)
        assert road.vectors is not None
        name = f"vectors:{_plain(wanted.embedding)}" + ("-unique" if deduplicate else "")
        known[key] = replace(road.vectors, name=name, inputs=files.plain(inputs))
    return known[wanted.embedding, wanted.deduplicate]
