"""What tells "fell because another rose" from "fell", on counts whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from trends.analysis.composition.table import (
    composition,
    ratio_trends,
    reference_topics,
    volume_trends,
)
from trends.analysis.prevalence.estimate import estimate
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.trend.fit import fit_trends
from trends.core import Prevalence

SMALL = np.array([3, 2, 5, 3, 8, 8, 12, 25, 30, 40, 40, 70, 60, 50])


def shares_of(probability: np.ndarray, size: np.ndarray, rng: np.random.Generator) -> Prevalence:
    """Hard labels drawn year by year; rows of ``probability`` are years."""
    label = np.concatenate(
        [rng.choice(probability.shape[1], n, p=p) for n, p in zip(size, probability, strict=True)]
    )
    year = np.repeat(2008 + np.arange(len(size)), size)
    days = (np.datetime64("1970", "Y") + (year - 1970)).astype("datetime64[D]")
    periods = make_periods(
        days, period="year", observed=(None, np.datetime64("2030-01-01").astype(object))
    )
    return estimate(np.eye(probability.shape[1])[label], periods)


def test_one_that_rises_lowers_all_shares_but_no_ratio() -> None:
    rng = np.random.default_rng(1)
    odds = np.ones((10, 10))
    odds[:, 0] = np.exp(np.linspace(-2, 3.5, 10))
    shares = shares_of(odds / odds.sum(1, keepdims=True), np.full(10, 600), rng)
    trend = fit_trends(shares)
    table = composition(shares, trend)
    assert (trend.table["p_adjusted"][1:] <= 0.05).sum() >= 7
    assert (table["ratio_p_adjusted"][1:] <= 0.05).sum() <= 1
    assert (table["p_adjusted_without"][1:] <= 0.05).sum() <= 1
    assert table["mover"].unique().tolist() == ["0"] and not table["reference"][0]
    assert table["reading"][0] == "rose, against the reference topics too"
    assert table["reading"][1:].str.contains("perhaps only because “0” moved").sum() >= 6
    # The ratio of the one that rises: 5.5 log-odds over nine years.
    assert np.log1p(table["ratio"][0] / 100) == pytest.approx(5.5 / 9, rel=0.1)


def test_one_that_falls_falls_from_every_side() -> None:
    rng = np.random.default_rng(2)
    odds = np.ones((10, 10))
    odds[:, 0] = np.exp(np.linspace(1.5, -1.5, 10))
    shares = shares_of(odds / odds.sum(1, keepdims=True), np.full(10, 400), rng)
    table = composition(shares, fit_trends(shares))
    assert table["reading"][0] == "fell, against the reference topics too"
    assert table["volume_upper"][0] < 0 < table["volume_lower"][1:].max()


def test_volume_is_counted_in_documents_a_year() -> None:
    size = 100 + 50 * np.arange(8)
    flat = np.full((8, 5), 0.2)
    table = composition(
        shares := shares_of(flat, size, np.random.default_rng(3)), fit_trends(shares)
    )
    # A fifth of fifty more documents each year.
    assert table["volume"].mean() == pytest.approx(10, rel=0.15)
    assert ((table["volume_lower"] < 10) & (table["volume_upper"] > 10)).sum() >= 4


@pytest.mark.slow
def test_flat_topics_in_few_documents_are_not_found_to_move() -> None:
    rng = np.random.default_rng(4)
    ratio, growth = [], []
    for _ in range(60):
        base = rng.dirichlet(np.full(12, 3.0))
        moved = base * np.exp(rng.normal(0, 0.2, (14, 12)))
        shares = shares_of(moved / moved.sum(1, keepdims=True), SMALL, rng)
        ratio.append(
            (ratio_trends(shares, reference_topics(fit_trends(shares))).table["p"] < 0.05).mean()
        )
        grown = volume_trends(shares)
        growth.append(np.nanmedian(grown.table["log_odds"]) / grown.settings["years"])
    assert np.mean(ratio) < 0.05 + 2 * np.sqrt(0.05 * 0.95 / (60 * 12))
    assert np.mean(growth) == pytest.approx(
        np.polyfit(np.arange(14), np.log(SMALL), 1, w=np.sqrt(SMALL))[0], abs=0.04
    )


def test_two_periods_have_a_table_too() -> None:
    shares = shares_of(np.full((2, 4), 0.25), np.array([40, 50]), np.random.default_rng(5))
    table = composition(shares, fit_trends(shares))
    assert len(table) == 4 and (table["reading"] == "").all()
