"""Trends beside those by direct standardization, as a run writes them, and the audit that goes with
it.
"""

import json

import numpy as np
import pandas as pd
import pytest

from trends.analysis.prevalence.estimate import estimate
from trends.analysis.trend.fit import fit_trends
from trends.core import Corpus
from trends.errors import UsageError
from trends.reports.sections.audit import AuditView as Audit
from trends.runs.config.settings import check
from trends.runs.tasks import audit
from trends.runs.tasks.analysis_parts import standardized
from trends.runs.tasks.analysis_parts.case import Case
from trends.runs.tasks.analysis_parts.periods import periods_of


def make(years=8, size=120, venues=("blog", "journal"), seed=0):
    """Two venues with topics of their own that never change; the second one takes over."""
    rng = np.random.default_rng(seed)
    place = np.repeat(np.arange(years), size)
    venue = (rng.random(len(place)) < 0.1 + 0.8 * place / (years - 1)).astype(int)
    profiles = np.array([[0.5, 0.3, 0.1, 0.1], [0.1, 0.1, 0.3, 0.5]])
    label = np.array([rng.choice(4, p=profiles[v]) for v in venue])
    frame = pd.DataFrame(
        {
            "id": [f"d{i:05d}" for i in range(len(place))],
            "title": [f"title number {i}" for i in range(len(place))],
            "text": ["some words of a text"] * len(place),
            "date": pd.to_datetime(
                [f"{2010 + p}-{1 + i % 12:02d}-{2 + i % 26:02d}" for i, p in enumerate(place)]
            ),
            "date_precision": "day",
            "date_evidence": "stated",
            "source": "s",
            "venue": [venues[v] for v in venue],
        }
    )
    corpus = Corpus(frame, name="made up")
    order = {name: i for i, name in enumerate(frame["id"])}
    theta = np.eye(4)[label[[order[i] for i in corpus.ids]]]
    periods = periods_of(corpus, period="year")
    shares = estimate(theta, periods, labels=list("abcd"))
    return corpus, periods, Case("gibbs-lda", None, [theta], shares, fit_trends(shares))


def settings(**prevalence):
    return check(
        {
            "rng": 1,
            "prevalence": {"period": "year", "standardize_by": "venue", **prevalence},
        }
    )


def test_trends_of_the_mix_go_and_the_reader_sees_all_three():
    corpus, periods, case = make()
    found = standardized.beside(corpus, periods, [case], settings())
    assert list(found.trends.columns) == list(standardized.COLUMNS)
    np.testing.assert_allclose(found.trends["slope"], case.trend.table["slope"])
    # Both venues are there in every year: nothing is left out, so only the weights differ.
    np.testing.assert_allclose(found.trends["slope_same"], found.trends["slope"])
    assert (found.trends["p_adjusted"] < 0.05).sum() >= 3 and (
        found.trends["p_adjusted_standardized"] < 0.05
    ).sum() <= 1
    assert "2 values" in found.sentences[0] and "100% of the dated documents" in found.sentences[0]
    assert "the finding changes for" in found.sentences[1]
    total = found.prevalence.groupby("period")["share"].sum()
    np.testing.assert_allclose(total, 1)
    page = Audit(
        pd.DataFrame(columns=["part", "flag", "sentence", "rule"]), found.trends, found.sentences
    )
    assert len(page.standardized_table.rows) >= 3


def test_venues_that_never_meet_are_a_sentence_not_an_error():
    corpus, periods, case = make(years=4)
    one_a_year = corpus.documents.assign(venue=corpus.documents["date"].dt.year.astype(str))
    found = standardized.beside(Corpus(one_a_year), periods, [case], settings())
    assert (
        found.trends.empty
        and found.prevalence.empty
        and "cannot be standardized by" in found.sentences[0]
    )


def test_a_column_that_is_missing_or_constant_is_refused_before_anything_is_fitted():
    corpus, *_ = make(years=3, size=20)
    with pytest.raises(
        UsageError, match=r"prevalence.standardize_by is 'journal'.*it has id, title"
    ):
        standardized.strata(corpus, "journal")
    with pytest.raises(UsageError, match="all documents have one source"):
        standardized.strata(corpus, "source")
    with pytest.raises(UsageError, match="weights"):
        settings(weights="none")


def test_the_audit_of_a_run_flags_the_mix(tmp_path):
    corpus, *_ = make()
    audit.write_of_run(tmp_path, corpus, settings())
    summary = pd.read_csv(tmp_path / "audit" / "summary.csv").set_index("part")
    assert (
        summary.loc["mix-venue", "flag"] == "look"
        and 'standardize_by = "venue"' in summary.loc["mix-venue", "sentence"]
    )
    told = json.loads((tmp_path / "audit" / "audit.json").read_text(encoding="utf-8"))
    assert told["fingerprint"] == corpus.fingerprint and len(told["parts"]) == len(summary)
    stems = [drawn.stem for drawn in audit.drawings(tmp_path / "audit", "year", card=False)]
    assert "audit-mix-venue" in stems and "audit-coverage" not in stems
    assert audit.drawings(tmp_path / "nothing", "year") == []


def test_the_section_puts_what_deserves_a_look_first(tmp_path):
    corpus, *_ = make(years=4, size=40)
    audit.write_of_run(tmp_path, corpus, settings())
    page = Audit(pd.read_csv(tmp_path / "audit" / "summary.csv"))
    flags = [part.flag for part in page.parts]
    assert flags == sorted(flags, key=["look", "unknown", "ok"].index)
    assert "mix by venue" in page.overview and page.parts[0].rule
