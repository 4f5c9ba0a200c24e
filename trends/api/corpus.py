"""Corpora: read, write, join and describe them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trends.core import Corpus
from trends.core.given.expected import check_kind, expects
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
        extracted features, a corpus ``.parquet``, bibliographic files and answers of services; or
        tables: files (.csv, .tsv, .jsonl, .parquet, .xlsx), a pandas or Arrow frame, a Hugging Face
        ``Dataset``.
    source : str
        Name of a source; ``"auto"`` detects it from the content of the input.
    **options
        Options of the source. For tables: ``text`` and ``date`` (columns, never guessed), and how
        dates are to be read where the column does not decide (``date_order``, ``date_format``,
        ``date_unit``, ``fiscal_year``, ``pivot``, see :mod:`trends.sources.tables.read`), ``id``,
        ``title``, ``keep``, and how a file is written where that is not found out (``encoding``,
        ``delimiter``, ``quoting``, ``header_row``, ``skip_rows``, ``sheet``, ``records``); for
        every source of records ``languages``, ``min_chars``, ``paragraphs``, ``strict``,
        ``collected_on``, ``earliest``, ``observed_from``, ``observed_until``, ``name``.

    Returns
    -------
    Corpus

    Raises
    ------
    TrendsError
        If an input is not what it should be; the message names file and line.

    Examples
    --------
    >>> import pandas as pd
    >>> import trends as tr
    >>> papers = pd.DataFrame({
    ...     "abstract": ["Whales sing in the deep.", "Solar cells age in the sun."],
    ...     "published": ["2024-03-01", "2025-06-30"],
    ... })
    >>> corpus = tr.read_corpus(papers, text="abstract", date="published")
    >>> len(corpus)
    2

    A file is read in the same way: ``tr.read_corpus("papers.csv", text=["title", "abstract"],
    date="published")``. The embedded corpus needs no options:

    >>> len(tr.read_corpus("pretraining"))
    356
    """
    from trends import sources

    if not inputs:
        message = (
            "Name at least one input to read, for example tr.read_corpus('pretraining') or "
            "tr.read_corpus('pages/')."
        )
        raise UsageError(message)
    paths = [os.fspath(i) if isinstance(i, os.PathLike) else i for i in inputs]
    return sources.read_corpus(paths, source=source, **options)


@expects(corpus=Corpus)
def write_corpus(corpus: Corpus, path: str | os.PathLike[str], *, for_excel: bool = False) -> Path:
    """Write a corpus to a file that :func:`read_corpus` reads back as the same documents.

    Parameters
    ----------
    corpus : Corpus
        Term counts and embeddings are not written, see :func:`export_features`.
    path : str or path
        Its ending chooses the format: ``.csv``, ``.tsv``, ``.jsonl`` (also with ``.gz``),
        ``.parquet`` or ``.xlsx``. Only Parquet keeps what reading noted.
    for_excel : bool
        Protect cells of a .csv or .tsv that a spreadsheet would take for formulas; reading takes
        the protection off. Workbooks need none.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    UsageError
        If the ending is another one, or ``for_excel`` is on and no spreadsheet opens such files.
    DataError
        If the format cannot hold a value.
    StorageError
        If the file cannot be written.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> path = tr.write_corpus(corpus, "corpus.csv")
    >>> tr.read_corpus(path).ids == corpus.ids
    True
    """
    from trends.sources.tables import export

    export.write(corpus, Path(path), for_excel=for_excel)
    return Path(path)


