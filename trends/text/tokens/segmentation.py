"""Scripts without blanks: which texts are written in one, and the library that divides them."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib.metadata import version

from trends.errors import MissingError
from trends.extras import require

Divide = Callable[[str], list[str]]

#: Characters that a library is given at a time; dictionaries need no more to find words.
LONGEST = 4_000
#: Share of the texts from which on a library is needed; fewer stay as they are, which is said.
NEEDED = 0.05

_KANA = "\u3040-\u30ff\u31f0-\u31ff"
_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SCRIPTS = {
    "japanese": f"{_HAN}{_KANA}",
    "chinese": _HAN,
    "thai": "\u0e01-\u0e3a\u0e40-\u0e4f",
    "lao": "\u0e81-\u0ecf\u0edc-\u0edf",
    "burmese": "\u1000-\u103f\u1050-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f",
    "khmer": "\u1780-\u17d3\u17d7-\u17dd",
}
#: Code of the language that a script tells.
LANGUAGES = dict(zip(_SCRIPTS, ("ja", "zh", "th", "lo", "my", "km"), strict=True))
_ANY = re.compile(f"[{''.join(_SCRIPTS.values())}]")
_JAPANESE = re.compile(f"[{_KANA}]")
_RUNS = {name: re.compile(f"[{letters}]+") for name, letters in _SCRIPTS.items()}


def _chinese() -> Divide:
    with require("chinese", "Dividing Chinese texts into words"):
        import rjieba
    return lambda text: list(rjieba.cut(text, False))


def _japanese() -> Divide:
    with require("japanese", "Dividing Japanese texts into words"):
        import sudachidict_core  # noqa: F401
        from sudachipy import Dictionary, SplitMode
    tokenizer = Dictionary(dict="core").tokenizer(mode=SplitMode.B)
    return lambda text: [word.dictionary_form() for word in tokenizer.tokenize(text)]


def _thai() -> Divide:
    # No folder in the home of the user, nothing from the network.
    for switch in ("PYTHAINLP_READ_ONLY", "PYTHAINLP_OFFLINE"):
        os.environ.setdefault(switch, "1")
    with require("thai", "Dividing Thai texts into words"):
        from pythainlp.tokenize import word_tokenize
    return lambda text: list(word_tokenize(text, engine="newmm", keep_whitespace=False))


def _by_icu(name: str) -> Divide:
    with require("icu", f"Dividing {name.capitalize()} texts into words"):
        from icu4py.breakers import WordBreaker
    return lambda text: list(WordBreaker(text, LANGUAGES[name]))


#: Script → what makes its function, the extra and the packages that it rests on.
_LIBRARIES: dict[str, tuple[Callable[[], Divide], str, tuple[str, ...]]] = {
    "japanese": (_japanese, "japanese", ("sudachipy", "sudachidict-core")),
    "chinese": (_chinese, "chinese", ("rjieba",)),
    "thai": (_thai, "thai", ("pythainlp",)),
    "lao": (partial(_by_icu, "lao"), "icu", ("icu4py",)),
    "burmese": (partial(_by_icu, "burmese"), "icu", ("icu4py",)),
    "khmer": (partial(_by_icu, "khmer"), "icu", ("icu4py",)),
}


@cache
def _library(script: str) -> Divide | MissingError:
    try:
        return _LIBRARIES[script][0]()
    except MissingError as error:
        return error


def scripts(text: str) -> Iterator[str]:
    """Scripts without blanks in which something of a text is written."""
    if text.isascii() or not _ANY.search(text):
        return
    japanese = bool(_JAPANESE.search(text))
    for name, pattern in _RUNS.items():
        if name != ("chinese" if japanese else "japanese") and pattern.search(text):
            yield name


def divider(text: str) -> Divide | None:
    """What divides the words of a text further; ``None`` for the scripts that have blanks.

    Han characters are Japanese in a text with kana, else Chinese. A script whose library is not
    installed stays as it is.
    """
    if text.isascii():
        return None
    found = [(_RUNS[name], _library(name)) for name in scripts(text)]
    known = [(run, divide) for run, divide in found if not isinstance(divide, MissingError)]
    return (lambda word: _divided(word, known)) if known else None


def _divided(word: str, known: list[tuple[re.Pattern[str], Divide]]) -> list[str]:
    parts = [word]
    for run, divide in known:
        parts = [piece for part in parts for piece in _cut(part, run, divide)]
    bare = (part.strip(" -'") for part in parts)
    return [part for part in bare if part and not part.replace("-", "").isnumeric()]


def _cut(part: str, run: re.Pattern[str], divide: Divide) -> Iterator[str]:
    """The words of one script in a part, and what lies between."""
    done = 0
    for match in run.finditer(part):
        yield part[done : match.start()]
        text = match.group()
        for at in range(0, len(text), LONGEST):
            yield from divide(text[at : at + LONGEST])
        done = match.end()
    yield part[done:]


class Account:
    """How many texts are written in a script without blanks, and what became of them."""

    def __init__(self) -> None:
        self.texts = 0
        self.by_script: Counter[str] = Counter()

    def see(self, texts: list[str]) -> None:
        """Count texts."""
        self.texts += len(texts)
        for text in texts:
            self.by_script.update(scripts(text))

    def settled(self) -> dict[str, str]:
        """Library and version by script, or how many texts stayed undivided.

        Raises
        ------
        MissingError
            If a library is missing that more than a few texts need.
        """
        out: dict[str, str] = {}
        for name, n in sorted(self.by_script.items()):
            library, (_, extra, packages) = _library(name), _LIBRARIES[name]
            seen = f"{n:,} of {self.texts:,} texts"
            if not isinstance(library, MissingError):
                out[name] = ", ".join(f"{package} {version(package)}" for package in packages)
            elif n < NEEDED * self.texts:
                out[name] = f"not divided in {seen}: topic-trends[{extra}] is not installed"
            else:
                message = f"{seen} hold {name.capitalize()}, which has no blanks. {library}"
                raise MissingError(message)
        return out
