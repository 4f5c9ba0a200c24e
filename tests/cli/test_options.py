"""Options mean the same in every command; the version and completion of the shell."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
import typer
from typer.testing import CliRunner

from trends import __version__
from trends.cli.main import app
from trends.errors import UsageError

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
#: Short option → long option that it stands for, in every command.
SHORT = {"-o": "--output", "-s": "--set", "-n": "--n"}


def names_of(command: click.Command) -> list[list[str]]:
    return [[*p.opts, *p.secondary_opts] for p in command.params]


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_short_option_means_one_thing(command: str) -> None:
    for names in names_of(COMMANDS[command]):
        for name in names:
            if name.startswith("-") and not name.startswith("--"):
                assert SHORT[name] in names
        assert "--output" not in names or {"-o", "--out"} <= set(names)


def test_every_command_has_a_summary_that_fits_the_list() -> None:
    listed = CliRunner().invoke(app, ["--help"]).stdout
    assert "..." not in listed.partition("Commands:")[2]


def test_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"trends {__version__}\n"


def test_completion_of_the_shell() -> None:
    asked = {"_TRENDS_COMPLETE": "complete_bash", "COMP_WORDS": "trends mult", "COMP_CWORD": "1"}
    found = CliRunner().invoke(app, [], env=asked, prog_name="trends")
    assert found.stdout.split() == ["multiverse"]


@pytest.mark.parametrize("command", ["run", "multiverse", "placebo", "power", "stability"])
def test_a_setting_after_o_is_answered_with_the_new_option(command: str, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("rng = 1\n")
    found = CliRunner().invoke(app, [command, str(tmp_path / "c.toml"), "-o", "models.n_topics=20"])
    assert isinstance(found.exception, UsageError)
    assert "-s models.n_topics=20" in str(found.exception)
