"""Corpora: read, write, join and describe them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trends.core import Corpus
from trends.errors import UsageError
from trends.runs.config.settings import EmbedConfig, TextConfig
from trends.runs.tasks import terms as prepare
from trends.runs.tasks.vectors import vectors


def read_corpus(*inputs: Any, source: str = "auto", **options: Any) -> Corpus:
    """Read documents.

    Parameters
    ----------
    *inputs : str, path or frame
        ``"pretraining"`` (the embedded corpus), saved pages or a folder of them, a folder of
        extracted features, a corpus ``.parquet``; or tables: files (.csv, .tsv, .jsonl, .parquet,
        .xlsx), a pandas or Arrow frame, a Hugging Face ``Dataset``, for example
        ``tr.read_corpus("papers.csv", text=["title", "abstract"], date="published")``.
    source : str
        Name of a source; ``"auto"`` looks at the input.
    **options
        Passed to the source.

    Returns
    -------
    Corpus

    Raises
    ------
    TrendsError
        If an input is not what it should be; the message names file and line.
    """
    from trends import sources

    if not inputs:
        message = (
            "Name at least one input to read, for example tr.read_corpus('pretraining') or "
            "tr.read_corpus('pages/')."
        )
        raise UsageError(message)
    return sources.read_corpus(
        [os.fspath(i) if isinstance(i, os.PathLike) else i for i in inputs],
        source=source,
        **options,
    )


def write_corpus(corpus: Corpus, path: str | os.PathLike[str], *, for_excel: bool = False) -> Path:
    """Write a corpus to a file that :func:`read_corpus` reads back as the same documents.

    Parameters
    ----------
    corpus : Corpus
        Term counts and embeddings are not part of a table.
    path : str or path
        ``.csv``, ``.tsv``, ``.jsonl`` (also with ``.gz``), ``.parquet`` or ``.xlsx``. Only Parquet
        keeps what reading noted.
    for_excel : bool
        Put an apostrophe before cells of ``.csv`` and ``.tsv`` that a spreadsheet would take for
        formulas; :func:`read_corpus` takes it off again. Text in ``.xlsx`` is always safe.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    TrendsError
        If the ending is another one, the format cannot hold a value, or the file cannot be written.
    """
    from trends.sources.tables import export as table_export

    table_export.write(corpus, Path(path), for_excel=for_excel)
    return Path(path)


def join(
    corpora: Sequence[Corpus],
    *,
    rules: Sequence[str] | None = None,
    similarity: float = 0.7,
    name: str | None = None,
) -> Corpus:
    """Make one corpus of several, or of one that repeats itself, in which each document stands once.

    Parameters
    ----------
    corpora : sequence of Corpus
        With texts.
    rules : sequence of {"ids", "titles", "texts"}, optional
        What makes two records one document; all three by default.
    similarity : float
        Overlap of texts that are nearly the same, from 0 to 1.
    name : str, optional
        How reports call the result.

    Returns
    -------
    Corpus
        With the earliest date of each document; the columns ``versions`` and ``joined_from`` say
        what was joined, ``notes["kept_apart"]`` what was not.

    Raises
    ------
    TrendsError
        If a rule is unknown or a corpus holds no texts.
    """
    from trends.sources.linkage import merge as joining
    from trends.sources.linkage.match import RULES

    return joining.join(corpora, rules=tuple(rules or RULES), similarity=similarity, name=name)  # type: ignore[arg-type]


def describe_corpus(corpus: Corpus, *, period: str = "year") -> dict[str, Any]:
    """Records read, kept and dropped; dates; documents by period; languages; cleaning.

    Parameters
    ----------
    corpus : Corpus
        As it was read.
    period : str
        Calendar period of the table ``periods``, as for :func:`trends.prevalence`.

    Returns
    -------
    dict
        See :func:`trends.runs.tasks.analysis_parts.reading.account`.
    """
    from trends.runs.tasks.analysis_parts.reading import account

    return account(corpus, period=period)


def describe_columns(table: Any, **options: Any) -> list[dict[str, Any]]:
    """Columns of a table with some of their values: what may be named when it is read.

    Parameters
    ----------
    table : str, path or frame
        See :func:`read_corpus`.
    **options
        ``delimiter``, ``encoding``, ``sheet``.

    Returns
    -------
    list of dict
        ``column``, ``kind`` (of the values, or why they cannot be read), ``filled`` (share of the
        first rows), ``examples``.
    """
    from trends.sources.tables import read as tables

    return tables.describe(table, **options)


def export_features(
    corpus: Corpus,
    folder: str | os.PathLike[str],
    *,
    embedding: str = "minilm",
    embedding_path: str = "",
) -> dict[str, Any]:
    """Write titles, dates, term counts and vectors of a corpus, but not its words.

    Returns
    -------
    dict
        ``documents``, ``terms``, ``dimensions``, ``bytes``, ``files``.
    """
    from dataclasses import replace

    from trends.sources.stored import features

    counts = prepare.all_counts(corpus, TextConfig())
    array, provenance = vectors(corpus, EmbedConfig(model=embedding, path=embedding_path))
    whole = replace(corpus, counts=counts, embeddings=array)
    features.write(
        whole, Path(folder), settings=counts.settings, provenance={"embedding": provenance}
    )
    names = sorted(p for p in Path(folder).iterdir() if p.is_file())
    return {
        "documents": len(corpus),
        "terms": counts.n_terms,
        "dimensions": int(array.shape[1]),
        "bytes": sum(p.stat().st_size for p in names),
        "files": [p.name for p in names],
    }
