"""Hierarchical Dirichlet process by Gibbs sampling (Teh, Jordan, Beal and Blei 2006; tomotopy).

The number of topics is found by the fit. Sampling starts with more topics than there may be,
because topics merge and die out more readily than they divide. After burn-in a topic keeps its
number as long as it lives, so that states can be averaged; what belongs to topics that did not live
in every kept state, or are more than there may be, is unassigned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trends.core.computing.cost import Cost
from trends.models.base import Backend, Estimate, Problem
from trends.models.imports import load
from trends.models.inference.gibbs import ONE_WORKER, documents
from trends.models.settings import Settings, require, setting


@dataclass(frozen=True)
class HdpSettings(Settings):
    """Settings of ``hdp``."""

    burn_in: int = setting(
        300,
        "Sweeps over all tokens before states are kept.",
        low=1,
    )
    states: int = setting(
        10,
        "States that are kept.",
        low=1,
    )
    thin: int = setting(
        10,
        "Sweeps between two states that are kept.",
        low=1,
    )
    overclustering: float = setting(
        4.0,
        "Topics with which sampling starts, in multiples of the most that there may be.",
        low=1,
        high=100,
    )
    alpha: float = setting(
        0.1,
        "First concentration of documents over topics; the sampler learns it.",
        above=0,
    )
    gamma: float = setting(
        0.1,
        "First concentration of the corpus over topics; the sampler learns it.",
        above=0,
    )
    eta: float = setting(
        0.1,
        "Dirichlet prior of topics over terms, per term.",
        above=0,
    )


def _estimate(problem: Problem) -> Estimate:
    s: HdpSettings = problem.settings
    counts, most = problem.counts, problem.n_topics
    model = load("tomotopy").HDPModel(
        initial_k=min(round(s.overclustering * most), 32767),
        alpha=s.alpha,
        gamma=s.gamma,
        eta=s.eta,
        seed=problem.seed,
    )
    for document in documents(counts):
        model.add_doc(document)
    model.train(s.burn_in, **ONE_WORKER)
    topics = [k for k in range(model.k) if model.is_live_topic(k)]
    theta = np.zeros((counts.n_documents, model.k))
    phi = np.zeros((model.k, len(model.used_vocabs)))
    for _ in range(s.states):
        model.train(s.thin, **ONE_WORKER)
        topics = [k for k in topics if model.is_live_topic(k)]
        theta[:, topics] += np.array([d.get_topic_dist() for d in model.docs])[:, topics]
        phi[topics] += np.array([model.get_topic_word_dist(k) for k in topics])
    theta, found = theta[:, topics] / s.states, len(topics)
    require(
        found > 1,
        "The process found a single topic, whose share is 1 at every date; choose another backend "
        "or a smaller eta.",
    )
    kept = np.sort(np.argsort(-theta.mean(axis=0), kind="stable")[:most])
    theta = theta[:, kept]
    unassigned = np.maximum(1.0 - theta.sum(axis=1), 0.0)
    column = {term: j for j, term in enumerate(counts.vocabulary)}
    place = [column[term] for term in model.used_vocabs]
    terms = np.zeros((len(kept), counts.n_terms))
    terms[:, place] = phi[np.array(topics)[kept]]
    return Estimate(
        theta=theta,
        unassigned=unassigned,
        phi=terms / terms.sum(axis=1, keepdims=True),
        chosen={
            "n_topics": len(kept),
            "n_topics_found": found,
            "log_likelihood_per_word": round(float(model.ll_per_word), 6),
        },
        warnings=[
            (
                f"{found} topics were found; the {most} largest are kept, and "
                f"{unassigned.mean():.0%} of the mass is unassigned. Raise n_topics for more."
            )
        ]
        if found > most
        else [],
    )


fit = Backend(
    name="hdp",
    family="counts",
    settings=HdpSettings,
    estimate=_estimate,
    cost=Cost(350, entries=60, shares=240),
    finds_number=True,
)
