"""The sections of studies: ``[multiverse]``, ``[placebo]``, ``[groups]`` and ``[shapes]``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from trends.runs.config.kinds import Allowed, Backend, Column, LearningShare, NumberOfTopics, Period
from trends.runs.config.sections.section import Section


class MultiverseConfig(Section):
    """The choices of ``trends multiverse``; what the run itself does is always among them."""

    backend: tuple[Backend, ...] = ()
    """Backends; those of the run if none are named."""
    seeds: int = Field(3, ge=1, le=1000)
    """Fits per backend and number of topics, each with its own seed; the first ones are those of
    the run."""
    n_topics: tuple[NumberOfTopics, ...] = ()
    """Numbers of topics; five sixths, all and five quarters of the run's if none are named."""
    embedding: tuple[
        Annotated[str, Allowed('"minilm", "lsa", a file of vectors, or a model')], ...
    ] = ("lsa",)
    """Spaces of document vectors beside the run's; "lsa" is made of singular vectors of the term
    counts."""
    theta: tuple[Literal["hard", "mean"], ...] = ("hard", "mean")
    """Ways to estimate a share, as in prevalence.theta."""
    period: tuple[Period, ...] = ("quarter", "half-year", "year")
    """Lengths of a period."""
    denominator: tuple[Literal["all", "assigned"], ...] = ("all", "assigned")
    """Documents that a share is a share of: all of the period, or those that a topic took."""
    deduplicate: tuple[bool, ...] = (False, True)
    """Whether documents with nearly the same title count once."""
    length: tuple[Literal["as-is", "matched"], ...] = ("as-is", "matched")
    """Documents as long as they are, or cut to equal length before LDA is fitted."""
    split: tuple[LearningShare, ...] = (0.0,)
    """Shares of the documents on which topics are learnt, trends being estimated on the others; 0
    does both on all and is always among them."""
    edits: tuple[Literal["curated", "as-fitted"], ...] = ("curated", "as-fitted")
    """Topics as the file of edits has them, or as they were fitted; one choice without edits."""
    shuffles: int = Field(199, ge=19, le=100_000)
    """Shuffles of the dates for the joint test, whose p is a multiple of 1 / (1 + shuffles)."""
    block: int = Field(0, ge=0)
    """Neighbouring documents that stay together when dates are shuffled; 0 takes as many as a
    typical period has."""


class PlaceboConfig(Section):
    """Shuffled dates: what the tests of ``trends placebo`` find where there is nothing to find."""

    shuffles: int = Field(1000, ge=20, le=1_000_000)
    """Shuffles of the dates."""
    block: Annotated[int, Field(ge=0)] | Literal["period"] = 0
    """Neighbouring documents that stay together; 0 takes as many as a typical period has,
    "period" moves whole periods."""
    q: float = Field(0.05, gt=0, lt=1)
    """False-discovery rate at which a topic counts as found."""


class GroupsConfig(Section):
    """Groups of documents: whether topics change alike in them, for ``trends groups``."""

    by: Column = ""
    """Column of the groups, such as a venue, a party or a country; many different numbers are
    divided into ranges, "length" is the number of words of a document. With it the report of a run
    has the section "Groups"."""
    smallest: int = Field(50, ge=1)
    """Groups with fewer documents are counted together as "other"."""
    ranges: int = Field(4, ge=2, le=20)
    """Ranges of a column of numbers, with as many documents each."""
    standardize_by: Column = ""
    """Another column whose mix is held fixed: every group has that of all documents. Empty: no
    column."""


class ShapesConfig(Section):
    """Trends that are not lines: seasons, bursts, changes, words and more (``trends shapes``)."""

    look: bool = False
    """Look for shapes; with it a run has ``shapes.csv``, figures, and the section "Shapes"."""
    ahead: int = Field(3, ge=1, le=100)
    """Periods to forecast."""
    terms: int = Field(200, ge=1, le=10_000)
    """Terms of each topic that are tested for a change: those that are in most documents."""
