"""Tables that only figures need: terms, seeds, crossed topics, the map.

Nothing is estimated when a figure is drawn.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.alignment.crosstab import crossed
from trends.analysis.alignment.prototype import PrototypeResult
from trends.analysis.prevalence.periods import Periods
from trends.analysis.quality.evaluate import top_terms
from trends.core import Corpus, TermCounts, Topics
from trends.models.umap.layout2d import layout
from trends.runs.tasks.analysis_parts.diagnose import sources_of

#: Terms of a topic that a figure may show.
TERMS = 10
#: Documents of a topic and period that are listed.
LISTED = 10
#: A map of more documents takes long and shows no more: so many are drawn at random.
MOST_DOCUMENTS = 10_000


def words(fit: Topics, labels: Sequence[str], counts: TermCounts) -> pd.DataFrame:
    """``words.csv`` of one backend.

    Topic, label, place, term, in_topic and in_corpus (shares of the tokens).
    """
    column = {term: j for j, term in enumerate(fit.vocabulary)}
    whole = dict(
        zip(
            counts.vocabulary,
            np.asarray(counts.matrix.sum(axis=0)).ravel() / max(float(counts.matrix.sum()), 1.0),
            strict=True,
        )
    )
    rows = [
        (k, labels[k], place, term, float(fit.phi[k, column[term]]), float(whole.get(term, 0.0)))
        for k, terms in enumerate(top_terms(fit, TERMS))
        for place, term in enumerate(terms, start=1)
    ]
    return pd.DataFrame(rows, columns=["topic", "label", "place", "term", "in_topic", "in_corpus"])


def seeds(fits: Sequence[Topics], found: PrototypeResult, labels: Sequence[str]) -> pd.DataFrame:
    """``seeds.csv`` of one backend.

    Each topic of the prototype and its partner (-1, NaN without one) in the fit of each other seed.
    """
    rows: list[tuple[Any, ...]] = []
    for k, label in enumerate(labels):
        for fit, match in zip(fits, found.alignments, strict=True):
            if match is None:
                continue
            hit = np.flatnonzero(match.pairs[:, 0] == k)
            partner, alike = (
                (int(match.pairs[hit[0], 1]), float(match.similarity[hit[0]]))
                if len(hit)
                else (-1, np.nan)
            )
            rows.append((k, label, fit.seed, partner, alike))
    return pd.DataFrame(rows, columns=["topic", "label", "seed", "partner", "similarity"])


def documents(fit: Topics, periods: Periods) -> pd.DataFrame:
    """``documents.csv`` of one backend.

    Of the documents whose largest topic it is, in each period, those with the largest part of it,
    by ``place``; ``n_docs`` counts all.
    """
    near = pd.DataFrame(
        {
            "topic": fit.hard,
            "at": periods.index,
            "part": np.round(fit.theta[np.arange(len(fit.hard)), np.maximum(fit.hard, 0)], 9),
            "id": list(fit.doc_ids),
        }
    )
    near = near[(near["topic"] >= 0) & (near["at"] >= 0)]
    near = near.sort_values(
        ["topic", "at", "part"], ascending=[True, True, False], kind="stable", ignore_index=True
    )
    groups = near.groupby(["topic", "at"])["id"]
    near["place"], near["n_docs"] = groups.cumcount() + 1, groups.transform("size")
    near["period"] = periods.starts.astype("datetime64[s]")[near["at"]]
    columns = ["topic", "period", "place", "n_docs", "id"]
    return near.loc[near["place"] <= LISTED, columns].reset_index(drop=True)


def crossings(chosen: Mapping[str, Topics]) -> pd.DataFrame:
    """``crossed.csv``: documents by topic of two backends, for each pair of them."""
    parts = []
    for a, b in itertools.combinations(chosen, 2):
        frame = crossed(chosen[a], chosen[b])
        frame.insert(0, "backend_a", a)
        frame.insert(2, "backend_b", b)
        parts.append(frame)
    columns = ["backend_a", "topic_a", "backend_b", "topic_b", "n_docs"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def document_map(
    chosen: Mapping[str, Topics], vectors: NDArray[np.floating[Any]] | None, seed: int
) -> pd.DataFrame:
    """``map.csv``: id, x, y, and the topic of the first backend that clusters vectors.

    No rows without vectors.

    Of more than :data:`MOST_DOCUMENTS` documents so many, drawn without replacement by ``seed``, in
    the order of the corpus.
    """
    columns = ["backend", "id", "x", "y", "topic"]
    if vectors is None or len(vectors) < 4:
        return pd.DataFrame(columns=columns)
    backend = next(
        (b for b, fit in chosen.items() if fit.provenance.get("family") == "embedding"),
        next(iter(chosen)),
    )
    fit, rows = chosen[backend], np.arange(len(vectors))
    if len(rows) > MOST_DOCUMENTS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST_DOCUMENTS, replace=False))
    at = layout(vectors[rows] if len(rows) < len(vectors) else vectors, seed=seed)
    ids = [fit.doc_ids[i] for i in rows]
    return pd.DataFrame(
        {"backend": backend, "id": ids, "x": at[:, 0], "y": at[:, 1], "topic": fit.hard[rows]}
    )[columns]


def source_changes(corpus: Corpus, periods: Periods) -> pd.DataFrame:
    """``source_changes.csv``: the periods in which the largest source changed, and both sources.

    The comparison is with the last earlier period that has documents.
    """
    sources, _ = sources_of(corpus)
    frame = pd.DataFrame({"at": periods.index, "source": sources})
    return largest_changes(
        frame[frame["at"] >= 0].value_counts().rename("n").reset_index(), periods
    )


def largest_changes(counts: pd.DataFrame, periods: Periods) -> pd.DataFrame:
    """The same from the documents ``n`` of each ``source`` in each period ``at``."""
    columns = ["period", "before", "after"]
    if counts.empty:
        return pd.DataFrame(columns=columns)
    counts = counts.sort_values(["at", "n", "source"], ascending=[True, False, True])
    first = counts.drop_duplicates("at")
    moved = first["source"].ne(first["source"].shift()) & first["source"].shift().notna()
    starts = pd.Series(periods.starts.astype("datetime64[s]")).iloc[first["at"]].to_numpy()
    out = pd.DataFrame(
        {
            "period": starts,
            "before": first["source"].shift().to_numpy(),
            "after": first["source"].to_numpy(),
        }
    )
    return out[moved.to_numpy()].reset_index(drop=True)
