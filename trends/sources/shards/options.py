"""How the pieces of a corpus are read: what the user said, the same for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from trends.sources.shards.schema import FIELDS


@dataclass(frozen=True)
class ShardOptions:
    """How pieces are read.

    Parameters
    ----------
    source : str
        A name of :data:`trends.sources.SOURCES`, or ``auto``.
    given : mapping
        Options as :func:`trends.sources.read_corpus` takes them.
    columns : tuple of str
        Columns of the documents that are kept, as texts: those by which groups are compared,
        clusters told or trends standardized.
    vector : str
        Column of Parquet with the vector of each document; empty for none.
    """

    source: str = "auto"
    given: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    vector: str = ""

    @cached_property
    def further(self) -> tuple[str, ...]:
        """The columns that not every clean shard has anyway, each once."""
        known = {each.name for each in FIELDS}
        return tuple(name for name in dict.fromkeys(self.columns) if name and name not in known)
