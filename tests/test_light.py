"""`import trends` and `trends --help` load none of the heavy packages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
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
    "numba",
    "scipy.stats",
    "scipy.optimize",
    "jinja2",
)


def loaded_after(code: str, **environment: str) -> set[str]:
    script = (
        f"import sys\n{code}\nprint(' '.join(m for m in {HEAVY!r} if m in sys.modules), "
        "file=sys.stderr)"
    )
    env = {**os.environ, **environment}
    out = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=env
    )
    return set(out.stderr.split())


@pytest.mark.parametrize(
    "code",
    [
        "import trends",
        "import trends as tr; dir(tr)",
        "import trends as tr; tr.read_corpus, tr.fit, tr.prevalence, tr.fit_trends, tr.report",
        "import trends.cli.main",
        (
            "from trends.cli.main import app\nfrom typer.testing import CliRunner\n"
            "assert 'Commands' "
            "in CliRunner().invoke(app, ['--help']).stdout"
        ),
        "from trends.models import BACKENDS\nfor name in BACKENDS: BACKENDS.load(name)",
        (
            "import trends.sources, trends.text, trends.embed, trends.models, trends.analysis, "
            "trends.plots, trends.reports, trends.runs"
        ),
    ],
)
def test_light(code: str) -> None:
    assert loaded_after(code) == set()


def test_the_check_itself_sees_a_heavy_import() -> None:
    assert "jinja2" in loaded_after("import jinja2")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    rng, words = (
        np.random.default_rng(0),
        [[f"{stem}{i}" for i in "abcdefghij"] for stem in ("solar", "whale", "violin")],
    )
    frame = pd.DataFrame(
        {
            "text": [" ".join(rng.choice(words[i % 3], 30)) for i in range(60)],
            "title": [f"paper number {i}" for i in range(60)],
            "date": [f"20{18 + i // 10}-0{1 + i % 9}-10" for i in range(60)],
        }
    )
    frame.to_csv(folder / "papers.csv", index=False)
    np.save(
        folder / "vectors.npy",
        (np.eye(8)[[i % 3 for i in range(60)]] + rng.normal(0, 0.1, (60, 8))).astype(np.float32),
    )
    (folder / "config.toml").write_text(
        'rng = 1\n[corpus]\npath = "papers.csv"\ntext = "text"\ndate = "date"\n[embed]\nmodel = '
        '"precomputed"\npath = "vectors.npy"\n'
        '[models]\nbackends = ["gibbs-lda", "kmeans"]\nn_topics = 3\nseeds = 1\n[figures]\nformats '
        '= ["svg"]\nmap = false\n'
        "[models.settings.gibbs-lda]\niterations = 20\nburn_in = 10\n"
    )
    return folder


def command(*args: str | Path) -> str:
    words = [str(a) for a in args]
    return (
        "import contextlib, io\nfrom trends.cli.main import app\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        f"    app({words!r}, standalone_mode=False)"
    )


@pytest.mark.slow
def test_reading_a_table(corpus: Path, tmp_path: Path) -> None:
    read = [
        "read",
        corpus / "papers.csv",
        "--text",
        "text",
        "--date",
        "date",
        "-o",
        tmp_path / "c.parquet",
    ]
    assert loaded_after(command(*read)) == set()
    assert (tmp_path / "c.parquet").is_file()


@pytest.mark.slow
def test_a_run_that_finds_everything_finished(corpus: Path, tmp_path: Path) -> None:
    run = command("run", corpus / "config.toml", "--output", tmp_path / "out", "--no-progress")
    user = str(tmp_path / "user")
    assert {"sklearn", "jinja2", "matplotlib"} <= loaded_after(run, XDG_CACHE_HOME=user)
    assert loaded_after(run, XDG_CACHE_HOME=user) == set()
