"""The figure of the number of topics: what is drawn is what was given, in every venue, and its words say it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import trends.plots as plots
from trends.errors import DataError, UsageError

gallery = importlib.util.spec_from_file_location("gallery", Path(__file__).with_name("test_gallery.py"))
assert gallery is not None and gallery.loader is not None
_module = importlib.util.module_from_spec(gallery)
gallery.loader.exec_module(_module)
check = _module.check


def curve(*backends: str) -> pd.DataFrame:
    rows = []
    for k in (4, 6, 8, 11, 16, 23, 32):
        rows += [
            (k, "seeds", b, b, 3, 0.8, 0.02, min(k, 9.5), min(k, 8), min(k, 11), 0.1 + 0.01 * i) for i, b in enumerate(backends)
        ]
        rows += [(k, "families", backends[0], b, 9, 0.5, 0.02, min(k, 6.0), 4, 7, np.nan) for b in backends[1:]]
    names = "n_topics compared backend_a backend_b pairs similarity similarity_se recurring recurring_low recurring_high npmi"
    return pd.DataFrame(rows, columns=names.split())


@pytest.mark.parametrize(
    ("venue", "width"), [("report", "full"), ("icml", "column"), ("acl", "full"), ("nature", "column"), ("slides", "full")]
)
def test_texts_neither_overlap_nor_leave_the_page(venue: str, width: str) -> None:
    with plots.style(venue, width=width):
        check(plots.candidates(curve("gibbs-lda", "bertopic"), chosen=10, low=8, high=11, levels={"gibbs-lda": 9.5}).figure)


def test_every_row_is_drawn() -> None:
    frame = curve("gibbs-lda", "bertopic")
    before = frame.copy(deep=True)
    drawn = plots.candidates(frame, chosen=10, low=8, high=11, levels={"gibbs-lda": 9.5})
    pd.testing.assert_frame_equal(frame, before)
    assert len(drawn.data) == len(frame)
    lines = {line.get_label(): line.get_ydata() for line in drawn.figure.axes[0].lines}
    np.testing.assert_allclose(lines["gibbs-lda"], frame.loc[frame["backend_b"] == "gibbs-lda", "recurring"])
    assert "gibbs-lda with bertopic" in lines


def test_words() -> None:
    drawn = plots.candidates(curve("gibbs-lda"), chosen=10, low=8, high=11, levels={"gibbs-lda": 9.5})
    assert "gibbs-lda at 9.5" in drawn.caption
    assert "Chosen: 10 topics" in drawn.caption
    assert "10 topics were chosen" in drawn.alt
    assert "makeshift" in plots.candidates(curve("gibbs-lda"), chosen=10, low=8, high=11).caption


def test_bad_tables() -> None:
    with pytest.raises(DataError, match="missing: npmi"):
        plots.candidates(curve("gibbs-lda").drop(columns="npmi"), chosen=10, low=8, high=11)
    with pytest.raises(UsageError, match="select fewer backends"):
        plots.candidates(curve("a", "b", "c", "d", "e"), chosen=10, low=8, high=11)