def join(
    corpora: Sequence[Corpus],
    *,
    rules: Sequence[str] | None = None,
    similarity: float = 0.7,
    name: str | None = None,
) -> Corpus:
    """Merge corpora, or one that repeats itself, so that each document occurs once.

    Parameters
    ----------
    corpora : sequence of Corpus
        With texts.
    rules : sequence of {"ids", "titles", "texts"}, optional
        What identifies a document; all three by default.
    similarity : float
        Least overlap of near-duplicate texts, from 0 to 1.
    name : str, optional
        Name of the result in reports.

    Returns
    -------
    Corpus
        With the earliest date of each document; the columns ``versions`` and ``joined_from`` say
        what was joined, ``notes["kept_apart"]`` what was not.

    Raises
    ------
    UsageError
        If a rule is unknown, or something else than corpora is given.
    DataError
        If a corpus holds no texts.

    Examples
    --------
    >>> import pandas as pd
    >>> import trends as tr
    >>> text = "Whales sing in the deep, and their songs travel from one ocean to the next."
    >>> preprints, papers = (
    ...     tr.read_corpus(
    ...         pd.DataFrame({"id": [id], "title": ["On the songs of whales"], "text": [text],
    ...                       "day": [day]}),
    ...         text="text", date="day",
    ...     )
    ...     for id, day in [("preprint", "2024-03-01"), ("paper", "2025-06-30")]
    ... )
    >>> corpus = tr.join([preprints, papers])
    >>> len(corpus), str(corpus.documents["date"][0].date())
    (1, '2024-03-01')
    """
    from trends.sources.linkage import match, merge

    given = [corpora] if isinstance(corpora, Corpus) else list(corpora)
    for corpus in given:
        check_kind("join", "each of corpora", corpus, Corpus)
    return merge.join(
        given,
        rules=tuple(rules or match.RULES),  # type: ignore[arg-type]
        similarity=similarity,
        name=name,
    )


def describe_columns(table: Any, **options: Any) -> list[dict[str, Any]]:
    """Describe the columns of a table, to choose those that are named when it is read.

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
        first rows), ``length`` (mean number of characters), ``dated`` (whether all of the first
        values read as dates), ``examples``.

    Raises
    ------
    TrendsError
        If the input is not a table that can be read.

    Examples
    --------
    >>> import pandas as pd
    >>> import trends as tr
    >>> papers = pd.DataFrame({"abstract": ["Whales sing."], "published": ["2024-03-01"]})
    >>> [column["column"] for column in tr.describe_columns(papers)]
    ['abstract', 'published']
    """
    from trends.sources.tables import read

    return read.describe(table, **options)


@expects(corpus=Corpus)
def describe_corpus(corpus: Corpus, *, period: str = "year") -> dict[str, Any]:
    """Describe a corpus as it was read: records kept and dropped, dates, periods, languages.

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

    Raises
    ------
    UsageError
        If there is no such period.

    Examples
    --------
    >>> import trends as tr
    >>> found = tr.describe_corpus(tr.read_corpus("pretraining"))
    >>> found["records"], found["documents"], found["dated"]
    (452, 356, 355)
    """
    from trends.runs.tasks.analysis_parts.reading import account

    return account(corpus, period=period)


@expects(corpus=Corpus)
def export_features(
    corpus: Corpus,
    folder: str | os.PathLike[str],
    *,
    embedding: str = "minilm",
    embedding_path: str = "",
    phrases: bool = True,
) -> dict[str, Any]:
    """Write titles, dates, term counts and vectors of a corpus, but not its texts.

    Parameters
    ----------
    corpus : Corpus
        With texts, or of features.
    folder : str or path
        Folder to make; :func:`read_corpus` reads it.
    embedding : {"minilm", "sentence-transformers", "precomputed"}
        Where vectors come from.
    embedding_path : str
        Path or name of your own model, or of your file of vectors (``.npz`` or Parquet with ids,
        or ``.npy``; see :func:`trends.embed.precomputed.embed`).
    phrases : bool
        Join words that occur together more often than by chance; as ``text.phrases`` of the runs
        that are to use the features.

    Returns
    -------
    dict
        ``documents``, ``terms``, ``dimensions``, ``bytes``, ``files``.

    Raises
    ------
    TrendsError
        If there are no vectors, or the folder cannot be written.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> made = tr.export_features(corpus, "features")
    >>> made["documents"], made["dimensions"]
    (356, 384)
    >>> len(tr.read_corpus("features"))
    356
    """
    from dataclasses import replace

    from trends.sources.stored import features

    text = TextConfig(phrases=phrases)
    counts = prepare.all_counts(corpus, text)
    for note in prepare.joined_otherwise(counts, text):
        warnings.warn(note, UserWarning, stacklevel=3)
    counted: dict[str, Any] = {}
    settings = EmbedConfig(model=embedding, path=embedding_path)
    array, provenance = vectors(corpus, settings, counted=counted)
    for note in counted.get("warnings", []):
        warnings.warn(note, UserWarning, stacklevel=3)
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
