"""Figures of the audit: what is drawn is what was given, and texts have their room.

test_contract.py draws each in several venues.
"""

import numpy as np
import pandas as pd
import pytest
from gallery import check
from made import make_evidence, make_lag, make_lengths, make_mix, make_repeats

from trends import plots
from trends.errors import DataError


def every(periods=14, freq="6MS"):
    return [
        plots.mix(make_mix(periods, freq), noun="venue"),
        plots.mix(make_mix(periods, freq, n=2), stem="two"),
        plots.evidence(make_evidence(periods, freq)),
        plots.lengths(make_lengths(periods, freq)),
        plots.lag(make_lag(periods, freq)),
        plots.lag(make_lag(periods, freq, known=False), stem="blind"),
        plots.repeats(make_repeats(periods, freq)),
    ]


@pytest.mark.parametrize(
    ("periods", "freq"),
    [
        (1, "YS"),
        pytest.param(2, "6MS", marks=pytest.mark.slow),
        pytest.param(30, "MS", marks=pytest.mark.slow),
        pytest.param(9, "7D", marks=pytest.mark.slow),
        pytest.param(62, "YS", marks=pytest.mark.slow),
    ],
)
def test_few_and_many_periods(periods, freq):
    for drawn in every(periods, freq):
        check(drawn.figure)
        assert drawn.caption.endswith(".") and drawn.alt.endswith(".")


def test_a_mix_has_five_values_and_the_rest_and_every_bar_is_whole():
    frame = make_mix()
    drawn = plots.mix(frame, noun="venue")
    assert drawn.data["label"].nunique() == 6 and drawn.data["label"].iloc[-1] == "other"
    assert drawn.data["n_docs"].sum() == frame["n_docs"].sum()
    totals = drawn.data.groupby("period")["share"].sum(min_count=1)
    np.testing.assert_allclose(totals.drop(totals.index[2]), 1)
    assert np.isnan(totals.iloc[2])
    ordered = drawn.data.groupby("label")["n_docs"].sum().drop("other")
    assert (
        drawn.data["label"].iloc[0] == ordered.idxmax()
        and "the 5 largest, the rest as one" in drawn.caption
    )
    pd.testing.assert_frame_equal(
        plots.mix(frame.sample(frac=1, random_state=1), noun="venue").data, drawn.data
    )


def test_what_was_called_other_before_stays_last_and_undated_rows_are_left_out():
    frame = make_mix(n=3).replace({"label": {"v0": "other"}})
    undated = pd.DataFrame({"period": pd.to_datetime([None]), "label": ["v2"], "n_docs": [999]})
    drawn = plots.mix(pd.concat([frame, undated], ignore_index=True))
    assert drawn.data["label"].unique()[-1] == "other" and drawn.data["n_docs"].max() < 999


def test_only_the_end_of_a_long_corpus_is_drawn_and_a_wild_interval_does_not_flatten_it():
    drawn = plots.lag(make_lag(60, "MS"))
    assert (
        len(drawn.data) == 24
        and drawn.figure.axes[0].get_ylim()[1] < 10 * drawn.data["n_docs"].max()
    )
    assert "lead one to expect" in drawn.caption and "80% of that month" in drawn.alt
    assert len(plots.lag(make_lag(known=False)).figure.axes) == 1


def test_kinds_of_dates_are_named_with_their_precision():
    assert set(plots.evidence(make_evidence()).data["label"]) == {
        "day, stated",
        "month, look-up table",
        "month, arXiv number",
        "undated",
    }


def test_bad_tables_are_refused():
    with pytest.raises(DataError, match="needs the columns period, label, n_docs"):
        plots.mix(make_mix().drop(columns="label"))
    with pytest.raises(DataError, match="repeat"):
        plots.lengths(pd.concat([make_lengths(), make_lengths()]))
    with pytest.raises(DataError, match="without rows"):
        plots.mix(make_mix().assign(period=pd.NaT))
