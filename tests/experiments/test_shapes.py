"""Committed results on curves, seasons and forecasts hold what is asked of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture
def results(root: Path) -> Path:
    return root / "experiments" / "shapes"


def test_bands_hold_whole_curves_and_flat_topics_do_not_move(results: Path) -> None:
    table = pd.read_csv(results / "bands.csv")
    assert set(table["shape"]) == {"flat", "linear", "logistic", "step", "wave", "mixed"}
    # Never far below the level; where waves and lasting shocks look alike bands are wide.
    for name in ("curve_held", "rate_held"):
        assert (table[name] >= 0.93 - 2 * table[f"{name}_se"]).all()
    flat = table[table["shape"] == "flat"]
    assert (flat["topics_claimed"] <= 0.05 + 2 * flat["topics_claimed_se"]).all()
    assert (flat["any_found"] <= 0.05 + 2 * (0.05 * 0.95 / flat["corpora"]) ** 0.5).all()
    moving = table[table["shape"] != "flat"]
    assert (moving["claims_of_wrong_sign"] <= 0.01).all()


def test_seasons_cost_little_power_and_keep_the_size(results: Path) -> None:
    table = pd.read_csv(results / "seasons.csv")
    key = ["periods", "correlation"]
    for move in (0.0, 1.5):
        own = table[table["move"] == move].set_index(key)
        alone = own[own["season"] == "none"]["rejected_without_term"]
        for season in ("wave", "one month"):
            found = own[own["season"] == season]
            if move:
                assert (found["rejected_with_term"] >= 0.8 * alone).all()
            else:
                limit = 0.06 + 2 * found["rejected_with_term_se"]
                assert (found["rejected_with_term"] <= limit).all()
                assert (found["turned_with_term"] <= 0.06).all()
    none = table[table["season"] == "none"]
    assert (none["season_rejected"] <= 0.05 + 2 * none["season_rejected_se"]).all()


def test_forecasts_hold_and_are_refused_where_they_have_no_skill(results: Path) -> None:
    table = pd.read_csv(results / "forecasts.csv")
    assert set(table["corpus"]) == {"ACL", "NeurIPS"}
    assert (table["held"] >= 0.9 - 2 * table["held_se"]).all()
    assert (table["given"] == (table["skill"] > 0)).all()


def test_changes_are_found_and_their_dates_are_held(results: Path) -> None:
    table = pd.read_csv(results / "change_points.csv").set_index("cell")
    assert (table["any_false"] <= 0.05 + 2 * table["any_false_error"]).all()
    steps = table[table["found"].notna()]
    # As dates are whole periods, intervals mostly hold more than they say, and never much less.
    few = (0.95 * 0.05 / (steps["found"] * steps["corpora"])) ** 0.5
    assert (steps["date_covers"] >= 0.95 - 2 * few).all()
    assert (steps["date_periods_median"] <= 2).all()
    clear = "step: share .1, shocks .15, no memory"
    assert steps.loc[[clear, "step of 1.5: share .1, shocks .15"], "found"].min() >= 0.8


def test_as_many_events_are_found_as_by_a_scan_that_is_told_the_shocks(results: Path) -> None:
    told = pd.read_csv(results / "known_shocks.csv")
    told = told[(told["event"] == "step") & (told["mean"] == "cubic")]
    table = pd.read_csv(results / "change_points.csv").set_index("cell")
    for row in told.itertuples():
        size = "step" if row.log_odds == 1 else "step of 1.5"
        memory = "" if row.memory else ", no memory"
        ours = table.loc[f"{size}: share .1, shocks {row.shock:g}{memory}".replace(" 0.", " .")]
        assert ours["found"] >= row.found - 2 * ours["found_error"] - 0.02
