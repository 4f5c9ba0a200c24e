"""Latent Dirichlet allocation by collapsed Gibbs sampling (Griffiths and Steyvers 2004; tomotopy).

θ and φ are posterior means: after burn-in every ``thin``-th state of the sampler gives a
document–topic distribution (n_dk + alpha_k) / (n_d + sum alpha) and a topic–term distribution (n_kw
+ eta) / (n_k + V eta); their means over the states are returned. A chain can stay for long where
two topics share one; several are started, and the likeliest goes on. All states come from that
chain: within one, topics keep their numbers once it has converged, while a mean over chains would
need an alignment first. With term weights, θ is a share of weight, φ stays a share of tokens (the
p(term | topic) of every backend), and the weighted topic–term distribution ranks terms as
``relevance``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from trends.core.computing.cost import Cost
from trends.core.computing.limits import PLAIN
from trends.models.base import Backend, Estimate, Problem
from trends.models.imports import load
from trends.models.inference.gibbs import ONE_WORKER, documents, posterior_means
from trends.models.settings import Settings, require, setting

WEIGHTS = ("one", "idf", "pmi")

#: Up to so many documents the settings "by size" are the long ones. Beyond, sweeps fall with the
#: square of the number of documents until the fewest are reached. On 20,000 abstracts with 50
#: topics (means of 3 seeds) NPMI was .200 after 40 sweeps, .215 after 100, .217 after 200 and .218
#: after 400; the adjusted Rand index of two seeds still rose, .10, .23, .32 and .38: who needs
#: single documents rather than shares of periods sets more.
SMALL, FEWEST_SWEEPS = PLAIN, 100
#: Sweeps, the burn-in at most, chains and distance of states of a small corpus.
LONG = {"iterations": 1000, "burn_in": 500, "n_chains": 4, "thin": 25}


@dataclass(frozen=True)
class GibbsSettings(Settings):
    """Settings of ``gibbs-lda``."""

    iterations: int = setting(
        0,
        (
            "Sweeps over all tokens, burn-in included; 0 is by size: 1000 up to 5,000 "
            "documents, then fewer, at least 100."
        ),
        low=1,
        default_is="a number by size",
    )
    burn_in: int = setting(
        -1,
        ("Sweeps that are thrown away before states are kept; -1 is half of all, 500 at most."),
        low=0,
        default_is="half of all, 500 at most",
    )
    n_chains: int = setting(
        0,
        (
            "Chains that are started; the one with the greatest likelihood after init_sweeps "
            "sweeps is continued. 0 is by size: 4 up to 5,000 documents, a single one from "
            "11,000."
        ),
        low=1,
        default_is="a number by size",
    )
    init_sweeps: int = setting(
        100,
        "Sweeps of each chain before the choice; they are part of the burn-in.",
        low=1,
    )
    thin: int = setting(
        0,
        (
            "Every so many sweeps after burn-in a state is kept; 0 is by size: 25 up to 5,000 "
            "documents, then closer together, at least 5."
        ),
        low=1,
        default_is="a number by size",
    )
    alpha_sum: float = setting(
        1.0,
        (
            "Sum over topics of the Dirichlet prior of documents over topics; each topic has "
            "alpha_sum / n_topics. One is also what gensim's symmetric prior adds up to, so "
            "that both LDA backends start from the same belief."
        ),
        above=0,
    )
    eta: float = setting(
        0.1,
        "Dirichlet prior of topics over terms, per term.",
        above=0,
    )
    optimize_interval: int = setting(
        0,
        ("Every so many sweeps alpha is fitted, topic by topic (Minka 2000); 0 keeps it as it is."),
        low=0,
    )
    term_weight: str = setting(
        "one",
        (
            'How much a token counts: "one", "idf" or "pmi" (Wilson and Chew 2010). The last '
            'two take weight from terms that occur everywhere; "one" relies on the choice of '
            "terms for that, and gives shares of tokens."
        ),
        options=WEIGHTS,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            self.burn_in < (self.iterations or LONG["iterations"]),
            f"burn_in must be less than iterations; got {self.burn_in}.",
        )


def by_size(s: GibbsSettings, n_documents: int) -> GibbsSettings:
    """The settings with numbers for a corpus of so many documents where none were given.

    Raises
    ------
    UsageError
        If a burn-in that was given is not shorter than the number of sweeps that follows from the
        size.
    """
    part = min(1.0, (SMALL / n_documents) ** 2)
    iterations = s.iterations or max(FEWEST_SWEEPS, round(part * LONG["iterations"]))
    require(
        s.burn_in < iterations,
        f"burn_in must be less than iterations, which are {iterations} for {n_documents} "
        f"documents; got {s.burn_in}. Set iterations too.",
    )
    return replace(
        s,
        iterations=iterations,
        burn_in=min(LONG["burn_in"], iterations // 2) if s.burn_in < 0 else s.burn_in,
        n_chains=s.n_chains or max(1, round(part * LONG["n_chains"])),
        thin=s.thin or max(5, round(part * LONG["thin"])),
    )


def _estimate(problem: Problem) -> Estimate:
    s = by_size(problem.settings, problem.counts.n_documents)
    first = min(s.init_sweeps, s.burn_in)
    model = _best_chain(problem, s, first)
    if s.burn_in > first:
        model.train(s.burn_in - first, **ONE_WORKER)
    sweeps = s.iterations - s.burn_in
    means = posterior_means(model, problem.counts, eta=s.eta, sweeps=sweeps, thin=s.thin)
    return Estimate(
        theta=means.theta,
        unassigned=np.zeros(len(means.theta)),
        phi=means.phi,
        relevance=None if s.term_weight == "one" else means.weighted,
        chosen={**{name: getattr(s, name) for name in LONG}, **means.chosen},
    )


def _best_chain(problem: Problem, s: GibbsSettings, sweeps: int) -> Any:
    """The likeliest of all chains after so many sweeps."""
    tomotopy = load("tomotopy")
    weights = {
        "one": tomotopy.TermWeight.ONE,
        "idf": tomotopy.TermWeight.IDF,
        "pmi": tomotopy.TermWeight.PMI,
    }
    best: Any = None
    for seed in np.random.SeedSequence(problem.seed).generate_state(s.n_chains):
        alpha = s.alpha_sum / problem.n_topics
        chain = tomotopy.LDAModel(
            tw=weights[s.term_weight], k=problem.n_topics, alpha=alpha, eta=s.eta, seed=int(seed)
        )
        chain.optim_interval = s.optimize_interval
        for document in documents(problem.counts):
            chain.add_doc(document)
        chain.train(sweeps, **ONE_WORKER)
        if best is None or chain.ll_per_word > best.ll_per_word:
            best = chain
    return best


fit = Backend(
    name="gibbs-lda",
    family="counts",
    settings=GibbsSettings,
    estimate=_estimate,
    cost=Cost(350, entries=60, shares=60),
)
