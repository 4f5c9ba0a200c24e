"""The quick tier of the error rates of the whole pipeline.

The full one is a committed result of experiments/calibration.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
import pytest
from scripts import scripts

SMALL = {"movers": (), "documents": 30.0, "spread": 0.5, "periods": 8}


@pytest.fixture
def calibration():
    with scripts("experiments/calibration", "end_to_end", "end_to_end_tables") as there:
        yield there


@pytest.fixture
def end_to_end(calibration):
    return calibration.end_to_end


@pytest.fixture
def tables(calibration):
    return calibration.end_to_end_tables


def lines(end_to_end, row, corpora, rng=7):
    return pd.DataFrame([line for i in range(corpora) for line in end_to_end.measure(row, i, rng)])


@pytest.mark.slow
def test_directions_are_right_and_flat_corpora_stay_silent(end_to_end, monkeypatch):
    monkeypatch.setitem(end_to_end.PLANS["A7"], "design", {"documents": 60.0, "spread": 0.5})
    moving = lines(end_to_end, "A7", 2)
    assert moving["changed"].sum() == 8
    assert moving["hard_right"].sum() >= 7 and moving["mean_right"].sum() >= 7
    # Two corpora with strong movements: a test that never rejects would find none of them.
    assert (
        moving["hard_found"].sum() >= 3
        and moving["hard_found"].sum() <= moving["changed_matched"].sum()
    )
    monkeypatch.setitem(end_to_end.PLANS["A8"], "design", SMALL)
    still = lines(end_to_end, "A8", 8)
    # At a rate of .05 three of eight corpora or more have a chance of .6 %.
    assert (still["hard_false"] > 0).sum() <= 2 and (still["mean_false"] > 0).sum() <= 2
    assert still["similarity"].min() > 0.7


@pytest.mark.slow
def test_intervals_of_several_fits_cover_the_true_shares(end_to_end, monkeypatch):
    monkeypatch.setitem(end_to_end.PLANS["A9"], "design", SMALL)
    found = lines(end_to_end, "A9", 2).groupby("variant")[["covered", "cells"]].sum()
    rates = found["covered"] / found["cells"]
    assert (
        0.9 <= rates["six fits, hard"] <= 1
        and rates["six fits, hard"] >= rates["one fit, hard"] - 0.01
    )
    assert found["cells"].min() > 100


@pytest.mark.slow
def test_matched_lengths_keep_growing_documents_from_becoming_trends(end_to_end, monkeypatch):
    monkeypatch.setitem(end_to_end.PLANS["A11"], "design", {**SMALL, "documents": 60.0})
    monkeypatch.setitem(end_to_end.PLANS["A11"], "unmatched", 1)
    found = lines(end_to_end, "A11", 4)
    matched = found[found["variant"] == "matched"]
    assert (matched["hard_false"] > 0).sum() <= 1
    assert matched["length"].between(5, 40).all() and matched["kept"].between(0.8, 0.99).all()
    assert list(found["variant"]).count("whole") == 1


@pytest.mark.slow
def test_the_embedding_backend_follows_planted_trends(end_to_end, monkeypatch):
    monkeypatch.setitem(
        end_to_end.PLANS["A10"],
        "movers",
        {"documents": 40.0, "spread": 0.3, "periods": 8, "off_topic": 0.1},
    )
    monkeypatch.setitem(end_to_end.PLANS["A10"], "flat", {**SMALL, "off_topic": 0.1})
    found = lines(end_to_end, "A10", 2).set_index("variant")
    moving = found.loc[["movers"]]
    assert (moving["hard_right"] >= moving["changed_matched"] - 1).all() and (
        moving["changed_matched"] >= 2
    ).all()
    assert (found.loc["flat", "hard_false"] > 0).sum() <= 1 and found["unassigned"].between(
        0, 0.35
    ).all()


@pytest.mark.slow
def test_shuffled_dates_seldom_show_a_trend(end_to_end, monkeypatch, tmp_path):
    monkeypatch.setitem(end_to_end.PLANS["A12"], "shuffles", 150)
    monkeypatch.setattr(end_to_end, "NEURIPS", tmp_path / "not here")
    found = lines(end_to_end, "A12", 1).set_index("variant")
    assert set(found.index) == {
        "pretraining, documents",
        "pretraining, blocks",
        "pretraining, periods",
    }
    # A rate of .05 has a standard error of .018 in 150 shuffles.
    assert found[["hard_false", "mean_false"]].to_numpy().max() <= 16
    assert (found["shuffles"] == 150).all()


@pytest.mark.slow
def test_a_run_that_was_stopped_goes_on(end_to_end, monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(end_to_end.PLANS["A8"], "design", SMALL)
    monkeypatch.setitem(
        end_to_end.PLANS["A8"],
        "gibbs",
        {"iterations": 30, "burn_in": 20, "n_chains": 1, "init_sweeps": 5, "thin": 5},
    )

    def run(corpora, rng=5):
        monkeypatch.setattr(
            sys,
            "argv",
            [
                "end_to_end",
                "--row",
                "A8",
                "--corpora",
                str(corpora),
                "--rng",
                str(rng),
                "--out",
                str(tmp_path),
            ],
        )
        end_to_end.main()
        return (tmp_path / "end_to_end.csv").read_bytes()

    first = run(1)
    second = run(3)
    assert second.startswith(first) and "2 corpora to do, 1 done" in capsys.readouterr().out
    assert run(3) == second
    assert [
        line["corpus"] for line in end_to_end.read(tmp_path / "end_to_end.csv").to_dict("records")
    ] == [0, 1, 2]
    record = json.loads((tmp_path / "end_to_end.json").read_text())
    assert record["corpora"] == {"A8": 3} and record["rng"] == [5]
    # Under another plan the lines that are there do not count.
    monkeypatch.setitem(end_to_end.PLANS["A8"], "n_topics", 11)
    assert len(end_to_end.read(tmp_path / "end_to_end.csv")) == 0


def test_rates_and_their_errors_are_those_of_the_lines(tables):
    value, error = tables.ratio(pd.Series([3, 4, 2, 4]), pd.Series([4, 4, 4, 4]))
    assert value == 13 / 16 and error == pytest.approx(np.std([0.75, 1, 0.5, 1], ddof=1) / 2)
    assert tables.ratio(pd.Series([4, 4]), pd.Series([4, 4]))[1] > 0.05
    value, error = tables.rate(pd.Series([True] * 5 + [False] * 95))
    assert value == 0.05 and 0.02 < error < 0.03
    assert (
        tables.line("A8", "", 100, (0.09, 0.02), "<= 0.05 + 2 SE")["met"]
        and not tables.line("A8", "", 1, (0.1, 0.02), "<= 0.05 + 2 SE")["met"]
    )
    assert (
        not tables.line("A9", "", 1, (0.99, 0.1), "0.93–0.98")["met"]
        and not tables.line("A7", "", 1, (0.89, 0.1), ">= 0.9")["met"]
    )


def test_the_committed_tables_are_made_from_the_committed_lines(root, end_to_end, tables):
    results = root / "experiments" / "calibration" / "results"
    frame = end_to_end.read(results / "end_to_end.csv")
    assert len(frame) == len(pd.read_csv(results / "end_to_end.csv"))
    assert not frame.duplicated(["row", "variant", "corpus", "rng"]).any()
    found = tables.summarise(frame)
    assert tables.markdown(found) == (results / "end_to_end.md").read_text(encoding="utf-8")
    kept = json.loads((results / "end_to_end.json").read_text(encoding="utf-8"))
    assert [f["what"] for f in kept["rates"]] == [f["what"] for f in found]
    assert [f["value"] for f in kept["rates"]] == pytest.approx([f["value"] for f in found])
