"""Honest re-runs under other threads and instructions: ``python processors.py FOLDER``.

FOLDER is that of ``run.py``, which makes the case. Each setting is a process of its own, since
libraries choose their kernels when they are loaded.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd

RESULTS = Path(__file__).parent / "results"
NO_AVX512 = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR"
SETTINGS: dict[str, dict[str, str]] = {
    "as it is": {},
    "one thread": {"OMP_NUM_THREADS": "1"},
    "two threads": {"OMP_NUM_THREADS": "2", "NUMBA_NUM_THREADS": "2"},
    "BLAS for Haswell (AVX2)": {"OPENBLAS_CORETYPE": "Haswell"},
    "BLAS for Sandybridge (AVX)": {"OPENBLAS_CORETYPE": "Sandybridge"},
    "BLAS for Prescott (SSE3)": {"OPENBLAS_CORETYPE": "Prescott"},
    "numpy without AVX-512": {"NPY_DISABLE_CPU_FEATURES": NO_AVX512},
    "numpy without AVX2": {"NPY_DISABLE_CPU_FEATURES": f"AVX2 FMA3 {NO_AVX512}"},
    "tomotopy without AVX2": {"TOMOTOPY_ISA": "sse2"},
    "all of these": {
        "OMP_NUM_THREADS": "2",
        "OPENBLAS_CORETYPE": "Prescott",
        "NPY_DISABLE_CPU_FEATURES": f"AVX2 FMA3 {NO_AVX512}",
        "TOMOTOPY_ISA": "sse2",
    },
}
QUIET = ("--no-progress", "--json")


def verified(case: Path, setting: dict[str, str]) -> dict[str, object]:
    """What ``trends verify`` says in a process with these variables."""
    command = ["verify", case / "run", case / "features", "--plan", case / "plan.json"]
    said = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "trends", *map(str, command), *QUIET],
        env={**os.environ, **setting},
        capture_output=True,
        text=True,
        check=False,
    )
    if not said.stdout:
        return {"verdict": "failed", "findings": "", "largest": "", "steps": said.stderr[-200:]}
    found = json.loads(said.stdout)
    apart = [s for s in found["steps"] if s["state"] != "exactly"]
    return {
        "verdict": found["verdict"],
        "findings": "the same" if found["findings_same"] else "others",
        "largest": max((s["largest"] for s in found["steps"]), default=0.0),
        "steps": "; ".join(f"{s['name']}: {s['detail']}" for s in apart)[:300],
    }


def main(folder: Path) -> None:
    """Every setting, one after the other; what is there already is kept."""
    path = RESULTS / "processors.csv"
    done = pd.read_csv(path).to_dict("records") if path.is_file() else []
    rows = [row for row in done if row["setting"] in SETTINGS]
    known = {row["setting"] for row in rows}
    for name, setting in SETTINGS.items():
        if name in known:
            continue
        shown = " ".join(f"{k}={v!r}" for k, v in setting.items())
        rows.append({"setting": name, "variables": shown, **verified(folder / "case", setting)})
        pd.DataFrame(rows).to_csv(path, index=False, lineterminator="\n")
    print(pd.DataFrame(rows).drop(columns="variables").to_string())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
