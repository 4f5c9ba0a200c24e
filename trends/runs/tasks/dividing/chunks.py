"""Long documents: topics are learnt on pieces of them, and shares are those of documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trends import files, store
from trends.arrays import read_npz
from trends.core import Corpus, TermCounts, Topics
from trends.errors import UsageError
from trends.runs.engine.cache import RECORD

#: Folder of the counts of pieces within that of the counts of documents, and the document of each.
CHUNKS, OWNERS = "chunks", "owners.npz"


#: What lies between the paragraphs of a text (:class:`trends.sources.records.cleaning.Cleaner`).
BLANK_LINE = "\n\n"

#: Words of a piece, or that a piece is a paragraph; 0 for whole documents.
Size = int | Literal["paragraphs"]


def pieces(text: str, words: Size) -> list[str]:
    """A text in paragraphs, or in pieces of so many words.

    A last piece of less than half of them joins the one before. Words are what blanks divide.
    """
    if words == "paragraphs":
        return [part for part in text.split(BLANK_LINE) if part.strip()] or [text]
    every = text.split()
    starts = list(range(0, len(every), words)) or [0]
    if len(starts) > 1 and len(every) - starts[-1] < words / 2:
        starts.pop()
    ends = [*starts[1:], len(every)]
    return [" ".join(every[a:b]) for a, b in zip(starts, ends, strict=True)]


def write(
    folder: Path, corpus: Corpus, texts: Sequence[str], vocabulary: tuple[str, ...], words: Size
) -> int:
    """Counts of the pieces of documents over a vocabulary that the documents chose.

    Returns
    -------
    int
        How many pieces there are.
    """
    from trends.text.counting.fixed_vocabulary import count_vocabulary  # planning needs none of it

    divided = [pieces(text, words) for text in texts]
    owner = np.repeat(np.arange(len(corpus)), [len(one) for one in divided])
    place = np.concatenate([np.arange(len(one)) for one in divided])
    ids = [f"{corpus.ids[d]}#{k}" for d, k in zip(owner, place, strict=True)]
    counts = count_vocabulary(ids, [piece for one in divided for piece in one], vocabulary)
    (folder / CHUNKS).mkdir()
    store.write_counts(folder / CHUNKS, counts)
    with (folder / CHUNKS / OWNERS).open("wb") as f:
        np.savez(f, allow_pickle=False, owner=owner.astype(np.int64))
    names = "\n".join(corpus.ids) + "\n"
    files.write_text(folder / CHUNKS / "of_documents.txt", names)
    return len(ids)


def of_documents(topics: Topics, folder: Path, counts: TermCounts) -> Topics:
    """A fit of pieces as one of their documents; of others, the fit as it is.

    The share of a document is the mean of its pieces, weighted by their words. A document without
    words is unassigned.
    """
    if not (folder / OWNERS).is_file():
        return topics
    shapes = {"owner": (topics.n_documents,)}
    owner = read_npz(folder / OWNERS, OWNERS, shapes, kinds="i")["owner"]
    names = (folder / "of_documents.txt").read_text(encoding="utf-8").removesuffix("\n")
    ids = tuple(names.split("\n"))
    theta, unassigned = weighted(topics, owner, counts.tokens.astype(float), len(ids))
    about = {
        **topics.provenance,
        "chunks": {"pieces": len(owner), "documents": len(ids)},
        # What the fit is about is the documents.
        "terms": store.read_counts(folder.parent).fingerprint,
    }
    return replace(topics, theta=theta, unassigned=unassigned, doc_ids=ids, provenance=about)


def weighted(
    topics: Topics, owner: NDArray[np.int64], words: NDArray[np.float64], n: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of documents from those of their pieces."""
    whole = np.bincount(owner, words, minlength=n)
    part = words / np.where(whole > 0, whole, 1.0)[owner]
    theta = np.zeros((n, topics.n_topics))
    np.add.at(theta, owner, topics.theta * part[:, None])
    unassigned = np.bincount(owner, topics.unassigned * part, minlength=n)
    unassigned[whole == 0] = 1.0
    total = theta.sum(axis=1) + unassigned
    return theta / total[:, None], unassigned / total


def said(terms: Path, size: Size, documents: int) -> dict[str, list[str]]:
    """What a report says of documents in pieces; nothing where they are whole."""
    count = files.read_json(terms / RECORD)["info"].get("pieces")
    if not count:
        return {}
    what = "paragraphs" if size == "paragraphs" else f"pieces of {size} words"
    sentence = (
        f"Topics were learnt on {count:,} {what}. The shares of a document are those of its "
        "pieces, weighted by their words; the unit of every table and test is the document, of "
        f"which there are {documents:,}."
    )
    return {"divided": [sentence]}


def place(part: str, words: Size) -> str:
    """Folder of what models are fitted on, within that of the counts."""
    return "/".join([*([part] if part else []), CHUNKS]) if words else part


def check(words: Size, embedding: Sequence[str], corpus: Corpus) -> None:
    """Refuse pieces where they cannot be made.

    Raises
    ------
    UsageError
        If a model needs vectors of documents, or the corpus has counts and no texts.
    """
    if words and embedding:
        message = (
            f"text.chunks={words} divides documents for mixtures of words; {embedding[0]} puts "
            "whole documents into clusters by their vectors. Leave it out of models.backends, or "
            "set text.chunks=0."
        )
        raise UsageError(message)
    if words and not corpus.has_text:
        message = (
            f"text.chunks={words} needs the texts of the documents; this corpus holds counts of "
            "their words."
        )
        raise UsageError(message)
    if words == "paragraphs" and not any(BLANK_LINE in text for text in corpus.texts):
        message = (
            'text.chunks="paragraphs" needs texts with their paragraphs; no text of this corpus '
            "has a blank line. Set corpus.paragraphs=true (trends read --paragraphs, for a corpus "
            "that was read before), or divide by words: text.chunks=300."
        )
        raise UsageError(message)
