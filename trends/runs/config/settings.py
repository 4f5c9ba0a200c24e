"""The settings of a run: TOML, checked strictly."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from trends.errors import MissingError, UsageError
from trends.runs.config.kinds import (
    Allowed,
    Backend,
    Backends,
    Column,
    File,
    Format,
    LearningShare,
    NumberOfTopics,
    Period,
    Size,
    TimeSpan,
    number_or,
    number_or_auto,
)
from trends.runs.config.messages import sentence
from trends.runs.config.overrides import override
from trends.runs.config.sections.corpus import CorpusConfig
from trends.runs.config.sections.embed import OWN, EmbedConfig
from trends.runs.config.sections.engine import EngineConfig
from trends.runs.config.sections.section import Section
from trends.runs.config.sections.studies import (
    GroupsConfig,
    MultiverseConfig,
    PlaceboConfig,
    ShapesConfig,
)


class TextConfig(Section):
    """Tokenisation and the choice of the modelling vocabulary."""

    phrases: bool = True
    """Join words that occur together more often than by chance into one term."""
    min_df: int = Field(0, ge=0)
    """Documents in which a term must occur; 0 chooses by the size of the corpus."""
    max_df: float = Field(0.5, gt=0, le=1)
    """Largest share of documents in which a term may occur."""
    chunks: Annotated[
        int | Literal["paragraphs"],
        number_or("paragraphs", 0),
        Allowed('a whole number from 0 on, or "paragraphs"'),
    ] = 0
    """For long documents: topics are learnt on pieces of so many words, or on paragraphs (with
    corpus.paragraphs), and a document's shares are those of its pieces, weighted by their words;
    documents stay the unit of all tests. 0 takes documents as they are. For mixtures of words,
    such as gibbs-lda, lda and nmf."""


class ModelsConfig(Section):
    """Which families of models are fitted, how often and with how many topics."""

    backends: Backends = ("gibbs-lda", "lda", "bertopic")
    """The models; a claim that all agree on is worth more."""
    n_topics: Annotated[
        int | Literal["auto"], number_or_auto(2), Allowed('a whole number from 2 on, or "auto"')
    ] = "auto"
    """The number of topics; "auto" fits several numbers with several seeds and takes as many as
    are found again."""
    sample: Annotated[
        int | Literal["auto"], number_or_auto(0), Allowed('a whole number from 0 on, or "auto"')
    ] = "auto"
    """Documents on which topics are learnt, all others being assigned to them; 0 is all
    documents, "auto" is all of up to 60,000, else 30,000."""
    candidates: tuple[NumberOfTopics, ...] = ()
    """Numbers of topics that n_topics = "auto" tries; a grid of numbers if none are named."""
    candidate_seeds: int = Field(3, ge=2, le=100)
    """Fits of n_topics = "auto" per number and backend, the first backend of each family."""
    seeds: int = Field(5, ge=1, le=1000)
    """Fits per backend, each with its own seed."""
    workers: int = Field(2, ge=1, le=64)
    """Processes that fit side by side."""
    settings: Annotated[
        dict[Backend, dict[str, Any]],
        Allowed("names of backends, each with its settings: trends config models.settings"),
    ] = Field(default_factory=dict, examples=[{"gibbs-lda": {"iterations": 2000}}])
    """Settings of single backends, for example [models.settings.lda] max_passes = 200."""

    @property
    def number(self) -> int:
        """The number of topics; a study puts it in the place of "auto" before it is asked for."""
        if self.n_topics == "auto":
            message = 'models.n_topics is "auto", and no number was chosen yet.'
            raise UsageError(message)
        return self.n_topics


class PrevalenceConfig(Section):
    """Shares of topics over time, and the test of their change."""

    period: Period = "half-year"
    """Length of a period."""
    theta: Literal["hard", "mean"] = "hard"
    """How a share is estimated: "hard" counts each document for its main topic, "mean" takes the
    mean of the documents' shares."""
    interval: Literal["wilson", "bootstrap"] = "wilson"
    """Interval of a share: by a formula (Wilson), or by drawing documents again."""
    level: float = Field(0.95, gt=0, lt=1)
    """Confidence level of all intervals."""
    spans: tuple[TimeSpan, TimeSpan] | None = Field(
        None, examples=[[["2019", "2020"], ["2023", "2024"]]]
    )
    """Two spans of time whose shares are compared; the first and the last third of the periods if
    not set."""
    season: Literal["none", "auto", "adjust", "keep"] = "none"
    """Months or quarters that differ in every year alike: "auto" takes them out of changes where
    periods are months or quarters and two years have documents, "adjust" demands it, "keep" fits
    them and leaves in a change what the seasons of its spans differ by, "none" fits none."""
    imprecise: Literal["error", "drop", "spread"] = "error"
    """Dates that are coarser than the period: refuse them, leave them out, or spread them over
    the periods that they may belong to."""
    standardize_by: Column = ""
    """Column of the documents ("source", "venue", "language", …) by which every trend is directly
    standardized too: its mix is held fixed over time, and tables and report show both. Empty: no
    column."""
    cluster: Column = ""
    """Column of the documents ("author", "thread", "outlet", …) whose documents are not
    independent of one another: in intervals of shares and in trends they count for fewer. Empty:
    no column."""

    @property
    def calendar(self) -> dict[str, Any]:
        """How documents are put into periods: period, coarser dates, what is done about seasons."""
        return {"period": self.period, "imprecise": self.imprecise, "season": self.season}


