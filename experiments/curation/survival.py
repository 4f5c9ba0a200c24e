"""How often edits of topics survive a refit with another seed, and how often they go astray.

    python experiments/curation/survival.py       # five minutes on one core; goes on where it was

The packaged corpus (356 papers) is fitted with two seeds. In the first fit two topics drawn at
random are merged, one is split, one excluded and one renamed; the edits are carried to the second
fit, and to the second fit with its documents shuffled, where nothing is to be found. results.csv
has a line for each model, pair of seeds, and edit.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

import trends as tr
from trends.analysis.alignment.hungarian import align
from trends.analysis.curation.apply import Place, apply_edits, counts_of
from trends.analysis.curation.edits import edits_from
from trends.core import Topics
from trends.files import write_csv
from trends.runs.tasks import terms
from trends.runs.tasks.analysis_parts import names

OUT = Path(__file__).parent / "results.csv"
SEED, TOPICS = 20261130, 12
MODELS = ("gibbs-lda", "nmf", "bertopic")


def carried(first: Topics, fit: Topics, chosen: list[int], counts, rng: int) -> Topics:
    """The edits in a fit, as a run carries them: through a file of names."""
    a, b, c, d, e = chosen
    edits = edits_from(
        {
            "merge": [{"topics": [a, b]}],
            "split": [{"topic": c}],
            "exclude": [{"topics": [d]}],
            "rename": [{"topic": e, "name": "renamed"}],
        }
    )
    rows = names.frame(first, [str(k) for k in range(first.n_topics)])
    given = {
        ("", int(r.topic)): names.Name(
            0, r.label, r.top_terms, "", tuple(r.document_ids.split(";"))
        )
        for r in rows.itertuples()
    }
    place: Place = names.Names("first.csv", given).place("", fit, chosen, rng)
    return apply_edits(fit, edits, place, counts)


def overlap(before: np.ndarray, after: np.ndarray) -> float:
    """Documents in both over documents in either."""
    either = (before | after).sum()
    return float((before & after).sum() / either) if either else 0.0


def one(model: str, pair: int, corpus, rng: np.random.Generator) -> list[dict]:
    """All edits of one pair of seeds."""
    first, second = (tr.fit(corpus, model, n_topics=TOPICS, rng=rng) for _ in range(2))
    counts = counts_of(first, terms.known_counts(corpus, first.vocabulary))
    chosen = rng.choice(TOPICS, 5, replace=False).tolist()
    seed = int(rng.integers(2**32))
    here = carried(first, first, chosen, counts, seed)
    there = carried(first, second, chosen, counts, seed)
    order = rng.permutation(second.n_documents)
    shuffled = Topics(
        second.theta[order], second.unassigned[order], second.phi, second.vocabulary,
        second.doc_ids,
    )  # fmt: skip
    astray = carried(first, shuffled, chosen, counts, seed)
    same = align(first, second, rng=seed)
    out = []
    done = {r["edit"]: r for r in there.provenance["edits"]["applied"]}
    false = {r["edit"] for r in astray.provenance["edits"]["applied"]}
    for row in here.provenance["edits"]["applied"]:
        found = done.get(row["edit"])
        mine = np.isin(first.hard, row["topics"])
        out.append(
            {
                "model": model, "pair": pair, "kind": row["kind"],
                "survives": found is not None,
                # A topic that the other fit has, by all documents of both fits.
                "there": any(same.partner(t) is not None for t in row["topics"]),
                "overlap": overlap(mine, np.isin(second.hard, found["here"])) if found else np.nan,
                "parts": parts(here, there, row, found) if row["kind"] == "split" else np.nan,
                "astray": row["edit"] in false,
            }
        )  # fmt: skip
    return out


def parts(here: Topics, there: Topics, row: dict, found: dict | None) -> float:
    """Documents of both topics that are in the same part in both fits."""
    if found is None:
        return np.nan
    both = np.isin(here.hard, row["becomes"]) & np.isin(there.hard, found["becomes"])
    part = [np.searchsorted(r["becomes"], t.hard[both]) for r, t in ((row, here), (found, there))]
    return float((part[0] == part[1]).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pairs", type=int, default=60)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    done = pd.read_csv(given.out) if given.out.exists() else pd.DataFrame()
    corpus = tr.read_corpus("pretraining")
    for pair in range(given.pairs):
        for at, model in enumerate(MODELS):
            if len(done) and ((done["model"] == model) & (done["pair"] == pair)).any():
                continue
            rows = one(model, pair, corpus, np.random.default_rng([SEED, at, pair]))
            done = pd.concat([done, pd.DataFrame(rows)], ignore_index=True)
            write_csv(given.out, done)
    print(
        done.groupby(["model", "kind"])[["survives", "there", "overlap", "parts", "astray"]].mean()
    )


if __name__ == "__main__":
    main()
