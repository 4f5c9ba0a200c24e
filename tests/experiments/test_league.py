"""The league: one set of corpora, contestants as scripts, and a judge that knows the truth."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scripts import scripts

#: Contestants that need no package of their own.
PLAIN = ["stm_spline", "psychtopics_means", "mann_kendall", "binomial", "bertopic_counts"]


@pytest.fixture(scope="module")
def league():
    with scripts("experiments/league", "corpora", "run") as there:
        yield there.corpora, there.run


@pytest.fixture(scope="module")
def asked(league, root: Path, tmp_path_factory: pytest.TempPathFactory):
    """What contestants say of four corpora with a strong move and no shocks."""
    corpora, _ = league
    cell = corpora.Cell(8, move=3.0)
    folder = tmp_path_factory.mktemp("league")
    drawn = corpora.draw(cell, 4, np.random.default_rng(7))
    with (folder / "batch.npz").open("wb") as file:
        np.savez(file, **drawn)
    answers = {}
    for name in ["ours", *PLAIN]:
        script, out = root / f"experiments/league/contestants/{name}.py", folder / f"{name}.csv"
        subprocess.run([sys.executable, script, folder / "batch.npz", out], check=True)
        answers[name] = pd.read_csv(out)
    return cell, drawn, answers


def test_shares_of_documents_are_those_of_their_year(league) -> None:
    corpora, _ = league
    drawn = corpora.draw(corpora.Cell(4, 4000, move=2.0), 1, np.random.default_rng(1))
    seen = np.array([drawn["theta"][0][drawn["year"] == year].mean(0) for year in range(4)])
    assert np.abs(seen - drawn["share"][0]).max() < 0.02
    np.testing.assert_allclose(drawn["theta"].sum(2), 1, atol=1e-5)


def test_shocks_have_the_stated_spread_and_memory(league) -> None:
    corpora, _ = league
    cell = corpora.Cell(4000, shock=0.2, correlation=0.5)
    shocks = corpora._shocks(cell, np.random.default_rng(2))
    assert shocks.std() == pytest.approx(0.2, rel=0.03)
    assert np.corrcoef(shocks[1:].ravel(), shocks[:-1].ravel())[0, 1] == pytest.approx(
        0.5, abs=0.03
    )


@pytest.mark.slow
def test_every_contestant_finds_a_strong_move_and_its_direction(league, asked) -> None:
    _, run = league
    cell, drawn, answers = asked
    for name, said in answers.items():
        judged = run.judge(said, drawn["share"], cell)
        assert judged["movers found"] == 4, name
        assert judged["wrong direction"] == 0, name


def test_the_judge_counts_errors_coverage_and_refuses_missing_answers(league) -> None:
    corpora, run = league
    cell = corpora.Cell(6)
    share = np.full((2, 6, 10), 0.1)
    said = pd.DataFrame(
        {
            "corpus": np.repeat([0, 1], 10),
            "topic": np.tile(range(10), 2),
            "p": [0.01, *[0.5] * 19],
            "found": [True, *[False] * 19],
            "direction": 1,
            "of": "slope",
            "low": [0.001, *[-0.001] * 19],
            "high": 0.002,
            "version": "made",
        }
    )
    judged = run.judge(said, share, cell)
    assert (judged["small p"], judged["any found"]) == (pytest.approx(0.1), 1)
    assert judged["covered"] == pytest.approx(1.9)
    with pytest.raises(ValueError, match="every topic"):
        run.judge(said.iloc[1:], share, cell)


def test_the_truth_of_each_estimand_is_that_of_a_plain_reckoning(league) -> None:
    corpora, run = league
    cell = corpora.Cell(6, growth=True, move=1.0)
    share = corpora.draw(cell, 1, np.random.default_rng(3))["share"]
    truth = run.truth_of(share, cell)
    year = np.repeat(np.arange(6), cell.sizes)
    assert truth["slope"][0, 0] == pytest.approx(np.polyfit(year, share[0][year, 0], 1)[0])
    assert truth["slope of years"][0, 0] == pytest.approx(
        np.polyfit(range(6), share[0][:, 0], 1)[0]
    )
    assert truth["change"][0, 1] == pytest.approx(share[0][4:, 1].mean() - share[0][:2, 1].mean())


@pytest.fixture(scope="module")
def banded():
    with scripts("experiments/league", "texts", "bands") as there:
        yield there.texts, there.bands


def test_texts_hold_the_truths_that_intervals_are_held_against(banded) -> None:
    texts, bands = banded
    drawn = texts.draw(texts.TextCell(400, 0.3), 1, [1, 2, 3])
    assert drawn["words"].shape == (1, 6 * 400, texts.LENGTH)
    for name in ("of words", "of documents", "of the year"):
        np.testing.assert_allclose(drawn[name].sum(axis=2), 1, atol=1e-9)
        assert np.abs(drawn[name] - drawn["of the year"]).max() < 0.06
    # Each topic's own words say how much of the year it wrote.
    own = drawn["words"][0] // texts.OWN
    share = [(own.reshape(6, -1) == k).mean(axis=1) / texts.MASS for k in range(texts.TOPICS)]
    assert np.abs(np.stack(share, axis=1) - drawn["of words"][0]).max() < 0.02
    assert np.ptp(drawn["without shock"], axis=1).max() < 1e-12 < np.ptp(drawn["of the year"])
    order, overlap = bands.matched(drawn["phi"][0][::-1], drawn["phi"][0])
    assert order.tolist() == list(range(texts.TOPICS))[::-1] and overlap.min() > 0.999


def test_the_judge_of_bands_counts_what_an_interval_holds(banded) -> None:
    texts, bands = banded
    drawn = texts.draw(texts.TextCell(30), 2, [4, 5])
    theta = drawn["of documents"]
    answer = {"phi": drawn["phi"]}
    for name, half in zip(bands.NAMES, (0.0, 2.0, -1.0), strict=True):
        answer |= {f"{name} low": theta - half, f"{name} high": theta + half}
        answer[f"{name} version"] = np.array("made 1.0")
    rows = {row["interval"]: row for row in bands.judge(drawn, answer)}
    exact, wide, never = (rows[name] for name in bands.NAMES)
    assert exact["of documents"] == 2 and exact["of the year"] == 0
    assert all(wide[truth] == 2 and never[truth] == 0 for truth in texts.TRUTHS)
    assert exact["recovered"] == 2


def test_the_table_of_bands_is_that_of_the_results(root: Path, banded) -> None:
    _, bands = banded
    done = pd.read_csv(root / "experiments/league/bands.csv")
    text = (root / "experiments/league/README.md").read_text(encoding="utf-8")
    assert bands.table(done) in text


def test_the_tables_show_every_cell_that_was_measured(root: Path, league) -> None:
    _, run = league
    done = pd.read_csv(root / "experiments/league/results.csv")
    text = (root / "experiments/league/README.md").read_text(encoding="utf-8")
    assert run.tables(done) in text
    assert set(done["contestant"]) == set(run.NAMES)
