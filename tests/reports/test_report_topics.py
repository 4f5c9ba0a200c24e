"""The view of a topic: trend, words, examples, agreement, and the rows that say so."""

from __future__ import annotations

import html
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trends.core import multivalue as cells
from trends.core.wording import closed
from trends.reports import render
from trends.reports.svg.sparkline import sparkline
from trends.reports.svg.trend_chart import ceiling, trend_chart


def view(page: str, anchor: str) -> str:
    """What the view of a topic says."""
    found = re.search(rf'<tbody id="{anchor}" .*?</tbody>', page, re.DOTALL)
    assert found, anchor
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", found[0])))


@pytest.fixture(scope="module")
def told(tables, report, claimed) -> str:
    frames = tables()
    frames["topics"]["example_ids"] = [f"doc-{i}a;doc-{i}b" for i in range(len(frames["topics"]))]
    fits = [(b, s) for b in ("gibbs-lda", "lda", "bertopic") for s in range(3)]
    specifications = pd.DataFrame(
        [
            (f"{b}/seed-{s}", b, s, k, -1.0 if b == "lda" and s else 1.0, 0.01)
            for b, s in fits
            for k in range(6)
        ],
        columns=["specification", "backend", "seed", "topic", "change", "p_adjusted"],
    )
    claims = claimed(frames["trends"]).assign(agreement=7 / 9)
    claims.loc[0, ["stability", "diagnostics"]] = "depends on choices", "duplicates"
    diagnostics = pd.DataFrame(
        [(d, "gibbs-lda", d == "duplicates", "Said.", "") for d in ("duplicates", "source-mix")],
        columns=["diagnostic", "backend", "flagged", "sentence", "corrected"],
    )
    corrected = pd.DataFrame(
        [
            (
                *("duplicates", "gibbs-lda", 0, "topic about 0"),
                *("rising", 2.0, 0.01, "no change detected", 0.3, 0.6),
            )
        ],
        columns=[
            "diagnostic",
            "backend",
            "topic",
            "label",
            "finding",
            "change",
            "p_adjusted",
            "finding_corrected",
            "change_corrected",
            "p_adjusted_corrected",
        ],
    )
    metadata = {"claims_about": "gibbs-lda", "prototypes": {"gibbs-lda": {"seed": 17}}}
    return render(
        report(
            frames,
            figures=False,
            specifications=specifications,
            claims=claims,
            diagnostics=diagnostics,
            diagnostics_corrected=corrected,
            metadata=metadata,
        )
    )


def test_the_view_says_how_far_seeds_and_families_agree(told):
    text = view(told, "t0-0")
    assert (
        "Seeds: 0.80 is the mean similarity of this topic to its match in the 4 other fits "
        "of gibbs-lda." in text
    )
    assert (
        "Change of the same sign (up), among the fits that have this topic: 3 of 3 fits of "
        "gibbs-lda, 1 of 3 fits of lda and 3 of 3 fits of bertopic." in text
    )
    assert "Stability: depends on choices; 77.8% of the matched specifications" in text
    assert "lda topic about 0 similarity 0.50 change +4.00 (+2.40 to +5.60)" in text
    assert "Corrected change: +0.30 points, adjusted p 0.600, after “Repeated documents”." in text
    assert "no matching topic" in view(told, "t0-5")
    assert "Stability: " not in view(told, "t1-0"), "claims are about the topics of another backend"


def test_a_card_says_what_fits_and_diagnostics_make_of_the_finding(told):
    card = re.search(r'<li class="card [^"]*"><h3><a href="#t0-0">.*?</div></li>', told, re.DOTALL)
    assert card
    text = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", card[0])))
    assert "7 of 9 fits agree in direction" in text
    assert "7 of 9 fits agree in direction: 3 of 3 of gibbs-lda, 1 of 3 of lda and 3" in card[0]
    assert card[0].count("f-same") == 7 and card[0].count("f-other") == 2
    assert (
        "✗ 1 of 2 diagnostics passed; not: repeated documents (+0.30 points, adjusted p 0.600 if "
        "corrected)" in text
    )


def test_the_rows_that_the_view_names_are_those_of_the_files(told, tables):
    frames = tables()
    text = view(told, "t2-3")
    shares = frames["prevalence"]
    wanted = [
        i + 1
        for i in range(len(shares))
        if (shares["backend"][i], shares["topic"][i]) == ("bertopic", 3)
    ]
    assert (
        f"prevalence.csv rows {wanted[0]} to {wanted[-1]}, every 7th" in text and len(wanted) == 8
    )
    row = frames["topics"].query("backend == 'bertopic' and topic == 3").index[0] + 1
    assert f"topics.csv row {row}: label" in text
    assert f"examples: id doc-{row - 1}a, doc-{row - 1}b" in text
    first = view(told, "t0-0")
    assert (
        "specifications.csv rows 1 to 49, every 6th" in first
        and "claims.csv row 1: stability" in first
    )
    assert "alignment.csv rows 1, 7: matches" in first
    assert "models/gibbs-lda/seed-17/arrays.npz column 0 of theta" in first


