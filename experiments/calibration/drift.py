"""Does the diagnostic of vocabulary drift see words that are replaced, and nothing else? (B13)

python experiments/calibration/drift.py                # the committed result; goes on where it was
python experiments/calibration/drift.py --corpora 100  # more corpora a scenario

Eight topics, 24 quarters of some 50 documents, one fit of gibbs-lda by `tr.fit`. The words of one
topic give way to others over the span (all, half or a quarter of them) while no share moves;
nothing happens (flat); or four topics move in pairs that keep their sum (movers), which is what a
pair of old and new words looks like from its shares alone. results/drift.csv has a line a corpus.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from plans import GIBBS

import trends as tr
from trends.analysis.diagnostics.vocabulary_drift import vocabulary_drift
from trends.analysis.prevalence.estimate import estimate
from trends.analysis.simulation.simulate import Design, Words, simulate
from trends.analysis.trend.fit import fit_trends

SEED = 20260303
OUT = Path(__file__).resolve().parent / "results"
#: Share of the last topic's words that is replaced, and shapes of the movers.
SCENARIOS: dict[str, tuple[float, tuple[str, ...]]] = {
    "all words replaced": (1.0, ()),
    "half of the words replaced": (0.5, ()),
    "a quarter of the words replaced": (0.25, ()),
    "flat": (0.0, ()),
    "movers": (0.0, ("linear", "logistic")),
}
DEMANDS = {
    "all words replaced": ">= 0.8",
    "half of the words replaced": ">= 0.8",
    "flat": "<= 0.05",
    "movers": "<= 0.05",
}


def measure(scenario: str, corpus: int, rng: int) -> dict[str, Any]:
    """One corpus: what is flagged, and what the run would claim without the flag."""
    replaced, movers = SCENARIOS[scenario]
    stream = np.random.default_rng([rng, list(SCENARIOS).index(scenario), corpus])
    design = Design(
        topics=8,
        periods=24,
        period="quarter",
        first_year=1960,
        documents=50.0,
        spread=0.2,
        shock=0.3,
        movers=movers,
    )
    made = simulate(design, Words(replaced=replaced), rng=stream)
    seed = int(stream.integers(2**31))
    fit = tr.fit(made.corpus, "gibbs-lda", n_topics=8, rng=seed, settings=GIBBS)
    trend = fit_trends(estimate(fit, made.truth.periods))
    found = vocabulary_drift(fit, made.counts, made.truth.periods, trend, rng=stream)
    changed = found.measures["changed"]
    # A fitted topic holds the replaced one if a fifth of its documents were written about that.
    last = made.truth.label == design.topics - 1
    guilty = {
        k
        for k in range(8)
        if (fit.hard == k).any() and replaced and last[fit.hard == k].mean() > 0.2
    }
    claims = set(trend.table.loc[trend.table["finding"].isin(("rising", "falling")), "topic"])
    return {
        "scenario": scenario,
        "corpus": corpus,
        "rng": rng,
        "documents": len(made.corpus),
        "share": float(last.mean()),
        "flagged": int(found.flagged),
        "right": len(guilty & set(changed)),
        "wrong": len(set(changed) - guilty),
        "pairs": len(found.measures["pairs"]),
        "claims": len(claims),
        "claims_of_drift": len(claims & guilty),
        "claims_of_drift_flagged": len(claims & guilty & set(changed)),
    }


def table(frame: pd.DataFrame) -> str:
    """Rates by scenario, in the order of the plan, as Markdown."""
    out = [
        "| corpora | n | flagged | SE | demand | wrong topic | claims about the drift, flagged |",
        "|---|---|---|---|---|---|---|",
    ]
    for scenario, part in frame.groupby("scenario", sort=False):
        n, rate = len(part), part["flagged"].mean()
        shrunk = (part["flagged"].sum() + 2) / (n + 4)
        out.append(
            f"| {scenario} | {n} | {rate:.3f} | {np.sqrt(shrunk * (1 - shrunk) / (n + 4)):.3f} | "
            f"{DEMANDS.get(str(scenario), '')} | {(part['wrong'] > 0).mean():.3f} | "
            f"{part['claims_of_drift'].sum()}, {part['claims_of_drift_flagged'].sum()} |"
        )
    return "\n".join(out) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpora", type=int, default=35, help="of each scenario")
    parser.add_argument("--rng", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    path = options.out / "drift.csv"
    lines = pd.read_csv(path).to_dict("records") if path.exists() else []
    done = {(line["scenario"], line["corpus"]) for line in lines if line["rng"] == options.rng}
    for corpus in range(options.corpora):
        for scenario in SCENARIOS:
            if (scenario, corpus) not in done:
                lines.append(measure(scenario, corpus, options.rng))
                frame = pd.DataFrame(lines)
                order = frame["scenario"].map(list(SCENARIOS).index)
                frame = (
                    frame.assign(order=order).sort_values(["order", "corpus"]).drop(columns="order")
                )
                # Whole at any time, so that a run that is stopped loses nothing.
                whole = frame.to_csv(index=False, float_format="%.6g", lineterminator="\n")
                path.with_suffix(".part").write_text(whole, encoding="utf-8")
                path.with_suffix(".part").replace(path)
    text = table(pd.read_csv(path))
    (options.out / "drift.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
