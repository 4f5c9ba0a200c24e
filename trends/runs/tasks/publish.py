"""Put the files of the contract in place.

All are copied beside their places first, then moved, and the manifest comes last.
"""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_info

from trends import files, store
from trends.core import Corpus
from trends.embed.engines.processor import instructions
from trends.runs.cards import card_file
from trends.runs.cards.make import CARD, Results, card_of
from trends.runs.config.settings import RunConfig
from trends.runs.engine.cache import RECORD
from trends.runs.engine.closure import version
from trends.runs.engine.engine import Engine
from trends.runs.tasks import documents
from trends.runs.tasks.report import heading
from trends.sources.stored import corpus_file

#: What a placebo adds to a run, and to its claim card.
PLACEBO = "placebo.json"
#: What the record of every task says of its cost, seconds, those of the processor, and bytes; no
#: result depends on it.
COSTS = ("seconds", "cpu_seconds", "peak_memory")
#: What updates of a run rest on, beside its fits.
FROZEN = ("corpus.parquet", "topics.csv")
#: Keys of the manifest that tell how it was carried out this time; the others, and all other files,
#: are the same however often a run was stopped.
PASSING = (*COSTS, "memory", "kept_from_before", "vector_store", "processor", "engine")


@dataclass(frozen=True)
class Computed:
    """Where the finished tasks lie on which numbers rest."""

    terms: Path
    vectors: Path | None
    fits: dict[str, dict[int, Path]]
    analysis: Path
    #: Where ``split.csv`` lies, if topics were learnt on other documents than those of ``corpus``,
    #: and what the draw is called.
    split: Path | None = None
    drawn: str = ""


@dataclass(frozen=True, kw_only=True)
class Folders(Computed):
    """Where all finished tasks of a run lie."""

    figures: Path
    report: Path
    #: Tables and figure of groups of documents, if there are any.
    groups: Path | None = None
    #: Tables and figures of shapes, if they were looked for.
    shapes: Path | None = None


def publish(
    engine: Engine, corpus: Corpus, config: RunConfig, folders: Folders, whole: Corpus
) -> dict[str, Any]:
    """Copy results to their places in ``out``, write the claim card and the manifest.

    Files that an earlier run published and this one did not are removed; tables that a placebo
    added stay where nothing changed on which they rest. ``whole`` is the corpus with the documents
    on which topics are learnt only.

    Returns
    -------
    dict
        The manifest.
    """
    out, placed = engine.out, dict[str, Path]()
    for folder, prefix in (
        (folders.analysis, ""),
        (folders.figures, "figures/"),
        (folders.report, ""),
    ):
        placed.update({f"{prefix}{name}": path for name, path in _content(folder).items()})
    for more in (folders.groups, folders.shapes):
        if more is not None:
            placed.update(_content(more))
    placed["terms.csv"] = folders.terms / "terms.csv"
    if folders.split is not None and (folders.split / "split.csv").is_file():
        placed["split.csv"] = folders.split / "split.csv"
    for backend, by_seed in folders.fits.items():
        for seed, folder in by_seed.items():
            placed.update(
                {
                    f"models/{backend}/seed-{seed}/{name}": path
                    for name, path in _content(folder).items()
                }
            )
    analysis = json.loads(placed.pop("analysis.json").read_text(encoding="utf-8"))
    old, kept = _published(out), _still_true(out, corpus, config)
    names = sorted([*placed, *kept, "corpus.parquet", CARD])
    updates: dict[str, Any] = {}

    def clear() -> None:
        for name in sorted(set(old) - set(names) - set(updates.get("files", ()))):
            # Only names that an earlier manifest lists, and only inside this folder.
            path = (out / name).resolve()
            if out.resolve() in path.parents and path.is_file():
                path.unlink()
                _remove_empty(path.parent, out.resolve())

    with files.replacing_files(out, before_last=clear, last="manifest.json") as staged:
        for name, path in placed.items():
            _place(path, out / name, staged / name)
        corpus_file.write(without_words(corpus, folders.terms), staged / "corpus.parquet")
        found = files.read_json(out / PLACEBO) if PLACEBO in kept else None
        card = card_of(results_of(engine, whole, config, folders, found))
        card_file.write(card, staged / CARD)
        hashes = {
            name: files.sha256(staged / name if (staged / name).exists() else out / name)
            for name in names
        }
        updates |= _updates(out, hashes)
        departures = [
            f"The run departs from its registered plan: {each}"
            for each in (card.plan.deviations if card.plan else ())
        ]
        manifest = _manifest(engine, corpus, config, folders, analysis, hashes, departures)
        manifest |= {"added": kept} if kept else {}
        if updates:
            manifest["files"] |= updates["files"]
            manifest["updates"] = updates["updates"]
        files.write_json(staged / "manifest.json", manifest)
    return manifest


