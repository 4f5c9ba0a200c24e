"""The claim card: one file for all claims of a run, checked strictly.

All claims of a run stand in one file, since the adjusted p of each is a statement about all of
them: a claim that is passed on alone keeps the p of every topic that was tested with it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from trends.core import Finding, Stability
from trends.runs.cards.plan import FollowedPlan

FORMAT = "trends-claims/1"

Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Probability = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]


class Part(BaseModel):
    """A part of a card: nothing that is not named here, no number that is not finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Estimate(Part):
    """A number with its interval."""

    value: float
    lower: float
    upper: float


class Input(Part):
    """A file that was read, by its name and content."""

    name: str
    sha256: Digest


class Dropped(Part):
    """Records that did not become documents, and why."""

    reason: str
    records: Count


class CorpusFacts(Part):
    """What the claims are about: the documents, and hashes that tell any change of them."""

    name: str
    description: str
    records: Count
    documents: Count
    dated: Count
    first_day: str | None = None
    last_day: str | None = None
    dropped: list[Dropped] = []
    inputs: list[Input] = []
    #: Ids, titles, dates and all other columns but the text: of the whole, and of each column.
    documents_sha256: Digest
    columns_sha256: dict[str, Digest]
    #: Counts of the terms that were modelled.
    terms_sha256: Digest
    #: Vectors of the documents, in half precision, where a model used any.
    vectors_sha256: Digest | None = None


class Question(Part):
    """What is estimated: of what, over which time, on which documents."""

    estimand: str
    measure: Literal["hard", "mean"]
    period: str
    spans: Annotated[list[str], Field(min_length=2, max_length=2)]
    spans_set_by: Literal["config", "thirds"]
    learnt_on: str
    clusters: str = ""
    standardized_by: str = ""


class Member(Part):
    """One topic of the family of tests; without p where it was not tested."""

    topic: Count
    p: Probability | None = None
    p_adjusted: Probability | None = None


class Test(Part):
    """How a change is tested, and the family over which p is adjusted."""

    name: str
    source: list[str]
    level: float
    alpha: float
    adjustment: str
    rule: str
    family: list[Member]


class Fit(Part):
    """One fit: its seed, the hash of its topics, and the documents whose main topic is each."""

    seed: Count
    topics_sha256: Digest
    documents: list[Count]
    unassigned: Count


class Model(Part):
    """A backend with its settings and all its fits; claims are about the topics of one of them."""

    backend: str
    family: str
    leads: bool
    n_topics: Count
    number_set_by: Literal["config", "auto"]
    settings: dict[str, Any]
    prototype: Count
    fits: list[Fit]


class Topic(Part):
    """What the claim is about: a topic, or a concept of the user's own, by its words."""

    kind: Literal["topic", "concept"]
    backend: str
    number: Count
    label: str
    words: list[str]
    documents: Count
    share: Probability
    share_first: Probability | None = None
    share_last: Probability | None = None
    examples: list[str] = []


class Turn(Part):
    """A rise that became a fall, or the other way round."""

    how: str
    at: float | None = None
    p: Probability | None = None
    p_adjusted: Probability | None = None


class Agreement(Part):
    """What the multiverse says of one claim."""

    agreement: Probability | None = None
    joint_p: Probability | None = None
    matched: Count
    specifications: Count
    votes: Probability


class Corrected(Part):
    """The claim once a diagnostic has corrected for what it found."""

    diagnostic: str
    finding: str
    change: Estimate | None = None
    p_adjusted: Probability | None = None
    takes_away: bool


class Elsewhere(Part):
    """The topic of another backend that holds the same documents, and what was found of it."""

    backend: str
    topic: Count
    similarity: float
    finding: str
    change: float | None = None
    p_adjusted: Probability | None = None


class ClaimFacts(Part):
    """One claim, with all that speaks for and against it."""

    topic: Topic
    finding: Finding
    stability: Stability
    sentence: str
    change: Estimate | None = None
    change_a_year: Estimate | None = None
    log_odds: Estimate | None = None
    ratio: Estimate | None = None
    p: Probability | None = None
    p_adjusted: Probability | None = None
    turn: Turn | None = None
    note: str = ""
    fits: Count | None = None
    fits_lower: float | None = None
    fits_upper: float | None = None
    power: float | None = None
    multiverse: Agreement | None = None
    placebo_p: Probability | None = None
    corrected: list[Corrected] = []
    elsewhere: list[Elsewhere] = []


class Asked(Part):
    """What the user means by a concept, how it was measured, and where its words stand."""

    words: list[str]
    exclude: list[str]
    #: Ids of documents, and how many texts were given as examples.
    examples: list[str]
    texts: Count
    at_least: Count
    measurement: Literal["dictionary", "seeded", "nearness"]
    #: Which document holds which of the words how often (``occurrences.csv``).
    occurrences_sha256: Digest


class RandomWords(Part):
    """Random concepts with words as frequent: their changes in points, and p of going farther."""

    concepts: Count
    found: Probability
    median: float | None = None
    lower: float | None = None
    upper: float | None = None
    p: Probability | None = None


class Without(Part):
    """The concept without one of its words; the claim hangs on it if it is lost then."""

    word: str
    finding: str
    change: float | None = None
    p: Probability | None = None
    hangs: bool


class ConceptClaim(ClaimFacts):
    """A claim about a concept of the user's own."""

    verdict: str
    asked: Asked
    random: RandomWords | None = None
    without: list[Without] = []


class Diagnostic(Part):
    """One diagnostic of the run, for one backend."""

    diagnostic: str
    backend: str
    flagged: bool
    sentence: str


class Multiverse(Part):
    """The choices over which the claims were repeated."""

    choices: dict[str, list[str]]
    specifications: Count
    fits: Count
    skipped: Count
    shuffles: Count
    block: Count
    rule: str


class Placebo(Part):
    """What the test finds when the dates of this corpus are shuffled."""

    backend: str
    shuffles: Count
    block: Count | Literal["period"]
    q: float
    rng: Count
    any_discovery: Probability
    any_error: float
    observed: Count
    joint_p: Probability
    sentence: str


class ErrorRate(Part):
    """How often the test errs on simulated corpora, as the package has measured it."""

    rate: str
    meaning: str
    median: Probability
    worst: Probability
    worst_se: Probability
    cells: Count


class Software(Part):
    """What computed the results."""

    versions: dict[str, str]
    platform: str


class Seal(Part):
    """SHA-256 of each section, and of all of them: what was changed later is found and named."""

    sections: dict[str, Digest]
    card: Digest


class Card(Part):
    """All claims of a run; those about concepts rest on no models of topics."""

    format: Literal["trends-claims/1"]
    title: str
    corpus: CorpusFacts
    question: Question
    test: Test
    models: list[Model]
    claims: list[ConceptClaim | ClaimFacts]
    diagnostics: list[Diagnostic]
    multiverse: Multiverse | None = None
    placebo: list[Placebo] = []
    error_rates: list[ErrorRate]
    plan: FollowedPlan | None = None
    rng: Count
    seeds: dict[str, list[Count]]
    config: dict[str, Any]
    software: Software
    check: list[str]
    seal: Seal
