"""Where documents come from: one file per source, each with ``read(paths, **options) -> Corpus``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trends.errors import UsageError
from trends.registry import Registry, unknown

if TYPE_CHECKING:
    from trends.core import Corpus

#: Every source by its public name; the code is imported on first use.
SOURCES = Registry(
    "source",
    {
        "papers-page": "trends.sources.papers_page:read",
        "features": "trends.sources.features:read",
        "corpus": "trends.sources.corpus_file:read",
        "pretraining": "trends.sources.pretraining:read",
    },
)


def read_corpus(inputs: Sequence[str | Path], *, source: str = "auto", **options: Any) -> Corpus:
    """Read a corpus, finding out what the inputs are.

    Parameters
    ----------
    inputs : sequence of str or Path
        The word ``pretraining`` (the embedded corpus); a folder of extracted features; a ``.parquet`` file made by
        ``trends read``; or saved Daily Papers pages (``.txt`` files, or a folder of them).
    source : str
        A name of :data:`SOURCES`, or ``auto``.
    **options
        Keyword arguments of the source's ``read``.

    Returns
    -------
    Corpus
        Its ``notes`` have at least ``records``, ``per_input``, ``dropped``, ``conflicts``, ``warnings`` and ``inputs``.

    Raises
    ------
    UsageError
        If the source is unknown, the inputs do not go together or an option is not one of the source's.
    DataError
        If the content is not what was expected.
    MissingError
        If an input does not exist.
    StorageError
        If an input cannot be read.
    """
    import inspect

    from trends.sources.detect import detect

    paths = [inputs] if isinstance(inputs, str | Path) else list(inputs)
    name = detect(paths) if source == "auto" else source
    read = SOURCES.load(name)
    known = list(inspect.signature(read).parameters)[1:]
    for option in options:
        if option not in known:
            raise UsageError(unknown(f"option of the source {name}", option, known))
    return read([Path(p) for p in paths], **options)
