"""Is "stable" said of the right findings? (B13)

python experiments/calibration/verdicts.py               # the committed result
python experiments/calibration/verdicts.py --corpora 4   # fewer corpora a cell

It goes on where it was. Ten topics, 24 quarters of some 100 documents (60 for topic models).
Nothing moves but the shocks last (flat: standard deviation .3, correlation .8); the words of one
topic give way to others (drift); two topics change by 1.5 log-odds, each with a partner that gives
up what it takes (movers; shocks of .15, as in drift).

Five fits are made from the true shares ("shares": three of a family that mixes topics in documents
and two of one that does not, each with errors of its own and errors that a family has in common),
or by topic models ("models": gibbs-lda, nmf, kmeans). They go through the package's own alignment,
estimators, joint test, diagnostic of vocabulary drift and rule. None, one or two of the five are
bad: topics are matched wrongly, or have the shares of another corpus in which nothing moves. The
run itself is made of good fits. results/verdicts.csv has a line a corpus and share of bad fits.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from plans import GIBBS

from trends.analysis.alignment import prototype
from trends.analysis.alignment.hungarian import align
from trends.analysis.diagnostics.vocabulary_drift import vocabulary_drift
from trends.analysis.prevalence.estimate import estimate_each
from trends.analysis.prevalence.periods import Periods, make_periods
from trends.analysis.robustness import claims, specification
from trends.analysis.robustness.multiverse import joint_test
from trends.analysis.simulation import recovery
from trends.analysis.simulation.simulate import (
    Design,
    Simulated,
    Vectors,
    Words,
    simulate,
)
from trends.analysis.simulation.truth import draw_documents
from trends.analysis.trend.fit import fit_trends
from trends.core import Stability, Topics
from trends.core.claim import FOUND
from trends.models import BACKENDS

Array = NDArray[np.float64]

SEED = 20260304
OUT = Path(__file__).resolve().parent / "results"
TOPICS, PERIODS, SHUFFLES = 10, 24, 99
BASE = Design(
    topics=TOPICS,
    periods=PERIODS,
    period="quarter",
    first_year=1990,
    documents=100.0,
    spread=0.3,
    amplitude=1.5,
    movers=(),
)
#: What each scenario plants, and the words of its documents.
SCENARIOS = {
    "flat": (replace(BASE, shock=0.3, memory=0.8), Words()),
    "drift": (BASE, Words(replaced=1.0)),
    "movers": (replace(BASE, movers=("linear", "linear")), Words()),
}
#: Corpora of a scenario, by where the fits come from.
CORPORA = {"shares": 100, "models": 80}
#: Numbers of the fits that are bad: none, one, two of five. The last is matched wrongly, the second
#: has shares that are unrelated to the corpus.
BAD: tuple[tuple[int, ...], ...] = ((), (4,), (4, 1))
#: Fits from the true shares, by family.
MADE = {"counts": 3, "embedding": 2}
#: Estimators of each fit: theta, calendar period, denominator.
ESTIMATORS = {
    "counts": (("hard", "quarter", "all"), ("mean", "half-year", "all")),
    "embedding": (("hard", "quarter", "all"), ("hard", "half-year", "assigned")),
}


@dataclass(frozen=True)
class Fit:
    """One fit, and the family that it votes in."""

    family: str
    topics: Topics


def measure(source: str, scenario: str, corpus: int, rng: int) -> list[dict[str, Any]]:
    """One corpus: what is found and called stable, for every number of bad fits."""
    name = zlib.crc32(f"{source} {scenario}".encode())
    stream = np.random.default_rng([rng, name, corpus])
    design, words = SCENARIOS[scenario]
    if source == "shares":
        made = simulate(design, words, rng=stream)
        fits = made_fits(made, words, stream)
    else:
        made = simulate(replace(design, documents=60.0), words, Vectors(), rng=stream)
        fits = fitted(made, scenario, stream)
    own = [f.topics for f in fits if f.family == "counts"]
    chosen = prototype.choose(own, rng=stream)
    reference = own[chosen.index]
    periods = {name: in_periods(made, name) for name in ("quarter", "half-year")}
    main = fit_trends(estimate_each(recovery.in_order_of(chosen, own), periods["quarter"]))
    drift = vocabulary_drift(reference, made.counts, periods["quarter"], main, rng=stream)
    changed = {k: [drift.diagnostic] for k in drift.measures["changed"]}
    block = round(float(np.median(made.truth.periods.n_docs)))
    orders = specification.block_orders(len(made.corpus), block, SHUFFLES, stream)
    partners = [partners_of(reference, f.topics, stream) for f in fits]
    parts = {
        (i, False): specifications(f"{i}", f, partner, periods, orders)
        for i, (f, partner) in enumerate(zip(fits, partners, strict=True))
    }
    wrong, other = BAD[-1]
    worse = {
        wrong: (fits[wrong], mistaken(partners[wrong], stream)),
        other: (
            replace(fits[other], topics=unrelated(fits[other].topics, made, stream)),
            partners[other],
        ),
    }
    for i, (fit, partner) in worse.items():
        parts[i, True] = specifications(f"{i}", fit, partner, periods, orders)
    truth = truth_of(made, reference, scenario, stream)
    lines = []
    for bad in BAD:
        here = [part for i in range(len(fits)) for part in parts[i, i in bad]]
        rows = pd.concat([frame for frame, _ in here], ignore_index=True)
        _, joint = joint_test(np.stack([z for _, z in here]), claims.votes(rows).to_numpy())
        _, said = claims.classify_claims(main.table, rows, joint=joint, diagnostics=changed)
        found, stable = said["finding"].isin(FOUND), said["stability"] == Stability.STABLE
        right = np.sign(main.table["log_odds"].to_numpy(float)) == truth["sign"]
        drifts = truth["drift"].to_numpy()
        lines.append(
            {
                "fits": source,
                "scenario": scenario,
                "bad": len(bad) / len(fits),
                "corpus": corpus,
                "rng": rng,
                "documents": len(made.corpus),
                "matched": float(np.mean([k is not None for p in partners for k in p])),
                "found": int(found.sum()),
                "stable": int(stable.sum()),
                "joint": int((joint <= claims.Rule().alpha).sum()),
                # Movers that no topic of the run stands for count as not found.
                "movers": made.truth.shapes.count("linear"),
                "movers_found": int((found & right).sum()),
                "movers_stable": int((stable & right).sum()),
                "drift_found": int(found[drifts].sum()),
                "drift_flagged": int(drifts[list(changed)].any()) if changed else 0,
                "flagged": len(changed),
            }
        )
    return lines


def truth_of(
    made: Simulated, reference: Topics, scenario: str, stream: np.random.Generator
) -> pd.DataFrame:
    """Topics of the run: the sign of the change of the mover that each stands for (0: none), and
    whether a fifth of its documents are of the topic whose words are replaced.
    """
    match = recovery.align_to_truth(made, reference, rng=stream)
    sign, drift = np.zeros(reference.n_topics), np.zeros(reference.n_topics, dtype=bool)
    for k, shape in enumerate(made.truth.shapes):
        if shape == "linear" and (to := match.partner(k)) is not None:
            sign[to] = np.sign(made.truth.slope[k])
    if scenario == "drift":
        last = made.truth.label == TOPICS - 1
        hard = reference.hard
        drift = np.array(
            [(hard == k).any() and last[hard == k].mean() > 0.2 for k in range(len(drift))]
        )
    return pd.DataFrame({"sign": sign, "drift": drift})


def in_periods(made: Simulated, period: str) -> Periods:
    """The documents of a corpus in calendar periods that are covered as a whole."""
    own = made.truth.periods
    return make_periods(
        made.truth.dates,
        period=period,
        observed=(own.starts[0].astype(object), own.ends[-1].astype(object)),
    )


def partners_of(reference: Topics, fit: Topics, stream: np.random.Generator) -> list[int | None]:
    """The topic of a fit that matches each topic of the run."""
    match = align(reference, fit, rng=stream)
    return [match.partner(k) for k in range(reference.n_topics)]


def mistaken(partners: Sequence[int | None], stream: np.random.Generator) -> list[int | None]:
    """Each topic matched to the partner of another one."""
    known = stream.permutation([i for i, k in enumerate(partners) if k is not None])
    out = list(partners)
    for at, source in zip(known, np.roll(known, 1), strict=True):
        out[at] = partners[source]
    return out


def unrelated(fit: Topics, made: Simulated, stream: np.random.Generator) -> Topics:
    """The fit with documents of the same periods of another corpus, in which nothing moves."""
    other = draw_documents(replace(made.truth.design, movers=()), stream)
    label = np.empty(fit.n_documents, dtype=np.int64)
    for t in range(PERIODS):
        here = np.flatnonzero(made.truth.true_period == t)
        label[here] = stream.choice(other.label[other.true_period == t], len(here))
    theta = np.eye(fit.n_topics)[label % fit.n_topics]
    return replace(fit, theta=theta, unassigned=np.zeros(len(theta)))


def specifications(
    name: str,
    fit: Fit,
    partners: Sequence[int | None],
    periods: Mapping[str, Periods],
    orders: NDArray[np.int64],
) -> list[tuple[pd.DataFrame, Array]]:
    """Rows and scores of every estimator of a fit, as the multiverse keeps them."""
    out = []
    places = np.arange(fit.topics.n_documents)
    for theta, period, denominator in ESTIMATORS[fit.family]:
        found = specification.estimate(
            fit.topics, periods[period], places, orders, theta=theta, denominator=denominator
        )
        frame = claims.specification_rows(f"{name}/{theta}/{period}", found.table, partners)
        frame = frame.assign(family=fit.family, fit=name)
        padded = np.pad(found.z, ((0, 0), (0, 1)), constant_values=np.nan)
        out.append((frame, padded[:, frame["partner"]]))
    return out


def made_fits(made: Simulated, words: Words, stream: np.random.Generator) -> list[Fit]:
    """Fits of two families from the true shares of documents.

    In all fits words that are replaced make two topics of one. A family mixes two topics of its own
    choice up; each fit errs on a part of the documents, and the last of each family has merged two
    topics. The family "embedding" gives a document to one topic, and a tenth to none.
    """
    theta = made.truth.theta
    if words.replaced:
        time = made.truth.true_period / (PERIODS - 1)
        tokens = np.maximum(np.rint(made.counts.matrix.sum(1).A1 * theta[:, -1]), 1).astype(int)
        new = stream.binomial(tokens, words.replaced * time) / tokens
        theta = np.column_stack([theta[:, :-1], theta[:, -1] * (1 - new), theta[:, -1] * new])
    out = []
    for family, fits in MADE.items():
        one, other = stream.choice(theta.shape[1], 2, replace=False)
        for number in range(fits):
            own = theta.copy()
            mixed = stream.random(len(own)) < 0.1
            own[np.ix_(mixed, [one, other])] = own[np.ix_(mixed, [other, one])]
            wrong = np.flatnonzero(stream.random(len(own)) < 0.15)
            own[wrong] = own[stream.permutation(wrong)]
            if number == fits - 1:
                merged = stream.choice(theta.shape[1], 2, replace=False)
                own[:, merged[0]] += own[:, merged[1]]
                own = np.delete(own, merged[1], axis=1)
            rest = np.zeros(len(own))
            if family == "embedding":
                own = np.eye(own.shape[1])[own.argmax(1)]
                rest[stream.random(len(own)) < 0.1] = 1.0
                own[rest == 1] = 0.0
            out.append(Fit(family, topics_of(own, rest, made)))
    return out


def topics_of(theta: Array, rest: Array, made: Simulated) -> Topics:
    """Shares of documents with the words that they have: thetaᵀ · counts."""
    phi = np.asarray(made.counts.matrix.T @ theta).T + 1e-9
    return Topics(
        theta=theta,
        unassigned=rest,
        phi=phi / phi.sum(1, keepdims=True),
        vocabulary=made.counts.vocabulary,
        doc_ids=made.counts.doc_ids,
        provenance={"backend": "simulated", "seed": None, "settings": {}},
    )


def fitted(made: Simulated, scenario: str, stream: np.random.Generator) -> list[Fit]:
    """Five fits by topic models; where words are replaced only by those that look at words."""
    backends = ["gibbs-lda", "gibbs-lda", "gibbs-lda", "nmf", "nmf"]
    if scenario != "drift":
        backends = ["gibbs-lda", "gibbs-lda", "nmf", "kmeans", "kmeans"]
    out = []
    for name in backends:
        backend = BACKENDS.load(name)
        fit = backend(
            made.counts,
            n_topics=TOPICS,
            seed=int(stream.integers(2**31)),
            embeddings=made.corpus.embeddings if backend.family == "embedding" else None,
            settings={**GIBBS, "n_chains": 1} if name == "gibbs-lda" else {},
        )
        out.append(Fit(backend.family, fit))
    return out


#: Rates of a scenario: what is counted, of what, and what is demanded.
RATES = {
    "flat": (("flat corpora with a stable finding", "stable", "<= 0.05"),),
    "drift": (
        ("replaced words flagged", "drift_flagged", ">= 0.8"),
        ("corpora with a stable finding", "stable", "<= 0.05"),
    ),
    "movers": (
        ("movers called stable, right sign", "movers_stable", ">= 0.8"),
        ("movers found, right sign", "movers_found", ""),
    ),
}


def table(frame: pd.DataFrame) -> str:
    """Rates by scenario and share of bad fits, as Markdown."""
    out = ["| fits | bad | corpora | what | rate | SE | demand |", "|---|---|---|---|---|---|---|"]
    for (source, scenario, bad), part in frame.groupby(["fits", "scenario", "bad"], sort=False):
        for what, column, demand in RATES[str(scenario)]:
            values = part[column] / part["movers"] if scenario == "movers" else part[column] > 0
            n = len(values)
            # A rate of 0 or 1 is not known without error.
            shrunk = (float(values.sum()) + 2) / (n + 4)
            error = np.sqrt(shrunk * (1 - shrunk) / (n + 4))
            out.append(
                f"| {source} | {bad:.0%} | {n} | {what} | {values.mean():.3f} | {error:.3f} | "
                f"{demand} |"
            )
    return "\n".join(out) + "\n"


def write(lines: list[dict[str, Any]], folder: Path) -> str:
    """All lines in the order of the plan, and their table; whole at any time."""
    frame = pd.DataFrame(lines)
    order = frame.assign(
        fits=frame["fits"].map(list(CORPORA).index),
        scenario=frame["scenario"].map(list(SCENARIOS).index),
    ).sort_values(["fits", "scenario", "bad", "corpus"])
    frame = frame.loc[order.index]
    text = table(frame)
    for name, content in (
        ("verdicts.csv", frame.to_csv(index=False, float_format="%.6g", lineterminator="\n")),
        ("verdicts.md", text),
    ):
        (folder / f"{name}.part").write_text(content, encoding="utf-8")
        (folder / f"{name}.part").replace(folder / name)
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--fits", choices=list(CORPORA), help="one kind only")
    parser.add_argument("--corpora", type=int, help="of each scenario, instead of 100 and 80")
    parser.add_argument("--rng", type=int, default=SEED)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    path = options.out / "verdicts.csv"
    lines = pd.read_csv(path).to_dict("records") if path.exists() else []
    done = {(x["fits"], x["scenario"], x["corpus"]) for x in lines if x["rng"] == options.rng}
    todo = [
        (source, scenario, corpus)
        for source, corpora in CORPORA.items()
        for corpus in range(options.corpora or corpora)
        for scenario in SCENARIOS
        if options.fits in (None, source) and (source, scenario, corpus) not in done
    ]
    with ProcessPoolExecutor(options.workers) as pool:
        for job in as_completed([pool.submit(measure, *one, options.rng) for one in todo]):
            lines += job.result()
            write(lines, options.out)
    print(write(lines, options.out))


if __name__ == "__main__":
    main()
