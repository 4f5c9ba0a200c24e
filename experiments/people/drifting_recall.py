"""Do corrected shares hold the level of the test where predictions get worse over the years?

python experiments/people/drifting_recall.py     # goes on where it was, ten minutes on one core

Ten years of 500 documents. People would find a concept in 30 % of them. Its prediction finds 90 %
of these in the first year and 60 % in the last, and 5 % of the others. Eleven other topics stand
beside it; all shares carry shocks of first-order autocorrelation .5. Truth is flat, or its log-odds
rise by 1.2. results/drifting_recall.csv has a line for each setting and road to a verdict.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from trends.analysis.annotation.correction import Method, correct_share
from trends.analysis.annotation.design import draw_sample
from trends.analysis.annotation.prevalence import corrected_prevalence
from trends.analysis.prevalence.intervals import wilson
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.simulation.shocks import lasting
from trends.analysis.trend.mean import thirds
from trends.analysis.trend.model import fit_model
from trends.analysis.trend.series import series_of

SEED = 20261129
OUT = Path(__file__).resolve().parent / "results" / "drifting_recall.csv"
YEARS, DOCUMENTS, TOPICS, SHARE = 10, 500, 11, 0.3
RECALL, FALSE_ALARM, AUTOCORRELATION = np.linspace(0.9, 0.6, YEARS), 0.05, 0.5
PERIOD = np.repeat(np.arange(YEARS), DOCUMENTS)
PERIODS = make_periods(
    np.array([f"{2001 + t}-06-01" for t in PERIOD], dtype="datetime64[D]"), period="year"
)
NAMES = ["labels", "shock", "slope"]
SETTINGS = [(n, s, b) for s in (0.05, 0.2) for n in (10, 30) for b in (0.0, 1.2)]


def shocks(size: float, series: int, rng: np.random.Generator) -> np.ndarray:
    """Stationary shocks, shape (series, years)."""
    return size * lasting(rng.standard_normal((series, YEARS)), AUTOCORRELATION)


def counted(gold: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Counts and denominators of the documents that have a code, and intervals of their shares."""
    kept = np.isfinite(gold)
    n = np.bincount(PERIOD[kept], minlength=YEARS).astype(float)
    y = np.bincount(PERIOD[kept], gold[kept], minlength=YEARS)
    return y, n, *wilson(y / n, n)


def corrected(
    gold: np.ndarray, said: np.ndarray, strata: np.ndarray, method: Method
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The same of corrected shares, with their effective sizes."""
    found = correct_share(gold, said, PERIOD, strata, method=method)
    shares = corrected_prevalence({"concept": found}, PERIODS)
    series = series_of(shares)
    return series.y[0], series.n[0], shares.lower[:, 0], shares.upper[:, 0]


def one(labels: int, shock: float, slope: float, rng: np.random.Generator) -> list[dict]:
    """All roads to a verdict on one corpus."""
    u = shocks(shock, 1 + TOPICS, rng)
    line = slope * np.linspace(-0.5, 0.5, YEARS)
    share = expit(logit(SHARE) + line + u[0])
    truth = (rng.random(len(PERIOD)) < share[PERIOD]).astype(float)
    hit = np.where(truth == 1, RECALL[PERIOD], FALSE_ALARM)
    said = (rng.random(len(PERIOD)) < hit).astype(float)
    weight = np.exp(u[1:]) * np.linspace(0.5, 2, TOPICS)[:, None]
    topic = np.concatenate([rng.choice(TOPICS, DOCUMENTS, p=w / w.sum()) for w in weight.T])
    beside = np.stack([np.bincount(PERIOD[topic == k], minlength=YEARS) for k in range(TOPICS)])

    def coded(groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        design = draw_sample(PERIOD, groups, labels * YEARS, rng=rng)
        gold = np.full(len(PERIOD), np.nan)
        gold[design.rows] = truth[design.rows]
        return gold, design.stratum

    plain, plain_strata = coded(np.zeros(len(PERIOD)))
    both, both_strata = coded(said)
    roads = {
        "predictions alone": counted(said),
        "people alone": counted(plain),
        "dsl, periods as strata": corrected(plain, said, plain_strata, "dsl"),
        "ppi, periods as strata": corrected(plain, said, plain_strata, "ppi"),
        "dsl, period and prediction as strata": corrected(both, said, both_strata, "dsl"),
    }
    first, last = thirds(YEARS)
    change = (last - first) @ line
    out = []
    for name, (y, n, lower, upper) in roads.items():
        # The core of `fit_trends(shares, beside=others)`, without its table.
        sizes = np.vstack([n, np.full((TOPICS, YEARS), float(DOCUMENTS))])
        fit = fit_model(np.vstack([y, beside]), sizes, np.arange(YEARS), own=1).change
        (low,), (high,) = fit.interval(0.95)
        found = fit.p[0] <= 0.05
        out.append(
            {
                "road": name,
                "found": found,
                "right": found and np.sign(fit.mean[0]) == np.sign(slope),
                "covers_change": low <= change <= high,
                "covers_share": ((lower <= share) & (share <= upper)).mean(),
                "bias": fit.mean[0] - change,
                "n_eff": n.mean(),
            }
        )
    return out


def lines(done: pd.DataFrame) -> str:
    """The rates as a table in Markdown: a row for each road, a column for each setting."""
    flat, rising = done[done["slope"] == 0], done[done["slope"] > 0]
    cells = flat.merge(rising, on=["labels", "shock", "road"], suffixes=("", "_rising"))
    head = "| labels a year | shock | road | finds a trend in none | finds the rise |"
    head += " interval of the change covers: flat, rising | of shares | effective documents |"
    rows = [
        f"| {r.labels} | {r.shock:g} | {r.road} | {r.found:.3f} | {r.right_rising:.3f} | "
        f"{r.covers_change:.3f}, {r.covers_change_rising:.3f} | {r.covers_share:.3f} | "
        f"{r.n_eff:.0f} |"
        for r in cells.itertuples()
    ]
    about = f"{done['runs'].iloc[0]:,} corpora a setting, rng {done['rng'].iloc[0]}."
    return "\n".join([about, "", head, "|" + "---|" * 8, *rows]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=1000, help="of each setting")
    parser.add_argument("--most", type=int, default=len(SETTINGS), help="settings in one go")
    parser.add_argument("--rng", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    done = pd.read_csv(options.out) if options.out.exists() else pd.DataFrame(columns=NAMES)
    kept = set(done[NAMES].itertuples(index=False, name=None))
    left = [(at, setting) for at, setting in enumerate(SETTINGS) if setting not in kept]
    for at, setting in left[: options.most]:
        streams = np.random.SeedSequence([options.rng, at]).spawn(options.runs)
        rows = [row for s in streams for row in one(*setting, np.random.default_rng(s))]
        new = pd.DataFrame(rows).groupby("road", sort=False).mean(numeric_only=False)
        about = dict(zip(NAMES, setting, strict=True)) | {"runs": options.runs, "rng": options.rng}
        new = new.reset_index().assign(**about)[[*about, *new.reset_index().columns]]
        done = pd.concat([done, new]) if len(done) else new
        done.to_csv(options.out, index=False, float_format="%.4g", lineterminator="\n")
        print(new.to_string(), flush=True)
    options.out.with_suffix(".md").write_text(lines(done), encoding="utf-8")


if __name__ == "__main__":
    main()
