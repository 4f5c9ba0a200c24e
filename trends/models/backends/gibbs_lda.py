"""Latent Dirichlet allocation by collapsed Gibbs sampling (Griffiths and Steyvers 2004; tomotopy).

θ and φ are posterior means: after burn-in every ``thin``-th state of the sampler gives a
document–topic distribution (n_dk + alpha_k) / (n_d + sum alpha) and a topic–term distribution (n_kw
+ eta) / (n_k + V eta); their means over the states are returned. A chain can stay for long where
two topics share one; several are begun, and the likeliest goes on. All states come from that chain:
within one, topics keep their numbers once it has settled, while a mean over chains would need an
alignment first. With term weights, θ is a share of weight, φ stays a share of tokens (the p(term |
topic) of every backend), and the weighted topic–term distribution ranks terms as ``relevance``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.core import TermCounts
from trends.core.cost import Cost
from trends.core.limits import PLAIN
from trends.models.base import Backend, Estimate, Problem, require
from trends.models.imports import load

WEIGHTS = ("one", "idf", "pmi")

#: Up to so many documents the settings "by size" are the long ones. Beyond, sweeps fall with the
#: square of the number of documents until the fewest are reached. On 20,000 abstracts with 50
#: topics (means of 3 seeds) NPMI was .200 after 40 sweeps, .215 after 100, .217 after 200 and .218
#: after 400; the adjusted Rand index of two seeds still rose, .10, .23, .32 and .38: who needs
#: single documents rather than shares of periods sets more.
SMALL, FEWEST_SWEEPS = PLAIN, 100
#: Sweeps, the burn-in at most, chains and distance of states of a small corpus.
LONG = {"iterations": 1000, "burn_in": 500, "starts": 4, "thin": 25}


@dataclass(frozen=True)
class GibbsSettings:
    """Settings of ``gibbs-lda``."""

    #: Sweeps over all tokens, burn-in included; 0 is by size: 1000 up to 5,000 documents, then
    #: fewer, at least 100.
    iterations: int = 0
    #: Sweeps that are thrown away before states are kept; -1 is half of all, 500 at most.
    burn_in: int = -1
    #: Chains that are begun; the one with the greatest likelihood after ``start_sweeps`` sweeps is
    #: carried on. 0 is by size: 4 up to 5,000 documents, a single one from 11,000.
    starts: int = 0
    #: Sweeps of each chain before the choice; they are part of the burn-in.
    start_sweeps: int = 100
    #: Every so many sweeps after burn-in a state is kept; 0 is by size: 25 up to 5,000 documents,
    #: then closer together, at least 5.
    thin: int = 0
    #: Sum over topics of the Dirichlet prior of documents over topics; each topic has alpha_sum /
    #: n_topics. One is also what gensim's symmetric prior adds up to, so that both LDA backends
    #: start from the same belief.
    alpha_sum: float = 1.0
    #: Dirichlet prior of topics over terms, per term.
    eta: float = 0.1
    #: Every so many sweeps alpha is fitted, topic by topic (Minka 2000); 0 keeps it as it is.
    optimize_interval: int = 0
    #: How much a token counts: "one", "idf" or "pmi" (Wilson and Chew 2010). The last two take
    #: weight from terms that occur everywhere; "one" relies on the choice of terms for that, and
    #: has a theta that is a share of tokens.
    term_weight: str = "one"

    def __post_init__(self) -> None:
        require(
            self.iterations >= 0,
            f"iterations must be at least 1, or 0 for a number by size; got {self.iterations}.",
        )
        require(
            -1 <= self.burn_in < (self.iterations or LONG["iterations"]),
            f"burn_in must be less than iterations, or -1 for half of them; got {self.burn_in}.",
        )
        require(
            self.starts >= 0,
            f"starts must be at least 1, or 0 for a number by size; got {self.starts}.",
        )
        require(
            self.start_sweeps >= 1, f"start_sweeps must be at least 1; got {self.start_sweeps}."
        )
        require(
            self.thin >= 0, f"thin must be at least 1, or 0 for a number by size; got {self.thin}."
        )
        require(
            self.alpha_sum > 0 and self.eta > 0,
            f"alpha_sum and eta must be above zero; got {self.alpha_sum} and {self.eta}.",
        )
        require(
            self.optimize_interval >= 0,
            f"optimize_interval must not be negative; got {self.optimize_interval}.",
        )
        require(
            self.term_weight in WEIGHTS,
            f"term_weight must be one of {', '.join(WEIGHTS)}; got {self.term_weight!r}.",
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
        starts=s.starts or max(1, round(part * LONG["starts"])),
        thin=s.thin or max(5, round(part * LONG["thin"])),
    )


def _estimate(problem: Problem) -> Estimate:
    counts = problem.counts
    s = by_size(problem.settings, counts.n_documents)
    # One worker: with more, a seed does not fix the result.
    train: dict[str, Any] = {"workers": 1, "show_progress": False}
    first = min(s.start_sweeps, s.burn_in)
    model = _best_start(problem, s, first, train)
    column = {term: j for j, term in enumerate(counts.vocabulary)}
    place = np.array([column[term] for term in model.used_vocabs])
    # Documents keep their tokens in one order from state to state.
    terms = place[np.concatenate([document.words for document in model.docs])]
    theta = np.zeros((counts.n_documents, problem.n_topics))
    phi = np.zeros((problem.n_topics, counts.n_terms))
    weighted = np.zeros_like(phi)
    if s.burn_in > first:
        model.train(s.burn_in - first, **train)
    states = 0
    for _ in range(max(1, (s.iterations - s.burn_in) // s.thin)):
        model.train(min(s.thin, s.iterations - s.burn_in), **train)
        states += 1
        theta += np.array([document.get_topic_dist() for document in model.docs])
        topics = np.concatenate([document.topics for document in model.docs]).astype(np.int64)
        tokens = (
            np.bincount(topics * counts.n_terms + terms, minlength=phi.size)
            .reshape(phi.shape)
            .astype(np.float64)
        )
        phi += (tokens + s.eta) / (tokens.sum(axis=1, keepdims=True) + s.eta * counts.n_terms)
        weighted[:, place] += np.array(
            [model.get_topic_word_dist(k) for k in range(problem.n_topics)]
        )
    theta /= theta.sum(axis=1, keepdims=True)
    return Estimate(
        theta=theta,
        unassigned=np.zeros(counts.n_documents),
        phi=phi / phi.sum(axis=1, keepdims=True),
        relevance=None
        if s.term_weight == "one"
        else weighted / weighted.sum(axis=1, keepdims=True),
        chosen={
            **{name: getattr(s, name) for name in LONG},
            "states": states,
            "alpha": [round(float(a), 6) for a in model.alpha],
            "log_likelihood_per_word": round(float(model.ll_per_word), 6),
        },
    )


def _best_start(problem: Problem, s: GibbsSettings, sweeps: int, train: dict[str, Any]) -> Any:
    """Begin all chains and return the one that is likeliest after so many sweeps."""
    tomotopy = load("tomotopy")
    weights = {
        "one": tomotopy.TermWeight.ONE,
        "idf": tomotopy.TermWeight.IDF,
        "pmi": tomotopy.TermWeight.PMI,
    }
    best: Any = None
    for seed in np.random.SeedSequence(problem.seed).generate_state(s.starts):
        alpha = s.alpha_sum / problem.n_topics
        chain = tomotopy.LDAModel(
            tw=weights[s.term_weight], k=problem.n_topics, alpha=alpha, eta=s.eta, seed=int(seed)
        )
        chain.optim_interval = s.optimize_interval
        for document in _words(problem.counts):
            chain.add_doc(document)
        chain.train(sweeps, **train)
        if best is None or chain.ll_per_word > best.ll_per_word:
            best = chain
    return best


def _words(counts: TermCounts) -> Iterator[list[str]]:
    """The tokens of each document, one document at a time: all of them at once would take more memory than the sampler."""
    terms: NDArray[Any] = np.array(counts.vocabulary, dtype=object)
    m = counts.matrix
    for a, b in zip(m.indptr[:-1], m.indptr[1:], strict=True):
        yield np.repeat(terms[m.indices[a:b]], m.data[a:b]).tolist()


fit = Backend(
    name="gibbs-lda",
    family="counts",
    settings=GibbsSettings,
    packages=("tomotopy", "numpy"),
    estimate=_estimate,
    cost=Cost(350, entries=60, shares=60),
)
