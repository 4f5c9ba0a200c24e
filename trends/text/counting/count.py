"""Texts to term counts over the whole vocabulary, each text read once and then let go."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.core import TermCounts
from trends.errors import UsageError
from trends.files import storage_error
from trends.text.counting import phrases as phrases_module
from trends.text.counting.encode import CHUNK, encode_chunks
from trends.text.counting.rewrite import SequenceFinder, VariantRewriter
from trends.text.counting.token_file import (
    BORDER,
    TokenFile,
    document_of,
    sorted_unique,
    without_empty_runs,
)
from trends.text.tokens.segmentation import LANGUAGES, Account
from trends.text.tokens.stopwords import stop_words, with_list
from trends.text.tokens.variants import Variants, choose_forms

#: Raised whenever the same text would give other counts than before, so that caches know.
TOKENISER = "2"

Batch = tuple[Sequence[str], Sequence[str]]


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
        See :func:`trends.text.counting.phrases.find_phrases`.
    progress : callable, optional
        Called with (documents read, documents) after every thousand documents.

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
    report = None if progress is None else lambda done: progress(done, len(texts))
    return count_stream(
        [(doc_ids, texts)],
        phrases=phrases,
        min_count=min_count,
        min_npmi=min_npmi,
        progress=report,
    )


def count_stream(
    batches: Iterable[Batch],
    *,
    phrases: bool = True,
    min_count: int = phrases_module.MIN_COUNT,
    min_npmi: float = phrases_module.MIN_NPMI,
    workers: int = 1,
    languages: Sequence[str] = (),
    progress: Callable[[int], None] | None = None,
) -> TermCounts:
    """Count the terms of more texts than memory holds, as :func:`count_terms` does.

    Texts become numbers of words in a temporary file (four bytes a word); the evidence for
    spellings, plurals and phrases is taken from it block by block.

    Parameters
    ----------
    batches : iterable of (ids, texts)
        Sequences of the same length; read once, in order, as they are needed.
    phrases, min_count, min_npmi
        See :func:`count_terms`.
    workers : int
        Processes that divide texts into words; the result is the same for any number.
    languages : sequence of str
        Languages whose function words are left out beside those of English; scripts without blanks
        tell theirs.
    progress : callable, optional
        Called with the number of documents read.

    Returns
    -------
    TermCounts
        In memory are the vocabulary, the ids and the counts, at most about 24 bytes for each count
        at the end, and some blocks.

    Raises
    ------
    UsageError
        If a batch has not as many ids as texts.
    StorageError
        If the temporary file cannot be written.
    """
    if workers < 1:
        message = f"workers is a number of processes, 1 or more; got {workers}."
        raise UsageError(message)
    doc_ids: list[str] = []
    number: dict[str, int] = {}
    with ExitStack() as stack:
        tokens = stack.enter_context(TokenFile())
        read, seen = 0, Account()
        chunks = _chunks(batches, doc_ids, seen)
        for words, lengths in encode_chunks(chunks, number, workers=workers):
            tokens.append(words, lengths)
            read += len(lengths)
            if progress is not None:
                progress(read)
        divided = seen.settled()
        languages = with_list(dict.fromkeys([*languages, *(LANGUAGES[s] for s in divided)]))
        stop = stop_words(languages)
        names = ["", *number]
        content = stack.enter_context(TokenFile())
        rewriter = VariantRewriter(_variants(tokens, number, stop), number)
        ends_run = np.array([ends_content_run(word, stop) for word in names], dtype=bool)
        for words, lengths in tokens.blocks():
            forms, left = rewriter.apply(words, lengths)
            content_words = np.where(ends_run[forms], BORDER, forms).astype(np.int32)
            content.append(*without_empty_runs(content_words, left))
        for _ in range(phrases_module.PASSES if phrases else 0):
            content = stack.enter_context(
                _joined(content, names, min_count=min_count, min_npmi=min_npmi)
            )
        settings = {
            "tokeniser": TOKENISER,
            "phrases": phrases,
            "min_count": min_count,
            "min_npmi": min_npmi,
            "function_words": list(dict.fromkeys(["en", *languages])),
            **({"segmentation": divided} if divided else {}),
        }
        return _counted(content, names, doc_ids, settings)


def ends_content_run(word: str, stop: frozenset[str]) -> bool:
    """Whether a word ends a run of content words and is left out: a function word or one letter.

    "state of the art" has no neighbours "state" and "art".
    """
    return word in stop or (len(word) == 1 and word.isascii())


def _chunks(batches: Iterable[Batch], doc_ids: list[str], seen: Account) -> Iterator[Sequence[str]]:
    for ids, texts in batches:
        if len(ids) != len(texts):
            message = (
                f"There are {len(ids)} document ids and {len(texts)} texts; give one id for each "
                "text."
            )
            raise UsageError(message)
        doc_ids.extend(str(i) for i in ids)
        for at in range(0, len(texts), CHUNK):
            chunk = list(texts[at : at + CHUNK])
            seen.see(chunk)
            yield chunk


def _variants(tokens: TokenFile, number: dict[str, int], stop: frozenset[str]) -> Variants:
    size = len(number) + 1
    ends_run = np.array([True, *(word in stop for word in number)], dtype=bool)
    df, count, ends = (np.zeros(size, dtype=np.int64) for _ in range(3))
    for words, lengths in tokens.blocks():
        count += np.bincount(words, minlength=size)
        ends += np.bincount(words[:-1][ends_run[words[1:]]], minlength=size)
        keys = sorted_unique(document_of(lengths) * size + words)
        df += np.bincount(keys % size, minlength=size)

    def by_word(values: NDArray[np.int64]) -> Counter[str]:
        return Counter({word: int(values[i]) for word, i in number.items() if values[i]})

    def open_df(sequences: set[tuple[str, ...]]) -> Counter[tuple[str, ...]]:
        found: Counter[tuple[str, ...]] = Counter()
        finder = SequenceFinder(sequences, number)
        for words, lengths in tokens.blocks():
            document = document_of(lengths)
            pairs = {(document[at], p) for at, parts in finder.positions(words) for p in parts}
            found.update(parts for _, parts in pairs)
        return found

    return choose_forms(by_word(df), by_word(count), by_word(ends), open_df, stop)


def _joined(content: TokenFile, names: list[str], *, min_count: int, min_npmi: float) -> TokenFile:
    """The same documents with phrases as one number; their names are added."""
    size = len(names)
    found = phrases_module.find_phrases(content, size, min_count=min_count, min_npmi=min_npmi)
    number = {name: i for i, name in enumerate(names)}
    codes = np.zeros(len(found), dtype=np.int32)
    pairs = zip((found // size).tolist(), (found % size).tolist(), strict=True)
    for i, (first, second) in enumerate(pairs):
        name = f"{names[first]} {names[second]}"  # "a b" + "c" and "a" + "b c" are one phrase
        codes[i] = number.setdefault(name, len(names))
        if codes[i] == len(names):
            names.append(name)
    out = TokenFile()
    for words, lengths in content.blocks():
        out.append(*phrases_module.join_phrases(words, lengths, found, codes, size))
    return out


def _counted(
    content: TokenFile, names: Sequence[str], doc_ids: Sequence[str], settings: dict[str, object]
) -> TermCounts:
    size = len(names)
    rows: list[NDArray[np.int64]] = [np.zeros(1, dtype=np.int64)]
    used = np.zeros(size, dtype=bool)
    n_entries = 0
    with tempfile.TemporaryFile() as columns, tempfile.TemporaryFile() as times:
        for words, lengths in content.blocks():
            keys, n = np.unique(
                (document_of(lengths) * size + words)[words != BORDER], return_counts=True
            )
            rows.append(np.bincount(keys // size, minlength=len(lengths)).astype(np.int64))
            terms = (keys % size).astype(np.int32)
            used[terms] = True
            n_entries += len(keys)
            try:
                columns.write(terms.data)
                times.write(n.astype(np.int32).data)
            except OSError as error:
                raise storage_error(error, Path(tempfile.gettempdir())) from error
        vocabulary = sorted(names[i] for i in np.flatnonzero(used).tolist())
        column_of = {term: j for j, term in enumerate(vocabulary)}
        column = np.array([column_of.get(name, 0) for name in names], dtype=np.int32)
        columns.seek(0)
        times.seek(0)
        indices, data = (np.empty(n_entries, dtype=np.int32) for _ in range(2))
        if n_entries:
            columns.readinto(indices.data.cast("B"))
            times.readinto(data.data.cast("B"))
    for at in range(0, n_entries, 1 << 22):
        indices[at : at + (1 << 22)] = column[indices[at : at + (1 << 22)]]
    indptr = np.cumsum(np.concatenate(rows))
    matrix = sparse.csr_matrix((data, indices, indptr), shape=(len(doc_ids), len(vocabulary)))
    matrix.sum_duplicates()  # every pair is there once; this sorts
    for part in (matrix.data, matrix.indices, matrix.indptr):
        part.setflags(write=False)
    return TermCounts(matrix, tuple(vocabulary), tuple(doc_ids), settings=dict(settings))
