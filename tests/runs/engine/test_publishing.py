"""Publishing is a matter of renames.

Whatever it is killed between, nothing half-written has a name, and the next run puts all of it
right.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from small_runs import in_turn, write

from trends.errors import StorageError
from trends.runs.config import settings as config
from trends.runs.studies import run as recipe

pytestmark = pytest.mark.slow

SETTINGS = """
[corpus]
path = "corpus.parquet"
[models]
backends = ["gibbs-lda"]
n_topics = 3
seeds = 1
workers = 1
[models.settings.gibbs-lda]
iterations = 40
burn_in = 20
[figures]
formats = ["svg"]
"""


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the run with rng 6 is published and that with rng 5, with one seed more, is
    finished too; the config lies beside it.
    """
    folder = write(tmp_path_factory.mktemp("small"), in_turn(), "rng = 5\n" + SETTINGS)
    out = folder / "ready"
    recipe.run(config.load(folder / "config.toml"), out)
    recipe.run(config.load(folder / "config.toml", rng=6), out)
    return out


def command(ready: Path, out: str | Path) -> list[str]:
    return ["run", str(ready.parent / "config.toml"), "--output", str(out), "--no-progress"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes that part")
def test_killed_at_any_step(ready: Path, tmp_path: Path) -> None:
    wanted = {
        "command": command(ready, "FOLDER"),
        "ready": str(ready),
        "base": str(tmp_path),
        "kills": 14,
    }
    driver = Path(__file__).with_name("kill_publishing.py")
    found = subprocess.run(
        [sys.executable, str(driver), json.dumps(wanted)],
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert found.returncode == 0, found.stderr[-3000:]
    result = json.loads(found.stdout)
    assert result["wrong"] == []
    assert result["kills"] == 14 < result["steps"]
    # Some kills came between the first rename and the last: the test does see that state.
    assert result["mixed"] > 0


def test_a_full_disk_leaves_the_published_state(ready: Path, tmp_path: Path) -> None:
    """No file may be larger than the report is: everything before it fits, it does not."""
    out = tmp_path / "out"
    shutil.copytree(ready, out)
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file() and p.name != ".lock"}
    limit = (out / "report.html").stat().st_size // 2
    code = (
        "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\nfrom trends.cli.main "
        f"import main\nmain({command(ready, out)!r})"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.returncode == StorageError.exit_code, found.stderr
    assert "Results that were there before are unchanged" in found.stderr
    assert {
        p: p.read_bytes() for p in out.rglob("*") if p.is_file() and p.name != ".lock"
    } == before
