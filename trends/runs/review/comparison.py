"""Two cards of the same claims, step by step: the same, the same within a tolerance, or not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trends.core import Corpus
from trends.core.wording import listed
from trends.runs.cards.frozen import columns_sha256, documents_sha256
from trends.runs.cards.model import Card

EXACT, CLOSE, DIFFERS, NOT_RUN = "exactly", "within tolerance", "differs", "not run"
#: Largest difference, in percentage points, that still counts as the same result.
TOLERANCE = 0.01
#: Numbers that are probabilities or shares, not points.
_SHARES = {
    *("p", "p_adjusted", "placebo_p", "joint_p", "any_discovery", "any_error", "agreement"),
    *("votes", "share", "share_first", "share_last", "similarity", "found"),
}
#: p of so many shuffles, which one shuffle more or less moves by a step.
_SHUFFLED = {"placebo_p", "joint_p", "any_discovery"}
#: Words that depend on texts, which features do not have.
_WORDS = {"label", "sentence"}


@dataclass(frozen=True)
class Step:
    """One step of a re-run.

    Parameters
    ----------
    name : str
        Such as "fits".
    state : str
        "exactly", "within tolerance", "differs" or "not run".
    detail : str
        What differs, where and by how much.
    largest : float
        Largest difference of a number; 0 where all are the same.
    """

    name: str
    state: str
    detail: str = ""
    largest: float = 0.0

    @property
    def line(self) -> str:
        """The step as a line."""
        return f"{self.name}: {self.state}" + (f" ({self.detail})" if self.detail else "")


#: What a card says of the corpus in numbers, which features know too.
_CORPUS = ("description", "records", "documents", "dated", "first_day", "last_day", "dropped")
#: Step → what of a claim belongs to it.
_OF_A_CLAIM: dict[str, tuple[str, ...]] = {
    "shares": ("topic",),
    "trends": (
        *("change", "change_a_year", "log_odds", "ratio", "p", "p_adjusted", "turn", "power"),
        *("fits", "fits_lower", "fits_upper", "note"),
    ),
    "diagnostics": ("corrected",),
    "other models": ("elsewhere",),
    "multiverse": ("multiverse",),
    "placebo": ("placebo_p",),
    "words": ("asked", "without"),
    "random words": ("random",),
    "findings": ("finding", "stability", "verdict"),
}
#: Steps that only topics of models have, and only concepts.
_OF_TOPICS, _OF_CONCEPTS = ("diagnostics", "other models", "placebo"), ("words", "random words")


def compare(card: Card, again: Card, tolerance: float = TOLERANCE) -> list[Step]:
    """Every step from the account of the corpus to the findings.

    Parameters
    ----------
    card, again : Card
        As it was handed on, and of the re-run; the first may hold fewer claims.
    tolerance : float
        In percentage points; for probabilities and shares a hundredth of it counts.
    """
    old, new = card.model_dump(mode="json"), again.model_dump(mode="json")
    steps = [
        _step("corpus", _account(old), _account(new), tolerance),
        _step("question and test", _plain(old), _plain(new), tolerance),
        _error_rates(old, new),
        _step("seeds", old["seeds"], new["seeds"], tolerance),
    ]
    if card.models:
        steps.append(_fits(old["models"], new["models"], tolerance))
    before = {c["topic"]["number"]: c for c in old["claims"]}
    after = {c["topic"]["number"]: c for c in new["claims"]}
    after = {topic: claim for topic, claim in after.items() if topic in before}
    for name, keys in _OF_A_CLAIM.items():
        if name in (_OF_CONCEPTS if card.models else _OF_TOPICS):
            continue
        one, other = (
            {f"{c['topic']['kind']} {t}": {k: c.get(k) for k in keys} for t, c in claims.items()}
            for claims in (before, after)
        )
        if name == "diagnostics":
            one["flags"], other["flags"] = (
                {f"{d['diagnostic']} of {d['backend']}": d["flagged"] for d in c["diagnostics"]}
                for c in (old, new)
            )
        if name in ("multiverse", "placebo"):
            one["all"], other["all"] = _study(old, name), _study(new, name)
        # One shuffle may count otherwise only where something before has other last digits.
        exact = all(step.state in (EXACT, NOT_RUN) for step in steps)
        steps.append(_step(name, one, other, tolerance, 0.0 if exact else _step_of_p(old)))
    return steps


def others(whole: Corpus, card: Card) -> Step | None:
    """The step of the documents, if they are not those of the card."""
    columns, then = columns_sha256(whole), card.corpus.columns_sha256
    if documents_sha256(columns) == card.corpus.documents_sha256:
        return None
    names = sorted(name for name in {*columns, *then} if columns.get(name) != then.get(name))
    detail = f"other values in {listed(names)}"
    if len(whole) != card.corpus.documents:
        detail = f"{len(whole):,} documents, the card has {card.corpus.documents:,}; {detail}"
    return Step("documents", DIFFERS, detail)


def same_inputs(card: Card, terms: str, vectors: str | None, why: str = "") -> list[Step]:
    """Whether the counts and the vectors of a re-run are those of the card, by their hashes.

    ``why`` says what is known to make other counts.
    """
    return [
        _hash("terms", card.corpus.terms_sha256, terms, why),
        _hash("vectors", card.corpus.vectors_sha256, vectors),
    ]


def _account(card: Mapping[str, Any]) -> dict[str, Any]:
    return {name: card["corpus"][name] for name in _CORPUS}


def _plain(card: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked and how it is tested, in words that no data change."""
    test = {k: v for k, v in card["test"].items() if k != "source"}
    return {"question": card["question"], "test": test}


