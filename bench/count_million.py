"""The document–term matrix of 1,000,000 made documents, none of which is held in memory.

python bench/count_million.py [--documents N] [--workers N]

Documents of some sixty words in a few sentences, with a Zipf distribution over 60,000 forms,
plurals, hyphens and planted phrases among them. They are made while they are counted, in one fresh
process whose peak memory is measured; making them is timed apart.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from typing import Any

import footprint
import numpy as np

DOCUMENTS, WORKERS, BATCH, WORDS = 1_000_000, 2, 5_000, 60
FORMS = 60_000
RNG = 20260301


def forms() -> np.ndarray[Any, Any]:
    """Words as they are written: function words, stems, plurals, compounds."""
    parts = [a + b for a in "bcdfghjklmnprstvwz" for b in ("a", "e", "i", "o", "u")]
    stems = [f"{x}{y}{z}" for x in parts[::3] for y in parts[::2] for z in parts[1::2]][
        : FORMS // 2
    ]
    rng = np.random.default_rng(RNG)
    made = [w for stem in stems for w in (stem, f"{stem}s")]
    made[50::97] = [
        f"{stems[int(i)]}-{stems[int(j)]}"
        for i, j in rng.integers(300, size=(len(made[50::97]), 2))
    ]
    common = [
        "the",
        "of",
        "and",
        "to",
        "in",
        "a",
        "is",
        "for",
        "that",
        "with",
        "we",
        "by",
        "on",
        "are",
        "this",
        "from",
        "as",
        "an",
        "be",
        "it",
    ]
    return np.array([*common, "large language", "beam search", *made], dtype=object)


def batches(documents: int) -> Iterator[tuple[list[str], list[str]]]:
    rng = np.random.default_rng(RNG)
    words = forms()
    share = 1 / (np.arange(len(words)) + 3.0)
    upto = np.cumsum(share / share.sum())
    for first in range(0, documents, BATCH):
        n = min(BATCH, documents - first)
        drawn = words[np.searchsorted(upto, rng.random((n, WORDS)))]
        drawn[:, 11::12] += "."
        yield [f"doc-{i:07}" for i in range(first, first + n)], [" ".join(row) for row in drawn]


def work(documents: int, workers: int) -> None:
    from trends.text.counting.count import count_stream

    def memory(who: int) -> float:
        return resource.getrusage(who).ru_maxrss / 1024

    def cpu() -> float:
        return sum(
            r.ru_utime + r.ru_stime
            for r in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        )

    begin = cpu()
    characters = sum(len(text) for _, texts in batches(documents) for text in texts)
    making, begin, clock = cpu() - begin, cpu(), time.perf_counter()
    counts = count_stream(batches(documents), workers=workers)
    figures = {
        "seconds": time.perf_counter() - clock,
        "cpu": cpu() - begin - making,
        "making": making,
        "characters": characters,
        "terms": counts.n_terms,
        "entries": counts.matrix.nnz,
        "tokens": int(counts.tokens.sum()),
        "phrases": sum(" " in term for term in counts.vocabulary),
        "own_mib": memory(resource.RUSAGE_SELF),
        "worker_mib": memory(resource.RUSAGE_CHILDREN) if workers > 1 else 0.0,
        "fingerprint": counts.fingerprint,
    }
    print(json.dumps(figures))


def measure(documents: int = DOCUMENTS, workers: int = WORKERS) -> dict[str, Any]:
    """Seconds and memory of one run in a fresh process."""
    command = [
        sys.executable,
        __file__,
        "--work",
        "--documents",
        str(documents),
        "--workers",
        str(workers),
    ]
    printed, together = footprint.run(command)
    found = json.loads(printed.splitlines()[-1])
    return found | {
        "together_mib": together or found["own_mib"] + workers * found["worker_mib"],
        "documents": documents,
        "workers": workers,
        "words": WORDS,
        "load": os.getloadavg()[0],
    }


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    return (
        f"{result['documents']:,} made documents of {result['words']} words "
        f"({result['characters'] / 1e6:,.0f} MB of text, never in memory as a whole), "
        f"{result['workers']} processes tokenise; the load was {result['load']:.1f} when it "
        "ended.\n\n"
        "| documents | terms | phrases among them | entries of the matrix | seconds | CPU seconds "
        "| peak, MiB | peak with workers, MiB |\n"
        "|---|---|---|---|---|---|---|---|\n"
        f"| {result['documents']:,} | {result['terms']:,} | {result['phrases']:,} | "
        f"{result['entries']:,} | {result['seconds']:.0f} | {result['cpu']:.0f} | "
        f"{result['own_mib']:,.0f} | {max(result['together_mib'], result['own_mib']):,.0f} |\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.documents, options.workers)
    else:
        print(table(measure(options.documents, options.workers)))


if __name__ == "__main__":
    main()