def results_of(
    engine: Engine,
    whole: Corpus,
    config: RunConfig,
    folders: Computed,
    placebo: dict[str, Any] | None,
) -> Results:
    """What the claim card of a run is made of."""
    content = _content(folders.analysis)
    return Results(
        content=content,
        whole=whole,
        config=config,
        terms=folders.terms,
        vectors=folders.vectors,
        fits=folders.fits,
        analysis=json.loads(content["analysis.json"].read_text(encoding="utf-8")),
        versions=_versions(engine),
        title=heading(config, whole),
        drawn=folders.drawn,
        placebo=placebo,
    )


def _versions(engine: Engine) -> dict[str, str]:
    names = {name: version(name) for name in engine.packages}
    return {"topic-trends": version("topic-trends"), **names}


def _still_true(out: Path, corpus: Corpus, config: RunConfig) -> list[str]:
    """Tables that were added to the run in ``out`` and would be the same for this one."""
    try:
        manifest = files.read_json(out / "manifest.json")
        same = (
            manifest["config"] == files.plain(_settings(config))
            and manifest["corpus_fingerprint"] == corpus.fingerprint
            and manifest["versions"]["topic-trends"] == version("topic-trends")
        )
        return [str(name) for name in manifest["added"] if same and (out / str(name)).is_file()]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def without_words(corpus: Corpus, terms: Path) -> Corpus:
    """The corpus as results show it.

    No text, which may not be the user's to pass on, but the number of terms of each document.
    """
    counts = store.read_counts(terms)
    n_terms = dict(zip(counts.doc_ids, counts.tokens.tolist(), strict=True))
    frame = corpus.documents.drop(columns=["text"], errors="ignore")
    frame["n_terms"] = [n_terms[i] for i in corpus.ids]
    return replace(corpus, documents=frame, counts=None, embeddings=None)


def _content(folder: Path) -> dict[str, Path]:
    return {
        p.relative_to(folder).as_posix(): p
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != RECORD
    }


def _place(source: Path, target: Path, staged: Path) -> None:
    """Copy a file to where it waits for the others, unless the same bytes are in place already."""
    if (
        target.is_file()
        and target.stat().st_size == source.stat().st_size
        and target.read_bytes() == source.read_bytes()
    ):
        return
    staged.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, staged)


