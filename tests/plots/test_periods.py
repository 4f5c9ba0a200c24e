"""Every kind of period that a config accepts reaches every figure of time, without being named
again.
"""

from __future__ import annotations

import made
import numpy as np
import pandas as pd
import pytest
from recipes import by_group, with_curve

import trends.plots as plots
from trends.core import Prevalence
from trends.core.wording import PERIODS, period_name
from trends.errors import UsageError

STEPS = {"day": "D", "week": "7D", "month": "MS", "quarter": "QS", "half-year": "6MS", "year": "YS"}
KINDS = [*PERIODS, "2-years", "10-years", "99-years"]
#: One of days and one of years: the others differ in their names alone.
FIRST = {"week"}


def starts(kind: str) -> list[pd.Timestamp]:
    if kind in STEPS:
        return list(pd.date_range("2018-01-01", periods=5, freq=STEPS[kind]))
    return [
        pd.Timestamp(year=1700 + i * int(kind.split("-", maxsplit=1)[0]), month=1, day=1)
        for i in range(4)
    ]


def moved(frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The first rows of a made-up table, on periods of another kind."""
    firsts, known = starts(kind), sorted(frame["period"].dropna().unique())
    out = frame[frame["period"].isin(known[: len(firsts)])].copy()
    out["period"] = out["period"].map(dict(zip(known, firsts, strict=False)))
    out.attrs["period"] = kind
    return out


TABLES = {
    "groups": lambda: by_group(made.make_prevalence(3), ["a", "b"]),
    "prevalence": lambda: made.make_prevalence(3),
    "shapes": lambda: with_curve(made.make_prevalence(3), made.make_curves(3)),
    "heatmap": lambda: made.make_prevalence(3),
    "coverage": made.make_coverage,
    "mix": made.make_mix,
    "evidence": made.make_evidence,
    "lengths": made.make_lengths,
    "lag": made.make_lag,
    "repeats": made.make_repeats,
}


@pytest.mark.parametrize(
    "kind", [pytest.param(k, marks=() if k in FIRST else pytest.mark.slow) for k in KINDS]
)
def test_every_period_reaches_every_figure_of_time(kind):
    last = period_name(starts(kind)[0], kind)
    for name, make in TABLES.items():
        drawn = plots.plot(name, moved(make(), kind))
        assert last in drawn.caption, name


def test_no_figure_of_time_is_forgotten():
    import inspect

    timed = {
        name
        for name in plots.FIGURES
        if "period" in inspect.signature(plots.FIGURES.load(name)).parameters
    }
    assert timed == set(TABLES)


def test_a_noun_remembers_its_period_and_an_unknown_one_is_refused():
    periods = np.array(["2020-01-01", "2030-01-01"], dtype="datetime64[D]")
    ends = np.array(["2029-12-31", "2039-12-31"], dtype="datetime64[D]")
    half = np.full((2, 2), 0.5)
    shares = Prevalence(
        periods, ends, ("a", "b"), half, half, half, np.zeros(2), [3, 4], [True, True], half * 6,
        {"period": "10-years"},
    )  # fmt: skip
    assert "2 10-year periods from 2020–2029" in plots.prevalence(shares).caption
    with pytest.raises(UsageError, match="start 3653 days apart; leave period out, or give 10-ye"):
        plots.plot("heatmap", shares, period="year")
    with pytest.raises(UsageError, match="Unknown period 'decade'"):
        plots.plot("heatmap", shares, period="decade")
