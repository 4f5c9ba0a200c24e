"""Topics that a number of topics cuts to pieces or puts together: copies, and two themes in one.

A topic is what its documents' terms say beyond those of the corpus: the share of its documents that
hold a term, less that of all, in standard deviations of the term. The cosine of two topics is below
zero where they have nothing in common but the corpus, and near one for pieces of one theme. A topic
is divided in two along its principal direction (principal direction divisive partitioning: Boley
1998, Data Mining and Knowledge Discovery 2). Halves of one theme point the same way; those of two
themes do not, and the documents lie in two heaps with nothing between. Both must hold: a broad
theme has unlike halves, but no heaps. On made corpora copies had cosines above .85 and others below
.3, and of the variation along the direction the two heaps of two themes made nine tenths, those of
one theme seven (a normal distribution cut in two has .64).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from trends.analysis.diagnostics.diagnosis import Diagnosis
from trends.core import TermCounts, Topics
from trends.core.wording import listed, quoted

Array = NDArray[np.float64]
#: Cosine of two topics from which on they are pieces of one theme.
COPIES = 0.7
#: Cosine of the halves of a topic up to which they may be two themes, the share of variation that
#: two heaps must make, and the documents of the smaller half, as a share and as a number.
UNLIKE, HEAPS, SMALLER, FEWEST = 0.3, 0.88, 0.15, 10
#: Documents of a topic from which on it is judged, and those that are looked at.
JUDGED, MOST = 30, 500


def topics_apart(topics: Topics, counts: TermCounts, labels: Sequence[str]) -> Diagnosis:
    """Look for topics with the same words, and for topics that hold two themes.

    Parameters
    ----------
    topics : Topics
        A fit.
    counts : TermCounts
        Terms of the same documents in the same order.
    labels : sequence of str
        Of the topics.

    Returns
    -------
    Diagnosis
        ``measures``: ``copies`` (groups of topics with the same words), ``two`` (topic → first
        terms of each of its halves) and ``themes`` (topics, each group counted once).
    """
    present = sparse.csr_matrix(counts.matrix > 0, dtype=float)
    share = np.asarray(present.mean(axis=0), dtype=float).ravel()
    scale = 1 / np.sqrt(np.maximum(share * (1 - share), 1e-12))
    label = topics.hard
    rows = [np.flatnonzero(label == k) for k in range(topics.n_topics)]
    judged = [k for k, own in enumerate(rows) if len(own) >= JUDGED]
    profiles = np.array([_profile(present[rows[k]], share, scale) for k in judged])
    alike = _cosines(profiles) >= COPIES if judged else np.zeros((0, 0), dtype=bool)
    n, group = connected_components(sparse.csr_matrix(alike), directed=False)
    members = [[judged[i] for i in np.flatnonzero(group == g)] for g in range(n)]
    copies = [own for own in members if len(own) > 1]
    two = {}
    for k in judged:
        step = -(-len(rows[k]) // MOST)
        if found := _halves(present[rows[k][::step]], share, scale):
            two[k] = tuple(
                [counts.vocabulary[i] for i in np.argsort(-half, kind="stable")[:3]]
                for half in found
            )
    themes = topics.n_topics - sum(len(own) - 1 for own in copies)
    measures = {
        "copies": copies,
        "two": {str(k): list(halves) for k, halves in two.items()},
        "themes": themes,
    }
    sentences = []
    if copies:
        groups = "; ".join(listed([quoted(labels[k]) for k in own]) for own in copies)
        sentences.append(
            f"{topics.n_topics} topics are {themes} themes: {groups} have the same words, so that "
            "a theme is counted in pieces and its change divided among them; fewer topics "
            "(models.n_topics) keep it whole."
        )
    for k, (one, other) in two.items():
        sentences.append(
            f"{quoted(labels[k])} holds two themes ({listed(one)}; {listed(other)}), and the "
            "change of one may hide that of the other; more topics (models.n_topics) tell them "
            "apart."
        )
    said = " ".join(sentences) or "No two topics have the same words, and none holds two themes."
    return Diagnosis("topics-apart", bool(sentences), said, measures)


def _profile(documents: sparse.csr_matrix, share: Array, scale: Array) -> Array:
    return (np.asarray(documents.mean(axis=0), dtype=float).ravel() - share) * scale


def _cosines(rows: Array) -> Array:
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return rows @ rows.T


def _halves(documents: sparse.csr_matrix, share: Array, scale: Array) -> tuple[Array, Array] | None:
    """Profiles of the two themes of a topic; nothing where it holds one."""
    spread = documents.toarray() * scale
    spread -= spread.mean(axis=0)
    _, directions = np.linalg.eigh(spread @ spread.T)
    place = directions[:, -1]
    cut = 0.0
    for _ in range(20):
        above = place > cut
        if not 0 < above.sum() < len(place):
            return None
        cut = (place[above].mean() + place[~above].mean()) / 2
    least = int(min(above.sum(), (~above).sum()))
    within = place[above].var() * above.mean() + place[~above].var() * (~above).mean()
    if least < max(FEWEST, SMALLER * len(place)) or within > (1 - HEAPS) * place.var():
        return None
    one, other = (_profile(documents[side], share, scale) for side in (above, ~above))
    return None if _cosines(np.array([one, other]))[0, 1] > UNLIKE else (one, other)
