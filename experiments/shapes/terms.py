"""How often terms are said to change within topics: where none does, and where some do.

    python experiments/shapes/terms.py             # goes on where it was; writes terms.csv
    python experiments/shapes/terms.py --corpora 5 --output try.csv

Every corpus has four topics of 150 terms and 20 years of 400 documents in the mean, of 80 tokens
and several topics each. Shares of topics have shocks between years (standard deviation .3 log-odds,
serial correlation .5), and so have terms within topics. Words come at random (Poisson), or in
bursts: whoever writes a word, repeats it (negative binomial, shape .3). Flat truths: no term
changes its part of a topic, though in one cell topics change their shares by 3 log-odds and
documents grow threefold. Planted: one term of each topic, 1 in 5,000 tokens elsewhere, goes from
that to 1 in 200, or back; at once at three fifths of the span, or along a logistic curve about it.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import expit

from trends.analysis.prevalence.periods import Periods, make_periods
from trends.analysis.shapes.terms import term_trends
from trends.analysis.simulation.shocks import lasting
from trends.core import TermCounts, Topics
from trends.files import write_csv

HERE = Path(__file__).parent
TOPICS, TERMS, YEARS, DOCUMENTS, TOKENS = 4, 150, 20, 400, 80
SHOCK, SHARES = 0.3, 0.3
BURST = 0.3
RARE, COMMON, WHEN = 1 / 5000, 1 / 200, 0.6
#: Corpora that are measured before the table is written.
BATCH = 10


@dataclass(frozen=True)
class Cell:
    """What is simulated, with the seed of its corpora."""

    name: str
    seed: int
    shock: float = SHOCK
    correlation: float = 0.5
    bursty: bool = False
    move: float = 0.0
    longer: float = 1.0
    planted: str = ""


CELLS = (
    Cell("flat, correlation .5", 1),
    Cell("flat, correlation .5, bursty", 2, bursty=True),
    Cell("planted at once, bursty", 3, bursty=True, planted="step"),
    Cell("planted gradually", 4, planted="gradual"),
    Cell("flat, topics move, documents grow, bursty", 5, bursty=True, move=3.0, longer=3.0),
)


def shocks(shape: tuple[int, ...], sd: float, rho: float, rng: np.random.Generator) -> np.ndarray:
    """Stationary first-order autoregressive shocks along the last axis."""
    return sd * lasting(rng.standard_normal(shape), rho)


def draw(
    cell: Cell, rng: np.random.Generator
) -> tuple[Topics, TermCounts, Periods, dict[int, int]]:
    """One corpus with the topics that made it, and the planted term of each topic."""
    sizes = rng.poisson(DOCUMENTS, YEARS)
    year = np.repeat(np.arange(YEARS), sizes)
    x = np.linspace(-0.5, 0.5, YEARS)
    score = rng.normal(0, 0.5, (TOPICS, 1)) + shocks((TOPICS, YEARS), SHARES, 0.5, rng)
    score = score + cell.move * np.where(np.arange(TOPICS) % 2, 1, -1)[:, None] * x
    share = np.exp(score) / np.exp(score).sum(0)
    theta = rng.gamma(np.maximum(1.2 * share[:, year].T, 0.02))
    theta /= theta.sum(1, keepdims=True)
    zipf = 1 / np.arange(2, TERMS + 2)
    base = np.stack([rng.permutation(zipf) * rng.lognormal(0, 1, TERMS) for _ in range(TOPICS)])
    words = np.log(base / base.sum(1, keepdims=True))[..., None]
    words = words + shocks((TOPICS, TERMS, YEARS), cell.shock, cell.correlation, rng)
    planted = {}
    if cell.planted:
        at = (np.arange(YEARS) - WHEN * YEARS + 0.5) / YEARS
        part = (at > 0) * 1.0 if cell.planted == "step" else expit(30 * at)
        for k, v in enumerate(rng.choice(TERMS, TOPICS, replace=False)):
            course = part if k % 2 else 1 - part
            words[:, v] += np.log(RARE) - words[:, v].mean(1, keepdims=True)
            words[k, v] += course * np.log(COMMON / RARE)
            planted[k] = int(v)
    phi = np.exp(words)
    phi /= phi.sum(1, keepdims=True)
    length = rng.lognormal(np.log(TOKENS) + np.log(cell.longer) * x[year], 0.35)
    rate = np.concatenate([theta[year == t] @ phi[..., t] for t in range(YEARS)])
    mean = rate * length[:, None]
    if cell.bursty:
        mean *= rng.gamma(BURST, 1 / BURST, mean.shape)
    ids = tuple(f"d{i:05d}" for i in range(len(year)))
    vocabulary = tuple(f"w{v:03d}" for v in range(TERMS))
    known = phi.mean(2)
    topics = Topics(
        theta, np.zeros(len(year)), known / known.sum(1, keepdims=True), vocabulary, ids
    )
    days = np.datetime64("2001-07-01") + (365.2425 * year).astype(int)
    counts = TermCounts(sparse.csr_matrix(rng.poisson(mean)), vocabulary, ids)
    return topics, counts, make_periods(days, period="year"), planted


def measure(cell: Cell, corpora: range) -> pd.DataFrame:
    """One row a corpus: what was said of terms that keep their part, and of those that do not."""
    rows = []
    for i in corpora:
        rng = np.random.default_rng([cell.seed, i])
        topics, counts, periods, planted = draw(cell, rng)
        labels = [f"topic {k}" for k in range(TOPICS)]
        found = term_trends(
            topics, counts, periods, labels=labels, draws=199, rng=cell.seed * 10_000 + i
        )
        table = found.terms
        # A term that is planted in one topic comes into documents of others with that topic.
        mine = [
            t == f"w{planted.get(k, -1):03d}" for k, t in zip(table.topic, table.term, strict=True)
        ]
        anywhere = table["term"].isin([f"w{v:03d}" for v in planted.values()])
        flat = table[~anywhere]
        seen = table[np.array(mine, dtype=bool)]
        hits = seen[seen["found"]]
        true = int(np.ceil(WHEN * YEARS)) + 2001
        inside = (hits["since_first"].dt.year <= true) & (true <= hits["since_last"].dt.year)
        false = int(flat["found"].sum())
        rows.append(
            {
                **asdict(cell),
                "corpus": i,
                "size": float((flat["p"] <= 0.05).mean()),
                "any_false": bool(false),
                "false_share": false / max(int(table["found"].sum()), 1),
                "found": len(hits) / len(planted) if planted else np.nan,
                "dated": len(hits) if cell.planted == "step" else np.nan,
                "date_inside": int(inside.sum()) if cell.planted == "step" else np.nan,
                "drift_found": float((found.topics["p_drift"] <= 0.05).mean()),
            }
        )
    return pd.DataFrame(rows)


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a cell, with standard errors over corpora."""
    number = {n: pd.to_numeric(rows[n]) for n in ("found", "dated", "date_inside")}
    grouped = rows.assign(**number).groupby(["name", "seed"], sort=False)
    out = grouped.agg(
        corpora=("corpus", "size"),
        any_false=("any_false", "mean"),
        size=("size", "mean"),
        false_share=("false_share", "mean"),
        found=("found", "mean"),
        found_error=("found", "sem"),
        dated=("dated", "sum"),
        date_inside=("date_inside", "sum"),
        drift_found=("drift_found", "mean"),
    )
    out["date_inside"] = out["date_inside"] / out["dated"].where(out["dated"] > 0)
    error = np.sqrt(out["any_false"] * (1 - out["any_false"]) / out["corpora"])
    out.insert(2, "any_false_error", error)
    return out.reset_index()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=int, default=100)
    parser.add_argument("--output", type=Path, default=HERE / "terms.csv")
    given = parser.parse_args()
    each = given.output.with_suffix(".corpora.csv")
    done = pd.read_csv(each) if each.is_file() else pd.DataFrame()
    for first in range(0, given.corpora, BATCH):
        for cell in CELLS:
            known = set(done.loc[done["seed"] == cell.seed, "corpus"]) if len(done) else set()
            if first in known:
                continue
            new = measure(cell, range(first, min(first + BATCH, given.corpora)))
            done = pd.concat([done, new], ignore_index=True) if len(done) else new
            write_csv(each, done)
            write_csv(given.output, summary(done))
            print(summary(done).round(3).to_string(index=False), flush=True)


if __name__ == "__main__":
    main()
