"""Forecasts on real corpora from rolling origins, with topics learnt before each of them.

    python experiments/shapes/forecasts.py NAME FILE     # adds to forecasts.csv

FILE is JSON lines with the columns ``id``, ``title``, ``abstract``, ``year``; NAME is ACL (the ACL
Anthology with abstracts) or NeurIPS (1987 to 2018). Of a year 250 documents are drawn at most,
with a seed. Eight origins, up to three years ahead, twenty topics.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

import trends as tr
from trends.files import write_csv

HERE = Path(__file__).parent
TOPICS, ORIGINS, AHEAD, SEED, SINCE, A_YEAR = 20, 8, 3, 17, 1987, 250


def read(path: Path) -> tr.Corpus:
    """Documents of each year, at most :data:`A_YEAR` of them."""
    table = pd.read_json(path, lines=True, dtype={"year": str})
    table = table[table["year"].astype(int) >= SINCE]
    place = np.random.default_rng(SEED).permutation(len(table))
    table = table.iloc[place].groupby("year").head(A_YEAR)
    columns = ["id", "title", "abstract", "year"]
    return tr.read_corpus(table[columns], text=["title", "abstract"], date="year", id="id")


def main(name: str, path: Path) -> pd.DataFrame:
    """One row a number of years ahead, and one for all."""
    corpus = read(path)
    frozen = tr.rolling_origins(
        corpus, "nmf", n_topics=TOPICS, origins=ORIGINS, ahead=AHEAD, rng=SEED
    )
    found = tr.forecast(frozen[-1][0], ahead=AHEAD, origins=frozen, rng=SEED)
    table, earlier = found.accuracy(), found.hindcasts()
    each = earlier.groupby(["ahead", "origin"])["held"].mean().unstack()
    # Topics of one origin are not independent of one another: the error is that over origins.
    table["held_se"] = (each.std(axis=1) / np.sqrt(each.notna().sum(axis=1))).to_numpy()
    table.insert(0, "corpus", name)
    table.insert(1, "documents", len(corpus))
    table.insert(2, "origins", ORIGINS)
    table.insert(3, "seed", SEED)
    output = HERE / "forecasts.csv"
    if output.exists():
        old = pd.read_csv(output)
        table = pd.concat([old[old["corpus"] != name], table], ignore_index=True)
    write_csv(output, table)
    print(found.frame()["note"].iloc[:3].to_list())
    return table


if __name__ == "__main__":
    print(main(sys.argv[1], Path(sys.argv[2])).round(3).to_string())
