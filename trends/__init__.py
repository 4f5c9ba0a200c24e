"""Topic prevalence over time, with claims that survive.

>>> import trends as tr
>>> corpus = tr.read("pretraining")
>>> topics = tr.fit(corpus, "gibbs-lda", n_topics=12, rng=7)
>>> shares = tr.prevalence(topics, corpus, period="half-year")
>>> slopes = tr.fit_trends(shares)

Names are imported on first use: ``import trends`` loads nothing heavy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trends import plots as plot
    from trends.analysis.quality.labels import label
    from trends.api.align import align
    from trends.api.audit import audit
    from trends.api.run import run
    from trends.api.steps import (
        columns,
        export,
        export_features,
        fit,
        fit_trends,
        join,
        prevalence,
        read,
        reading,
        report,
        save_corpus,
        transform,
    )
    from trends.api.words_over_time import words_over_time
    from trends.core import Alignment, Claim, Corpus, Prevalence, TermCounts, Topics, Trend
    from trends.plots import save, style
    from trends.runs.tasks.choose import choose_topics
    from trends.store import Run

__version__ = "0.1.0"

_PLACES = {
    **dict.fromkeys(
        (
            "read",
            "reading",
            "columns",
            "join",
            "fit",
            "prevalence",
            "fit_trends",
            "report",
            "save_corpus",
            "export",
            "export_features",
            "transform",
        ),
        "trends.api.steps",
    ),
    **dict.fromkeys(
        ("Alignment", "Claim", "Corpus", "Prevalence", "TermCounts", "Topics", "Trend"),
        "trends.core",
    ),
    **dict.fromkeys(("save", "style"), "trends.plots"),
    "align": "trends.api.align",
    "audit": "trends.api.audit",
    "choose_topics": "trends.runs.tasks.choose",
    "label": "trends.analysis.quality.labels",
    "run": "trends.api.run",
    "words_over_time": "trends.api.words_over_time",
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
    "align",
    "audit",
    "choose_topics",
    "columns",
    "export",
    "export_features",
    "fit",
    "fit_trends",
    "join",
    "label",
    "plot",
    "prevalence",
    "read",
    "reading",
    "report",
    "run",
    "save",
    "save_corpus",
    "style",
    "transform",
    "words_over_time",
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
