"""What a row of a table of trends says in words."""

from __future__ import annotations

from types import SimpleNamespace

from trends.core.statements import sentence


def row(**changes):
    base = {
        "finding": "no change detected",
        "change": -2.0,
        "change_lower": -4.0,
        "change_upper": -0.1,
        "slope": -0.5,
        "p": 0.03,
        "p_adjusted": 0.2,
        "power": 3.0,
        "turn": "",
        "turn_at": float("nan"),
        "p_turn_adjusted": 1.0,
        "note": "",
    }
    return SimpleNamespace(**{**base, **changes})


def test_an_interval_without_zero_beside_no_finding_is_explained():
    said = sentence(row())
    assert "No change between" in said and "alone it would count as a change (p = 0.03" in said
    assert "alone" not in sentence(row(p=0.2, change_upper=0.4))


def test_a_change_and_a_turn_are_said_in_words():
    rose = sentence(
        row(finding="rising", change=2.0, change_lower=0.1, change_upper=4.0, p_adjusted=0.01),
        ("2019", "2024"),
    )
    assert rose.startswith("Rose by 2.00 percentage points from 2019 to 2024")
    turned = sentence(
        row(finding="turned", turn="rose, then fell", turn_at=2021.2, p_turn_adjusted=0.01)
    )
    assert turned.startswith("Rose until about 2021, then fell (adjusted p of the turn = 0.01")
    assert sentence(row(finding="not tested", note="occurs in no period")) == (
        "Not tested: occurs in no period."
    )
