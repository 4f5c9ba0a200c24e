"""``trends verify``: a claim card checked alone, against its plan, and by a run from features."""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Generator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trends import files, store
from trends.core.wording import listed
from trends.errors import DataError, TrendsError, UsageError
from trends.runs.cards import plan as plans
from trends.runs.cards.contradictions import contradictions
from trends.runs.cards.make import card_of
from trends.runs.cards.model import Card
from trends.runs.config import settings
from trends.runs.config.settings import RunConfig
from trends.runs.engine.closure import version
from trends.runs.engine.engine import Engine, Need, Report
from trends.runs.review import verify_concepts
from trends.runs.review.comparison import (
    CLOSE,
    DIFFERS,
    EXACT,
    NOT_RUN,
    TOLERANCE,
    Step,
    compare,
    others,
    same_inputs,
)
from trends.runs.studies import multiverse, placebo
from trends.runs.studies.pipeline import plan as plan_run
from trends.runs.studies.run import computed_of
from trends.runs.tasks import documents, terms
from trends.runs.tasks.publish import results_of

#: Settings that say how files are read, which features are not: what stays is what they cover.
_OF_THE_FEATURES = ("observed_from", "observed_until")


@dataclass(frozen=True)
class Verification:
    """What verifying found.

    Parameters
    ----------
    verdict : str
        "reproduced exactly", "reproduced within tolerance", "not reproduced", or
        "consistent, not re-run" without features.
    steps : list of Step
        In the order of a run.
    software : list of str
        Packages whose version is another one here; this alone decides nothing.
    findings_same : bool, optional
        Whether every finding and its stability came out again, whatever the numbers.
    """

    verdict: str
    steps: list[Step]
    software: list[str]
    findings_same: bool | None

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return all(step.state != DIFFERS for step in self.steps)

    @property
    def first(self) -> Step | None:
        """The first step that differs, in which later ones have their cause."""
        return next((step for step in self.steps if step.state == DIFFERS), None)


def verify(
    card: Card,
    features: Path | None = None,
    *,
    plan: Path | None = None,
    edits: Path | None = None,
    concepts: Path | None = None,
    beside: Path | None = None,
    folder: Path | None = None,
    tolerance: float = TOLERANCE,
    report: Report | None = None,
) -> Verification:
    """Check a card, and re-run it where features are given.

    Parameters
    ----------
    card : Card
    features : Path, optional
        A folder of ``trends export-features``, or any corpus that ``trends read`` accepts.
    plan : Path, optional
        The registered plan that the card says it followed.
    edits : Path, optional
        The edits of topics that the run was made with, if it was.
    concepts : Path, optional
        The file of the concepts, where texts in it stand for examples.
    beside : Path, optional
        Folder of the card, where the occurrences of a concept's words may lie.
    folder : Path, optional
        Where the re-run keeps its tasks; a temporary folder if none is given.
    tolerance : float
        See :func:`~trends.runs.review.comparison.compare`.
    report : callable, optional
        Called with (task, state, done, total).

    Returns
    -------
    Verification

    Raises
    ------
    TrendsError
        If the features or the plan cannot be read.
    """
    if features is not None and card.config.get("engine", {}).get("name", "memory") != "memory":
        message = (
            "The shares of this card were added up over shards, which features do not hold; carry "
            "out its config again on the same shards and compare the cards."
        )
        raise UsageError(message)
    steps = [_alone(card), *_plan(card, plan)]
    if not card.models:
        return _of_concepts(card, steps, features, concepts, beside, tolerance)
    config, findings = None, None
    try:
        config = config_of(card, features, edits)
    except TrendsError as error:
        steps.append(Step("settings", DIFFERS, str(error)))
    if features is not None and config is not None:
        with tempfile.TemporaryDirectory() if folder is None else nullcontext(folder) as place:
            engine = Engine(Path(place), report)
            found, again = engine.carry_out(_again(engine, config, card))
        steps += found
        if again is not None:
            made = compare(card, again, tolerance)
            steps += made
            findings = made[-1].state == EXACT
    else:
        why = "no features were given" if features is None else "the settings cannot be had"
        steps.append(Step("re-run", NOT_RUN, why))
    return Verification(_verdict(steps), steps, _software(card), findings)


def _of_concepts(
    card: Card,
    steps: list[Step],
    features: Path | None,
    concepts: Path | None,
    beside: Path | None,
    tolerance: float,
) -> Verification:
    made: Card | None = None
    if features is None:
        steps.append(Step("re-run", NOT_RUN, "no features were given"))
    else:
        found, made = verify_concepts.again(card, features, concepts, beside, tolerance)
        steps += found
    findings = None if made is None else steps[-1].state == EXACT
    return Verification(_verdict(steps), steps, _software(card), findings)


def _verdict(steps: list[Step]) -> str:
    states = {step.state for step in steps}
    if DIFFERS in states:
        return "not reproduced"
    if any(step.name == "re-run" for step in steps):
        return "consistent, not re-run"
    return "reproduced within tolerance" if CLOSE in states else "reproduced exactly"


