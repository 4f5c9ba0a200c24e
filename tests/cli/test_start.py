"""A run that starts from documents, without a config."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from trends.cli.main import app
from trends.errors import DataError, MissingError, UsageError


@pytest.fixture
def papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    rows = [f"{2015 + i % 8}-03-0{1 + i % 9},owls fly at night {i},paper {i}" for i in range(40)]
    (tmp_path / 'owl "papers".csv').write_text("published,abstract,title\n" + "\n".join(rows))
    monkeypatch.chdir(tmp_path)
    return 'owl "papers".csv'


def test_a_run_from_documents_writes_the_config_that_it_uses(papers: str) -> None:
    call = ["run", papers, "--text", "abstract", "--date", "published", "--dry-run"]
    made = CliRunner().invoke(app, call, catch_exceptions=False)
    assert made.exit_code == 0 and 'owl "papers".toml' in made.stderr
    path = Path('owl "papers".toml')
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    assert written["corpus"] == {"path": papers, "text": ["abstract"], "date": ["published"]}
    assert written["models"]["n_topics"] == "auto"
    # The same call, and the config itself, plan the same run.
    again = CliRunner().invoke(app, call, catch_exceptions=False)
    config = CliRunner().invoke(app, ["run", str(path), "--dry-run"], catch_exceptions=False)
    assert made.stdout == again.stdout == config.stdout


def test_a_config_that_was_changed_is_not_overwritten(papers: str) -> None:
    Path('owl "papers".toml').write_text("rng = 2\n")
    with pytest.raises(DataError, match="says something else; use it"):
        CliRunner().invoke(
            app,
            ["run", papers, "--text", "abstract", "--date", "published"],
            catch_exceptions=False,
        )


def test_a_first_call_that_went_wrong_leaves_nothing_in_the_way(papers: str) -> None:
    def call(*args: str) -> None:
        CliRunner().invoke(app, ["run", *args, "--dry-run"], catch_exceptions=False)

    with pytest.raises(DataError, match=r"no column 'abstrakt'. Did you mean 'abstract'"):
        call(papers, "--text", "abstrakt", "--date", "published")
    with pytest.raises(UsageError, match="--text abstract --date published"):
        call(papers)
    with pytest.raises(UsageError, match=r"name the column of the date.*--date published"):
        call(papers, "--text", "abstract")
    assert not list(Path().glob("*.toml"))
    # A config that nobody changed is written again.
    call(papers, "--text", "abstract", "--date", "published")
    call(papers, "--text", "abstract", "--date", "published", "--period", "year")
    assert 'period = "year"' in Path('owl "papers".toml').read_text(encoding="utf-8")


def test_dates_that_leave_two_readings_name_the_option_that_helps(papers: str) -> None:
    rows = [f"0{1 + i % 9}.0{1 + i // 9}.2015,owls fly {i}" for i in range(40)]
    Path("days.csv").write_text("published,abstract\n" + "\n".join(rows))
    call = ["run", "days.csv", "--text", "abstract", "--date", "published", "--dry-run"]
    with pytest.raises(DataError, match="--date-order dmy, mdy or ymd"):
        CliRunner().invoke(app, call, catch_exceptions=False)
    made = CliRunner().invoke(app, [*call, "--date-order", "dmy"], catch_exceptions=False)
    assert made.exit_code == 0
    assert tomllib.loads(Path("days.toml").read_text())["corpus"]["date_order"] == "dmy"


@pytest.mark.slow
def test_other_first_calls_name_the_next_one(papers: str) -> None:
    for args, said in (
        ([], "trends run FILE --text COLUMN --date COLUMN"),
        ([papers, "results"], "-o results"),
    ):
        with pytest.raises(UsageError, match=said):
            CliRunner().invoke(app, ["run", *args], catch_exceptions=False)
    with pytest.raises(MissingError, match="trends init writes one"):
        CliRunner().invoke(app, ["run", "config.toml"], catch_exceptions=False)
    call = ["run", papers, "--text", "abstract", "--date", "published", "--dry-run"]
    for option in ("-o", "--out", "--output"):
        assert CliRunner().invoke(app, [*call, option, "out"]).exit_code == 0


def test_columns_beside_a_config_and_data_that_are_not_there_are_refused(papers: str) -> None:
    with pytest.raises(UsageError, match="is a config: change it"):
        CliRunner().invoke(app, ["run", "a.toml", "--text", "abstract"], catch_exceptions=False)
    with pytest.raises(MissingError, match="neither a config nor"):
        CliRunner().invoke(app, ["run", "owls.csv"], catch_exceptions=False)
