"""A whole multiverse on a small corpus with a planted trend, from config to claims."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_runs import digest, kill_when_kept, laid_out, words_of, write

from trends import store
from trends.errors import StorageError, UsageError
from trends.runs.config import settings as config
from trends.runs.studies import multiverse
from trends.runs.studies import run as recipe

pytestmark = pytest.mark.slow

SETTINGS = """
name = "small"
rng = 5
[corpus]
path = "corpus.parquet"
[models]
backends = ["gibbs-lda", "lda"]
n_topics = 3
seeds = 2
workers = 2
[models.settings.gibbs-lda]
iterations = 60
burn_in = 30
[prevalence]
period = "year"
[multiverse]
seeds = 2
n_topics = [4]
period = ["half-year", "week"]
shuffles = 59
[figures]
formats = ["svg"]
"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """120 documents of three planted topics, the first of which grows.

    Some dates are months; one title comes twice, one text is very short.
    """
    rng = np.random.default_rng(0)
    words = words_of()
    rows = []
    for i in range(120):
        year = 2019 + i // 20
        p = 0.1 + 0.13 * (year - 2019)
        k = rng.choice(3, p=[p, (1 - p) / 2, (1 - p) / 2])
        text = " ".join(rng.choice(words[k], 5 if i == 3 else rng.integers(20, 40)))
        title = f"paper number {i if i != 7 else 6}"
        precision = "month" if i % 10 == 0 else "day"
        rows.append(
            (
                f"doc{i:03d}",
                title,
                text,
                f"{year}-{rng.integers(1, 13):02d}-10",
                precision,
                "stated",
                "made",
            )
        )
    return write(tmp_path_factory.mktemp("planted"), rows, SETTINGS)


@pytest.fixture(scope="module")
def done(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("multiverse")
    multiverse.run(config.load(planted / "config.toml"), out)
    return out


@pytest.fixture(scope="module")
def document(done: Path) -> dict:
    return json.loads((done / "multiverse.json").read_text())


def test_the_grid_is_carried_out_and_counted(done: Path, document: dict) -> None:
    rows = store.read_csv(done / "specifications.csv")
    # 2 backends × 2 numbers of topics × 2 seeds × 2 with and without the repeated title × 2 lengths
    assert document["counts"]["fits"] == 32
    assert document["counts"]["near_duplicates"] == 1
    # theta × periods (weeks are finer than some dates); no document is unassigned, so both
    # denominators are the same.
    assert document["counts"]["specifications"] == rows["specification"].nunique() == 32 * 2 * 2
    assert document["counts"]["skipped_cells"] == 32 * 2 * 2
    assert document["counts"]["identical_cells"] == 32 * 2 * 2
    assert document["counts"]["cells"] == 32 * 2 * 3 * 2
    assert len(rows) == document["counts"]["specifications"] * 3
    skipped = store.read_csv(done / "skipped.csv")
    assert skipped["choice"].unique().tolist() == ["period_length"]
    assert skipped["level"].unique().tolist() == ["week"]
    assert skipped["cells"].sum() == 32 * 2 * 2
    assert "finer than some dates" in skipped["reason"].iloc[0]


def test_every_topic_of_every_fit_is_matched_or_counted(done: Path, document: dict) -> None:
    rows = store.read_csv(done / "specifications.csv")
    fits = rows.drop_duplicates(
        ["fit_seed", "backend", "n_topics", "deduplicate", "length", "topic"]
    )
    assert (
        document["counts"]["topics_without_claim"] == 16 * 3 + 16 * 4 - (fits["partner"] >= 0).sum()
    )
    unmatched = rows["partner"] < 0
    assert document["counts"]["claims_without_partner"] == unmatched.sum()
    assert rows.loc[unmatched, ["slope", "p", "similarity"]].isna().all(axis=None)
    assert (rows.loc[~unmatched, "similarity"] > 0.25).all()
    whole = rows["length"] == "as-is"
    assert set(rows.loc[whole, "n_docs"]) == {119.0, 120.0}
    # Documents shorter than the common length are left out, a tenth of a period at most.
    left_out = document["matched_length"]["left_out"]
    assert 0 < left_out <= 12
    assert set(rows.loc[~whole & ~rows["deduplicate"], "n_docs"]) == {120.0 - left_out}


def test_the_planted_rise_is_stable_and_the_rest_is_no_rise(done: Path) -> None:
    claims = store.read_csv(done / "claims.csv")
    solar = claims.loc[claims["label"].str.contains("solar")]
    assert solar["stability"].item() == "stable"
    assert solar["finding"].item() == "rising"
    assert solar["agreement"].item() > 0.9 and solar["votes"].item() == pytest.approx(1)
    assert solar["joint_p"].item() <= 2 / 60
    assert (claims.loc[claims.index != solar.index[0], "slope"] < 0).all()
    assert set(claims["choice_that_matters"]) <= set(
        store.read_csv(done / "influence.csv")["choice"]
    )


def test_finding_and_interval_of_a_claim_are_those_of_the_run(done: Path) -> None:
    claims = store.read_csv(done / "claims.csv")
    trends = (
        store.read_csv(done / "trends.csv").query("backend == 'gibbs-lda'").reset_index(drop=True)
    )
    names = ["topic", "finding", "change", "change_lower", "change_upper", "p_adjusted", "power"]
    pd.testing.assert_frame_equal(claims[names], trends[names])


def test_the_main_specification_is_that_of_the_run(done: Path, document: dict) -> None:
    """One seed alone gives in the multiverse what prevalence and test give by hand."""
    from trends.analysis.prevalence import estimate as prevalence
    from trends.analysis.trend.fit import fit_trends
    from trends.runs.tasks.analysis_parts.periods import periods_of
    from trends.sources import read_corpus

    rows = store.read_csv(done / "specifications.csv")
    run = store.Run(done)
    seed = run.manifest["seeds"]["lda"][1]
    fit = run.topics("lda", seed)
    corpus = read_corpus([run.folder / "corpus.parquet"])
    expected = fit_trends(
        prevalence.estimate(fit, periods_of(corpus, period="half-year"), theta="mean")
    ).frame()
    mine = rows.query(
        "backend == 'lda' and fit_seed == @seed and n_topics == 3 and theta == 'mean' and "
        "period_length == 'half-year' "
        "and not deduplicate and length == 'as-is' and partner >= 0"
    )
    assert len(mine) > 0
    for row in mine.itertuples():
        assert row.slope == pytest.approx(expected.at[row.partner, "slope"])
        assert row.p_adjusted == pytest.approx(expected.at[row.partner, "p_adjusted"])


def test_the_folder_is_one_consistent_run(done: Path, document: dict) -> None:
    manifest = store.Run(done).manifest
    assert set(digest(done)) == {*manifest["files"], "manifest.json"}
    assert all(digest(done)[name] == sha for name, sha in manifest["files"].items())
    assert {"multiverse alignment", "multiverse shuffles"} <= set(manifest["seeds"])
    assert (done / "figures" / "specification-overview.svg").is_file()
    assert list((done / "figures").glob("specification-curve-*.svg"))
    assert document["rule"] in (done / "multiverse.json").read_text()
    assert manifest["summary"].count("Multiverse") == 0
    assert sum(s.startswith("Multiverse") for s in manifest["summary"]) == 1
    assert not [s for s in manifest["summary"] if s.startswith("Claims about")]


def test_again_nothing_runs_and_nothing_changes(done: Path, planted: Path) -> None:
    before = digest(done)
    settings = config.load(planted / "config.toml")
    assert all(stage["cached"] for stage in multiverse.plan(settings, done))
    multiverse.run(settings, done)
    after = digest(done)
    assert {n for n in before if before[n] != after.get(n)} <= {"manifest.json"}


def test_the_fits_of_the_run_are_not_fitted_again(planted: Path, tmp_path: Path) -> None:
    settings = config.load(planted / "config.toml")
    recipe.run(settings, tmp_path)
    kept = [s for s in multiverse.plan(settings, tmp_path) if s["cached"]]
    assert len([s for s in kept if s["task"].startswith("fit:")]) == 4
    assert sum(s["task"].startswith("fit:") for s in multiverse.plan(settings, tmp_path)) == 32


@pytest.mark.parametrize("entries", [9])
def test_killed_and_resumed(done: Path, planted: Path, tmp_path: Path, entries: int) -> None:
    command = [
        sys.executable,
        "-m",
        "trends",
        "multiverse",
        str(planted / "config.toml"),
        "--output",
        str(tmp_path),
        "--no-progress",
    ]
    kill_when_kept(command, tmp_path, entries)
    subprocess.run(command, check=True, capture_output=True)
    whole, resumed = digest(done), digest(tmp_path)
    assert set(whole) == set(resumed)
    assert {n for n in whole if whole[n] != resumed[n]} <= {"manifest.json"}


def test_an_embedding_backend_with_two_spaces(planted: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    from trends.sources import read_corpus

    ids = np.array(read_corpus([planted / "corpus.parquet"]).ids)
    vectors = rng.normal(size=(120, 16)).astype(np.float32)
    np.savez(planted / "own.npz", ids=ids, vectors=vectors)
    small = [
        'models.backends=["bertopic"]',
        "models.seeds=1",
        "models.n_topics=3",
        "embed.model=precomputed",
    ]
    small += [
        f"embed.path={planted / 'own.npz'}",
        "multiverse.seeds=1",
        "multiverse.n_topics=[3]",
        "multiverse.deduplicate=[false]",
        "multiverse.split=[0.0, 0.5]",
    ]
    multiverse.run(config.load(planted / "config.toml", small), tmp_path)
    rows = store.read_csv(tmp_path / "specifications.csv")
    assert set(rows["embedding"]) == {"own.npz", "lsa"}
    assert set(rows["length"]) == {"as-is"}
    # Clusters are soft: a document may be divided, so the two estimators differ.
    assert set(rows["theta"]) == {"hard", "mean"}
    # A split is had with the run's own vectors only.
    assert set(rows.loc[rows["split"] > 0, "embedding"]) == {"own.npz"}
    document = json.loads((tmp_path / "multiverse.json").read_text())
    assert document["counts"]["fits"] == 3


def test_the_run_s_own_space_is_no_second_one_whatever_computes_it(
    planted: Path, tmp_path: Path
) -> None:
    small = [
        'models.backends=["bertopic"]',
        'embed.engine="torch"',
        "embed.device=cpu",
        'multiverse.embedding=["minilm", "lsa"]',
    ]
    names = [
        s["task"] for s in multiverse.plan(config.load(planted / "config.toml", small), tmp_path)
    ]
    assert [n for n in names if n.startswith("vectors") and "unique" not in n] == [
        "vectors",
        "vectors:lsa",
    ]


def test_a_second_run_on_the_same_folder_is_refused(done: Path, planted: Path) -> None:
    from filelock import FileLock

    with FileLock(done / ".lock"), pytest.raises(StorageError, match="Another run is writing"):
        multiverse.run(config.load(planted / "config.toml"), done)


def test_unknown_choices_name_their_neighbours(planted: Path) -> None:
    with pytest.raises(UsageError, match=r"Did you mean 'multiverse\.n_topics'"):
        config.load(planted / "config.toml", ["multiverse.n_topic=[3]"])
    with pytest.raises(UsageError, match="Did you mean 'gibbs-lda'"):
        config.load(planted / "config.toml", ['multiverse.backend=["gibs-lda"]'])


def test_topics_learnt_on_one_part_are_specifications_of_the_other(
    planted: Path, tmp_path: Path
) -> None:
    from trends.analysis.prevalence import estimate as prevalence
    from trends.analysis.trend.fit import fit_trends
    from trends.runs.engine.cache import Cache
    from trends.runs.studies.multiverse_plan import lay_out
    from trends.runs.tasks.analysis_parts.periods import periods_of

    small = [
        "multiverse.split=[0.0, 0.5]",
        "multiverse.n_topics=[3]",
        'multiverse.period=["half-year"]',
    ]
    settings = config.load(planted / "config.toml", small)
    multiverse.run(settings, tmp_path)
    rows, document = (
        store.read_csv(tmp_path / "specifications.csv"),
        json.loads((tmp_path / "multiverse.json").read_text()),
    )
    cut, whole = rows[rows["split"] > 0], rows[rows["split"] == 0]
    # 2 backends × 2 seeds, on all documents also without the repeated title and at matched length
    assert document["counts"]["fits"] == 16 + 4
    assert cut["specification"].nunique() == 4 * 2 * 2
    assert whole["specification"].nunique() == 16 * 2 * 2
    assert set(cut["length"]) == {"as-is"} and not cut["deduplicate"].any()
    (drawn,) = document["split"]
    assert (drawn["learn"], drawn["estimate"], drawn["share"]) == (60, 60, 0.5)
    assert set(cut["n_docs"]) == {60.0}
    assert document["choices"]["split"] == ["0.0", "0.5"]
    assert "split" in set(store.read_csv(tmp_path / "influence.csv")["choice"])
    assert document["counts"]["skipped_cells"] == 0
    counts = document["counts"]
    assert counts["cells"] == counts["specifications"] + counts["identical_cells"]
    # The planted rise is found on documents that the topics have not seen.
    solar = cut[cut["label"].str.contains("solar") & (cut["partner"] >= 0)]
    assert len(solar) > 0
    assert (solar["slope"] > 0).all()

    # By hand: one fit of part A, transferred, its trends estimated on part B alone.
    laid = lay_out(laid_out(settings))
    # The query below names it.
    wanted, task = next(  # noqa: RUF059
        (w, s) for w, s in laid.fits.items() if w.split and w.backend == "lda"
    )
    parts, cache = laid.parts[0.5], Cache(tmp_path / ".cache")
    topics, learnt = (
        store.read_topics(cache.folder(task)),
        store.read_topics(cache.folder(task.inputs["fit"])),
    )
    assert set(topics.doc_ids) == set(parts.estimated.ids)
    assert not set(topics.doc_ids) & set(learnt.doc_ids)
    assert len(topics.doc_ids) + len(learnt.doc_ids) == 120
    series = prevalence.estimate(topics, periods_of(parts.estimated, period="year"), theta="hard")
    expected = fit_trends(series).frame()
    mine = cut.query(
        "backend == 'lda' and seed == @wanted.seed and theta == 'hard' and period_length == 'year' "
        "and partner >= 0"
    )
    assert len(mine) > 0
    for row in mine.itertuples():
        assert row.slope == pytest.approx(expected.at[row.partner, "slope"])
        assert row.p_adjusted == pytest.approx(expected.at[row.partner, "p_adjusted"])

    # Specifications without a split are those of a multiverse that does not know the choice, and
    # nothing runs twice.
    assert all(stage["cached"] for stage in multiverse.plan(settings, tmp_path))
    plain = config.load(planted / "config.toml", small[1:])
    multiverse.run(plain, tmp_path)
    pd.testing.assert_frame_equal(
        store.read_csv(tmp_path / "specifications.csv"),
        whole.reset_index(drop=True),
        check_dtype=False,
    )


def test_a_split_that_cannot_be_is_refused(planted: Path, tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"multiverse\.split\.1 is not allowed: .*between 0\.1 and 0\.9"
    ):
        config.load(planted / "config.toml", ["multiverse.split=[0.0, 0.95]"])
    with pytest.raises(UsageError, match=r"multiverse\.split=\[0\.0, 0\.5\]"):
        multiverse.run(config.load(planted / "config.toml", ["split.share=0.5"]), tmp_path)
    many = config.load(planted / "config.toml", ["models.n_topics=13", "multiverse.split=[0.1]"])
    with pytest.raises(UsageError, match=r"multiverse\.split has 0\.1.*leaves 12 documents"):
        multiverse.run(many, tmp_path)
