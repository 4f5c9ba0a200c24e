"""How often groups are said to differ where they do not, and how often a difference is found.

    python experiments/groups/run.py             # goes on where it was; writes results.csv
    python experiments/groups/run.py --corpora 20 --output try.csv

Every corpus has eight topics, 24 periods of 1,000 documents in the mean, and groups whose sizes run
from 1 to 50. All groups share shocks between periods (standard deviation .3 log-odds), each has
shocks of its own (.2), both with a serial correlation of .5. Three truths: nothing moves; topics
move alike in all groups; one topic moves in one group of middle size, by 1.5 log-odds over the
span.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from trends.analysis.groups.model import fit_groups
from trends.analysis.simulation.shocks import lasting
from trends.analysis.trend.multiplicity import adjust
from trends.files import write_csv

HERE = Path(__file__).parent
TRUTHS = ("flat", "common", "one moves")
TOPICS, PERIODS, DOCUMENTS = 8, 24, 1000
SHARED, OWN, AUTOCORRELATION = 0.3, 0.2, 0.5
#: Log-odds over the span: of all groups where they move alike, of the one that moves alone.
COMMON, ALONE = 1.0, 1.5
#: Corpora that are measured before the table is written.
BATCH = 25
LEVEL = 0.05


@dataclass(frozen=True)
class Cell:
    """What is simulated, with the seed of its corpora."""

    truth: str
    groups: int
    seed: int


def draw(cell: Cell, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Counts (topics, groups, periods) and documents (groups, periods) of one corpus."""
    size = np.geomspace(50, 1, cell.groups)
    size *= DOCUMENTS / size.sum()
    n = rng.poisson(size[:, None] * rng.lognormal(0, 0.2, (cell.groups, PERIODS)))
    base = rng.lognormal(0, 1, TOPICS)
    x = np.linspace(-0.5, 0.5, PERIODS)
    score = np.log(base / base.sum())[:, None, None] + 0.4 * rng.standard_normal(
        (TOPICS, cell.groups, 1)
    )
    score = score + _shocks((TOPICS, 1, PERIODS), SHARED, rng)
    score = score + _shocks((TOPICS, cell.groups, PERIODS), OWN, rng)
    if cell.truth == "common":
        score = score + COMMON * np.where(np.arange(TOPICS) % 2, 1, -1)[:, None, None] * x
    if cell.truth == "one moves":
        score[0, cell.groups // 2] += ALONE * x
    y = np.zeros(score.shape)
    if cell.truth == "flat":
        share = np.exp(score)
        share /= share.sum(0)
        for g, t in np.ndindex(n.shape):
            y[:, g, t] = rng.multinomial(n[g, t], share[:, g, t])
    else:  # shares of one whole would move with one another, and differently in each group
        y[:] = rng.binomial(n, 1 / (1 + np.exp(-score)))
    return y, n.astype(float)


def _shocks(shape: tuple[int, ...], sd: float, rng: np.random.Generator) -> np.ndarray:
    return sd * lasting(rng.standard_normal(shape), AUTOCORRELATION)


def measure(cell: Cell, corpora: range) -> pd.DataFrame:
    """One row a corpus: whether any topic without a difference was said to have one."""
    rows = []
    for i in corpora:
        rng = np.random.default_rng([cell.seed, i])
        y, n = draw(cell, rng)
        fit = fit_groups(y, n, np.arange(PERIODS))
        found = adjust(fit.p) <= LEVEL
        null = fit.p[1:] if cell.truth == "one moves" else fit.p
        rows.append(
            {
                **asdict(cell),
                "corpus": i,
                "any_false": bool(found[1:].any() if cell.truth == "one moves" else found.any()),
                "size": float((null <= LEVEL).mean()),
                "found": bool(found[0]) if cell.truth == "one moves" else None,
            }
        )
    return pd.DataFrame(rows)


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a cell, with standard errors."""
    out = rows.groupby(["truth", "groups", "seed"], sort=False).agg(
        corpora=("corpus", "size"),
        any_false=("any_false", "mean"),
        size=("size", "mean"),
        found=("found", lambda v: pd.to_numeric(v).mean()),
    )
    out.insert(
        2, "any_false_error", np.sqrt(out["any_false"] * (1 - out["any_false"]) / out["corpora"])
    )
    return out.reset_index()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=int, default=600)
    parser.add_argument("--output", type=Path, default=HERE / "results.csv")
    given = parser.parse_args()
    each = given.output.with_suffix(".corpora.csv")
    done = pd.read_csv(each) if each.is_file() else pd.DataFrame()
    for first in range(0, given.corpora, BATCH):
        for seed, (groups, truth) in enumerate((g, t) for g in (4, 20) for t in TRUTHS):
            cell = Cell(truth, groups, 1000 + seed)
            known = set(done.loc[done["seed"] == cell.seed, "corpus"]) if len(done) else set()
            if first in known:
                continue
            new = measure(cell, range(first, min(first + BATCH, given.corpora)))
            done = pd.concat([done, new], ignore_index=True)
            write_csv(each, done)
            write_csv(given.output, summary(done))
            print(summary(done).to_string(index=False), flush=True)


if __name__ == "__main__":
    main()
