"""The claims of a run under every choice that the config lists: fits shared and cached, results published in one go."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from trends import store
from trends.analysis.diagnostics.document_length import match_lengths, matching_length
from trends.analysis.robustness.multiverse import Specification
from trends.embed.lsa import embed_counts
from trends.errors import DataError, UsageError
from trends.runs.config.settings import RunConfig
from trends.runs.engine import memory, publish
from trends.runs.engine.cache import Cache, Stage
from trends.runs.engine.executor import FitJob, fit_all, fit_one
from trends.runs.engine.lock import alone_in
from trends.runs.studies import multiverse_tables, recipe
from trends.runs.studies.multiverse_plan import Parts, Plan, lay_out, length_seed
from trends.runs.studies.road import Report
from trends.runs.tasks import choose, compose, prepare, split
from trends.runs.tasks.analysis_parts.periods import periods_of


def plan(config: RunConfig, out: Path) -> list[dict[str, Any]]:
    """What a multiverse would do: each stage, and whether its result is kept from before."""
    config, chosen, known = choose.look(config, out)
    laid, cache = lay_out(config, chosen), Cache(out / ".cache")
    if not known:
        return [{"stage": s.name, "cached": False} for s in [*laid.road.stages, *laid.own]]
    return [
        {"stage": s.name, "cached": cache.find(s) is not None}
        for s in [*laid.road.stages, *laid.own]
    ]


def run(config: RunConfig, out: Path, *, report: Report | None = None) -> dict[str, Any]:
    """Carry out the run, where it has not been, and all specifications; publish the tables, figures and the report.

    Parameters
    ----------
    config : RunConfig
        All settings; ``[multiverse]`` lists the choices.
    out : Path
        Folder of the results. Finished stages are kept in ``<out>/.cache``, those of the run and of
        every single fit among them, so that a stopped multiverse goes on where it was.
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
    asked = config
    config, chosen = choose.resolve(config, out, say)
    laid = lay_out(config, chosen)
    cache = Cache(out / ".cache")
    before, total = len(laid.road.stages), len(laid.road.stages) + len(laid.own)
    if any(cache.find(s) is None for s in laid.road.stages):
        recipe.run(asked, out, report=lambda stage, state, done, _: say(stage, state, done, total))
    with alone_in(out):
        return _Work(laid, config, out, cache, say, before, total).carry_out()


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
            self._step(
                stage, partial(self._write_counts, base=base, deduplicate=key[0], length=key[1])
            )
        for (space, deduplicate), stage in laid.vectors.items():
            self._step(stage, partial(self._write_vectors, space=space, deduplicate=deduplicate))
        for parts in laid.parts.values():
            self._cut(parts)
        failed = self._fit()
        failed |= self._transfer(failed)
        tables = self._step(
            laid.tables,
            lambda folder: multiverse_tables.write(
                folder, analysis, laid, cache, self.config, failed, self.say_within
            ),
        )
        drawn = self._step(
            laid.figures,
            lambda folder: multiverse_tables.draw(folder, tables, figures, self.config),
        )
        page = self._step(
            laid.report,
            lambda folder: compose.write(folder, tables, drawn, laid.road.corpus, self.config),
        )
        road = laid.road
        folders = publish.Folders(
            base,
            cache.folder(road.vectors) if road.vectors else None,
            {b: {s: cache.folder(g) for s, g in f.items()} for b, f in road.fits.items()},
            tables,
            drawn,
            page,
        )
        recorded = {
            s.name: cache.info(s) for s in [*road.stages, *laid.own] if s.name not in failed
        }
        return publish.publish(self.out, road.corpus, self.config, folders, recorded, self.cached)

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
            self.say(
                stage.name, "cached" if self.cached[stage.name] else "done", self.done, self.total
            )
        return folder

    def _fit(self) -> dict[str, str]:
        """Carry out the fits that are not kept; those that a backend cannot make come back with the reason."""
        laid, jobs = self.plan, []
        own = {s.key for s in laid.own}
        for wanted, stage in laid.learnt.items():
            if self.cache.find(stage) is not None:
                self.cached[stage.name] = True
                if stage.key in own:
                    self.done += 1
                    self.say(stage.name, "cached", self.done, self.total)
                continue
            self.cached[stage.name] = False
            shutil.rmtree(self.cache.folder(stage), ignore_errors=True)
            needs = laid.needs_embeddings(wanted.backend)
            counts, vectors, about = self._learns_on(wanted)
            jobs.append(
                FitJob(
                    stage,
                    wanted.backend,
                    int(stage.inputs["seed"]),
                    wanted.n_topics,
                    dict(stage.inputs["settings"]),
                    counts,
                    vectors if needs else None,
                    about,
                )
            )

        def fitted(name: str) -> None:
            self.done += 1
            self.say(name, "done", self.done, self.total)

        if jobs:
            self.say(jobs[0].stage.name, "start", self.done, self.total)
        try:
            fit_all(jobs, self.cache, memory.workers_for(laid.road), fitted)
        except UsageError:
            return self._one_by_one([j for j in jobs if self.cache.find(j.stage) is None], fitted)
        return {}

    def _learns_on(self, wanted: Specification) -> tuple[Path, Path | None, str]:
        """Where counts and vectors of a fit lie, and the fingerprint of its documents."""
        laid, folder = self.plan, self.cache.folder
        if wanted.split:
            p = laid.parts[wanted.split]
            return (
                folder(p.terms) / split.LEARN,
                folder(p.vectors) / split.LEARN if p.vectors else None,
                p.learnt_on,
            )
        vectors = laid.vectors.get((wanted.embedding, wanted.deduplicate))
        counts = laid.counts[wanted.deduplicate, wanted.length]
        return folder(counts), folder(vectors) if vectors else None, laid.road.corpus.fingerprint

    def _cut(self, parts: Parts) -> None:
        """Counts and vectors of both parts of a split."""
        before = parts.learning
        self._step(
            parts.terms,
            lambda folder: split.write_terms(folder, before.corpus, before.parts, self.config),
        )
        if parts.vectors and before.vectors:
            whole = self.cache.folder(self.plan.vectors[next(iter(self.plan.spaces)), False])
            self._step(
                parts.vectors, lambda folder: split.write_vectors(folder, whole, before.parts)
            )

    def _transfer(self, failed: Mapping[str, str]) -> dict[str, str]:
        """Carry the fits of one part over to the other; those that were never made come back with the reason."""
        without: dict[str, str] = {}
        for wanted, stage in self.plan.fits.items():
            if not wanted.split:
                continue
            parts = self.plan.parts[wanted.split]
            fit = parts.fits[wanted]
            if fit.name in failed:
                without[stage.name] = failed[fit.name]
                continue
            needs = self.plan.needs_embeddings(wanted.backend)
            write = partial(
                split.write_transfer,
                fit=self.cache.folder(fit),
                terms=self.cache.folder(parts.terms),
                vectors=self.cache.folder(parts.vectors) if needs and parts.vectors else None,
                learn_vectors=self.cache.folder(parts.vectors) / split.LEARN
                if needs and parts.vectors
                else None,
                fingerprint=parts.corpus.fingerprint,
            )
            self._step(stage, write)
        return without

    def _one_by_one(self, jobs: list[FitJob], fitted: Callable[[str], None]) -> dict[str, str]:
        """The fits that were left when one could not be made: a specification that cannot be had is counted, not fatal."""
        failed: dict[str, str] = {}
        for job in jobs:
            vectors = store.read_vectors(job.embeddings) if job.embeddings else None
            try:
                fit_one(job, store.read_counts(job.counts), vectors, self.cache)
            except UsageError as error:
                failed[job.stage.name] = str(error)
            fitted(job.stage.name)
        return failed

    def _write_counts(
        self, folder: Path, base: Path, deduplicate: bool, length: str
    ) -> dict[str, Any]:
        counts = store.read_counts(base)
        rows = np.arange(counts.n_documents)
        info: dict[str, Any] = {}
        if length == "matched":
            p = self.config.prevalence
            periods = periods_of(self.plan.road.corpus, period=p.period, imprecise=p.imprecise)
            target = matching_length(counts, periods)
            counts, kept = match_lengths(counts, target, rng=length_seed(self.config))
            # Shorter documents cannot be brought to the length; in such a specification they do not
            # exist.
            rows = rows[kept]
            info = {"tokens": target, "documents": len(rows), "left_out": int((~kept).sum())}
        if deduplicate and self.plan.unique is not None:
            rows = np.intersect1d(rows, self.plan.unique)
        store.write_counts(
            folder, counts.take_documents(rows) if len(rows) < counts.n_documents else counts
        )
        return {"matched_length": info}

    def _write_vectors(self, folder: Path, space: str, deduplicate: bool) -> dict[str, Any]:
        laid = self.plan
        if deduplicate and laid.unique is not None:
            whole = self._step(
                laid.vectors[space, False],
                partial(self._write_vectors, space=space, deduplicate=False),
            )
            array = store.read_vectors(whole)[laid.unique]
            provenance: Mapping[str, Any] = {"embedder": space, "documents": len(array)}
        elif (settings := laid.spaces[space]) is None:
            array, provenance = embed_counts(store.read_counts(self._kept(laid.road.terms)))
        else:
            array, provenance = prepare.vectors(laid.road.corpus, settings)
        store.write_vectors(folder, array)
        return {"embedding": dict(provenance)}
