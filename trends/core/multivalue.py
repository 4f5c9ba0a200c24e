"""Cells: several texts in one cell of a table, and back, whatever letters they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable


def join(items: Iterable[str], mark: str, around: str = "") -> str:
    r"""Texts in one cell, separated by a mark.

    A mark inside a text gets a backslash before it, and backslashes before a mark or at the end of
    a text are doubled; every other text stays as it is, so that cells stay easy to read.

    Parameters
    ----------
    items : iterable of str
        Without white space at their ends.
    mark : str
        One character.
    around : str
        White space on either side of the marks between texts.

    Examples
    --------
    >>> print(join(["Rank | order", "a"], "|", " "))
    Rank \| order | a
    """
    hidden = re.compile(rf"(\\*)({re.escape(mark)}|\Z)")
    return f"{around}{mark}{around}".join(
        hidden.sub(lambda m: 2 * m[1] + (f"\\{mark}" if m[2] else ""), item) for item in items
    )


def split(cell: str, mark: str) -> list[str]:
    r"""The texts of a cell that `join` made, without white space at their ends.

    An empty cell holds none.

    Examples
    --------
    >>> split(r"Rank \| order | a", "|")
    ['Rank | order', 'a']
    """
    if not cell.strip():
        return []
    out, start = [], 0
    for found in re.finditer(rf"(\\*){re.escape(mark)}", cell):
        if len(found[1]) % 2 == 0:
            out.append(cell[start : found.end() - 1])
            start = found.end()
    hidden = re.compile(rf"(\\+)({re.escape(mark)}|\Z)")
    # A single backslash at the end comes from a table that was not made by `join`.
    return [
        hidden.sub(lambda m: "\\" * (len(m[1]) // 2 or not m[2]) + m[2], item.strip())
        for item in [*out, cell[start:]]
    ]
