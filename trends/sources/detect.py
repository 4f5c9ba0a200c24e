"""What an input is, told by its name and by the names of the files in it."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from pathlib import Path

from trends.errors import DataError, MissingError, UsageError
from trends.sources.reading import list_folder, unreadable

#: File endings of saved pages; in a folder only the first counts, so that a README beside the pages is not taken for one.
PAGE_SUFFIXES = (".txt", ".md", ".markdown", ".text")
FEATURES_FILE = "features.json"
ACCEPTED = (
    "the word pretraining (the embedded corpus), saved Daily Papers pages (.txt files or a folder of them), "
    "a corpus.parquet made by `trends read`, or a folder made by `trends export-features`"
)


def detect(inputs: Sequence[str | Path]) -> str:
    """Name the source that reads these inputs.

    Raises
    ------
    UsageError
        If there is no input, or several that do not go together.
    MissingError
        If an input does not exist.
    DataError
        If an input is of no known kind.
    """
    if not inputs:
        message = f"No input was given; accepted are {ACCEPTED}."
        raise UsageError(message)
    kinds = [_kind(item) for item in inputs]
    if len(set(kinds)) > 1 or (len(kinds) > 1 and kinds[0] != "papers-page"):
        shown = ", ".join(f"{item} ({kind})" for item, kind in zip(inputs, kinds, strict=True))
        message = f"These inputs cannot be read together: {shown}; give several pages, or one input of another kind."
        raise UsageError(message)
    return kinds[0]


def _kind(item: str | Path) -> str:
    if str(item) == "pretraining":
        return "pretraining"
    path = Path(item)
    if is_folder(path):
        names = list_folder(path)
        if FEATURES_FILE in names:
            return "features"
        if any(name.lower().endswith(".txt") for name in names):
            return "papers-page"
        message = f"The folder {path} holds neither saved pages (.txt) nor extracted features ({FEATURES_FILE}); accepted are {ACCEPTED}."
        raise DataError(message)
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return "corpus"
    if suffix in PAGE_SUFFIXES:
        return "papers-page"
    message = f"The kind of {path} is not known by its ending {suffix!r}; accepted are {ACCEPTED}. If it is one of these, name it with --source."
    raise DataError(message)


def is_folder(path: Path) -> bool:
    """Whether an existing path is a folder.

    Raises
    ------
    MissingError
        If nothing is there.
    StorageError
        If the way to it may not be entered.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        message = f"There is no file or folder {str(path)!r}; accepted are {ACCEPTED}."
        raise MissingError(message) from error
    except OSError as error:
        raise unreadable(error, path) from error
    return stat.S_ISDIR(mode)
