"""Measure the error rates of the whole road (words or vectors, topic model, shares, tests) on
simulated truth and shuffled dates.

python experiments/calibration/end_to_end.py --row A8 --corpora 400     # one row python
experiments/calibration/end_to_end.py --row all                  # the committed result, some 30
minutes on one core

Every corpus adds its lines to results/end_to_end.csv as soon as it is done; a run that was stopped
goes on where it was. Without --row the tables are written again from the lines that are there.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache
from pathlib import Path
from typing import Any

import end_to_end_tables
import numpy as np
import pandas as pd
from plans import COLUMNS, FULL, PLANS, SEED, read, setup

import trends as tr
from trends.analysis.alignment import prototype
from trends.analysis.diagnostics.document_length import length_drift, match_lengths
from trends.analysis.prevalence import estimate as prevalence
from trends.analysis.prevalence.periods import Periods, make_periods
from trends.analysis.robustness.placebo import placebo
from trends.analysis.simulation import recovery
from trends.analysis.simulation.simulate import Design, Simulated, Vectors, Words, oracle, simulate
from trends.analysis.trend.fit import fit_trends
from trends.analysis.trend.model import scores
from trends.analysis.trend.multiplicity import adjust
from trends.analysis.trend.series import series_of
from trends.core import Precision, Prevalence, TermCounts, Topics
from trends.models import BACKENDS
from trends.text.counting.count import count_terms
from trends.text.vocabulary.select import select_terms

HERE = Path(__file__).resolve().parent
NEURIPS = HERE.parents[2] / "shared" / "data" / "neurips_1987_2018.jsonl.gz"


def generator(rng: int, row: str, corpus: int) -> np.random.Generator:
    """The source of all draws of one corpus; other corpora and rows do not change it."""
    return np.random.default_rng([rng, int(row[1:]), corpus])


def seed_of(stream: np.random.Generator) -> int:
    """A seed for a backend."""
    return int(stream.integers(2**31))


def gibbs(
    counts: TermCounts, n_topics: int, settings: dict[str, Any], stream: np.random.Generator
) -> Topics:
    return BACKENDS.load("gibbs-lda")(
        counts, n_topics=n_topics, seed=seed_of(stream), settings=settings
    )


def compare(made: Simulated, fit: Topics, stream: np.random.Generator) -> dict[str, Any]:
    """What the fit, by hard labels and by mean theta, and the truth itself say about the planted
    trends.
    """
    truth = made.truth
    match = recovery.align_to_truth(made, fit, rng=stream)
    out: dict[str, Any] = {
        "documents": fit.n_documents,
        "fitted": fit.n_topics,
        "matched": len(match.pairs),
        "similarity": float(match.similarity.mean()) if len(match.pairs) else np.nan,
        "unassigned": float(fit.unassigned.mean()),
    }
    for theta in ("hard", "mean"):
        trend = fit_trends(prevalence.estimate(fit, truth.periods, theta=theta))
        out |= counted(theta, recovery.recovered(truth, trend, match), recovery.discoveries(trend))
    best = oracle(made)
    trend = fit_trends(prevalence.estimate(best, truth.periods))
    table = recovery.recovered(truth, trend, recovery.align_to_truth(made, best, rng=stream))
    out |= counted("oracle", table, recovery.discoveries(trend))
    out["changed"] = int(table["changed"].sum())
    out["changed_matched"] = int(
        sum(match.partner(k) is not None for k in np.flatnonzero(table["changed"]))
    )
    return out


def counted(name: str, table: pd.DataFrame, discoveries: int) -> dict[str, int]:
    """Discoveries, those that are false, changed topics found with the right sign, changed topics
    whose estimate has it.
    """
    still = not table["changed"].any()
    return {
        f"{name}_discoveries": discoveries,
        # Where nothing moves every discovery is false, with a partner or without.
        f"{name}_false": discoveries if still else int(table["false"].sum()),
        f"{name}_found": int(table["right_found"].sum()),
        f"{name}_right": int(table["right"].sum()),
    }


def directions(corpus: int, rng: int) -> Iterator[dict[str, Any]]:
    """A7: topics that rise and fall."""
    plan, stream = PLANS["A7"], generator(rng, "A7", corpus)
    made = simulate(Design(**plan["design"]), Words(**plan["words"]), rng=stream)
    yield {
        "variant": "movers",
        **compare(made, gibbs(made.counts, plan["n_topics"], plan["gibbs"], stream), stream),
    }


def flat(corpus: int, rng: int) -> Iterator[dict[str, Any]]:
    """A8: nothing moves."""
    plan, stream = PLANS["A8"], generator(rng, "A8", corpus)
    made = simulate(Design(**plan["design"]), Words(**plan["words"]), rng=stream)
    yield {
        "variant": "flat",
        **compare(made, gibbs(made.counts, plan["n_topics"], plan["gibbs"], stream), stream),
    }


def coverage(corpus: int, rng: int) -> Iterator[dict[str, Any]]:
    """A9: intervals of several fits pooled, and of one fit."""
    plan, stream = PLANS["A9"], generator(rng, "A9", corpus)
    made = simulate(Design(**plan["design"]), Words(**plan["words"]), rng=stream)
    fits = [
        gibbs(made.counts, plan["n_topics"], plan["gibbs"], stream) for _ in range(plan["fits"])
    ]
    found = prototype.choose(fits, rng=stream)
    best = fits[found.index]
    match = recovery.align_to_truth(made, best, rng=stream)
    ordered = recovery.in_order_of(found, fits)
    for name, several in (
        ("six fits", ordered),
        ("one fit", ordered[found.index : found.index + 1]),
    ):
        for theta in ("hard", "mean"):
            shares = prevalence.estimate(several, made.truth.periods, theta=theta)
            inside = recovery.covered(made.truth, shares, match)
            yield {
                "variant": f"{name}, {theta}",
                "documents": best.n_documents,
                "fitted": best.n_topics,
                "matched": len(match.pairs),
                "similarity": float(match.similarity.mean()),
                "covered": int(inside.sum()),
                "cells": inside.size,
            }


def embedded(corpus: int, rng: int) -> Iterator[dict[str, Any]]:
    """A10: the embedding backend on vectors like those of a sentence encoder."""
    plan, stream = PLANS["A10"], generator(rng, "A10", corpus)
    variants = (
        ("flat", "movers") if corpus % plan["every"] == 0 and corpus < plan["until"] else ("flat",)
    )
    for variant in variants:
        begin = time.perf_counter()
        made = simulate(Design(**plan[variant]), Words(**plan["words"]), Vectors(), rng=stream)
        fit = BACKENDS.load("bertopic")(
            made.counts,
            n_topics=plan["n_topics"],
            seed=seed_of(stream),
            embeddings=made.corpus.embeddings,
            settings=plan["bertopic"],
        )
        line = compare(made, fit, stream)
        yield {"variant": variant, **line, "seconds": round(time.perf_counter() - begin, 2)}


def drifting(corpus: int, rng: int) -> Iterator[dict[str, Any]]:
    """A11: documents grow fourfold and nothing moves.

    Lengths matched as the diagnostic says, and for comparison not matched.
    """
    plan, stream = PLANS["A11"], generator(rng, "A11", corpus)
    made = simulate(Design(**plan["design"]), Words(**plan["words"]), rng=stream)
    seen = length_drift(made.counts, made.truth.periods)
    length = int(seen.measures["length"])
    counts, kept = match_lengths(made.counts, length, rng=stream)
    rows = np.flatnonzero(kept)
    truth = made.truth
    inside = make_periods(
        truth.dates[rows],
        period=truth.design.period,
        observed=(truth.periods.starts[0].astype(object), truth.periods.ends[-1].astype(object)),
    )
    fit = gibbs(counts.take_documents(rows), plan["n_topics"], plan["gibbs"], stream)
    yield {
        "variant": "matched",
        **still(made, fit, inside, stream),
        "length": length,
        "kept": len(rows) / len(kept),
    }
    if corpus < plan["unmatched"]:
        whole = gibbs(made.counts, plan["n_topics"], plan["gibbs"], stream)
        yield {"variant": "whole", **still(made, whole, truth.periods, stream), "kept": 1.0}


def still(
    made: Simulated, fit: Topics, periods: Periods, stream: np.random.Generator
) -> dict[str, Any]:
    """Discoveries where every discovery is false."""
    match = recovery.align_to_truth(made, fit, rng=stream)
    out: dict[str, Any] = {
        "documents": fit.n_documents,
        "fitted": fit.n_topics,
        "matched": len(match.pairs),
        "changed": 0,
    }
    out["similarity"] = float(match.similarity.mean()) if len(match.pairs) else np.nan
    for theta in ("hard", "mean"):
        n = recovery.discoveries(fit_trends(prevalence.estimate(fit, periods, theta=theta)))
        out |= {f"{theta}_discoveries": n, f"{theta}_false": n}
    return out


def shuffled(corpus: int, rng: int) -> Iterator[dict[str, Any]]:
    """A12: the dates of real corpora shuffled, by documents, by blocks of a median period, by
    periods; a fit for each ``corpus``.
    """
    plan, stream = PLANS["A12"], generator(rng, "A12", corpus)
    for name in ("pretraining", "neurips"):
        if name == "neurips" and not NEURIPS.is_file():
            continue
        counts, periods = real(name)
        fit = gibbs(counts, plan[name]["n_topics"], plan["gibbs"], stream)
        middle = max(1, round(float(np.median(periods.n_docs[periods.n_docs > 0]))))
        for block in (1, middle):
            line: dict[str, Any] = {
                "variant": f"{name}, {'documents' if block == 1 else 'blocks'}",
                "documents": fit.n_documents,
            }
            for theta in ("hard", "mean"):
                found = placebo(
                    fit, periods, theta=theta, shuffles=plan["shuffles"], block=block, rng=stream
                )
                line |= {
                    f"{theta}_false": int((found.discoveries > 0).sum()),
                    f"{theta}_discoveries": found.observed,
                }
            yield {**line, "fitted": fit.n_topics, "shuffles": plan["shuffles"], "block": block}
        line = {
            "variant": f"{name}, periods",
            "documents": fit.n_documents,
            "fitted": fit.n_topics,
            "shuffles": plan["shuffles"],
        }
        for theta in ("hard", "mean"):
            line[f"{theta}_false"] = moved_periods(
                prevalence.estimate(fit, periods, theta=theta), plan["shuffles"], stream
            )
        yield line


def moved_periods(shares: Prevalence, shuffles: int, stream: np.random.Generator) -> int:
    """Shuffles with any discovery where whole periods change places.

    Each keeps its documents, and none shares them with its neighbour.
    """
    series = series_of(shares)
    orders = [stream.permutation(len(series.x)) for _ in range(shuffles)]
    y, n = (np.stack([part[:, order] for order in orders]) for part in (series.y, series.n))
    _, p = scores(y, n, series.steps)
    return int(sum((adjust(one) <= 0.05).any() for one in p))


@lru_cache
def real(name: str) -> tuple[TermCounts, Periods]:
    """Term counts and periods of a real corpus."""
    period = PLANS["A12"][name]["period"]
    if name == "pretraining":
        corpus = tr.read_corpus("pretraining")
        assert corpus.counts is not None
        frame = corpus.documents
        counts = select_terms(corpus.counts)[0]
        return counts, make_periods(
            frame["date"],
            frame["date_precision"],
            period=period,
            observed=(None, corpus.observed_until),
        )
    frame = (
        pd.read_json(NEURIPS, lines=True, dtype={"id": str})
        .sort_values(["year", "id"])
        .reset_index(drop=True)
    )
    texts = [
        f"{title}. {abstract}"
        for title, abstract in zip(frame["title"], frame["abstract"], strict=True)
    ]
    counts = select_terms(count_terms(tuple(frame["id"]), texts))[0]
    days = pd.to_datetime(frame["year"].astype(str) + "-01-01")
    return counts, make_periods(days, [Precision.YEAR.value] * len(days), period=period)


ROWS: dict[str, Callable[[int, int], Iterator[dict[str, Any]]]] = {
    "A7": directions,
    "A8": flat,
    "A9": coverage,
    "A10": embedded,
    "A11": drifting,
    "A12": shuffled,
}


def measure(row: str, corpus: int, rng: int) -> list[dict[str, Any]]:
    """All lines of one corpus."""
    begin = time.perf_counter()
    lines = [
        {"row": row, "corpus": corpus, "rng": rng, "setup": setup(row), **line}
        for line in ROWS[row](corpus, rng)
    ]
    rest = round((time.perf_counter() - begin) / len(lines), 2)
    return [{"seconds": rest, **line} for line in lines]


def append(path: Path, lines: list[dict[str, Any]]) -> None:
    """Add the lines of a corpus in one write, so that an interruption leaves whole corpora."""
    if not path.exists():
        path.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    frame = pd.DataFrame(lines, columns=list(COLUMNS))
    text = frame.to_csv(index=False, header=False, float_format="%.6g", lineterminator="\n")
    handle = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--row", choices=[*ROWS, "all"], action="append", help="may be given several times"
    )
    parser.add_argument(
        "--corpora",
        type=int,
        help="numbered from 0, those that are done are kept; by default as many as in the "
        "committed result",
    )
    parser.add_argument(
        "--start", type=int, default=0, help="number of the first corpus, to share the work"
    )
    parser.add_argument("--rng", type=int, default=SEED)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, default=HERE / "results")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "end_to_end.csv"
    rows = options.row or []
    for row in ROWS if "all" in rows else rows:
        there = read(path)
        done = set(
            there.loc[(there["row"] == row) & (there["rng"] == options.rng), "corpus"].astype(int)
        )
        last = FULL[row] if options.corpora is None else options.corpora
        todo = [i for i in range(options.start, last) if i not in done]
        print(f"{row}: {len(todo)} corpora to do, {len(done)} done", flush=True)
        if options.workers == 1:
            for i in todo:
                append(path, measure(row, i, options.rng))
        else:
            with ProcessPoolExecutor(options.workers) as pool:
                for task in as_completed([pool.submit(measure, row, i, options.rng) for i in todo]):
                    append(path, task.result())
    print(end_to_end_tables.write(options.out))


if __name__ == "__main__":
    main()
