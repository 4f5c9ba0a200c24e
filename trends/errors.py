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

import re

#: Most characters quoted of a library's message; some repeat whole parts of a damaged file.
MAX_QUOTED = 200


def reason(error: BaseException) -> str:
    """A library's message about an input, as part of a sentence: its first line, cut.

    The name of the error where there is no message.
    """
    first = next(iter(str(error).splitlines()), "").strip(" .")
    if len(first) > MAX_QUOTED:
        return f"{first[: MAX_QUOTED - 1]}…"
    return first or type(error).__name__


def harmless(text: str) -> str:
    r"""A text whose control characters and changes of direction are written out (``\u001b``)."""
    return _CONTROL.sub(lambda m: f"\\u{ord(m[0]):04x}", text)


#: As JSON writes them, so that what is printed as JSON stays JSON.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class TrendsError(Exception):
    """Base of all errors that ``trends`` raises on purpose; what they quote is harmless."""

    exit_code = 1

    def __init__(self, *args: object) -> None:
        super().__init__(*(harmless(arg) if isinstance(arg, str) else arg for arg in args))


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