def _published(out: Path) -> list[str]:
    try:
        return [str(name) for name in files.read_json(out / "manifest.json")["files"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _updates(out: Path, hashes: dict[str, str]) -> dict[str, Any]:
    """Updates of the run that was there, if its topics are still those of this one."""
    try:
        old = files.read_json(out / "manifest.json")
        mine = {n: h for n, h in hashes.items() if n.startswith("models/") or n in FROZEN}
        if not old.get("updates") or any(old["files"].get(n) != h for n, h in mine.items()):
            return {}
        added = {n: h for n, h in old["files"].items() if n.startswith("updates/")}
        return {"updates": old["updates"], "files": added}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _remove_empty(folder: Path, stop: Path) -> None:
    while folder != stop and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _settings(config: RunConfig) -> dict[str, Any]:
    """The settings but for where the work was done, on which no result depends."""
    return config.model_dump(mode="json", exclude={"engine"})


def _manifest(
    engine: Engine,
    corpus: Corpus,
    config: RunConfig,
    folders: Folders,
    analysis: dict[str, Any],
    hashes: dict[str, str],
    departures: Sequence[str],
) -> dict[str, Any]:
    done = {key: task for key, task in engine.tasks.items() if key not in engine.failed}
    recorded = {task.name: engine.cache.info(task) for task in done.values()}
    kept = sorted(engine.tasks[key].name for key, kept in engine.kept.items() if kept)
    memory = asdict(engine.budget) if engine.budget else {}
    fits = [
        {"backend": backend, "seed": seed, "path": f"models/{backend}/seed-{seed}"}
        for backend, by_seed in folders.fits.items()
        for seed in by_seed
    ]
    embedding: dict[str, Any] = {}
    if folders.vectors is not None:
        embedding = json.loads((folders.vectors / RECORD).read_text(encoding="utf-8"))["info"][
            "embedding"
        ]
    # Which vectors were at hand is known of a run that was stopped, or came second, and no fact of
    # its result.
    vector_store = embedding.pop("store", {})
    split: dict[str, Any] = {}
    if folders.split is not None:
        split = {
            k: v
            for k, v in json.loads((folders.split / RECORD).read_text(encoding="utf-8"))[
                "info"
            ].items()
            if k not in COSTS
        }
    terms = json.loads((folders.terms / RECORD).read_text(encoding="utf-8"))["info"]
    return files.plain(
        {
            "format": 1,
            "name": config.name,
            "title": heading(config, corpus),
            "config": _settings(config),
            **(
                {}
                if config.engine.name == "memory"
                else {"engine": config.engine.model_dump(mode="json")}
            ),
            "rng": config.rng,
            "seeds": {backend: list(by_seed) for backend, by_seed in folders.fits.items()}
            | analysis.get("seeds", {})
            | ({folders.drawn: [split["seed"]]} if split else {}),
            "fits": fits,
            "versions": {
                "python": platform.python_version(),
                **_versions(engine),
            },
            "platform": f"{platform.system()} {platform.machine()}",
            "processor": {"instructions": list(instructions()), "blas": _blas()},
            "inputs": corpus.notes.get("inputs", {}),
            "corpus_fingerprint": corpus.fingerprint,
            "embedding": embedding,
            "counts": {
                **documents.summary(corpus),
                "records": corpus.notes.get("records", len(corpus)),
                "per_input": corpus.notes.get("per_input", {}),
                "dropped": corpus.notes.get("dropped", []),
                "terms": {k: v for k, v in terms.items() if k not in (*COSTS, "warnings")},
                **(
                    {folders.drawn: {k: v for k, v in split.items() if k != "seed"}}
                    if split
                    else {}
                ),
            },
            "summary": analysis.get("summary", []),
            "prototypes": analysis.get("prototypes", {}),
            "spans": analysis.get("spans", []),
            "labels": analysis.get("labels", {}),
            **({"edits": analysis["edits"]} if analysis.get("edits") else {}),
            **({"topic_number": analysis["topic_number"]} if "topic_number" in analysis else {}),
            "warnings": [
                *corpus.notes.get("warnings", []),
                *analysis.get("warnings", []),
                *departures,
                *recorded.get("figures", {}).get("warnings", []),
            ],
            **{cost: {name: info.get(cost) for name, info in recorded.items()} for cost in COSTS},
            **({"memory": memory} if memory else {}),
            **({"vector_store": vector_store} if vector_store else {}),
            "kept_from_before": kept,
            "files": hashes,
        }
    )


def _blas() -> list[dict[str, Any]]:
    """The libraries that multiply matrices, with the kernel that each chose for this processor."""
    known = {"internal_api": "library", "version": "version", "architecture": "kernel"}
    found = [each for each in threadpool_info() if each["user_api"] == "blas"]
    return [{name: each.get(key) for key, name in known.items()} for each in found]


def add(folder: Path, names: Sequence[str], out: Path) -> dict[str, Any]:
    """Put further tables beside those of a finished run and name them in its manifest.

    A later run then knows them. Returned is the content of the last one, a JSON file.
    """
    manifest = files.read_json(out / "manifest.json")
    document: dict[str, Any] = json.loads((folder / names[-1]).read_text(encoding="utf-8"))
    with files.replacing_files(out, last="manifest.json") as staged:
        for name in names:
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, staged / name)
            manifest["files"][name] = files.sha256(staged / name)
        manifest["added"] = sorted({*manifest.get("added", []), *names})
        if names[-1] == PLACEBO and (card := card_file.add_placebo(out / CARD, document)):
            card_file.write(card, staged / CARD)
            manifest["files"][CARD] = files.sha256(staged / CARD)
        files.write_json(staged / "manifest.json", manifest)
    return document
