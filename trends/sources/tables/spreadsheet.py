"""Cells that a spreadsheet would take for a formula, protected by an apostrophe and restored."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[+-][0-9]+(?:\.[0-9]+)?\Z")
_RISKY = tuple("=+-@\t\r\n'＝＋－＠")


def protect(text: str) -> str:
    """The cell with an apostrophe in front if a spreadsheet would run it, or if it has one already.

    References
    ----------
    OWASP, "CSV Injection", https://owasp.org/www-community/attacks/CSV_Injection.
    """
    return f"'{text}" if text.startswith(_RISKY) and not _NUMBER.match(text) else text


def restore(text: str) -> str:
    """The cell as it was before :func:`protect`; apostrophes that a person typed stay."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_RISKY) else text
