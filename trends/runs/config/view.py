"""A part of the settings: what a task states that it reads, and nothing else."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel

if TYPE_CHECKING:
    from trends.runs.config.settings import RunConfig


class View:
    """Some settings of a section, under the names that they have there.

    Parameters
    ----------
    section : BaseModel
        The config, or a section of it.
    reads : collection of str
        Names of settings or of whole sections, dotted.
    """

    def __init__(self, section: BaseModel, reads: Collection[str]) -> None:
        parts: dict[str, list[str]] = {}
        for name in reads:
            first, _, rest = name.partition(".")
            parts.setdefault(first, []).append(rest)
        self._values = {
            first: getattr(section, first) if "" in rest else View(getattr(section, first), rest)
            for first, rest in parts.items()
        }

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._values:
            message = (
                f"A task read the setting {name!r} without stating it; stated are "
                f"{', '.join(vars(self).get('_values', ()))}."
            )
            raise AttributeError(message)
        return self._values[name]

    def model_dump(self, *, mode: str = "python") -> dict[str, Any]:
        """The settings as plain values, like that of a section."""
        return {
            name: value.model_dump(mode=mode) if isinstance(value, BaseModel | View) else value
            for name, value in sorted(self._values.items())
        }


def only(config: RunConfig, reads: Collection[str]) -> RunConfig:
    """The config as a task may see it; typed as what it stands for."""
    return cast("RunConfig", View(config, reads))


def names_of(section: type[BaseModel]) -> list[str]:
    """Names of all settings, dotted, two levels deep."""
    out = []
    for name, found in section.model_fields.items():
        kind = found.annotation
        inner = kind.model_fields if isinstance(kind, type) and issubclass(kind, BaseModel) else {}
        out += [f"{name}.{key}" for key in inner] or [name]
    return out
