"""A file of concepts → concepts."""

from __future__ import annotations

import tomllib
from pathlib import Path

from trends.core.given.concept import KEYS, Concept, concepts_of
from trends.errors import MissingError, StorageError, UsageError

#: Larger files are not read.
MOST_BYTES = 4_000_000


def read_concepts(path: Path) -> tuple[Concept, ...]:
    """Read a TOML file of concepts; see :func:`trends.read_concepts`."""
    if not path.is_file():
        message = (
            f"There is no file of concepts {path}. It is TOML: tables [[concept]] with "
            f"{', '.join(KEYS)}."
        )
        raise MissingError(message)
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            message = f"{path} has {size:,} bytes; a file of concepts has {MOST_BYTES:,} at most."
            raise UsageError(message)
        data = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise StorageError(message) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"{path} is not TOML: {error}."
        raise UsageError(message) from error
    return concepts_of(data, str(path))
