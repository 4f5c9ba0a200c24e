"""The stages of a run, each with the key of its result: laid out before anything is computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from trends import files
from trends.core import Corpus
from trends.core.rng import seeds_from
from trends.errors import UsageError
from trends.models import BACKENDS
from trends.runs.config.settings import RunConfig
from trends.runs.engine.cache import Stage
from trends.runs.tasks import audit, prepare, sample, split
from trends.runs.tasks.analysis_parts import names
from trends.runs.tasks.analysis_parts.periods import periods_of
from trends.sources import read_corpus

#: Called with (stage, state, done, total); state is "cached", "start" or "done", "within" while a
#: long stage says how far it is, or "note" with a sentence in place of the stage.
Report = Callable[[str, str, int, int], None]

NUMERICS = ("numpy", "scipy", "pandas")


@dataclass(frozen=True)
class Road:
    """The stages of one run, each with the key of its result; made without computing anything but the corpus.

    With a split, or where topics are learnt on a sample, ``corpus``, ``terms``, ``vectors`` and
    ``fits`` are about the documents on which trends are estimated, and ``learning`` holds what
    comes before them.
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
        out = [
            self.terms,
            *([self.vectors] if self.vectors else []),
            *number,
            *fits,
            self.analysis,
            self.figures,
            self.report,
        ]
        if (before := self.learning) is not None:
            learnt = [s for by_seed in before.fits.values() for s in by_seed.values()]
            made = [before.table, self.terms, *[s for s in (before.vectors, self.vectors) if s]]
            near, checked = ([s] if s else [] for s in (before.near, before.check))
            out = [*made, *number, *learnt, *near, *fits, *checked, *out[-3:]]
        return out


@dataclass(frozen=True)
class Learning:
    """What a run with a split or a sample does before topics and trends meet: the draw, the vectors of the whole corpus, fits on one part."""

    corpus: Corpus
    parts: split.Split
    table: Stage
    vectors: Stage | None
    fits: dict[str, dict[int, Stage]]
    #: The documents for learning that are nearest to each one, for fits whose neighbours vote.
    near: Stage | None = None
    #: What assignment does to the shares, where topics are learnt on a sample.
    check: Stage | None = None


