"""The stages of a multiverse: which fits, counts and vectors its specifications need, each with the key of its result."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from trends import files
from trends.analysis.robustness.multiverse import (
    Specification,
    enumerate_specifications,
    simplified,
)
from trends.core import Corpus
from trends.core.rng import seeds_from
from trends.embed import EMBEDDERS
from trends.errors import UsageError
from trends.models import BACKENDS
from trends.runs.config.settings import EmbedConfig, ModelsConfig, RunConfig, SplitConfig
from trends.runs.engine.cache import Stage
from trends.runs.studies import road as roads
from trends.runs.studies.road import NUMERICS, Road
from trends.runs.tasks import prepare, split
from trends.text.near_duplicates import near_duplicates

#: Code that makes the tables of a multiverse, beside the analysis itself.
ROOMS = (
    "analysis",
    "runs/studies/multiverse_tables",
    "runs/studies/multiverse_plan",
    "runs/studies/multiverse",
)


@dataclass(frozen=True)
class Parts:
    """The corpus in two parts: what the fits of one part and their transfers to the other need."""

    learning: roads.Learning
    #: The documents on which trends are estimated.
    corpus: Corpus
    #: Fingerprint of the documents on which topics are learnt.
    learnt_on: str
    terms: Stage
    vectors: Stage | None
    #: What a fit depends on → the stage in which it is learnt; :attr:`Plan.fits` has that of its
    #: transfer.
    fits: dict[Specification, Stage] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """Every stage of a multiverse, each with the key of its result."""

    road: Road
    #: The full grid, and for each cell the specification that it is, as far as the settings tell
    #: before anything is fitted.
    grid: list[Specification]
    #: (deduplicate, length) → counts.
    counts: dict[tuple[bool, str], Stage]
    #: (embedding, deduplicate) → vectors.
    vectors: dict[tuple[str, bool], Stage]
    #: What a fit depends on → the stage of its topics: the fit itself, or with a split its
    #: transfer.
    fits: dict[Specification, Stage]
    #: Rows of the documents that are kept when near duplicates are removed; ``None`` where there
    #: are none.
    unique: np.ndarray | None
    tables: Stage
    figures: Stage
    report: Stage
    spaces: dict[str, EmbedConfig | None] = field(default_factory=dict)
    #: Share that learns → the parts; nothing for 0.
    parts: dict[float, Parts] = field(default_factory=dict)

    @property
    def learnt(self) -> dict[Specification, Stage]:
        """What a fit depends on → the stage in which the model is fitted."""
        return {
            s: self.parts[s.split].fits[s] if s.split else stage for s, stage in self.fits.items()
        }

    def simple(self, cell: Specification, **facts: bool) -> Specification:
        """The specification that a cell of the grid is."""
        return _simple(cell, list(self.spaces), self.unique, **facts)

    @property
    def own(self) -> list[Stage]:
        """Stages that the run itself does not have, in the order in which they run."""
        known = {s.key for s in self.road.stages}
        cut = [s for p in self.parts.values() for s in (p.terms, p.vectors) if s]
        transfers = [s for w, s in self.fits.items() if w.split]
        made = [
            *self.counts.values(),
            *self.vectors.values(),
            *cut,
            *self.learnt.values(),
            *transfers,
        ]
        made += [self.tables, self.figures, self.report]
        return [s for s in made if s.key not in known]

    def needs_embeddings(self, backend: str) -> bool:
        """Whether a backend looks at vectors."""
        return bool(BACKENDS.load(backend).needs_embeddings)


def lay_out(config: RunConfig, chosen: Stage | None = None) -> Plan:
    """Read the corpus and name every stage; ``chosen`` is the stage in which the number of topics was, if it was not given.

    Raises
    ------
    TrendsError
        If the corpus cannot be read or a setting cannot mean anything.
    """
    if config.split.share:
        message = (
            "The main specification of a multiverse learns topics and estimates trends on the same "
            "documents; "
            f"set split.share=0 and multiverse.split=[0.0, {config.split.share:g}], which has "
            "both, or use `trends run`."
        )
        raise UsageError(message)
    road = roads.lay_out(config, chosen)
    if road.learning is not None:
        message = (
            f"The run learns topics on {len(road.learning.parts.learn):,} of {len(road.corpus):,} "
            "documents, and a multiverse fits every specification on all of them. "
            "Make the corpus smaller, or set models.sample=0 if so many fits of all documents can "
            "be waited for."
        )
        raise UsageError(message)
    m = config.multiverse
    backends = tuple(dict.fromkeys((*config.models.backends, *m.backend)))
    # The run's own stages are the pattern of all others, so that equal work has an equal key.
    wide, widened = road, config
    if backends != config.models.backends or m.seeds > config.models.seeds:
        models = ModelsConfig(
            **{
                **config.models.model_dump(),
                "backends": backends,
                "seeds": max(m.seeds, config.models.seeds),
            }
        )
        widened = config.model_copy(update={"models": models})
        wide = roads.lay_out(widened)
    unique = _unique(wide.corpus)
    spaces = _spaces(config) if wide.vectors else {}
    choices = levels(config, list(spaces))
    grid = enumerate_specifications(choices)
    counts, vectors, fits = {(False, "as-is"): wide.terms}, {}, {}
    if wide.vectors:
        vectors[next(iter(spaces)), False] = wide.vectors
    parts: dict[float, Parts] = {}
    for cell in grid:
        needs = bool(BACKENDS.load(cell.backend).needs_embeddings)
        wanted = _simple(cell, list(spaces), unique).fit
        if wanted in fits:
            continue
        if share := wanted.split:
            if share not in parts:
                parts[share] = _parts(widened, share)
            fits[wanted] = _fit_of_part(parts[share], wanted)
            continue
        of_counts = _counts_stage(counts, wide, wanted, config, unique)
        pattern = list(wide.fits[cell.backend].values())[cell.seed - 1]
        inputs = {**pattern.inputs, "n_topics": cell.n_topics, "terms": of_counts.key}
        if needs:
            inputs["vectors"] = _vectors_stage(vectors, wide, wanted, spaces, unique).key
        if inputs == pattern.inputs:
            fits[wanted] = pattern
        else:
            kind = [
                f"{cell.n_topics}-topics",
                *([wanted.embedding.replace("/", "-")] if needs else []),
                wanted.length,
            ]
            kind += ["unique"] if wanted.deduplicate else []
            fits[wanted] = replace(
                pattern,
                name=f"fit:{cell.backend}:{'-'.join(_plain(k) for k in kind)}:{pattern.inputs['seed']}",
                inputs=inputs,
            )
    what = {
        "analysis": road.analysis.key,
        "fits": [(s.name, f.key) for s, f in fits.items()],
        "grid": [g.name for g in grid],
        "settings": config.multiverse.model_dump(),
        "prevalence": config.prevalence.model_dump(),
        "until": f"{road.corpus.observed_from} to {road.corpus.observed_until}",
        "rng": config.rng,
    }
    tables = Stage("multiverse", files.plain(what), ROOMS, ("statsmodels", *NUMERICS))
    drawn = {"tables": tables.key, "figures": config.figures.model_dump(), "run": road.figures.key}
    figures = Stage(
        "multiverse-figures",
        drawn,
        ("plots", "runs/studies/multiverse_tables"),
        ("matplotlib", "cmcrameri"),
    )
    page = Stage(
        "multiverse-report",
        {"figures": figures.key, "run": road.report.key},
        ("reports", "runs/tasks/compose"),
        ("jinja2",),
    )
    return Plan(road, grid, counts, vectors, fits, unique, tables, figures, page, spaces, parts)


def _simple(
    cell: Specification, spaces: list[str], unique: np.ndarray | None, **facts: bool
) -> Specification:
    needs = bool(BACKENDS.load(cell.backend).needs_embeddings)
    own = spaces[0] if spaces else None
    return simplified(
        cell, needs_embeddings=needs, own_embedding=own, duplicates=unique is not None, **facts
    )


def _parts(config: RunConfig, share: float) -> Parts:
    """The stages of a run with a split, under names that the run itself does not have."""
    try:
        road = roads.lay_out(config.model_copy(update={"split": SplitConfig(share=share)}))
    except UsageError as error:
        message = f"multiverse.split has {share:g}, which cannot be carried out: {error}"
        raise UsageError(message) from error
    assert road.learning is not None
    learnt_on = split.part(road.learning.corpus, road.learning.parts.learn).fingerprint
    terms = replace(road.terms, name=f"terms:split-{share}")
    vectors = replace(road.vectors, name=f"parts:split-{share}") if road.vectors else None
    return Parts(road.learning, road.corpus, learnt_on, terms, vectors)


def _fit_of_part(parts: Parts, wanted: Specification) -> Stage:
    """Add the fit to those of the part on which topics are learnt; the stage that transfers it to the other part."""
    pattern = list(parts.learning.fits[wanted.backend].values())[wanted.seed - 1]
    name = f"fit:{wanted.backend}:split-{wanted.split}-{wanted.n_topics}-topics:{pattern.inputs['seed']}"
    parts.fits[wanted] = replace(
        pattern, name=name, inputs={**pattern.inputs, "n_topics": wanted.n_topics}
    )
    return roads.transfer_stage(parts.fits[wanted])


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
    }


def length_seed(config: RunConfig) -> int:
    """Seed of the draw of tokens."""
    return seeds_from(config.rng, "matched length", 1)[0]


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
            settings = own.model_copy(update={"model": name, "path": ""})
        else:
            model = "precomputed" if name.endswith(".npy") else "sentence-transformers"
            settings = own.model_copy(update={"model": model, "path": name})
        label = Path(name).name or name
        if settings != own and out.setdefault(label, settings) != settings:
            message = (
                f"Two embeddings of the multiverse are called {label!r}; rename one of the files."
            )
            raise UsageError(message)
    return out


def _counts_stage(
    known: dict[tuple[bool, str], Stage],
    road: Road,
    wanted: Specification,
    config: RunConfig,
    unique: Any,
) -> Stage:
    key = wanted.deduplicate, wanted.length
    if key not in known:
        inputs: dict[str, Any] = {"terms": road.terms.key}
        if wanted.length == "matched":
            inputs |= {
                "rng": length_seed(config),
                "period": config.prevalence.period,
                "imprecise": config.prevalence.imprecise,
            }
        if wanted.deduplicate:
            inputs["kept"] = unique
        name = "terms:" + "-".join([*(["unique"] if wanted.deduplicate else []), wanted.length])
        known[key] = Stage(
            name,
            files.plain(inputs),
            (
                "analysis/diagnostics/document_length",
                "analysis/prevalence/periods",
                "runs/studies/multiverse",
            ),
            NUMERICS,
        )
    return known[key]


def _vectors_stage(
    known: dict[tuple[str, bool], Stage],
    road: Road,
    wanted: Specification,
    spaces: dict[str, EmbedConfig | None],
    unique: Any,
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
