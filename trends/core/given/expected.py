"""A wrong argument of a public function is answered with the call that makes the right one."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from trends.errors import UsageError

P = ParamSpec("P")
R = TypeVar("R")

#: How each kind of object is made.
MADE_BY = {
    "Corpus": "tr.read_corpus(…)",
    "Topics": "tr.fit(corpus, rng=…), or tr.read_topics(folder) of a saved fit",
    "Prevalence": "tr.prevalence(topics, corpus)",
    "Trend": "tr.fit_trends(shares)",
}


def check_kind(function: str, name: str, value: object, *kinds: type) -> None:
    """Check the kind of one argument.

    Raises
    ------
    UsageError
        If it is of another kind; the message names the call that makes the right one.
    """
    if isinstance(value, kinds):
        return
    wanted = " or ".join(kind.__name__ for kind in kinds)
    made_by = MADE_BY.get(kinds[0].__name__)
    hint = f"; make it with {made_by}" if made_by else ""
    message = f"tr.{function}: {name} must be {wanted}, not {type(value).__name__}{hint}."
    raise UsageError(message)


def expects(**kinds: type | tuple[type, ...]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Check the kinds of arguments of a public function before it is called.

    Parameters
    ----------
    **kinds : type or tuple of type
        What the arguments of these names may be.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            given: dict[str, Any] = signature.bind(*args, **kwargs).arguments
            for name, kind in kinds.items():
                if name in given:
                    allowed = kind if isinstance(kind, tuple) else (kind,)
                    check_kind(function.__name__, name, given[name], *allowed)
            return function(*args, **kwargs)

        return checked

    return decorate
