"""A card of finished tasks: every number is one of the tables that the run publishes."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trends import files, store
from trends.core import Corpus, statements
from trends.core.claim import ALPHA
from trends.core.corpus import WHOLE
from trends.core.wording import plural
from trends.models import BACKENDS
from trends.reports.export.methods import error_rates
from trends.runs.cards import plan as plans
from trends.runs.cards.claims import Tables, claims
from trends.runs.cards.frozen import columns_sha256, documents_sha256, settings
from trends.runs.cards.model import FORMAT, Card
from trends.runs.cards.seal import sealed
from trends.runs.config.settings import RunConfig

#: The file of a run's claims.
CARD = "claims.json"
ESTIMAND = {
    "hard": "the share of documents whose main topic it is",
    "mean": "the mean share of the topic in documents",
}
#: What the packaged error rates are, by the name of each.
MEANINGS = {
    "flat_found": "A topic without a trend is called changed (p < 0.05, shocks correlated up to "
    "0.5).",
    "any_discovery": "A corpus without any trend shows one or more (adjusted p ≤ 0.05).",
    "coverage": "The interval of the change (nominal 0.95) holds the true change.",
}
#: Where the test and the adjustment come from.
SOURCES = [
    "Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289–300.",
    "ARCHITECTURE.md of topic-trends, section Methods; measured in experiments/calibration.",
]
TEST = (
    "Change between two spans of the log-odds of period counts about a smooth mean with "
    "autoregressive shocks of periods, whose size and correlation are integrated out"
)
ADJUSTMENT = "Benjamini–Hochberg over all topics of the backend that were tested"


@dataclass(frozen=True)
class Results:
    """What a card is made of.

    Parameters
    ----------
    content : mapping
        Name → file of the tables of the analysis.
    whole : Corpus
        All documents, also those on which topics are learnt only.
    config : RunConfig
        With the number of topics, whoever chose it.
    terms, vectors : Path
        Folders of the counts, and of the vectors of all documents.
    fits : mapping
        Backend → seed → folder.
    analysis : mapping
        ``analysis.json``.
    versions : mapping
        Package → version.
    title : str
        Of the run.
    drawn : str
        "split" or "sample" where topics were learnt on other documents than those of trends.
    placebo : mapping, optional
        ``placebo.json``.
    """

    content: Mapping[str, Path]
    whole: Corpus
    config: RunConfig
    terms: Path
    vectors: Path | None
    fits: Mapping[str, Mapping[int, Path]]
    analysis: Mapping[str, Any]
    versions: Mapping[str, str]
    title: str
    drawn: str = ""
    placebo: Mapping[str, Any] | None = None


def card_of(r: Results) -> Card:
    """The card of a run."""
    config, lead = r.config, r.config.models.backends[0]
    tables = Tables({n: p for n, p in r.content.items() if n.endswith(".csv")}, lead)
    spans = [str(span) for span in r.analysis["spans"]]
    corpus, frozen = _corpus(r), settings(config)
    if "topic_number" in r.analysis:  # as the user set it: whoever checks has it chosen again
        frozen["models"]["n_topics"] = "auto"
    made: dict[str, Any] = {
        "format": FORMAT,
        "title": r.title,
        "corpus": corpus,
        "question": _question(r, spans),
        "test": {
            "name": TEST,
            "source": SOURCES,
            "level": config.prevalence.level,
            "alpha": ALPHA,
            "adjustment": ADJUSTMENT,
            "rule": str(r.analysis["claims"]["rule"]),
            "family": tables.family(),
        },
        "models": [_model(r, backend) for backend in r.fits],
        "claims": [
            c.model_dump(mode="json") for c in claims(tables, spans, config.prevalence.level)
        ],
        "diagnostics": tables.diagnostics(),
        "multiverse": _multiverse(r),
        "error_rates": [
            {"rate": name, "meaning": MEANINGS[name], **row, "cells": int(row["cells"])}
            for name, row in error_rates().items()
        ],
        "plan": _plan(r, frozen, corpus),
        "rng": config.rng,
        "seeds": {b: list(by_seed) for b, by_seed in r.fits.items()} | dict(r.analysis["seeds"]),
        "config": frozen,
        "software": {
            "versions": {"python": platform.python_version(), **r.versions},
            "platform": f"{platform.system()} {platform.machine()}",
        },
        "check": [
            f"trends card {CARD}",
            f"trends verify {CARD} FEATURES (made by: trends export-features CORPUS -o FEATURES)",
        ],
    }
    if r.placebo:
        return with_placebo(made, r.placebo)
    return sealed(files.plain(made))


def with_placebo(card: Mapping[str, Any], found: Mapping[str, Any]) -> Card:
    """A card with what ``placebo.json`` says."""
    names = ("any_discovery", "any_error", "observed", "joint_p", "sentence", "rng")
    rows = []
    topic_p: dict[str, list[Any]] = {}
    for backend, one in sorted(found["backends"].items()):
        said = {name: one["settings"][name] for name in ("shuffles", "block", "q")}
        rows.append({"backend": backend, **said, **{name: one[name] for name in names}})
        topic_p[backend] = one["topic_p"]
    claimed = [
        {**claim, "placebo_p": topic_p[claim["topic"]["backend"]][claim["topic"]["number"]]}
        for claim in card["claims"]
    ]
    return sealed(files.plain({**card, "placebo": rows, "claims": claimed}))


def _corpus(r: Results) -> dict[str, Any]:
    counts = store.read_counts(r.terms)
    vectors = files.sha256(r.vectors / store.VECTORS) if r.vectors else None
    return facts(r.whole, f"{counts.n_terms:,} terms modelled", counts.fingerprint, vectors)


def facts(whole: Corpus, terms: str, terms_sha256: str, vectors: str | None) -> dict[str, Any]:
    """What a card says of the documents; ``terms`` says what became of their words."""
    # Of all documents, where those of the corpus were drawn from more.
    known = whole.notes.get(WHOLE, {})
    notes, summary = whole.notes, known or whole.summary()
    first, last = (known["first"], known["last"]) if known else plans.days_of(whole)
    records = int(notes.get("records", summary["documents"]))
    reasons = notes.get("dropped_by_reason") or Counter(
        str(row.get("reason", "")) for row in notes.get("dropped", [])
    )
    columns = columns_sha256(whole)
    dated = summary["dated"]
    between = f", {first} to {last}" if first else ""
    return {
        "name": whole.name,
        "description": (
            f"{plural(records, 'record')} read, {plural(summary['documents'], 'document')} kept, "
            f"{dated:,} of them dated{between}; {terms}."
        ),
        "records": records,
        "documents": summary["documents"],
        "dated": dated,
        "first_day": first,
        "last_day": last,
        "dropped": [{"reason": k, "records": int(n)} for k, n in sorted(reasons.items())],
        "inputs": [
            {"name": Path(str(name)).name, "sha256": sha}
            for name, sha in sorted(notes.get("inputs", {}).items())
        ],
        "documents_sha256": documents_sha256(columns),
        "columns_sha256": columns,
        "terms_sha256": terms_sha256,
        "vectors_sha256": vectors,
    }


def _question(r: Results, spans: list[str]) -> dict[str, Any]:
    p, config = r.config.prevalence, r.config
    first, last = statements.spans_of(spans)
    learnt = {
        "split": f"another part of the documents ({config.split.share:g} of those dated)",
        "sample": "a sample of the documents",
    }.get(r.drawn, "the documents on which trends are estimated")
    return {
        "estimand": (
            f"Change of {ESTIMAND[p.theta]} from {first} to {last}, in percentage points of all "
            "dated documents of a period, those without a topic included"
        ),
        "measure": p.theta,
        "period": p.period,
        "spans": spans,
        "spans_set_by": "config" if p.spans else "thirds",
        "learnt_on": learnt,
        "clusters": p.cluster,
        "standardized_by": p.standardize_by,
    }


def _model(r: Results, backend: str) -> dict[str, Any]:
    known = BACKENDS.load(backend)
    fits, number = [], 0
    for seed, folder in r.fits[backend].items():
        topics = store.read_topics(folder)
        number = max(number, topics.n_topics)
        sizes = np.bincount(topics.hard[topics.hard >= 0], minlength=topics.n_topics)
        fits.append(
            {
                "seed": seed,
                "topics_sha256": topics.fingerprint,
                "documents": sizes.tolist(),
                "unassigned": int((topics.hard < 0).sum()),
            }
        )
    return {
        "backend": backend,
        "family": known.family,
        "leads": backend == r.config.models.backends[0],
        "n_topics": number,
        "number_set_by": "auto" if "topic_number" in r.analysis else "config",
        "settings": asdict(known.read_settings(r.config.models.settings.get(backend, {}))),
        "prototype": int(r.analysis["prototypes"][backend]["seed"]),
        "fits": fits,
    }


def _multiverse(r: Results) -> dict[str, Any] | None:
    if "multiverse.json" not in r.content:
        return None
    found = json.loads(r.content["multiverse.json"].read_text(encoding="utf-8"))
    return {
        "choices": found["choices"],
        "specifications": found["counts"]["specifications"],
        "fits": found["counts"]["fits"],
        "skipped": found["counts"]["skipped_cells"],
        "shuffles": found["joint_test"]["shuffles"],
        "block": found["joint_test"]["block"],
        "rule": found["rule"],
    }


def _plan(r: Results, frozen: dict[str, Any], corpus: dict[str, Any]) -> dict[str, Any] | None:
    if not r.config.plan:
        return None
    plan = plans.read(Path(r.config.plan))
    days = (corpus["first_day"], corpus["last_day"])
    version = r.versions["topic-trends"]
    found = plans.deviations(plan, frozen, version, corpus["documents_sha256"], days)
    return plans.followed(plan, found).model_dump(mode="json")
