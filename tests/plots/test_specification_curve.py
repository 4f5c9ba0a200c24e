"""The specification curve and its overview: what is drawn is what was given, and nothing overlaps."""

from __future__ import annotations

import importlib.util
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import trends.plots as plots
from trends.errors import DataError, UsageError

gallery = importlib.util.spec_from_file_location("gallery", Path(__file__).with_name("test_gallery.py"))
checks = importlib.util.module_from_spec(gallery)
gallery.loader.exec_module(checks)


def made(topics: int = 3, seeds: int = 5) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(2)
    cells = list(
        itertools.product(
            ["gibbs-lda", "lda", "bertopic"],
            [10, 12, 15],
            range(1, seeds + 1),
            ["hard", "mean"],
            ["quarter", "half-year", "year"],
        )
    )
    rows, claims = [], []
    for k in range(topics):
        centre = 1.2 - 0.8 * k
        for i, (backend, n, seed, theta, period) in enumerate(cells):
            slope = centre + rng.normal(0, 0.4) if rng.random() > 0.1 else np.nan
            half = rng.gamma(4, 0.2)
            row = {
                "specification": f"s{i}",
                "backend": backend,
                "n_topics": n,
                "seed": seed,
                "theta": theta,
                "period_length": period,
            }
            row |= {"topic": k, "label": f"topic of words {k}", "slope": slope, "lower": slope - half, "upper": slope + half}
            rows.append({**row, "p_adjusted": 0.01 if abs(slope) > half else 0.4})
        claims.append({"topic": k, "label": f"topic of words {k}", "slope": centre, "lower": centre - 0.5, "upper": centre + 0.5})
        claims[-1] |= {
            "verdict": ["robust", "model-dependent", "not detected"][k % 3],
            "agreement": 0.9,
            "agreement_significant": 0.6,
        }
    return pd.DataFrame(rows), pd.DataFrame(claims)


@pytest.mark.parametrize(("venue", "width"), [("report", "full"), ("icml", "column"), ("acl", "full"), ("nature", "full")])
@pytest.mark.parametrize("seeds", [1, 5])
def test_texts_neither_overlap_nor_leave_the_page(venue, width, seeds):
    rows, claims = made(seeds=seeds)
    with plots.style(venue, width=width):
        checks.check(plots.curve(rows[rows["topic"] == 0], claims[claims["topic"] == 0]).figure)
        checks.check(plots.overview(rows, claims).figure)


def test_the_curve_draws_every_slope_in_order_and_counts_the_rest():
    rows, claims = made()
    drawn = plots.curve(rows[rows["topic"] == 1], claims[claims["topic"] == 1])
    shown = drawn.data[drawn.data["drawn_as"] != "none"]
    assert shown["slope"].is_monotonic_increasing
    points = np.concatenate([line.get_ydata() for line in drawn.figure.axes[0].lines if line.get_linestyle() == "None"])
    assert np.allclose(np.sort(points), shown["slope"])
    missing = rows.loc[rows["topic"] == 1, "slope"].isna().sum()
    assert f"{missing} specifications without a matching topic" in drawn.caption
    assert f"{(shown['drawn_as'] == 'rising').sum()} rise" in drawn.caption


def test_each_specification_has_one_mark_per_choice():
    rows, claims = made(seeds=2)
    drawn = plots.curve(rows[rows["topic"] == 0], claims[claims["topic"] == 0])
    shown = drawn.data[drawn.data["drawn_as"] != "none"].reset_index(drop=True)
    axes = drawn.figure.axes[1]
    names = [t.get_text() for t in axes.get_yticklabels()]
    marks = {(int(seg[0][0]), round(float(seg[:, 1].mean()), 6)) for part in axes.collections for seg in part.get_segments()}
    assert len(marks) == 5 * len(shown)
    at = dict(zip([n.partition(": ")[2] or n for n in names], axes.get_yticks(), strict=True))
    for i, row in shown.iterrows():
        for level in (row["backend"], row["theta"], row["period_length"]):
            assert (i, round(at[level], 6)) in marks


def test_the_overview_has_one_row_per_claim_with_verdict_and_agreement():
    rows, claims = made()
    drawn = plots.overview(rows, claims)
    texts = " ".join(t for t, _ in checks.texts_of(drawn.figure))
    for verdict in ("robust", "model-dependent", "not detected"):
        assert verdict in texts
    assert texts.count("90% sign, 60% sig.") == 3
    assert len(drawn.data) == len(rows)


def test_wrong_tables_are_refused():
    rows, claims = made()
    with pytest.raises(UsageError, match="about one topic"):
        plots.curve(rows, claims[:1])
    with pytest.raises(DataError, match="p_adjusted"):
        plots.curve(rows.drop(columns="p_adjusted"), claims[:1])
    with pytest.raises(UsageError, match="no curve"):
        plots.curve(rows[rows["topic"] == 0].assign(slope=np.nan), claims[:1])
    one = rows[rows["topic"] == 0]
    with pytest.raises(DataError, match="repeat"):
        plots.curve(pd.concat([one, one]), claims[:1])
    with plots.style("slides"), pytest.raises(UsageError, match="do not fit"):
        plots.curve(one.assign(extra=1), claims[:1])
