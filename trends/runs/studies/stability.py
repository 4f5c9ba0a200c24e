"""How the fits of a run depend on the seed, the order of documents, and a few documents less."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trends import files, store
from trends.analysis.quality import stability as measures
from trends.core.computing.cost import Cost
from trends.core.computing.rng import seeds_from
from trends.errors import UsageError
from trends.runs.config.settings import RunConfig
from trends.runs.engine.engine import Engine, Need, Report
from trends.runs.engine.task import Task, task
from trends.runs.studies.pipeline import Pipeline
from trends.runs.studies.run import finished
from trends.runs.tasks import backends, publish
from trends.runs.tasks import fits as fitting
from trends.runs.tasks.analysis import prototypes

TABLES = ("stability.csv", "stability_topics.csv", "stability.json")
#: What the fit of the prototype is compared with, beside the other seeds.
KINDS = ("order", "drop")


def run(
    config: RunConfig,
    out: Path,
    *,
    repeats: int = 5,
    drop: float = 0.05,
    report: Report | None = None,
) -> dict[str, Any]:
    """Carry out the run if needed, and refit each backend on reordered and fewer documents.

    Parameters
    ----------
    config : RunConfig
        All settings.
    out : Path
        Folder of the results: ``stability.csv`` (one row per pair of fits),
        ``stability_topics.csv`` (one row per topic of each prototype and kind) and
        ``stability.json`` join the files of the run.
    repeats : int
        Orders, and draws of documents to leave out, for each backend; fits are the seeds' of the
        prototype, kept one by one.
    drop : float
        Share of the documents that is left out.
    report : callable, optional
        Called with (task, state, done, total).

    Returns
    -------
    dict
        What is in ``stability.json``: settings, seeds, and for each backend and kind the number of
        pairs, the mean and smallest adjusted Rand index, the mean similarity and the mean share of
        topics matched.

    Raises
    ------
    UsageError
        If ``repeats`` is not from 1 to 100, or ``drop`` leaves out nothing or too much.
    """
    _check(repeats, drop)
    engine = Engine(out, report)
    return engine.carry_out(study(engine, config, repeats=repeats, drop=drop))


def study(
    engine: Engine, config: RunConfig, *, repeats: int, drop: float
) -> Generator[Need, bool, dict[str, Any]]:
    """The measurement as a study: which fit is repeated is known once the run is analysed."""
    p = yield from finished(engine, config)
    again = _again(p, prototypes(engine.folder(p.analysis)), repeats, drop)
    compared = compare(
        analysis=p.analysis, fits=p.learnt, again=again, config=p.config, repeats=repeats, drop=drop
    )
    yield Need([compared], p.need.sizes, p.need.workers)
    return publish.add(engine.folder(compared), TABLES, engine.out)


def _check(repeats: int, drop: float) -> None:
    if not 1 <= repeats <= 100:
        message = f"The number of orders and draws must lie between 1 and 100; got {repeats}."
        raise UsageError(message)
    if not 0 < drop <= 0.5:
        message = (
            f"The share of documents to leave out must be more than 0 and at most 0.5; got {drop}."
        )
        raise UsageError(message)


def _again(
    p: Pipeline, chosen: Mapping[str, int], repeats: int, drop: float
) -> dict[str, dict[str, Task]]:
    """Backend → name → one more fit.

    The same orders and draws for every backend, so that backends can be compared.
    """
    given = p.inputs
    n = len(given.learning)
    out: dict[str, dict[str, Task]] = {backend: {} for backend in p.learnt}
    for kind in KINDS:
        left_out = max(1, round(drop * n)) if kind == "drop" else 0
        for number, seed in enumerate(
            seeds_from(p.config.rng, f"stability {kind}", repeats), start=1
        ):
            name = f"{kind}-{number}"
            part = partial(
                reorder, name, terms=given.terms, part=given.part, seed=seed, left_out=left_out
            )
            for backend, by_seed in p.learnt.items():
                base = by_seed[chosen[backend]]
                vectors = given.learnt if base.inputs["vectors"] is not None else None
                rows = part(vectors=vectors)
                settings = {**base.settings, "part": ""}
                out[backend][name] = fitting.fit(
                    f"{backend}:{name}", terms=rows, vectors=rows if vectors else None, **settings
                )
    return out


@task("rows", cost=Cost(450, vectors=4), loads=backends.none)
def reorder(
    folder: Path, terms: Path, vectors: Path | None, *, part: str, seed: int, left_out: int
) -> dict[str, Any]:
    """Counts and vectors of the documents in another order, or of a random part of them.

    A random part keeps its own order.
    """
    counts = store.read_counts(terms / part)
    rows = np.random.default_rng(seed).permutation(counts.n_documents)
    if left_out:
        rows = np.sort(rows[left_out:])
    store.write_counts(folder, counts.take_documents(rows))
    if vectors is not None:
        store.write_vectors(folder, store.read_vectors(vectors / part)[rows])
    return {"documents": len(rows)}


@task("stability", reads=("rng",), loads=backends.none)
def compare(
    folder: Path,
    analysis: Path,
    fits: Mapping[str, Mapping[int, Path]],
    again: Mapping[str, Mapping[str, Path]],
    *,
    config: RunConfig,
    repeats: int,
    drop: float,
) -> dict[str, Any]:
    """Compare each backend's prototype with other seeds and with fits on changed documents."""
    labels = store.read_csv(analysis / "topics.csv").set_index(["backend", "topic"])["label"]
    chosen = prototypes(analysis)
    changes = analysis / "edits.csv"
    curated = set(store.read_csv(changes)["backend"]) if changes.is_file() else set()
    rng = seeds_from(config.rng, "stability", 1)[0]
    pairs: list[pd.DataFrame] = []
    topics: list[pd.DataFrame] = []
    summary: dict[str, dict[str, dict[str, float]]] = {}
    for backend, by_seed in fits.items():
        named_fits = {f"seed-{s}": store.read_topics(fit) for s, fit in by_seed.items()}
        base_name = f"seed-{chosen[backend]}"
        base = named_fits[base_name]
        others = {"seed": {n: fit for n, fit in named_fits.items() if n != base_name}}
        for kind in KINDS:
            made = {n: f for n, f in again[backend].items() if n.startswith(kind)}
            others[kind] = {name: store.read_topics(fit) for name, fit in made.items()}
        summary[backend] = {}
        for kind, named in others.items():
            if not named:
                continue
            table, per_topic = measures.against(base, list(named.values()), rng=rng)
            names = [base_name, *named]
            if kind == "seed":
                table = measures.between(list(named_fits.values()), rng=rng)
                names = list(named_fits)
            table = table.assign(
                backend=backend,
                kind=kind,
                a=[names[i] for i in table["a"]],
                b=[names[i] for i in table["b"]],
            )
            table = table.assign(matched=table["n_matched"] / base.n_topics)
            pairs.append(table)
            # Fits as they are made: topics that were edited since have other numbers.
            terms = [", ".join(t) for t in base.top_terms(3)] if backend in curated else ()
            named_topics = [
                terms[k] if terms else labels.loc[backend, k] for k in per_topic["topic"]
            ]
            topics.append(per_topic.assign(backend=backend, kind=kind, label=named_topics))
            summary[backend][kind] = {
                "pairs": len(table),
                "ari": float(table["ari"].mean()),
                "ari_smallest": float(table["ari"].min()),
                "ami": float(table["ami"].mean()),
                "similarity": float(table["similarity"].mean()),
                "matched": float(table["matched"].mean()),
            }
    columns = [
        "backend",
        "kind",
        "a",
        "b",
        "ari",
        "ami",
        "matched",
        "similarity",
        "n_documents",
        "n_unassigned",
    ]
    files.write_csv(folder / "stability.csv", pd.concat(pairs, ignore_index=True)[columns])
    columns = ["backend", "kind", "topic", "label", "stability", "recurrence"]
    files.write_csv(folder / "stability_topics.csv", pd.concat(topics, ignore_index=True)[columns])
    settings = {"repeats": repeats, "drop": drop, "rng": rng, "prototypes": chosen}
    files.write_json(folder / "stability.json", {"settings": settings, "backends": summary})
    return {}
