"""Groups under one mix: against plain sums, and a difference that is one of mixes only."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import trends as tr
from trends.errors import DataError, UsageError


@pytest.fixture(scope="module")
def confounded() -> pd.DataFrame:
    """Solar is common in letters and rare in papers; country A turns to letters, B does not."""
    rng = np.random.default_rng(8)
    n = 6000
    year, country = rng.integers(2010, 2022, n), rng.choice(["A", "B"], n)
    letters = np.where(country == "A", 0.1 + 0.7 * (year - 2010) / 11, 0.4)
    kind = np.where(rng.random(n) < letters, "letter", "paper")
    topic = np.where(rng.random(n) < np.where(kind == "letter", 0.6, 0.15), "solar", "coal")
    return pd.DataFrame(
        {"topic": topic, "date": year.astype(str), "country": country, "kind": kind}
    )


def given(frame: pd.DataFrame):
    corpus, topics = tr.from_theta(
        frame[["topic"]], frame[["date", "country", "kind"]], by_row=True
    )
    solar = topics.provenance["labels"].index("solar")
    return corpus, topics, solar


def test_a_difference_of_mixes_goes_where_the_mix_is_held(confounded) -> None:
    corpus, topics, solar = given(confounded)
    raw = tr.compare_groups(topics, corpus, by="country")
    held = tr.compare_groups(topics, corpus, by="country", standardize_by="kind")
    assert bool(raw.differences["differs"][solar])
    assert not held.differences["differs"][solar]
    assert held.settings["standardized_by"] == "kind"
    assert "every group has the mix of all documents" in held.settings["notes"][-1]
    # By plain sums: the mean of the kinds' own shares, weighted as kinds are in all documents.
    weight = confounded["kind"].value_counts(normalize=True)
    mine = confounded[confounded["country"] == "A"]
    own = (mine["topic"] == "solar").groupby([mine["date"], mine["kind"]]).mean().unstack()
    expected = (own * weight).sum(axis=1)
    assert np.allclose(held.shares["A"].share[:, solar], expected)


@pytest.mark.slow
def test_a_real_difference_stays(confounded) -> None:
    frame = confounded.copy()
    rng = np.random.default_rng(9)
    chance = 0.08 * (frame["date"].astype(int) - 2010)
    rise = (frame["country"] == "B") & (rng.random(len(frame)) < chance)
    frame.loc[rise, "topic"] = "solar"
    corpus, topics, solar = given(frame)
    held = tr.compare_groups(topics, corpus, by="country", standardize_by="kind")
    assert bool(held.differences["differs"][solar])


@pytest.mark.slow
def test_groups_that_never_meet_are_refused(confounded) -> None:
    frame = confounded.assign(kind=np.where(confounded["country"] == "A", "letter", "paper"))
    corpus, topics, _ = given(frame)
    with pytest.raises(DataError, match="cannot be standardized by kind"):
        tr.compare_groups(topics, corpus, by="country", standardize_by="kind")
    with pytest.raises(UsageError, match="standardize_by is 'kinds', but the corpus has no such"):
        tr.compare_groups(topics, corpus, by="country", standardize_by="kinds")
