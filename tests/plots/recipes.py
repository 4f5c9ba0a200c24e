"""Every figure that the package can draw, of made-up tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

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


def tables_of(
    k: int, labels: list[str], periods: int, freq: str, documents: int
) -> dict[str, Callable[[], pd.DataFrame]]:
    """Every table of a run that a figure may declare to be drawn from, by its name."""
    both = partial(
        pd.concat,
        [made.make_trends(k, labels), made.make_trends(k, labels[::-1], "bertopic", seed=1)],
    )
    pairs = made.make_alignment(k)
    return {
        "prevalence": partial(made.make_prevalence, k, periods, labels=labels, freq=freq),
        "curves": partial(made.make_curves, k, periods, labels=labels, freq=freq),
        "seasons": partial(made.make_seasons, k, labels),
        "coverage": partial(made.make_coverage, periods, freq),
        "dates": made.make_dates,
        "source_changes": partial(made.make_marks, periods, freq),
        "trends": partial(made.make_trends, k, labels),
        "trends_standardized": partial(made.make_standardized, k, labels),
        "alignment": lambda: pairs[(pairs["topic_a"] >= 0) & (pairs["topic_b"] >= 0)],
        "topics": lambda: both()[["backend", "topic", "label"]],
        "words": partial(made.make_words, k, labels),
        "seeds": partial(made.make_seeds, k, labels),
        "crossed": partial(made.make_crossed, k),
        "map": partial(made.make_map, k, documents),
        "topic_number": partial(made.make_curve, "gibbs-lda", "bertopic"),
    }


def recipes(
    k: int = 12,
    labels: list[str] | None = None,
    periods: int = 14,
    freq: str = "6MS",
    documents: int = 400,
) -> dict[str, Draw]:
    """Every figure, by the name of its function and, after a space, what is special about it.

    A figure that declares its tables needs no line here.

    Parameters
    ----------
    k, labels
        Topics and their names.
    periods, freq
        Number of periods and their kind, as pandas calls it.
    documents : int
        Dots of the map.
    """
    import trends.plots as plots

    labels = labels or made.make_labels(k, 10, 25)
    when = (periods, freq)
    table = tables_of(k, labels, periods, freq, documents)
    both = pd.concat(
        [made.make_trends(k, labels), made.make_trends(k, labels[::-1], "bertopic", seed=1)]
    )
    names = both[["backend", "topic", "label"]]
    rows, claims = made.make_specifications(k, 3, labels)
    one = rows["topic"] == 0
    candidates: dict[str, Any] = {"chosen": 10, "low": 8, "high": 11, "levels": {"gibbs-lda": 9.5}}
    special: dict[str, Callable[[int | None], object]] = {
        "prevalence free": lambda n: plots.prevalence(
            table["prevalence"](), top=n, free_y=True, stem="prevalence-free"
        ),
        "changes": lambda n: plots.changes(made.make_trends(k, labels).head(n or k), n_docs=355),
        "agreement": lambda n: plots.agreement(table["alignment"]().head(n or k), names, both),
        "flows": lambda n: plots.flows(made.make_crossed(n or k), names, made.make_alignment(k)),
        "candidates": lambda n: plots.candidates(table["topic_number"](), **candidates),
        "curve": lambda n: plots.curve(rows[one], claims[claims["topic"] == 0]),
        "overview": lambda n: plots.overview(rows, claims.head(n or k)),
        "calibration": lambda n: plots.calibration(made.make_cells(2, n or k, 3, labels)),
        "mix": lambda n: plots.mix(made.make_mix(*when, n=min(k, 8), labels=labels), noun="venue"),
        "mix of two": lambda n: plots.mix(made.make_mix(*when, n=2), stem="mix-of-two"),
        "evidence": lambda n: plots.evidence(made.make_evidence(*when)),
        "groups": lambda n: plots.groups(by_group(table["prevalence"](), labels[:7]), top=n),
        "shapes": lambda _: plots.shapes(
            with_curve(table["prevalence"](), table["curves"]()), **shapes_found(table)
        ),
        "lengths": lambda n: plots.lengths(made.make_lengths(*when)),
        "lag": lambda n: plots.lag(made.make_lag(*when)),
        "lag unknown": lambda n: plots.lag(made.make_lag(*when, known=False), stem="lag-unknown"),
        "drift": lambda _: plots.drift(made.make_drift(min(max(k // 2, 1), 30))),
        "repeats": lambda n: plots.repeats(made.make_repeats(*when)),
    }

    def declared(name: str, top: int | None) -> object:
        draw = plots.FIGURES.load(name)
        says = draw.declaration
        options = {option: table[source]() for option, source in says.extra.items()}
        return draw(*(table[t]() for t in says.tables), **options, **({"top": top} if top else {}))

    general = {n: partial(declared, n) for n in plots.FIGURES if n not in special}
    return {name: partial(as_many, draw) for name, draw in {**general, **special}.items()}


def by_group(shares: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Shares of topics as those of several groups, each shifted a little."""
    one = shares[shares["topic"] >= 0]
    parts = [one.assign(group=g, share=one["share"] * (1 + i / 9)) for i, g in enumerate(names)]
    q = (one["topic"] + 1) / (one["topic"].max() + 2)
    return pd.concat([part.assign(p_adjusted=q, differs=q < 0.2) for part in parts])


def with_curve(shares: pd.DataFrame, curves: pd.DataFrame) -> pd.DataFrame:
    """Shares of the first topic beside its curve."""
    names = {"fitted": "smooth", "lower": "smooth_lower", "upper": "smooth_upper"}
    both = shares.merge(curves.rename(columns=names)[["topic", "period", *names.values()]])
    return both[both["topic"] == 0]


def shapes_found(table: dict[str, Callable[[], pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """One shape of every kind at the times of the shares, and a season."""
    when = sorted(table["prevalence"]()["period"].unique())
    n = len(when)
    after = [when[-1] + i * (when[-1] - when[-2]) for i in (1, 2)]
    rows = [
        ("rising", when[n // 4], when[n // 2], "rising"),
        ("burst", when[n // 3], when[n // 3], "burst"),
        ("change point", when[n // 2], when[min(n // 2 + 1, n - 1)], "change"),
        ("emerged", when[n // 5], pd.NaT, "emerged"),
        ("season", "Jan", "Jul", "highest in Jan, lowest in Jul of every year"),
        ("term", when[n // 2], when[n // 2], "“attention” entered in the middle (1% → 20%)"),
        ("forecast", when[-1], after[0], "forecast"),
        ("forecast", when[-1], after[1], "forecast"),
    ]
    claims = pd.DataFrame(rows, columns=["kind", "start", "stop", "note"]).assign(
        topic=0, found=True, adjusted_p=0.01, estimate=9.0, low=6.0, high=12.0
    )
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    points = [3, 2, 1, 0, -1, -2, -3, -2, -1, 0, 1, 2]
    return {
        "claims": claims,
        "seasons": pd.DataFrame({"name": names, "points": points, "topic": 0}),
    }
