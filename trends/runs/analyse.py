"""From fits to the tables of a run: prevalence, trends, quality, agreement, claims."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends import files, store
from trends.analysis import agreement, alignment, claims, examples, labels, prevalence, prototype, quality, trend_test
from trends.analysis.periods import Periods, make_periods
from trends.core import Alignment, Corpus, TermCounts, Topics, Trend
from trends.runs.config import RunConfig
from trends.runs.seeds import spawn

Fits = Mapping[str, Sequence[Topics]]


def periods_of(corpus: Corpus, *, period: str, imprecise: Literal["error", "drop", "spread"] = "error") -> Periods:
    """Put the documents of a corpus into calendar periods."""
    frame = corpus.documents
    return make_periods(
        frame["date"], frame["date_precision"], period=period, imprecise=imprecise, observed_until=corpus.observed_until
    )


def write(folder: Path, corpus: Corpus, terms: Path, vectors: Path | None, fits: Fits, config: RunConfig) -> dict[str, Any]:
    """Analyse fits and write every table of the contract that is about them.

    Returns
    -------
    dict
        Notes for the record of the stage.
    """
    counts = store.read_counts(terms)
    array = np.load(vectors / "vectors.npy", allow_pickle=False) if vectors is not None else None
    result = analyse(corpus, counts, fits, array, config)
    for name, frame in result["tables"].items():
        files.write_csv(folder / f"{name}.csv", frame)
    files.write_json(folder / "analysis.json", result["notes"])
    return {}


def analyse(
    corpus: Corpus, counts: TermCounts, fits: Fits, vectors: NDArray[np.floating[Any]] | None, config: RunConfig
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
        Period, estimator, interval, rng.

    Returns
    -------
    dict
        ``tables`` (name → frame) and ``notes`` (prototypes, seeds, warnings, summary).
    """
    p = config.prevalence
    seeds = dict(zip(("alignment", "bootstrap"), spawn(config.rng, "analysis", 2), strict=True))
    periods = periods_of(corpus, period=p.period, imprecise=p.imprecise)
    notes: dict[str, Any] = {"seeds": {k: [v] for k, v in seeds.items()}, "warnings": _period_warnings(periods), "prototypes": {}}
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in ("topics", "quality", "prevalence", "trends", "specifications")}
    chosen: dict[str, Topics] = {}
    slopes: dict[str, Trend] = {}
    measured = dict(zip(fits, _by_backend(fits, counts), strict=True))
    for backend, of_backend in fits.items():
        found = prototype.choose(of_backend, rng=seeds["alignment"])
        best = of_backend[found.index]
        chosen[backend] = best
        names = labels.label(best, reference=counts)
        aligned = [_aligned(fit, to) for fit, to in zip(of_backend, found.alignments, strict=True)]
        shares = prevalence.estimate(
            aligned, periods, labels=names, theta=p.theta, interval=p.interval, level=p.level, rng=seeds["bootstrap"]
        )
        slopes[backend] = trend_test.test_trends(shares, level=p.level)
        notes["prototypes"][backend] = {
            "seed": best.seed,
            "mean_similarity": found.mean_similarity,
            "unmatched_topics": [len(a.unmatched_right) for a in found.alignments if a is not None],
        }
        notes["warnings"] += [
            f"{backend}, seed {fit.seed}: {w}" for fit in of_backend for w in fit.provenance.get("warnings", [])
        ]
        tables["prevalence"].append(_tagged(shares.frame(), backend))
        tables["trends"].append(_tagged(slopes[backend].frame(), backend))
        tables["topics"].append(
            _tagged(_topics_table(best, names, measured[backend][found.index], found, corpus, vectors, p.theta), backend)
        )
        tables["quality"].append(_quality_table(backend, of_backend, measured[backend], found))
    matches = {(a, b): alignment.align(chosen[a], chosen[b], rng=seeds["alignment"]) for a, b in itertools.combinations(fits, 2)}
    matched = [agreement.frame(chosen[a], chosen[b], match) for (a, b), match in matches.items()]
    out = {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items() if parts}
    out["alignment"] = (
        pd.concat(matched, ignore_index=True)
        if matched
        else pd.DataFrame(columns=["backend_a", "topic_a", "backend_b", "topic_b", "similarity", "null_p"])
    )
    out["agreement"] = pd.DataFrame(
        [
            {"backend_a": a, "backend_b": b, **agreement.agreement(chosen[a], chosen[b], m).summary()}
            for (a, b), m in matches.items()
        ]
    )
    out["coverage"], out["dates"] = _coverage(corpus, counts, periods), _dates(corpus)
    main = next(iter(fits))
    out["specifications"] = specifications(chosen[main], fits, periods, config, seeds["alignment"])
    judged = slopes[main].frame()
    _, out["claims"] = claims.judge(judged, out["specifications"])
    notes["claims"] = {"backend": main, "rule": str(claims.Rule())}
    notes["summary"] = _summary(corpus, out, main)
    return {"tables": out, "notes": notes}


