"""200 alterations of a plan, of the data, of seeds and of a card, drawn with a seed.

Each has a name, the kind of what is altered, and what the verification has to name.
"""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from trends.runs.cards import card_file
from trends.runs.cards.frozen import sha256_of
from trends.runs.cards.seal import seal
from trends.sources import read_corpus
from trends.sources.stored import features

#: How many of each kind.
NUMBERS = {
    "plan": 20,
    "plan, hash made new": 20,
    "file of features": 12,
    "features, hashes made new": 38,
    "seeds, seal made new": 20,
    "card": 45,
    "card, seal made new": 45,
}
#: Sections of a card that a new seal covers and that no data can contradict: who names things how,
#: and on which machine. Without a new seal they are found altered like any other.
FREE = ("title", "software", "check")
#: Likewise single values: names, labels, sentences about diagnostics, notes of hashes of inputs.
FREE_KEYS = ("name", "label", "sentence", "inputs", "$")

Value = str | int | float | bool | None


@dataclass(frozen=True)
class Mutation:
    """One alteration: ``apply`` gets a folder with card, plan and features, and alters a file.

    ``names`` are words of which what is said has to hold one: the value that was altered, or the
    section of the card, the column or the file that it is in.
    """

    kind: str
    name: str
    names: tuple[str, ...]
    apply: Callable[[Path], None]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Value]]:
    """Every single value of nested lists and dictionaries, with its path."""
    if isinstance(value, dict):
        for key in sorted(value):
            yield from leaves(value[key], (*path, key))
    elif isinstance(value, list):
        for i, each in enumerate(value):
            yield from leaves(each, (*path, i))
    else:
        yield path, value


def altered(value: Value, rng: np.random.Generator) -> Value:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + int(rng.integers(1, 4))
    if isinstance(value, float):
        return value * 0.5 if value else 0.25
    if isinstance(value, str):
        if len(value) == 64 and set(value) <= set("0123456789abcdef"):
            return (
                value[1:] + ("0" if value[0] != "0" else "1") if len(set(value)) > 1 else "1" * 64
            )
        swaps = {"rising": "falling", "falling": "rising", "stable": "depends on choices"}
        swaps |= {"no change detected": "rising", "not examined": "stable", "hard": "mean"}
        return swaps.get(value, f"{value} x")
    return 1.0


def put(whole: Any, path: tuple[Any, ...], value: Value) -> Any:
    """A copy with another value at a path."""
    out = copy.deepcopy(whole)
    place = out
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return out


def write(path: Path, content: Any) -> None:
    """JSON as the package writes it."""
    path.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def _drawn(found: list[Any], n: int, rng: np.random.Generator) -> list[Any]:
    """``n`` different ones in their order."""
    return [found[i] for i in np.sort(rng.choice(len(found), n, replace=False))]


def plans(case: Path, rng: np.random.Generator) -> Iterator[Mutation]:
    """Values of the plan: as they are, and with the hash of the plan made new."""
    plan = json.loads((case / "plan.json").read_text())
    found = [
        (p, v) for p, v in leaves(plan) if p not in (("sha256",), ("format",)) and v is not None
    ]
    for kind, renew in (("plan", False), ("plan, hash made new", True)):
        for path, value in _drawn(found, NUMBERS[kind], rng):
            new = put(plan, path, altered(value, rng))
            if renew:
                bare = {k: v for k, v in new.items() if k != "sha256"}
                new["sha256"] = sha256_of(bare)
            name = ".".join(map(str, path))
            words = tuple(str(key) for key in path if not isinstance(key, int))
            yield Mutation(kind, name, words, lambda d, new=new: write(d / "plan.json", new))


def damaged(case: Path, rng: np.random.Generator) -> Iterator[Mutation]:
    """One byte of a file of the features."""
    names = sorted(p.name for p in (case / "features").iterdir() if p.name != "features.json")
    for i in range(NUMBERS["file of features"]):
        name = names[i % len(names)]
        data = bytearray((case / "features" / name).read_bytes())
        at = int(rng.integers(len(data)))
        data[at] ^= 1 << int(rng.integers(8))
        content = bytes(data)
        yield Mutation(
            "file of features",
            f"{name}, byte {at}",
            (name,),
            lambda d, name=name, content=content: (
                (d / "features" / name).write_bytes(content) and None
            ),
        )


