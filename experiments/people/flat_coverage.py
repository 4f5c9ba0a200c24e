"""Why does the interval of the change cover more than it says where nothing changes?

    python experiments/people/flat_coverage.py     # goes on where it was, ten minutes on one core

The corpora of drifting_recall.py, flat, 30 labels a year. The change between spans is estimated
from all documents as people would code them, from their labels alone, and from corrected shares;
each by the one test, and by generalised least squares about a line with the shocks that were drawn
(size and autocorrelation known). If sampling variances were too large, both would cover too much;
if it is what the test allows for unknown shocks, only the test does. results/flat_coverage.csv has
a line for each setting and road: coverage of both, ratio of the stated to the true standard error.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from drifting_recall import (
    AUTOCORRELATION,
    DOCUMENTS,
    FALSE_ALARM,
    PERIOD,
    RECALL,
    SHARE,
    TOPICS,
    YEARS,
    corrected,
    counted,
    shocks,
)
from scipy import stats
from scipy.special import expit, logit

from trends.analysis.annotation.design import draw_sample
from trends.analysis.trend.mean import thirds
from trends.analysis.trend.model import fit_model

SEED, LABELS = 20261130, 30
OUT = Path(__file__).resolve().parent / "results" / "flat_coverage.csv"
Z = stats.norm.ppf(0.975)


def known(z: np.ndarray, noise: np.ndarray, shock: float) -> tuple[float, float]:
    """Change and standard error with known shocks about a line."""
    lag = np.abs(np.subtract.outer(np.arange(YEARS), np.arange(YEARS)))
    weight = np.linalg.inv(shock**2 * AUTOCORRELATION**lag + np.diag(noise))
    x = np.stack([np.ones(YEARS), np.arange(YEARS)], axis=1)
    covariance = np.linalg.inv(x.T @ weight @ x)
    first, last = thirds(YEARS)
    contrast = (last - first) @ x
    change = contrast @ covariance @ x.T @ weight @ z
    return float(change), float(np.sqrt(contrast @ covariance @ contrast))


def one(shock: float, rng: np.random.Generator) -> list[dict]:
    """All roads on one flat corpus."""
    u = shocks(shock, 1 + TOPICS, rng)
    share = expit(logit(SHARE) + u[0])
    truth = (rng.random(len(PERIOD)) < share[PERIOD]).astype(float)
    hit = np.where(truth == 1, RECALL[PERIOD], FALSE_ALARM)
    said = (rng.random(len(PERIOD)) < hit).astype(float)
    weight = np.exp(u[1:]) * np.linspace(0.5, 2, TOPICS)[:, None]
    topic = np.concatenate([rng.choice(TOPICS, DOCUMENTS, p=w / w.sum()) for w in weight.T])
    beside = np.stack([np.bincount(PERIOD[topic == k], minlength=YEARS) for k in range(TOPICS)])
    design = draw_sample(PERIOD, np.zeros(len(PERIOD)), LABELS * YEARS, rng=rng)
    gold = np.full(len(PERIOD), np.nan)
    gold[design.rows] = truth[design.rows]
    roads = {
        "all documents coded": counted(truth),
        "people alone": counted(gold),
        "dsl, periods as strata": corrected(gold, said, design.stratum, "dsl"),
    }
    out = []
    for name, (y, n, _, _) in roads.items():
        sizes = np.vstack([n, np.full((TOPICS, YEARS), float(DOCUMENTS))])
        fit = fit_model(np.vstack([y, beside]), sizes, np.arange(YEARS), own=1)
        (low,), (high,) = fit.change.interval(0.95)
        change, error = known(fit.z[0], fit.noise[0], shock)
        out.append(
            {
                "road": name,
                "covered": low <= 0 <= high,
                "change": fit.change.mean[0],
                "error": (high - low) / 2 / Z,
                "covered_known": abs(change) <= Z * error,
                "change_known": change,
                "error_known": error,
            }
        )
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=600, help="of each size of shocks")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    done = pd.read_csv(given.out) if given.out.exists() else pd.DataFrame(columns=["shock"])
    for at, shock in enumerate((0.05, 0.2)):
        if (done["shock"] == shock).any():
            continue
        streams = np.random.SeedSequence([SEED, at]).spawn(given.runs)
        rows = pd.DataFrame(r for s in streams for r in one(shock, np.random.default_rng(s)))
        each = rows.groupby("road", sort=False)
        new = each[["covered", "covered_known"]].mean()
        new["error_ratio"] = each["error"].mean() / each["change"].std()
        new["error_ratio_known"] = each["error_known"].mean() / each["change_known"].std()
        new = new.reset_index().assign(shock=shock, labels=LABELS, runs=given.runs, rng=SEED)
        done = pd.concat([done, new]) if len(done) else new
        done.to_csv(given.out, index=False, float_format="%.4g", lineterminator="\n")
        print(new.to_string(), flush=True)


if __name__ == "__main__":
    main()
