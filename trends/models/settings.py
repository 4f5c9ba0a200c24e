"""Settings of a backend: what each may be stands beside its default."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from trends.errors import TrendsError, UsageError

KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}

#: Settings of earlier versions, and what they are called now in the backends that have them.
RENAMED = {
    "beginning": ("init",),
    "starts": ("n_init", "n_chains"),
    "start_sweeps": ("init_sweeps",),
    "finest": ("overclustering",),
}


def setting(
    default: Any,
    meaning: str,
    *,
    low: float | None = None,
    above: float | None = None,
    high: float | None = None,
    options: Sequence[str] = (),
    default_is: str = "",
) -> Any:
    """A field of :class:`Settings` with what it may be.

    Parameters
    ----------
    default : bool, int, float or str
        Its type is that of the setting.
    meaning : str
        What it is for, as the documentation shows it.
    low, above, high : float, optional
        Least value, value that it must exceed, largest value.
    options : sequence of str, optional
        All values of a text.
    default_is : str, optional
        What a default stands for that is no value itself, and is allowed beside the range.
    """
    if options:
        must = f"be one of {', '.join(options)}"
    elif high is None:
        must = f"be at least {low}" if above is None else f"be above {above}"
    else:
        must = f"lie {f'between {low} and' if above is None else f'above {above}, up to'} {high}"
    must += f", or {default!r} for {default_is}" if default_is else ""
    limits = {"low": low, "above": above, "high": high, "options": options}
    about = {"meaning": meaning, "must": must, "limits": limits}
    return dataclasses.field(default=default, metadata=about)


@dataclass(frozen=True)
class Settings:
    """Base of the settings of every backend.

    Fields made by :func:`setting`, checked on creation.
    """

    def __post_init__(self) -> None:
        for f in dataclasses.fields(self):
            value = getattr(self, f.name)
            kind = type(f.default)
            if kind is float and isinstance(value, int) and not isinstance(value, bool):
                value = float(value)
                object.__setattr__(self, f.name, value)
            right = isinstance(value, kind) and isinstance(value, bool) == (kind is bool)
            require(
                right and (kind is not float or bool(np.isfinite(value))),
                f"{f.name} must be {KINDS[kind]}; got {value!r}.",
            )
            require(
                value == f.default or _allowed(value, **f.metadata.get("limits", {})),
                f"{f.name} must {f.metadata.get('must', '')}; got {value!r}.",
            )


def _allowed(
    value: Any,
    *,
    low: float | None = None,
    above: float | None = None,
    high: float | None = None,
    options: Sequence[str] = (),
) -> bool:
    return (
        (low is None or value >= low)
        and (above is None or value > above)
        and (high is None or value <= high)
        and (not options or value in options)
    )


S = TypeVar("S")


def read_settings(backend: str, kind: type[S], given: Mapping[str, Any]) -> S:
    """Make the settings of a backend.

    Raises
    ------
    UsageError
        If a setting is unknown (the message has its new name, or the nearest one), or its value is
        not allowed.
    """
    names = [f.name for f in dataclasses.fields(kind)]  # type: ignore[arg-type]
    for key in given:
        if key not in names:
            new = [name for name in RENAMED.get(key, ()) if name in names]
            near = difflib.get_close_matches(str(key), names, n=1, cutoff=0.4)
            hint = f" It is now named {new[0]!r}." if new else ""
            hint = hint or (f" Did you mean {near[0]!r}?" if near else "")
            message = (
                f"The backend {backend!r} has no setting {key!r}.{hint} It has: {', '.join(names)}."
            )
            raise UsageError(message)
    try:
        return kind(**given)
    except UsageError as error:
        message = f"In the settings of the backend {backend!r}, {error}"
        raise UsageError(message) from None


def require(condition: bool, sentence: str, error: type[TrendsError] = UsageError) -> None:
    """Raise ``error`` with ``sentence`` unless ``condition`` holds."""
    if not condition:
        raise error(sentence)
