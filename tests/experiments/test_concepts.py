"""What is said of concepts is what the committed results hold."""

import json

import numpy as np
import pandas as pd
import pytest
from scripts import scripts


@pytest.fixture
def rates(root):
    return pd.read_csv(root / "experiments" / "concepts" / "results.csv")


@pytest.mark.parametrize("measure", ["dictionary", "nearness", "seeded"])
def test_planted_concepts_have_the_right_direction(rates, measure):
    planted = rates[(rates["measure"] == measure) & (rates["truth"] == "planted")]
    assert (planted["corpora"] >= 60).all()
    found = planted["found"] * planted["corpora"]
    assert (planted["right_of_found"] * found).sum() / found.sum() >= 0.95


@pytest.mark.parametrize("measure", ["dictionary", "nearness", "seeded"])
def test_of_flat_concepts_nothing_is_said(rates, measure):
    flat = rates[(rates["measure"] == measure) & (rates["truth"] == "flat")]
    n = flat["corpora"].sum()
    share = (flat["found"] * flat["corpora"]).sum() / n
    assert share <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / n)


def test_the_word_that_drives_is_named(rates):
    driven = rates[rates["truth"] == "one word"]
    found = driven["found"] * driven["corpora"]
    assert (driven["named_of_found"] * found).sum() / found.sum() >= 0.9


def test_the_table_is_that_of_the_corpora(root, rates):
    with scripts("experiments/concepts", "packaged", "run") as there:
        assert there.packaged.PACKAGED.read_text(encoding="utf-8") == there.packaged.packaged()
        corpora = pd.read_csv(root / "experiments" / "concepts" / "results.corpora.csv")
        table = there.run.summary(corpora)
    pd.testing.assert_frame_equal(table, rates, check_dtype=False)


@pytest.mark.parametrize("name", ["neurips", "acl"])
def test_random_concepts_are_no_claims(root, name):
    folder = root / "experiments" / "concepts"
    table = pd.read_csv(folder / f"{name}_random.csv")
    about = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    n = table["asked"].sum()
    assert about["random_asked"] == n >= 250
    assert about["random_claimed"] <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / n)
