"""``n_topics = "auto"``: fit candidates and choose the number of topics by what recurs.

The run goes on as though that number had been given.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from trends import files, store
from trends.core import Corpus, TermCounts, Topics
from trends.core.computing.rng import Rng, seed_from, seeds_from
from trends.core.given.expected import expects
from trends.errors import DataError, UsageError
from trends.models import BACKENDS
from trends.runs.config.settings import RunConfig
from trends.runs.engine.engine import Context
from trends.runs.engine.task import Task, task
from trends.runs.tasks import backends
from trends.runs.tasks.fits import fit
from trends.runs.tasks.terms import modelled

if TYPE_CHECKING:
    from trends.analysis.quality.topic_number import Choice

#: Largest settings of fits that only serve the choice: shorter chains and fewer starts find the
#: same topics, and ``experiments/planted/auto.py`` measures the choice that is made with them.
SHORT: dict[str, dict[str, int]] = {
    "gibbs-lda": {"iterations": 150, "burn_in": 100, "n_chains": 1, "init_sweeps": 50},
    "kmeans": {"n_init": 3},
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
        message = (
            f"The candidate {out[-1]} for the number of topics needs more than {n_documents} "
            "documents; leave it out of models.candidates."
        )
        raise UsageError(message)
    return out


@expects(corpus=Corpus)
def choose_topics(
    corpus: Corpus,
    backends: Sequence[str] = ("gibbs-lda", "bertopic"),
    *,
    candidates: Sequence[int] = (),
    seeds: int = 3,
    rng: Rng,
    embeddings: Any = None,
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
        at most one for every ten documents, then numbers beside the one on which families agree.
    seeds : int
        Fits per candidate and backend, at least 2.
    rng : int or numpy.random.Generator
        The seeds of all fits are spawned from it.
    embeddings : frame, mapping or array, optional
        Vectors, matched as in :func:`trends.fit`; without them, those of the corpus or of the
        packaged encoder.
    settings : mapping of str to mapping, optional
        Backend → its settings. Chains of ``gibbs-lda`` are cut short for the choice
        (``trends.runs.tasks.topic_number.SHORT``).

    Returns
    -------
    Choice
        ``n_topics``, ``curve`` (a frame, see :class:`trends.analysis.quality.topic_number.Choice`),
        ``reasons``; draw it with :func:`trends.plots.candidates`.

    Raises
    ------
    UsageError
        If there are fewer than two seeds, or no candidate can be fitted.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> choice = tr.choose_topics(corpus, ["nmf"], candidates=[3, 4], seeds=2, rng=7)
    >>> choice.n_topics in (3, 4)
    True
    """
    if seeds < 2:
        message = f"Topics that recur need at least 2 seeds; got {seeds}."
        raise UsageError(message)
    counts = modelled(corpus)
    if any(BACKENDS.load(b).needs_embeddings for b in backends):
        from trends.runs.tasks.vectors import vectors_of

        embeddings = vectors_of(corpus, embeddings, "embeddings", counts)
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


def task_of(
    config: RunConfig,
    n_documents: int,
    terms: Task,
    vectors: Task | None,
    *,
    part: str,
    fingerprint: str,
    workers: int,
) -> Task:
    """The task that chooses the number of topics of a run."""
    m = config.models
    fits = {
        b: {
            "settings": short_settings(b, m.settings.get(b, {})),
            "seeds": seeds_from(config.rng, b, m.candidate_seeds),
        }
        for b in voters(m.backends)
    }
    needs = any(BACKENDS.load(b).needs_embeddings for b in fits)
    return choose(
        terms=terms,
        vectors=vectors if needs else None,
        fits=fits,
        candidates=candidates_for(n_documents, m.candidates),
        early=not m.candidates,
        seed=seeds_from(config.rng, "n_topics", 1)[0],
        part=part,
        documents=fingerprint,
        workers=workers,
    )


