"""How long all shapes of 30 topics over 60 months take, with the words of 20,000 documents.

    python experiments/shapes/time_all.py      # prints each stage; writes time_all.json

Seconds of the processor and of the clock, in one process; compiled code is loaded before.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

import trends as tr
from trends.analysis.prevalence.estimate import estimate
from trends.analysis.prevalence.periods import make_periods
from trends.analysis.shapes.view import Material, find_shapes
from trends.core import TermCounts, Topics
from trends.files import write_json

HERE = Path(__file__).parent
TOPICS, MONTHS, DOCUMENTS, TERMS, TOKENS, SEED = 30, 60, 20_000, 2_000, 80, 9


def draw(topics: int, months: int, documents: int, rng: np.random.Generator) -> Material:
    """Documents of drawn topics and words, with nothing to be found."""
    month = np.sort(rng.integers(0, months, documents))
    theta = rng.dirichlet(np.full(topics, 0.1), documents)
    phi = rng.dirichlet(np.full(TERMS, 0.05), topics)
    counts = sparse.vstack(
        [
            sparse.csr_matrix(rng.poisson(TOKENS * theta[a : a + 2000] @ phi))
            for a in range(0, documents, 2000)
        ]
    )
    ids = tuple(f"d{i:05d}" for i in range(documents))
    words = tuple(f"w{v:04d}" for v in range(TERMS))
    fit = Topics(theta, np.zeros(documents), phi, words, ids)
    days = (np.datetime64("2018-01") + month).astype("datetime64[D]") + 14
    return Material(fit, TermCounts(counts, words, ids), make_periods(days, period="month"))


def measure(size: tuple[int, int, int], rng: np.random.Generator) -> dict[str, Any]:
    """Seconds of each stage and of all."""
    made = draw(*size, rng)
    shares = estimate(made.topics, made.periods, labels=[f"topic {k}" for k in range(size[0])])
    stages: dict[str, float] = {}
    start, clock = time.process_time(), time.perf_counter()
    done_at = [start]

    def told(name: str, done: int, total: int) -> None:
        done_at.append(time.process_time())
        kind = "words" if name.startswith("words") else name
        stages[kind] = stages.get(kind, 0.0) + done_at[-1] - done_at[-2]
        print(f"[{done}/{total}] {name}: {done_at[-1] - start:.1f} s", flush=True)

    find_shapes(shares, made, rng=SEED, progress=told)
    return {
        "processor_seconds": round(time.process_time() - start, 1),
        "clock_seconds": round(time.perf_counter() - clock, 1),
        "stages": {name: round(seconds, 1) for name, seconds in stages.items()},
    }


def main() -> None:
    rng = np.random.default_rng(SEED)
    measure((3, 24, 600), rng)  # compiles
    about = {
        "topics": TOPICS,
        "periods": MONTHS,
        "documents": DOCUMENTS,
        **measure((TOPICS, MONTHS, DOCUMENTS), rng),
        "load": round(os.getloadavg()[0], 1),
        "seed": SEED,
        "version": tr.__version__,
    }
    write_json(HERE / "time_all.json", about)
    print(about)


if __name__ == "__main__":
    main()
