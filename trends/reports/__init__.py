"""The report: plain data in, one self-contained HTML page out. Jinja is imported on first use."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trends.reports.content import Picture, Report
    from trends.reports.html import render

__all__ = ["Picture", "Report", "render"]

_PLACES = {"Picture": "content", "Report": "content", "render": "html"}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