class SplitConfig(Section):
    """Documents on which topics are learnt, apart from those on which trends are estimated."""

    share: LearningShare = 0.0
    """Share of the dated documents that is used for learning only, drawn at random within time; 0
    learns and estimates on all documents."""


class DiagnosticsConfig(Section):
    """Which diagnostics are on; each shows corrected trends beside the raw ones."""

    lengths: bool = True
    """Documents that grow longer or shorter over time; where they do, the term models are fitted
    again at matched length."""
    incomplete: bool = True
    """Periods that the corpus does not cover as a whole."""
    duplicates: bool = True
    """Documents that repeat an earlier one."""
    sources: bool = True
    """A mix of sources (column "source", or the saved pages) that changes over time."""
    unassigned: bool = True
    """A trend in the share of documents without a topic."""
    dates: bool = True
    """Dates that are wrong by one period."""
    vocabulary: bool = True
    """Topics whose words are replaced over the span, and pairs that are one topic under old and
    new words."""
    topics: bool = True
    """Topics that have the same words, and topics that hold two themes."""


class FiguresConfig(Section):
    """How figures are drawn and saved."""

    venue: str = "report"
    """Where figures will appear, which decides their size and type."""
    formats: tuple[Format, ...] = ("pdf", "svg", "png")
    """Files that are written of each figure."""
    top: int = Field(12, ge=1)
    """Topics that a figure shows at most."""
    font: Annotated[str, Allowed("the name of a face, or the path of a font file")] = ""
    """For letters that matplotlib's own face lacks; one of this machine is found if it is empty."""
    map: bool = True
    """Lay the documents out for a map, where there are vectors."""


class LabelsConfig(Section):
    """Names of topics: the user's own, and who may be asked for proposals."""

    path: File = ""
    """A CSV of names of topics, made from the labels.csv of an earlier run; ``trends label`` makes
    one. The path may be written in the place of the section: labels = "labels.csv"."""
    endpoint: Annotated[str, Allowed('an address, such as "http://localhost:11434/v1"')] = ""
    """Address of an OpenAI-compatible service, local or remote, that ``trends label --ask`` asks
    for names; a run asks nobody."""
    model: Annotated[str, Allowed("the name of a model of that service")] = ""
    """The model that is asked."""
    key: Annotated[str, Allowed("the name of an environment variable")] = ""
    """Environment variable that holds the key of the service; no key is sent if it is empty."""
    titles: bool = False
    """Send titles of documents along with the words of each topic."""
    timeout: float = Field(60, gt=0, le=600)
    """Seconds to wait for one answer."""

    @model_validator(mode="before")
    @classmethod
    def _path(cls, data: Any) -> Any:
        return {"path": data} if isinstance(data, str) else data


class RunConfig(Section):
    """All settings of a run; each has a default but the seed, which is chosen, never assumed."""

    name: str = "trends"
    """Name of the corpus in files and captions."""
    title: str = ""
    """Title of the report; the name if it is empty."""
    rng: int = Field(ge=0, examples=[1])
    """Seed of everything that is drawn; the same number gives the same results."""
    memory: Size = ""
    """The most memory that a run may take, all processes together; what the machine has if it is
    empty."""
    edits: File = ""
    """A TOML of topics that are merged, split, renamed or excluded; ``trends edit`` makes one."""
    plan: File = ""
    """A registered plan (``trends register``); the claim card says where the run departs from
    it."""
    corpus: CorpusConfig = CorpusConfig()
    engine: EngineConfig = EngineConfig()
    text: TextConfig = TextConfig()
    embed: EmbedConfig = EmbedConfig()
    models: ModelsConfig = ModelsConfig()
    prevalence: PrevalenceConfig = PrevalenceConfig()
    split: SplitConfig = SplitConfig()
    diagnostics: DiagnosticsConfig = DiagnosticsConfig()
    multiverse: MultiverseConfig = MultiverseConfig()
    placebo: PlaceboConfig = PlaceboConfig()
    groups: GroupsConfig = GroupsConfig()
    shapes: ShapesConfig = ShapesConfig()
    figures: FiguresConfig = FiguresConfig()
    labels: LabelsConfig = LabelsConfig()


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
            f"There is no config file {path}. trends init writes one, or a run may start from "
            "documents: trends run papers.csv --text abstract --date published."
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

    if isinstance(data.get("labels"), str):
        data["labels"] = {"path": data["labels"]}
    if data.get("edits"):
        data["edits"] = resolved(data["edits"])
    paths = {"labels": "path", "corpus": "path", "embed": "path", "figures": "font"}
    for section, key in (*paths.items(), ("embed", "model"), ("multiverse", "embedding")):
        at = data.get(section)
        if isinstance(at, dict) and at.get(key):
            at[key] = resolved(at[key])
    if isinstance(data.get("plan"), str):
        data["plan"] = resolved(data["plan"])
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
