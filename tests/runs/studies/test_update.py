"""A run that gains documents: their shares, what stays, and what a stopped update leaves."""

from __future__ import annotations

import json
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from command import in_process
from small_runs import COLUMNS, digest, in_turn, kill_when_kept, write

from trends import store
from trends.core import Corpus
from trends.errors import DataError, MissingError, UsageError
from trends.runs.config import settings as configs
from trends.runs.studies import run as running
from trends.runs.studies import update as updating
from trends.runs.studies.refit import refit
from trends.runs.tasks.updating.frozen import Frozen
from trends.sources.stored import corpus_file

pytestmark = pytest.mark.slow

SETTINGS = """
rng = 1
[corpus]
path = "corpus.parquet"
[models]
backends = ["gibbs-lda", "nmf", "kmeans"]
n_topics = 3
seeds = 2
[prevalence]
period = "year"
[figures]
formats = ["svg"]
map = false
"""
ROWS = in_turn(120)
Put = Callable[..., str]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on 90 documents of nine years."""
    folder = write(tmp_path_factory.mktemp("run"), ROWS[:90], SETTINGS)
    settings = configs.load(folder / "config.toml")
    running.run(settings, folder / "results")
    return folder / "results"


@pytest.fixture
def results(finished: Path, tmp_path: Path) -> Path:
    """The same run to be changed."""
    return Path(shutil.copytree(finished, tmp_path / "results"))


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Write rows as a corpus file, and say where."""

    def write_rows(rows: list[tuple[str, ...]], name: str) -> str:
        path = tmp_path / f"{name}.parquet"
        corpus_file.write(Corpus(pd.DataFrame(rows, columns=COLUMNS)), path)
        return str(path)

    return write_rows


def _table(results: Path, name: str) -> pd.DataFrame:
    return store.read_csv(results / "updates" / f"{name}.csv")


def _parts(results: Path) -> list[dict[str, object]]:
    return list(store.Run(results).manifest["updates"])


def test_year_by_year_gives_the_tables_of_all_at_once(
    results: Path, put: Put, tmp_path: Path
) -> None:
    """Whichever documents come together, the tables are the same to the byte."""
    other = Path(shutil.copytree(results, tmp_path / "other"))
    for at in (90, 100, 110):
        updating.run(results, [put(ROWS[at : at + 10], f"from-{at}")])
    updating.run(other, [put(ROWS[90:], "all")])
    names = ("prevalence", "trends", "curves", "coverage")
    for name in names:
        one, all_ = (r / "updates" / f"{name}.csv" for r in (results, other))
        assert one.read_bytes() == all_.read_bytes(), name
    years = _table(results, "prevalence")["period"].dt.year
    assert sorted(years.unique()) == list(range(2018, 2030))
    # The page says when each update was, and whether the topics still fit.
    page = (results / "updates" / "report.html").read_text(encoding="utf-8")
    said = [f"Update {p['number']} ({p['date']}): 10 documents" for p in _parts(results)]
    assert len(said) == 3 and all(line in page for line in said)
    assert page.count("No alarm: the topics fit") >= 3 and "Drift" in page
    drift = _table(results, "drift")
    assert sorted(drift["update"].unique()) == [1, 2, 3] and not drift["alarm"].any()
    assert (results / "updates" / "figures" / "drift.svg").is_file()
    assert [p["documents"] for p in _parts(results)] == [10, 10, 10]


@pytest.mark.parametrize(
    ("backend", "setting"),
    [("nmf", "models.sample=60"), ("bertopic", "split.share=0.5")],
)
def test_runs_learnt_on_a_part_are_updated(
    tmp_path: Path, put: Put, backend: str, setting: str
) -> None:
    """Topics of a sample, of mixtures of words; of a split, of clusters of vectors."""
    folder = write(tmp_path, ROWS, SETTINGS)
    options = [f'models.backends=["{backend}"]', "models.seeds=1", setting]
    running.run(configs.load(folder / "config.toml", options), folder / "results")
    other = Path(shutil.copytree(folder / "results", tmp_path / "other"))
    more = [(f"new{row[0]}", *row[1:3], f"2030{row[3][4:]}", *row[4:]) for row in ROWS[:20]]
    for part in (more[:10], more[10:]):
        record = updating.run(folder / "results", [put(part, part[0][0])])
        assert (record["documents"], record["known"]) == (10, 0)
    updating.run(other, [put(more, "all")])
    for name in ("prevalence", "trends", "curves"):
        one, all_ = (r / "updates" / f"{name}.csv" for r in (folder / "results", other))
        assert one.read_bytes() == all_.read_bytes(), name
    late = _table(folder / "results", "prevalence").query("topic >= 0")
    late = late[late["period"].dt.year == 2030]
    assert late["share"].to_numpy() == pytest.approx([1 / 3] * 3, abs=0.1)
    # Whatever was learnt from is known.
    again = updating.run(folder / "results", [put(ROWS[:30], "old")])
    assert (again["number"], again["known"]) == (0, 30)


