"""Every diagnostic inside a run, on corpora that would fool us without it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from trends.analysis.prevalence import estimate as prevalence
from trends.analysis.trend.fit import fit_trends
from trends.core import Corpus, TermCounts, Topics
from trends.models import BACKENDS
from trends.runs.config import settings as config
from trends.runs.tasks.analysis_parts import analyse
from trends.runs.tasks.analysis_parts import diagnose as diagnosing
from trends.runs.tasks.analysis_parts.aligned import aligned
from trends.runs.tasks.analysis_parts.case import Case
from trends.runs.tasks.analysis_parts.diagnose import diagnose
from trends.runs.tasks.analysis_parts.diagnosis_tables import warnings_of
from trends.runs.tasks.analysis_parts.periods import periods_of

DIAGNOSTICS = (
    "lengths",
    "incomplete",
    "duplicates",
    "sources",
    "unassigned",
    "dates",
    "vocabulary",
    "topics",
)
NAMES = {
    "lengths": "length-drift",
    "incomplete": "incomplete-period",
    "duplicates": "duplicates",
    "sources": "source-mix",
    "unassigned": "unassigned-trend",
    "dates": "date-errors",
    "vocabulary": "vocabulary-drift",
    "topics": "topics-apart",
}


def settings(*on: str, **more: Any) -> config.RunConfig:
    diagnostics = {name: name in on for name in DIAGNOSTICS}
    data = {
        "rng": 4,
        "models": {"backends": ["bertopic"]},
        "prevalence": {"period": "year"},
        "diagnostics": diagnostics,
    }
    return config.check(data | more)


def made(
    label: np.ndarray,
    year: np.ndarray,
    *,
    titles: Any = None,
    source: Any = "made",
    until: str = "2100-12-31",
    days: Any = None,
) -> tuple[Corpus, TermCounts, Topics]:
    """A corpus whose topics are known, with terms that belong to them, and the fit that finds them
    without error.
    """
    rng = np.random.default_rng(len(label))
    n, k = len(label), int(label.max()) + 1
    matrix = np.zeros((n, 10 * (k + 1)), dtype=np.int32)
    for i, topic in enumerate(label):
        matrix[i] = np.bincount(
            10 * (topic + 1) + rng.integers(0, 10, 30), minlength=matrix.shape[1]
        )
    ids = [f"d{i:05d}" for i in range(n)]
    day = (
        days
        if days is not None
        else (np.datetime64("1970", "Y") + (year - 1970)).astype("datetime64[D]") + 180
    )
    frame = pd.DataFrame(
        {
            "id": ids,
            "title": titles
            if titles is not None
            else [f"work {i} on matter {i}" for i in range(n)],
            "date": day,
            "date_precision": "day",
            "date_evidence": "stated",
            "source": source,
        }
    )
    order = np.lexsort((np.array(ids), np.asarray(frame["date"])))
    terms = tuple(f"t{j:03d}" for j in range(matrix.shape[1]))
    counts = TermCounts(sparse.csr_matrix(matrix), terms, tuple(ids)).take_documents(order)
    corpus = Corpus(frame, name="made", observed_until=dt.date.fromisoformat(until))
    theta = np.zeros((n, k))
    theta[np.flatnonzero(label >= 0), label[label >= 0]] = 1
    phi = np.full((k, matrix.shape[1]), 1e-6)
    for topic in range(k):
        phi[topic, 10 * (topic + 1) : 10 * (topic + 2)] = 0.1
    about = {"backend": "bertopic", "seed": 1}
    rest = (label < 0).astype(float)
    fit = Topics(
        theta[order], rest[order], phi / phi.sum(1, keepdims=True), terms, corpus.ids, about
    )
    return corpus, counts, fit


def analysed(
    corpus: Corpus, counts: TermCounts, fit: Topics, chosen: config.RunConfig
) -> tuple[dict[str, pd.DataFrame], Any]:
    result = analyse.analyse(corpus, counts, {"bertopic": [fit]}, None, chosen)
    return result["tables"], result["notes"]


def row_of(
    tables: dict[str, pd.DataFrame], diagnostic: str, backend: str = "bertopic"
) -> pd.Series:
    rows = tables["diagnostics"].query("diagnostic == @diagnostic and backend == @backend")
    assert len(rows) == 1
    return rows.iloc[0]


def found(tables: dict[str, pd.DataFrame], diagnostic: str) -> tuple[int, int]:
    """Discoveries before and after the correction."""
    rows = tables["diagnostics_corrected"].query("diagnostic == @diagnostic")
    return int((rows["p_adjusted"] <= 0.05).sum()), int(
        (rows["p_adjusted_corrected"] <= 0.05).sum()
    )


def growing(rng: int) -> tuple[Corpus, TermCounts]:
    """Documents of seven kinds, as many of each in every year, that grow sixfold.

    Seven of ten words are those of the first kind in all of them: in a short document they win by
    chance, so that the hard labels of that topic fall while nothing changes.
    """
    generator = np.random.default_rng(rng)
    year = np.repeat(np.arange(2010, 2018), 160)
    label = np.tile(np.arange(7), len(year))[: len(year)]
    corpus, _, _ = made(label, year)
    length = np.rint(12 * 6 ** ((year - 2010) / 7)).astype(int)
    matrix = np.zeros((len(year), 140), dtype=np.int32)
    for i, topic in enumerate(label):
        common = generator.random(length[i]) < 0.7
        word = np.where(
            common,
            generator.integers(0, 20, length[i]),
            20 * topic + generator.integers(0, 20, length[i]),
        )
        matrix[i] = np.bincount(word, minlength=140)
    return corpus, TermCounts(
        sparse.csr_matrix(matrix), tuple(f"t{j:03d}" for j in range(140)), corpus.ids
    )


@pytest.mark.slow
@pytest.mark.parametrize("many", [False, True])
def test_growing_documents_are_fitted_again_at_one_length(
    many: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many documents the topics are kept, and only the shares estimated again.

    That takes the artefact away too.
    """
    if many:
        monkeypatch.setattr(diagnosing, "MOST_REFITTED", 100)
    corpus, counts = growing(1)
    backends = ["gibbs-lda", "bertopic"]
    quick = {"iterations": 150, "burn_in": 75}
    data = settings(
        "lengths", models={"backends": backends, "n_topics": 7, "settings": {"gibbs-lda": quick}}
    )
    model: Any = BACKENDS.load("gibbs-lda")
    fit = model(counts, n_topics=7, seed=3, embeddings=None, settings=quick)
    vectors = replace(fit, provenance={"backend": "bertopic", "seed": 3})
    result = analyse.analyse(
        corpus, counts, {"gibbs-lda": [fit], "bertopic": [vectors]}, None, data
    )
    tables = result["tables"]
    term, vector = (row_of(tables, "length-drift", b) for b in backends)
    assert term["flagged"] and vector["flagged"]
    measures = json.loads(term["measures"])
    assert measures["factor"] == pytest.approx(6, rel=0.1) and measures["seed"] == 3
    assert measures["documents"] + measures["left_out"] == len(corpus)
    assert ("topics are kept" in term["sentence"]) == many == ("topics" in measures)
    # Nothing moves in truth: the changes of the run are an artefact, those at one length are less.
    rows = tables["diagnostics_corrected"]
    assert rows["change"].abs().max() > 1.2 * rows["change_corrected"].abs().max()
    assert vector["corrected"] == "" and "cannot be drawn down" in vector["sentence"]
    assert set(tables["diagnostics_corrected"]["backend"]) == {"gibbs-lda"}
    assert any(
        "factor of" in w and "gibbs-lda" in w and "nothing is found" in w
        for w in result["notes"]["warnings"]
    )


