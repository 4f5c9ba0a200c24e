"""Claims of topics with a direction but no slope, and of serially correlated shares."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trends.analysis.robustness import claims
from trends.analysis.trend.fit import fit_trends
from trends.core import Verdict


def burst(periods: int = 8) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts of eleven flat topics and of one that occurs in the last period only, many times."""
    rng = np.random.default_rng(1)
    y = rng.multinomial(150, np.full(11, 1 / 11), periods).T.astype(float)
    y = np.vstack([np.zeros(periods), y])
    y[0, -1] = 40
    return y, y.sum(0), 2015.0 + np.arange(periods)


def rows_of(trend: pd.DataFrame, copies: int = 4) -> pd.DataFrame:
    own = list(range(len(trend)))
    return pd.concat(
        [claims.specification_rows(f"s{i}", trend, own) for i in range(copies)], ignore_index=True
    )


def test_a_topic_at_the_end_of_the_span_rises_without_a_slope() -> None:
    trend = fit_trends(burst()).frame()
    assert np.isnan(trend["slope"][0]) and trend["p_adjusted"][0] < 0.01
    judged, table = claims.classify_claims(trend, rows_of(trend))
    assert judged[0].direction == "rising" and judged[0].verdict is Verdict.ROBUST
    assert table["agreement"][0] == 1.0
    y, n, x = burst()
    falling = fit_trends((y[:, ::-1], n[::-1], x)).frame()
    judged, _ = claims.classify_claims(falling, rows_of(falling))
    assert judged[0].direction == "falling" and judged[0].verdict is Verdict.ROBUST


def test_a_finite_slope_decides_before_all_else() -> None:
    row = pd.DataFrame(
        {
            "slope": [1.0, np.nan, np.nan, np.nan],
            "log_odds": [-1.0, -2.0, np.nan, np.nan],
            "note": ["direction falling"] * 3 + [""],
        }
    )
    assert [claims.direction_of(r) for r in row.itertuples()] == [1.0, -1.0, -1.0, 0.0]


def test_z_of_a_specification_has_the_size_of_p_and_the_sign_of_the_slope() -> None:
    trend = pd.DataFrame(
        {
            "topic": [0, 1],
            "slope": [-2.0, 1.0],
            "lower": [-3.0, 0.0],
            "upper": [-1.0, 2.0],
            "p": [0.05, 1.0],
            "p_adjusted": [0.1, 1.0],
        }
    )
    rows = claims.specification_rows("one", trend, [1, 0, None])
    assert rows["z"].tolist() == pytest.approx([0.0, -1.959964, np.nan], nan_ok=True)
    assert rows["partner"].tolist() == [1, 0, -1]


def correlated(rng: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Flat shares whose shocks keep nine tenths of themselves from period to period."""
    generator = np.random.default_rng(rng)
    shock = np.zeros((12, 30))
    for t in range(1, 30):
        shock[:, t] = 0.9 * shock[:, t - 1] + generator.normal(0, 0.35, 12)
    p = np.exp(shock) / np.exp(shock).sum(0)
    y = np.column_stack([generator.multinomial(600, p[:, t]) for t in range(30)]).astype(float)
    return y, np.full(30, 600.0), 1990.0 + np.arange(30)


def test_where_periods_are_not_independent_another_p_judges() -> None:
    trend = fit_trends(correlated(2))
    assert trend.settings["p_independent"] < 0.05
    p, said = claims.decision_p(trend)
    assert p.equals(trend.table["p_prewhitened_adjusted"]) and "allows for it" in said
    table = trend.frame().assign(decision_p=p)
    _, judged = claims.classify_claims(table, rows_of(table))
    _, naive = claims.classify_claims(trend.frame(), rows_of(trend.frame()))
    # Nothing moves in truth.
    assert (naive["verdict"] == "robust").sum() > 0 == (judged["verdict"] == "robust").sum()
    assert judged["decision_p"].to_numpy() == pytest.approx(p.to_numpy())
    assert judged["p_adjusted"].to_numpy() == pytest.approx(trend.table["p_adjusted"].to_numpy())


def test_where_they_are_the_main_test_judges() -> None:
    for data in (burst(), burst(30)):
        trend = fit_trends(data)
        p, said = claims.decision_p(trend)
        assert p.equals(trend.table["p_adjusted"]) and said == ""


def test_power_with_the_adjustment_goes_before_the_formula() -> None:
    trend = fit_trends(burst()).frame()
    _, table = claims.classify_claims(trend, rows_of(trend))
    assert table["power"].equals(trend["power"])
    simulated = trend.assign(power_adjusted=np.arange(12.0))
    _, table = claims.classify_claims(simulated, rows_of(trend))
    assert table["power"].tolist() == list(range(12))
