"""The tasks of a multiverse: which fits, counts and vectors its specifications need."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from trends import files, store
from trends.analysis.diagnostics.document_length import match_lengths, matching_length
from trends.analysis.robustness.multiverse import (
    Specification,
    enumerate_specifications,
    simplified,
)
from trends.core import Corpus
from trends.core.computing.rng import seeds_from
from trends.embed import EMBEDDERS
from trends.errors import UsageError
from trends.models import BACKENDS
from trends.runs.config.settings import EmbedConfig, ModelsConfig, RunConfig, SplitConfig
from trends.runs.engine.task import Task, task
from trends.runs.studies import pipeline as pipelines
from trends.runs.studies.pipeline import Inputs, Pipeline
from trends.runs.tasks import backends, documents, fits, vectors
from trends.runs.tasks.analysis_parts.periods import periods_of
from trends.runs.tasks.curation import edits_file
from trends.text.near_duplicates import near_duplicates

#: File beside counts: what cutting documents to equal length did.
MATCHED = "matched_length.json"


@dataclass(frozen=True)
class Grid:
    """All combinations of choices, and what tells which of them are the same.

    Parameters
    ----------
    cells : list of Specification
        The full grid.
    spaces : dict
        Name of each vector space, the run's own first, to how it is made; ``None`` for that of the
        term counts.
    unique : ndarray of int, optional
        Rows of the documents that are kept when near duplicates are removed; ``None`` where there
        are none.
    """

    cells: list[Specification]
    spaces: dict[str, EmbedConfig | None]
    unique: np.ndarray | None

    def simple(self, cell: Specification, **facts: bool) -> Specification:
        """The specification that a cell of the grid is."""
        needs = bool(BACKENDS.load(cell.backend).needs_embeddings)
        own = next(iter(self.spaces), None)
        duplicates = self.unique is not None
        return simplified(
            cell, needs_embeddings=needs, own_embedding=own, duplicates=duplicates, **facts
        )


@dataclass(frozen=True)
class Plan:
    """The tasks of a multiverse beside those of its run.

    Parameters
    ----------
    grid : Grid
    fits : dict
        What a fit depends on → the task of its topics: the fit itself, or with a split its
        transfer.
    counts, vectors : dict
        (deduplicate, length) → counts; (embedding, deduplicate) → vectors.
    parts : dict
        Share that learns → the two parts of the corpus; nothing for 0.
    """

    grid: Grid
    fits: dict[Specification, Task] = field(default_factory=dict)
    counts: dict[tuple[bool, str], Task] = field(default_factory=dict)
    vectors: dict[tuple[str, bool], Task] = field(default_factory=dict)
    parts: dict[float, Inputs] = field(default_factory=dict)


def backends_of(config: RunConfig) -> tuple[str, ...]:
    """The run's backends and those of the multiverse."""
    return tuple(dict.fromkeys((*config.models.backends, *config.multiverse.backend)))


def widened(config: RunConfig) -> RunConfig:
    """The run's settings with all backends and seeds of the multiverse.

    With them, equal work has an equal key.
    """
    m = config.multiverse
    models = ModelsConfig(
        **{
            **config.models.model_dump(),
            "backends": backends_of(config),
            "seeds": max(m.seeds, config.models.seeds),
        }
    )
    return config.model_copy(update={"models": models})


def grid_of(config: RunConfig, corpus: Corpus) -> Grid:
    """The grid of a multiverse.

    Raises
    ------
    UsageError
        If two embeddings have the same name.
    """
    needs = (BACKENDS.load(b).needs_embeddings for b in backends_of(config))
    spaces = _spaces(config) if any(needs) else {}
    first = near_duplicates(corpus.documents["title"].fillna("").astype(str).tolist())
    kept = np.flatnonzero(first == np.arange(len(first)))
    unique = kept if len(kept) < len(first) else None
    return Grid(enumerate_specifications(levels(config, list(spaces))), spaces, unique)


def lay_out(p: Pipeline) -> Plan:
    """All tasks of a multiverse; nothing is computed.

    Raises
    ------
    UsageError
        If a setting cannot mean anything.
    """
    if p.inputs.parts is not None:
        learn, every = len(p.inputs.parts.learn), len(p.inputs.documents)
        message = (
            f"The run learns topics on {learn:,} of {every:,} documents, and a multiverse fits "
            "every specification on all of them. Make the corpus smaller, or set models.sample=0 "
            "if so many fits of all documents can be waited for."
        )
        raise UsageError(message)
    wide = widened(p.config)
    given = pipelines.inputs(wide, p.inputs.corpus, p.inputs.documents)
    patterns = pipelines.fits_of(wide, given)
    grid = grid_of(p.config, given.documents)
    plan = Plan(grid, counts={(False, "as-is"): given.terms})
    if given.embedded is not None:
        plan.vectors[next(iter(grid.spaces)), False] = given.embedded
    for cell in grid.cells:
        wanted = grid.simple(cell).fit
        if wanted in plan.fits:
            continue
        if wanted.split:
            plan.fits[wanted] = _fit_of_part(plan, wide, given, wanted)
        else:
            pattern = list(patterns[cell.backend].values())[cell.seed - 1]
            plan.fits[wanted] = _fit(plan, p.config, given, wanted, pattern)
    return plan


