"""Topic prevalence over time, with claims that survive.

>>> import trends as tr
>>> corpus = tr.read("pretraining")
>>> topics = tr.fit(corpus, "gibbs-lda", n_topics=12, rng=7)
>>> shares = tr.prevalence(topics, corpus, period="half-year")
>>> slopes = tr.trends(shares)

Names are imported on first use: ``import trends`` loads nothing heavy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trends import plots as plot
    from trends.core import Alignment, Claim, Corpus, Prevalence, TermCounts, Topics, Trend
    from trends.plots import save, style
    from trends.runs.api import export_features, fit, prevalence, read, report, save_corpus, trends
    from trends.store import Run

__version__ = "0.1.0"

_PLACES = {
    **dict.fromkeys(("read", "fit", "prevalence", "trends", "report", "save_corpus", "export_features"), "trends.runs.api"),
    **dict.fromkeys(("Alignment", "Claim", "Corpus", "Prevalence", "TermCounts", "Topics", "Trend"), "trends.core"),
    **dict.fromkeys(("save", "style"), "trends.plots"),
    "Run": "trends.store",
}

__all__ = [
    "Alignment",
    "Claim",
    "Corpus",
    "Prevalence",
    "Run",
    "TermCounts",
    "Topics",
    "Trend",
    "export_features",
    "fit",
    "plot",
    "prevalence",
    "read",
    "report",
    "save",
    "save_corpus",
    "style",
    "trends",
]


def __getattr__(name: str) -> Any:
    if name == "plot":
        return importlib.import_module("trends.plots")
    if name not in _PLACES:
        message = f"module 'trends' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
