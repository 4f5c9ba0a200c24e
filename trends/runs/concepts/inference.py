"""Concepts of the user in a corpus: measured, tested, and held against random ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from trends.analysis.concepts.placebo import COLUMNS, against_random
from trends.analysis.concepts.reference import random_concepts
from trends.analysis.concepts.shares import series_of_held, shares_of, single, stacked, together
from trends.analysis.concepts.table import ABSENT, ConceptTrends
from trends.analysis.concepts.words import contributions, partners
from trends.analysis.prevalence.periods import Periods
from trends.analysis.trend.fit import fit_trends
from trends.analysis.trend.series import Series
from trends.analysis.trend.spans import Span
from trends.core import Concept, Corpus, Trend
from trends.core.checks import unique
from trends.core.computing.rng import Rng, generator_from
from trends.core.wording import listed, percent, plural
from trends.errors import UsageError
from trends.runs.concepts.deciding import deciding
from trends.runs.concepts.occurrences import Occurrences, find
from trends.runs.tasks.analysis_parts.periods import clusters_of, periods_of


def examine(
    corpus: Corpus,
    concepts: Sequence[Concept],
    *,
    period: str,
    spans: tuple[Span, Span] | None,
    level: float,
    imprecise: Literal["error", "drop", "spread"],
    cluster: str,
    placebo: int,
    rng: Rng,
) -> ConceptTrends:
    """Measure and test concepts; see :func:`trends.concepts`."""
    if placebo < 0:
        message = f"placebo is a number of random concepts, 0 for none; got {placebo}."
        raise UsageError(message)
    unique([concept.name for concept in concepts], "Names of concepts")
    for concept in concepts:
        if not concept.words:
            message = (
                f"The concept {concept.name!r} has no words, which measurement by dictionary needs."
            )
            raise UsageError(message)
    generator = generator_from(rng)
    periods = periods_of(corpus, period=period, imprecise=imprecise)
    clusters = clusters_of(corpus, cluster, "cluster")
    found = find(corpus, concepts)
    weights = pd.DataFrame(
        {concept.name: found.held(concept) for concept in concepts}, index=list(corpus.ids)
    )
    shares = [
        shares_of(weights[c.name].to_numpy(), periods, c.name, level=level, clusters=clusters)
        for c in concepts
    ]
    series = together(shares)
    random = [_random(found, c, periods, series, placebo, generator, clusters) for c in concepts]
    there = [one for one in random if one is not None]
    beside = stacked(there) if there else None
    trends = fit_trends(series, spans=spans, level=level, beside=beside)
    table = _table(corpus, concepts, found, trends, weights)
    said = [_compared(series, k, one, table, spans, level) for k, one in enumerate(random)]
    table = table.join(pd.DataFrame(said, index=table.index))
    return ConceptTrends(
        table,
        trends,
        tuple(shares),
        _words(concepts, found),
        deciding(corpus, concepts, found, periods, spans),
        weights,
        {
            "measure": "dictionary",
            "period": period,
            "placebo": placebo,
            "spans": trends.settings.get("spans", []),
            "documents": len(corpus),
            "counted": "texts" if corpus.has_text else "term counts",
            "dropped": periods.dropped,
            "notes": _notes(corpus, concepts, found, trends),
        },
    )


def _random(
    found: Occurrences,
    concept: Concept,
    periods: Periods,
    like: Series,
    number: int,
    rng: np.random.Generator,
    clusters: pd.Series | None,
) -> Series | None:
    """Counts of random concepts whose words are as frequent; none for a concept that is absent."""
    df = np.asarray((found.inside(concept) > 0).sum(axis=0)).ravel()
    if not number or not df.any():
        return None
    held, _ = random_concepts(
        found.counts,
        df,
        number=number,
        avoid=found.own,
        at_least=concept.at_least,
        rng=rng,
    )
    return series_of_held(held, periods, like, clusters)


def _compared(
    series: Series,
    k: int,
    random: Series | None,
    table: pd.DataFrame,
    spans: tuple[Span, Span] | None,
    level: float,
) -> dict[str, float]:
    """The concept among random ones, all by one fit; what is found is what the run says."""
    if random is None:
        return dict.fromkeys(COLUMNS, np.nan)
    alike = stacked([single(series, k), random])
    rows = fit_trends(alike, spans=spans, level=level).frame()
    own = rows.iloc[0].copy()
    own["finding"] = table["finding"].iloc[k]
    return against_random(own, rows.iloc[1:])


def _table(
    corpus: Corpus,
    concepts: Sequence[Concept],
    found: Occurrences,
    trends: Trend,
    weights: pd.DataFrame,
) -> pd.DataFrame:
    table = trends.frame()
    sums = weights.sum().to_numpy()
    table.insert(3, "verdict", table["finding"].astype(str))
    table.insert(4, "documents", (weights > 0).sum().to_numpy())
    table.insert(5, "share", sums / len(corpus))
    for k, concept in enumerate(concepts):
        if sums[k] > 0:
            continue
        table.loc[k, "verdict"] = ABSENT
        excluded = int((~found.allowed(concept)).sum())
        held = np.asarray(found.of(concept.words).sum(axis=0)).ravel()
        why = f"none of its {plural(len(held), 'word')} occurs in any of {len(corpus):,} documents"
        if held.any():
            why = (
                f"its words occur {plural(int(held.sum()), 'time')}, but no document holds it "
                f"(at_least is {concept.at_least}, words that exclude stand in "
                f"{plural(excluded, 'document')})"
            )
        table.loc[k, "note"] = why
    return table


def _words(concepts: Sequence[Concept], found: Occurrences) -> pd.DataFrame:
    """What became of each word of each concept."""
    frames = []
    for concept in concepts:
        inside = found.inside(concept)
        frame = contributions(inside, concept.at_least)
        frame.insert(0, "concept", concept.name)
        frame.insert(1, "word", list(concept.words))
        anywhere = np.asarray(found.of(concept.words).sum(axis=0)).ravel()
        frame["forms"] = [
            "; ".join(f"{form} ({n:,})" for form, n in found.forms[word].items())
            for word in concept.words
        ]
        beside = partners(found.counts, inside, found.own)
        frame["partners"] = ["; ".join(terms) for terms in beside]
        frame["excluded"] = anywhere - frame["occurrences"].to_numpy()
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _notes(
    corpus: Corpus, concepts: Sequence[Concept], found: Occurrences, trends: Trend
) -> list[str]:
    notes = [str(note) for note in trends.settings.get("notes", [])]
    for concept in concepts:
        total = np.asarray(found.of(concept.words).sum(axis=0)).ravel()
        silent = [w for w, n in zip(concept.words, total, strict=True) if not n]
        if silent and len(silent) < len(concept.words):
            notes.append(
                f"{concept.name}: the corpus does not hold {listed([repr(w) for w in silent])}."
            )
    if not corpus.has_text and any(" " in w for c in concepts for w in c.words):
        notes.append(
            "The corpus holds no texts: a phrase is found only where the counts have it as a term."
        )
    undated = 1 - float(corpus.dated.mean())
    if undated:
        notes.append(f"{percent(undated)} of the documents have no date and no place in time.")
    return notes
