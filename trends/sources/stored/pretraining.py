"""The embedded corpus: features of 356 papers about pretraining, with sources of their dates."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from trends.core.corpus import Corpus
from trends.errors import MissingError, UsageError
from trends.sources.io.paths import FEATURES_FILE
from trends.sources.stored import features

NAME = "pretraining"


def read(paths: Sequence[Path] = (), *, name: str = NAME) -> Corpus:
    """Read the packaged features.

    Parameters
    ----------
    paths : sequence of Path
        Nothing, or the word ``pretraining``.
    name : str, default "pretraining"
        How reports call the corpus.

    Raises
    ------
    UsageError
        If other inputs are given.
    MissingError
        If the installed package does not hold the features.
    DataError
        If they are damaged.
    """
    others = [str(p) for p in paths if str(p) != NAME]
    if others:
        message = (
            f"The source {NAME!r} is the embedded corpus and takes no other input; got "
            f"{', '.join(others)}."
        )
        raise UsageError(message)
    packaged = resources.files("trends").joinpath("data", NAME)
    if not packaged.joinpath(FEATURES_FILE).is_file():
        message = (
            "This copy of trends does not hold the embedded corpus "
            "(trends/data/pretraining/features.json is missing); install the "
            "package whole, or make the features from the saved pages with: trends export-features "
            "DIR -o trends/data/pretraining."
        )
        raise MissingError(message)
    with resources.as_file(packaged) as folder:
        return features.read([folder], name=name)
