"""What is found, who votes, and when a finding is stable."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trends.analysis.robustness import claims
from trends.analysis.trend.fit import fit_trends
from trends.core import Finding, Stability
from trends.errors import DataError


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Eight topics: one that rises, one that turns, six that do neither."""
    rng = np.random.default_rng(1)
    t = np.linspace(-1, 1, 24)
    paths = np.zeros((8, 24))
    paths[0], paths[1] = 1.2 * t, 2.5 * (0.5 - np.abs(t))
    share = np.exp(paths) / np.exp(paths).sum(0)
    y = np.column_stack([rng.multinomial(900, share[:, i]) for i in range(24)]).astype(float)
    return fit_trends((y, np.full(24, 900.0), 2015 + np.arange(24) / 4)).frame()


def rows_of(table: pd.DataFrame, copies: int = 4, **more: object) -> pd.DataFrame:
    own: list[int | None] = list(range(len(table)))
    rows = [claims.specification_rows(f"s{i}", table, own) for i in range(copies)]
    return pd.concat(rows, ignore_index=True).assign(**more)


def judged(table: pd.DataFrame, rows: pd.DataFrame, p: float = 0.005, **more) -> pd.Series:
    _, out = claims.classify_claims(table, rows, joint=np.full(len(table), p), **more)
    return out.set_index("topic")["stability"]


def test_what_all_specifications_say_is_stable_and_nothing_else_is_examined(table) -> None:
    assert table["finding"][0] == Finding.RISING and table["finding"][1] == Finding.TURNED
    found, out = claims.classify_claims(table, rows_of(table), joint=np.full(8, 0.005))
    assert [c.stability for c in found[:2]] == [Stability.STABLE] * 2
    still = out["finding"] == Finding.NO_CHANGE
    assert still.any() and (out.loc[still, "stability"] == Stability.NOT_EXAMINED).all()
    assert (out["matched"] == 4).all() and np.allclose(out["votes"], 1)
    # Without a multiverse, or with one specification, nothing is.
    _, out = claims.classify_claims(table, rows_of(table))
    assert set(out["stability"]) == {"not examined"} and out["agreement"][0] == 1
    _, out = claims.classify_claims(table, rows_of(table, 1), joint=np.full(8, 0.005))
    assert set(out["stability"]) == {"not examined"} and out["agreement"].isna().all()


def test_a_rise_needs_votes_a_majority_the_joint_test_and_the_diagnostics(table) -> None:
    rows = rows_of(table, 10)
    stable = Stability.STABLE
    own = rows["topic"] == 0
    lost = rows.assign(partner=rows["partner"].where(~own | (rows.index >= 5 * 8), -1))
    assert judged(table, lost)[0] == stable  # half of the votes
    lost = rows.assign(partner=rows["partner"].where(~own | (rows.index >= 6 * 8), -1))
    assert judged(table, lost)[0] == Stability.DEPENDS
    for against, verdict in ((4, stable), (5, Stability.DEPENDS)):
        other = rows.assign(log_odds=rows["log_odds"].where(rows.index >= against * 8, -1.0))
        assert judged(table, other)[0] == verdict
    assert judged(table, rows, p=0.05)[0] == stable
    assert judged(table, rows, p=0.055)[0] == Stability.DEPENDS
    changed = {0: ["unassigned-trend", "duplicates"]}
    assert judged(table, rows, diagnostics=changed)[0] == Stability.DEPENDS
    found, out = claims.classify_claims(table, rows, diagnostics=changed)
    assert out["diagnostics"][0] == "unassigned-trend; duplicates" and out["diagnostics"][2] == ""
    assert found[0].diagnostics == ("unassigned-trend", "duplicates")


def test_a_vote_counts_by_its_sign_however_weak(table) -> None:
    weak = rows_of(table, 5).assign(p=0.6, p_adjusted=0.9, finding="no change detected")
    assert judged(table, weak)[0] == Stability.STABLE


def test_a_turn_is_stable_if_most_that_could_see_it_do(table) -> None:
    rows = rows_of(table, 6)
    own = rows["topic"] == 1
    assert judged(table, rows, p=0.9)[1] == Stability.STABLE
    short = rows.assign(periods=rows["periods"].where(rows.index >= 5 * 8, 7), turn="")
    short.loc[own & (rows.index >= 5 * 8), "turn"] = table["turn"][1]
    assert judged(table, short)[1] == Stability.STABLE
    for blind, verdict in ((2, Stability.STABLE), (3, Stability.DEPENDS)):
        some = rows.assign(turn=rows["turn"].where(rows.index >= blind * 8, ""))
        assert judged(table, some)[1] == verdict
    other = rows.assign(turn="fell, then rose")
    assert judged(table, other)[1] == Stability.DEPENDS


def test_families_weigh_the_same_then_fits_then_estimators() -> None:
    rows = pd.DataFrame(
        {
            "specification": [*list("abcdef"), "a"],
            "family": ["counts"] * 3 + ["embedding"] * 3 + ["counts"],
            "fit": [1, 1, 2, 3, 4, 4, 1],
        }
    )
    votes = claims.votes(rows)
    assert votes.to_dict() == {
        "a": 1 / 8,
        "b": 1 / 8,
        "c": 1 / 4,
        "d": 1 / 4,
        "e": 1 / 8,
        "f": 1 / 8,
    }
    assert claims.votes(rows[["specification"]]).tolist() == [1 / 6] * 6


def test_a_family_with_many_switches_does_not_outvote_another(table) -> None:
    rows = pd.concat(
        [
            rows_of(table, 2, family="counts", fit="one"),
            rows_of(table, 20, family="embedding", fit="two").replace(
                {"specification": {f"s{i}": f"t{i}" for i in range(20)}}
            ),
        ],
        ignore_index=True,
    )
    rows["log_odds"] = np.where(rows["family"] == "embedding", -1.0, 1.0)
    _, out = claims.classify_claims(table, rows)
    assert out["agreement"][0] == pytest.approx(0.5)


def test_rows_are_those_of_the_partners(table) -> None:
    rows = claims.specification_rows("one", table, [1, 0, None, 99, *range(4, 8)])
    assert rows["partner"].tolist() == [1, 0, -1, -1, 4, 5, 6, 7]
    assert rows["p"].tolist() == pytest.approx(
        [*table["p"][[1, 0]], np.nan, np.nan, *table["p"][4:]], nan_ok=True
    )
    assert rows["note"][2] == "no matching topic" and rows["finding"][2] == "not tested"
    assert np.sign(rows["z"][1]) == 1 and rows["z"][1] > 2


def test_a_topic_without_specification_is_refused(table) -> None:
    with pytest.raises(DataError, match="no specification"):
        claims.classify_claims(table, rows_of(table).query("topic > 0"))


def test_the_rule_states_its_limits() -> None:
    assert "0.05" in str(claims.Rule()) and "50%" in str(claims.Rule())
    assert "0.01" in str(claims.Rule(alpha=0.01))
