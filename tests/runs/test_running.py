"""`tr.run` does what `trends run` does, and says how far it is."""

from __future__ import annotations

from pathlib import Path

import pytest

import trends as tr
from trends.errors import MissingError, UsageError
from trends.files import sha256

SMALL = """
name = "small"
rng = 3
[models]
backends = ["nmf"]
n_topics = 4
seeds = 1
[prevalence]
period = "year"
[figures]
formats = ["svg"]
"""


@pytest.mark.slow
def test_a_file_and_a_mapping_are_the_same_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text(SMALL, encoding="utf-8")
    run = tr.run(tmp_path / "config.toml", progress=False)
    assert isinstance(run, tr.Run) and run.folder == tmp_path / "results"
    assert capfd.readouterr() == ("", "")
    assert (run.table("topics")["topic"] >= 0).sum() == 4 and run.manifest["rng"] == 3
    before = {path: sha256(path) for path in run.folder.glob("*.csv")}
    settings = {
        "name": "small",
        "models": {"backends": ["nmf"], "n_topics": 4, "seeds": 1},
        "prevalence": {"period": "year"},
        "figures": {"formats": ["svg"]},
    }
    again = tr.run(settings, tmp_path / "results", rng=3)
    out, shown = capfd.readouterr()
    done, total = len(again.manifest["kept_from_before"]), len(again.manifest["seconds"])
    assert done == total and out == ""
    assert "kept" in shown and f"{total}/{total}" in shown and shown.rstrip().endswith("finished")
    assert {path: sha256(path) for path in run.folder.glob("*.csv")} == before


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"tr\.run\(settings, 'results'\)"):
        tr.run({"rng": 3})
    with pytest.raises(UsageError, match="the key 'rng' is missing"):
        tr.run({}, tmp_path / "results")
    with pytest.raises(UsageError, match="Did you mean 'models'"):
        tr.run({"rng": 3, "model": {}}, tmp_path / "results")
    with pytest.raises(MissingError, match="no config file"):
        tr.run(tmp_path / "none.toml")
    assert list(tmp_path.iterdir()) == []
