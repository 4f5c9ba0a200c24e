"""Edits of topics, as a user writes them, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from trends.core.wording import listed
from trends.errors import UsageError
from trends.registry import unknown

Kind = Literal["merge", "split", "exclude", "rename"]
#: What may stand in an edit of each kind; the first is needed.
KEYS: dict[str, tuple[str, ...]] = {
    "merge": ("topics", "name", "model"),
    "split": ("topic", "parts", "names", "model"),
    "exclude": ("topics", "reason", "model"),
    "rename": ("topic", "name", "model"),
}
#: Parts of one topic, edits in all, and characters of a reason.
MOST_PARTS, MOST_EDITS, MOST_REASON = 20, 2000, 200
#: No fit has a topic of a larger number.
MOST_TOPICS = 10**9


@dataclass(frozen=True)
class Edit:
    """One edit.

    Parameters
    ----------
    kind : {"merge", "split", "exclude", "rename"}
    number : int
        Which of its kind, from 1, in the order of the file.
    topics : tuple of int
        Topics before the edits.
    names : tuple of str
        Of what it leaves; empty for automatic names.
    parts : int
        Into how many parts a topic is split.
    reason : str
        Why topics are excluded.
    model : str
        Whose topics; the first model of a run if it is empty.
    """

    kind: Kind
    number: int
    topics: tuple[int, ...]
    names: tuple[str, ...] = ()
    parts: int = 0
    reason: str = ""
    model: str = ""

    @property
    def called(self) -> str:
        """Such as ``merge 2 (topics 3 and 7)``."""
        noun = "topic" if len(self.topics) == 1 else "topics"
        return f"{self.kind} {self.number} ({noun} {listed([str(t) for t in self.topics])})"


def edits_from(data: Mapping[str, Any], where: str = "edits") -> tuple[Edit, ...]:
    """Check edits that are written as plain values.

    Parameters
    ----------
    data : mapping
        ``"merge"``, ``"split"``, ``"exclude"`` and ``"rename"``, each a list of mappings with
        the keys of :data:`KEYS`.
    where : str
        How messages call it.

    Returns
    -------
    tuple of Edit

    Raises
    ------
    UsageError
        If a key is unknown or missing, a value is not allowed, or two edits are about one topic.

    Examples
    --------
    >>> from trends.analysis.curation.edits import edits_from
    >>> [e.called for e in edits_from({"merge": [{"topics": [3, 7], "name": "translation"}]})]
    ['merge 1 (topics 3 and 7)']
    """
    out: list[Edit] = []
    for kind, entries in data.items():
        if kind not in KEYS:
            message = f"{where}: {unknown('edit', str(kind), tuple(KEYS))}"
            raise UsageError(message)
        if not isinstance(entries, Sequence) or isinstance(entries, str):
            message = f"{where}: {kind} is a list of edits; in TOML each begins with [[{kind}]]."
            raise UsageError(message)
        if len(entries) > MOST_EDITS:
            message = f"{where}: {len(entries):,} edits of one kind; at most {MOST_EDITS:,} are."
            raise UsageError(message)
        for number, entry in enumerate(entries, start=1):
            out.append(_edit(kind, number, entry, f"{where}, {kind} {number}"))
    _apart(out, where)
    return tuple(out)


def _edit(kind: Any, number: int, entry: Any, at: str) -> Edit:
    from trends.analysis.quality.labels import clean

    if not isinstance(entry, Mapping):
        message = f"{at}: an edit has the keys {', '.join(KEYS[kind])}; got {str(entry)[:60]!r}."
        raise UsageError(message)
    for key in entry:
        if key not in KEYS[kind]:
            message = f"{at}: {unknown('key', str(key), KEYS[kind])}"
            raise UsageError(message)
    topics = _topics(entry, kind, at)
    names = tuple(_text(v, f"{at}: a name") for v in _names(entry, at))
    parts = entry.get("parts", max(len(names), 2)) if kind == "split" else 0
    if kind == "split" and (type(parts) is not int or not 2 <= parts <= MOST_PARTS):
        message = f"{at}: parts is a whole number from 2 to {MOST_PARTS}; got {parts!r}."
        raise UsageError(message)
    if kind == "split" and names and len(names) != parts:
        message = f"{at}: {len(names)} names for {parts} parts; name every part, or none."
        raise UsageError(message)
    if kind == "rename" and not names:
        message = f'{at}: the new name is missing: name = "…".'
        raise UsageError(message)
    reason, model = entry.get("reason", ""), entry.get("model", "")
    if not isinstance(reason, str) or not isinstance(model, str):
        message = f"{at}: reason and model are texts."
        raise UsageError(message)
    reason = " ".join(reason.split())[:MOST_REASON]
    return Edit(
        kind, number, topics, tuple(clean(n, f"{at}: the name") for n in names), parts, reason,
        model,
    )  # fmt: skip


def _topics(entry: Mapping[str, Any], kind: str, at: str) -> tuple[int, ...]:
    key = KEYS[kind][0]
    value = entry.get(key)
    one = type(value) is int and key == "topic"
    found = [value] if one else value if key == "topics" else None
    least = 2 if kind == "merge" else 1
    right = (
        isinstance(found, Sequence)
        and not isinstance(found, str)
        and all(type(t) is int and 0 <= t < MOST_TOPICS for t in found)
        and len(set(found)) == len(found) >= least
    )
    if not right or found is None:
        wanted = (
            "the number of a topic, such as topic = 5"
            if key == "topic"
            else f"a list of {'two topics or more' if least > 1 else 'topics'}, each once, such as "
            f"topics = {'[3, 7]' if least > 1 else '[9]'}"
        )
        got = "nothing" if value is None else repr(value)[:60]
        message = f"{at}: {key} is {wanted}; got {got}."
        raise UsageError(message)
    return tuple(found)


def _names(entry: Mapping[str, Any], at: str) -> list[Any]:
    if "names" in entry:
        if not isinstance(entry["names"], Sequence) or isinstance(entry["names"], str):
            message = f'{at}: names is a list, one for each part, such as names = ["a", "b"].'
            raise UsageError(message)
        return list(entry["names"])
    return [entry["name"]] if "name" in entry else []


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        message = f"{what} is a text; got {value!r}."
        raise UsageError(message)
    return value


def _apart(edits: Sequence[Edit], where: str) -> None:
    """One topic, one edit; one name, one topic."""
    seen: dict[tuple[str, int], Edit] = {}
    named: dict[tuple[str, str], Edit] = {}
    for edit in edits:
        for topic in edit.topics:
            other = seen.setdefault((edit.model, topic), edit)
            if other is not edit:
                message = (
                    f"{where}: topic {topic} is in {other.called} and in {edit.called}; a topic "
                    "has one edit (a merge and the parts of a split take their names themselves)."
                )
                raise UsageError(message)
        for name in edit.names:
            if (edit.model, name.lower()) in named:
                other = named[edit.model, name.lower()]
                message = (
                    f"{where}: {name!r} is a name in {other.called} and in {edit.called}; each "
                    "topic needs a name of its own."
                )
                raise UsageError(message)
            named[edit.model, name.lower()] = edit
