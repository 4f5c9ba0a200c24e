"""Concepts of the user over time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from trends.core import Concept, Corpus
from trends.core.computing.rng import Rng
from trends.core.given.expected import check_kind, expects

if TYPE_CHECKING:
    from trends.analysis.concepts.table import ConceptTrends


def read_concepts(path: str | os.PathLike[str]) -> tuple[Concept, ...]:
    """Read a file of concepts.

    Parameters
    ----------
    path : str or path
        TOML: a table ``[[concept]]`` each, with the fields of :class:`trends.Concept`.

    Returns
    -------
    tuple of Concept

    Raises
    ------
    MissingError
        If there is no such file.
    UsageError
        If it is not TOML, a key is unknown, or a value is not allowed.

    Examples
    --------
    >>> from pathlib import Path
    >>> import trends as tr
    >>> _ = Path("concepts.toml").write_text('''
    ... [[concept]]
    ... name = "language models"
    ... words = ["language model", "LLM"]
    ... exclude = ["n-gram"]
    ... ''')
    >>> tr.read_concepts("concepts.toml")[0].words
    ('language model', 'LLM')
    """
    from trends.runs.concepts import concept_file

    return concept_file.read_concepts(Path(path))


@expects(corpus=Corpus)
def concepts(
    corpus: Corpus,
    concepts: Concept | Sequence[Concept] | str | os.PathLike[str],
    *,
    rng: Rng,
    measures: Sequence[Literal["dictionary", "seeded", "nearness"]] = ("dictionary",),
    period: str = "year",
    spans: tuple[tuple[str, str], tuple[str, str]] | None = None,
    level: float = 0.95,
    imprecise: Literal["error", "drop", "spread"] = "error",
    cluster: str = "",
    placebo: int = 199,
    multiverse: bool = True,
    shuffles: int = 199,
) -> ConceptTrends:
    """Measure concepts in a corpus, and test whether their shares change.

    Parameters
    ----------
    corpus : Corpus
        With texts, or of term counts: then phrases are found where they are terms.
    concepts : Concept, sequence of Concept, or path
        What is asked about; or a file for :func:`trends.read_concepts`.
    rng : int or numpy.random.Generator
        For what is drawn: random concepts, shuffles of the dates, seeds of fits.
    measures : sequence of {"dictionary", "seeded", "nearness"}
        The first leads, the others are choices of the multiverse: documents that hold the words;
        topics that the words lead (the mean share of texts, over three fits); documents near to the
        examples and words in a space of vectors, by a threshold that is learnt from the examples.
    period : str
        ``"day"``, ``"week"``, ``"month"``, ``"quarter"``, ``"half-year"``, ``"year"`` or
        ``"N-years"``.
    spans : pair of pairs of str, optional
        As in :func:`trends.fit_trends`.
    level : float
        Of the intervals.
    imprecise, cluster
        As in :func:`trends.prevalence`.
    placebo : int
        Random concepts with words as frequent, to which each concept is compared and from which is
        learnt how much shares of words move anyway; 0 for none.

    multiverse : bool
        Examine concepts of which something is found under other choices: without each word and
        with the nearest terms, each time measured again in every way; with other thresholds, fits
        and periods.
    shuffles : int
        Of the dates, for the joint test of all choices; 0 for none.

    Returns
    -------
    ConceptTrends
        ``table`` has a row for each concept with finding, change, interval, slope and verdict;
        ``words`` says what became of each word, ``documents`` which documents decide,
        ``over_time()`` the shares; ``sentences()`` says it in words.

    Raises
    ------
    UsageError
        If a concept has no words, or two have the same name.
    DataError
        If dates do not suit the period, or the corpus has too few terms for random concepts.

    Notes
    -----
    A document holds a concept if its words occur ``at_least`` times in title and text, and none
    that excludes. Concepts may overlap; each share is one of all documents of the period.

    Examples
    --------
    >>> import trends as tr
    >>> corpus = tr.read_corpus("pretraining")
    >>> concept = tr.Concept("scaling", ("scaling law", "scaling up"))
    >>> found = tr.concepts(corpus, concept, placebo=40, rng=7)
    >>> found.table[["label", "finding", "documents"]].shape
    (1, 3)
    >>> list(found.words["word"])
    ['scaling law', 'scaling up']
    """
    from trends.runs.concepts.inference import Options, examine

    if isinstance(concepts, (str, os.PathLike)):
        given: Sequence[Concept] = read_concepts(concepts)
    else:
        given = [concepts] if isinstance(concepts, Concept) else list(concepts)
    for concept in given:
        check_kind("concepts", "each of concepts", concept, Concept)
    options = Options(
        measures=tuple(measures),
        period=period,
        spans=spans,
        level=level,
        imprecise=imprecise,
        cluster=cluster,
        placebo=placebo,
        multiverse=multiverse,
        shuffles=shuffles,
    )
    return examine(corpus, given, options, rng)
