"""Topic prevalence over time, with claims that survive.

>>> import trends as tr
>>> corpus = tr.read_corpus("pretraining")
>>> topics = tr.fit(corpus, "gibbs-lda", n_topics=12, rng=7)
>>> shares = tr.prevalence(topics, corpus, period="half-year")
>>> slopes = tr.fit_trends(shares)

Names are imported on first use, as ``__init__.pyi`` lists them: ``import trends`` loads nothing
heavy.
"""

from __future__ import annotations

from typing import Any

import lazy_loader

__version__ = "0.1.0"

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

#: Names of earlier versions, each with the one that took its place.
_RENAMED = {
    "columns": "describe_columns",
    "export": "write_corpus",
    "read": "read_corpus",
    "reading": "describe_corpus",
    "save": "plot",
    "save_corpus": "write_corpus",
    "trends": "fit_trends",
}


def __getattr__(name: str) -> Any:
    if name in _RENAMED:
        message = f"trends.{name} was renamed; call trends.{_RENAMED[name]}."
        raise AttributeError(message)
    return _load(name)
