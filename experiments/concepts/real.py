"""Six concepts whose history is known, and random ones of the same frequency, in real abstracts.

    python experiments/concepts/real.py neurips FILE
    python experiments/concepts/real.py acl FILE --since 2000

FILE is a table with the columns id, title, abstract and year: NeurIPS papers 1987 to 2018, or
abstracts of the ACL Anthology (a fork of it; before 2000 there are a few dozen a year). Written are
NAME.csv (a row a concept), NAME_random.csv (random concepts of the same frequency, each taken for a
concept that is asked about) and NAME.json (sentences, settings).
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import trends as tr
from trends.analysis.concepts.placebo import against_random
from trends.analysis.concepts.reference import random_concepts
from trends.analysis.concepts.shares import series_of_held, shares_of, together
from trends.analysis.trend.table import found_of, trend_of
from trends.core.claim import ALPHA, FOUND
from trends.files import write_csv, write_json
from trends.runs.concepts.occurrences import Occurrences, find
from trends.runs.tasks.analysis_parts.periods import periods_of

HERE = Path(__file__).parent
SEED, PLACEBO, ASKED = 2018, 199, 50
KEPT = (
    *("label", "verdict", "finding", "documents", "share", "change", "change_lower"),
    *("change_upper", "slope", "p_adjusted", "turn", "turn_at", "p_turn_adjusted", "placebo_p"),
    *("placebo_found", "placebo_median", "stability", "agreement", "joint_p", "hangs_on"),
)


def read(path: Path, since: int) -> tr.Corpus:
    """Documents from a year on."""
    corpus = tr.read_corpus(path, text="abstract", date="year")
    documents = corpus.documents
    kept = documents[documents["date"].dt.year >= since].reset_index(drop=True)
    return replace(corpus, documents=kept)


def claims_of_random(
    corpus: tr.Corpus, concepts: tuple[tr.Concept, ...], found: Occurrences
) -> pd.DataFrame:
    """How often a random concept is called anything, alone and when held against others."""
    periods = periods_of(corpus, period="year")
    rows = []
    for k, concept in enumerate(concepts):
        df = np.asarray((found.inside(concept) > 0).sum(axis=0)).ravel()
        if not df.any():
            continue
        held, _ = random_concepts(
            found.counts, df, number=PLACEBO + ASKED, avoid=found.own, rng=SEED + k
        )
        like = together([shares_of(found.held(concept), periods, concept.name)])
        table = trend_of(series_of_held(held, periods, like)).frame()
        # Each is asked about alone, so that nothing is adjusted for.
        table["finding"] = [
            found_of(row.log_odds, row.p, "" if pd.isna(row.turn) else row.turn, row.p_turn)
            for row in table.itertuples()
        ]
        others = table.iloc[ASKED:]
        said = [against_random(row, others) for _, row in table.iloc[:ASKED].iterrows()]
        p = np.array([one["placebo_p"] for one in said])
        any_ = table["finding"].iloc[:ASKED].isin([str(f) for f in FOUND]).to_numpy()
        rows.append(
            {
                "label": concept.name,
                "asked": ASKED,
                "found": any_.mean(),
                "claimed": (any_ & (p <= ALPHA)).mean(),
            }
        )
    return pd.DataFrame(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("file", type=Path)
    parser.add_argument("--since", type=int, default=1)
    parser.add_argument("--figures", type=Path, help="folder for the figures")
    given = parser.parse_args()
    corpus = read(given.file, given.since)
    concepts = tr.read_concepts(HERE / "concepts.toml")
    begun = time.process_time()
    found = find(corpus, concepts)
    counted = time.process_time() - begun
    random = claims_of_random(corpus, concepts, found)
    begun = time.process_time()
    known = replace(corpus, counts=found.counts)
    said = tr.concepts(known, concepts, placebo=PLACEBO, rng=SEED)
    seconds = time.process_time() - begun
    if given.figures:
        from trends.runs.concepts import publish

        publish.write(said, known, concepts, given.figures, rng=SEED)
    write_csv(HERE / f"{given.name}.csv", said.table[list(KEPT)])
    write_csv(HERE / f"{given.name}_random.csv", random)
    about = {
        "documents": len(corpus),
        "spans": said.settings["spans"],
        "seed": SEED,
        "sentences": said.sentences(),
        "random_claimed": float(random["claimed"].mean()),
        "random_asked": int(random["asked"].sum()),
        "seconds_of_one_core": {"counting and finding": counted, "six concepts": seconds},
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "version": tr.__version__,
    }
    write_json(HERE / f"{given.name}.json", about)
    print(random.round(3).to_string(), *about["sentences"], about, sep="\n")


if __name__ == "__main__":
    main()
