"""The settings as ``trends config`` and ``trends init`` show them."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

from trends.cli.main import app
from trends.errors import DataError, UsageError
from trends.models import BACKENDS
from trends.runs.config import reference
from trends.runs.config.annotated import annotated
from trends.runs.config.settings import RunConfig, check


def invoke(*args: str) -> str:
    made = CliRunner().invoke(app, list(args), catch_exceptions=False)
    assert made.exit_code == 0
    return made.stdout


def names(section: type[BaseModel], above: str = "") -> set[str]:
    out = set()
    for name, field in section.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            out |= names(kind, f"{above}{name}.")
        else:
            out.add(above + name)
    return out


def test_every_setting_has_a_meaning_and_says_what_it_may_be() -> None:
    found = reference.settings()
    of_backends = {
        f"models.settings.{name}.{f.name}"
        for name in BACKENDS
        for f in dataclasses.fields(BACKENDS.load(name).settings)
    }
    assert {s.name for s in found} == names(RunConfig) | of_backends
    for s in found:
        assert s.meaning.endswith(".") and s.allowed and s.example, s
    assert set(reference.sections()) == {s.section for s in found} - {"", "models.settings"}


def test_a_config_with_every_setting_is_that_of_the_defaults() -> None:
    text = annotated({"rng": 7}, "run.toml")
    assert check(tomllib.loads(text)) == RunConfig(rng=7)
    shown = [s for s in reference.settings() if not s.name.startswith("models.settings.")]
    lines = text.splitlines()
    for s in shown:
        # Each line that shows a setting can be taken as it is.
        assert f"#{s.key} = {s.example}" in lines or s.key == "rng", s
        value = tomllib.loads(f"v = {s.example}")["v"]
        *section, key = s.name.split(".")
        given = {key: value} if not section else {section[0]: {key: value}}
        config = check({"rng": 7, **given})
        if s.example == s.default:
            assert config == RunConfig(rng=7), s


def test_settings_are_printed_whole_in_part_and_as_data() -> None:
    whole = invoke("config")
    assert 'models.n_topics = "auto"' in whole and "[models.settings.gibbs-lda]" in whole
    assert "gibbs" not in invoke("config", "prevalence")
    (one,) = json.loads(invoke("config", "models.seeds", "--json"))
    assert one["default"] == "5" and one["allowed"] == "a whole number ≥ 1 and ≤ 1000"
    with pytest.raises(UsageError, match=r"Did you mean 'models.n_topics'\?"):
        invoke("config", "models.n_topcs")


@pytest.mark.slow
def test_init_proposes_the_text_and_leaves_the_date_to_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [f"{2015 + i % 8}-03-01,2024-01-01,owls fly at night {i},paper {i}" for i in range(40)]
    Path("papers.csv").write_text("published,added,abstract,title\n" + "\n".join(rows))
    assert "after corpus.date is set" in invoke("init", "papers.csv")
    text = Path("papers.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["corpus"] == {"path": "papers.csv", "text": "abstract"}
    assert "Columns that look like dates: published, added." in text
    with pytest.raises(UsageError, match="name the column of the date"):
        invoke("run", "papers.toml", "--dry-run")
    with pytest.raises(DataError, match="--force replaces it"):
        invoke("init", "papers.csv")
    with pytest.raises(DataError, match=r"Did you mean 'published'\?"):
        invoke("init", "papers.csv", "--date", "publishd", "--force")
    assert Path("papers.toml").read_text(encoding="utf-8") == text
    invoke("init", "papers.csv", "--date", "published", "--force")
    assert "will run  corpus" in invoke("run", "papers.toml", "--dry-run")