def _alone(card: Card) -> Step:
    found = contradictions(card)
    if not found:
        return Step("card", EXACT)
    sections = listed(list(dict.fromkeys(section for section, _ in found)))
    return Step("card", DIFFERS, f"{sections}: {' '.join(text for _, text in found)}")


def _plan(card: Card, path: Path | None) -> list[Step]:
    if path is None:
        if card.plan is None:
            return []
        detail = f"the card follows the plan {card.plan.sha256[:12]}…; give it with --plan"
        return [Step("plan", NOT_RUN, detail)]
    try:
        plan = plans.parse(path)
    except DataError as error:
        return [Step("plan", DIFFERS, str(error))]
    if card.plan is None:
        return [Step("plan", DIFFERS, "the card names no plan")]
    c, own = card.corpus, card.software.versions.get("topic-trends", "")
    days = (c.first_day, c.last_day)
    found = plans.deviations(plan, card.config, own, c.documents_sha256, days)
    said = plans.followed(plan, found)
    wrong = [
        f"{name} is {_short(getattr(said, name))} by the plan, the card has "
        f"{_short(getattr(card.plan, name))}"
        for name in type(said).model_fields
        if getattr(said, name) != getattr(card.plan, name)
    ]
    if plan.sha256 != plan.own_sha256:
        wrong.insert(0, "it was changed after it was registered")
    seeds = {backend: card.seeds.get(backend) for backend in plan.seeds}
    compared: list[tuple[str, Any, Any]] = [
        ("seeds", plan.seeds, seeds),
        ("test", plan.test, card.test.name),
    ]
    if plan.data.kind != "to come":
        had = {"documents": c.documents, "first_day": c.first_day, "last_day": c.last_day}
        compared += [(f"data.{n}", getattr(plan.data, n), value) for n, value in had.items()]
    wrong += [f"{name} is not what the card has" for name, old, new in compared if old != new]
    if wrong:
        return [Step("plan", DIFFERS, "; ".join(wrong))]
    return [Step("plan", EXACT, " ".join(found))]


def _short(value: Any) -> str:
    text = " ".join(value) if isinstance(value, list) else str(value)
    return f"“{text[:300]}”" if text else "nothing"


def config_of(card: Card, features: Path | None = None, edits: Path | None = None) -> RunConfig:
    """The settings of a card for a run from features.

    Raises
    ------
    UsageError
        If the card holds settings that no run has, or other edits than those that are given.
    """
    own = ("corpus", "edits", "engine")
    given: dict[str, Any] = {k: value for k, value in card.config.items() if k not in own}
    corpus, edited = card.config.get("corpus", {}), card.config.get("edits", "")
    kept = {k: corpus[k] for k in _OF_THE_FEATURES if corpus.get(k)}
    given["corpus"] = {"path": str(features or "features"), **kept}
    # Vectors came with the features, whatever made them, and are kept nowhere else.
    given["embed"] = {"store": "none"}
    if features is not None and edited:
        if edits is None or not str(edited).endswith(files.sha256(edits)):
            message = f"Topics were edited by the file {edited}; give it with --edits."
            raise UsageError(message)
        given["edits"] = str(edits)
    return settings.check(given, "the settings of the card")


def _again(
    engine: Engine, config: RunConfig, card: Card
) -> Generator[Need, bool, tuple[list[Step], Card | None]]:
    """The run once more, up to its tables; not at all if the documents are others."""
    p = yield from plan_run(engine, config)
    whole = documents.load(engine.folder(p.inputs.corpus))
    if (step := others(whole, card)) is not None:
        return [step, Step("results", NOT_RUN)], None
    # Before anything is fitted: on other counts or vectors nothing could come out the same.
    yield Need([t for t in (p.inputs.terms, p.inputs.embedded) if t is not None])
    vectors = engine.folder(p.inputs.embedded) if p.inputs.embedded else None
    counts = store.read_counts(engine.folder(p.inputs.terms))
    came = whole.counts
    why = " ".join(terms.joined_otherwise(came, config.text)) if came is not None else ""
    given = same_inputs(
        card,
        counts.fingerprint,
        files.sha256(vectors / store.VECTORS) if vectors else None,
        why,
    )
    steps = [Step("documents", EXACT), *given]
    if any(step.state == DIFFERS for step in given):
        return [*steps, Step("results", NOT_RUN)], None
    yield Need([p.analysis], p.need.sizes, p.need.workers)
    tables, shuffled = p.analysis, None
    if card.multiverse is not None:
        tables = yield from multiverse.tabulated(engine, p)
        yield Need([tables])
    if card.placebo:
        task = placebo.shuffled_of(p)
        yield Need([task])
        shuffled = placebo.read(engine.folder(task))
    computed = computed_of(engine, p, engine.folder(tables))
    again = card_of(results_of(engine, whole, p.config, computed, shuffled))
    return steps, again


def _software(card: Card) -> list[str]:
    out = []
    for name, then in sorted(card.software.versions.items()):
        now = platform.python_version() if name == "python" else version(name)
        if now != then:
            out.append(f"{name} {now}, then {then}")
    return out
