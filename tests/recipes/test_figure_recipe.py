"""A figure is one file and one line: the example of CONTRIBUTING.md, in a copy of the package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

#: Draws the new figure from made-up tables of a run, and reads it back as the report would.
REPORT = """
import sys
from pathlib import Path
sys.path.insert(0, "tests/plots")
import recipes
import trends, trends.plots as plots
from trends.runs.config.settings import RunConfig
from trends.runs.tasks import figures as draw, report as compose
from trends.reports.html import render
from trends.reports import Report
import pandas as pd

assert trends.__file__.startswith(sys.argv[1]) and "dots" in dir(plots)
made = recipes.tables_of(3, ["a", "b", "c"], 4, "6MS", 40)
folder = Path(sys.argv[1]) / "drawn"
config = RunConfig.model_validate(
    {"rng": 1, "models": {"backends": ["gibbs-lda"]}}
)
tables = {name: pd.DataFrame() for name in (*made, "trends_standardized")}
tables |= {"prevalence": made["prevalence"](), "coverage": made["coverage"]()}
with plots.style("report"):
    draw.draw_all(draw.Sheets(folder, ("svg",)), tables, config, {})
none = pd.DataFrame()
page = render(
    Report("x", {}, *[none] * 6, figures=compose.pictures(folder, ["gibbs-lda"]))
)
assert "Mean shares of topics: gibbs-lda" in page and "Mean shares of 4 topics." in page
"""


@pytest.fixture(scope="module")
def copy(root, tmp_path_factory):
    """The package with the example of CONTRIBUTING.md in it."""
    folder = tmp_path_factory.mktemp("copy")
    # With what is compiled of it; another process may just be writing there.
    skip = shutil.ignore_patterns("data", "*.pyc.*", "*.tmp.*")
    shutil.copytree(root / "trends", folder / "trends", ignore=skip)
    (folder / "trends" / "data").symlink_to(root / "trends" / "data")
    for name in ("tests", "pyproject.toml"):
        (folder / name).symlink_to(root / name)
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("### A figure")[2]
    code = re.search(r"```python\n# (\S+)\n(.*?)```", text, re.DOTALL)
    line = re.search(r"one line in `(\S+)`: `([^`]+)`", text)
    (folder / code[1]).write_text(code[2], encoding="utf-8")
    with (folder / line[1]).open("a", encoding="utf-8") as stub:
        stub.write(line[2] + "\n")
    return folder


def carried_out(folder, *arguments):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def test_the_new_figure_passes_the_tests_of_every_figure(copy):
    contract = "tests/plots/test_contract.py"
    carried_out(copy, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", contract, "-k", "dots")


def test_the_new_figure_stands_in_a_report(copy):
    carried_out(copy, "-c", REPORT, str(copy))
