"""Latent Dirichlet allocation by collapsed Gibbs sampling (Griffiths and Steyvers 2004; tomotopy).

θ and φ are posterior means: after burn-in every ``thin``-th state of the sampler gives a document–topic distribution
(n_dk + alpha_k) / (n_d + sum alpha) and a topic–term distribution (n_kw + eta) / (n_k + V eta); their means over the states are returned.
A chain can stay for long where two topics share one; several are begun, and the likeliest goes on.
All states come from that chain: within one, topics keep their numbers once it has settled, while a mean over chains would
need an alignment first. With term weights, θ is a share of weight, φ stays a share of tokens (the p(term | topic) of
every backend), and the weighted topic–term distribution ranks terms as ``relevance``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.core import TermCounts
from trends.models.base import Backend, Estimate, Problem, require
from trends.models.imports import load

WEIGHTS = ("one", "idf", "pmi")


@dataclass(frozen=True)
class GibbsSettings:
    """Settings of ``gibbs-lda``."""

    #: Sweeps over all tokens, burn-in included.
    iterations: int = 1000
    #: Sweeps that are thrown away before states are kept.
    burn_in: int = 500
    #: Chains that are begun; the one with the greatest likelihood after ``start_sweeps`` sweeps is carried on.
    starts: int = 4
    #: Sweeps of each chain before the choice; they are part of the burn-in.
    start_sweeps: int = 100
    #: Every so many sweeps after burn-in a state is kept.
    thin: int = 25
    #: Sum over topics of the Dirichlet prior of documents over topics; each topic has alpha_sum / n_topics. One is also what
    #: gensim's symmetric prior adds up to, so that both LDA backends start from the same belief.
    alpha_sum: float = 1.0
    #: Dirichlet prior of topics over terms, per term.
    eta: float = 0.1
    #: Every so many sweeps alpha is fitted, topic by topic (Minka 2000); 0 keeps it as it is.
    optimize_interval: int = 0
    #: How much a token counts: "one", "idf" or "pmi" (Wilson and Chew 2010). The last two take weight from terms that occur
    #: everywhere; "one" relies on the choice of terms for that, and has a theta that is a share of tokens.
    term_weight: str = "one"

    def __post_init__(self) -> None:
        require(self.iterations >= 1, f"iterations must be at least 1; got {self.iterations}.")
        require(0 <= self.burn_in < self.iterations, f"burn_in must be less than iterations; got {self.burn_in}.")
        require(self.starts >= 1, f"starts must be at least 1; got {self.starts}.")
        require(self.start_sweeps >= 1, f"start_sweeps must be at least 1; got {self.start_sweeps}.")
        require(self.thin >= 1, f"thin must be at least 1; got {self.thin}.")
        require(
            self.alpha_sum > 0 and self.eta > 0, f"alpha_sum and eta must be above zero; got {self.alpha_sum} and {self.eta}."
        )
        require(self.optimize_interval >= 0, f"optimize_interval must not be negative; got {self.optimize_interval}.")
        require(self.term_weight in WEIGHTS, f"term_weight must be one of {', '.join(WEIGHTS)}; got {self.term_weight!r}.")


def _estimate(problem: Problem) -> Estimate:
    tomotopy = load("tomotopy")
    s: GibbsSettings = problem.settings
    counts = problem.counts
    words = _words(counts)
    # One worker: with more, a seed does not fix the result.
    train: dict[str, Any] = {"workers": 1, "show_progress": False}
    model: Any = None
    first = min(s.start_sweeps, s.burn_in)
    for seed in np.random.SeedSequence(problem.seed).generate_state(s.starts):
        chain = tomotopy.LDAModel(
            tw={"one": tomotopy.TermWeight.ONE, "idf": tomotopy.TermWeight.IDF, "pmi": tomotopy.TermWeight.PMI}[s.term_weight],
            k=problem.n_topics,
            alpha=s.alpha_sum / problem.n_topics,
            eta=s.eta,
            seed=int(seed),
        )
        chain.optim_interval = s.optimize_interval
        for document in words:
            chain.add_doc(document)
        chain.train(first, **train)
        if model is None or chain.ll_per_word > model.ll_per_word:
            model = chain
    column = {term: j for j, term in enumerate(counts.vocabulary)}
    place = np.array([column[term] for term in model.used_vocabs])
    theta = np.zeros((counts.n_documents, problem.n_topics))
    phi = np.zeros((problem.n_topics, counts.n_terms))
    weighted = np.zeros_like(phi)
    if s.burn_in > first:
        model.train(s.burn_in - first, **train)
    states = 0
    for _ in range(max(1, (s.iterations - s.burn_in) // s.thin)):
        model.train(min(s.thin, s.iterations - s.burn_in), **train)
        states += 1
        tokens = np.zeros_like(phi)
        for d, document in enumerate(model.docs):
            theta[d] += document.get_topic_dist()
            np.add.at(tokens, (document.topics, place[document.words]), 1.0)
        phi += (tokens + s.eta) / (tokens.sum(axis=1, keepdims=True) + s.eta * counts.n_terms)
        weighted[:, place] += np.array([model.get_topic_word_dist(k) for k in range(problem.n_topics)])
    theta /= theta.sum(axis=1, keepdims=True)
    return Estimate(
        theta=theta,
        unassigned=np.zeros(counts.n_documents),
        phi=phi / phi.sum(axis=1, keepdims=True),
        relevance=None if s.term_weight == "one" else weighted / weighted.sum(axis=1, keepdims=True),
        chosen={
            "states": states,
            "alpha": [round(float(a), 6) for a in model.alpha],
            "log_likelihood_per_word": round(float(model.ll_per_word), 6),
        },
    )


def _words(counts: TermCounts) -> list[list[str]]:
    terms: NDArray[Any] = np.array(counts.vocabulary, dtype=object)
    m = counts.matrix
    return [np.repeat(terms[m.indices[a:b]], m.data[a:b]).tolist() for a, b in zip(m.indptr[:-1], m.indptr[1:], strict=True)]


fit = Backend(name="gibbs-lda", family="counts", settings_type=GibbsSettings, packages=("tomotopy", "numpy"), estimate=_estimate)
