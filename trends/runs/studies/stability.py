"""How far the fits of a run depend on the seed, on the order of the documents, and on a few documents more or less."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends import files, store
from trends.analysis.quality import stability as measures
from trends.core.rng import seeds_from
from trends.errors import UsageError
from trends.runs.config.settings import RunConfig
from trends.runs.engine import memory, publish
from trends.runs.engine.cache import Cache, Stage
from trends.runs.engine.executor import FitJob, fit_all
from trends.runs.engine.lock import alone_in
from trends.runs.studies import recipe
from trends.runs.studies.road import NUMERICS, Report, Road, lay_out
from trends.runs.tasks import choose
from trends.runs.tasks.inputs import Inputs, prepare_inputs

TABLES = ("stability.csv", "stability_topics.csv", "stability.json")

#: What the fit of the prototype is compared with, beside the other seeds.
Kind = Literal["order", "drop"]


@dataclass(frozen=True)
class Again:
    """One more fit of a backend: the rows that it learns on, in their order, and where rows and fit are kept."""

    name: str
    kind: Kind
    rows: NDArray[np.int64]
    part: Stage
    fit: Stage


def run(
    config: RunConfig,
    out: Path,
    *,
    repeats: int = 5,
    drop: float = 0.05,
    report: Report | None = None,
) -> dict[str, Any]:
    """Carry out the run, where it has not been, and fit each backend again on other orders and fewer documents.

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
        Called with (stage, state, done, total).

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
    say = report or (lambda *_: None)
    asked = config
    config, number = choose.resolve(config, out, say)
    laid, cache = lay_out(config, number), Cache(out / ".cache")
    total = len(laid.stages) + 2 * repeats * len(laid.learnt) + 1
    if any(cache.find(s) is None for s in laid.stages) or not (out / "manifest.json").is_file():
        recipe.run(asked, out, report=lambda stage, state, done, _: say(stage, state, done, total))
    with alone_in(out):
        again = _plan(laid, cache, config, repeats, drop)
        keys = {backend: [a.fit.key for a in of_backend] for backend, of_backend in again.items()}
        stage = Stage(
            "stability",
            files.plain({"analysis": laid.analysis.key, "again": keys, "rng": config.rng}),
            ("analysis", "runs/studies/stability"),
            ("scikit-learn", *NUMERICS),
        )
        folder = cache.find(stage)
        if folder is None:
            _fit(laid, cache, again, say, total)
            say(stage.name, "start", total - 1, total)
            folder = cache.make(
                stage, lambda target: _write(target, laid, cache, config, again, repeats, drop)
            )
        say(stage.name, "done", total, total)
        publish.add(folder, TABLES, out)
        return json.loads((folder / "stability.json").read_text(encoding="utf-8"))


def _check(repeats: int, drop: float) -> None:
    if not 1 <= repeats <= 100:
        message = f"The number of orders and draws must lie between 1 and 100; got {repeats}."
        raise UsageError(message)
    if not 0 < drop <= 0.5:
        message = (
            f"The share of documents to leave out must be more than 0 and at most 0.5; got {drop}."
        )
        raise UsageError(message)


def _prototypes(laid: Road, cache: Cache) -> dict[str, int]:
    notes = json.loads((cache.folder(laid.analysis) / "analysis.json").read_text(encoding="utf-8"))
    return {backend: int(notes["prototypes"][backend]["seed"]) for backend in laid.learnt}


def _inputs(laid: Road, cache: Cache) -> Inputs:
    """Counts and vectors of the run, which has been carried out."""
    return prepare_inputs(laid, lambda stage, _: cache.folder(stage))


