"""Terms of the documents drawn and their frequencies in all documents, as a task keeps them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from trends import files
from trends.core import TermCounts
from trends.runs.tasks import documents
from trends.text.vocabulary.select import Whole

#: Frequencies, and what is known of words that no drawn document has.
FREQUENCIES, BEYOND = "frequencies.npz", "beyond.json"


def read(folder: Path) -> tuple[TermCounts, Whole]:
    """The counts of the documents drawn, and the frequencies of their terms in all."""
    with np.load(folder / FREQUENCIES, allow_pickle=False) as found:
        return documents.read_counts(folder), Whole(
            found["df"], found["count"], int(found["documents"])
        )


def beyond(folder: Path) -> dict[str, int]:
    """Words that are frequent enough for the vocabulary but that no drawn document has."""
    return dict(files.read_json(folder / BEYOND))


def write_frequencies(folder: Path, whole: Whole, beyond: dict[str, int]) -> None:
    """Keep the frequencies in all documents, and what the drawn ones lack."""
    with (folder / FREQUENCIES).open("wb") as f:
        many = np.array(whole.documents)
        np.savez(f, allow_pickle=False, df=whole.df, count=whole.count, documents=many)
    files.write_json(folder / BEYOND, beyond)
