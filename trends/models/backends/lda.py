"""Latent Dirichlet allocation by online variational Bayes (Hoffman, Blei and Bach 2010; gensim).

One pass, which is gensim's default, leaves topics close to their random start on corpora of some
thousand documents. Here passes go on, twenty at least, until the variational bound per token
changes by less than ``tolerance`` of itself a pass. θ is the normalised γ of every topic, small
shares included (gensim's own listing leaves out those below 0.01); φ is the normalised λ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trends.core.computing.cost import Cost
from trends.models.base import Backend, Estimate, Problem
from trends.models.imports import load
from trends.models.initialization.counts import initialize_topics
from trends.models.settings import Settings, require, setting

#: Passes between two looks at the bound, which cost about as much as a pass.
CHECK_EVERY = 5


@dataclass(frozen=True)
class LdaSettings(Settings):
    """Settings of ``lda``."""

    min_passes: int = setting(
        20,
        "Fewest passes over the corpus.",
        low=1,
    )
    max_passes: int = setting(
        100,
        "Most passes; a warning says when the bound was still moving.",
        low=1,
    )
    tolerance: float = setting(
        5e-4,
        (
            "Converged when the variational bound changes by less than this share of itself a "
            "pass (mean over the last few passes)."
        ),
        low=0,
    )
    iterations: int = setting(
        100,
        "Most steps of inference for one document in one pass.",
        low=1,
    )
    chunksize: int = setting(
        2000,
        "Documents in a mini-batch.",
        low=1,
    )
    decay: float = setting(
        0.5,
        (
            "Learning rate of a pass is (offset + passes so far) ** -decay (Hoffman, Blei and "
            "Bach 2010)."
        ),
        low=0.5,
        high=1,
    )
    offset: float = setting(
        1.0,
        "Passes that the learning rate takes for done before the first; see decay.",
        low=1,
    )
    alpha: str = setting(
        "symmetric",
        (
            'Prior of documents over topics: "symmetric" (1 / n_topics), "asymmetric" or '
            '"auto" (learned).'
        ),
        options=("symmetric", "asymmetric", "auto"),
    )
    eta: str = setting(
        "symmetric",
        'Prior of topics over terms: "symmetric" (1 / n_topics) or "auto" (learned).',
        options=("symmetric", "auto"),
    )
    init: str = setting(
        "tf-idf",
        (
            'Initialization of the topics: "tf-idf" (merged factors of tf-idf weights), or '
            '"random", which is gensim\'s.'
        ),
        options=("tf-idf", "random"),
    )
    n_init: int = setting(
        3,
        'Initializations "tf-idf" that are tried.',
        low=1,
        high=1000,
    )
    overclustering: float = setting(
        2.0,
        "Topics of the finest of them before they are merged, in multiples of n_topics.",
        low=1,
        high=10,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            self.min_passes <= self.max_passes,
            f"min_passes must not exceed max_passes; got {self.min_passes}, {self.max_passes}.",
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
    if s.init == "tf-idf":
        share, phi = initialize_topics(
            counts, problem.n_topics, problem.seed, overclustering=s.overclustering, n_init=s.n_init
        )
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
    estimate=_estimate,
    cost=Cost(350, entries=60, shares=60),
)
