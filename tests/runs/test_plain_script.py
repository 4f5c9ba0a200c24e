"""Work in several processes is done for a script that has no ``if __name__ == "__main__":``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

POOL = """
from concurrent.futures import ProcessPoolExecutor
import math, os
from trends.core.computing.processes import WorkerContext
print("script", flush=True)
with ProcessPoolExecutor(2, mp_context=WorkerContext()) as pool:
    assert list(pool.map(math.sqrt, [4, 9])) == [2, 3]
    assert pool.submit(os.getpid).result() != os.getpid()
"""

RUN = """
import numpy as np, pandas as pd
import trends as tr
print("script", flush=True)
rng = np.random.default_rng(0)
words = [[f"{stem}{i}" for i in "abcdefghij"] for stem in ("solar", "whale", "violin")]
pd.DataFrame({
    "text": [" ".join(rng.choice(words[i % 3], 30)) for i in range(60)],
    "title": [f"paper number {i}" for i in range(60)],
    "date": [f"20{18 + i // 10}-0{1 + i % 9}-10" for i in range(60)],
}).to_csv("papers.csv", index=False)
gibbs = {"iterations": 20, "burn_in": 10}
run = tr.run({
    "rng": 1, "corpus": {"path": "papers.csv", "text": "text", "date": "date"},
    "models": {"backends": ["gibbs-lda", "nmf"], "n_topics": 3, "seeds": 2, "workers": 2,
               "settings": {"gibbs-lda": gibbs}},
    "figures": {"formats": ["svg"], "map": False},
}, "results", progress=False)
assert len(run.manifest["fits"]) == 4
"""


@pytest.mark.parametrize("script", [POOL, pytest.param(RUN, marks=pytest.mark.slow)])
def test_a_script_without_a_guard(script: str, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(script)
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["script"]
