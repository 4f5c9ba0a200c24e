"""Sizes of memory as people write them: "8GB", "512 MiB"."""

from __future__ import annotations

import re

UNITS = {"": 1, "B": 1} | {
    f"{c}{i}B": base**n for n, c in enumerate("KMGT", 1) for i, base in (("", 1000), ("i", 1024))
}
_FORM = re.compile(r"\s*([0-9]{1,15}(?:\.[0-9]{1,6})?)\s*([A-Za-z]*)\s*", re.ASCII)


def read(text: str) -> int:
    """Bytes; 0 for an empty text. "8GB" is eight thousand million bytes, "8GiB" eight times 1024³.

    Raises
    ------
    ValueError
        If the text is no such size, with a sentence's end.
    """
    if not text:
        return 0
    found = _FORM.fullmatch(text)
    unit = {u.upper(): size for u, size in UNITS.items()}.get(found[2].upper()) if found else None
    if found is None or unit is None:
        message = 'a size is a number with a unit, such as "8GB" or "512 MiB"'
        raise ValueError(message)
    size = round(float(found[1]) * unit)
    if size < 1_000_000:
        message = "a run needs more than a megabyte"
        raise ValueError(message)
    return size


def show(size: float) -> str:
    """A size as a sentence quotes it."""
    return f"{size / 1e9:.1f} GB" if size >= 950_000_000 else f"{size / 1e6:.0f} MB"
