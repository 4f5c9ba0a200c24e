"""The columns of clean shards."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pyarrow as pa

#: Columns of every clean shard; those that the user names follow, then the vector.
FIELDS = (
    pa.field("id", pa.string()),
    pa.field("key", pa.int64()),
    pa.field("title", pa.string()),
    pa.field("text", pa.string()),
    pa.field("date", pa.date32()),
    pa.field("date_last", pa.date32()),
    pa.field("date_precision", pa.string()),
    pa.field("date_evidence", pa.string()),
    pa.field("language", pa.string()),
    pa.field("source", pa.string()),
)
VECTOR = "vector"


def documents_schema(columns: Sequence[str] = (), dimensions: int = 0) -> pa.Schema:
    """The schema of clean shards.

    Parameters
    ----------
    columns : sequence of str
        Further columns, all texts.
    dimensions : int
        Of the vectors; 0 for none.
    """
    fields = [*FIELDS, *(pa.field(name, pa.string()) for name in columns)]
    if dimensions:
        fields.append(pa.field(VECTOR, pa.list_(pa.float32(), dimensions)))
    return pa.schema(fields)


def key_of(name: str) -> int:
    """64 bits of an id, by which documents are drawn, weighed and found again; signed.

    Examples
    --------
    >>> key_of("W2741809807")
    -6655453107867463105
    """
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
