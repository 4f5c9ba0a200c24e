"""A run that finds every stage finished.

Seconds, how many of them are imports, and the cold run beside it.

python bench/warm.py
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CONFIG = HERE.parent / "experiments" / "pretraining" / "config.toml"
BUILD = HERE.parent / "build" / "bench" / "warm"
REPEATS, SHOWN = 5, 6


def _run(*flags: str) -> tuple[float, str]:
    """Seconds of `trends run` on the embedded corpus, and what came on stderr."""
    command = [
        sys.executable,
        *flags,
        "-m",
        "trends",
        "run",
        str(CONFIG),
        "--output",
        str(BUILD),
        "--no-progress",
    ]
    begin = time.perf_counter()
    found = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_CACHE_HOME": f"{BUILD}-user"},
        check=True,
    )
    return time.perf_counter() - begin, found.stderr


def _imports(text: str) -> tuple[float, dict[str, float]]:
    """Seconds of all imports, and of the packages that take the most, from what `-X importtime`
    says: each module's own time once.
    """
    own: dict[str, float] = {}
    for line in text.splitlines():
        if line.startswith("import time:") and "self [us]" not in line:
            micro, _, name = line.removeprefix("import time:").split("|")
            package = name.strip().partition(".")[0]
            own[package] = own.get(package, 0.0) + int(micro) / 1e6
    most = sorted(own.items(), key=lambda item: -item[1])[:SHOWN]
    return sum(own.values()), dict(most)


def measure() -> dict[str, Any]:
    """Seconds cold, warm and of imports."""
    for folder in (BUILD, Path(f"{BUILD}-user")):
        shutil.rmtree(folder, ignore_errors=True)
    cold, _ = _run()
    _run()  # compiled files of Python are written
    warm, imports, most = [], [], {}
    for _ in range(REPEATS):
        warm.append(_run()[0])
        seconds, most = _imports(_run("-X", "importtime")[1])
        imports.append(seconds)
    manifest = json.loads((BUILD / "manifest.json").read_text(encoding="utf-8"))
    return {
        "stages": len(manifest["seconds"]),
        "kept": len(manifest["kept_from_before"]),
        "cold": cold,
        "warm": sorted(warm)[REPEATS // 2],
        "warm_longest": max(warm),
        "imports": sorted(imports)[REPEATS // 2],
        "imports_longest": max(imports),
        "most": most,
        "repeats": REPEATS,
    }


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    most = ", ".join(f"{name} {seconds:.2f}" for name, seconds in result["most"].items())
    return (
        f"`trends run` on the embedded corpus with {result['kept']} of {result['stages']} stages "
        f"kept; median and longest of {result['repeats']}. "
        "Imports are the sum of `python -X importtime`, which itself costs time.\n\n"
        "| | seconds | longest |\n|---|---|---|\n"
        f"| cold | {result['cold']:.0f} | |\n"
        f"| warm | {result['warm']:.1f} | {result['warm_longest']:.1f} |\n"
        f"| imports of a warm run | {result['imports']:.1f} | {result['imports_longest']:.1f} |\n\n"
        f"Imports that take the most: {most} s.\n"
    )


if __name__ == "__main__":
    print(table(measure()))
