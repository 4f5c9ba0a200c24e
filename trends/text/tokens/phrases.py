"""Phrases: neighbouring words that occur together far more often than their frequencies explain."""

from __future__ import annotations

from collections.abc import Sequence

#: Neighbours must meet this often, and their normalised pointwise mutual information must exceed
#: this (0 chance, 1 always).
MIN_COUNT, MIN_NPMI = 5, 0.4
#: One pass joins pairs, the second makes three or four words of them ("large language model").
PASSES = 2
#: gensim takes joined words apart again at its delimiter, so a pass must not use the blank that the
#: pass before it put in.
_JOINT = "\x1f"


def join_phrases(
    documents: Sequence[Sequence[Sequence[str]]],
    *,
    min_count: int = MIN_COUNT,
    min_npmi: float = MIN_NPMI,
    passes: int = PASSES,
) -> list[list[list[str]]]:
    """Join the words of phrases by a space.

    Collocations are found by normalised pointwise mutual information [1]_ with gensim's ``Phrases``
    [2]_, inside runs of words only: never across a punctuation mark, a number or a function word.

    Parameters
    ----------
    documents : sequence of documents
        Each a sequence of runs of content words.
    min_count : int
        Least number of times that the two halves must meet.
    min_npmi : float
        Least normalised pointwise mutual information, between -1 and 1.
    passes : int
        Each pass may join two units; two passes reach phrases of four words.

    Returns
    -------
    list of documents
        The same runs with phrases joined.

    References
    ----------
    .. [1] G. Bouma (2009). Normalized (pointwise) mutual information in collocation extraction.
           Proc. GSCL, 31–40.
    .. [2] T. Mikolov et al. (2013). Distributed representations of words and phrases and their
           compositionality. NeurIPS 26.
    """
    from gensim.models.phrases import Phrases

    out = [[list(run) for run in runs] for runs in documents]
    for _ in range(passes):
        runs = [run for document in out for run in document]
        if not any(runs):
            break
        found = Phrases(
            runs,
            min_count=min_count,
            threshold=min_npmi,
            scoring="npmi",
            delimiter=_JOINT,
            progress_per=10**12,
            max_vocab_size=100_000_000,
        ).freeze()
        out = [
            [
                [unit.replace(_JOINT, " ") for unit in found[run]] if len(run) > 1 else run
                for run in document
            ]
            for document in out
        ]
    return out