@pytest.mark.slow
def test_last_years_of_which_only_an_event_was_seen() -> None:
    rng = np.random.default_rng(4)
    year = np.repeat(np.arange(2010, 2018), 100)
    label = rng.integers(1, 10, len(year))
    label[rng.random(len(year)) < 0.05 + 0.11 * np.maximum(year - 2012, 0)] = 0
    day = (np.datetime64("1970", "Y") + (year - 1970)).astype("datetime64[D]") + rng.integers(
        0, 30, len(year)
    )
    tables, notes = analysed(
        *made(label, year, days=day, until="2013-01-31"), settings("incomplete")
    )
    row = row_of(tables, "incomplete-period")
    # Nobody says from when on the corpus is whole, but its first year looks like those after it.
    assert (
        row["flagged"]
        and "5 of 8 periods, starting on 2013-01-01, 2014-01-01" in row["sentence"]
        and "lost" in row["corrected"]
    )
    assert "300 of 800 documents" in row["corrected"]
    before, after = found(tables, "incomplete-period")
    assert before >= 1 and after == 0
    assert any("does not cover the whole of 5 of 8 periods" in w for w in notes["warnings"])
    whole, _ = analysed(*made(label, year, days=day), settings("incomplete"))
    assert not row_of(whole, "incomplete-period")["flagged"]


