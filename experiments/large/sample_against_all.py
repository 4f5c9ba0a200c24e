"""Topics learnt on a sample beside topics learnt on all documents: shares and slopes of both.

usage: python experiments/large/sample_against_all.py CORPUS OUT [--sample 15000] [--topics 20]
       [--seeds 3]

CORPUS is a file of abstracts with ``title``, ``abstract`` and ``year``, such as those of the ACL
Anthology. Both runs go over shards and give every document its shares by the rule for new
documents; they differ in the documents on which topics were learnt. Shares are means of several
fits each, whose variance is in their intervals. A second run on all documents, with other seeds,
says how far two runs differ anyway. Topics of two fits are matched by the documents that both were
learnt on. Written are ``results/sample_against_all.csv`` (a row for each matched topic) and a
summary, which is printed.
"""

from __future__ import annotations

import argparse
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import trends as tr
from trends import store
from trends.analysis.alignment.hungarian import align
from trends.core import Topics

HERE = Path(__file__).parent
BACKEND = "gibbs-lda"


def config(corpus: Path, sample: int, topics: int, seeds: int, rng: int) -> dict[str, object]:
    """Settings of a run; diagnostics are off, as nothing here reads them."""
    off = ("lengths", "incomplete", "duplicates", "sources", "unassigned", "dates", "vocabulary")
    return {
        "rng": rng,
        "name": "acl",
        "corpus": {"path": str(corpus), "text": "abstract", "date": "year"},
        "engine": {"name": "local"},
        "models": {"backends": [BACKEND], "n_topics": topics, "seeds": seeds, "sample": sample},
        "prevalence": {"period": "year"},
        "diagnostics": dict.fromkeys((*off, "topics"), False),
        "figures": {"formats": ["svg"], "map": False},
    }


def of_documents(topics: Topics, ids: list[str]) -> Topics:
    """The same topics, of some of the documents."""
    place = {doc: i for i, doc in enumerate(topics.doc_ids)}
    rows = np.array([place[doc] for doc in ids])
    return replace(
        topics, theta=topics.theta[rows], unassigned=topics.unassigned[rows], doc_ids=tuple(ids)
    )


def compared(one: store.Run, other: store.Run, pair: str, rng: int) -> pd.DataFrame:
    """Each matched topic of two runs: how far shares and slopes differ, and their intervals."""
    fits = [
        run.topics(BACKEND, int(run.manifest["prototypes"][BACKEND]["seed"]))
        for run in (one, other)
    ]
    both = sorted(set(fits[0].doc_ids) & set(fits[1].doc_ids))
    match = align(*(of_documents(fit, both) for fit in fits), rng=rng)
    tables = [
        {name: of[of["backend"] == BACKEND] for name in ("trends", "prevalence")
         for of in [run.table(name)]}
        for run in (one, other)
    ]  # fmt: skip
    trends = [found["trends"].set_index("topic") for found in tables]
    shares = [
        found["prevalence"].query("topic >= 0").set_index(["topic", "period"]).sort_index()
        for found in tables
    ]
    rows = []
    for (left, right), alike in zip(match.pairs, match.similarity, strict=True):
        a, b = trends[0].loc[left], trends[1].loc[right]
        p, q = shares[0].loc[left], shares[1].loc[right]
        n = p["n_docs"].to_numpy(float)
        apart = (p["share"] - q["share"]).abs()
        half = np.maximum(p["upper"] - p["lower"], q["upper"] - q["lower"]) / 2
        # Two intervals that overlap, period by period.
        overlap = (p["lower"] <= q["upper"]) & (q["lower"] <= p["upper"])
        weight = n / n.sum()
        level = float(abs(weight @ (p["share"].fillna(0) - q["share"].fillna(0)).to_numpy()))
        rows.append(
            {
                "pair": pair,
                "label": a["label"],
                "label_other": b["label"],
                "similarity": float(alike),
                "share": float(weight @ p["share"].fillna(0).to_numpy()),
                "level_apart": level,
                "share_apart": float(weight @ apart.fillna(0).to_numpy()),
                "share_half_width": float(weight @ half.fillna(0).to_numpy()),
                "periods_overlap": float(overlap[n > 0].mean()),
                "slope": a["slope"],
                "slope_other": b["slope"],
                "slope_apart": abs(a["slope"] - b["slope"]),
                "slope_half_width": max(
                    (a["upper"] - a["lower"]) / 2, (b["upper"] - b["lower"]) / 2
                ),
                "finding": a["finding"],
                "finding_other": b["finding"],
            }
        )
    return pd.DataFrame(rows)


def summary(table: pd.DataFrame, topics: int) -> str:
    """What a table says, in a sentence for each pair of runs."""
    out = []
    for pair, rows in table.groupby("pair", sort=False):
        near = rows["share_apart"] <= rows["share_half_width"]
        inside = rows["slope_apart"] <= rows["slope_half_width"]
        same = rows["finding"] == rows["finding_other"]
        out.append(
            f"{pair}: {len(rows)} of {topics} topics matched (similarity "
            f"{rows['similarity'].median():.2f}). Shares of a year "
            f"{rows['share_apart'].mean():.2%} apart (at most {rows['share_apart'].max():.2%}) "
            "beside half-widths of "
            f"{rows['share_half_width'].mean():.2%}, within them for {near.sum()} of {len(rows)}; "
            f"intervals overlap in {rows['periods_overlap'].mean():.0%} of years. Slopes "
            f"{rows['slope_apart'].mean():.3f} points a year apart (at most "
            f"{rows['slope_apart'].max():.3f}) beside half-widths of "
            f"{rows['slope_half_width'].mean():.3f}, within them for {inside.sum()} of "
            f"{len(rows)}; the same finding for {same.sum()}."
        )
    return "\n".join(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--sample", type=int, default=15_000)
    parser.add_argument("--topics", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    runs = {}
    for name, sample, rng in (("sample", given.sample, 1), ("all", 0, 1), ("again", 0, 2)):
        settings = config(given.corpus, sample, given.topics, given.seeds, rng)
        for kept in (given.out / "sample" / ".cache").glob("sharded-*"):
            # What was read is the same for all, and a run takes it where it lies.
            target = given.out / name / ".cache" / kept.name
            if name != "sample" and not target.exists():
                shutil.copytree(kept, target)
        tr.run(settings, given.out / name)
        runs[name] = store.Run(given.out / name)
    table = pd.concat(
        [
            compared(runs["sample"], runs["all"], f"sample of {given.sample:,} and all", 1),
            compared(runs["all"], runs["again"], "all, other seeds", 1),
        ],
        ignore_index=True,
    )
    (HERE / "results").mkdir(exist_ok=True)
    table.round(6).to_csv(HERE / "results" / "sample_against_all.csv", index=False)
    text = summary(table, given.topics)
    (HERE / "results" / "sample_against_all.txt").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
