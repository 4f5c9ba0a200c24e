"""Verdicts on published claims: the rule, the roads on made data, and what the pages say."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scripts import scripts

FILES = ("blocks", "fits", "pictures", "rule", "run", "shares", "tables", "topics", "words")


@pytest.fixture
def home(root: Path) -> Path:
    return root / "experiments" / "published_claims"


@pytest.fixture
def parts() -> Iterator[SimpleNamespace]:
    with scripts("experiments/published_claims", *FILES) as there:
        yield there


def test_the_rule_on_hand_made_cases(parts) -> None:
    said, judge = parts.rule.Said, parts.rule.judge
    yes, no = said(1, True, 0.001, "yes"), said(1, False, 0.4, "no")
    against, against_quiet = said(-1, True, 0.001, "against"), said(-1, False, 0.5, "other sign")
    absent = said(0, False)

    def verdict(main, choices, placebo=0.005, held=(), direction="rising") -> str:
        return judge(direction, main, choices, placebo, held).verdict

    assert verdict(yes, [yes] * 4) == "survives"
    assert verdict(yes, [yes, yes, no, no]) == "survives"
    assert verdict(yes, [yes, no, no, no]) == "depends on choices"
    assert verdict(yes, [yes, yes, yes, against_quiet]) == "depends on choices"
    assert verdict(yes, [yes] * 4, placebo=0.06) == "depends on choices"
    assert verdict(yes, [yes] * 4, held=[said(-1, False, 0.3, "one source")]) != "survives"
    assert verdict(yes, [yes] * 4, held=[said(1, False, 0.06, "one source")]) != "survives"
    assert verdict(yes, [yes] * 4, held=[said(1, False, 0.04, "a"), no]) == "survives"
    assert verdict(no, [no, yes, no, no, no]) == "depends on choices"
    assert verdict(no, [no] * 6 + [yes]) == "does not survive"
    assert verdict(against, [against, against, no]) == "contradicted"
    assert verdict(against, [against, no, no]) == "does not survive"
    assert verdict(absent, [absent, absent]) == "does not survive"
    assert verdict(no, [no] * 4 + [yes], direction="no trend") == "survives"
    assert verdict(against, [against, yes], direction="no trend") == "contradicted"
    assert verdict(no, [no, yes], direction="no trend") == "depends on choices"
    one = judge("rising", yes, [yes] * 4, 0.5, [])
    assert "placebo" in one.reason and one.found == 1 and one.against == 0


def made(folder: Path) -> None:
    """Published shares of seven topics: 0 rises, 1 falls, the others stay."""
    rng = np.random.default_rng(5)
    year = np.repeat(np.arange(2000, 2021), 40)
    rise = 0.05 + 0.02 * (year - 2000)
    weight = np.column_stack([rise, 0.5 - rise, *np.full((5, len(year)), 0.1)])
    theta = np.stack([rng.dirichlet(20 * w) for w in weight])
    ids = np.arange(len(year))
    for level in (1, 2):
        table = pd.DataFrame(theta, columns=[f"t{k}" for k in range(7)])
        table.insert(0, "id", ids)
        table.to_csv(folder / f"theta_level{level}.csv.gz", index=False)
    about = pd.DataFrame({"id": ids, "year": year.astype(float), "year_raw": year.astype(str)})
    about.loc[::50, ["year", "year_raw"]] = [np.nan, "forthcoming"]
    about.to_json(folder / "documents.jsonl.gz", orient="records", lines=True)


@pytest.mark.slow
def test_claims_on_made_data_get_the_verdicts_that_are_true(
    parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data" / parts.run.PLACES["kinney"]
    folder.mkdir(parents=True)
    made(folder)
    targets = {"A": ("rising", "1:0"), "B": ("rising", "1:1"), "C": ("falling", "1:2+3"),
               "D": ("no trend", "1:4")}  # fmt: skip
    claims = pd.DataFrame(
        [
            {"id": c, "direction": d, "target": t, "data": "kinney", "test": "yes"}
            for c, (d, t) in targets.items()
        ]
    ).assign(first=2000, last=2020)
    monkeypatch.setattr(parts.run, "claims", lambda: claims)
    arguments = ["--data", str(tmp_path / "data"), "--work", str(tmp_path), "--shuffles", "40"]
    parts.run.main([*arguments, "--only", "kinney"])
    found = pd.read_csv(tmp_path / "run1" / "kinney.csv").set_index("id")
    assert found["verdict"].to_dict() == {
        "A": "survives",
        "B": "contradicted",
        "C": "does not survive",
        "D": "survives",
    }
    assert found.loc["A", "change_lower"] > 0 and (found["specifications"] == 24).all()
    nulls = pd.read_csv(tmp_path / "run1" / "kinney.nulls.csv")
    assert list(nulls) == ["A", "B", "C"] and nulls.to_numpy().mean() <= 0.05
    parts.run.main([*arguments, "--only", "kinney", "--run", "2"])
    second = pd.read_csv(tmp_path / "run2" / "kinney.csv").set_index("id")
    assert (second["verdict"] == found["verdict"]).all()
    assert (second["placebo_p"] != found["placebo_p"]).any()


def test_data_that_are_not_there_are_left_out_with_a_word(parts, tmp_path: Path, capsys) -> None:
    parts.run.main(["--data", str(tmp_path), "--only", "pnas", "--work", str(tmp_path)])
    assert "pnas" in capsys.readouterr().out and not (tmp_path / "run1").exists()


def test_specifications_of_a_data_set_see_the_same_shuffle(parts) -> None:
    key = np.random.default_rng(1).random(parts.blocks.KEYS)
    y, n = np.arange(21.0)[None], np.full((1, 21), 100.0)
    n[0, 4] = 0
    early = parts.blocks.Block("a", y, n, 1990, {})
    late = parts.blocks.Block("b", y[:, 10:], n[:, 10:], 2000, {})
    whole, part = early.order(key), late.order(key)
    assert sorted(whole) == list(range(21)) and whole[4] == 4
    assert [k - 10 for k in whole if k >= 10] == list(part)


def test_results_are_those_of_the_pages(parts, home: Path) -> None:
    results = home / "results"
    for page in (home / "README.md", parts.tables.PAGE):
        text = page.read_text(encoding="utf-8")
        assert parts.tables.written(text, results) == text
    claims = pd.read_csv(home / "claims.csv", keep_default_na=False)
    table = pd.read_csv(results / "results.csv")
    assert list(table["id"]) == list(claims["id"]) and table["reason"].notna().all()
    assert set(table["verdict"]) <= set(parts.rule.VERDICTS)
    untested = claims["test"] == "no"
    assert ((table["verdict"] == parts.rule.UNTESTED) == untested).all()


def test_shares_of_hot_and_cold_topics_move_as_the_page_says(home: Path) -> None:
    table = pd.read_csv(home / "results" / "series.csv").pivot(
        index="id", columns="start", values="share"
    )
    claims = pd.read_csv(home / "claims.csv").set_index("id")
    mine = claims.index[claims["data"] == "psych"]
    up = table.loc[mine, 2024] > table.loc[mine, 2022]
    assert (up == (claims.loc[mine, "direction"] == "rising")).all()


def test_what_was_to_be_shown(parts, home: Path) -> None:
    results = home / "results"
    table = pd.read_csv(results / "results.csv")
    tested = table[table["verdict"] != parts.rule.UNTESTED]
    assert tested["paper"].nunique() >= 8 and len(tested) >= 30
    same, of = parts.tables.agreement(results)["all"]
    assert of == len(tested) and same / of >= 0.9
    nulls = pd.read_csv(results / "nulls.csv")
    assert np.average(nulls["survive"], weights=nulls["claims"]) <= 0.05
    drawn = set(pd.read_csv(results / "series.csv")["id"])
    assert set(tested["id"]) == drawn
    for name, _ in parts.pictures.SHEETS.values():
        text = (results / "figures" / f"{name}.svg").read_text(encoding="utf-8")
        assert text.count("<svg") == 1 and len(text) < 600_000


def test_the_protocol_is_older_than_the_results(root: Path) -> None:
    def first(path: str) -> str:
        asked = ["git", "log", "--diff-filter=A", "--format=%H", "--", path]
        found = subprocess.run(asked, cwd=root, capture_output=True, text=True, check=False)
        return found.stdout.split()[-1] if found.returncode == 0 and found.stdout else ""

    place = "experiments/published_claims"
    protocol, results = first(f"{place}/PROTOCOL.md"), first(f"{place}/results/results.csv")
    if not (protocol and results):
        pytest.skip("the history of commits is not here")
    order = ["git", "merge-base", "--is-ancestor", protocol, results]
    assert protocol != results
    assert subprocess.run(order, cwd=root, check=False).returncode == 0


@pytest.mark.slow
def test_published_categories_give_the_committed_verdicts(
    parts, home: Path, shared: Path, tmp_path: Path
) -> None:
    parts.run.main(["--data", str(shared / "data"), "--only", "pnas", "--work", str(tmp_path)])
    again = pd.read_csv(tmp_path / "run1" / "pnas.csv").set_index("id")
    kept = pd.read_csv(home / "results" / "results.csv").set_index("id").loc[again.index]
    assert (again["verdict"] == kept["verdict"]).all()
    np.testing.assert_allclose(again["change"], kept["change"], rtol=1e-4)
