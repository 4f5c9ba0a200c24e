"""Term counts of more texts than memory holds: each text is read once and forgotten."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from scipy import sparse

from trends.core import TermCounts
from trends.errors import UsageError
from trends.files import storage_error
from trends.text.counting.count import TOKENISER
from trends.text.counting.encode import CHUNK, encoded
from trends.text.counting.spool import (
    BORDER,
    Spool,
    Words,
    distinct,
    document_of,
    without_empty_runs,
)
from trends.text.tokens import neighbours
from trends.text.tokens import phrases as phrases_module
from trends.text.tokens.rewrite import Rewriter, Sequences
from trends.text.tokens.variants import Variants, decide
from trends.text.vocabulary.stopwords import stop_words

Batch = tuple[Sequence[str], Sequence[str]]


def count_stream(
    batches: Iterable[Batch],
    *,
    phrases: bool = True,
    min_count: int = phrases_module.MIN_COUNT,
    min_npmi: float = phrases_module.MIN_NPMI,
    workers: int = 1,
    progress: Callable[[int], None] | None = None,
) -> TermCounts:
    """Count every term of every text, as :func:`trends.text.counting.count.count_terms` does and with the same result.

    Texts become numbers of words in a temporary file (four bytes a word); the evidence for
    spellings, plurals and phrases is taken from it block by block.

    Parameters
    ----------
    batches : iterable of (ids, texts)
        Sequences of the same length; read once, in order, as they are needed.
    phrases, min_count, min_npmi
        See :func:`trends.text.counting.count.count_terms`.
    workers : int
        Processes that divide texts into words; the result is the same for any number. Where
        processes are started anew, the calling script needs its ``if __name__ == "__main__"``.
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
        spool = stack.enter_context(Spool())
        read = 0
        for words, lengths in encoded(_chunks(batches, doc_ids), number, workers=workers):
            spool.add(words, lengths)
            read += len(lengths)
            if progress is not None:
                progress(read)
        names = ["", *number]
        content = stack.enter_context(Spool())
        rewriter, stop = Rewriter(_variants(spool, number), number), _stops(names)
        for words, lengths in spool.blocks():
            plain, left = rewriter.apply(words, lengths)
            content.add(
                *without_empty_runs(np.where(stop[plain], BORDER, plain).astype(np.int32), left)
            )
        for _ in range(phrases_module.PASSES if phrases else 0):
            content = stack.enter_context(
                _joined(content, names, min_count=min_count, min_npmi=min_npmi)
            )
        settings = {
            "tokeniser": TOKENISER,
            "phrases": phrases,
            "min_count": min_count,
            "min_npmi": min_npmi,
        }
        return _counted(content, names, doc_ids, settings)


def _chunks(batches: Iterable[Batch], doc_ids: list[str]) -> Iterator[Sequence[str]]:
    for ids, texts in batches:
        if len(ids) != len(texts):
            message = f"There are {len(ids)} document ids and {len(texts)} texts; give one id for each text."
            raise UsageError(message)
        doc_ids.extend(str(i) for i in ids)
        for at in range(0, len(texts), CHUNK):
            yield list(texts[at : at + CHUNK])


def _stops(names: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Words that end a run of content words: see :func:`trends.text.counting.count.content_words`."""
    stop = stop_words()
    return np.array(
        [word in stop or (len(word) == 1 and word.isascii()) for word in names], dtype=bool
    )


def _variants(spool: Spool, number: dict[str, int]) -> Variants:
    size = len(number) + 1
    stop = stop_words()
    ends_run = np.array([True, *(word in stop for word in number)], dtype=bool)
    df, count, ends = (np.zeros(size, dtype=np.int64) for _ in range(3))
    for words, lengths in spool.blocks():
        count += np.bincount(words, minlength=size)
        ends += np.bincount(words[:-1][ends_run[words[1:]]], minlength=size)
        df += np.bincount(distinct(document_of(lengths) * size + words) % size, minlength=size)

    def named(values: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Counter[str]:
        return Counter({word: int(values[i]) for word, i in number.items() if values[i]})

    def open_df(wanted: set[tuple[str, ...]]) -> Counter[tuple[str, ...]]:
        found: Counter[tuple[str, ...]] = Counter()
        sequences = Sequences(wanted, number)
        for words, lengths in spool.blocks():
            document = document_of(lengths)
            found.update(
                parts
                for _, parts in {
                    (document[place], p) for place, ps in sequences.places(words) for p in ps
                }
            )
        return found

    return decide(named(df), named(count), named(ends), open_df)


def _joined(content: Spool, names: list[str], *, min_count: int, min_npmi: float) -> Spool:
    """The same documents with phrases as one number; their names are added."""
    size = len(names)
    found = neighbours.find(content, size, min_count=min_count, min_npmi=min_npmi)
    known = {name: i for i, name in enumerate(names)}
    codes = np.zeros(len(found), dtype=np.int32)
    for i, (first, second) in enumerate(
        zip((found // size).tolist(), (found % size).tolist(), strict=True)
    ):
        name = f"{names[first]} {names[second]}"  # "a b" + "c" and "a" + "b c" are one phrase
        codes[i] = known.setdefault(name, len(names))
        if codes[i] == len(names):
            names.append(name)
    out = Spool()
    for words, lengths in content.blocks():
        out.add(*neighbours.join(words, lengths, found, codes, size))
    return out


def _counted(
    content: Spool, names: Sequence[str], doc_ids: Sequence[str], settings: dict[str, object]
) -> TermCounts:
    size = len(names)
    rows: list[np.ndarray[tuple[int], np.dtype[np.int64]]] = [np.zeros(1, dtype=np.int64)]
    used = np.zeros(size, dtype=bool)
    numbers = 0
    with tempfile.TemporaryFile() as columns, tempfile.TemporaryFile() as times:
        for words, lengths in content.blocks():
            keys, n = np.unique(
                (document_of(lengths) * size + words)[words != BORDER], return_counts=True
            )
            rows.append(np.bincount(keys // size, minlength=len(lengths)).astype(np.int64))
            terms = (keys % size).astype(np.int32)
            used[terms] = True
            numbers += len(keys)
            try:
                columns.write(terms.data)
                times.write(n.astype(np.int32).data)
            except OSError as error:
                raise storage_error(error, Path(tempfile.gettempdir())) from error
        vocabulary = sorted(names[i] for i in np.flatnonzero(used).tolist())
        place = {term: j for j, term in enumerate(vocabulary)}
        column: Words = np.array([place.get(name, 0) for name in names], dtype=np.int32)
        columns.seek(0)
        times.seek(0)
        indices = np.empty(numbers, dtype=np.int32)
        columns.readinto(indices.data.cast("B")) if numbers else None
        data = np.empty(numbers, dtype=np.int32)
        times.readinto(data.data.cast("B")) if numbers else None
    for at in range(0, numbers, 1 << 22):
        indices[at : at + (1 << 22)] = column[indices[at : at + (1 << 22)]]
    indptr = np.cumsum(np.concatenate(rows))
    matrix = sparse.csr_matrix((data, indices, indptr), shape=(len(doc_ids), len(vocabulary)))
    matrix.sum_duplicates()  # every pair is there once; this sorts
    for part in (matrix.data, matrix.indices, matrix.indptr):
        part.setflags(write=False)
    return TermCounts(matrix, tuple(vocabulary), tuple(doc_ids), settings=dict(settings))
