"""One function draws or saves every figure, from nouns, frames or a run."""

from __future__ import annotations

import json

import made
import numpy as np
import pandas as pd
import pytest
from gallery import check

import trends.plots as plots
from trends.core import Alignment
from trends.errors import DataError, UsageError
from trends.plots.theme.venues import VENUES


class Run:
    """A finished run as `trends.store.Run` offers it."""

    def __init__(self, folder):
        self.folder = folder
        self.manifest = {
            "config": {
                "models": {"backends": ["gibbs-lda", "bertopic"]},
                "prevalence": {"period": "half-year"},
            }
        }

    def table(self, name):
        return pd.read_csv(self.folder / f"{name}.csv")


@pytest.fixture
def run(tmp_path):
    both = pd.concat([made.make_trends(4), made.make_trends(5, backend="bertopic")])
    tables = {
        "prevalence": made.make_prevalence(4),
        "trends": both,
        "topics": both[["backend", "topic", "label"]],
        "alignment": made.make_alignment(4),
        "coverage": made.make_coverage(),
        "dates": made.make_dates(),
    }
    for name, frame in tables.items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    return Run(tmp_path)


@pytest.mark.slow
def test_a_run_gives_the_tables_of_a_figure(run):
    assert len(plots.plot("changes", run).data) == 4
    assert len(plots.plot("changes", run, backend="bertopic").data) == 5
    assert len(plots.plot("agreement", run).data) == 3
    assert "14 half-years" in plots.plot("heatmap", run, top=2).caption
    assert "how finely" in plots.plot("coverage", run).caption
    with pytest.raises(UsageError, match="no backend 'lda'; it has gibbs-lda, bertopic"):
        plots.plot("changes", run, backend="lda")
    with pytest.raises(UsageError, match="calibration is not drawn from the tables of a run"):
        plots.plot("calibration", run)


def test_a_figure_is_saved_as_a_file_or_into_a_folder(tmp_path):
    frame = made.make_prevalence(3)
    plots.plot("prevalence", frame, save=tmp_path / "fig1.pdf", venue="acl", width="column")
    words = json.loads((tmp_path / "fig1.json").read_text(encoding="utf-8"))
    assert (words["stem"], words["venue"], words["figure"]) == ("fig1", "acl", "prevalence")
    plots.plot("heatmap", frame, save=tmp_path / "all", formats=("svg", "png"))
    assert sorted(p.name for p in (tmp_path / "all").iterdir()) == [
        f"heatmap.{ending}" for ending in ("csv", "json", "png", "svg")
    ]


@pytest.mark.slow
def test_a_message_stands_above_any_figure_within_the_height_of_the_venue(run):
    words = "Nothing moved, whichever way the documents were counted"
    for name in ("changes", "prevalence", "agreement", "coverage", "heatmap"):
        with plots.style("acl", width="column"):
            plain, drawn = plots.plot(name, run), plots.plot(name, run, message=words)
            assert drawn.message == words and drawn.alt == f"{words}. {plain.alt}"
            assert drawn.figure.get_figheight() > plain.figure.get_figheight()
            check(drawn.figure)
            assert drawn.encoded("pdf") == drawn.encoded("pdf")
            assert drawn.encoded("svg") == plots.plot(name, run, message=words).encoded("svg")
        shown = [text.get_text() for text in drawn.figure.texts]
        assert words in " ".join(shown).replace("\n", " ")
    with plots.style("slides"):
        tall = plots.plot("prevalence", made.make_prevalence(8), message=words).figure
        assert tall.get_figheight() <= VENUES["slides"].height + 1e-6
    with pytest.raises(UsageError, match="A message has 3 lines of about"):
        plots.plot("changes", run, message="long " * 200)


def test_some_topics_are_drawn_by_their_number(run):
    for name in ("prevalence", "changes", "heatmap"):
        data = plots.plot(name, run, topics=[3, 1]).data
        assert set(data["topic"]) == {1, 3}
    assert plots.plot("changes", run, topics=[4], backend="bertopic").data["topic"].tolist() == [4]
    with pytest.raises(UsageError, match=r"no topic 7 and 9; there are 0, 1, 2 and 3\."):
        plots.plot("changes", run, topics=[9, 7])
    with pytest.raises(UsageError, match="agreement is not about topics of one backend"):
        plots.plot("agreement", run, topics=[1])


def test_a_wrong_noun_is_answered_with_the_right_call():
    matched = Alignment(np.array([[0, 0]]), np.array([0.5]), np.array([0.01]), 1, 1)
    with pytest.raises(UsageError, match=r"changes draws a Trend, as trends\.fit_trends\(preval"):
        plots.plot("changes", matched)
    with pytest.raises(UsageError, match=r"heatmap draws a Prevalence.*given a list"):
        plots.heatmap([1, 2])
    with pytest.raises(UsageError, match=r"terms draws the table words as a pandas\.DataFrame"):
        plots.plot("terms", matched)
    assert plots.plot("agreement", matched).data["label_a"].tolist() == ["topic 0"]


def test_wrong_names_and_options_are_answered_with_those_that_exist():
    frame = made.make_prevalence(3)
    with pytest.raises(UsageError, match=r"Unknown figure 'heatmpa'\. Did you mean 'heatmap'"):
        plots.plot("heatmpa", frame)
    with pytest.raises(UsageError, match="heatmap has no option 'free_y'; it has period, top"):
        plots.plot("heatmap", frame, free_y=True)
    with pytest.raises(DataError, match="heatmap needs the columns"):
        plots.plot("heatmap", frame[["topic"]])