def _fit(
    plan: Plan, config: RunConfig, given: Inputs, wanted: Specification, pattern: Task
) -> Task:
    """A fit on all documents; that of the run itself where it is the same."""
    needs = pattern.inputs["vectors"] is not None
    kind = [
        f"{wanted.n_topics}-topics",
        *([wanted.embedding] if needs else []),
        wanted.length,
        *(["unique"] if wanted.deduplicate else []),
    ]
    seed = pattern.settings["seed"]
    made = fits.fit(
        f"{wanted.backend}:{'-'.join(_plain(k) for k in kind)}:{seed}",
        terms=_counts(plan, config, given, wanted),
        vectors=_vectors(plan, given, wanted) if needs else None,
        **{**pattern.settings, "n_topics": wanted.n_topics},
    )
    return pattern if made.key == pattern.key else made


def _fit_of_part(plan: Plan, wide: RunConfig, whole: Inputs, wanted: Specification) -> Task:
    """The transfer of a fit on one part of the documents to the other part."""
    share = wanted.split
    config = wide.model_copy(update={"split": SplitConfig(share=share)})
    if share not in plan.parts:
        try:
            plan.parts[share] = pipelines.inputs(
                config, whole.corpus, whole.documents, label=f"split-{share}"
            )
        except UsageError as error:
            message = f"multiverse.split has {share:g}, which cannot be carried out: {error}"
            raise UsageError(message) from error
    given = plan.parts[share]
    pattern = list(pipelines.fits_of(config, given)[wanted.backend].values())[wanted.seed - 1]
    fit = fits.fit(
        f"{wanted.backend}:split-{share}-{wanted.n_topics}-topics:{pattern.settings['seed']}",
        **{**pattern.inputs, **pattern.settings, "n_topics": wanted.n_topics},
    )
    return pipelines.transfer_of(fit, given, None)


def seed_of(fit: Task) -> int:
    """The seed of a fit, or of the fit that was transferred."""
    return int(fit.inputs["fit"].settings["seed"] if "fit" in fit.inputs else fit.settings["seed"])


def _counts(plan: Plan, config: RunConfig, given: Inputs, wanted: Specification) -> Task:
    key = wanted.deduplicate, wanted.length
    if key not in plan.counts:
        plan.counts[key] = choose_documents(
            "-".join([*(["unique"] if wanted.deduplicate else []), wanted.length]),
            corpus=given.corpus,
            terms=given.terms,
            matched=wanted.length == "matched",
            kept=plan.grid.unique if wanted.deduplicate else None,
            config=config,
        )
    return plan.counts[key]


def _vectors(plan: Plan, given: Inputs, wanted: Specification) -> Task:
    space = wanted.embedding
    settings, label = plan.grid.spaces[space], _plain(space)
    if (space, False) not in plan.vectors:
        if settings is None:
            made = vectors.embed_terms(label, terms=given.terms)
        else:
            made = vectors.task_of(given.corpus, given.documents, settings, label)
        plan.vectors[space, False] = made
    if wanted.deduplicate and (space, True) not in plan.vectors:
        plan.vectors[space, True] = vectors.some(
            f"{label}-unique",
            vectors=plan.vectors[space, False],
            rows=plan.grid.unique,
            embedding=space,
        )
    return plan.vectors[space, wanted.deduplicate]


@task("terms", reads=("rng", "prevalence.calendar"), loads=backends.none)
def choose_documents(
    folder: Path,
    corpus: Path,
    terms: Path,
    *,
    matched: bool,
    kept: np.ndarray | None,
    config: RunConfig,
) -> dict[str, Any]:
    """Counts of the documents of a specification.

    Cut to equal length, without near duplicates, or both.
    """
    counts = store.read_counts(terms)
    rows = np.arange(counts.n_documents)
    about: dict[str, int] | None = None
    if matched:
        p = config.prevalence
        periods = periods_of(documents.load(corpus), **p.calendar)
        target = matching_length(counts, periods)
        counts, long_enough = match_lengths(counts, target, rng=length_seed(config))
        # Shorter documents cannot be brought to the length; in such a specification they do not
        # exist.
        rows = rows[long_enough]
        left_out = int((~long_enough).sum())
        about = {"tokens": target, "documents": len(rows), "left_out": left_out}
    if kept is not None:
        rows = np.intersect1d(rows, kept)
    fewer = len(rows) < counts.n_documents
    store.write_counts(folder, counts.take_documents(rows) if fewer else counts)
    files.write_json(folder / MATCHED, about)
    return {}


def levels(config: RunConfig, spaces: list[str]) -> dict[str, list[Any]]:
    """Levels of every choice, the run's own first."""
    m, n = config.multiverse, config.models.number

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
        "split": own_first(0.0, m.split),
        "edits": own_first("curated", m.edits) if edits_file.curates(config) else ["as-fitted"],
    }


def length_seed(config: RunConfig) -> int:
    """Seed of the draw of tokens."""
    return seeds_from(config.rng, "matched length", 1)[0]


def _plain(name: str) -> str:
    """A part of a task's label, in plain characters."""
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in name)[-40:]


def _spaces(config: RunConfig) -> dict[str, EmbedConfig | None]:
    """Name of a space → how to make it; ``None`` for that of the term counts.

    The run's own comes first.
    """
    own = config.embed
    out: dict[str, EmbedConfig | None] = {Path(own.path).name if own.path else own.model: own}
    for name in config.multiverse.embedding:
        if name == "lsa":
            settings = None
        elif name in EMBEDDERS:
            settings = own.model_copy(update={"model": name, "path": ""})
        else:
            of_vectors = name.endswith((".npy", ".npz", ".parquet"))
            model = "precomputed" if of_vectors else "sentence-transformers"
            settings = own.model_copy(update={"model": model, "path": name})
        label = Path(name).name or name
        if settings != own and out.setdefault(label, settings) != settings:
            message = (
                f"Two embeddings of the multiverse are called {label!r}; rename one of the files."
            )
            raise UsageError(message)
    return out