def data(case: Path, rng: np.random.Generator) -> Iterator[Mutation]:
    """Documents, dates, counts and vectors, written anew with hashes that fit."""
    corpus = read_corpus([case / "features"])
    frame, n = corpus.documents, len(corpus)
    makes: list[tuple[str, str, Callable[[int], Any]]] = []

    def with_frame(column: str, value: Callable[[Any], Any]) -> Callable[[int], Any]:
        def make(row: int) -> Any:
            new = frame.copy()
            new.loc[row, column] = value(new.loc[row, column])
            counts = corpus.counts
            if column == "id":
                counts = replace(counts, doc_ids=tuple(new["id"]))
            return replace(corpus, documents=new, counts=counts)

        return make

    def dropped(row: int) -> Any:
        keep = np.delete(np.arange(n), row)
        return replace(
            corpus,
            documents=frame.iloc[keep].reset_index(drop=True),
            counts=corpus.counts.take_documents(keep),
            embeddings=corpus.embeddings[keep],
        )

    def swapped(row: int) -> Any:
        other = (row + n // 2) % n
        new = frame.copy()
        new.loc[[row, other], "date"] = frame.loc[[other, row], "date"].to_numpy()
        return replace(corpus, documents=new)

    def counted(row: int) -> Any:
        matrix = corpus.counts.matrix.copy()
        matrix.data[row] += 1
        return replace(corpus, counts=replace(corpus.counts, matrix=matrix))

    def renamed(row: int) -> Any:
        words = list(corpus.counts.vocabulary)
        at = row % len(words)
        words[at] = f"{words[at]}x"
        order = np.argsort(words)
        counts = replace(
            corpus.counts,
            vocabulary=tuple(words[i] for i in order),
            matrix=corpus.counts.matrix[:, order],
        )
        return replace(corpus, counts=counts)

    def moved(row: int) -> Any:
        vectors = corpus.embeddings.copy()
        vectors[row, 0] += 0.25
        return replace(corpus, embeddings=vectors)

    days = np.timedelta64(1, "D")
    makes += [
        ("id", "id", with_frame("id", lambda v: f"{v}x")),
        ("title", "title", with_frame("title", lambda v: f"{v} again")),
        ("date, a day later", "date", with_frame("date", lambda v: v + days)),
        ("date, a year later", "date", with_frame("date", lambda v: v + 365 * days)),
        ("venue", "venue", with_frame("venue_in_source", lambda _: "elsewhere")),
        ("precision", "date precision", with_frame("date_precision", lambda _: "month")),
        ("document left out", "359 documents", dropped),
        ("dates of two documents", "date", swapped),
        ("count of a term", "terms", counted),
        ("spelling of a term", "terms", renamed),
        ("vector", "vectors", moved),
    ]
    for i in range(NUMBERS["features, hashes made new"]):
        what, step, make = makes[i % len(makes)]
        row = int(rng.integers(n))

        def apply(folder: Path, make: Any = make, row: int = row) -> None:
            shutil.rmtree(folder / "features")
            made = make(row)
            features.write(made, folder / "features", settings=corpus.counts.settings)

        yield Mutation("features, hashes made new", f"{what}, row {row}", (step,), apply)


def seeds(case: Path, rng: np.random.Generator) -> Iterator[Mutation]:
    """Seeds of the run, of fits and of studies in the card, with a new seal."""
    card = json.loads((case / "run" / "claims.json").read_text())
    found = [
        (path, value)
        for path, value in leaves(card)
        if path[0] in ("seeds", "rng")
        or path == ("config", "rng")
        or path[-1] in ("seed", "prototype")
        or (path[0], path[-1]) == ("placebo", "rng")
    ]
    for path, value in _drawn(found, NUMBERS["seeds, seal made new"], rng):
        yield _of_card(card, "seeds, seal made new", path, altered(value, rng), renew=True)


def cards(case: Path, rng: np.random.Generator) -> Iterator[Mutation]:
    """Values of the card: as they are, and with a new seal."""
    card = json.loads((case / "run" / "claims.json").read_text())
    every = [(p, v) for p, v in leaves(card) if p[0] not in ("format", "seal")]
    for path, value in _drawn(every, NUMBERS["card"], rng):
        yield _of_card(card, "card", path, altered(value, rng), renew=False)
    bound = [
        (path, value)
        for path, value in every
        if path[0] not in (*FREE, "rng", "seeds")
        and not any(str(key) in FREE_KEYS for key in path if key != ("test", "name"))
        and value is not None
    ]
    for path, value in _drawn(bound, NUMBERS["card, seal made new"], rng):
        yield _of_card(card, "card, seal made new", path, altered(value, rng), renew=True)


def _of_card(card: Any, kind: str, path: tuple[Any, ...], value: Value, *, renew: bool) -> Mutation:
    new = put(card, path, value)

    def apply(folder: Path) -> None:
        content = new
        if renew:
            content = {**new, "seal": seal(new).model_dump(mode="json")}
        write(folder / "run" / card_file.CARD, content)

    words = [str(key) for key in path if not isinstance(key, int)]
    names = (words[0],) if not renew else (words[0], words[-1])
    return Mutation(kind, ".".join(map(str, path)), names, apply)


def drawn(case: Path, seed: int = 19) -> list[Mutation]:
    """All of them, the same for the same case and seed."""
    rng = np.random.default_rng(seed)
    return [m for make in (plans, damaged, data, seeds, cards) for m in make(case, rng)]
