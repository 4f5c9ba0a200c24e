"""Every setting with default, meaning and allowed values: the one source of its documentation.

Meanings are the texts below the settings, defaults and ranges those that the settings are checked
by; the settings of backends are read from their own declarations.
"""

from __future__ import annotations

import dataclasses
import difflib
import importlib
import json
import typing
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from trends.errors import UsageError
from trends.models import BACKENDS
from trends.models.settings import KINDS
from trends.runs.config.kinds import Allowed
from trends.runs.config.settings import RunConfig

#: Settings whose values are names of a registry or a table of another package.
NAMES = {
    "corpus.source": (("auto",), "trends.sources", "SOURCES"),
    "figures.venue": ((), "trends.plots.theme.venues", "VENUES"),
}
SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}


@dataclass(frozen=True)
class Setting:
    """One setting, as the documentation shows it.

    Parameters
    ----------
    name : str
        Dotted, as after ``-s``: ``"models.n_topics"``.
    default : str
        As TOML; "" where there is none.
    meaning : str
        What it is for.
    allowed : str
        What it may be.
    example : str
        A value as TOML that may be given: the default, where there is one.
    """

    name: str
    default: str
    meaning: str
    allowed: str
    example: str

    @property
    def section(self) -> str:
        """All of the name but its last part; "" for settings above all sections."""
        return self.name.rpartition(".")[0]

    @property
    def key(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]


def settings(part: str = "") -> list[Setting]:
    """All settings, or those of a part, in the order in which they are declared.

    Parameters
    ----------
    part : str
        A section (``"models"``, ``"models.settings.lda"``) or one setting
        (``"models.n_topics"``); all if empty.

    Raises
    ------
    UsageError
        If there is no such section or setting.

    Examples
    --------
    >>> found = settings("models.n_topics")[0]
    >>> found.default, found.allowed
    ('"auto"', 'a whole number from 2 on, or "auto"')
    """
    every = [*_of(RunConfig), *(s for name in BACKENDS for s in _of_backend(name))]
    if not part:
        return every
    found = [s for s in every if s.name == part or s.name.startswith(f"{part}.")]
    if not found:
        names = {n for s in every for n in (s.name, s.section)} - {""}
        near = difflib.get_close_matches(part, sorted(names), n=1, cutoff=0.5)
        message = (
            f"There is no setting or section {part!r}."
            + (f" Did you mean {near[0]!r}?" if near else "")
            + f" Sections: {', '.join(sections())}."
        )
        raise UsageError(message)
    return found


def sections() -> dict[str, str]:
    """Name of each section, those of backends too, and what it is about, in a sentence."""
    own = {
        name: _first(field.annotation.__doc__)
        for name, field in RunConfig.model_fields.items()
        if _is_section(field.annotation)
    }
    return own | {
        f"models.settings.{name}": _first(BACKENDS.load(name).settings.__doc__) for name in BACKENDS
    }


def _of(section: type[BaseModel], above: str = "") -> list[Setting]:
    single, nested = [], []
    for name, field in section.model_fields.items():
        kind = field.annotation
        if _is_section(kind):
            nested += _of(kind, f"{above}{name}.")
        else:
            single.append(_setting(f"{above}{name}", field))
    return [*single, *nested]


def _is_section(kind: Any) -> typing.TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _setting(name: str, field: FieldInfo) -> Setting:
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    shown = "" if default is None else toml(default)
    if name in NAMES:
        first, module, attribute = NAMES[name]
        known = getattr(importlib.import_module(module), attribute)
        allowed = ", ".join(map(toml, (*first, *known)))
    else:
        allowed = _allowed(field.annotation, field.metadata)
    return Setting(
        name=name,
        default=shown,
        meaning=" ".join((field.description or "").split()),
        allowed=allowed,
        example=toml(field.examples[0]) if field.examples else shown,
    )


def _of_backend(name: str) -> list[Setting]:
    return [
        Setting(
            name=f"models.settings.{name}.{f.name}",
            default=toml(f.default),
            meaning=f.metadata["meaning"],
            allowed=_allowed_by(f),
            example=toml(f.default),
        )
        for f in dataclasses.fields(BACKENDS.load(name).settings)
    ]


def toml(value: Any) -> str:
    """A value as TOML writes it on one line.

    Examples
    --------
    >>> toml(("a", True, 0.5)), toml({"a-b": 1})
    ('["a", true, 0.5]', '{"a-b" = 1}')
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _allowed(kind: Any, metadata: typing.Iterable[Any] = ()) -> str:
    """What a value of a type may be, in words."""
    metadata = [n for m in metadata for n in (m.metadata if isinstance(m, FieldInfo) else [m])]
    said = [m.words for m in metadata if isinstance(m, Allowed)]
    if said:
        return str(said[-1])
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is Annotated:
        return _allowed(inner[0], inner[1:])
    if origin is Literal:
        return ", ".join(map(toml, inner))
    if origin in (Union, UnionType):
        return " or ".join(_allowed(each) for each in inner if each is not type(None))
    if origin is tuple:
        if inner[-1] is Ellipsis:
            return f"a list: {_allowed(inner[0])}"
        return f"a pair: {_allowed(inner[0])}"
    limits = [
        f"{sign} {getattr(m, name)}"
        for m in metadata
        for name, sign in SIGNS.items()
        if hasattr(m, name)
    ]
    return " ".join([KINDS[kind], " and ".join(limits)]).strip()


def _allowed_by(field: dataclasses.Field[Any]) -> str:
    """What a setting of a backend may be, in words."""
    options, must = field.metadata["limits"]["options"], field.metadata["must"]
    if options:
        return ", ".join(map(toml, options))
    kind = type(field.default)
    return KINDS[kind] + (
        "" if kind is bool else f", {must.removeprefix('be ').removeprefix('lie ')}"
    )


def _first(text: str | None) -> str:
    """The first sentence of a docstring."""
    return " ".join((text or "").split("\n\n")[0].replace("``", "").split())