def _error_rates(old: Mapping[str, Any], new: Mapping[str, Any]) -> Step:
    """Error rates come with the package, and another version may have measured others."""
    versions = [card["software"]["versions"].get("topic-trends") for card in (old, new)]
    if versions[0] != versions[1]:
        return Step("error rates", NOT_RUN, f"those of version {versions[0]}")
    return _step("error rates", old["error_rates"], new["error_rates"], 0.0)


def _study(card: Mapping[str, Any], name: str) -> Any:
    """What a card says of a study, without sentences and names of files."""
    found = card[name]
    if name == "placebo":
        return {one["backend"]: {k: v for k, v in one.items() if k != "sentence"} for one in found}
    if found is None:
        return None
    # The run's own vectors are called after their file, or came with the features.
    embed = card["config"].get("embed", {"path": "", "model": ""})
    own = (embed["path"], embed["model"])
    levels = ["its own" if n in own else n for n in found["choices"].get("embedding", [])]
    return {**found, "choices": {**found["choices"], "embedding": levels}}


def _step_of_p(card: Mapping[str, Any]) -> float:
    """What one shuffle moves a p by."""
    shuffles = [one["shuffles"] for one in card["placebo"]]
    shuffles += [card["multiverse"]["shuffles"]] if card["multiverse"] else []
    return 1 / (1 + min(shuffles)) if shuffles else 0.0


def _hash(name: str, old: str | None, new: str | None, why: str = "") -> Step:
    if old == new:
        return Step(name, EXACT)
    detail = f"SHA-256 {_short(new)}, the card has {_short(old)}"
    return Step(name, DIFFERS, f"{detail}. {why}" if why else detail)


def _short(value: str | None) -> str:
    return "none" if value is None else f"{value[:12]}…"


def _fits(old: list[Any], new: list[Any], tolerance: float) -> Step:
    one, other = ({m["backend"]: m for m in models} for models in (old, new))
    step = _step("fits", _bare(one), _bare(other), tolerance, documents=True)
    if step.state != EXACT:
        return step
    hashes = [
        {(b, f["seed"]): f["topics_sha256"] for b, m in models.items() for f in m["fits"]}
        for models in (one, other)
    ]
    changed = [f"{b} {seed}" for (b, seed), h in hashes[0].items() if hashes[1].get((b, seed)) != h]
    if not changed:
        return step
    detail = f"last digits of {changed[0]}; every topic has as many documents"
    return Step("fits", CLOSE, detail)


def _bare(models: Mapping[str, Any]) -> dict[str, Any]:
    """Models without the hashes of their fits, which any digit changes."""
    return {
        backend: {
            **{k: v for k, v in model.items() if k != "fits"},
            "fits": {
                str(fit["seed"]): {k: v for k, v in fit.items() if k != "topics_sha256"}
                for fit in model["fits"]
            },
        }
        for backend, model in models.items()
    }


def _step(
    name: str,
    old: Any,
    new: Any,
    tolerance: float,
    step_of_p: float = 0.0,
    *,
    documents: bool = False,
) -> Step:
    """One step: all its values, numbers by how far they are apart."""
    largest, near, far = 0.0, "", ""
    allowed = _allowed(tolerance, step_of_p, documents)
    for path, one, other in _leaves(old, new):
        if one == other:
            continue
        key = path[-1]
        said = f"{', '.join(path)}: {_said(other)}, the card has {_said(one)}"
        limit = allowed(key, one, other)
        if limit is None:
            far = far or said
            continue
        gap = abs(one - other)
        if gap > limit:
            far = far or said
        if gap >= largest:
            largest, near = gap, said
    if far:
        return Step(name, DIFFERS, far, largest)
    return (
        Step(name, CLOSE, f"largest difference {largest:.2g} at {near}", largest)
        if near
        else (Step(name, EXACT))
    )


def _allowed(
    tolerance: float, step_of_p: float, documents: bool
) -> Callable[[str, Any, Any], float | None]:
    def allowed(key: str, one: Any, other: Any) -> float | None:
        """How far two values may be apart; ``None`` where they have to be the same."""
        numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (one, other))
        if not numbers or not all(math.isfinite(v) for v in (one, other)):
            return None
        if isinstance(one, int) and isinstance(other, int):
            # Documents that lie between two topics may change sides with the last digit.
            return max(1.0, 0.001 * max(one, other)) if documents and key.isdigit() else None
        if key in _SHUFFLED:
            return max(tolerance / 100, 1.01 * step_of_p)
        return tolerance / 100 if key in _SHARES else tolerance

    return allowed


def _leaves(
    old: Any, new: Any, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Every value of two nested structures, side by side; lists by their places."""
    if isinstance(old, list) and isinstance(new, list):
        old, new = ({str(i): v for i, v in enumerate(values)} for values in (old, new))
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new} - _WORDS):
            yield from _leaves(old.get(key), new.get(key), (*path, str(key)))
        return
    yield path or ("all",), old, new


def _said(value: Any) -> str:
    text = "nothing" if value is None else f"{value:.10g}" if isinstance(value, float) else value
    shown = str(text)
    return f"{shown[:60]}…" if len(shown) > 60 else shown
