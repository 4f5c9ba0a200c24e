"""Edits carried out on a fit: the same documents, other topics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.analysis.curation.edits import Edit
from trends.analysis.curation.parts import divide
from trends.core import TermCounts, Topics
from trends.errors import DataError, UsageError

Array = NDArray[np.float64]
Index = NDArray[np.int64]

#: Entries of the counts that are divided among topics at a time, times topics.
AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Place:
    """Where the topics of the edits are in a fit.

    Parameters
    ----------
    of : mapping of int to int
        Topic of the edits → topic of the fit; those that are gone are missing.
    standing : mapping of int to sequence of str
        Topic of the edits → ids of documents that stand for it, the most typical first.
    gone : mapping of int to str
        Topic of the edits → why it is not in the fit, as the end of a sentence.
    """

    of: Mapping[int, int]
    standing: Mapping[int, Sequence[str]] = field(default_factory=dict)
    gone: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _New:
    """A topic after the edits: topics of the fit, or a part of one."""

    old: tuple[int, ...]
    part: int = -1
    name: str = ""
    edit: Edit | None = None


def apply_edits(
    fit: Topics, edits: Sequence[Edit], place: Place, counts: TermCounts | None = None
) -> Topics:
    r"""Carry out edits on a fit.

    Parameters
    ----------
    fit : Topics
        Any fit.
    edits : sequence of Edit
        About topics that ``place`` finds in the fit.
    place : Place
        Where they are.
    counts : TermCounts, optional
        Of the documents of the fit over its vocabulary; needed to split. Without them words of a
        merged topic are weighed by documents, with them by tokens.

    Returns
    -------
    Topics
        The topics in the order of the fit, a merged one in the place of its first, parts in the
        place of the whole. ``provenance["edits"]`` holds ``applied`` (a mapping an edit: its kind,
        topics before and after, documents and share of the topics before, what of it could not be
        carried out), ``missing`` (edits none of whose topics is there, each with the reason) and
        ``names`` (topic → name).

    Raises
    ------
    UsageError
        If no topic would be left, or counts are needed and missing.

    Notes
    -----
    A merged topic has the sum of the shares, and the documents, of its topics, so that its share of
    any period is the sum of theirs. The parts of a split topic divide its documents
    (:func:`trends.analysis.curation.parts.divide`), so that their shares add up to its share. What
    documents have of excluded topics, and documents whose main topic was excluded, are unassigned:
    they stay in every denominator, and shares of other topics do not change.

    p(term | topic) of a merged topic is the mean of its topics', each weighted by its tokens; the
    tokens of a split topic go to its parts as p(topic | document, term) has them.
    """
    new, applied, missing, cut = _laid_out(fit, edits, place, counts)
    about = {"applied": applied, "missing": missing}
    names = {str(k): one.name for k, one in enumerate(new) if one.name}
    provenance = {**fit.provenance, "edits": {**about, "names": names}}
    changed = len(new) != fit.n_topics or any(one.part >= 0 or len(one.old) > 1 for one in new)
    for row in applied:
        row["becomes"] = [
            k
            for k, one in enumerate(new)
            if one.edit is not None and one.edit.called == row["edit"]
        ]
    if not changed:
        return replace(fit, provenance=provenance)
    theta = np.zeros((fit.n_documents, len(new)))
    main = np.full(fit.n_documents, -1)
    for k, one in enumerate(new):
        share, own = fit.theta[:, one.old].sum(1), np.isin(fit.hard, one.old)
        if one.part >= 0:
            mine = cut[one.old[0]] == one.part
            share, own = np.where(mine, share, 0.0), own & mine
        theta[:, k], main[own] = share, k
    gone = np.setdiff1d(np.arange(fit.n_topics), [t for one in new for t in one.old])
    unassigned = fit.unassigned + fit.theta[:, gone].sum(1)
    tokens, divided = _tokens(fit, counts), _divided(fit, counts, cut)

    def rows(values: Array) -> Array:
        return np.stack([_row(values, one, tokens, divided, fit.phi) for one in new])

    return Topics(
        theta,
        unassigned,
        rows(fit.phi),
        fit.vocabulary,
        fit.doc_ids,
        provenance,
        relevance=None if fit.relevance is None else rows(fit.relevance),
        main=main,
    )


def _laid_out(
    fit: Topics, edits: Sequence[Edit], place: Place, counts: TermCounts | None
) -> tuple[list[_New], list[dict[str, Any]], list[dict[str, Any]], dict[int, Index]]:
    """The topics after the edits, what was applied and what was not, and parts of topics."""
    new: list[_New] = []
    applied: list[dict[str, Any]] = []
    missing: list[dict[str, Any]] = []
    cut: dict[int, Index] = {}
    taken: set[int] = set()
    for edit in edits:
        old = tuple(sorted({place.of[t] for t in edit.topics if t in place.of}))
        lost = [place.gone.get(t, "") for t in edit.topics if t not in place.of]
        if old and edit.kind == "split":
            try:
                cut[old[0]] = _parts(fit, edit, place, counts, old[0])
            except DataError as error:
                old, lost = (), [f"topic {edit.topics[0]}: {error}"]
        if not old:
            missing.append(_about(edit, reason="; ".join(lost)))
            continue
        taken |= set(old)
        names = edit.names or ("",) * max(edit.parts, 1)
        if edit.kind == "split":
            new += [_New(old, part, name, edit) for part, name in enumerate(names)]
        elif edit.kind != "exclude":
            new.append(_New(old, name=names[0], edit=edit))
        row = _about(edit, here=[int(t) for t in old], lost="; ".join(lost))
        row["documents"] = int(np.isin(fit.hard, old).sum())
        row["share"] = float(fit.theta[:, old].sum(1).mean())
        applied.append(row)
    new += [_New((k,)) for k in range(fit.n_topics) if k not in taken]
    if not new:
        message = "The edits exclude every topic of the fit; leave at least one."
        raise UsageError(message)
    return sorted(new, key=lambda one: (one.old[0], one.part)), applied, missing, cut


def _about(edit: Edit, **more: Any) -> dict[str, Any]:
    out: dict[str, Any] = {"edit": edit.called, "kind": edit.kind, "topics": list(edit.topics)}
    if edit.kind == "exclude":
        out["why"] = edit.reason
    return {**out, **more}


def _parts(fit: Topics, edit: Edit, place: Place, counts: TermCounts | None, topic: int) -> Index:
    """Part of each document for a split of a topic."""
    counted = _needed(counts)
    row = {doc: i for i, doc in enumerate(counted.doc_ids)}
    standing = [row[doc] for doc in place.standing.get(edit.topics[0], ()) if doc in row]
    return divide(counted, np.flatnonzero(fit.hard == topic), standing, edit.parts)


def _needed(counts: TermCounts | None) -> TermCounts:
    if counts is None:
        message = "A topic is split by the words of its documents, which are missing: counts=."
        raise UsageError(message)
    return counts


def _tokens(fit: Topics, counts: TermCounts | None) -> Array:
    """Tokens of each topic, shape (topics,); documents where nothing is merged or split."""
    size = np.ones(fit.n_documents) if counts is None else counts.tokens.astype(float)
    return np.maximum(size @ fit.theta, 1e-12)


def _divided(fit: Topics, counts: TermCounts | None, cut: Mapping[int, Index]) -> dict[int, Array]:
    """Of each topic that is split: the part of each term in each part, shape (parts, terms)."""
    if not cut:
        return {}
    matrix = _needed(counts).matrix
    parts = {topic: int(part.max()) + 1 for topic, part in cut.items()}
    out = {topic: np.zeros((n, fit.phi.shape[1])) for topic, n in parts.items()}
    document = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    step = max(1, AT_ONCE // fit.n_topics)
    for at in range(0, matrix.nnz, step):
        d, w = document[at : at + step], matrix.indices[at : at + step]
        chance = fit.theta[d] * fit.phi[:, w].T
        total = np.maximum(chance.sum(1), 1e-300)
        for topic, part in cut.items():
            expected = matrix.data[at : at + step] * chance[:, topic] / total
            np.add.at(out[topic], (part[d], w), expected)
    for topic, expected in out.items():
        mass, size = expected.sum(0), np.maximum(expected.sum(1, keepdims=True), 1e-12)
        even = np.broadcast_to(size / size.sum(), expected.shape)
        out[topic] = np.where(mass > 0, expected / np.where(mass > 0, mass, 1), even)
    return out


def _row(
    values: Array, one: _New, tokens: Array, divided: Mapping[int, Array], phi: Array
) -> Array:
    """p(term | topic), or another ranking of terms, of a topic after the edits."""
    if one.part < 0:
        old = list(one.old)
        return np.asarray(tokens[old] @ values[old] / tokens[old].sum())
    (topic,) = one.old
    here = divided[topic][one.part]
    # p(term | part) = p(term | topic) p(part | term, topic) / p(part | topic)
    return np.asarray(values[topic] * here / max(float(phi[topic] @ here), 1e-12))


def counts_of(fit: Topics, counts: TermCounts) -> TermCounts:
    """Counts of the documents of a fit, in its order and over its vocabulary.

    Terms that were not counted have none.

    Raises
    ------
    DataError
        If the counts lack a document of the fit.
    """
    if counts.doc_ids == fit.doc_ids and counts.vocabulary == fit.vocabulary:
        return counts
    row = {doc: i for i, doc in enumerate(counts.doc_ids)}
    missing = next((doc for doc in fit.doc_ids if doc not in row), None)
    if missing is not None:
        message = f"The term counts lack documents of the fit, such as {missing!r}."
        raise DataError(message)
    own = counts.take_documents(np.array([row[doc] for doc in fit.doc_ids], dtype=np.int64))
    if own.vocabulary == fit.vocabulary:
        return own
    column = {term: j for j, term in enumerate(fit.vocabulary)}
    place = np.array([column.get(term, -1) for term in own.vocabulary])
    entries = own.matrix.tocoo()
    kept = place[entries.col] >= 0
    at = entries.row[kept], place[entries.col[kept]]
    shape = own.n_documents, len(fit.vocabulary)
    return TermCounts(
        sparse.csr_matrix((entries.data[kept], at), shape=shape), fit.vocabulary, fit.doc_ids
    )
