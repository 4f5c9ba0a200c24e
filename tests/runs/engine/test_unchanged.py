"""A run of which nothing changed is told as finished; whatever changed, it is planned again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from small_runs import NMF, digest, in_turn, write

import trends
from trends import files
from trends.runs.config import settings as config
from trends.runs.engine import unchanged
from trends.runs.engine.cache import RECORD
from trends.runs.studies import run as recipe

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run in ``out``, beside its corpus and config, which names a second file."""
    folder = write(tmp_path_factory.mktemp("small"), in_turn(), NMF + '[embed]\npath = "v.npy"\n')
    np.save(folder / "v.npy", np.eye(60, 8, dtype=np.float32))
    recipe.run(settings_of(folder), folder / "out")
    return folder


def settings_of(folder: Path, *changes: str) -> config.RunConfig:
    return config.load(folder / "config.toml", list(changes))


def found(folder: Path, *changes: str) -> bool:
    settings = settings_of(folder, *changes)
    return unchanged.find(unchanged.state_of(settings), settings, folder / "out") is not None


def test_the_same_bytes_as_a_run_that_is_planned(small: Path) -> None:
    said: list[tuple[str, str, int, int]] = []
    settings = settings_of(small)
    state = unchanged.state_of(settings)
    quick = unchanged.find(state, settings, small / "out", lambda *about: said.append(about))
    quick_bytes = digest(small / "out")
    (small / "out" / unchanged.RECORD).unlink()
    planned = recipe.run(settings_of(small), small / "out")
    assert quick == planned
    assert digest(small / "out") == quick_bytes
    names = [task["task"] for task in recipe.plan(settings_of(small), small / "out")]
    assert said == [(name, "cached", n, len(names)) for n, name in enumerate(names, 1)]
    assert planned["kept_from_before"] == sorted(names)
    assert found(small)


def test_what_was_changed_is_planned_again(small: Path) -> None:
    out = small / "out"
    fit = next((out / ".cache").glob("fit-*"))
    for path in (
        out / "trends.csv",
        out / "report.html",
        out / "manifest.json",
        out / unchanged.RECORD,
        fit / "arrays.npz",
        fit / RECORD,
        small / "corpus.parquet",
        small / "v.npy",
    ):
        before = path.read_bytes()
        half = len(before) // 2
        for changed in (before[:half], before[:half] + b"x" + before[half + 1 :], None):
            path.unlink() if changed is None else path.write_bytes(changed)
            assert not found(small), path
            path.write_bytes(before)
        assert found(small), path
    for change in ("rng=6", "models.n_topics=4", 'title="another"', "models.workers=2"):
        assert not found(small, change), change


def test_the_state_holds_every_file_of_the_package(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[Path] = set()
    plain = files.sha256

    def sha256(path: Path) -> str:
        seen.add(path)
        return plain(path)

    monkeypatch.setattr(files, "sha256", sha256)
    unchanged.state_of(settings_of(small))
    package = Path(trends.__file__).parent
    inside = {p for p in package.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    assert inside <= seen
    assert {p.name for p in seen - inside} == {"corpus.parquet", "v.npy"}


def changed_module(folder: Path) -> None:
    with (folder / "trends" / "core" / "wording.py").open("a", encoding="utf-8") as file:
        file.write("# nothing\n")


def another_version(folder: Path) -> None:
    (folder / "numpy-0.dist-info").mkdir()


@pytest.mark.parametrize("change", [changed_module, another_version])
def test_other_code_is_another_state(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]
) -> None:
    package = Path(trends.__file__).parent
    for part in ("core", "runs"):
        folder = tmp_path / "trends" / part
        folder.mkdir(parents=True)
        for path in (package / part).glob("*.py"):
            (folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(trends, "__file__", str(tmp_path / "trends" / "__init__.py"))
    monkeypatch.syspath_prepend(tmp_path)
    before = unchanged.state_of(settings_of(small))
    assert unchanged.state_of(settings_of(small)) == before
    change(tmp_path)
    assert unchanged.state_of(settings_of(small)) != before


def test_such_a_run_loads_no_tables(small: Path) -> None:
    heavy = {"numpy", "pandas", "scipy", "pyarrow", "matplotlib", "sklearn"}
    code = (
        "import sys\n"
        "from trends.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit as stop:\n    assert not stop.code\n"
        f"print(*sorted({heavy!r} & set(sys.modules)), file=sys.stderr)"
    )
    command = ["run", str(small / "config.toml"), "-o", str(small / "out"), "--no-progress"]
    ran = subprocess.run(
        [sys.executable, "-c", code, *command],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(trends.__file__).parents[1])},
    )
    assert f"Report: {small / 'out' / 'report.html'}" in ran.stdout
    assert ran.stderr.split() == []
