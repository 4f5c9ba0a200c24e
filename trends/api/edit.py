"""Topics edited by hand."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trends.core import Corpus, TermCounts, Topics
from trends.core.computing.rng import Rng, generator_from
from trends.core.given.expected import expects


@expects(topics=Topics, documents=(Corpus, TermCounts), of=Topics)
def edit_topics(
    topics: Topics,
    edits: Mapping[str, Any] | str | os.PathLike[str],
    documents: Corpus | TermCounts | None = None,
    *,
    of: Topics | None = None,
    rng: Rng | None = None,
) -> Topics:
    """Merge, split, rename and exclude topics of a fit.

    Parameters
    ----------
    topics : Topics
        Any fit.
    edits : mapping or path
        ``{"merge": [{"topics": [3, 7], "name": "translation"}], "split": [{"topic": 5,
        "parts": 2}], "exclude": [{"topics": [9], "reason": "publishers"}], "rename": [{"topic": 2,
        "name": "parsing"}]}``, each kind optional, names and reasons too; or a file that ``trends
        edit`` made. A topic has one edit.
    documents : Corpus or TermCounts, optional
        The documents of the fit, whose words divide a topic that is split; with them the words of
        merged topics are weighed by tokens instead of by documents.
    of : Topics, optional
        The fit whose topics the numbers mean, where it is another one of the same documents: edits
        go to the topics that hold the same documents. A file says by itself what its numbers mean.
    rng : int or numpy.random.Generator, optional
        Of the permutations that tell topics of two fits that are the same from chance; needed with
        ``of`` and with a file.

    Returns
    -------
    Topics
        In the order of the fit. A merged topic has the documents and the shares of its parts, the
        parts of a split topic divide its documents, documents of excluded topics are unassigned and
        stay in every denominator. ``provenance["edits"]`` says what was done; labels follow it.

    Raises
    ------
    UsageError
        If an edit cannot mean anything, or no topic would be left.
    DataError
        If an edit does not apply to this fit: each is named, with the reason.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> topics = tr.fit(corpus, "nmf", n_topics=4, rng=7)
    >>> edits = {"merge": [{"topics": [0, 2]}], "exclude": [{"topics": [3]}]}
    >>> merged = tr.edit_topics(topics, edits)
    >>> merged.n_topics, bool((merged.hard == -1).sum() == (topics.hard == 3).sum())
    (2, True)
    """
    from trends.analysis.alignment.hungarian import align
    from trends.analysis.curation.apply import Place, apply_edits, counts_of
    from trends.analysis.curation.edits import edits_from
    from trends.analysis.quality.examples import closest
    from trends.analysis.quality.labels import label
    from trends.runs.tasks import terms as prepare
    from trends.runs.tasks.analysis_parts.names import STANDING
    from trends.runs.tasks.curation import edited, edits_file

    if isinstance(documents, Corpus):
        documents = prepare.known(documents, topics.vocabulary)
    counts = None if documents is None else counts_of(topics, documents)
    if isinstance(edits, Mapping):
        checked = edits_from(edits)
        source, shown = of or topics, "the edits"
        partner = {k: k for k in range(source.n_topics)}
        if of is not None:
            match = align(of, topics, rng=generator_from(rng))
            found = {k: match.partner(k) for k in partner}
            partner = {k: p for k, p in found.items() if p is not None}
        terms = ["; ".join(words) for words in source.top_terms(3)]
        wanted = [t for e in checked for t in e.topics]
        gone = {
            t: f"this fit has no topic {t} about {terms[t]!r}"
            if t < source.n_topics
            else f"there is no topic {t}: topics are 0 to {source.n_topics - 1}"
            for t in wanted
            if t not in partner
        }
        place = Place(partner, dict(enumerate(closest(source, None, STANDING))), gone)
        out = apply_edits(topics, checked, place, counts)
    else:
        file = edits_file.read(str(Path(edits)))
        own = topics.backend if file.of(topics.backend) else file.main
        shown = file.path
        out = file.apply(own, topics, counts, generator_from(rng))
    edited.check("this fit", out, shown, advice="Leave such edits out.")
    if edited.about(out)["names"]:
        out.provenance["labels"] = list(edited.named(out, label(out, reference=counts)))
    return out
