"""The published protocol: its files, and its two scores (NPMI in windows of ten words, diversity of
the top ten words).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trends.analysis.quality.coherence import Cooccurrence, npmi
from trends.analysis.quality.evaluate import diversity
from trends.core import TermCounts
from trends.errors import DataError, MissingError
from trends.files import sha256

HERE = Path(__file__).resolve().parent
VARIABLE = "TRENDS_BBC"
#: Where the files are looked for after --data and the variable: in the experiment, and in
#: development data beside the repository.
PLACES = (HERE / "data", HERE.parents[2] / "shared" / "data" / "bbc_news")
#: The files as they were when the committed results were made: lines, SHA-256.
FILES = {
    "corpus.tsv": (2225, "f76c715babb4b1decbe0d929454d1f2fd902c67d118cecaf7fbf39f1b376c624"),
    "vocabulary.txt": (2949, "7aaf24bf24073a3eeb6b255dac054a40c5b3deda3dbcb0317e502e8b9f2ec8aa"),
}
#: Order in which OCTIS hands out the documents; online LDA depends on it.
PARTITIONS = ("train", "val", "test")
WINDOW = 10
TOP = 10
N_TOPICS = (10, 20, 30, 40, 50)
SEEDS = (0, 21, 42)


@dataclass(frozen=True)
class Bbc:
    """The documents as lists of words, in the order of the protocol, and its vocabulary."""

    documents: tuple[tuple[str, ...], ...]
    vocabulary: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        """The words of each document, joined by spaces.

        What is embedded and what BERTopic is given.
        """
        return [" ".join(words) for words in self.documents]

    @cached_property
    def words(self) -> tuple[str, ...]:
        """All words of the documents, sorted.

        In BBC News they are the vocabulary without one term that no document has.
        """
        return tuple(sorted({word for words in self.documents for word in words}))

    @cached_property
    def ids(self) -> list[NDArray[np.int64]]:
        """The place of each word of each document in :attr:`words`."""
        place = {word: i for i, word in enumerate(self.words)}
        return [
            np.array([place[word] for word in words], dtype=np.int64) for words in self.documents
        ]

    @cached_property
    def counts(self) -> TermCounts:
        """How often each term of the vocabulary occurs in each document."""
        place = {term: j for j, term in enumerate(self.vocabulary)}
        column = np.array([place.get(word, -1) for word in self.words])[np.concatenate(self.ids)]
        row = np.repeat(np.arange(len(self.ids)), [len(i) for i in self.ids])[column >= 0]
        shape = (len(self.ids), len(self.vocabulary))
        matrix = sparse.coo_matrix(
            (np.ones(len(row), dtype=np.int64), (row, column[column >= 0])), shape=shape
        )
        return TermCounts(
            matrix.tocsr(), self.vocabulary, tuple(f"bbc{d:05d}" for d in range(len(self.ids)))
        )

    @cached_property
    def windows(self) -> sparse.csr_matrix:
        """Which terms are present in each ten neighbouring words, as gensim has it, shape (windows,
        words).

        gensim slides the window and strikes out the word that leaves it, also where another copy of
        the word is still inside; that word is back when it enters once more. So a copy at position
        p is present from the window that it enters until the earliest copy among the nine words
        before it (or it itself) has left.
        """
        words = np.concatenate(self.ids)
        lengths = np.array([len(i) for i in self.ids])
        document = np.repeat(np.arange(len(lengths)), lengths)
        at = np.arange(len(words)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        earliest = at.copy()
        for back in range(1, WINDOW):
            same = np.zeros(len(words), dtype=bool)
            same[back:] = (words[back:] == words[:-back]) & (document[back:] == document[:-back])
            earliest[same] = at[same] - back
        per_document = np.maximum(1, lengths - WINDOW + 1)
        first = np.maximum(0, at - WINDOW + 1)
        last = np.minimum(earliest, per_document[document] - 1)
        first += (np.cumsum(per_document) - per_document)[document]
        last += (np.cumsum(per_document) - per_document)[document]
        kept = np.flatnonzero(last >= first)
        n = last[kept] - first[kept] + 1
        rows = np.repeat(first[kept] - (np.cumsum(n) - n), n) + np.arange(n.sum())
        shape = (int(per_document.sum()), len(self.words))
        matrix = sparse.csr_matrix(
            (np.ones(len(rows), dtype=np.int32), (rows, np.repeat(words[kept], n))), shape=shape
        )
        matrix.data[:] = 1
        return matrix


def find(given: Path | None = None, environment: Mapping[str, str] = os.environ) -> Path:
    """The folder with the files.

    Raises
    ------
    MissingError
        If it is nowhere; the sentence says where to get it.
    """
    named = given or (Path(environment[VARIABLE]) if environment.get(VARIABLE) else None)
    for folder in (named,) if named else PLACES:
        if all((folder / name).is_file() for name in FILES):
            return folder
    where = f"in {named}" if named else f"in {PLACES[0]}"
    message = (
        f"BBC News is not at hand: {' and '.join(FILES)} are not {where}. They are part of OCTIS "
        "(MIT licence): get the folder "
        "preprocessed_datasets/BBC_News of https://github.com/MIND-Lab/OCTIS and put these files "
        f"into {PLACES[0]}, or name their folder "
        f"with --data or the variable {VARIABLE}. Nothing was run."
    )
    raise MissingError(message)


def check(folder: Path) -> list[str]:
    """One sentence for each file that is not the one with which the committed results were made."""
    said = []
    for name, (lines, digest) in FILES.items():
        found = sha256(folder / name)
        if found != digest:
            with (folder / name).open("rb") as file:
                n = sum(1 for _ in file)
            said.append(
                f"{folder / name} is not the file of the committed results ({n} lines, SHA-256 "
                f"{found[:12]}…; there "
                f"{lines} lines, {digest[:12]}…); figures may differ from theirs."
            )
    return said


def load(folder: Path) -> Bbc:
    """Read the documents (text, partition and label, separated by tabs) and the vocabulary (a term
    a line).

    Raises
    ------
    DataError
        If a line is not as the format has it.
    """
    documents: dict[str, list[tuple[str, ...]]] = {name: [] for name in PARTITIONS}
    for n, line in enumerate(_lines(folder / "corpus.tsv"), start=1):
        cells = line.split("\t")
        if len(cells) < 2 or cells[1] not in documents or not cells[0].split():
            message = (
                f"Line {n} of {folder / 'corpus.tsv'} is not a document of OCTIS: words, a tab, "
                f"and one of {', '.join(PARTITIONS)} "
                "are expected. Get the file again."
            )
            raise DataError(message)
        documents[cells[1]].append(tuple(cells[0].split()))
    vocabulary = tuple(
        sorted({term for line in _lines(folder / "vocabulary.txt") if (term := line.strip())})
    )
    if not any(documents.values()) or not vocabulary:
        message = f"{folder} holds no document or no term of a vocabulary; get the files again."
        raise DataError(message)
    return Bbc(tuple(document for name in PARTITIONS for document in documents[name]), vocabulary)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8 text (byte {error.start}); get the file again."
        raise DataError(message) from error


def score(topics: Sequence[Sequence[str]], bbc: Bbc) -> tuple[float, float]:
    """NPMI as gensim's ``c_npmi`` has it by default, mean over topics, and the diversity of all top
    words.
    """
    return float(np.nanmean(npmi(topics, occurrences(topics, bbc)))), diversity(topics)


def occurrences(topics: Sequence[Sequence[str]], bbc: Bbc) -> Cooccurrence:
    """In how many windows each two of the words occur together."""
    place = {word: i for i, word in enumerate(bbc.words)}
    terms = sorted({term for words in topics for term in words} & place.keys())
    present = bbc.windows[:, [place[term] for term in terms]]
    return Cooccurrence(tuple(terms), (present.T @ present).toarray(), present.shape[0])
