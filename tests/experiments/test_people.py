"""What is said of corrected shares is what the committed results hold."""

import pandas as pd
from scripts import script


def test_corrected_shares_hold_the_level_where_predictions_do_not(root):
    results = root / "experiments" / "people" / "results"
    rates = pd.read_csv(results / "drifting_recall.csv")
    assert (rates["runs"] == 1000).all() and len(rates) == 40
    corrected = rates[rates["road"].str.contains("strata")]
    flat, rising = rates[rates["slope"] == 0], rates[rates["slope"] > 0]
    calm = flat[flat["shock"] == 0.05].set_index("road")["found"]
    assert (calm["predictions alone"] >= 0.5).all()
    assert (corrected[corrected["slope"] == 0]["found"] <= 0.06).all()
    assert corrected["covers_share"].between(0.93, 0.97).all()
    assert (corrected["covers_change"] >= 0.93).all()  # the test itself is cautious
    right = rising.pivot(index=["labels", "shock"], columns="road", values="right")
    people = right.pop("people alone")
    assert (right.drop(columns="predictions alone").min(axis=1) > people).all()
    lines = script("experiments/people/drifting_recall.py").lines(rates)
    assert (results / "drifting_recall.md").read_text() == lines


def test_intervals_hold_the_gold_shares(root):
    table = pd.read_csv(root / "experiments" / "people" / "results" / "dsl_time.csv")
    assert len(table) == 30 and table["predicted"].between(0.64, 0.76).all()
    assert ((table["lower"] < table["gold"]) & (table["gold"] < table["upper"])).all()
    taken = table[table["method"] == "ppi, weight 1"]["share"]
    assert taken.min().round(2) == 0.33 and taken.max().round(2) == 0.69