def test_titles_stand_beside_their_ids_only_where_there_is_one_for_each(tables, report):
    frames = tables()
    frames["topics"]["example_ids"] = "only-one"
    text = view(render(report(frames, figures=False)), "t0-1")
    assert "First title 1 Second title 1 Agreement" in text


def test_a_title_with_bars_stays_one_title(tables, report):
    frames = tables()
    titles = [r"Rank | order: $\|x\|$ in p(a|b)", "Plain title", "| bars |"]
    frames["topics"]["examples"] = cells.join(titles, "|", " ")
    frames["topics"]["example_ids"] = cells.join(["a;1", "b", "c"], ";")
    page = render(report(frames, figures=False))
    (items, *_) = re.findall(r'<ul class="documents find">(.*?)</ul>', page, re.DOTALL)
    shown = [
        html.unescape(re.sub(r"<[^>]+>", "", item))
        for item in re.findall(r"<li>(.*?)</li>", items, re.DOTALL)
    ]
    assert shown == [f"{titles[0]} a;1", "Plain title b", "| bars | c"]


def series(shares: list[float], whole: list[bool] | None = None) -> pd.DataFrame:
    values = np.array(shares, dtype=float)
    return pd.DataFrame(
        {
            "period": pd.date_range("2019-01-01", periods=len(values), freq="YS"),
            "share": values,
            "lower": np.maximum(values - 0.1, 0),
            "upper": values + 0.1,
            "complete": whole or [True] * len(values),
        }
    )


def test_a_chart_breaks_where_there_are_no_documents():
    drawn = trend_chart(
        series([0.1, 0.2, np.nan, 0.3, np.nan, 0.1, 0.2], [True] * 6 + [False]), "year", "x"
    )
    (line,) = re.findall(r'class="line" d="([^"]+)"', drawn)
    assert (
        line.count("M") == 2
        and drawn.count('class="band"') == 2
        and drawn.count('class="bar"') == 1
    )
    assert drawn.count('class="dot"') == 1 and drawn.count('class="hollow"') == 1
    assert ">2019<" in drawn and ">2025<" in drawn and "nan" not in drawn


def test_beside_a_curve_each_period_is_a_dot_as_large_as_it_has_documents():
    rows = series([0.1, 0.9, 0.2]).assign(n_docs=[400, 2, 100])
    curve = rows[["period"]].assign(fitted=[0.1, 0.15, 0.2], lower=0.05, upper=0.3)
    drawn = trend_chart(rows, "year", "x", curve=curve)
    assert re.findall(r' r="(\d+)"', drawn) == ["8", "3", "6"] and drawn.count('class="band"') == 1
    # A period of two documents sets no scale; it stands at the edge.
    assert ">40%<" in drawn and ">100%<" not in drawn


def test_a_higher_share_stands_higher():
    drawn = trend_chart(series([0.1, 0.3]), "year", "x")
    (step,) = re.findall(r'class="line" d="M\d+ \d+l(\d+)(-?\d+)"', drawn)
    assert int(step[0]) > 0 > int(step[1])


@given(st.lists(st.floats(0, 1) | st.just(float("nan")), min_size=1, max_size=30))
def test_charts_stay_in_their_frame(shares):
    for drawn, width, height in (
        (trend_chart(series(shares), "year", "x"), 920, 340),
        (
            sparkline(
                shares, [True] * len(shares), "x", max([s for s in shares if s == s], default=1.0)
            ),
            600,
            140,
        ),
    ):
        for path in re.findall(r' d="([^"]*)"', drawn):
            at = [0.0, 0.0]
            for letter, numbers in re.findall(r"([MlHz])([^MlHz]*)", path):
                values = [float(v) for v in re.findall(r"-?[\d.]+", numbers)]
                for x, y in zip(values[::2], values[1::2], strict=True) if letter in "Ml" else ():
                    at = [x, y] if letter == "M" else [at[0] + x, at[1] + y]
                    assert 0 <= at[0] <= width and 0 <= at[1] <= height


@given(st.floats(1e-6, 1))
def test_the_scale_ends_at_a_round_number_above_the_values(value):
    assert value * (1 - 1e-9) <= ceiling(value) <= 2.6 * value


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain", "plain"),
        ("a\u202eb", "a\u202eb\u202c"),
        ("a\u202eb\u202c", "a\u202eb\u202c"),
        ("\u2067x", "\u2067x\u2069"),
        ("a\x00b\ud800", "a\ufffdb\ufffd"),
        ("עברית", "עברית"),
    ],
)
def test_text_cannot_turn_the_words_after_it(text, wanted):
    assert closed(text) == wanted
