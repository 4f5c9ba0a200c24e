"""Latent Dirichlet allocation by online variational Bayes (Hoffman, Blei and Bach 2010; gensim), trained until the bound settles.

One pass, which is gensim's default, leaves topics close to their random start on corpora of some
thousand documents. Here passes go on, twenty at least, until the variational bound per token
changes by less than ``tolerance`` of itself a pass. θ is the normalised γ of every topic, small
shares included (gensim's own listing leaves out those below 0.01); φ is the normalised λ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trends.core.cost import Cost
from trends.models.base import Backend, Estimate, Problem, require
from trends.models.imports import load
from trends.models.initialization.counts import begin

#: Passes between two looks at the bound, which cost about as much as a pass.
CHECK_EVERY = 5


@dataclass(frozen=True)
class LdaSettings:
    """Settings of ``lda``."""

    #: Fewest passes over the corpus.
    min_passes: int = 20
    #: Most passes; a warning says when the bound was still moving.
    max_passes: int = 100
    #: Converged when the variational bound changes by less than this share of itself a pass (mean
    #: over the last few passes).
    tolerance: float = 5e-4
    #: Most steps of inference for one document in one pass.
    iterations: int = 100
    #: Documents in a mini-batch.
    chunksize: int = 2000
    #: Learning rate of a pass is (offset + passes so far) ** -decay (Hoffman, Blei and Bach 2010).
    decay: float = 0.5
    offset: float = 1.0
    #: Prior of documents over topics: "symmetric" (1 / n_topics), "asymmetric" or "auto" (learned).
    alpha: str = "symmetric"
    #: Prior of topics over terms: "symmetric" (1 / n_topics) or "auto" (learned).
    eta: str = "symmetric"
    #: Where topics begin: "tf-idf" (see :mod:`trends.models.initialization.counts`), or "random",
    #: which is gensim's way.
    beginning: str = "tf-idf"
    #: Beginnings "tf-idf" that are tried, and topics of the finest before they are merged, in
    #: multiples of n_topics.
    starts: int = 3
    finest: float = 2.0

    def __post_init__(self) -> None:
        require(
            1 <= self.min_passes <= self.max_passes,
            f"passes must satisfy 1 <= min <= max; got {self.min_passes}, {self.max_passes}.",
        )
        require(self.tolerance >= 0, f"tolerance must not be negative; got {self.tolerance}.")
        require(
            self.iterations >= 1 and self.chunksize >= 1,
            "iterations and chunksize must be at least 1.",
        )
        require(0.5 <= self.decay <= 1, f"decay must lie between 0.5 and 1; got {self.decay}.")
        require(self.offset >= 1, f"offset must be at least 1; got {self.offset}.")
        require(
            self.alpha in ("symmetric", "asymmetric", "auto"),
            f"alpha must be symmetric, asymmetric or auto; got {self.alpha!r}.",
        )
        require(
            self.beginning in ("tf-idf", "random"),
            f"beginning must be tf-idf or random; got {self.beginning!r}.",
        )
        require(1 <= self.starts <= 1000, f"starts must lie between 1 and 1000; got {self.starts}.")
        require(1 <= self.finest <= 10, f"finest must lie between 1 and 10; got {self.finest}.")
        require(
            self.eta in ("symmetric", "auto"), f"eta must be symmetric or auto; got {self.eta!r}."
        )


def _estimate(problem: Problem) -> Estimate:
    s: LdaSettings = problem.settings
    counts = problem.counts
    m = counts.matrix
    corpus = [
        list(zip(m.indices[a:b].tolist(), m.data[a:b].tolist(), strict=True))
        for a, b in zip(m.indptr[:-1], m.indptr[1:], strict=True)
    ]
    tokens = int(m.sum())
    model = load("gensim.models.ldamodel").LdaModel(
        id2word=dict(enumerate(counts.vocabulary)),
        num_topics=problem.n_topics,
        alpha=s.alpha,
        eta=s.eta,
        decay=s.decay,
        offset=s.offset,
        chunksize=s.chunksize,
        iterations=s.iterations,
        eval_every=None,
        random_state=problem.seed,
        dtype=np.float64,
    )
    if s.beginning == "tf-idf":
        share, phi = begin(counts, problem.n_topics, problem.seed, finest=s.finest, starts=s.starts)
        # As though the corpus had been seen once with these topics.
        model.state.sstats = (share * counts.tokens[:, None]).sum(axis=0)[:, None] * phi
        model.sync_state()
    passes, bound, change = 0, -np.inf, np.inf
    while passes < s.max_passes and not (passes >= s.min_passes and change < s.tolerance):
        for _ in range(min(CHECK_EVERY, s.max_passes - passes)):
            # gensim adds the corpus to its number of documents on every update, as if they were new
            # ones.
            model.state.numdocs = 0
            model.update(corpus, passes=1)
            passes += 1
        before, bound = bound, float(model.bound(corpus)) / tokens
        change = abs(bound - before) / abs(bound) / CHECK_EVERY
    gamma, _ = model.inference(corpus)
    warnings = []
    if change >= s.tolerance:
        warnings.append(
            f"After {passes} passes the bound still moved by {change:.1e} of itself a pass; raise "
            "max_passes or tolerance."
        )
    return Estimate(
        theta=gamma / gamma.sum(axis=1, keepdims=True),
        unassigned=np.zeros(counts.n_documents),
        phi=np.asarray(model.get_topics(), dtype=np.float64),
        chosen={
            "passes": passes,
            "bound_per_token": round(bound, 6),
            "change_per_pass": float(f"{change:.3e}"),
        },
        warnings=warnings,
    )


fit = Backend(
    name="lda",
    family="counts",
    settings=LdaSettings,
    packages=("gensim", "scikit-learn", "numpy"),
    estimate=_estimate,
    cost=Cost(350, entries=60, shares=60),
)