def specifications(reference: Topics, fits: Fits, periods: Periods, config: RunConfig, seed: int) -> pd.DataFrame:
    """Slope of every topic of ``reference`` under each backend and seed, matched by documents; NaN where there is no partner."""
    rows = []
    for backend, of_backend in fits.items():
        for fit in of_backend:
            match: Alignment = alignment.align(reference, fit, rng=seed)
            shares = prevalence.estimate(fit, periods, theta=config.prevalence.theta, level=config.prevalence.level)
            table = trend_test.test_trends(shares, level=config.prevalence.level).frame()
            partner = [match.partner(k) for k in range(reference.n_topics)]
            frame = claims.specification_rows(f"{backend}/seed-{fit.seed}", table, partner)
            frame.insert(1, "backend", backend)
            frame.insert(2, "seed", fit.seed)
            rows.append(frame)
    return pd.concat(rows, ignore_index=True)


def _by_backend(fits: Fits, counts: TermCounts) -> list[list[quality.Quality]]:
    """Quality of all fits with one count of co-occurrences, split by backend again."""
    flat = quality.evaluate_many([fit for of_backend in fits.values() for fit in of_backend], counts)
    out, at = [], 0
    for of_backend in fits.values():
        out.append(flat[at : at + len(of_backend)])
        at += len(of_backend)
    return out


def _aligned(fit: Topics, to: Alignment | None) -> NDArray[np.float64]:
    """Theta in the prototype's order, NaN in the columns of topics that the fit lacks."""
    if to is None:
        return np.asarray(fit.theta)
    moved = prototype.reorder(fit, to)
    theta = np.array(moved.theta)
    theta[:, ~moved.present] = np.nan
    return theta


def _tagged(frame: pd.DataFrame, backend: str) -> pd.DataFrame:
    frame = frame.copy()
    frame.insert(0, "backend", backend)
    return frame


def _topics_table(
    fit: Topics,
    names: Sequence[str],
    measured: quality.Quality,
    found: prototype.PrototypeResult,
    corpus: Corpus,
    vectors: NDArray[np.floating[Any]] | None,
    theta: str,
) -> pd.DataFrame:
    sizes = np.bincount(fit.hard[fit.hard >= 0], minlength=fit.n_topics)
    share = sizes / fit.n_documents if theta == "hard" else fit.share
    titles = dict(zip(corpus.ids, corpus.documents["title"].astype(str), strict=True))
    near = examples.closest(fit, vectors, 3)
    rows = pd.DataFrame(
        {
            "topic": np.arange(fit.n_topics),
            "label": list(names),
            "n_docs": sizes,
            "share": share,
            "top_terms": ["; ".join(t) for t in quality.top_terms(fit, 10)],
            "examples": [" | ".join(titles[i] for i in ids) for ids in near],
            "example_ids": [";".join(ids) for ids in near],
            "npmi": measured.per_topic["npmi"].to_numpy(),
            "stability": found.stability,
        }
    )
    none = int((fit.hard < 0).sum())
    rest = none / fit.n_documents if theta == "hard" else float(fit.unassigned.mean())
    last = pd.DataFrame(
        [{"topic": -1, "label": "unassigned", "n_docs": none, "share": rest, "top_terms": "", "examples": "", "example_ids": ""}]
    )
    return pd.concat([rows, last], ignore_index=True)


