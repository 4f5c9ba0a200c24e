"""200,000 abstracts from the file to corpus and counts: seconds and memory of each stage.

python bench/ingest.py [--documents N] [--workers N] [--corpus CORPUS.jsonl.gz]

The abstracts are made of real ones if they are at hand (see bench/coherence.py), else of made
words: sentences are shuffled, a third of the words is exchanged, so that no abstract is a copy; one
in a hundred is a near duplicate on purpose. The work runs in one fresh process (and its workers),
whose peak memory is that of the whole. CPU seconds include the workers.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import footprint
import numpy as np

DOCUMENTS, WORKERS = 200_000, 2
NEAR = 0.01
BUILT = Path(__file__).resolve().parents[1] / "build" / "bench"
RNG = 20260301
#: What the whole may take on two idle cores.
MOST_SECONDS, MOST_MIB = 180, 1536
#: Long enough that 200,000 make some 250 MB.
LEAST_CHARACTERS = 700


def originals(corpus: str) -> list[tuple[str, str]]:
    """Titles and abstracts to make others of."""
    from coherence import (
        find_corpus,
    )  # not above: the processes that tokenise import this file, and their memory counts

    path = find_corpus(corpus)
    if path:
        with gzip.open(path, "rt", encoding="utf-8") as f:
            return [
                (r.get("title") or "", r["abstract"])
                for r in map(json.loads, f)
                if r.get("abstract")
            ]
    rng = np.random.default_rng(RNG)
    words = np.array(
        [
            "the",
            "of",
            "and",
            "a",
            "to",
            "in",
            "we",
            "for",
            "that",
            "is",
            *(
                f"{a}{b}{c}"
                for a in "bdfgklmnprst"
                for b in ("ar", "el", "io", "un", "ai")
                for c in ("ta", "ning", "xis", "ment", "led", "ro", "s", "ble")
            ),
        ]
    )
    share = 1 / np.arange(2, len(words) + 2)
    return [
        (
            " ".join(rng.choice(words, 8)).title(),
            " ".join(
                " ".join(rng.choice(words, 18, p=share / share.sum())).capitalize() + "."
                for _ in range(8)
            ),
        )
        for _ in range(5_000)
    ]


def abstracts(n: int, corpus: str) -> Iterator[dict[str, Any]]:
    """Records that are like real ones and like no other."""
    rng = np.random.default_rng(RNG)
    source = originals(corpus)
    pool = [w for _, text in source[:2_000] for w in text.split()]
    before: dict[str, Any] = {}
    for i in range(n):
        title, text = source[i % len(source)]
        if before and rng.random() < NEAR:
            yield before | {"id": f"doc-{i:06}", "text": before["text"] + " Code is at hand."}
            continue
        sentences = re.split(r"(?<=[.!?])\s+", text)
        while sum(map(len, sentences)) < LEAST_CHARACTERS:
            sentences += re.split(r"(?<=[.!?])\s+", source[int(rng.integers(len(source)))][1])[:4]
        words = " ".join(sentences[k] for k in rng.permutation(len(sentences))).split()
        for k in np.flatnonzero(rng.random(len(words)) < 1 / 3):
            words[k] = pool[int(rng.integers(len(pool)))]
        date = f"{2000 + i % 25}-{1 + i % 12:02}"
        before = {
            "id": f"doc-{i:06}",
            "title": f"{title} {i}",
            "text": " ".join(words),
            "date": date,
            "venue": f"Venue {i % 40}",
            "n_authors": i % 7,
        }
        yield before


def memory() -> float:
    """Peak of this process, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cpu() -> float:
    return sum(
        r.ru_utime + r.ru_stime
        for r in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def work(path: Path, out: Path, workers: int) -> None:
    """All stages, in the calls that ``trends read``, ``trends join`` and a run make."""
    from scipy import sparse

    import trends as tr
    from trends.runs.config.settings import TextConfig
    from trends.runs.tasks.terms import all_counts
    from trends.sources.linkage import merge as joining
    from trends.sources.stored import corpus_file

    stages: list[dict[str, Any]] = []
    begin = (time.perf_counter(), cpu())

    def done(stage: str, **figures: Any) -> None:
        nonlocal begin
        now = (time.perf_counter(), cpu())
        stages.append(
            {
                "stage": stage,
                "seconds": now[0] - begin[0],
                "cpu": now[1] - begin[1],
                "peak_mib": memory(),
                **figures,
            }
        )
        print(json.dumps(stages[-1]), file=sys.stderr, flush=True)
        begin = now

    corpus = tr.read_corpus(path, text="text", date="date", keep=["venue", "n_authors"])
    done("read and normalise", documents=len(corpus), records=corpus.notes["records"])
    corpus = joining.join([corpus])
    done("deduplicate", documents=len(corpus))
    corpus_file.write(corpus, out / "corpus.parquet")
    done("write the corpus", bytes=(out / "corpus.parquet").stat().st_size)
    counts = all_counts(corpus, TextConfig(), workers=workers)
    done(
        "tokenise and count",
        documents=counts.n_documents,
        terms=counts.n_terms,
        tokens=int(counts.matrix.sum()),
    )
    sparse.save_npz(out / "counts.npz", counts.matrix, compressed=False)
    (out / "vocabulary.txt").write_text("\n".join(counts.vocabulary), encoding="utf-8")
    done("write the counts")
    print(
        json.dumps(
            {
                "stages": stages,
                "fingerprint": counts.fingerprint,
                "children_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
            }
        )
    )


def measure(documents: int = DOCUMENTS, workers: int = WORKERS, corpus: str = "") -> dict[str, Any]:
    """Figures of one run; the abstracts stay in ``build/bench`` for the next one."""
    from coherence import find_corpus

    path = find_corpus(corpus)
    made = BUILT / f"abstracts-{documents}-{path.name if path else 'made'}.jsonl"
    if not made.is_file():
        BUILT.mkdir(parents=True, exist_ok=True)
        part = made.with_name(f"{made.name}.part")
        with part.open("w", encoding="utf-8") as f:
            for record in abstracts(documents, corpus):
                f.write(json.dumps(record, ensure_ascii=False) + "\n")
        part.replace(made)
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            __file__,
            "--work",
            str(made),
            "--out",
            folder,
            "--workers",
            str(workers),
        ]
        printed, together = footprint.run(command)
    found = json.loads(printed.splitlines()[-1])
    stages = found["stages"]
    total = {k: sum(s[k] for s in stages) for k in ("seconds", "cpu")}
    # Where nothing better is known: all workers at their own peak at that of the parent, more than
    # there ever was at one moment.
    most = together or max(s["peak_mib"] for s in stages) + workers * found["children_mib"] * (
        workers > 1
    )
    size = made.stat().st_size
    return {
        **found,
        **total,
        "corpus": path.name if path else "made",
        "documents": documents,
        "bytes": size,
        "workers": workers,
        "peak_mib": most,
        "load": os.getloadavg()[0],
    }


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    head = (
        f"{result['documents']:,} abstracts ({result['bytes'] / 1e6:.0f} MB of JSON lines, made of "
        f"{result['corpus']}) from the file to corpus and counts; "
        f"{result['workers']} processes tokenise. Allowed: {MOST_SECONDS} s and {MOST_MIB:,} MiB "
        f"on two idle cores; the load was {result['load']:.1f} when it ended.\n\n"
        "| stage | seconds | CPU seconds | peak so far, MiB | documents after it "
        "|\n|---|---|---|---|---|\n"
    )
    rows = [
        (
            s["stage"],
            s["seconds"],
            s["cpu"],
            s["peak_mib"],
            f"{s['documents']:,}" if "documents" in s else "",
        )
        for s in result["stages"]
    ]
    rows.append(("all, workers included", result["seconds"], result["cpu"], result["peak_mib"], ""))
    return head + "".join(
        f"| {n} | {s:.1f} | {c:.1f} | {m:,.0f} | {d} |\n" for n, s, c, m, d in rows
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--corpus", default="")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.work, options.out, options.workers)
    else:
        print(table(measure(options.documents, options.workers, options.corpus)))


if __name__ == "__main__":
    main()
