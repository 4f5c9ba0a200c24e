"""Every figure that the package can draw, of made-up tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import made
import pandas as pd

Draw = Callable[[], object]


def as_many(draw: Callable[[int | None], object], top: int | None = None) -> object:
    """Draw all topics, or as many as the venue has room for."""
    from trends.plots import TooTallError

    while True:
        try:
            return draw(top)
        except TooTallError as error:
            top = error.most if top is None else min(error.most, top - 1)
            assert top >= 1, error


def recipes(
    k: int = 12,
    labels: list[str] | None = None,
    periods: int = 14,
    freq: str = "6MS",
    documents: int = 400,
) -> dict[str, Draw]:
    """Every figure, by the name of its function and, after a space, what is special about it.

    Parameters
    ----------
    k, labels
        Topics and their names.
    periods, freq
        Number of periods and their unit, as pandas calls it.
    documents : int
        Dots of the map.
    """
    import trends.plots as plots

    labels = labels or made.make_labels(k, 10, 25)
    when = (periods, freq)
    shares = made.make_prevalence(k, periods, labels=labels, freq=freq)
    both = pd.concat(
        [made.make_trends(k, labels), made.make_trends(k, labels[::-1], "bertopic", seed=1)]
    )
    names = both[["backend", "topic", "label"]]
    pairs = made.make_alignment(k)
    matched = pairs[(pairs["topic_a"] >= 0) & (pairs["topic_b"] >= 0)]
    ranks, marks = made.make_ranks(k, periods, labels, freq), made.make_marks(periods, freq)
    rows, claims = made.make_specifications(k, 3, labels)
    one = rows["topic"] == 0
    few = {"gibbs-lda": 9.5}
    fit: dict[str, Callable[[int | None], object]] = {
        "prevalence": lambda n: plots.prevalence(shares, top=n),
        "prevalence free": lambda n: plots.prevalence(
            shares, top=n, free_y=True, stem="prevalence-free"
        ),
        "heatmap": lambda n: plots.heatmap(shares, top=n),
        "coverage": lambda n: plots.coverage(
            made.make_coverage(*when), dates=made.make_dates(), marks=marks
        ),
        "changes": lambda n: plots.changes(made.make_trends(k, labels).head(n or k), n_docs=355),
        "standardized": lambda n: plots.standardized(made.make_standardized(k, labels), top=n),
        "agreement": lambda n: plots.agreement(matched.head(n or k), names, both),
        "composition": lambda n: plots.composition(shares),
        "ranks": lambda n: plots.ranks(ranks, top=n or 8),
        "terms": lambda n: plots.terms(made.make_words(k, labels), top=n),
        "seeds": lambda n: plots.seeds(made.make_seeds(k, labels), top=n),
        "flows": lambda n: plots.flows(made.make_crossed(n or k), names, pairs),
        "documents": lambda n: plots.documents(
            made.make_map(k, documents), names[["topic", "label"]]
        ),
        "candidates": lambda n: plots.candidates(
            made.make_curve("gibbs-lda", "bertopic"), chosen=10, low=8, high=11, levels=few
        ),
        "curve": lambda n: plots.curve(rows[one], claims[claims["topic"] == 0]),
        "overview": lambda n: plots.overview(rows, claims.head(n or k)),
        "calibration": lambda n: plots.calibration(made.make_cells(2, n or k, 3, labels)),
        "mix": lambda n: plots.mix(made.make_mix(*when, n=min(k, 8), labels=labels), noun="venue"),
        "mix of two": lambda n: plots.mix(made.make_mix(*when, n=2), stem="mix-of-two"),
        "evidence": lambda n: plots.evidence(made.make_evidence(*when)),
        "lengths": lambda n: plots.lengths(made.make_lengths(*when)),
        "lag": lambda n: plots.lag(made.make_lag(*when)),
        "lag unknown": lambda n: plots.lag(made.make_lag(*when, known=False), stem="lag-unknown"),
        "repeats": lambda n: plots.repeats(made.make_repeats(*when)),
    }
    return {name: partial(as_many, draw) for name, draw in fit.items()}
