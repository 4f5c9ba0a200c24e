"""The registered plan: question, data rule, models, seeds, test and multiverse, before a look."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trends import files
from trends.core import Corpus
from trends.errors import DataError, MissingError
from trends.runs.cards.frozen import defaults, differences, sha256_of

FORMAT = "trends-plan/1"
#: Bytes that a plan may have.
MOST_BYTES = 2**22
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class DataRule(_Part):
    """Which documents the claims will be about.

    ``corpus``: those at hand, by their hash; ``split``: a part of them that the topics are not
    learnt on; ``to come``: those that are dated within days to come.
    """

    kind: Literal["corpus", "split", "to come"]
    sentence: str
    documents_sha256: Digest | None = None
    documents: int | None = None
    first_day: Day | None = None
    last_day: Day | None = None


class Plan(_Part):
    """What is frozen; ``sha256`` is that of all the rest, to be deposited where others see it."""

    format: Literal["trends-plan/1"]
    registered: str
    question: str
    data: DataRule
    test: str
    config: dict[str, Any]
    seeds: dict[str, list[int]]
    version: str
    sha256: Digest

    @property
    def own_sha256(self) -> str:
        """What ``sha256`` has to be."""
        return sha256_of(self.model_dump(mode="json", exclude={"sha256"}))


class FollowedPlan(_Part):
    """The plan that a run followed, as its card names it, and where the run departs from it."""

    sha256: Digest
    registered: str
    question: str
    data: str
    deviations: list[str]


def read(path: Path) -> Plan:
    """Read a plan.

    Raises
    ------
    MissingError, DataError
        If it is not there, is no plan, or was changed after it was registered.
    """
    plan = parse(path)
    if plan.sha256 != plan.own_sha256:
        message = (
            f"The plan {path} was changed after it was registered: its content has the SHA-256 "
            f"{plan.own_sha256[:12]}…, its line says {plan.sha256[:12]}…"
        )
        raise DataError(message)
    return plan


def parse(path: Path) -> Plan:
    """Read a plan as it is, whether or not its hash is that of its content.

    Raises
    ------
    MissingError, DataError
        If it is not there, or is no plan.
    """
    if not path.is_file():
        message = f"There is no plan {path}; trends register CONFIG writes one."
        raise MissingError(message)
    if path.stat().st_size > MOST_BYTES:
        message = f"{path} is too large for a plan; at most {MOST_BYTES:,} bytes are read."
        raise DataError(message)
    try:
        return Plan.model_validate(files.read_json(path))
    except ValidationError as error:
        message = f"{path} is no registered plan: {first_error(error)}"
        raise DataError(message) from error


def first_error(error: ValidationError) -> str:
    """The first thing that a file has wrong, with its place."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"])) or "the whole"
    return f"{where}: {first['msg']}."


def deviations(
    plan: Plan,
    config: dict[str, Any],
    version: str,
    documents_sha256: str,
    days: tuple[str | None, str | None],
) -> list[str]:
    """Where a run departs from its plan, a sentence each.

    Parameters
    ----------
    plan : Plan
    config : dict
        Of :func:`trends.runs.cards.frozen.settings`.
    version : str
        Of the package.
    documents_sha256 : str
        Of the documents of the run.
    days : tuple of str
        Its first and its last dated day.
    """
    given_by = defaults().get
    out = [
        f"{name} is {_shown(new)}, registered was {_shown(old)}."
        for name, old, new in differences(plan.config, config)
        # The file of data to come has no name yet.
        if not (plan.data.kind == "to come" and name == "corpus.path")
        # A setting that came with a later version and is not used is no departure.
        and not (old is None and new == given_by(name))
    ]
    rule = plan.data
    if rule.documents_sha256 is not None and rule.documents_sha256 != documents_sha256:
        out.append(
            f"The documents are others than those that were registered (SHA-256 "
            f"{documents_sha256[:12]}…, registered {rule.documents_sha256[:12]}…)."
        )
    first, last = days
    if rule.kind == "to come":
        if first is None or last is None:
            out.append("No document is dated, so none is known to be later than the plan.")
        elif rule.first_day and first < rule.first_day:
            out.append(f"Documents date from {first}; registered were those from {rule.first_day}.")
        elif rule.last_day and last > rule.last_day:
            out.append(f"Documents date up to {last}; registered were those to {rule.last_day}.")
    if version != plan.version:
        out.append(f"topic-trends is {version}, registered was {plan.version}.")
    return out


def _shown(value: Any) -> str:
    return "not set" if value is None else repr(value)


def followed(plan: Plan, found: list[str]) -> FollowedPlan:
    """What a card says of a plan."""
    return FollowedPlan(
        sha256=plan.sha256,
        registered=plan.registered,
        question=plan.question,
        data=plan.data.sentence,
        deviations=found,
    )


def days_of(corpus: Corpus) -> tuple[str | None, str | None]:
    """First and last dated day."""
    dates = corpus.documents.loc[corpus.dated, "date"]
    if not len(dates):
        return None, None
    return _day(dates.min()), _day(dates.max())


def _day(value: Any) -> str:
    return dt.date(value.year, value.month, value.day).isoformat()
