"""The settings of a run: TOML, checked strictly."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
)

from trends.errors import MissingError, UsageError
from trends.models import BACKENDS
from trends.registry import unknown
from trends.runs.config import sizes
from trends.runs.config.embed import OWN, EmbedConfig
from trends.runs.config.messages import sentence
from trends.runs.config.overrides import override
from trends.runs.config.section import Section

Format = Literal["pdf", "svg", "png", "pgf"]


def _known(backend: str) -> str:
    if backend not in BACKENDS:
        raise ValueError(unknown("backend", backend, BACKENDS))
    return backend


def _not_empty(backends: tuple[str, ...]) -> tuple[str, ...]:
    if not backends or len(set(backends)) != len(backends):
        message = "name at least one backend, each once"
        raise ValueError(message)
    return backends


def _number_or_auto(least: int) -> BeforeValidator:
    def check(value: Any) -> Any:
        if value != "auto" and (type(value) is not int or value < least):
            message = f'it must be a whole number greater than or equal to {least}, or "auto"'
            raise ValueError(message)
        return value

    return BeforeValidator(check)


def _learning_share(value: float) -> float:
    if value != 0 and not 0.1 <= value <= 0.9:
        message = "a share is 0 (off) or between 0.1 and 0.9"
        raise ValueError(message)
    return value


def _span(value: Any) -> Any:
    """Two ends of a span as text; a TOML file may give years as numbers."""
    if not isinstance(value, list | tuple):
        return value
    ends = tuple(str(end) if type(end) is int else end for end in value)
    if len(ends) != 2 or not all(
        isinstance(end, str) and re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", end) for end in ends
    ):
        message = 'a span is a pair of years, months or days, such as ["2021", "2022-06"]'
        raise ValueError(message)
    return ends


def _size(text: str) -> str:
    sizes.read(text)
    return text


#: As text (YYYY-MM-DD) or as a date of TOML.
Day = Annotated[str, BeforeValidator(str)]
Backend = Annotated[str, AfterValidator(_known)]
TimeSpan = Annotated[tuple[str, str], BeforeValidator(_span)]
NumberOfTopics = Annotated[int, Field(ge=2)]
#: Share of the documents that topics are learnt on, which leaves enough for the trends.
LearningShare = Annotated[float, AfterValidator(_learning_share)]


class CorpusConfig(Section):
    """Where the documents come from."""

    #: "pretraining" (the embedded corpus), a file, a folder of saved pages, or a folder of
    #: extracted features.
    path: str = "pretraining"
    source: str = "auto"
    #: For saved pages: "pretraining" (the packaged table), "none", or the path of a CSV with title,
    #: arxiv_id, date, precision, source.
    dates: str = "pretraining"
    #: For saved pages: file name → year in which it was saved, where the page does not state it.
    snapshot_years: dict[str, int] = Field(default_factory=dict)
    #: For tables: the columns of the text (joined) and of the date (one, or year, month, day),
    #: which are never guessed.
    text: str | tuple[str, ...] = ()
    date: str | tuple[str, ...] = ()
    #: For tables: columns of id and title ("id" and "title" if there are such; "" for none), of
    #: where a record comes from, and those to keep.
    id: str | None = None
    title: str | None = None
    origin: str = ""
    keep: tuple[str, ...] | None = None
    #: For tables: how dates are written (strptime; else any form), and whose days count (else UTC).
    date_format: str | tuple[str, ...] = ""
    zone: str = ""
    #: For tables: order of dates in numbers ("dmy", "mdy", "ymd"), what numbers count ("s", "ms",
    #: "us", "excel"), month in which years such as 2019-20 begin, first year of two digits (1969).
    date_order: str = ""
    date_unit: str = ""
    fiscal_year: int | None = None
    pivot: int | None = None
    #: Years before (1600) and days after (today) are left out of time.
    earliest: int | None = None
    collected_on: Day = ""
    #: For tables: what separates the cells of a CSV, its encoding (any that Python knows) and how
    #: quotes are escaped ("double", "backslash", "none"), else by evidence; the line that names the
    #: columns, or the lines before it; the worksheet of an Excel file; the field of a JSON object
    #: that holds the records.
    delimiter: str = ""
    encoding: str = ""
    quoting: str = ""
    header_row: int = Field(0, ge=0)
    skip_rows: int = Field(0, ge=0)
    sheet: str = ""
    records: str = ""
    #: Documents in these languages only, and with texts of at least so many characters.
    languages: tuple[str, ...] = ()
    min_chars: int = Field(0, ge=0)
    #: Refuse the input at the first record that cannot be read, which is else dropped and counted.
    strict: bool = False
    #: First and last day that the source covers as a whole; periods beyond are incomplete.
    observed_from: Day = ""
    observed_until: Day = ""

    def options(self) -> dict[str, Any]:
        """Options of the source: only what was set."""
        return self.model_dump(exclude={"path", "source"}, exclude_defaults=True)


class TextConfig(Section):
    """Tokenisation and the choice of the modelling vocabulary."""

    phrases: bool = True
    #: Documents in which a term must occur; 0 chooses by the size of the corpus.
    min_df: int = Field(0, ge=0)
    #: Largest share of documents in which a term may occur.
    max_df: float = Field(0.5, gt=0, le=1)


class ModelsConfig(Section):
    """Which families are fitted, how often and with how many topics."""

    backends: Annotated[tuple[Backend, ...], AfterValidator(_not_empty)] = (
        "gibbs-lda",
        "lda",
        "bertopic",
    )
    #: A number, or "auto": as many as recur over seeds, see ``analysis/quality/topic_number.py``.
    n_topics: Annotated[int | Literal["auto"], _number_or_auto(2)] = 12
    #: Documents on which topics are learnt, all others being assigned to them; 0 is all documents,
    #: "auto" all of a corpus that is not very large, see ``runs/tasks/sample.py``.
    sample: Annotated[int | Literal["auto"], _number_or_auto(0)] = "auto"
    #: Numbers that "auto" tries; none named means 4, 6, 8, 11, …, up to one topic for every ten
    #: documents, until no more topics recur.
    candidates: tuple[NumberOfTopics, ...] = ()
    #: Fits per candidate and backend, the first backend of each family.
    candidate_seeds: int = Field(3, ge=2, le=100)
    #: Fits per backend, each with its own seed.
    seeds: int = Field(5, ge=1, le=1000)
    #: Processes that fit side by side.
    workers: int = Field(2, ge=1, le=64)
    #: Settings of single backends, for example ``[models.settings.lda] passes = 40``.
    settings: dict[Backend, dict[str, Any]] = Field(default_factory=dict)

    @property
    def number(self) -> int:
        """The number of topics; a study puts it in the place of "auto" before it is asked for."""
        if self.n_topics == "auto":
            message = 'models.n_topics is "auto", and no number was chosen yet.'
            raise UsageError(message)
        return self.n_topics


class PrevalenceConfig(Section):
    """Shares over time."""

    period: str = "half-year"
    theta: Literal["hard", "mean"] = "hard"
    interval: Literal["wilson", "bootstrap"] = "wilson"
    level: float = Field(0.95, gt=0, lt=1)
    #: Two spans of time whose shares are compared, each a first and a last year (or month, or day),
    #: such as [["2021", "2022"], ["2024", "2025"]]; the first and last third of the periods if
    #: none are named.
    spans: tuple[TimeSpan, TimeSpan] | None = None
    #: What to do with dates that are coarser than the period.
    imprecise: Literal["error", "drop", "spread"] = "error"
    #: Column of the documents ("source", "venue", "language", …) by which every trend is directly
    #: standardized too: its mix is held fixed over time, and tables and report show both. Empty: no
    #: column.
    standardize_by: str = ""
    #: Column of the documents ("author", "thread", "outlet", …) whose documents are not independent
    #: of one another: in intervals of shares and in trends they count for fewer. Empty: no column.
    cluster: str = ""

    @property
    def calendar(self) -> dict[str, Any]:
        """How documents are put into periods: period, and what becomes of coarser dates."""
        return {"period": self.period, "imprecise": self.imprecise}


class SplitConfig(Section):
    """Documents on which topics are learnt, apart from those on which trends are estimated."""

    #: Share of the dated documents that is used for learning only, drawn at random within time; 0
    #: learns and estimates on all documents.
    share: LearningShare = 0.0


class DiagnosticsConfig(Section):
    """Which diagnostics are on; each shows corrected trends beside the raw ones."""

    #: Documents that grow longer or shorter over time; where they do, the term models are fitted
    #: again at matched length.
    lengths: bool = True
    #: Periods that the corpus does not cover as a whole.
    incomplete: bool = True
    #: Documents that repeat an earlier one.
    duplicates: bool = True
    #: A mix of sources (column ``source``, or the saved pages) that changes over time.
    sources: bool = True
    #: A trend in the share of documents without a topic.
    unassigned: bool = True
    #: Dates that are wrong by one period.
    dates: bool = True
    #: Topics whose words are replaced over the span, and pairs that are one topic under old and new
    #: words.
    vocabulary: bool = True


class MultiverseConfig(Section):
    """The choices of ``trends multiverse``.

    The run's own setting is always among the levels of a choice.
    """

    #: Backends; none named means those of the run.
    backend: tuple[Backend, ...] = ()
    #: Fits per backend and number of topics, each with its own seed; the first ones are those of
    #: the run.
    seeds: int = Field(3, ge=1, le=1000)
    #: Numbers of topics; none named means five sixths, all and five quarters of the run's.
    n_topics: tuple[NumberOfTopics, ...] = ()
    #: Spaces of document vectors beside the run's: "minilm", "lsa" (singular vectors of the term
    #: counts), a file of vectors or a model's folder or name.
    embedding: tuple[str, ...] = ("lsa",)
    theta: tuple[Literal["hard", "mean"], ...] = ("hard", "mean")
    period: tuple[str, ...] = ("quarter", "half-year", "year")
    #: Documents that a share is a share of: all of the period, or those that a topic took.
    denominator: tuple[Literal["all", "assigned"], ...] = ("all", "assigned")
    #: Whether documents with nearly the same title count once.
    deduplicate: tuple[bool, ...] = (False, True)
    #: Documents as long as they are, or cut to equal length before LDA is fitted.
    length: tuple[Literal["as-is", "matched"], ...] = ("as-is", "matched")
    #: Shares of the documents on which topics are learnt, trends being estimated on the others; 0
    #: does both on all and is always among them.
    split: tuple[LearningShare, ...] = (0.0,)
    #: Shuffles of the dates for the joint test, whose p is a multiple of 1 / (1 + shuffles).
    shuffles: int = Field(199, ge=19, le=100_000)
    #: Neighbouring documents that stay together when dates are shuffled; 0 takes as many as a
    #: typical period has.
    block: int = Field(0, ge=0)


class PlaceboConfig(Section):
    """Shuffled dates: what the tests find where there is nothing to find."""

    shuffles: int = Field(1000, ge=20, le=1_000_000)
    #: Neighbouring documents that stay together; 0 takes as many as a typical period has, "period"
    #: moves whole periods.
    block: Annotated[int, Field(ge=0)] | Literal["period"] = 0
    #: False-discovery rate at which a topic counts as found.
    q: float = Field(0.05, gt=0, lt=1)


class FiguresConfig(Section):
    """How figures are drawn and saved."""

    venue: str = "report"
    formats: tuple[Format, ...] = ("pdf", "svg", "png")
    top: int = Field(12, ge=1)
    #: Face or font file for letters that matplotlib's own lack; "" finds one on this machine.
    font: str = ""
    #: Lay the documents out for a map, where there are vectors.
    map: bool = True


class RunConfig(Section):
    """All settings of a run; each has a default but ``rng``: a seed is chosen, never assumed."""

    name: str = "trends"
    title: str = ""
    rng: int = Field(ge=0)
    #: A CSV of names of topics, made from the labels.csv of an earlier run; see
    #: :mod:`trends.runs.tasks.analysis_parts.names`.
    labels: str = ""
    #: The most memory that a run may take, all processes together, for example "8GB"; "" is what
    #: the machine has, see ``runs/engine/memory.py``.
    memory: Annotated[str, AfterValidator(_size)] = ""
    corpus: CorpusConfig = CorpusConfig()
    text: TextConfig = TextConfig()
    embed: EmbedConfig = EmbedConfig()
    models: ModelsConfig = ModelsConfig()
    prevalence: PrevalenceConfig = PrevalenceConfig()
    split: SplitConfig = SplitConfig()
    diagnostics: DiagnosticsConfig = DiagnosticsConfig()
    multiverse: MultiverseConfig = MultiverseConfig()
    placebo: PlaceboConfig = PlaceboConfig()
    figures: FiguresConfig = FiguresConfig()


def load(path: Path, overrides: Sequence[str] = (), rng: int | None = None) -> RunConfig:
    """Read a config file and apply overrides.

    Parameters
    ----------
    path : Path
        A TOML file. Relative paths in it are taken from the folder of the file.
    overrides : sequence of str
        ``key=value``, keys dotted; the value is read as TOML where it can be, else as text.
        Relative paths given here are taken from the working directory.
    rng : int, optional
        Takes the place of ``rng`` in the file.

    Raises
    ------
    MissingError
        If there is no such file.
    UsageError
        If the file is not TOML, a key is unknown or a value is not allowed.
    """
    if not path.is_file():
        message = (
            f"There is no config file {path}. A run may start from documents, and writes a config: "
            "trends run papers.csv --text abstract --date published."
        )
        raise MissingError(message)
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path} is not TOML: {error}."
        raise UsageError(message) from error
    _resolve_paths(data, path.parent)
    for item in overrides:
        override(data, item)
    if rng is not None:
        data["rng"] = rng
    return check(data, str(path))


def _resolve_paths(data: dict[str, Any], folder: Path) -> None:
    """Take relative paths from the folder of the file, where there is something."""

    def resolved(value: Any) -> Any:
        if isinstance(value, list):
            return [resolved(each) for each in value]
        named = value in ("pretraining", "minilm", *OWN)
        there = isinstance(value, str) and not named and (folder / value).exists()
        return str(folder / value) if there else value

    paths = {"": "labels", "corpus": "path", "embed": "path", "figures": "font"}
    for section, key in (*paths.items(), ("embed", "model"), ("multiverse", "embedding")):
        at = data.get(section) if section else data
        if isinstance(at, dict) and at.get(key):
            at[key] = resolved(at[key])
    embed = data.get("embed")
    store = embed.get("store") if isinstance(embed, dict) else None
    if isinstance(store, str) and store not in ("", "none") and not store.startswith("~"):
        data["embed"]["store"] = str(folder / store)


def check(data: dict[str, Any], where: str = "config") -> RunConfig:
    """Validate settings; every error of pydantic becomes one sentence.

    Raises
    ------
    UsageError
        If a key is unknown, was renamed or is missing, or a value is not allowed.
    """
    try:
        return RunConfig.model_validate(data)
    except ValidationError as error:
        message = " ".join(sentence(each, RunConfig, where) for each in error.errors())
        raise UsageError(message) from error
