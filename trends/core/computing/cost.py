"""What a step takes in memory, as a formula of the size of its task."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1_000_000


@dataclass(frozen=True)
class Size:
    """The size of a task: what decides how much memory its steps take.

    Parameters
    ----------
    documents, characters : int
        Documents, and characters of their texts.
    entries : int
        Terms of documents, over all documents.
    dimensions : int
        Numbers of a vector.
    topics, fits : int
        Topics of a fit, and fits.
    """

    documents: int
    characters: int
    entries: int
    dimensions: int
    topics: int
    fits: int


@dataclass(frozen=True)
class Cost:
    """Bytes that a step takes, counted from the arrays that it holds at one time.

    The largest of a run's estimates was 1.5 to 1.6 times what all its processes together took, with
    6,500 to 200,000 abstracts (``bench/whole_run.py``).

    Parameters
    ----------
    constant : float
        Megabytes, whatever the size.
    characters, entries, vectors : float
        Bytes for each character of text, each entry of the counts, each number of a vector.
    shares, all_shares : float
        Bytes for each share of a document in a topic, of one fit and of all fits of the run.
    """

    constant: float = 0
    characters: float = 0
    entries: float = 0
    vectors: float = 0
    shares: float = 0
    all_shares: float = 0

    def of(self, size: Size) -> int:
        """Bytes for a task of this size."""
        shares = size.documents * size.topics
        return round(
            self.constant * MB
            + self.characters * size.characters
            + self.entries * size.entries
            + self.vectors * size.documents * size.dimensions
            + self.shares * shares
            + self.all_shares * shares * size.fits
        )
