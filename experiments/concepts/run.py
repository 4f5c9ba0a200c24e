"""How often concepts are found, in which direction, and whether the word that drives is named.

    python experiments/concepts/run.py                 # goes on where it was; writes results.csv
    python experiments/concepts/run.py --corpora 20 --output try.csv

Cells: planted concepts of three sizes and three drifts, with word lists of which 30 % are wrong;
the same without a drift; lists of five words of which one alone drifts, for which the choices of
the concept are examined too.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from corpora import driven, planted
from packaged import PACKAGED, packaged

import trends as tr
from trends.core.claim import ALPHA, FOUND
from trends.files import write_csv, write_text

HERE = Path(__file__).parent
SIZES, DRIFTS = (0.03, 0.08, 0.25), (-1.5, 1.0, 2.0)
MEASURES = ("dictionary", "nearness", "seeded")
#: Documents that hold the concept and are given as examples to nearness.
EXAMPLES = 25
#: Random concepts, as many as by default; no shuffles of the dates, which have no part in this.
PLACEBO, SHUFFLES = 199, 0
#: Corpora after which the rows are written.
BATCH = 20


@dataclass(frozen=True)
class Cell:
    """What is simulated, with the seed of its corpora."""

    truth: str
    size: float
    drift: float
    measure: str
    seed: int


def cells() -> list[Cell]:
    """All cells; the corpora of a truth are the same for every measure."""
    out = []
    for measure in MEASURES:
        for i, size in enumerate(SIZES):
            out.append(Cell("flat", size, 0.0, measure, 100 + i))
            for j, drift in enumerate(DRIFTS):
                out.append(Cell("planted", size, drift, measure, 200 + 10 * i + j))
    words = [Cell("one word", s, 2.5, "dictionary", 300 + i) for i, s in enumerate(SIZES[:2])]
    return words + out


def measure(cell: Cell, corpus: int) -> dict[str, Any]:
    """What is said of the concept of one corpus."""
    rng = np.random.default_rng([cell.seed, corpus])
    made = (driven if cell.truth == "one word" else planted)(cell.size, cell.drift, rng)
    concept = made.concept
    if cell.measure == "nearness":
        some = rng.permutation(np.flatnonzero(made.held))[:EXAMPLES]
        ids = tuple(made.corpus.ids[i] for i in sorted(some))
        concept = tr.Concept(concept.name, concept.words, examples=ids)
    found = tr.concepts(
        made.corpus,
        concept,
        measures=(cell.measure,),
        placebo=PLACEBO,
        multiverse=cell.truth == "one word",
        shuffles=SHUFFLES,
        rng=1000 * cell.seed + corpus,
    )
    row = found.table.iloc[0]
    kept = ("finding", "change", "log_odds", "p", "placebo_p", "verdict", "hangs_on")
    return {
        **asdict(cell),
        "corpus": corpus,
        **{name: row[name] for name in kept},
        "share": row["share"],
        "true_share": made.held.mean(),
    }


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a cell, with standard errors."""
    out = []
    rows = rows.assign(found=rows["finding"].isin([str(f) for f in FOUND]))
    rows["claimed"] = rows["found"] & (rows["placebo_p"] <= ALPHA)
    keys = ["truth", "size", "drift", "measure", "seed"]
    for key, cell in rows.groupby(keys, sort=False):
        found = cell[cell["found"]]
        moved = found[found["finding"] != "turned"]
        right = (np.sign(moved["log_odds"]) == np.sign(cell["drift"].iloc[0])).sum()
        named = found["hangs_on"].fillna("").str.split("; ").str[0] == "true0"
        any_, bias = cell["found"], cell["share"] - cell["true_share"]
        driven = key[0] == "one word"
        out.append(
            {
                **dict(zip(keys, key, strict=True)),
                "corpora": len(cell),
                "found": any_.mean(),
                "found_error": any_.std(ddof=0) / np.sqrt(len(cell)),
                "claimed": cell["claimed"].mean(),
                "claimed_error": cell["claimed"].std(ddof=0) / np.sqrt(len(cell)),
                "turned": (cell["finding"] == "turned").mean(),
                "right_of_found": right / len(found) if len(found) and key[2] else np.nan,
                "named_of_found": named.mean() if driven and len(found) else np.nan,
                "true_share": cell["true_share"].mean(),
                "bias": bias.mean(),
                "bias_error": bias.std(ddof=1) / np.sqrt(len(cell)),
            }
        )
    return pd.DataFrame(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=int, default=60)
    parser.add_argument("--flat", type=int, default=100, help="corpora of a cell without a drift")
    parser.add_argument("--measures", nargs="*", default=MEASURES, choices=MEASURES)
    parser.add_argument("--output", type=Path, default=HERE / "results.csv")
    given = parser.parse_args()
    each = given.output.with_suffix(".corpora.csv")
    rows = pd.read_csv(each).to_dict("records") if each.is_file() else []
    done = {(r["seed"], r["measure"], r["corpus"]) for r in rows}
    fresh = 0
    for measured in given.measures:
        mine = [cell for cell in cells() if cell.measure == measured]
        # Round by round, so that all cells have as many corpora when it is stopped.
        for corpus in range(max(given.flat, given.corpora)):
            for cell in mine:
                wanted = given.flat if cell.truth == "flat" else given.corpora
                if corpus >= wanted or (cell.seed, cell.measure, corpus) in done:
                    continue
                rows.append(measure(cell, corpus))
                fresh += 1
                if fresh % BATCH == 0:
                    write_csv(each, pd.DataFrame(rows))
    write_csv(each, pd.DataFrame(rows))
    table = summary(pd.DataFrame(rows))
    write_csv(given.output, table)
    write_text(PACKAGED, packaged())
    print(table.round(3).to_string())


if __name__ == "__main__":
    main()