def lay_out(config: RunConfig, chosen: Stage | None = None) -> Road:
    """Read the corpus and name every stage of the run; ``chosen`` is the stage in which the number of topics was, if it was not given.

    Raises
    ------
    TrendsError
        If the corpus cannot be read or a setting cannot mean anything.
    """
    corpus = read_corpus(
        [config.corpus.path], source=config.corpus.source, **config.corpus.options()
    )
    _check_sense(config, corpus)
    whole, parts = corpus, sample.draw(corpus, config) or split.draw(corpus, config)
    table = None
    terms = Stage(
        "terms",
        {"corpus": corpus.fingerprint, "text": config.text.model_dump()},
        ("text", "runs/tasks/prepare"),
        ("gensim", "scikit-learn", *NUMERICS),
    )
    if parts is not None:
        rows = {
            "corpus": whole.fingerprint,
            "learn": parts.learn,
            "drawn": parts.name,
            "seed": parts.seed,
            "outside": parts.outside,
        }
        table = Stage(
            "split", files.plain(rows), ("runs/tasks/split", "runs/tasks/sample"), NUMERICS
        )
        terms = replace(
            terms,
            inputs={**terms.inputs, "split": table.key},
            rooms=(*terms.rooms, "runs/tasks/split"),
        )
        corpus = split.part(whole, parts.estimate, parts.sentence)
    backends = {name: BACKENDS.load(name) for name in config.models.backends}
    vectors = None
    if any(b.needs_embeddings for b in backends.values()):
        packages = ("sentence-transformers", "transformers", "torch", *NUMERICS)
        vectors = Stage(
            "vectors",
            prepare.vector_inputs(whole, config.embed),
            ("embed", "runs/tasks/prepare"),
            packages,
        )
    all_vectors = vectors
    if vectors is not None and table is not None:
        vectors = Stage(
            "parts", {"vectors": vectors.key, "split": table.key}, ("runs/tasks/split",), NUMERICS
        )
    fits: dict[str, dict[int, Stage]] = {}
    for backend, model in backends.items():
        inputs = {
            "backend": backend,
            "terms": terms.key,
            "vectors": vectors.key if vectors and model.needs_embeddings else None,
            "n_topics": config.models.number,
            # Checked here, before anything is computed, and written out in full.
            "settings": asdict(model.read_settings(config.models.settings.get(backend, {}))),
        }
        seeds = seeds_from(config.rng, backend, config.models.seeds)
        packages = (*model.packages, *NUMERICS)
        fits[backend] = {
            s: Stage(f"fit:{backend}:{s}", {**inputs, "seed": s}, ("models",), packages)
            for s in seeds
        }
    learning = None
    if parts is not None and table is not None:
        learnt, fits = (
            fits,
            {
                b: {seed: transfer_stage(s) for seed, s in by_seed.items()}
                for b, by_seed in fits.items()
            },
        )
        near = check = None
        if vectors is not None and any(b.new_rule == "neighbours" for b in backends.values()):
            near = Stage(
                "nearest",
                {"vectors": vectors.key},
                (
                    "models/inference/neighbours",
                    "models/kernels",
                    "models/clustering/centres",
                    "runs/tasks/split",
                ),
                NUMERICS,
            )
        if isinstance(parts, sample.Sample):
            pairs = [
                (s, fits[b][seed]) for b, by_seed in learnt.items() for seed, s in by_seed.items()
            ]
            check = sample.check_stage(pairs, config, NUMERICS)
        learning = Learning(whole, parts, table, all_vectors, learnt, near, check)
    keys = [s.key for by_seed in fits.values() for s in by_seed.values()]
    what = {
        "corpus": corpus.fingerprint,
        "fits": keys,
        "vectors": vectors.key if vectors else None,
        "rng": config.rng,
    }
    what |= {"sample": learning.check.key} if learning and learning.check else {}
    until = f"{corpus.observed_from} to {corpus.observed_until}"
    analysis = Stage(
        "analysis",
        {
            **what,
            "until": until,
            "prevalence": config.prevalence.model_dump(),
            "diagnostics": config.diagnostics.model_dump(),
            **names.inputs(config.labels),
            "map": config.figures.map,
            "audit": audit.inputs(corpus),
        },
        (
            "analysis",
            "text/near_duplicates",
            "models/umap/layout2d",
            "models/umap/reduction",
            *(
                f"runs/{n}"
                for n in (
                    "analyse",
                    "aligned",
                    "tables",
                    "figure_tables",
                    "diagnose",
                    "periods",
                    "power",
                    "names",
                    "standardized",
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
        ("plots", "runs/tasks/draw", "runs/tasks/audit"),
        ("matplotlib", "cmcrameri"),
    )
    notes = files.plain(
        {
            "notes": corpus.notes,
            "config": config.model_dump(exclude={"models": {"workers"}, "memory": True}),
        }
    )
    report = Stage(
        "report", {"figures": figures.key, **notes}, ("reports", "runs/tasks/compose"), ("jinja2",)
    )
    return Road(config, corpus, terms, vectors, fits, analysis, figures, report, learning, chosen)


def transfer_stage(fit: Stage) -> Stage:
    """The stage that gives the other documents their topics of a fit; counts and vectors of both parts are those of the fit's own inputs."""
    return Stage(
        fit.name.replace("fit:", "transfer:", 1),
        {"fit": fit.key, **fit.inputs},
        ("models", "runs/tasks/split"),
        NUMERICS,
    )


def _check_sense(config: RunConfig, corpus: Corpus) -> None:
    """Refuse what could only fail later, after the models were fitted."""
    n = config.models.number
    if n >= len(corpus):
        message = (
            f"models.n_topics is {n}, but {config.corpus.path} holds {len(corpus)} "
            f"document{'s' if len(corpus) > 1 else ''}; "
            "ask for fewer topics than documents, or read more documents."
        )
        raise UsageError(message)
    if config.prevalence.standardize_by:
        from trends.runs.tasks.analysis_parts import standardized

        standardized.strata(corpus, config.prevalence.standardize_by)
    # Raises if no document is dated, or if dates are coarser than the period.
    periods_of(corpus, period=config.prevalence.period, imprecise=config.prevalence.imprecise)
