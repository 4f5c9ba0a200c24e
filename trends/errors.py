"""Every error a user can meet, as one tree.

::

    TrendsError                exit 1
    ├── UsageError             exit 2   a setting or a call that cannot mean anything
    ├── DataError              exit 3   the input is not what it should be
    ├── MissingError           exit 4   a package, model or file that is needed is absent
    ├── NetworkError           exit 5   a server did not answer as it should
    └── StorageError           exit 6   a file could not be read or written

A message is one sentence or two: what is wrong, where (file, line, record), what is allowed, what
to do next.
"""

from __future__ import annotations

#: Characters that are quoted of what a library says; some repeat whole parts of a damaged file.
MOST_SAID = 200


def reason(error: BaseException) -> str:
    """What a library says of an input, as part of a sentence: its first line, cut, or the kind of error where it says nothing."""
    first = next(iter(str(error).splitlines()), "").strip(" .")
    return (first if len(first) <= MOST_SAID else f"{first[: MOST_SAID - 1]}…") or type(
        error
    ).__name__


class TrendsError(Exception):
    """Base of all errors that ``trends`` raises on purpose."""

    exit_code = 1


class UsageError(TrendsError, ValueError):
    """A setting or an argument that cannot be carried out."""

    exit_code = 2


class DataError(TrendsError, ValueError):
    """An input whose content is not what was expected."""

    exit_code = 3


class MissingError(TrendsError):
    """A package, a model or a file that is needed and not there."""

    exit_code = 4


class NetworkError(TrendsError):
    """A server that did not answer as it should."""

    exit_code = 5


class StorageError(TrendsError, OSError):
    """A file or folder that could not be read or written."""

    exit_code = 6
