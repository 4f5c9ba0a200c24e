"""`import trends` and `trends --help` load none of the heavy packages."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "torch",
    "bertopic",
    "gensim",
    "umap",
    "hdbscan",
    "tomotopy",
    "matplotlib",
    "seaborn",
    "statsmodels",
    "sklearn",
    "sentence_transformers",
)


def loaded_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(m for m in {HEAVY!r} if m in sys.modules), file=sys.stderr)"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(out.stderr.split())


@pytest.mark.parametrize(
    "code",
    [
        "import trends",
        "import trends as tr; dir(tr)",
        "import trends as tr; tr.read, tr.fit, tr.prevalence, tr.trends, tr.report",
        "import trends.cli.main",
        "from trends.cli.main import app\nfrom typer.testing import CliRunner\nassert 'Commands' in CliRunner().invoke(app, ['--help']).stdout",
        "import trends.sources, trends.text, trends.embed, trends.models, trends.analysis, trends.plots, trends.reports, trends.runs",
    ],
)
def test_light(code: str) -> None:
    assert loaded_after(code) == set()


def test_the_check_itself_sees_a_heavy_import() -> None:
    assert "sklearn" in loaded_after("import sklearn")
