"""Two published sets of labels by people, through the functions of the package.

python experiments/people/published.py DATA     # the folder with dsl/ and hoyle2021_human/

Data of the R package dsl (500 labels of 3,000 documents over ten years; Egami et al., arXiv
2306.04746), and the answers of crowd workers of Hoyle et al. (arXiv 2107.02173). Writes
results/dsl_time.csv and results/intrusion.csv.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from trends.analysis.annotation.correction import Method, correct_share
from trends.analysis.annotation.intrusion import intrusion_scores
from trends.analysis.annotation.prevalence import corrected_prevalence
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.trend.fit import fit_trends

OUT = Path(__file__).resolve().parent / "results"


def dsl_time(data: Path) -> pd.DataFrame:
    """Predicted, gold and corrected shares of each year, and what the test says of them."""
    frame = pd.read_csv(data / "dsl" / "data_time.csv.gz")
    gold, said = frame["Y"].to_numpy(dtype=float), frame["pred_Y"].to_numpy(dtype=float)
    days = np.array([f"{y}-06-01" for y in frame["year"]], dtype="datetime64[D]")
    periods = make_periods(days, period="year")
    rows = []
    roads: list[tuple[str, Method, float | None]] = [("dsl", "dsl", None), ("ppi", "ppi", None)]
    for name, method, weight in [*roads, ("ppi, weight 1", "ppi", 1.0)]:
        found = correct_share(
            gold, said, periods.index, periods.index, method=method, weight=weight
        )
        row = fit_trends(corrected_prevalence({"Y": found}, periods)).table.iloc[0]
        for t, year in enumerate(periods.names):
            here = periods.index == t
            rows.append(
                {
                    "method": name,
                    "year": year,
                    "labels": found.labels[t],
                    "predicted": found.predicted[t],
                    "gold": np.nanmean(gold[here]),
                    "share": found.share[t],
                    "lower": found.lower[t],
                    "upper": found.upper[t],
                    "finding": row["finding"],
                }
            )
    return pd.DataFrame(rows)


def intrusion(data: Path) -> pd.DataFrame:
    """Intrusion scores of the models, from raw answers and from those that were published."""
    raw = pd.read_csv(data / "hoyle2021_human" / "human_all.csv.gz").query("task == 'intrusion'")
    drawn = pd.read_csv(data / "hoyle2021_human" / "human_sampled.csv.gz")
    drawn = drawn.query("task == 'intrusion'")
    rows = []
    for (dataset, model), here in raw.groupby(["dataset", "model"]):
        table = intrusion_scores(here["answer_code"] == 6, here["topic"])
        kept = drawn[(drawn["dataset"] == dataset) & (drawn["model"] == model)]
        published = intrusion_scores(kept["score"] == 1, kept["topic"])
        rows.append(
            {
                "dataset": dataset,
                "model": model,
                "topics": len(table),
                "answers": table["answers"].sum(),
                "score": table["found"].sum() / table["answers"].sum(),
                "score_of_26_drawn": published["score"].mean(),
                "correlation_over_topics": np.corrcoef(table["score"], published["score"])[0, 1],
                "above_guessing": (table["p_adjusted"] <= 0.05).sum(),
            }
        )
    return pd.DataFrame(rows)


def main() -> None:
    data = Path(sys.argv[1])
    for name, table in (("dsl_time", dsl_time(data)), ("intrusion", intrusion(data))):
        path = OUT / f"{name}.csv"
        table.to_csv(path, index=False, float_format="%.4g", lineterminator="\n")
        print(table.to_string())


if __name__ == "__main__":
    main()
