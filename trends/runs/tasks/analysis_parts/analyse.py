"""From fits to frames: prevalence, trends, diagnostics, composition, quality, agreement, claims."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.alignment import agreement, prototype
from trends.analysis.alignment import hungarian as alignment
from trends.analysis.prevalence import estimate as prevalence
from trends.analysis.prevalence.clusters import about_clusters, without_cluster
from trends.analysis.prevalence.words_over_time import words_over_time
from trends.analysis.quality import evaluate as quality
from trends.analysis.robustness import claims
from trends.analysis.trend.fit import fit_trends
from trends.core import Alignment, Corpus, TermCounts, Topics, Trend
from trends.core.computing.rng import seeds_from
from trends.models import BACKENDS
from trends.runs.config.settings import RunConfig
from trends.runs.tasks.analysis_parts import (
    figure_tables,
    names,
    naming,
    standardized,
    tables,
)
from trends.runs.tasks.analysis_parts.aligned import aligned
from trends.runs.tasks.analysis_parts.case import Case
from trends.runs.tasks.analysis_parts.diagnose import diagnose
from trends.runs.tasks.analysis_parts.diagnosis_tables import changed_by
from trends.runs.tasks.analysis_parts.periods import clusters_of, periods_of
from trends.runs.tasks.curation import edited, edits_file
from trends.runs.tasks.vectors import space_warnings

#: What the column ``power`` means.
POWER = (
    "Power is the smallest change, in percentage points from the first span to the last, that this "
    "corpus would have shown with a probability of 80 % (p < .05, not adjusted for many topics)."
)

Fits = Mapping[str, Sequence[Topics]]


def analyse(
    corpus: Corpus,
    counts: TermCounts,
    fits: Fits,
    vectors: NDArray[np.floating[Any]] | None,
    config: RunConfig,
) -> dict[str, Any]:
    """All tables and notes of a run, as frames and plain values.

    Parameters
    ----------
    corpus : Corpus
        Documents with their dates.
    counts : TermCounts
        The modelling vocabulary, the one reference for coherence.
    fits : mapping of str to sequence of Topics
        Backend → its fits, one per seed.
    vectors : ndarray, shape (documents, dimensions), optional
        For choosing example documents.
    config : RunConfig
        Period, estimator, interval, diagnostics, rng.

    Returns
    -------
    dict
        ``tables`` (name → frame) and ``notes`` (prototypes, seeds, warnings, summary, notes on
        tests and claims).
    """
    p = config.prevalence
    seeds = dict(
        zip(
            ("alignment", "bootstrap", "map", "curves"),
            seeds_from(config.rng, "analysis", 4),
            strict=True,
        )
    )
    periods = periods_of(corpus, **p.calendar)
    clusters = clusters_of(corpus, p.cluster)
    notes: dict[str, Any] = {
        "seeds": {k: [v] for k, v in seeds.items()},
        "prototypes": {},
        "trend_notes": {},
        "labels": {},
    }
    titles = dict(zip(corpus.ids, corpus.documents["title"].fillna("").astype(str), strict=True))
    own, phrases = names.read(config.labels.path), naming.phrases_of(corpus, counts)
    notes["warnings"] = [*tables.period_warnings(periods), *own.unused(list(fits))]
    notes["warnings"] += without_cluster(clusters)
    edits = edits_file.read(config.edits)
    notes["warnings"] += edits.unused(list(fits))
    notes["edits"] = []
    notes["warnings"] += space_warnings(config.embed) if vectors is not None else []
    parts: dict[str, list[pd.DataFrame]] = {
        name: []
        for name in (
            "topics",
            "labels",
            "quality",
            "prevalence",
            "trends",
            "curves",
            "seasons",
            "composition",
            "words",
            "documents",
            "words_over_time",
            "seeds",
            *(["edits"] if edits.edits else []),
        )
    }
    cases: dict[str, Case] = {}
    measured = dict(zip(fits, _by_backend(fits, counts), strict=True))
    for backend, of_backend in fits.items():
        found = prototype.choose(of_backend, rng=seeds["alignment"])
        best = of_backend[found.index]
        edited.check(backend, best, edits.path)
        named = naming.name(backend, best, counts, phrases, own, seeds["alignment"])
        labelled = named.labels
        notes["labels"][backend] = naming.sentence(backend, named.check)
        notes["warnings"] += [*named.notes, *edited.warnings(backend, of_backend, edits.path)]
        if edited.about(best):
            before = edits.topics.terms_of(backend)
            parts["edits"].append(edited.table(backend, best, of_backend, labelled, before))
            notes["edits"].append(edited.sentence(backend, best, labelled, edits.path))
        rows = [
            aligned(fit, to, p.theta) for fit, to in zip(of_backend, found.alignments, strict=True)
        ]
        shares = prevalence.estimate(
            rows,
            periods,
            labels=labelled,
            theta=p.theta,
            interval=p.interval,
            level=p.level,
            clusters=clusters,
            rng=seeds["bootstrap"],
        )
        each = prevalence.estimate_each(
            rows, periods, labels=labelled, theta=p.theta, level=p.level, clusters=clusters
        )
        trend = fit_trends(each, spans=p.spans, level=p.level)
        cases[backend] = Case(backend, best, rows, shares, trend, clusters)
        notes["prototypes"][backend] = {
            "seed": best.seed,
            "membership": tables.membership(best),
            "mean_similarity": found.mean_similarity,
            "unmatched_topics": [len(a.unmatched_right) for a in found.alignments if a is not None],
        }
        notes["trend_notes"][backend] = [*trend.settings.get("notes", []), *about_clusters(shares)]
        notes["warnings"] += [
            f"{backend}, seed {fit.seed}: {w}"
            for fit in of_backend
            for w in fit.provenance.get("warnings", [])
        ]
        for name, frame in cases[backend].over_time(p, seeds["curves"]).items():
            parts[name].append(frame)
        parts["topics"].append(
            tables.tagged(
                tables.topics(
                    best,
                    labelled,
                    named.check,
                    measured[backend][found.index],
                    found,
                    corpus,
                    vectors,
                    p.theta,
                ),
                backend,
            )
        )
        parts["labels"].append(
            tables.tagged(names.frame(best, labelled, named.automatic, titles), backend)
        )
        parts["quality"].append(tables.quality_of(backend, of_backend, measured[backend], found))
        parts["words"].append(tables.tagged(figure_tables.words(best, labelled, counts), backend))
        parts["documents"].append(tables.tagged(figure_tables.documents(best, periods), backend))
        parts["words_over_time"].append(
            tables.tagged(words_over_time(best, counts, periods), backend)
        )
        parts["seeds"].append(
            tables.tagged(figure_tables.seeds(of_backend, found, labelled), backend)
        )
    main = next(iter(fits))
    diagnosed = diagnose(corpus, counts, periods, list(cases.values()), config)
    notes["warnings"] += diagnosed.warnings
    out = {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items() if frames}
    out["diagnostics"], out["diagnostics_corrected"] = diagnosed.table, diagnosed.corrected
    if p.standardize_by:
        held = standardized.beside(corpus, periods, list(cases.values()), config)
        out["trends_standardized"], out["prevalence_standardized"], notes["standardized"] = (
            held.trends,
            held.prevalence,
            held.sentences,
        )
    out |= _matches(cases, fits, seeds["alignment"])
    chosen = {backend: case.prototype for backend, case in cases.items()}
    out |= {
        "crossed": figure_tables.crossings(chosen),
        "map": figure_tables.document_map(
            chosen, vectors if config.figures.map else None, seeds["map"]
        ),
    }
    out["source_changes"] = figure_tables.source_changes(corpus, periods)
    out["coverage"], out["dates"] = tables.coverage(corpus, counts, periods), tables.dates(corpus)

    def test(fit: Topics) -> Trend:
        one = prevalence.estimate(fit, periods, theta=p.theta, level=p.level, clusters=clusters)
        return fit_trends(one, spans=p.spans, level=p.level)

    out["specifications"] = specifications(cases[main].prototype, fits, test, seeds["alignment"])
    _, out["claims"] = claims.classify_claims(
        out["trends"].query("backend == @main"),
        out["specifications"],
        diagnostics=changed_by(diagnosed.table, main),
    )
    notes["spans"] = cases[main].trend.settings.get("spans", [])
    notes["claims"] = {"backend": main, "rule": str(claims.Rule())}
    notes["claims_notes"] = [POWER]
    notes["summary"] = [*notes["edits"], *tables.summary(corpus.summary(), out, main)]
    return {"tables": out, "notes": notes}


def _matches(cases: dict[str, Case], fits: Fits, seed: int) -> dict[str, pd.DataFrame]:
    """Which topics of two backends are the same, and how far the backends agree."""
    pairs = list(itertools.combinations(fits, 2))
    chosen = {backend: case.prototype for backend, case in cases.items()}
    found = {(a, b): alignment.align(chosen[a], chosen[b], rng=seed) for a, b in pairs}
    matched = [agreement.frame(chosen[a], chosen[b], match) for (a, b), match in found.items()]
    empty = pd.DataFrame(
        columns=["backend_a", "topic_a", "backend_b", "topic_b", "similarity", "null_p"]
    )
    summaries = [
        {"backend_a": a, "backend_b": b, **agreement.agreement(chosen[a], chosen[b], m).summary()}
        for (a, b), m in found.items()
    ]
    return {
        "alignment": pd.concat(matched, ignore_index=True) if matched else empty,
        "agreement": pd.DataFrame(summaries),
    }


def specifications(
    reference: Topics, fits: Fits, test: Callable[[Topics], Trend], seed: int
) -> pd.DataFrame:
    """What each backend and seed says of every topic of ``reference``, matched by documents.

    NaN where there is no partner. ``test`` gives the trends of one fit.
    """
    rows = []
    for backend, of_backend in fits.items():
        for fit in of_backend:
            match: Alignment = alignment.align(reference, fit, rng=seed)
            partner = [match.partner(k) for k in range(reference.n_topics)]
            frame = claims.specification_rows(
                f"{backend}/seed-{fit.seed}", test(fit).frame(), partner
            )
            frame.insert(1, "backend", backend)
            frame.insert(2, "seed", fit.seed)
            frame.insert(3, "family", BACKENDS.load(backend).family)
            rows.append(frame)
    return pd.concat(rows, ignore_index=True)


def _by_backend(fits: Fits, counts: TermCounts) -> list[list[quality.Quality]]:
    """Quality of all fits with one count of co-occurrences, split by backend again."""
    flat = quality.evaluate_many(
        [fit for of_backend in fits.values() for fit in of_backend], counts
    )
    out, at = [], 0
    for of_backend in fits.values():
        out.append(flat[at : at + len(of_backend)])
        at += len(of_backend)
    return out
