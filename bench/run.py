"""Run every benchmark and write bench/README.md: python bench/run.py [NAME…].

--table only writes the file

Each benchmark is a file beside this one with ``measure()`` (figures that JSON can hold) and
``table(figures)`` (Markdown). Figures are kept in bench/results, so that one benchmark can be
repeated without the others.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

#: Name → heading, and the packages whose versions matter.
BENCHMARKS = {
    "coherence": ("Coherence", ("gensim", "numpy", "scipy")),
    "ingest": (
        "From 200,000 abstracts to a corpus and its counts",
        ("numpy", "pandas", "pyarrow", "datasketch"),
    ),
    "count_million": ("Counts of a million documents", ("numpy", "scipy")),
    "kill": ("Killed at random moments, and resumed", ("numpy", "tomotopy", "bertopic")),
    "damage": ("One flipped bit in every kind of kept file", ("numpy", "tomotopy", "bertopic")),
    "sharing": ("Sixty specifications, shared and separate", ("numpy", "tomotopy", "bertopic")),
    "warm": ("A run that finds everything finished", ("numpy", "pandas", "pydantic")),
    "embedding": ("Texts embedded, engine by engine", ("numpy", "sentence-transformers", "torch")),
    "over_time": ("Words and shares over time", ("bertopic", "scikit-learn", "numpy", "scipy")),
    "gibbs": (
        "Fifty topics by Gibbs sampling, beside topica and gensim",
        ("tomotopy", "topica", "gensim", "numpy"),
    ),
    "trend_inference": ("Trends of given shares, beside topica", ("topica", "numpy", "numba")),
    "from_file_to_trends": (
        "From a file to topics and their course, beside BERTopic",
        ("bertopic", "umap-learn", "hdbscan", "pandas", "numpy"),
    ),
    "bertopic_seeds": (
        "BERTopic for five seeds",
        ("bertopic", "umap-learn", "hdbscan", "numba", "numpy"),
    ),
    "clusterers": ("hdbscan, fast_hdbscan, EVoC", ("hdbscan", "umap-learn", "numba", "numpy")),
    "whole_run": (
        "Whole runs, from the file to the report",
        ("numpy", "numba", "tomotopy", "bertopic"),
    ),
}


def main(names: list[str]) -> None:
    for name in [] if names == ["--table"] else names or BENCHMARKS:
        figures = importlib.import_module(name).measure()
        figures["versions"] = {
            "python": platform.python_version(),
            **{p: version(p) for p in BENCHMARKS[name][1]},
        }
        figures["machine"] = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
        (HERE / "results" / f"{name}.json").write_text(
            json.dumps(figures, indent=1) + "\n", encoding="utf-8"
        )
    parts = [
        (
            "# Benchmarks\n\nWritten by `make bench` (`bench/run.py`); both sides of a ratio are "
            "measured in one run on one machine.\n"
        )
    ]
    for name, (heading, _) in BENCHMARKS.items():
        kept = HERE / "results" / f"{name}.json"
        if kept.is_file():
            figures = json.loads(kept.read_text(encoding="utf-8"))
            of = ", ".join(f"{k} {v}" for k, v in figures["versions"].items())
            parts.append(
                "## "
                f"{heading}\n\n{importlib.import_module(name).table(figures)}\n"
                f"{figures['machine']}; "
                f"{of}.\n"
            )
    (HERE / "README.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