@pytest.mark.slow
def test_one_paper_many_times_is_one_paper() -> None:
    rng = np.random.default_rng(5)
    year = np.repeat(np.arange(2010, 2018), 100)
    label = rng.integers(0, 8, len(year))
    titles = np.array([f"work {i} on matter {i}" for i in range(len(year))], dtype=object)
    # In the later years every second place is taken by reprints of one paper on topic 0.
    copies = np.flatnonzero((rng.random(len(year)) < 0.08 * (year - 2010)) & (year > 2010))
    label[copies] = 0
    titles[copies] = [
        f"The one paper that all of us print again and again{'.' if i % 2 else ''}" for i in copies
    ]
    tables, notes = analysed(*made(label, year, titles=titles), settings("duplicates"))
    row = row_of(tables, "duplicates")
    measures = json.loads(row["measures"])
    assert row["flagged"] and measures["by_title"] == len(copies) - 1
    raw = tables["diagnostics_corrected"].set_index("topic").loc[0]
    assert raw["p_adjusted"] < 0.05 and raw["slope"] > 3
    assert raw["p_adjusted_corrected"] > 0.05 and abs(raw["slope_corrected"]) < 1
    assert any("repeat an earlier one" in w for w in notes["warnings"])


def mixed() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two sources that write about different things, neither of which changes.

    One of them grows.
    """
    rng = np.random.default_rng(7)
    year = np.repeat(np.arange(2002, 2018), 200)
    blog = rng.random(len(year)) < 0.05 * (year - 2001)
    profiles = np.stack([rng.dirichlet(np.full(10, 2.0)), rng.dirichlet(np.full(10, 2.0))])
    return np.array([rng.choice(10, p=profiles[int(b)]) for b in blog]), year, blog


@pytest.mark.slow
def test_a_change_of_sources_is_told_from_a_change_of_topics() -> None:
    label, year, blog = mixed()
    tables, notes = analysed(
        *made(label, year, source=np.where(blog, "blog", "journal")), settings("sources")
    )
    before, after = found(tables, "source-mix")
    assert row_of(tables, "source-mix")["flagged"] and before >= 2 and after == 0
    assert any("mix of 2 sources changes" in w for w in notes["warnings"])


@pytest.mark.slow
def test_saved_pages_stand_for_sources_where_there_is_one_source() -> None:
    label, year, blog = mixed()
    corpus, counts, fit = made(label, year)
    pages = corpus.documents.assign(pages=np.where(blog, "blog.txt", "journal.txt"))
    pages.loc[~blog, "pages"] += ";blog.txt"
    corpus = Corpus(pages, observed_until=corpus.observed_until)
    tables, _ = analysed(corpus, counts, fit, settings("sources"))
    assert (
        row_of(tables, "source-mix")["flagged"]
        and "2 saved pages" in row_of(tables, "source-mix")["sentence"]
    )


@pytest.fixture(scope="module")
def losing() -> tuple[dict[str, pd.DataFrame], Any]:
    """Topics that lose documents to no topic from year to year, and nothing else."""
    rng = np.random.default_rng(6)
    year = np.repeat(np.arange(2010, 2020), 300)
    label = rng.integers(0, 9, len(year))
    label[rng.random(len(year)) < 0.05 + 0.06 * (year - 2010)] = -1
    return analysed(*made(label, year), settings("unassigned"))


def test_topics_that_only_lose_documents_to_no_topic(
    losing: tuple[dict[str, pd.DataFrame], Any],
) -> None:
    tables, notes = losing
    before, after = found(tables, "unassigned-trend")
    assert row_of(tables, "unassigned-trend")["flagged"] and before >= 5 and after <= 1
    assert any("have no topic" in w for w in notes["warnings"])


@pytest.mark.slow
def test_a_trend_that_hangs_on_exact_dates() -> None:
    rng = np.random.default_rng(9)
    year = np.repeat(np.arange(2002, 2018), 100)
    label = rng.integers(1, 10, len(year))
    # A weak trend, just detected as dated; what is drawn again loses it about as often as not.
    weak = np.where(rng.random(len(year)) < 0.06 + 0.006 * (year - 2002), 0, label)
    strong = np.where(rng.random(len(year)) < 0.025 * (year - 2001), 0, label)
    flags = {}
    for name, labels in (("weak", weak), ("strong", strong)):
        tables, notes = analysed(*made(labels, year), settings("dates"))
        row = row_of(tables, "date-errors")
        kept = json.loads(row["measures"])["kept"]["0"]
        flags[name] = (
            kept,
            bool(row["flagged"]),
            any("dated one period" in w for w in notes["warnings"]),
        )
        assert "stays in" in row["corrected"] or "detected" in row["corrected"]
    assert flags["strong"] == (1.0, False, False)
    kept, flagged, warned = flags["weak"]
    assert kept < 0.9 and flagged == warned == (kept <= 0.5)


def test_all_are_on_by_default_and_each_can_be_switched_off() -> None:
    rng = np.random.default_rng(9)
    year = np.repeat(np.arange(2010, 2016), 60)
    corpus, counts, fit = made(rng.integers(0, 5, len(year)), year)
    standard = config.check(
        {"rng": 4, "models": {"backends": ["bertopic"]}, "prevalence": {"period": "year"}}
    )
    tables, _ = analysed(corpus, counts, fit, standard)
    assert tables["diagnostics"]["diagnostic"].tolist() == list(NAMES.values())
    periods = periods_of(corpus, period="year")
    shares = prevalence.estimate(fit, periods)
    case = Case("bertopic", fit, [aligned(fit, None, "hard")], shares, fit_trends(shares))
    for name in DIAGNOSTICS:
        table = diagnose(
            corpus, counts, periods, [case], settings(*(g for g in DIAGNOSTICS if g != name))
        ).table
        assert NAMES[name] not in set(table["diagnostic"]) and len(table) == len(DIAGNOSTICS) - 1
    tables, _ = analysed(corpus, counts, fit, settings())
    assert tables["diagnostics"].empty and tables["diagnostics_corrected"].empty


@pytest.mark.slow
def test_the_same_run_says_the_same() -> None:
    label, year, blog = mixed()
    chosen = settings(*DIAGNOSTICS)
    first, second = (
        analysed(
            *made(label[::4], year[::4], source=np.where(blog[::4], "blog", "journal")), chosen
        )[0]
        for _ in range(2)
    )
    for name in ("diagnostics", "diagnostics_corrected", "composition", "claims", "trends"):
        pd.testing.assert_frame_equal(first[name], second[name], check_exact=True)


def test_what_is_the_same_for_all_backends_is_warned_of_once() -> None:
    def row(backend: str, sentence: str, flagged: bool = True) -> dict[str, Any]:
        return {
            "diagnostic": "source-mix",
            "backend": backend,
            "flagged": flagged,
            "sentence": sentence,
            "corrected": "",
        }

    assert warnings_of([row("a", "One."), row("b", "One."), row("b", "No.", False)]) == ["One."]
    assert warnings_of([row("a", "One."), row("b", "Two.")]) == ["a: One.", "b: Two."]


def test_power_stands_beside_claims_and_diagnostics_that_change_them(
    losing: tuple[dict[str, pd.DataFrame], Any],
) -> None:
    tables, notes = losing
    claims = tables["claims"]
    changed = claims["diagnostics"] == "unassigned-trend"
    assert changed.sum() >= 5 and (claims.loc[changed, "finding"] == "falling").all()
    assert (claims["stability"] == "not examined").all() and (claims["power"] > 0).all()
    assert any("80 %" in said for said in notes["claims_notes"])


@pytest.mark.slow
def test_spans_of_the_settings_reach_every_table() -> None:
    rng = np.random.default_rng(10)
    year = np.repeat(np.arange(2010, 2018), 100)
    label = rng.integers(1, 8, len(year))
    label[rng.random(len(year)) < 0.08 * (year - 2009)] = 0
    whole = settings(*DIAGNOSTICS)
    named = settings(
        *DIAGNOSTICS,
        prevalence={"period": "year", "spans": [[2010, 2010], ["2014", "2014-12"]]},
    )
    out = [analysed(*made(label, year), chosen)[0] for chosen in (whole, named)]
    for name in ("trends", "claims", "specifications"):
        change = [tables[name].set_index("topic").at[0, "change"] for tables in out]
        assert 10 < change[1] < 0.8 * change[0], name
    # Every diagnostic compares the same spans.
    for tables in out:
        corrected = tables["diagnostics_corrected"].set_index("topic").loc[[0], "change"]
        assert len(corrected) and np.allclose(corrected, tables["trends"]["change"][0])