def test_what_was_published_keeps_its_bytes(results: Path, put: Put) -> None:
    """Files of the run and of earlier updates stay, and so do the rows of periods that are full."""
    before = digest(results)
    updating.run(results, [put(ROWS[90:100], "one")])
    between, old = digest(results), _table(results, "prevalence")
    updating.run(results, [put(ROWS[100:110], "two")])
    after, new = digest(results), _table(results, "prevalence")
    assert all(after[n] == h for n, h in before.items() if n != "manifest.json")
    kept = {n: h for n, h in between.items() if n.startswith(("updates/0001/", "updates/base/"))}
    assert len(kept) > 8
    assert all(after[n] == h for n, h in kept.items())
    both = old.merge(new, on=["backend", "topic", "period"], suffixes=("", "_new"))
    assert len(both) == len(old)
    assert (both["share"] == both["share_new"]).all()
    assert (both["n_docs"] == both["n_docs_new"]).all()
    manifest = store.Run(results).manifest
    assert all(h == manifest["files"][n] for n, h in after.items() if n != "manifest.json")


def test_new_documents_get_the_topics_of_their_words(results: Path, put: Put) -> None:
    """Of three topics in turn each has a third of a year, as planted."""
    updating.run(results, [put(ROWS[90:], "new")])
    late = _table(results, "prevalence").query("topic >= 0")
    late = late[late["period"].dt.year >= 2027]
    assert late.groupby("backend")["share"].max().between(0.3, 0.5).all()
    frame = _table(results, "base/difference").query("topic >= 0")
    assert frame["difference"].abs().max() < 0.05  # the rule and the fits agree on such words


def test_known_documents_are_counted_and_left(results: Path, put: Put) -> None:
    """A file that holds old and new documents adds the new ones; alone, old ones change nothing."""
    changed = [(*ROWS[0][:1], "another title", *ROWS[0][2:]), *ROWS[1:95]]
    record = updating.run(results, [put(changed, "both")])
    assert (record["documents"], record["known"], record["changed"]) == (5, 90, 1)
    before = digest(results)
    record = updating.run(results, [put(ROWS[:95], "known")])
    assert record["number"] == 0
    assert digest(results) == before
    assert "Nothing is new" in updating.sentences(record)[0]


def test_a_document_under_another_id_is_counted(results: Path, put: Put) -> None:
    """It may be another one with the same title and date: it is told, not left out."""
    record = updating.run(results, [put([("other id", *ROWS[0][1:]), *ROWS[90:93]], "again")])
    assert (record["documents"], record["again"]) == (4, 1)
    said = "Title and date of 1 new document are those of a document that is there under another id"
    assert said in " ".join(updating.sentences(record))


def test_a_late_document_counts_in_its_own_period(results: Path, put: Put) -> None:
    """A document of a full year, and one before the first, are put where they belong."""
    updating.run(results, [put(ROWS[90:100], "one")])
    late = [("late", *ROWS[0][1:3], "2020-05-05", *ROWS[0][4:])]
    early = [("early", *ROWS[1][1:3], "2016-05-05", *ROWS[1][4:])]
    record = updating.run(results, [put(late + early, "late")])
    assert record["late"] == 2
    n = _table(results, "coverage").set_index("period")["n_docs"]
    assert n["2020-01-01"] == 11
    assert n["2016-01-01"] == 1
    assert n["2017-01-01"] == 0
    assert "count in the periods of their dates" in " ".join(updating.sentences(record))


def test_stopped_in_the_middle_it_is_done_by_the_next_one(
    results: Path, put: Put, tmp_path: Path
) -> None:
    """Killed between its steps, an update leaves the run as it was; called again, it ends alike."""
    new = put(ROWS[90:], "new")
    whole = Path(shutil.copytree(results, tmp_path / "whole"))
    updating.run(whole, [new])
    before = digest(results)
    kept = len([p for p in (results / ".cache").iterdir() if not p.name.startswith(".")])
    command = [sys.executable, "-m", "trends", "update", str(results), new]
    assert kill_when_kept(command, results, kept + 2) == -signal.SIGKILL
    assert digest(results) == before
    updating.run(results, [new])
    assert digest(results) == digest(whole)


