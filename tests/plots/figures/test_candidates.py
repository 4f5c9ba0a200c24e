"""The figure of the number of topics.

What is drawn is what was given, in every venue, and its words say it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from gallery import check
from made import make_curve

import trends.plots as plots
from trends.errors import DataError, UsageError


@pytest.mark.parametrize(
    ("venue", "width"),
    [
        ("report", "full"),
        ("icml", "column"),
        pytest.param("acl", "full", marks=pytest.mark.slow),
        ("nature", "column"),
        pytest.param("slides", "full", marks=pytest.mark.slow),
    ],
)
def test_texts_neither_overlap_nor_leave_the_page(venue: str, width: str) -> None:
    with plots.style(venue, width=width):
        check(
            plots.candidates(
                make_curve("gibbs-lda", "bertopic"),
                chosen=10,
                low=8,
                high=11,
                levels={"gibbs-lda": 9.5},
            ).figure
        )


def test_every_row_is_drawn() -> None:
    frame = make_curve("gibbs-lda", "bertopic")
    before = frame.copy(deep=True)
    drawn = plots.candidates(frame, chosen=10, low=8, high=11, levels={"gibbs-lda": 9.5})
    pd.testing.assert_frame_equal(frame, before)
    assert len(drawn.data) == len(frame)
    lines = {line.get_label(): line.get_ydata() for line in drawn.figure.axes[0].lines}
    np.testing.assert_allclose(
        lines["gibbs-lda"], frame.loc[frame["backend_b"] == "gibbs-lda", "recurring"]
    )
    assert "gibbs-lda with bertopic" in lines


def test_words() -> None:
    drawn = plots.candidates(
        make_curve("gibbs-lda"), chosen=10, low=8, high=11, levels={"gibbs-lda": 9.5}
    )
    assert "gibbs-lda at 9.5" in drawn.caption
    assert "Chosen: 10 topics" in drawn.caption
    assert "10 topics were chosen" in drawn.alt
    assert (
        "fallback" in plots.candidates(make_curve("gibbs-lda"), chosen=10, low=8, high=11).caption
    )


def test_bad_tables() -> None:
    with pytest.raises(DataError, match="missing: npmi"):
        plots.candidates(make_curve("gibbs-lda").drop(columns="npmi"), chosen=10, low=8, high=11)
    with pytest.raises(UsageError, match="select fewer backends"):
        plots.candidates(make_curve("a", "b", "c", "d", "e"), chosen=10, low=8, high=11)
