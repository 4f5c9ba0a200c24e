"""What a notebook shows of the nouns: facts, and text from outside only as text."""

from __future__ import annotations

import datetime as dt
import json
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import trends as tr
from trends.core import Alignment, Claim, Corpus, Prevalence, TermCounts, Topics, Trend
from trends.store import Run

EVIL = "<script>alert(1)</script>\"'&"
ALLOWED = {"b", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "div", "style", "p"} | {
    "svg",
    "path",
    "small",
}


class Tags(HTMLParser):
    """Elements and what is read between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(noun: object) -> str:
    """What a reader sees."""
    tags = Tags(noun._repr_html_())  # type: ignore[attr-defined]
    assert tags.found <= ALLOWED
    return tags.text


def test_nouns_show_text_from_outside_as_text(tmp_path: Path) -> None:
    day = pd.Timestamp("2020-01-01")
    documents = pd.DataFrame(
        {
            "id": ["a"],
            "title": [EVIL],
            "text": ["x"],
            "date": [day],
            "date_precision": ["day"],
            "date_evidence": ["stated"],
            "source": ["x"],
        }
    )
    corpus = Corpus(documents, name=EVIL, observed_until=dt.date(2020, 12, 31))
    topics = Topics(
        np.ones((1, 1)),
        np.zeros(1),
        np.ones((1, 1)),
        (EVIL,),
        ("a",),
        {"backend": EVIL, "family": "lda"},
    )
    shares = Prevalence(
        share=np.full((1, 1), 0.25),
        lower=np.zeros((1, 1)),
        upper=np.ones((1, 1)),
        unassigned=np.full(1, 0.75),
        n_docs=np.ones(1, dtype=np.int64),
        periods=np.array(["2020-01-01"], dtype="datetime64[D]"),
        ends=np.array(["2020-12-31"], dtype="datetime64[D]"),
        n_eff=np.ones((1, 1)),
        complete=np.ones(1, dtype=bool),
        labels=(EVIL,),
        settings={"period": EVIL},
    )
    trend = Trend(
        pd.DataFrame(
            [(0, EVIL, "rising", 1.0, 0.5, 1.5, 1.0, 0.5, 1.5, 0.01, 0.01, 0.4, EVIL)],
            columns=[
                *("topic", "label", "finding", "change", "change_lower", "change_upper"),
                *("slope", "lower", "upper", "p", "p_adjusted", "power", "note"),
            ],
        )
    )
    claim = Claim("0", EVIL, "rising", 1.0, 0.5, 1.5, 0.3, 0.1, 0.5, 0.01, 0.9, "stable")
    counts = {"documents": 1200, "dated": 1100, "dropped": [EVIL]}
    manifest = {
        "name": EVIL,
        "counts": counts,
        "fits": [{"backend": EVIL, "seed": 1}],
        "summary": [EVIL],
        "warnings": [EVIL],
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for noun in (corpus, topics, shares, trend, claim, Run(tmp_path)):
        assert "<script>alert(1)</script>" in shown(noun), type(noun)
    assert (
        "stable" in shown(claim)
        and "+1.00 percentage points (+0.50 to +1.50" in shown(claim)
        and "90%" in shown(claim)
    )
    assert "1,200 documents, 1,100 dated" in shown(Run(tmp_path)) and "1 warning" in shown(
        Run(tmp_path)
    )
    assert "25.0%" in shown(shares)


def test_counts_and_alignments_say_how_much_they_hold() -> None:
    from scipy import sparse

    counts = TermCounts(sparse.csr_matrix(np.array([[2, 0], [0, 0]])), ("a", "b"), ("x", "y"))
    assert "2 documents × 2 terms, 2 tokens, 1 empty documents" in shown(counts)
    assert "1 matched" in shown(
        Alignment(np.array([[0, 0]]), np.array([0.5]), np.array([0.01]), 1, 1)
    )


def test_nouns_show_curves_intervals_and_periods_as_people_write_them() -> None:
    years = np.arange(2015, 2023)
    found = tr.fit_trends(
        ([[20, 30, 35, 45, 60, 70, 80, 95], [50, 52, 47, 51, 49, 50, 53, 48]], [200] * 8, years),
        labels=["solar", "coal"],
    )
    page = found._repr_html_()
    assert page.count("<svg") == 2 and "solar" in page and "rising" in page
    claim = Claim("0", "solar", "rising", 24.0, 10.9, 38.3, 4.4, 2.0, 7.0, 2.57e-06, 1.0)
    assert "p &lt; 0.001" in claim._repr_html_()
    corpus = tr.read_corpus("pretraining")
    shares = tr.prevalence(tr.fit(corpus, "nmf", n_topics=3, rng=7), corpus)
    page = shares._repr_html_()
    assert page.count("<svg") == 3 and "half-years from" in page and "-01-01" not in page


def test_seaborn_draws_the_frames() -> None:
    seaborn = pytest.importorskip("seaborn")
    corpus = tr.read_corpus("pretraining")
    shares = tr.prevalence(tr.fit(corpus, "nmf", n_topics=3, rng=7), corpus)
    drawn = seaborn.lineplot(data=shares.frame(), x="period", y="share", hue="label")
    assert len(drawn.get_legend().get_texts()) == 4  # and no topic