def _quality_table(
    backend: str, fits: Sequence[Topics], measured: Sequence[quality.Quality], found: prototype.PrototypeResult
) -> pd.DataFrame:
    rows = []
    for i, (fit, q) in enumerate(zip(fits, measured, strict=True)):
        s = q.summary()
        rows.append(
            {
                "backend": backend,
                "seed": fit.seed,
                "n_topics": fit.n_topics,
                "npmi": s["npmi"],
                "c_v": s["c_v"],
                "diversity": s["diversity"],
                "stability": found.mean_similarity[i],
                "unassigned": s["unassigned"],
                "exclusivity": s["exclusivity"],
                "largest": s["largest"],
                "prototype": i == found.index,
            }
        )
    return pd.DataFrame(rows)


def _coverage(corpus: Corpus, counts: TermCounts, periods: Periods) -> pd.DataFrame:
    """Documents by period, the undated ones in a row without period."""
    rows = {doc: i for i, doc in enumerate(counts.doc_ids)}
    words = np.array([counts.tokens[rows[i]] > 0 for i in corpus.ids])
    inside = periods.index >= 0
    # One more row, without a period, for what stands outside time.
    place = np.where(inside, periods.index, len(periods))
    n = len(periods) + (1 if (~inside).any() else 0)
    rest = n - len(periods)
    return pd.DataFrame(
        {
            "period": np.concatenate([periods.starts, np.full(rest, "NaT", "datetime64[D]")]).astype("datetime64[s]"),
            "n_docs": np.bincount(place, minlength=n),
            "n_dated": np.bincount(place, weights=corpus.dated, minlength=n).astype(int),
            "n_with_text": np.bincount(place, weights=words, minlength=n).astype(int),
            "complete": np.concatenate([periods.complete, np.zeros(rest, dtype=bool)]),
        }
    )


def _dates(corpus: Corpus) -> pd.DataFrame:
    frame = corpus.documents[["date_evidence", "date_precision"]].fillna("").astype(str)
    return (
        frame.value_counts()
        .rename("n_docs")
        .reset_index()
        .sort_values(["date_evidence", "date_precision"])
        .reset_index(drop=True)
    )


def _period_warnings(periods: Periods) -> list[str]:
    out = []
    open_ends = [name for name, whole in zip(periods.names, periods.complete, strict=True) if not whole]
    if open_ends:
        out.append(
            f"The corpus does not cover the whole of {', '.join(open_ends)}; shares of these periods are about the part that was seen."
        )
    for reason, words in (
        ("undated", "without a date, outside time"),
        ("imprecise", "with a date coarser than the period, left out of time"),
    ):
        if n := periods.dropped.get(reason, 0):
            out.append(f"{n} document{'s' if n > 1 else ''} {words}; used for fitting.")
    few = int((periods.n_docs < 10).sum())
    if few:
        out.append(
            f"{few} of {len(periods)} periods have fewer than 10 documents; their shares are uncertain, and the tests weigh them accordingly."
        )
    return out


def _summary(corpus: Corpus, tables: Mapping[str, pd.DataFrame], main: str) -> list[str]:
    """What the run found, in sentences made from its tables."""
    s = corpus.summary()
    out = [f"{s['documents']:,} documents, {s['dated']:,} of them dated, {s['documents'] - s['dated']:,} undated."]
    for backend, rows in tables["trends"].groupby("backend", sort=False):
        found = rows.loc[rows["p_adjusted"] <= claims.Rule().alpha].sort_values("slope", ascending=False)
        if found.empty:
            out.append(f"{backend}: no topic has a trend that this corpus can tell from none (false-discovery rate 5 %).")
            continue
        words = [f"{r.label} ({r.slope:+.2f} points a year, {r.lower:+.2f} to {r.upper:+.2f})" for r in found.itertuples()]
        out.append(f"{backend}: {len(found)} of {len(rows)} topics have a trend (false-discovery rate 5 %): {'; '.join(words)}.")
    verdicts = tables["claims"]["verdict"].value_counts()
    counted = ", ".join(f"{n} {name}" for name, n in verdicts.items())
    out.append(f"Claims about the topics of {main}, over all backends and seeds: {counted}.")
    return out
