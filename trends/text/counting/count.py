"""Texts to term counts over the whole vocabulary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from scipy import sparse

from trends.core import TermCounts
from trends.errors import UsageError
from trends.text.counting.encode import CHUNK, Encoder, decoded
from trends.text.tokens import phrases as phrases_module
from trends.text.tokens.phrases import join_phrases
from trends.text.tokens.variants import learn
from trends.text.vocabulary.stopwords import stop_words

#: Raised whenever the same text would give other counts than before, so that caches know.
TOKENISER = "1"


def count_terms(
    doc_ids: Sequence[str],
    texts: Sequence[str],
    *,
    phrases: bool = True,
    min_count: int = phrases_module.MIN_COUNT,
    min_npmi: float = phrases_module.MIN_NPMI,
    progress: Callable[[int, int], None] | None = None,
) -> TermCounts:
    """Count every term of every text.

    This is the whole vocabulary, the one that is exported as features. Left out are only things
    that are no terms: addresses, markup, mathematics, numbers, single letters, and the function
    words of English. Which terms a model uses is decided from these counts alone by
    :func:`trends.text.vocabulary.select.select_terms`, so a fit from exported counts equals a fit
    from the texts.

    Parameters
    ----------
    doc_ids : sequence of str, length documents
        Unique names of the documents.
    texts : sequence of str, length documents
        Their texts; an empty text gives an empty row.
    phrases : bool
        Whether to join the words of phrases.
    min_count, min_npmi : int, float
        See :func:`trends.text.tokens.phrases.join_phrases`.
    progress : callable, optional
        Called with (documents read, documents).

    Returns
    -------
    TermCounts
        Rows in the order given; columns sorted. The order of the documents changes the order of the
        rows and nothing else.

    Raises
    ------
    UsageError
        If there are not as many ids as texts.
    """
    if len(doc_ids) != len(texts):
        message = f"There are {len(doc_ids)} document ids and {len(texts)} texts; give one id for each text."
        raise UsageError(message)
    documents: list[list[list[str]]] = []
    pool: dict[str, str] = {}
    encoder = Encoder()
    for at in range(0, len(texts), CHUNK):
        names, words, lengths = encoder.encode(texts[at : at + CHUNK])
        for document in decoded([pool.setdefault(name, name) for name in names], words, lengths):
            documents.append(document)
            if progress is not None:
                progress(len(documents), len(texts))
    variants = learn(documents)
    content = [
        [piece for run in document for piece in content_words(variants.apply(run))]
        for document in documents
    ]
    if phrases:
        content = join_phrases(content, min_count=min_count, min_npmi=min_npmi)
    settings = {
        "tokeniser": TOKENISER,
        "phrases": phrases,
        "min_count": min_count,
        "min_npmi": min_npmi,
    }
    return _matrix(doc_ids, content, settings)


def content_words(run: Sequence[str]) -> list[list[str]]:
    """Divide a run of words at its function words and single letters, which are left out."""
    # Function words and single letters end a run: "state of the art" has no neighbours "state" and
    # "art".
    stop = stop_words()
    out: list[list[str]] = [[]]
    for word in run:
        if word in stop or (len(word) == 1 and word.isascii()):
            out.append([])
        else:
            out[-1].append(word)
    return [piece for piece in out if piece]


def _matrix(
    doc_ids: Sequence[str],
    documents: Sequence[Sequence[Sequence[str]]],
    settings: dict[str, object],
) -> TermCounts:
    counters = [Counter(word for run in document for word in run) for document in documents]
    vocabulary = sorted(set().union(*counters)) if counters else []
    column = {term: j for j, term in enumerate(vocabulary)}
    lengths = np.array([len(c) for c in counters], dtype=np.int64)
    indices = np.fromiter(
        (column[t] for c in counters for t in c), dtype=np.int64, count=int(lengths.sum())
    )
    data = np.fromiter(
        (n for c in counters for n in c.values()), dtype=np.int64, count=int(lengths.sum())
    )
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    matrix = sparse.csr_matrix((data, indices, indptr), shape=(len(documents), len(vocabulary)))
    return TermCounts(matrix, tuple(vocabulary), tuple(doc_ids), settings=dict(settings))
