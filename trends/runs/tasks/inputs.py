"""The stages before the first fit: counts and vectors, of all documents or of the parts of a split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trends import files, store
from trends.core import Corpus
from trends.runs.engine.cache import Stage
from trends.runs.studies.road import Road
from trends.runs.tasks import prepare, split

#: Runs a stage, given what writes it, or finds its result; the folder of the result.
Step = Callable[[Stage, Callable[[Path], dict[str, Any]]], Path]
#: Hears ("within", how far a stage is) or ("note", what the user should know).
Tell = Callable[[str, str], None]


@dataclass(frozen=True)
class Inputs:
    """Where counts and vectors lie: those that trends are estimated on, and those that topics are learnt on (the same without a split or a sample)."""

    terms: Path
    vectors: Path | None
    learn_terms: Path
    learn_vectors: Path | None
    #: Fingerprint of the documents that topics are learnt on.
    learnt_on: str
    #: Vectors of all documents.
    embedded: Path | None
    #: Which documents do what, with a split or a sample.
    table: Path | None = None


def prepare_inputs(road: Road, step: Step, tell: Tell = lambda *_: None) -> Inputs:
    """Carry out the stages before the first fit; ``step`` runs one stage, or finds its result; ``tell`` hears how far the vectors are."""
    before = road.learning
    if before is None:
        terms = step(road.terms, lambda folder: _write_terms(folder, road))
        vectors = (
            step(road.vectors, lambda folder: _write_vectors(folder, road.corpus, road, tell))
            if road.vectors
            else None
        )
        return Inputs(terms, vectors, terms, vectors, road.corpus.fingerprint, vectors)
    table = step(
        before.table, lambda folder: split.write_table(folder, before.corpus, before.parts)
    )
    terms = step(
        road.terms,
        lambda folder: split.write_terms(folder, before.corpus, before.parts, road.config),
    )
    embedded = vectors = learn_vectors = None
    if before.vectors and road.vectors:
        made = step(
            before.vectors, lambda folder: _write_vectors(folder, before.corpus, road, tell)
        )
        parts = step(road.vectors, lambda folder: split.write_vectors(folder, made, before.parts))
        learn_vectors = parts / split.LEARN
        # Where trends are estimated on all documents, their vectors are not written a second time.
        embedded, vectors = made, parts if before.parts.among is None else made
    learnt_on = split.part(before.corpus, before.parts.learn).fingerprint
    return Inputs(terms, vectors, terms / split.LEARN, learn_vectors, learnt_on, embedded, table)


def _write_terms(folder: Path, road: Road) -> dict[str, Any]:
    counts, table = prepare.choose_terms(
        prepare.all_counts(road.corpus, road.config.text), road.config.text
    )
    store.write_counts(folder, counts)
    files.write_csv(folder / "terms.csv", table)
    return {
        "terms": counts.n_terms,
        "tokens": int(counts.tokens.sum()),
        "empty_documents": int((counts.tokens == 0).sum()),
    }


def _write_vectors(folder: Path, corpus: Corpus, road: Road, tell: Tell) -> dict[str, Any]:
    from trends.embed.eta import Pace

    counted: dict[str, Any] = {}
    progress = Pace(lambda how_far: tell("within", f"vectors: {how_far}"))
    array, provenance = prepare.vectors(corpus, road.config.embed, progress, counted)
    for note in counted.get("notes", []):
        tell("note", note)
    store.write_vectors(folder, array)
    # Notes name folders of this machine, which are nobody else's business.
    store_counts = {name: value for name, value in counted.items() if name != "notes"}
    return {"embedding": {**provenance, **({"store": store_counts} if store_counts else {})}}
