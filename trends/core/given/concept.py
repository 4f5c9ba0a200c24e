"""Concept: what a reader asks about, given by words, phrases and example documents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trends.core.checks import unique
from trends.errors import UsageError

#: Keys of a concept in a file, in the order of its documentation.
KEYS = ("name", "words", "exclude", "examples", "texts", "at_least")

#: What a list of concepts from outside may cost.
MOST_CONCEPTS, MOST_WORDS, MOST_EXAMPLES = 100, 200, 1_000
#: Characters of a name, a word or phrase, and an example; words of a phrase; wildcards of a word.
NAME, WORD, TEXT, PHRASE, WILD = 100, 100, 100_000, 8, 3

_WILD = re.compile(r"[*?]")


@dataclass(frozen=True)
class Concept:
    """A concept: the words and phrases that mean it, and documents that are about it.

    Parameters
    ----------
    name : str
        How results call it.
    words : tuple of str
        Words and phrases that mean it. Case does not matter, a hyphen is a blank, and a word also
        stands for its plural. In a word, ``*`` is any number of letters (none too), ``?`` is one.
    exclude : tuple of str
        Words and phrases, written alike, whose documents do not count.
    examples : tuple of str
        Ids of documents of the corpus that are about it.
    texts : tuple of str
        Texts that are about it, of the corpus or not.
    at_least : int
        How often its words must occur in a document that holds it.

    Raises
    ------
    UsageError
        If there is no name, neither word nor example, or a word that cannot be looked for.

    Examples
    --------
    >>> import trends as tr
    >>> concept = tr.Concept("deep learning", ("deep learning", "deep neural network*"))
    >>> concept.without("deep learning").words
    ('deep neural network*',)
    """

    name: str
    words: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    at_least: int = 1

    def __post_init__(self) -> None:
        given: Any = self.name
        name = given.strip() if isinstance(given, str) else ""
        if not name or len(name) > NAME:
            message = f"A concept needs a name of 1 to {NAME} characters; got {self.name!r:.120}."
            raise UsageError(message)
        object.__setattr__(self, "name", name)
        limits = {
            "words": (MOST_WORDS, WORD),
            "exclude": (MOST_WORDS, WORD),
            "examples": (MOST_EXAMPLES, TEXT),
            "texts": (MOST_EXAMPLES, TEXT),
        }
        for field, (most, longest) in limits.items():
            object.__setattr__(self, field, _listed(self, field, most, longest))
        for field in ("words", "exclude"):
            for word in getattr(self, field):
                parts_of(word, f"{field} of the concept {name!r}")
            spelt = [" ".join(parts_of(word)) for word in getattr(self, field)]
            if len(set(spelt)) < len(spelt):
                twice = next(w for i, w in enumerate(spelt) if w in spelt[:i])
                message = f"The {field} of the concept {name!r} name {twice!r} twice."
                raise UsageError(message)
        if not (self.words or self.examples or self.texts):
            message = (
                f"The concept {name!r} has neither words nor examples; give words = [...], "
                "examples = [...] (ids) or texts = [...]."
            )
            raise UsageError(message)
        if isinstance(self.at_least, bool) or not isinstance(self.at_least, int):
            message = f"at_least of the concept {name!r} is a whole number; got {self.at_least!r}."
            raise UsageError(message)
        if not 1 <= self.at_least <= MOST_WORDS:
            message = (
                f"at_least of the concept {name!r} lies between 1 and {MOST_WORDS}; got "
                f"{self.at_least}."
            )
            raise UsageError(message)

    def without(self, word: str) -> Concept:
        """The concept without one of its words."""
        return self._replaced(tuple(w for w in self.words if w != word))

    def with_words(self, words: Sequence[str]) -> Concept:
        """The concept with further words."""
        known = {" ".join(parts_of(w)) for w in self.words}
        more = [w for w in words if " ".join(parts_of(w)) not in known]
        return self._replaced((*self.words, *more))

    def _replaced(self, words: tuple[str, ...]) -> Concept:
        return Concept(
            self.name, words, self.exclude, self.examples, self.texts, at_least=self.at_least
        )


def _listed(concept: Concept, field: str, most: int, longest: int) -> tuple[str, ...]:
    """A field that lists texts."""
    value = getattr(concept, field)
    if isinstance(value, str) or not isinstance(value, Sequence):
        message = f"{field} of the concept {concept.name!r} is a list of texts; got {value!r:.80}."
        raise UsageError(message)
    out = tuple(value)
    if len(out) > most:
        message = f"The concept {concept.name!r} has {len(out):,} {field}; {most:,} are allowed."
        raise UsageError(message)
    for item in out:
        if not isinstance(item, str) or not item.strip() or len(item) > longest:
            message = (
                f"{field} of the concept {concept.name!r} holds {item!r:.80}; each is a text of 1 "
                f"to {longest:,} characters."
            )
            raise UsageError(message)
    return tuple(item.strip() for item in out)


def parts_of(word: str, where: str = "words") -> tuple[str, ...]:
    """The words of a word or phrase, in lower case, hyphens as blanks.

    Raises
    ------
    UsageError
        If it holds what no word holds, or would match nearly every word.
    """
    text = unicodedata.normalize("NFKC", word).lower().replace("\u2019", "'")
    parts = tuple(re.sub("[-\u2010-\u2014]", " ", text).split())
    for part in parts:
        if not all(c in "'*?" or unicodedata.category(c)[0] in "LMN" for c in part):
            message = (
                f"{where}: {word!r} cannot be looked for. A word holds letters, digits, hyphens "
                "and apostrophes; * stands for any letters, ? for one; a phrase has blanks."
            )
            raise UsageError(message)
        if len(_WILD.findall(part)) > WILD:
            message = f"{where}: {word!r} has more than {WILD} wildcards in one word."
            raise UsageError(message)
    letters = max((len(_WILD.sub("", part)) for part in parts), default=0)
    if letters < (2 if _WILD.search(text) else 1) or len(parts) > PHRASE:
        message = (
            f"{where}: {word!r} must have one to {PHRASE} words, one of them with two letters "
            "beside its wildcards."
        )
        raise UsageError(message)
    return parts


def concepts_of(data: Mapping[str, Any], where: str) -> tuple[Concept, ...]:
    """Concepts as a file of them says, ``[[concept]]`` by ``[[concept]]``.

    Parameters
    ----------
    data : mapping
        What was read: the key ``concept`` lists tables.
    where : str
        The file, for messages.

    Raises
    ------
    UsageError
        If a key is unknown, a value is not allowed, or a name stands there twice.
    """
    unknown = [key for key in data if key != "concept"]
    tables = data.get("concept")
    if unknown or not isinstance(tables, list) or not tables:
        message = f"{where}: concepts are tables [[concept]] with the keys {', '.join(KEYS)}" + (
            f"; {unknown[0]!r} is not allowed there." if unknown else "; there is none."
        )
        raise UsageError(message)
    if len(tables) > MOST_CONCEPTS:
        message = f"{where}: {len(tables):,} concepts are given; {MOST_CONCEPTS} are allowed."
        raise UsageError(message)
    out = []
    for place, table in enumerate(tables, start=1):
        if not isinstance(table, Mapping):
            message = f"{where}: concept {place} is no table [[concept]]."
            raise UsageError(message)
        if wrong := [key for key in table if key not in KEYS]:
            message = (
                f"{where}: unknown key {wrong[0]!r} in concept {place}. Allowed here: "
                f"{', '.join(KEYS)}."
            )
            raise UsageError(message)
        try:
            out.append(Concept(**{"name": "", **table}))
        except UsageError as error:
            message = f"{where}, concept {place}: {error}"
            raise UsageError(message) from None
    try:
        unique([concept.name for concept in out], "Names of concepts")
    except ValueError as error:
        message = f"{where}: {error}"
        raise UsageError(message) from None
    return tuple(out)
