"""Optional packages: an import that fails names the extra that installs it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from trends.errors import MissingError


@contextmanager
def require(extra: str, why: str) -> Iterator[None]:
    """Context for the imports of an optional package.

    The imports stay plain statements, so that type checkers, import contracts and the keys of kept
    results see them.

    Parameters
    ----------
    extra : str
        Name of the extra in ``pyproject.toml``.
    why : str
        What needs the package, as the subject of a sentence.

    Raises
    ------
    MissingError
        If a package that is imported in the block is not installed.

    Examples
    --------
    >>> with require("excel", "Reading an Excel file"):
    ...     import openpyxl
    """
    try:
        yield
    except ModuleNotFoundError as error:
        message = (
            f"{why} needs the package {error.name!r}, which is not installed in {sys.prefix}; "
            f'install it with: pip install "topic-trends[{extra}]".'
        )
        raise MissingError(message) from error
