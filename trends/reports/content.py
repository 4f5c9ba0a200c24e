"""Content: what a report is made of, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from trends.core.calendar_days import calendar_days
from trends.errors import DataError

#: Places of the page where a figure can stand.
SECTIONS = (
    *("coverage", "audit", "topics", "prevalence", "trends", "shapes", "groups"),
    *("agreement", "claims"),
)

#: Columns that each table must have; further ones are shown or carried along.
COLUMNS = {
    "coverage": ("period", "n_docs", "n_with_text", "complete"),
    "topics": ("backend", "topic", "label", "n_docs", "share", "top_terms"),
    "prevalence": (
        "backend",
        "topic",
        "label",
        "period",
        "n_docs",
        "share",
        "lower",
        "upper",
        "complete",
    ),
    "trends": (
        *("backend", "topic", "label", "finding", "change", "change_lower", "change_upper"),
        *("slope", "p_adjusted", "power", "note"),
    ),
    "alignment": ("backend_a", "topic_a", "backend_b", "topic_b", "similarity", "null_p"),
    "quality": ("backend", "seed"),
    "claims": (
        *("topic", "label", "finding", "change", "change_lower", "change_upper", "slope"),
        *("p_adjusted", "agreement", "stability"),
    ),
    "composition": (
        "backend",
        "topic",
        "label",
        "slope",
        "volume",
        "ratio",
        "slope_without",
        "reading",
    ),
    "diagnostics": ("diagnostic", "backend", "flagged", "sentence", "corrected"),
    "diagnostics_corrected": (
        "diagnostic",
        "backend",
        "topic",
        "label",
        "finding",
        "change",
        "p_adjusted",
        "finding_corrected",
        "change_corrected",
        "p_adjusted_corrected",
    ),
    "specifications": ("specification", "topic", "change"),
    "curves": ("backend", "topic", "period", "fitted", "lower", "upper"),
    "documents": ("backend", "topic", "period", "place", "n_docs", "id", "title"),
}


@dataclass(frozen=True)
class Audit:
    """The section "Audit" of a page.

    Parameters
    ----------
    summary : pandas.DataFrame
        As in ``audit/summary.csv``: part, flag, sentence, rule.
    trends_standardized : pandas.DataFrame
        As in ``trends_standardized.csv``; empty where nothing was standardized.
    standardized : sequence of str
        By what trends were standardized, what was left out, and which findings change.
    """

    summary: pd.DataFrame
    trends_standardized: pd.DataFrame = field(default_factory=pd.DataFrame)
    standardized: Sequence[str] = ()


@dataclass(frozen=True)
class Groups:
    """The section "Groups" of a page: whether topics change alike in groups of documents.

    Parameters
    ----------
    by : str
        What a group is.
    groups, differences : pandas.DataFrame
        As in ``groups.csv`` and ``group_differences.csv``.
    sentences, notes : sequence of str
        One for each topic; what was put together, left out or held fixed.
    """

    by: str
    groups: pd.DataFrame
    differences: pd.DataFrame
    sentences: Sequence[str] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Shapes:
    """The section "Shapes" of a page: what topics did beyond more or less.

    Parameters
    ----------
    table : pandas.DataFrame
        As in ``shapes.csv``.
    sentences, left_out : sequence of str
        One for each topic; kinds that could not be looked for, and why.
    reading : str
        What the error rates of several kinds mean together.
    """

    table: pd.DataFrame
    sentences: Sequence[str] = ()
    left_out: Sequence[str] = ()
    reading: str = ""


@dataclass(frozen=True)
class Picture:
    """A finished figure for the page.

    Parameters
    ----------
    title : str
        Heading above it.
    svg : str
        The figure as SVG text.
    caption, alt : str
        Words below it; words in its place.
    data : pandas.DataFrame
        What is drawn.
    section : str
        Where it stands: one of `SECTIONS`.
    stem : str
        Name of its data file.
    """

    title: str
    svg: str
    caption: str
    alt: str
    data: pd.DataFrame
    section: str = "prevalence"
    stem: str = "figure"

    def __post_init__(self) -> None:
        if self.section not in SECTIONS:
            message = (
                f"A picture stands in one of the sections {', '.join(SECTIONS)}; got "
                f"{self.section!r}."
            )
            raise DataError(message)


@dataclass(frozen=True)
class Report:
    """All that one page shows; the frames are those of a run's files.

    Parameters
    ----------
    title : str
        Heading of the page; text from outside, shown as text.
    metadata : dict
        Facts about the run. Used where present: ``corpus`` (name), ``documents``, ``dated``,
        ``undated``, ``by_precision`` and ``by_evidence`` (counts), ``conflicts`` and ``dropped``
        (lists or counts), ``period`` (unit), ``interval`` and ``denominator`` (words), ``level``,
        ``alpha``, ``rng``, ``versions``, ``inputs``, ``families`` (backend → family), ``divided``,
        ``updates`` and ``edits`` (sentences on pieces of documents, on documents that came later,
        on edits of topics). Every entry is shown
        under "Settings and provenance".
    coverage, topics, prevalence, trends, alignment, quality : pandas.DataFrame
        As in coverage.csv, topics.csv, …: periods are first days, shares are fractions, changes are
        percentage points between the two spans in ``metadata["spans"]``. Empty frames leave their
        section with a sentence that says so.
    warnings : sequence of str
        Everything that a reader should know before believing a number.
    figures : sequence of Picture or tuple
        Tuples (title, svg, caption, alt, data[, section[, stem]]) are taken as `Picture`.
    settings : dict
        Settings of the run, nested as in its configuration.
    claims : pandas.DataFrame
        As in claims.csv; ``metadata["claims_rule"]`` says when a finding is stable,
        ``metadata["claims_about"]`` of which backend, ``metadata["claims_notes"]`` (sentences)
        what else to know.
    composition, diagnostics, diagnostics_corrected : pandas.DataFrame
        As in composition.csv, diagnostics.csv and diagnostics_corrected.csv;
        ``metadata["trend_notes"]``
        (backend → sentences) says what the test of trends assumes.
    specifications : pandas.DataFrame
        As in specifications.csv: the change in each fit (``backend/seed-<n>``) under the topics of
        ``metadata["claims_about"]``.
    audit : Audit, optional
        What the audit said about the corpus; without it the page has no such section.
    groups : Groups, optional
        Topics in groups of documents; without it the page has no such section.
    shapes : Shapes, optional
        What topics did beyond more or less; likewise.
    curves : pandas.DataFrame
        As in curves.csv: the fitted curve of each topic with its band.
    documents : pandas.DataFrame
        Of each topic and period the documents closest to it, in order of ``place``, with their
        titles; ``n_docs`` counts all.
    links : mapping of str to str
        Id of a document → its address; those that are not ``http(s)`` are no links.
    methods, references : str
        A paragraph on methods, and its references in BibTeX, to be copied.

    Raises
    ------
    DataError
        If a table that is not empty lacks columns.
    """

    title: str
    metadata: dict[str, Any]
    coverage: pd.DataFrame
    topics: pd.DataFrame
    prevalence: pd.DataFrame
    trends: pd.DataFrame
    alignment: pd.DataFrame
    quality: pd.DataFrame
    warnings: Sequence[str] = ()
    figures: Sequence[Any] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    claims: pd.DataFrame = field(default_factory=pd.DataFrame)
    composition: pd.DataFrame = field(default_factory=pd.DataFrame)
    diagnostics: pd.DataFrame = field(default_factory=pd.DataFrame)
    diagnostics_corrected: pd.DataFrame = field(default_factory=pd.DataFrame)
    specifications: pd.DataFrame = field(default_factory=pd.DataFrame)
    audit: Audit | None = None
    groups: Groups | None = None
    shapes: Shapes | None = None
    curves: pd.DataFrame = field(default_factory=pd.DataFrame)
    documents: pd.DataFrame = field(default_factory=pd.DataFrame)
    links: Mapping[str, str] = field(default_factory=dict)
    methods: str = ""
    references: str = ""

    def __post_init__(self) -> None:
        for name, needed in COLUMNS.items():
            frame = getattr(self, name)
            missing = [column for column in needed if column not in frame.columns]
            if len(frame) and missing:
                message = (
                    f"The report's table {name} needs the columns {', '.join(needed)}; missing: "
                    f"{', '.join(missing)}."
                )
                raise DataError(message)
            object.__setattr__(self, name, _tidy(frame))
        pictures = [f if isinstance(f, Picture) else Picture(*f) for f in self.figures]
        object.__setattr__(self, "figures", tuple(pictures))
        object.__setattr__(self, "warnings", tuple(str(w) for w in self.warnings))

    @property
    def backends(self) -> list[str]:
        """Backends in the order of the topics table."""
        return list(dict.fromkeys(self.topics["backend"].astype(str))) if len(self.topics) else []

    @property
    def lead(self) -> str:
        """The backend that the claims are about, else the first; empty without topics."""
        about = str(self.metadata.get("claims_about", ""))
        return about if about in self.backends else next(iter(self.backends), "")


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy with periods as dates and truth values as booleans, whatever file they came from."""
    out = frame.copy().reset_index(drop=True)
    if "period" in out.columns:
        out["period"] = calendar_days(out["period"])
    for name in ("complete", "flagged"):
        if name in out.columns:
            out[name] = out[name].map(
                lambda value: str(value).strip().lower() in {"true", "1", "1.0"}
            )
    for name in ("sentence", "corrected", "reading", "mover"):
        if name in out.columns:
            out[name] = out[name].fillna("").astype(str)
    for name in ("backend", "backend_a", "backend_b", "label"):
        if name in out.columns:
            out[name] = out[name].astype(str)
    return out
