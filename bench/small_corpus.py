"""A made corpus and a config that takes every road of a run in some ten seconds.

What the benchmarks of crashes and damage work on.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd

RNG = 20260301
SETTINGS = """
name = "small"
rng = 5
[corpus]
path = "corpus.parquet"
[models]
backends = ["gibbs-lda", "bertopic"]
n_topics = 3
seeds = 2
workers = 2
[models.settings.gibbs-lda]
iterations = 200
burn_in = 100
[multiverse]
seeds = 1
n_topics = [3]
shuffles = 19
[figures]
formats = ["svg"]
"""


def write(folder: Path, documents: int = 120) -> Path:
    """Write corpus and config into a folder.

    Documents of three planted topics from 2019 to 2024, the first of which grows.

    Returns
    -------
    Path
        The config.
    """
    from trends.core import Corpus
    from trends.sources.stored import corpus_file

    rng = np.random.default_rng(RNG)
    words = [[f"{stem}{i}" for i in "abcdefghij"] for stem in ("solar", "whale", "violin")]
    rows = []
    for i in range(documents):
        year = 2019 + i * 6 // documents
        rising = 0.15 + 0.1 * (year - 2019)
        k = rng.choice(3, p=[rising, (1 - rising) / 2, (1 - rising) / 2])
        text = " ".join(rng.choice(words[k], 30))
        day = f"{year}-{rng.integers(1, 13):02d}-10"
        rows.append(
            (
                f"doc{i:03d}",
                f"{words[k][0]} study {words[k][1]} {i}",
                text,
                day,
                "day",
                "stated",
                "made",
            )
        )
    frame = pd.DataFrame(
        rows, columns=["id", "title", "text", "date", "date_precision", "date_evidence", "source"]
    )
    folder.mkdir(parents=True, exist_ok=True)
    corpus_file.write(Corpus(frame, name="made"), folder / "corpus.parquet")
    (folder / "config.toml").write_text(SETTINGS, encoding="utf-8")
    return folder / "config.toml"


def digest(out: Path) -> dict[str, str]:
    """SHA-256 of every published file.

    Of the manifest without what a run cost and what it had kept.
    """
    from trends.runs.tasks.publish import PASSING

    found = {}
    for path in sorted(
        p for p in out.rglob("*") if p.is_file() and ".cache" not in p.parts and p.name != ".lock"
    ):
        data = path.read_bytes()
        if path.name == "manifest.json":
            said = {k: v for k, v in json.loads(data).items() if k not in PASSING}
            data = json.dumps(said, sort_keys=True).encode()
        found[path.relative_to(out).as_posix()] = hashlib.sha256(data).hexdigest()
    return found


def code() -> str:
    """SHA-256 of the package's source: figures of another state of it do not belong together."""
    import trends

    found = hashlib.sha256()
    root = Path(trends.__file__).parent
    for path in sorted(root.rglob("*.py")):
        found.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return found.hexdigest()