def _plan(
    laid: Road, cache: Cache, config: RunConfig, repeats: int, drop: float
) -> dict[str, list[Again]]:
    """The same orders and draws for every backend, so that backends can be compared."""
    n = store.read_counts(_inputs(laid, cache).learn_terms).n_documents
    n_dropped = max(1, round(drop * n))
    chosen = _prototypes(laid, cache)
    out: dict[str, list[Again]] = {backend: [] for backend in laid.learnt}
    for kind in ("order", "drop"):
        for number, seed in enumerate(
            seeds_from(config.rng, f"stability {kind}", repeats), start=1
        ):
            shuffled = np.random.default_rng(seed).permutation(n)
            rows = shuffled if kind == "order" else np.sort(shuffled[n_dropped:])
            inputs = {
                "terms": laid.terms.key,
                "vectors": laid.vectors.key if laid.vectors else None,
                "rows": rows.tolist(),
            }
            part = Stage(
                f"rows:{kind}-{number}", files.plain(inputs), ("runs/studies/stability",), NUMERICS
            )
            for backend, by_seed in laid.learnt.items():
                base = by_seed[chosen[backend]]
                fit = Stage(
                    f"again:{backend}:{kind}-{number}",
                    {**base.inputs, "terms": part.key, "fit": base.key},
                    ("models",),
                    base.packages,
                )
                out[backend].append(Again(f"{kind}-{number}", kind, rows, part, fit))
    return out


def _fit(laid: Road, cache: Cache, again: dict[str, list[Again]], say: Report, total: int) -> None:
    given = _inputs(laid, cache)
    done, jobs = len(laid.stages), []
    for backend, of_backend in again.items():
        for one in of_backend:
            if cache.find(one.fit) is not None:
                done += 1
                say(one.fit.name, "cached", done, total)
                continue
            if cache.find(one.part) is None:
                cache.make(one.part, partial(_write_rows, given=given, rows=one.rows))
            shutil.rmtree(cache.folder(one.fit), ignore_errors=True)
            inputs, part = one.fit.inputs, cache.folder(one.part)
            uses = part if inputs["vectors"] else None
            jobs.append(
                FitJob(
                    one.fit,
                    backend,
                    int(inputs["seed"]),
                    int(inputs["n_topics"]),
                    dict(inputs["settings"]),
                    part,
                    uses,
                    given.learnt_on,
                )
            )

    def fitted(name: str) -> None:
        nonlocal done
        done += 1
        say(name, "done", done, total)

    if jobs:
        say(jobs[0].stage.name, "start", done, total)
    fit_all(jobs, cache, memory.workers_for(laid), fitted)


def _write_rows(folder: Path, given: Inputs, rows: NDArray[np.int64]) -> dict[str, Any]:
    store.write_counts(folder, store.read_counts(given.learn_terms).take_documents(rows))
    if given.learn_vectors is not None:
        store.write_vectors(folder, store.read_vectors(given.learn_vectors)[rows])
    return {"documents": len(rows)}


def _write(
    folder: Path,
    laid: Road,
    cache: Cache,
    config: RunConfig,
    again: dict[str, list[Again]],
    repeats: int,
    drop: float,
) -> dict[str, Any]:
    labels = store.read_csv(cache.folder(laid.analysis) / "topics.csv").set_index(
        ["backend", "topic"]
    )["label"]
    chosen = _prototypes(laid, cache)
    rng = seeds_from(config.rng, "stability", 1)[0]
    pairs: list[pd.DataFrame] = []
    topics: list[pd.DataFrame] = []
    summary: dict[str, dict[str, dict[str, float]]] = {}
    for backend, by_seed in laid.learnt.items():
        fits = {
            f"seed-{seed}": store.read_topics(cache.folder(stage))
            for seed, stage in by_seed.items()
        }
        base_name = f"seed-{chosen[backend]}"
        base = fits[base_name]
        others = {"seed": {name: fit for name, fit in fits.items() if name != base_name}}
        for kind in ("order", "drop"):
            others[kind] = {
                a.name: store.read_topics(cache.folder(a.fit))
                for a in again[backend]
                if a.kind == kind
            }
        summary[backend] = {}
        for kind, named in others.items():
            if not named:
                continue
            table, per_topic = measures.against(base, list(named.values()), rng=rng)
            names = [base_name, *named]
            if kind == "seed":
                table, names = measures.between(list(fits.values()), rng=rng), list(fits)
            table = table.assign(
                backend=backend,
                kind=kind,
                a=[names[i] for i in table["a"]],
                b=[names[i] for i in table["b"]],
            )
            table = table.assign(matched=table["n_matched"] / base.n_topics)
            pairs.append(table)
            named_topics = [labels.loc[backend, k] for k in per_topic["topic"]]
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
