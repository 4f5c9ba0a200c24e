"""Put tables and figures of a run together into the report and the numbers that a paper quotes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from trends import files, plots, store
from trends.core import Corpus, Prevalence, Topics, Trend
from trends.core import multivalue as cells
from trends.core.computing.cost import Cost
from trends.models import BACKENDS
from trends.reports.content import SECTIONS, Audit, Groups, Picture, Report, Shapes
from trends.reports.export.latex import latex_tables
from trends.reports.export.methods import Methods, methods, packages
from trends.reports.export.numbers import macros, numbers
from trends.reports.links import COLUMNS as LINK_COLUMNS
from trends.reports.links import link_of
from trends.reports.sections.audit import title as audit_title
from trends.runs.config.sections.engine import EngineConfig
from trends.runs.config.settings import RunConfig
from trends.runs.config.view import names_of
from trends.runs.engine.cache import RECORD
from trends.runs.engine.closure import version
from trends.runs.engine.task import task
from trends.runs.tasks import backends
from trends.runs.tasks.analysis_parts.shapes import with_shapes
from trends.runs.tasks.audit import FOLDER
from trends.runs.tasks.dividing import chunks
from trends.runs.tasks.documents import summary
from trends.runs.tasks.figures import DENOMINATOR
from trends.runs.tasks.parts import estimated

#: Tables of the run that show how far its trends can be trusted.
BESIDE_TRENDS = ("composition", "diagnostics", "diagnostics_corrected")


#: What decides nothing but how fast a run is done.
_UNREAD = ("memory", "models.workers", *(f"engine.{name}" for name in EngineConfig.model_fields))


@task(
    "report",
    cost=Cost(500, all_shares=24),
    reads=[name for name in names_of(RunConfig) if name not in _UNREAD],
    loads=backends.of_run,
)
def compose(
    folder: Path,
    corpus: Path,
    split: Path | None,
    terms: Path,
    analysis: Path,
    figures: Path,
    groups: Path | None,
    shapes: Path | None,
    *,
    config: RunConfig,
) -> dict[str, Any]:
    """Write the report of a run, and what a paper takes from it.

    ``report.html``; ``numbers.json``, ``numbers.tex``, ``tables/*.tex``; ``methods.md``,
    ``methods.tex`` and ``references.bib``.
    """
    from trends.reports.html import render

    names = (
        "coverage",
        "topics",
        "prevalence",
        "trends",
        "alignment",
        "quality",
        "claims",
        "specifications",
        *BESIDE_TRENDS,
    )
    table = {name: store.read_csv(analysis / f"{name}.csv") for name in names}
    documents = estimated(corpus, split)
    notes = json.loads((analysis / "analysis.json").read_text(encoding="utf-8"))
    metadata = {
        **_about(documents),
        "period": config.prevalence.period,
        "interval": _interval(config),
        "denominator": DENOMINATOR[config.prevalence.theta],
        "level": config.prevalence.level,
        "spans": notes.get("spans", ()),
        "rng": config.rng,
        "families": {name: BACKENDS.load(name).family for name in config.models.backends},
        "claims_rule": notes["claims"]["rule"],
        "claims_about": notes["claims"]["backend"],
        "prototypes": notes["prototypes"],
        **({"number_of_topics": _chosen(notes["topic_number"])} if "topic_number" in notes else {}),
        "claims_notes": notes["claims_notes"],
        **chunks.said(terms, config.text.chunks, len(documents)),
        **({"edits": notes["edits"]} if notes.get("edits") else {}),
        "trend_notes": notes["trend_notes"],
    }
    quoted = numbers(table, summary(documents), config.rng)
    told = _methods(quoted, metadata, documents, terms, analysis, config)
    report = Report(
        title=heading(config, documents),
        metadata=metadata,
        coverage=table["coverage"],
        topics=table["topics"],
        prevalence=table["prevalence"],
        trends=table["trends"],
        alignment=table["alignment"],
        quality=table["quality"],
        claims=table["claims"],
        composition=table["composition"],
        diagnostics=table["diagnostics"],
        diagnostics_corrected=table["diagnostics_corrected"],
        specifications=table["specifications"],
        audit=Audit(
            _if_there(analysis / FOLDER / "summary.csv"),
            _if_there(analysis / "trends_standardized.csv"),
            notes.get("standardized", ()),
        ),
        curves=store.read_csv(analysis / "curves.csv"),
        warnings=[*documents.notes.get("warnings", []), *notes["warnings"]],
        groups=None if groups is None else _groups(groups),
        shapes=None if shapes is None else _shapes(shapes),
        figures=[
            *pictures(figures, config.models.backends),
            *(pictures(groups / "figures", config.models.backends) if groups else ()),
            *(pictures(shapes / "figures", config.models.backends) if shapes else ()),
        ],
        **_documents(documents, store.read_csv(analysis / "documents.csv")),
        methods=told.markdown,
        references=told.bibtex,
        settings=config.model_dump(mode="json"),
    )
    (folder / "report.html").write_bytes(render(report).encode("utf-8"))
    if shapes is not None:
        files.write_csv(folder / "claims.csv", with_shapes(table["claims"], shapes))
    quoted |= told.numbers
    files.write_json(folder / "numbers.json", quoted)
    for name, text in {
        "numbers.tex": macros(quoted),
        "methods.md": told.markdown,
        "methods.tex": told.latex,
        "references.bib": told.bibtex,
    }.items():
        (folder / name).write_bytes(text.encode("utf-8"))
    for name, text in latex_tables(table, notes.get("spans", ())).items():
        target = folder / "tables" / f"{name}.tex"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(text.encode("utf-8"))
    return {}


def _methods(
    quoted: dict[str, Any],
    metadata: dict[str, Any],
    documents: Corpus,
    terms: Path,
    analysis: Path,
    config: RunConfig,
) -> Methods:
    """The text of methods of a run."""
    backends_, embed = config.models.backends, config.embed
    needs = any(BACKENDS.load(name).needs_embeddings for name in backends_)
    made = "all-MiniLM-L6-v2" if embed.model == "minilm" else Path(embed.path or embed.model).name
    about = {
        **metadata,
        "records": documents.notes.get("records", len(documents)),
        "cleaning": documents.notes.get("cleaning", {}),
        "terms": json.loads((terms / RECORD).read_text(encoding="utf-8"))["info"],
        "vectors": made if needs else "",
    }
    multiverse = analysis / "multiverse.json"
    return methods(
        quoted,
        config.model_dump(mode="json"),
        about,
        {name: version(name) for name in ("topic-trends", *packages(backends_))},
        files.read_json(multiverse) if multiverse.is_file() else None,
    )


def single(
    path: Path,
    corpus: Corpus,
    topics: Topics,
    shares: Prevalence,
    slopes: Trend,
    *,
    curves: pd.DataFrame | None = None,
    updates: Sequence[str] = (),
    figures: Sequence[Picture] = (),
) -> Path:
    """Write the report of one fit, from nouns alone, with what is said of updates of it.

    ``curves`` stand in the place of those of ``slopes``; a figure of shares among ``figures``
    stands in the place of the one that is drawn here.
    """
    from trends.reports.html import render

    backend = topics.backend
    frames = {
        "prevalence": shares.frame(),
        "trends": slopes.frame(),
        "curves": slopes.curves() if curves is None else curves.copy(),
    }
    for frame in frames.values():
        frame.insert(0, "backend", backend)
    hard = topics.hard
    titles = dict(zip(corpus.ids, corpus.documents["title"].astype(str), strict=True))
    best = topics.theta.argsort(axis=0)[::-1][:3].T
    rows = pd.DataFrame(
        {
            "backend": backend,
            "topic": range(topics.n_topics),
            "label": list(shares.labels),
            "n_docs": [int((hard == k).sum()) for k in range(topics.n_topics)],
            "share": [float((hard == k).mean()) for k in range(topics.n_topics)],
            "top_terms": ["; ".join(t) for t in topics.top_terms(10)],
            "examples": [
                cells.join((titles[corpus.ids[i]].strip() for i in column), "|", " ")
                for column in best
            ],
            "example_ids": [cells.join((corpus.ids[i] for i in column), ";") for column in best],
        }
    )
    coverage = pd.DataFrame(
        {
            "period": shares.periods.astype("datetime64[s]"),
            "n_docs": shares.n_docs,
            "n_with_text": shares.n_docs,
            "complete": shares.complete,
        }
    )
    period = str(shares.settings.get("period", ""))
    drawn = [plots.changes(frames["trends"], spans=slopes.settings.get("spans", ()))]
    if not any(picture.section == "prevalence" for picture in figures):
        drawn.insert(0, plots.prevalence(frames["prevalence"], period=period or None))
    none = pd.DataFrame()
    report = Report(
        title=corpus.name,
        metadata={
            **_about(corpus),
            "period": period,
            "denominator": shares.settings.get("denominator", ""),
            "trend_notes": {backend: slopes.settings.get("notes", [])},
            "spans": slopes.settings.get("spans", ()),
            **({"updates": list(updates)} if updates else {}),
        },
        coverage=coverage,
        topics=rows,
        prevalence=frames["prevalence"],
        trends=frames["trends"],
        curves=frames["curves"],
        links=_links(corpus, set(best.ravel().tolist())),
        alignment=none,
        quality=none,
        warnings=[*corpus.notes.get("warnings", []), *topics.provenance.get("warnings", [])],
        figures=[
            Picture(d.title, plots.svg_text(d), d.caption, d.alt, d.data, d.section, d.stem)
            for d in drawn
        ]
        + list(figures),
        settings={
            "fit": topics.provenance,
            "prevalence": shares.settings,
            "trends": slopes.settings,
        },
    )
    files.write_text(path, render(report))
    return path


def _documents(corpus: Corpus, closest: pd.DataFrame) -> dict[str, Any]:
    """Titles of the documents closest to topics, and addresses of all that have one."""
    frame = corpus.documents
    titles = dict(zip(corpus.ids, frame["title"].fillna("").astype(str), strict=True))
    return {
        "documents": closest.assign(title=closest["id"].map(titles)),
        "links": _links(corpus),
    }


def _groups(folder: Path) -> Groups:
    """What was found in groups of documents."""
    about = files.read_json(folder / "groups.json")
    return Groups(
        about["by"],
        store.read_csv(folder / "groups.csv"),
        store.read_csv(folder / "group_differences.csv"),
        about["sentences"],
        about["notes"],
    )


def _shapes(folder: Path) -> Shapes:
    """What was found beyond more or less."""
    about = files.read_json(folder / "shapes.json")
    return Shapes(
        store.read_csv(folder / "shapes.csv"),
        about["sentences"],
        list(about["left_out"].values()),
        about["reading"],
    )


def _links(corpus: Corpus, rows: Collection[int] | None = None) -> dict[str, str]:
    """Address of each document, or of those in some rows, that has one."""
    frame = corpus.documents if rows is None else corpus.documents.iloc[sorted(rows)]
    known = frame[["id", *(c for c in LINK_COLUMNS if c in frame)]]
    links = {row["id"]: link_of(row) for row in known.to_dict("records")}
    return {name: address for name, address in links.items() if address}


def heading(config: RunConfig, corpus: Corpus) -> str:
    """What a run is called: by its title, its name, or else after its corpus."""
    unnamed = config.name == RunConfig.model_fields["name"].default
    return config.title or (corpus.name if unnamed else config.name)


def _if_there(path: Path) -> pd.DataFrame:
    """A table that not every run has."""
    return store.read_csv(path) if path.is_file() else pd.DataFrame()


def _chosen(number: dict[str, Any]) -> str:
    """How the number of topics was chosen."""
    return " ".join([f"{number['n_topics']} topics, chosen.", *number["reasons"], number["rule"]])


def _about(corpus: Corpus) -> dict[str, Any]:
    s = summary(corpus)
    notes = corpus.notes
    dropped = notes.get("dropped", [])
    return {
        "corpus": corpus.name,
        "documents": s["documents"],
        "dated": s["dated"],
        "undated": s["documents"] - s["dated"],
        "by_precision": s["by_precision"],
        "by_evidence": s["by_evidence"],
        "conflicts": notes.get("conflicts", []),
        # A long list would fill the page; it is whole in the manifest.
        "dropped": dropped
        if len(dropped) <= 10
        else sum(notes.get("dropped_by_reason", {}).values()) or len(dropped),
        "dropped_by_reason": notes.get("dropped_by_reason")
        or dict(Counter(str(d.get("reason", "")) for d in dropped)),
        "inputs": notes.get("inputs", {}),
        "snapshots": notes.get("snapshots", {}),
        "fingerprint": corpus.fingerprint,
    }


def _interval(config: RunConfig) -> str:
    kind = {
        "wilson": "Wilson interval on an effective number of documents",
        "bootstrap": "percentile interval of a document bootstrap",
    }[config.prevalence.interval]
    seeds = (
        f", means of {config.models.seeds} seeds, whose variance is pooled over periods and topics"
        if config.models.seeds > 1
        else ""
    )
    cluster = config.prevalence.cluster
    units = f", documents of one {cluster} as a cluster" if cluster else ""
    return f"{config.prevalence.level * 100:g} % {kind}{units}{seeds}"


def pictures(figures: Path, backends: Sequence[str]) -> list[Picture]:
    """Every figure of a folder, as the report shows it: by section, place in it, and backend."""
    files_of_words = sorted(p for p in figures.glob("*.json") if p.name != RECORD)
    words = [json.loads(p.read_text(encoding="utf-8")) for p in files_of_words]
    ranks = {backend: str(i) for i, backend in enumerate(backends)}

    def place(word: dict[str, Any]) -> tuple[int, int, str]:
        mine = word["title"].rpartition(": ")[2]
        return SECTIONS.index(word["section"]), word["order"], ranks.get(mine, mine)

    return [
        Picture(
            word["title"] or audit_title(word["stem"].removeprefix("audit-")),
            (figures / f"{word['stem']}.svg").read_text(encoding="utf-8"),
            word["caption"],
            word["alt"],
            store.read_csv(figures / f"{word['stem']}.csv"),
            word["section"],
            word["stem"],
        )
        for word in sorted((w for w in words if w["section"]), key=place)
    ]
