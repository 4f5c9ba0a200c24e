"""Where documents come from: one file per source, each with a ``read`` that makes a corpus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trends.errors import UsageError
from trends.registry import Registry, unknown

if TYPE_CHECKING:
    from trends.core import Corpus
    from trends.sources.records.options import ReadOptions

#: Every source by its public name; the code is imported on first use.
SOURCES = Registry(
    "source",
    {
        "papers-page": "trends.sources.daily_papers.page:read",
        "features": "trends.sources.stored.features:read",
        "corpus": "trends.sources.stored.corpus_file:read",
        "pretraining": "trends.sources.stored.pretraining:read",
        "table": "trends.sources.tables.read:read",
        "acl-anthology": "trends.sources.bibliographic.acl_anthology:read",
        "arxiv": "trends.sources.bibliographic.arxiv:read",
        "bibtex": "trends.sources.bibliographic.bibtex:read",
        "constellate": "trends.sources.bibliographic.constellate:read",
        "crossref": "trends.sources.bibliographic.crossref:read",
        "endnote-xml": "trends.sources.bibliographic.endnote_xml:read",
        "hf-daily": "trends.sources.bibliographic.hf_daily:read",
        "medline": "trends.sources.bibliographic.medline:read",
        "openalex": "trends.sources.bibliographic.openalex:read",
        "pubmed": "trends.sources.bibliographic.pubmed:read",
        "refer": "trends.sources.bibliographic.refer:read",
        "ris": "trends.sources.bibliographic.ris:read",
        "semantic-scholar": "trends.sources.bibliographic.semantic_scholar:read",
        "web-of-science": "trends.sources.bibliographic.web_of_science:read",
    },
)


def read_corpus(inputs: Sequence[Any], *, source: str = "auto", **options: Any) -> Corpus:
    """Read a corpus, finding out what the inputs are.

    Parameters
    ----------
    inputs : sequence of str, Path or frame
        The word ``pretraining`` (the embedded corpus); a folder of extracted features; a
        ``.parquet`` file made by ``trends read``; saved Daily Papers pages (``.txt`` files, or a
        folder of them); BibTeX, RIS, and what the services of arXiv, the ACL Anthology, Crossref,
        Hugging Face Daily Papers, OpenAlex, PubMed and Semantic Scholar answer, as files or a
        folder of them, plain or gzip, known by their content; or tables, as files or as frames in
        memory, with their columns named in the options.
    source : str
        A name of :data:`SOURCES`, or ``auto``.
    **options
        What every source of records takes
        (:class:`~trends.sources.records.options.ReadOptions`), and keyword arguments of the
        source's own ``read``.

    Returns
    -------
    Corpus
        Its ``notes`` have at least ``records``, ``per_input``, ``dropped``, ``conflicts``,
        ``warnings`` and ``inputs``.

    Raises
    ------
    UsageError
        If the source is unknown, the inputs do not go together or an option is not one of the
        source's.
    DataError
        If the content is not what was expected.
    MissingError
        If an input does not exist.
    StorageError
        If an input cannot be read.
    """
    paths = [inputs] if isinstance(inputs, str | Path) else list(inputs)
    how = reading_of(paths, source, options)
    given = how.own if how.common is None else {"options": how.common, **how.own}
    read = SOURCES.load(how.source)
    corpus = read([Path(p) if isinstance(p, str) else p for p in paths], **given)
    return replace(corpus, **how.observed) if how.observed else corpus


@dataclass(frozen=True)
class HowRead:
    """How inputs are read: the source, what every source of records takes, and its own options."""

    source: str
    common: ReadOptions | None
    own: dict[str, Any]
    #: First and last day that is covered, for a source that takes none of the common options.
    observed: dict[str, Any]


def reading_of(paths: Sequence[Any], source: str, options: Mapping[str, Any]) -> HowRead:
    """Find out what inputs are, and check the options.

    Raises
    ------
    UsageError
        If the source is unknown, the inputs do not go together or an option is not one of the
        source's.
    DataError
        If the content is not what was expected.
    """
    import inspect

    from trends.core.corpus import OBSERVED
    from trends.sources.detect import detect, has_dates_to_choose, refuse_other_formats
    from trends.sources.records.options import ReadOptions, day_option
    from trends.sources.tables.detect import explained, looks_like_table

    options = dict(options)
    is_table = looks_like_table(paths, options) and not has_dates_to_choose(paths, options)
    if source == "auto" and is_table:
        refuse_other_formats(paths, options)
    name = source if source != "auto" else "table" if is_table else detect(paths)
    own = list(inspect.signature(SOURCES.load(name)).parameters)[1:]
    common = ReadOptions.names() if "options" in own else []
    known = [*(each for each in own if each not in ("options", "own")), *common]
    # What the source covers can be said of every source, also of those that ask nothing.
    observed = {
        key: day_option(key, options.pop(key))
        for key in OBSERVED
        if key in options and key not in known
    }
    for option in options:
        if option not in known:
            if source == "auto" and (message := explained(paths, option, name)):
                raise UsageError(message)
            raise UsageError(unknown(f"option of the source {name}", option, known))
    return HowRead(
        name,
        ReadOptions(**{k: v for k, v in options.items() if k in common}) if common else None,
        {key: value for key, value in options.items() if key not in common},
        observed,
    )
