"""Documents that come to a finished run: read, told from those that it has, given their shares."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trends import files
from trends.core import Corpus
from trends.core.computing.cost import Cost
from trends.embed import EMBEDDERS
from trends.errors import TrendsError, UsageError
from trends.runs.config.settings import RunConfig
from trends.runs.engine.cache import key_of
from trends.runs.engine.content import content_of
from trends.runs.engine.engine import Context
from trends.runs.engine.task import Task, task
from trends.runs.tasks import backends, documents, terms
from trends.runs.tasks.parts import part
from trends.runs.tasks.updating import fitting, shares
from trends.runs.tasks.updating.frozen import Frozen
from trends.runs.tasks.vectors import vectors as embedded
from trends.sources import read_corpus
from trends.sources.detect import detect
from trends.sources.stored import corpus_file

#: Facts of an update, for the manifest; and its documents, without their words.
FACTS, CORPUS = "update.json", "corpus.parquet"
#: Settings that say how the words of a table are found; a corpus file has them in place.
WHOLE = ("corpus", "features", "pretraining")


@task("update-read", how=("paths", "corpus"), loads=backends.none)
def read(folder: Path, *, paths: tuple[str, ...], corpus: Mapping[str, Any]) -> dict[str, Any]:
    """Read what was given, as the run read its own documents."""
    options = dict(corpus)
    source = options.pop("source", "auto")
    if source == "auto" and _kind(paths) in WHOLE:
        options = {k: v for k, v in options.items() if k.startswith("observed")}
    found = read_corpus(list(paths), source=source, **options)
    corpus_file.write(found, folder / CORPUS)
    return {"documents": len(found), "inputs": found.notes.get("inputs", {})}


def _kind(paths: tuple[str, ...]) -> str:
    try:
        return detect(paths)
    except TrendsError:
        return ""  # reading says what is wrong, in the words that fit the options


def task_of_read(paths: tuple[str, ...], config: RunConfig, until: str) -> Task:
    """The task that reads new documents; its key holds the content of every file."""
    given = config.corpus.model_dump(exclude={"path"}, exclude_defaults=True)
    given = {k: v for k, v in given.items() if not k.startswith("observed")}
    given |= {"observed_until": until} if until else {}
    content = [content_of(path) for path in paths]
    return read(paths=paths, corpus=given, depends={"content": content, "settings": given})


def _embedder(settings: Mapping[str, Any]) -> backends.Loads:
    model = settings["config"].embed.model
    return {**backends.none(settings), "trends.embed": [EMBEDDERS.module(model)]}


@task("update-part", cost=Cost(600, entries=60, vectors=14, all_shares=24),
      how=("run", "start", "earlier", "config"), reads=("embed",), loads=_embedder)  # fmt: skip
def add(
    folder: Path,
    given: Path,
    *,
    run: str,
    start: str,
    earlier: tuple[str, ...],
    config: RunConfig,
    context: Context,
) -> dict[str, Any]:
    """Shares of the documents that are new, in every fit of the run."""
    frozen, corpus = Frozen(Path(run)), documents.load(given)
    joined = [frozen.corpus, *(corpus_file.read([Path(e) / CORPUS]) for e in earlier)]
    known = frozen.known.union(*(one.ids for one in joined))
    fresh = np.array([doc not in known for doc in corpus.ids], dtype=bool)
    facts: dict[str, Any] = {
        "read": len(corpus),
        "known": int((~fresh).sum()),
        "documents": int(fresh.sum()),
    }
    old = pd.concat([one.documents[["id", "title", "date"]] for one in joined])
    facts["changed"] = _changed(corpus, old)
    if not fresh.any():
        files.write_json(folder / FACTS, facts)
        return facts
    new = part(corpus, np.flatnonzero(fresh))
    facts["again"] = _again(new, old)
    until = old["date"].max()
    dates = new.documents["date"]
    facts |= {
        "late": int((dates <= until).sum()),
        "undated": int(dates.isna().sum()),
        "first": _day(dates.min()),
        "last": _day(dates.max()),
        "observed_until": str(corpus.observed_until or ""),
        "warnings": list(corpus.notes.get("warnings", [])),
    }
    near, learnt_vectors = shares.read_near(Path(start))
    vectors = _vectors(new, frozen, config, context) if learnt_vectors is not None else None
    counted: dict[tuple[str, ...], Any] = {}
    leading = shares.Matched(Path(start)).prototype(next(iter(frozen.seeds)))
    for backend, seeds in frozen.seeds.items():
        for seed in seeds:
            learnt = frozen.learnt(frozen.published(backend, seed))
            if learnt.vocabulary not in counted:
                counted[learnt.vocabulary] = terms.known_counts(new, learnt.vocabulary)
            counts = counted[learnt.vocabulary]
            topics = shares.rule_of(learnt, near, learnt_vectors)(counts, vectors)
            shares.write(folder, backend, seed, topics)
            if backend == next(iter(frozen.seeds)) and seed == leading:
                fitting.new(folder, Path(start), new, learnt, topics, counts, vectors)
    frame = new.documents.drop(columns=["text"], errors="ignore")
    frame["n_terms"] = next(iter(counted.values())).tokens
    facts["without_terms"] = int((frame["n_terms"] == 0).sum())
    bare = Corpus(frame, name=corpus.name, observed_until=corpus.observed_until)
    corpus_file.write(bare, folder / CORPUS)
    files.write_json(folder / FACTS, facts)
    return facts


def _changed(corpus: Corpus, old: pd.DataFrame) -> int:
    """Documents that are known by their id and have another title or date than they had."""
    both = corpus.documents[["id", "title", "date"]].merge(old, on="id", suffixes=("", "_old"))
    title = both["title"].fillna("") != both["title_old"].fillna("")
    same_day = (both["date"] == both["date_old"]) | (both["date"].isna() & both["date_old"].isna())
    return int((title | ~same_day).sum())


def _again(new: Corpus, old: pd.DataFrame) -> int:
    """New documents with the title and date of one that is there under another id."""
    about = ["title", "date"]
    titled = new.documents[about].fillna({"title": ""})
    titled = titled[titled["title"].str.strip() != ""]
    return len(titled.merge(old[about].drop_duplicates(), on=about))


def _day(value: Any) -> str:
    return "" if pd.isna(value) else f"{value:%Y-%m-%d}"


def _vectors(new: Corpus, frozen: Frozen, config: RunConfig, context: Context) -> Any:
    """Vectors of new documents in the space of the run.

    Raises
    ------
    UsageError
        If they were made by another model than those of the run.
    """
    about = frozen.manifest["embedding"]
    array, made = embedded(new, config.embed, lambda done, of: context.within(f"{done} of {of}"))
    for name in ("embedder", "model", "engine", "dimensions"):
        if config.embed.model != "precomputed" and made.get(name) != about.get(name):
            message = (
                f"The vectors of the run were made with {name} {about.get(name)!r}, those of the "
                f"new documents with {made.get(name)!r}; topics of one say nothing in another."
            )
            raise UsageError(message)
    return array


def task_of(
    frozen: Frozen, given: Task, start: Path, earlier: list[Path], config: RunConfig
) -> Task:
    """The task that adds documents; its key holds the topics and the documents that are there."""
    return add(
        given=given,
        run=str(frozen.out),
        start=str(start),
        earlier=tuple(map(str, earlier)),
        config=config,
        depends={
            "run": frozen.fingerprint,
            "base": key_of(content(start)),
            "earlier": [files.sha256(e / CORPUS) for e in earlier],
            "embed": [
                config.embed.model_dump(exclude={"store", "path"}),
                content_of(config.embed.path),
            ],
        },
    )


def content(folder: Path) -> dict[str, str]:
    """SHA-256 of all files of a folder but the record of a task."""
    return {
        p.relative_to(folder).as_posix(): files.sha256(p)
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != "task.json"
    }
