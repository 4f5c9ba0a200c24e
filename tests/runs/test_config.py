from __future__ import annotations

from pathlib import Path

import pytest

from trends.errors import MissingError, UsageError
from trends.models import BACKENDS
from trends.models import settings as settings_of_backends
from trends.runs.config import settings as config
from trends.runs.config.renamed import RENAMED, REPLACED


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text('name = "a"\nrng = 3\n[models]\nn_topics = 5\nbackends = ["lda"]\n')
    return path


def test_values_and_defaults(file: Path) -> None:
    c = config.load(file)
    assert (c.name, c.rng, c.models.n_topics, c.models.backends, c.models.seeds) == (
        "a",
        3,
        5,
        ("lda",),
        5,
    )


def test_overrides_are_toml_where_they_can_be(file: Path) -> None:
    c = config.load(
        file,
        [
            "models.n_topics=7",
            "corpus.path=some folder",
            'models.backends=["lda", "gibbs-lda"]',
            "text.phrases=false",
        ],
        rng=9,
    )
    assert (c.models.n_topics, c.corpus.path, c.models.backends, c.text.phrases, c.rng) == (
        7,
        "some folder",
        ("lda", "gibbs-lda"),
        False,
        9,
    )


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("models.n_topic=7", ["models.n_topic", "Did you mean 'models.n_topics'"]),
        ("model.n_topics=7", ["'model'", "Did you mean 'models'"]),
        ('models.backends=["bertopik"]', ["bertopik", "Did you mean 'bertopic'"]),
        ("models.n_topics=1", ["models.n_topics", "greater than or equal to 2", "got 1"]),
        ("prevalence.theta=softest", ["prevalence.theta", "'hard' or 'mean'"]),
        ("nonsense", ["key=value"]),
        ("name.x=1", ["'name' is a value"]),
    ],
)
def test_errors_say_what_and_what_is_allowed(file: Path, override: str, words: list[str]) -> None:
    with pytest.raises(UsageError) as error:
        config.load(file, [override])
    for word in words:
        assert word in str(error.value)


def test_no_seed_is_assumed(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('name = "x"\n')
    with pytest.raises(UsageError, match="'rng' is missing; choose any whole number"):
        config.load(path)


def test_no_file_and_no_toml(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no config file"):
        config.load(tmp_path / "none.toml")
    path = tmp_path / "c.toml"
    path.write_text("name = \n")
    with pytest.raises(UsageError, match="line 1"):
        config.load(path)


def test_paths_are_relative_to_the_config(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    path = tmp_path / "c.toml"
    path.write_text('rng = 1\n[corpus]\npath = "pages"\n')
    assert config.load(path).corpus.path == str(tmp_path / "pages")


@pytest.mark.parametrize("old", sorted(RENAMED))
def test_an_old_setting_is_answered_with_its_new_name(file: Path, old: str) -> None:
    given = f"{old}.lengths=false" if "." not in old else f"{old}=venue"
    with pytest.raises(UsageError, match=f"{old} was renamed; use {RENAMED[old]}\\."):
        config.load(file, [given])
    section, _, name = RENAMED[old].partition(".")
    known = config.RunConfig.model_fields[section].annotation.model_fields  # type: ignore[union-attr]
    assert not name or name in known


@pytest.mark.parametrize(("key", "old"), sorted(REPLACED))
def test_a_value_that_is_gone_is_answered_with_its_successor(
    file: Path, key: str, old: str
) -> None:
    with pytest.raises(UsageError, match=f"'{old}' is gone; use '{REPLACED[key, old]}'"):
        config.load(file, [f"{key}={old}"])
    config.load(file, [f"{key}={REPLACED[key, old]}"])


@pytest.mark.parametrize("old", sorted(settings_of_backends.RENAMED))
def test_an_old_setting_of_a_backend_is_answered_with_its_new_name(old: str) -> None:
    answered = 0
    for name in BACKENDS:
        with pytest.raises(UsageError) as error:
            BACKENDS.load(name).read_settings({old: 1})
        answered += any(new in str(error.value) for new in settings_of_backends.RENAMED[old])
    assert answered
