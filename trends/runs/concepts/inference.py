"""Concepts of the user in a corpus: measured, tested, and held against random ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from trends.analysis.concepts.multiverse import Variant, examine_choices
from trends.analysis.concepts.placebo import COLUMNS, against_random, fewest
from trends.analysis.concepts.reference import random_concepts
from trends.analysis.concepts.shares import series_of_held, shares_of, single, stacked, together
from trends.analysis.concepts.table import ABSENT, ConceptTrends
from trends.analysis.concepts.verdict import Verdict, verdict_of
from trends.analysis.concepts.words import contributions, partners
from trends.analysis.prevalence.periods import Periods
from trends.analysis.robustness.specification import block_orders
from trends.analysis.trend.fit import fit_trends
from trends.analysis.trend.series import Series
from trends.analysis.trend.spans import Span
from trends.analysis.trend.table import trend_of
from trends.core import Concept, Corpus, Trend
from trends.core.checks import unique
from trends.core.claim import FOUND
from trends.core.computing.rng import Rng, generator_from, seeds_from
from trends.core.wording import listed, percent, plural
from trends.errors import UsageError
from trends.runs.concepts.deciding import deciding
from trends.runs.concepts.measures import FITS, Measured, check, measure
from trends.runs.concepts.occurrences import Occurrences, find
from trends.runs.concepts.other_words import other_words
from trends.runs.concepts.variants import other_periods
from trends.runs.tasks.analysis_parts.periods import clusters_of, periods_of


@dataclass(frozen=True)
class Options:
    """How concepts are examined; see :func:`trends.concepts`."""

    measures: tuple[str, ...] = ("dictionary",)
    period: str = "year"
    spans: tuple[Span, Span] | None = None
    level: float = 0.95
    imprecise: Literal["error", "drop", "spread"] = "error"
    cluster: str = ""
    placebo: int = 199
    multiverse: bool = True
    shuffles: int = 199

    def __post_init__(self) -> None:
        for name in ("placebo", "shuffles"):
            if getattr(self, name) < 0:
                message = f"{name} is a number, 0 for none; got {getattr(self, name)}."
                raise UsageError(message)


def examine(
    corpus: Corpus,
    concepts: Sequence[Concept],
    options: Options,
    rng: Rng,
    found: Occurrences | None = None,
) -> ConceptTrends:
    """Measure and test concepts; see :func:`trends.concepts`.

    Where their words stand is looked for in the corpus unless ``found`` says it.
    """
    unique([concept.name for concept in concepts], "Names of concepts")
    measures = check(options.measures, concepts)
    drawn = seeds_from(rng, "concepts", 3 + FITS)
    seeds = dict(zip(("placebo", "shuffles", "nearness"), drawn, strict=False))
    fits = drawn[3:] if "seeded" in measures else []
    periods = periods_of(corpus, period=options.period, imprecise=options.imprecise)
    clusters = clusters_of(corpus, options.cluster, "cluster")
    found = found or find(corpus, concepts)
    measured = measure(
        corpus, concepts, found, measures, {"seeded": fits, "nearness": [seeds["nearness"]]}
    )
    variants = measured.variants
    weights = pd.DataFrame(
        {c.name: v[0].weights for c, v in zip(concepts, variants, strict=True)},
        index=list(corpus.ids),
    )
    shares = [
        shares_of(
            v[0].weights, periods, c.name, theta=v[0].theta, level=options.level, clusters=clusters
        )
        for c, v in zip(concepts, variants, strict=True)
    ]
    series = together(shares)
    generator = generator_from(seeds["placebo"])
    held = [
        _random(found, c, v[0].weights, options.placebo, generator)
        for c, v in zip(concepts, variants, strict=True)
    ]
    random = [None if h is None else series_of_held(h, periods, series, clusters) for h in held]
    there = [one for one in random if one is not None]
    beside = stacked(there) if there else None
    trends = fit_trends(series, spans=options.spans, level=options.level, beside=beside)
    table = _table(corpus, concepts, found, trends, weights)
    said = [_compared(series, k, one, table, options) for k, one in enumerate(random)]
    table = table.join(pd.DataFrame(said, index=table.index))
    specifications, verdicts = _multiverse(
        corpus,
        table,
        concepts,
        found,
        measured,
        held,
        periods,
        clusters,
        options,
        seeds["shuffles"],
    )
    return ConceptTrends(
        _with_verdicts(table, verdicts),
        trends,
        tuple(shares),
        _words(concepts, found, measured),
        deciding(corpus, concepts, found, weights, periods, options.spans),
        weights,
        specifications,
        {
            **asdict(options),
            "measures": list(measures),
            "spans": trends.settings.get("spans", []),
            "spans_given": options.spans,
            "block": _block(periods),
            "seeds": {**seeds, "seeded": fits},
            "documents": len(corpus),
            "counted": "texts" if corpus.has_text else "term counts",
            "terms": found.counts.n_terms,
            "terms_sha256": found.counts.fingerprint,
            "dropped": periods.dropped,
            "notes": [
                *_notes(corpus, concepts, found, trends),
                *measured.notes,
                *_few(options.placebo),
            ],
        },
        found.frame(),
        tuple(v[0].measure for v in variants),
    )


def _random(
    found: Occurrences,
    concept: Concept,
    weights: NDArray[np.float64],
    number: int,
    rng: np.random.Generator,
) -> sparse.csr_matrix | None:
    """Random concepts whose words are as frequent; none for a concept that is absent."""
    df = np.asarray((found.inside(concept) > 0).sum(axis=0)).ravel()
    if not concept.words:
        df = np.array([round(weights.sum())])
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
    return held


def _compared(
    series: Series, k: int, random: Series | None, table: pd.DataFrame, options: Options
) -> dict[str, float]:
    """The concept among random ones, all by one fit; what is found is what the run says."""
    if random is None:
        return dict.fromkeys(COLUMNS, np.nan)
    alike = stacked([single(series, k), random])
    rows = trend_of(alike, options.level, options.spans).frame()
    own = rows.iloc[0].copy()
    own["finding"] = table["finding"].iloc[k]
    return against_random(own, rows.iloc[1:])


def _multiverse(
    corpus: Corpus,
    table: pd.DataFrame,
    concepts: Sequence[Concept],
    found: Occurrences,
    measured: Measured,
    random: Sequence[sparse.csr_matrix | None],
    periods: Periods,
    clusters: pd.Series | None,
    options: Options,
    seed: int,
) -> tuple[pd.DataFrame, list[Verdict]]:
    """All specifications of every concept of which something was found, and the verdicts."""
    dated = np.flatnonzero(corpus.dated)
    places = np.full(len(corpus), -1, dtype=np.int64)
    places[dated] = np.arange(len(dated))
    wanted = options.multiverse and table["finding"].isin(FOUND).any()
    orders = np.empty((0, len(dated)), dtype=np.int64)
    units: dict[str, Periods] = {}
    more: dict[int, list[Variant]] = {}
    if wanted:
        if options.shuffles:
            orders = block_orders(len(dated), _block(periods), options.shuffles, seed)
        units = other_periods(corpus, periods, options.imprecise)
        which = np.flatnonzero(table["finding"].isin(FOUND)).tolist()
        more = other_words(measured, concepts, found, which)
    frames, verdicts = [], []
    for k, (_, row) in enumerate(table.iterrows()):
        joint = float("nan")
        rows = pd.DataFrame()
        if wanted and row["finding"] in FOUND:
            rows, joint = examine_choices(
                [*measured.variants[k], *more[k]],
                units,
                random=random[k],
                orders=orders,
                places=places,
                spans=options.spans,
                level=options.level,
                clusters=clusters,
            )
            frames.append(rows.assign(concept=row["label"]))
        verdicts.append(verdict_of(row, rows, joint, row["placebo_p"]))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(), verdicts


def _block(periods: Periods) -> int:
    """Documents that are shuffled together: those of a typical period."""
    return max(1, round(float(np.median(periods.n_docs[periods.n_docs > 0]))))


def _with_verdicts(table: pd.DataFrame, verdicts: Sequence[Verdict]) -> pd.DataFrame:
    out = table.copy()
    absent = out["verdict"] == ABSENT
    out["verdict"] = [ABSENT if a else v.words for a, v in zip(absent, verdicts, strict=True)]
    out["stability"] = [v.stability for v in verdicts]
    out["hangs_on"] = ["; ".join(v.hangs_on) for v in verdicts]
    for name in ("joint_p", "agreement", "specifications", "matched", "votes"):
        out[name] = [getattr(v, name) for v in verdicts]
    return out


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
    table.insert(4, "documents", np.rint(sums).astype(np.int64))
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


def _words(concepts: Sequence[Concept], found: Occurrences, measured: Measured) -> pd.DataFrame:
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
        frame["ended_in"] = [measured.fates.get((concept.name, w), "") for w in concept.words]
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _few(placebo: int) -> list[str]:
    if not 0 < placebo < fewest():
        return []
    noun = plural(placebo, "random concept")
    needed = f"that needs {fewest()} (placebo)"
    return [f"With {noun} none can be said to go farther than random words: {needed}."]


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