def test_documents_without_known_words_are_unassigned(results: Path, put: Put) -> None:
    """Nobody is lost: a document of other words counts in the denominator."""
    foreign = [("odd", "quux", "frobnicate " * 20, "2027-03-03", *ROWS[0][4:])]
    record = updating.run(results, [put(foreign, "odd")])
    assert record["without_terms"] == 1
    rows = _table(results, "prevalence").query("topic >= 0")
    assert (rows.loc[rows["period"].dt.year == 2027, "share"] == 0).all()


def test_refusals_say_what_to_do(results: Path, put: Put, tmp_path: Path) -> None:
    """No run, a changed fit, lost counts, settings that would change the measure."""
    new = put(ROWS[90:], "new")
    with pytest.raises(MissingError, match="no finished run"):
        updating.run(tmp_path / "nowhere", [new])
    with pytest.raises(UsageError, match=r"models\.n_topics.*keeps the topics"):
        updating.run(results, [new], settings=["models.n_topics=4"])
    lost = Path(shutil.copytree(results, tmp_path / "lost"))
    for folder in (lost / ".cache").glob("terms-*"):
        shutil.rmtree(folder)
    with pytest.raises(MissingError, match="carry out the run again"):
        updating.run(lost, [new])
    (results / "corpus.parquet").write_bytes(b"x")
    with pytest.raises(DataError, match="not the file that the run published"):
        updating.run(results, [new])


def test_once_updated_a_run_needs_no_cache(results: Path, put: Put) -> None:
    """What updates start from is published with the first, so that later ones need nothing else."""
    updating.run(results, [put(ROWS[90:100], "one")])
    shutil.rmtree(results / ".cache")
    assert updating.run(results, [put(ROWS[100:110], "two")])["documents"] == 10


def test_a_run_carried_out_again_keeps_its_updates(results: Path, put: Put) -> None:
    """As long as the topics are the same; with others the updates mean nothing and are gone."""
    settings = configs.check(dict(store.Run(results).manifest["config"]))
    updating.run(results, [put(ROWS[90:], "new")])
    before = digest(results, "updates/**/*")
    running.run(settings, results)
    assert digest(results, "updates/**/*") == before
    assert len(_parts(results)) == 1
    fewer = settings.models.model_copy(update={"n_topics": 2})
    running.run(settings.model_copy(update={"models": fewer}), results)
    assert not digest(results, "updates/**/*")
    assert "updates" not in store.Run(results).manifest


def test_a_new_fit_keeps_names_and_says_what_became_of_topics(
    results: Path, put: Put, tmp_path: Path
) -> None:
    """On documents of the same three topics every topic, name and finding is found again."""
    updating.run(results, [put(ROWS[90:], "new")])
    before = digest(results)
    done = in_process("update", results, "--refit", "-o", tmp_path / "again", "--no-progress")
    assert done.returncode == 0, done.stderr
    assert "3 of 3 topics carried over" in done.stdout
    assert digest(results) == before
    table = store.Run(tmp_path / "again").table("carried_over")
    assert table["carried"].all()
    assert table["same_name"].all()
    new = store.Run(tmp_path / "again")
    assert new.topics("nmf", _seed(new)).n_documents == 120
    done = in_process("update", results, "--refit", "--no-progress")
    assert "needs --refit and a folder" in done.stderr
    for folder in (results / ".cache").glob("update-read-*"):
        shutil.rmtree(folder)
    with pytest.raises(MissingError, match="words of 30 documents of update 0001"):
        refit(Frozen(results), tmp_path / "other")


def _seed(run: store.Run) -> int:
    return int(next(f["seed"] for f in run.manifest["fits"] if f["backend"] == "nmf"))


def test_the_command_prints_what_was_done(results: Path, put: Put) -> None:
    """Words for people, a record for programs."""
    done = in_process("update", results, put(ROWS[90:100], "one"), "--no-progress")
    assert done.returncode == 0, done.stderr
    assert "10 documents from 2027-01-10 to 2027-09-10" in done.stdout
    done = in_process("update", results, put(ROWS[100:], "two"), "--no-progress", "--json")
    assert json.loads(done.stdout)["number"] == 2


def test_figures_of_another_format_are_not_left(results: Path, put: Put) -> None:
    """What an update draws takes the place of what the one before drew."""
    updating.run(results, [put(ROWS[90:100], "one")])
    updating.run(results, [put(ROWS[100:], "two")], settings=['figures.formats=["png"]'])
    assert (results / "updates/figures/prevalence.png").is_file()
    assert not (results / "updates/figures/prevalence.svg").exists()