@task(
    "topic-number",
    how=("workers",),
    loads=lambda s: backends.named(s["fits"]),
)
def choose(
    folder: Path,
    terms: Path,
    vectors: Path | None,  # noqa: ARG001  (the fits read it)
    *,
    fits: dict[str, dict[str, Any]],
    candidates: Sequence[int],
    early: bool,
    seed: int,
    part: str,
    documents: str,
    workers: int,
    context: Context,
) -> dict[str, Any]:
    """Fit candidates, several at a time, and choose among them.

    The fits are tasks like those of the run, so that equal work has an equal place; ``early`` stops
    where more candidates would change nothing.
    """
    from trends.analysis.quality.topic_number import search

    given, missing, candidates = context.task.inputs, dict[str, str](), list(candidates)

    def tasks(k: int) -> dict[str, list[Task]]:
        return {
            backend: [
                fit(
                    f"{backend}:{s}",
                    terms=given["terms"],
                    vectors=given["vectors"] if BACKENDS.load(backend).needs_embeddings else None,
                    backend=backend,
                    seed=s,
                    n_topics=k,
                    settings=about["settings"],
                    part=part,
                    documents=documents,
                )
                for s in about["seeds"]
            ]
            for backend, about in fits.items()
        }

    folders: dict[str, Path | str] = {}

    def fitted(k: int) -> dict[str, list[Topics]]:
        if next(iter(tasks(k).values()))[0].key not in folders:
            at = candidates.index(k) if k in candidates else None
            wave = [k] if at is None else candidates[at:]
            wave = wave[: NEXT if at else FIRST] if early else wave
            asked = [t for c in wave for by_seed in tasks(c).values() for t in by_seed]
            context.within(f"{', '.join(map(str, wave))} topics")
            done = context.do(asked, workers)
            folders.update({t.key: where for t, where in done.items()})
        out = {}
        for backend, by_seed in tasks(k).items():
            found = [folders[t.key] for t in by_seed]
            why = [f for f in found if isinstance(f, str)]
            if why:
                missing[f"{backend}, {k} topics"] = why[0]
            else:
                out[backend] = [store.read_topics(f) for f in found if isinstance(f, Path)]
        return out

    reference = store.read_counts(terms / part)
    found = search(fitted, candidates, early=early, reference=reference, rng=seed)
    found = _with_missing(found, missing)
    files.write_csv(folder / "topic_number.csv", found.curve)
    seeds = {backend: about["seeds"] for backend, about in fits.items()}
    about = files.plain({"asked": "auto", **found.summary(), "seeds": seeds})
    files.write_json(folder / "topic_number.json", about)
    return {}


def with_number(config: RunConfig, n_topics: int) -> RunConfig:
    """The same settings with this number of topics."""
    return config.model_copy(
        update={"models": config.models.model_copy(update={"n_topics": n_topics})}
    )


def add_to_analysis(folder: Path, choice: Path) -> None:
    """Put the curve beside the tables of the run, and the choice into its notes."""
    shutil.copyfile(choice / "topic_number.csv", folder / "topic_number.csv")
    notes = json.loads((folder / "analysis.json").read_text(encoding="utf-8"))
    chosen = read_choice(choice)
    notes["topic_number"] = chosen
    notes["summary"] = [
        f"{chosen['n_topics']} topics, chosen by what recurs: {chosen['reasons'][0]}",
        *notes["summary"],
    ]
    if not chosen["settled"]:
        notes["warnings"].append(f"The number of topics is a fallback. {chosen['reasons'][-1]}")
    notes["seeds"] |= {f"topic number {b}": seeds for b, seeds in chosen["seeds"].items()}
    files.write_json(folder / "analysis.json", notes)


def _with_missing(choice: Choice, missing: Mapping[str, str]) -> Choice:
    said = tuple(f"No fits of {what}: {why}" for what, why in missing.items())
    return replace(choice, reasons=(*choice.reasons, *said))


def read_choice(folder: Path) -> dict[str, Any]:
    """What was chosen, and why."""
    try:
        return dict(json.loads((folder / "topic_number.json").read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        message = (
            f"The chosen number of topics in {folder} cannot be read; delete that folder and run "
            "again."
        )
        raise DataError(message) from error
