"""The plain tables of a run, and sentences that sum them up.

The tables are those of topics, quality of fits, coverage and dates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.alignment import prototype
from trends.analysis.audit.coverage import SAY_SO, by_period, hole_sentence
from trends.analysis.prevalence.completeness import holes
from trends.analysis.prevalence.periods import Periods
from trends.analysis.quality import evaluate as quality
from trends.analysis.quality import examples
from trends.analysis.quality.label_check import LabelCheck
from trends.core import Corpus, Finding, Stability, TermCounts, Topics, statements
from trends.core import multivalue as cells
from trends.core.claim import FOUND
from trends.core.wording import listed, plural


def tagged(frame: pd.DataFrame, backend: str) -> pd.DataFrame:
    """The same rows with their backend in front."""
    frame = frame.copy()
    frame.insert(0, "backend", backend)
    return frame


def membership(fit: Topics) -> str:
    """How a fit's θ was made.

    This is the setting ``membership`` where clusters are turned into shares, and "mixture" where
    the model itself has them.
    """
    plain = "hard" if fit.provenance.get("family") == "embedding" else "mixture"
    return str(fit.provenance.get("settings", {}).get("membership", plain))


def topics(
    fit: Topics,
    names: Sequence[str],
    check: LabelCheck,
    measured: quality.Quality,
    found: prototype.PrototypeResult,
    corpus: Corpus,
    vectors: NDArray[np.floating[Any]] | None,
    theta: str,
) -> pd.DataFrame:
    """One row per topic of the prototype, what no topic took last."""
    sizes = np.bincount(fit.hard[fit.hard >= 0], minlength=fit.n_topics)
    share = sizes / fit.n_documents if theta == "hard" else fit.share
    titles = dict(zip(corpus.ids, corpus.documents["title"].astype(str), strict=True))
    near = examples.closest(fit, vectors, 3)
    rows = pd.DataFrame(
        {
            "topic": np.arange(fit.n_topics),
            "label": list(names),
            "label_check": check.shares,
            "n_docs": sizes,
            "share": share,
            "top_terms": ["; ".join(t) for t in quality.top_terms(fit, 10)],
            "examples": [cells.join((titles[i].strip() for i in ids), "|", " ") for ids in near],
            "example_ids": [cells.join(ids, ";") for ids in near],
            "npmi": measured.per_topic["npmi"].to_numpy(),
            "stability": found.stability,
            "membership": membership(fit),
        }
    )
    none = int((fit.hard < 0).sum())
    rest = none / fit.n_documents if theta == "hard" else float(fit.unassigned.mean())
    last = pd.DataFrame(
        [
            {
                "topic": -1,
                "label": "unassigned",
                "n_docs": none,
                "share": rest,
                "top_terms": "",
                "examples": "",
                "example_ids": "",
                "membership": membership(fit),
            }
        ]
    )
    return pd.concat([rows, last], ignore_index=True)


def quality_of(
    backend: str,
    fits: Sequence[Topics],
    measured: Sequence[quality.Quality],
    found: prototype.PrototypeResult,
) -> pd.DataFrame:
    """One row per fit of a backend."""
    rows = []
    for i, (fit, q) in enumerate(zip(fits, measured, strict=True)):
        s = q.summary()
        rows.append(
            {
                "backend": backend,
                "seed": fit.seed,
                "n_topics": fit.n_topics,
                "membership": membership(fit),
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


def coverage(corpus: Corpus, counts: TermCounts, periods: Periods) -> pd.DataFrame:
    """Documents by period, the undated ones in a row without period."""
    rows = {doc: i for i, doc in enumerate(counts.doc_ids)}
    words = np.array([counts.tokens[rows[i]] > 0 for i in corpus.ids])
    return by_period(corpus.dated, words, periods)


def dates(corpus: Corpus) -> pd.DataFrame:
    """Documents by evidence and precision of their date."""
    frame = corpus.documents[["date_evidence", "date_precision"]].fillna("").astype(str)
    return (
        frame.value_counts()
        .rename("n_docs")
        .reset_index()
        .sort_values(["date_evidence", "date_precision"])
        .reset_index(drop=True)
    )


def period_warnings(periods: Periods) -> list[str]:
    """What a reader must know about the periods."""
    out = []
    n = periods.n_docs
    hole = holes(n)
    open_ends = [
        name
        for name, whole, gap in zip(periods.names, periods.complete, hole, strict=True)
        if not whole and not gap
    ]
    if open_ends:
        out.append(
            f"The corpus is not known to cover the whole of {listed(open_ends, most=10)}; shares "
            f"of these periods are about the part that was seen. {SAY_SO}"
        )
    if hole.any():
        out.append(hole_sentence(periods))
    if empty := [name for name, k in zip(periods.names, n, strict=True) if not k]:
        out.append(f"There is no document in {listed(empty, most=10)}; shares there are unknown.")
    for reason, words in (
        ("undated", "without a date, outside time"),
        ("imprecise", "with a date coarser than the period, left out of time"),
    ):
        if left := periods.dropped.get(reason, 0):
            out.append(f"{plural(left, 'document')} {words}; used for fitting.")
    few = int(((n > 0) & (n < 10)).sum())
    if few:
        out.append(
            f"{few} of {len(periods)} periods have fewer than 10 documents; their shares are "
            "uncertain, and the tests weigh them accordingly."
        )
    return out


def summary(s: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], main: str) -> list[str]:
    """What the run found, in sentences made from its tables and the counts of documents."""
    out = [
        (
            f"{s['documents']:,} documents, {s['dated']:,} of them dated, "
            f"{s['documents'] - s['dated']:,} undated."
        )
    ]
    for backend, rows in tables["trends"].groupby("backend", sort=False):
        found = rows.loc[rows["finding"].isin(FOUND)].sort_values("change", ascending=False)
        if found.empty:
            out.append(
                f"{backend}: no topic has a change that this corpus can tell from none "
                "(false-discovery rate 5 %)."
            )
            continue
        words = [
            f"{row.label!s} ({statements.turn_of(row)})"
            if row.finding == Finding.TURNED
            else f"{row.label!s} {row.finding!s}: {statements.change_of(row)} points"
            for row in found.itertuples()
        ]
        out.append(
            f"{backend}: {len(found)} of {len(rows)} topics changed (false-discovery rate 5 "
            f"%): {'; '.join(words)}."
        )
    out.append(counted(tables["claims"], main))
    return out


def counted(claims: pd.DataFrame, backend: str) -> str:
    """How many findings there are, and how stable they are."""
    findings = claims["finding"].value_counts(sort=False)
    out = f"Claims about the topics of {backend}: " + ", ".join(
        f"{n} {name}" for name, n in findings.items()
    )
    examined = claims.loc[claims["stability"] != Stability.NOT_EXAMINED, "stability"]
    if len(examined):
        out += "; of these, " + ", ".join(f"{n} {s}" for s, n in examined.value_counts().items())
    return out + "."
