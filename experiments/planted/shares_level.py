"""Whether the trend test holds its level on each reading of bertopic's θ, where dates are shuffled
and so nothing moves.

python experiments/planted/shares_level.py                 # 8 fits, 25 shuffles each, the committed
result: half a minute on one core python experiments/planted/shares_level.py --corpora 2     # a
first look

The corpora are those of row A10 in experiments/calibration: 12 topics, eight periods, 40 documents
in the median one, 10 % of them off topic. Dates take no part in a fit, so that one fit serves many
shuffles.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from trends import files
from trends.analysis.prevalence.estimate import estimate
from trends.analysis.simulation.recovery import discoveries
from trends.analysis.simulation.simulate import Design, Vectors, Words, simulate
from trends.analysis.trend.fit import fit_trends
from trends.models import BACKENDS
from trends.models.base import one_thread
from trends.models.inference.membership import METHODS, membership

RESULTS = Path(__file__).resolve().parent / "results"
SEED = 20260406
TOPICS = 12
DESIGN = Design(topics=TOPICS, movers=(), documents=40.0, spread=0.5, periods=8, off_topic=0.1)
WORDS = Words(terms=300, length=20.0)


def measure(corpus: int, shuffles: int) -> pd.DataFrame:
    """One line for each shuffle, way to make θ and reading of it.

    Topics tested, p below .05, discoveries at q = .05.
    """
    stream = np.random.default_rng([SEED, corpus])
    made = simulate(DESIGN, WORDS, Vectors(), rng=stream)
    backend = BACKENDS.load("bertopic")
    seed = int(stream.integers(2**31))
    vectors = np.asarray(made.corpus.embeddings, dtype=np.float64)
    fit = backend(
        made.counts, n_topics=TOPICS, seed=seed, embeddings=vectors, settings={"membership": "hard"}
    )
    most, thetas = backend.read_settings().max_unassigned, {}
    with one_thread():
        for way in METHODS:
            found = membership(way, fit.hard, vectors, made.counts, TOPICS, max_unassigned=most)
            thetas[way] = found.theta / (found.theta.sum(axis=1) + found.unassigned)[:, None]
    lines = []
    for shuffle in range(shuffles):
        order = stream.permutation(len(vectors))
        for way, estimator in (
            (w, e) for w in METHODS for e in ("hard", "mean") if (w, e) != ("hard", "mean")
        ):
            trend = fit_trends(estimate(thetas[way][order], made.truth.periods, theta=estimator))
            p = trend.frame()["p"].to_numpy(dtype=float)
            p = p[np.isfinite(p)]
            lines.append(
                {
                    "corpus": corpus,
                    "shuffle": shuffle,
                    "membership": way,
                    "estimator": estimator,
                    "tested": len(p),
                    "below": int((p < 0.05).sum()),
                    "discoveries": discoveries(trend),
                    "unassigned": 1 - thetas[way].sum(axis=1).mean(),
                }
            )
    return pd.DataFrame(lines)


def table(frame: pd.DataFrame) -> str:
    """Rates with standard errors over shuffles."""
    fits, n = frame["corpus"].nunique(), len(frame[["corpus", "shuffle"]].drop_duplicates())
    lines = [
        "# The level of the trend test on each reading of bertopic's θ",
        "",
        (
            f"{n} shuffles of the dates of {fits} simulated corpora with one fit each ({TOPICS} "
            "topics, about 350 documents, 8 periods). Any discovery: share of shuffles "
            "with a discovery at a false-discovery rate of .05, which may be .05. p < .05: "
            "share of "
            "the topics. ± standard error over shuffles; it does not tell of other "
            "corpora. Hard labels have one reading."
        ),
        "",
        "| θ | read as | any discovery | p < .05 | unassigned |",
        "|---|---|---|---|---|",
    ]
    for (way, estimator), part in frame.groupby(["membership", "estimator"], sort=False):
        found, rate = float((part["discoveries"] > 0).mean()), part["below"] / part["tested"]
        # Where there is no discovery at all, the standard error is that of one.
        share = max(found, 1 / n)
        lines.append(
            f"| {way} | {estimator} | {found:.3f} ± {np.sqrt(share * (1 - share) / n):.3f} | "
            f"{rate.mean():.3f} ± {rate.std(ddof=1) / np.sqrt(n):.3f} "
            f"| {part['unassigned'].mean():.3f} |"
        )
    return "\n".join([*lines, ""])


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--corpora", type=int, default=8)
    parser.add_argument("--shuffles", type=int, default=25)
    asked = parser.parse_args()
    frame = pd.concat(
        [measure(corpus, asked.shuffles) for corpus in range(asked.corpora)], ignore_index=True
    )
    files.write_csv(RESULTS / "shares_level.csv", frame)
    text = table(frame)
    files.write_text(RESULTS / "shares_level.md", text)
    print(text)


if __name__ == "__main__":
    main()
