"""``trends register``: question, data rule, models, seeds, test and multiverse before a look."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from trends import files
from trends.core.computing.rng import seeds_from
from trends.core.wording import plural
from trends.errors import UsageError
from trends.runs.cards.frozen import columns_sha256, documents_sha256, settings
from trends.runs.cards.make import TEST
from trends.runs.cards.plan import FORMAT, DataRule, Plan, days_of
from trends.runs.config.settings import RunConfig
from trends.runs.engine.closure import version
from trends.runs.tasks.parts import draw_split
from trends.sources import read_corpus


def register(
    config: RunConfig,
    *,
    question: str,
    data_from: dt.date | None = None,
    data_until: dt.date | None = None,
) -> Plan:
    """Freeze what a run will ask and how.

    Parameters
    ----------
    config : RunConfig
        All settings.
    question : str
        In the user's words.
    data_from, data_until : datetime.date, optional
        Days within which the documents will be dated, where they are still to come. Without them
        the corpus is read, and its documents are registered by their hash.

    Raises
    ------
    UsageError
        If no question is asked, or the days are out of order or not to come.
    TrendsError
        If the corpus cannot be read.
    """
    if not question.strip():
        message = (
            'A plan states its question, such as --question "Does the share of solar cells rise?".'
        )
        raise UsageError(message)
    if config.plan:
        message = "The config names a plan already; take out plan = … to register another one."
        raise UsageError(message)
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    to_come = data_from is not None or data_until is not None
    data = _to_come(data_from, data_until, now.date()) if to_come else _at_hand(config)
    made = {
        "format": FORMAT,
        "registered": now.isoformat().replace("+00:00", "Z"),
        "question": question.strip(),
        "data": data.model_dump(mode="json"),
        "test": TEST,
        "config": settings(config),
        "seeds": {
            backend: seeds_from(config.rng, backend, config.models.seeds)
            for backend in config.models.backends
        },
        "version": version("topic-trends"),
        "sha256": "0" * 64,
    }
    plan = Plan.model_validate(files.plain(made))
    return plan.model_copy(update={"sha256": plan.own_sha256})


def _to_come(first: dt.date | None, last: dt.date | None, today: dt.date) -> DataRule:
    if first is None:
        message = "Data to come have a first day: give --data-from."
        raise UsageError(message)
    if last is not None and last < first:
        message = f"The data end on {last}, before they begin on {first}."
        raise UsageError(message)
    if first < today:
        message = (
            f"--data-from {first} is past: documents of that day may have been seen. Name a day "
            f"from {today} on, or leave it out to register the documents at hand."
        )
        raise UsageError(message)
    until = f" to {last}" if last else " on"
    return DataRule(
        kind="to come",
        sentence=f"Documents dated from {first}{until}, all of them; none was at hand.",
        first_day=first.isoformat(),
        last_day=last.isoformat() if last else None,
    )


def _at_hand(config: RunConfig) -> DataRule:
    given = config.corpus
    corpus = read_corpus([given.path], source=given.source, **given.options())
    first, last = days_of(corpus)
    drawn = draw_split(corpus, config)
    part = ""
    if drawn is not None:
        part = (
            f" Topics are learnt on {len(drawn.learn):,} of them, drawn by the seed {drawn.seed}; "
            f"trends are estimated on the other {len(drawn.estimate):,}."
        )
    return DataRule(
        kind="corpus" if drawn is None else "split",
        sentence=f"The {plural(len(corpus), 'document')} at hand, all of them.{part}",
        documents_sha256=documents_sha256(columns_sha256(corpus)),
        documents=len(corpus),
        first_day=first,
        last_day=last,
    )


def write(plan: Plan, path: Path) -> None:
    """Write a plan; one that is there is never replaced.

    Raises
    ------
    UsageError
        If there is a file of this name.
    """
    if path.exists():
        message = (
            f"{path} is there already, and a registered plan is not changed; choose another name "
            "with -o."
        )
        raise UsageError(message)
    files.write_json(path, plan.model_dump(mode="json"))
