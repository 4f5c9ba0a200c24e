"""``documents.csv``: the documents of each topic and period; and what a report is called."""

from __future__ import annotations

import numpy as np
import pytest

import trends as tr
from trends.runs.config.settings import check
from trends.runs.tasks.analysis_parts.figure_tables import LISTED, documents
from trends.runs.tasks.analysis_parts.periods import periods_of
from trends.runs.tasks.report import heading


@pytest.fixture(scope="module")
def corpus():
    return tr.read_corpus("pretraining")


def test_the_documents_of_a_topic_and_period_are_those_closest_to_it(corpus):
    fit = tr.fit(corpus, "nmf", n_topics=3, rng=1)
    periods = periods_of(corpus, period="year")
    table = documents(fit, periods)
    starts = periods.starts.astype("datetime64[s]")
    for (topic, period), rows in table.groupby(["topic", "period"]):
        at = np.flatnonzero(starts == period)[0]
        mine = np.flatnonzero((fit.hard == topic) & (periods.index == at))
        assert (rows["n_docs"] == len(mine)).all() and len(rows) == min(len(mine), LISTED)
        assert rows["place"].tolist() == list(range(1, len(rows) + 1))
        part = fit.theta[[fit.doc_ids.index(i) for i in rows["id"]], topic]
        assert (np.diff(part) <= 1e-9).all()
        assert part[-1] >= np.sort(fit.theta[mine, topic])[::-1][len(rows) - 1] - 1e-9
    assert table.groupby(["topic", "period"])["n_docs"].first().sum() == (periods.index >= 0).sum()


@pytest.mark.parametrize(
    ("named", "wanted"),
    [
        ({}, "pretraining"),
        ({"name": "mine"}, "mine"),
        ({"name": "a", "title": "A title"}, "A title"),
    ],
)
def test_a_report_is_called_by_its_title_its_name_or_its_corpus(corpus, named, wanted):
    config = check({"rng": 1, "corpus": {"path": "pretraining"}, **named})
    assert heading(config, corpus) == wanted
