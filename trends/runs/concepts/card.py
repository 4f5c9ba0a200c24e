"""The claim card of concepts: what a stranger needs to read and to test their claims again."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from trends import files
from trends.analysis.concepts.table import ConceptTrends, hanging
from trends.analysis.robustness.claims import Rule
from trends.core import Concept, Corpus, statements
from trends.core.checks import digest
from trends.core.claim import ALPHA
from trends.core.wording import missing, plural
from trends.reports.export.methods import error_rates
from trends.runs.cards.claims import known, tested
from trends.runs.cards.make import CARD, SOURCES, TEST, facts
from trends.runs.cards.model import FORMAT, Card, ConceptClaim
from trends.runs.cards.seal import sealed
from trends.runs.cards.sentences import sentence_of
from trends.runs.engine.closure import version

#: Documents that stand for a concept.
EXAMPLES = 3
#: The file that says which document holds which word, which features without text may not tell.
OCCURRENCES = "occurrences.csv"
#: What the error rates of concepts are, by the name of each.
MEANINGS = {
    "flat_concept": "A concept whose words do not drift is called rising, falling or turned "
    "(simulated texts, lists with wrong words).",
    "random_concept": "A concept of random words, as frequent as a real one, goes farther than "
    "random words (abstracts of NeurIPS and the ACL).",
    "wrong_direction": "A drifting concept is found with the wrong direction, of those found.",
}
ADJUSTMENT = "Benjamini–Hochberg over all concepts that were tested"
RULE = (
    "A claim also needs that no single word carries it and that random concepts with words as "
    "frequent do not go as far."
)
Row = Mapping[Any, Any]


def occurrences_sha256(found: ConceptTrends | pd.DataFrame, words: Sequence[str]) -> str:
    """SHA-256 of which document holds which of these words how often."""
    table = found.occurrences if isinstance(found, ConceptTrends) else found
    rows = table[table["word"].isin(words)].sort_values(["id", "word"], kind="stable")
    return digest(*("\n".join(rows[name].astype(str)) for name in rows.columns))


def card_of(
    found: ConceptTrends, corpus: Corpus, concepts: Sequence[Concept], *, rng: int, title: str
) -> Card:
    """The card of concepts.

    Parameters
    ----------
    found : ConceptTrends
    corpus : Corpus
    concepts : sequence of Concept
        In the order of ``found``.
    rng : int
        Seed of what was drawn.
    title : str
    """
    s = found.settings
    spans = [str(span) for span in s["spans"]]
    rows = found.frame().to_dict("records")
    near = "nearness" in s["measures"] and corpus.embeddings is not None
    vectors = digest(corpus.embeddings.tobytes()) if near else None  # type: ignore[union-attr]
    counted = f"{s['terms']:,} terms counted"
    return sealed(
        files.plain(
            {
                "format": FORMAT,
                "title": title,
                "corpus": facts(corpus, counted, s["terms_sha256"], vectors),
                "question": _question(s, spans),
                "test": {
                    "name": TEST,
                    "source": SOURCES,
                    "level": s["level"],
                    "alpha": ALPHA,
                    "adjustment": ADJUSTMENT,
                    "rule": f"{Rule()} {RULE}",
                    "family": [
                        {"topic": k, **{name: known(row[name]) for name in ("p", "p_adjusted")}}
                        for k, row in enumerate(rows)
                    ],
                },
                "models": [],
                "claims": [
                    _claim(found, k, concept, row, spans).model_dump(mode="json")
                    for k, (concept, row) in enumerate(zip(concepts, rows, strict=True))
                ],
                "diagnostics": [],
                "multiverse": _multiverse(found),
                "error_rates": [
                    {"rate": name, "meaning": MEANINGS[name], **one, "cells": int(one["cells"])}
                    for name, one in error_rates("concepts").items()
                ],
                "rng": rng,
                "seeds": {
                    name: seeds if isinstance(seeds, list) else [seeds]
                    for name, seeds in s["seeds"].items()
                },
                "config": config_of(found, concepts, rng),
                "software": {
                    "versions": _versions("seeded" in s["measures"]),
                    "platform": f"{platform.system()} {platform.machine()}",
                },
                "check": _check(concepts),
            }
        )
    )


def config_of(found: ConceptTrends, concepts: Sequence[Concept], rng: int) -> dict[str, Any]:
    """The settings on which results depend; texts given as examples by their hashes alone."""
    s = found.settings
    return {
        "rng": rng,
        "prevalence": {
            "theta": _measure(s),
            "standardize_by": "",
            "spans": s["spans_given"],
            **{n: s[n] for n in ("period", "level", "imprecise", "cluster")},
        },
        "models": {"backends": []},
        "concepts": {n: s[n] for n in ("measures", "placebo", "multiverse", "shuffles")}
        | {"asked": [asked(concept) for concept in concepts]},
    }


def asked(concept: Concept) -> dict[str, Any]:
    """A concept as a card keeps it."""
    return {
        "name": concept.name,
        **{name: list(getattr(concept, name)) for name in ("words", "exclude", "examples")},
        "texts": [digest(text) for text in concept.texts],
        "at_least": concept.at_least,
    }


def _measure(settings: Row) -> str:
    return "mean" if settings["measures"][0] == "seeded" else "hard"


def _question(s: Row, spans: list[str]) -> dict[str, Any]:
    first, last = statements.spans_of(spans)
    what = {
        "hard": "the share of documents that hold the concept",
        "mean": "the mean share of the concept's topic in documents",
    }[_measure(s)]
    return {
        "estimand": (
            f"Change of {what} from {first} to {last}, in percentage points of all dated documents "
            "of a period; concepts may overlap"
        ),
        "measure": _measure(s),
        "period": s["period"],
        "spans": spans,
        "spans_set_by": "thirds" if s["spans_given"] is None else "config",
        "learnt_on": "the documents on which trends are estimated",
        "clusters": s["cluster"],
        "standardized_by": "",
    }


def _claim(
    found: ConceptTrends, k: int, concept: Concept, row: Row, spans: list[str]
) -> ConceptClaim:
    own = found.documents[found.documents["concept"] == concept.name]
    measured = found.measured[k]
    facts_of = {
        "topic": {
            "kind": "concept",
            "backend": measured,
            "number": k,
            "label": concept.name,
            "words": list(concept.words),
            "documents": int(row["documents"]),
            "share": float(row["share"]),
            "share_first": known(row["share_first"]),
            "share_last": known(row["share_last"]),
            "examples": own["id"].astype(str).tolist()[-EXAMPLES:],
        },
        "finding": row["finding"],
        "stability": row["stability"],
        "sentence": "",
        **tested(row),
        "multiverse": _agreement(row),
        "verdict": row["verdict"],
        "asked": {
            **asked(concept),
            "texts": len(concept.texts),
            "measurement": measured,
            "occurrences_sha256": occurrences_sha256(found, (*concept.words, *concept.exclude)),
        },
        "random": _random(found, row),
        "without": _without(found, row),
    }
    del facts_of["asked"]["name"]
    made = ConceptClaim.model_validate(files.plain(facts_of))
    return made.model_copy(update={"sentence": sentence_of(made, spans, found.settings["level"])})


def _agreement(row: Row) -> dict[str, Any] | None:
    if int(row["specifications"]) < 2:
        return None
    return {
        "agreement": known(row["agreement"]),
        "joint_p": known(row["joint_p"]),
        **{name: int(row[name]) for name in ("matched", "specifications")},
        "votes": float(row["votes"]),
    }


def _random(found: ConceptTrends, row: Row) -> dict[str, Any] | None:
    if missing(row["placebo_found"]):
        return None
    return {
        "concepts": found.settings["placebo"],
        **{
            name: known(row[f"placebo_{name}"])
            for name in ("found", "median", "lower", "upper", "p")
        },
    }


def _without(found: ConceptTrends, row: Row) -> list[dict[str, Any]]:
    """The concept without each of its words, as it was measured first."""
    rows = found.choices(str(row["label"]))
    if rows.empty:
        return []
    own = found.measured[int(row["topic"])]
    rows = rows[(rows["choice"] == "word") & (rows["measure"] == own)]
    hangs = hanging(str(row["hangs_on"]))
    # Those that the claim hangs on come first, the most decisive before all.
    place = {word: i for i, word in enumerate(hangs)}
    rows = rows.assign(place=[place.get(w, len(hangs)) for w in rows["level"]])
    rows = rows.sort_values("place", kind="stable")
    return [
        {
            "word": one["level"],
            "finding": one["finding"],
            "change": known(one["change"]),
            "p": known(one["p"]),
            "hangs": one["level"] in hangs,
        }
        for one in rows.to_dict("records")
    ]


def _multiverse(found: ConceptTrends) -> dict[str, Any] | None:
    rows = found.specifications
    if rows.empty:
        return None
    changed = rows[rows["choice"] != "all"]
    choices = {
        str(choice): changed.loc[changed["choice"] == choice, "level"].drop_duplicates().tolist()
        for choice in sorted(changed["choice"].unique())
    }
    return {
        "choices": {**choices, "period": rows["period_length"].drop_duplicates().tolist()},
        "specifications": len(rows),
        "fits": len(found.settings["seeds"]["seeded"]),
        "skipped": 0,
        "shuffles": found.settings["shuffles"],
        "block": found.settings["block"],
        "rule": f"{Rule()} {RULE}",
    }


def _versions(seeded: bool) -> dict[str, str]:
    names = ("numpy", "scipy", "pandas", *(["tomotopy"] if seeded else []))
    return {
        "topic-trends": version("topic-trends"),
        "python": platform.python_version(),
        **{name: version(name) for name in names},
    }


def _check(concepts: Sequence[Concept]) -> list[str]:
    texts = sum(len(concept.texts) for concept in concepts)
    more = f" --concepts FILE (which holds {plural(texts, 'text')} of examples)" if texts else ""
    beside = (
        f"{OCCURRENCES} beside the card says which document holds which word, for phrases that "
        f"are no terms of the features; from the texts it is counted anew: trends verify {CARD} "
        f"CORPUS{more}"
    )
    made = "(made by: trends export-features CORPUS -o FEATURES)"
    return [f"trends card {CARD}", f"trends verify {CARD} FEATURES{more} {made}", beside]
