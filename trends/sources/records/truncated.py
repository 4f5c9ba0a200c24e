"""Lists about single records, cut where they are too long: a last row counts the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: Rows about single records that a list of the notes holds; of more, the rest is counted.
MOST_ROWS = 20_000
#: Key of the row that stands for the rest; its value is their number.
MORE = "more"


def with_rest(
    rows: Sequence[Mapping[str, Any]], total: int | Mapping[str, int]
) -> list[dict[str, Any]]:
    """At most :data:`MOST_ROWS` rows, then a row ``{"more": n}`` for those that are not listed.

    Parameters
    ----------
    rows : sequence of mapping
        About single records.
    total : int or mapping of str to int
        How many there are; by ``reason`` where the rows have one, and then there is a row for the
        rest of each reason.
    """
    out = [dict(row) for row in rows[:MOST_ROWS]]
    if isinstance(total, int):
        more = total - len(out)
        return [*out, {MORE: more}] if more > 0 else out
    shown = Counter(str(row.get("reason", "")) for row in out)
    return out + [
        {MORE: n - shown[reason], "reason": reason}
        for reason, n in total.items()
        if n > shown[reason]
    ]


def listed(rows: Iterable[Any]) -> list[Any]:
    """The rows about single records."""
    return [row for row in rows if not _is_rest(row)]


def count(rows: Iterable[Any]) -> int:
    """How many records a list is about, those that are only counted included."""
    return sum(int(row[MORE]) if _is_rest(row) else 1 for row in rows)


def reasons(rows: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """How many records a list of dropped ones is about, by reason."""
    found: Counter[str] = Counter()
    for row in rows:
        found[str(row.get("reason", ""))] += count([row])
    return found


def _is_rest(row: Any) -> bool:
    return (
        isinstance(row, Mapping) and isinstance(row.get(MORE), int) and set(row) <= {MORE, "reason"}
    )
