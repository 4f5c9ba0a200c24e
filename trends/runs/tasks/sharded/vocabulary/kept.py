"""Terms of the documents drawn and their frequencies in all documents, as a task keeps them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from trends import files, store
from trends.core import TermCounts
from trends.text.vocabulary.select import Whole

#: Frequencies, what made the counts, and what is known of words that no drawn document has.
FREQUENCIES, SETTINGS, BEYOND = "frequencies.npz", "settings.json", "beyond.json"


def write(folder: Path, counts: TermCounts) -> None:
    """Keep the counts of the documents drawn, over all their terms."""
    store.write_counts(folder, counts)
    files.write_json(folder / SETTINGS, dict(counts.settings))


def vocabulary(folder: Path) -> tuple[str, ...]:
    """All terms of the documents drawn."""
    text = (folder / "vocabulary.txt").read_bytes().decode("utf-8")
    # As they were written: a term may hold characters that splitlines() takes for line ends.
    return tuple(text.removesuffix("\n").split("\n")) if text else ()


def read(folder: Path) -> tuple[TermCounts, Whole]:
    """The counts of the documents drawn, and the frequencies of their terms in all."""
    counts = replace(store.read_counts(folder), settings=files.read_json(folder / SETTINGS))
    with np.load(folder / FREQUENCIES, allow_pickle=False) as found:
        return counts, Whole(found["df"], found["count"], int(found["documents"]))


def beyond(folder: Path) -> dict[str, int]:
    """Words that are frequent enough for the vocabulary but that no drawn document has."""
    return dict(files.read_json(folder / BEYOND))


def write_frequencies(folder: Path, whole: Whole, beyond: dict[str, int]) -> None:
    """Keep the frequencies in all documents, and what the drawn ones lack."""
    with (folder / FREQUENCIES).open("wb") as f:
        many = np.array(whole.documents)
        np.savez(f, allow_pickle=False, df=whole.df, count=whole.count, documents=many)
    files.write_json(folder / BEYOND, beyond)
