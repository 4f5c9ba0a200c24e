"""Whole runs on 6,500 to 200,000 abstracts, vectors given.

Seconds and memory of each stage, and how its time grows.

python bench/whole_run.py [--sizes N…] [--seeds N] [--table]

Two families with five seeds and fifty topics each, from the file of abstracts to the published
report, each size in one fresh process. The abstracts are real ones if they are at hand (see
bench/coherence.py), else made as in bench/ingest.py. More documents than there are real ones are
tiles of them: sentences shuffled, a third of the words exchanged, the vector moved away. Vectors of
the real ones come from the file that TRENDS_BENCH_VECTORS names (one row a record, in the order of
the file), else the packaged encoder makes them once; made abstracts get singular vectors of their
counts. Finished sizes are kept in build/bench/whole_run, so that it goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import footprint
import numpy as np
from coherence import HERE, find_corpus
from ingest import originals

SIZES = (6_500, 13_000, 26_000, 52_000, 200_000)
BACKENDS, SEEDS, TOPICS, WORKERS = ("gibbs-lda", "bertopic"), 5, 50, 2
#: Resident memory of all processes together that a size may take, MB.
MOST_MB = {52_000: 6_000, 200_000: 10_000}
RNG = 20260301
BUILD = HERE.parent / "build" / "bench" / "whole_run"
#: Share of the words that a tile exchanges, and how far its vector moves from that of the original,
#: whose length is one.
EXCHANGED, MOVED = 1 / 3, 0.6
#: First part of a stage's name → what it is called in the table; the order of the table.
STAGES = {
    "reading": "read the file",
    "terms": "count and choose terms",
    "vectors": "vectors",
    "parts": "vectors of the sample",
    "split": "draw the sample",
    "nearest": "nearest sampled documents",
    "fit:gibbs-lda": "fits of gibbs-lda",
    "fit:bertopic": "fits of bertopic",
    "transfer:gibbs-lda": "transfers of gibbs-lda",
    "transfer:bertopic": "transfers of bertopic",
    "sample-check": "what the sample does to shares",
    "analysis": "analysis",
    "figures": "figures",
    "report": "report",
    "publishing": "publish",
}


def records(corpus: str = "") -> list[dict[str, Any]]:
    """Real abstracts with their dates, else made ones."""
    path = find_corpus(corpus)
    if path is None:
        made = originals(corpus)
        return [
            {"title": t, "text": x, "date": f"{2000 + i * 25 // len(made)}-{1 + i % 12:02}"}
            for i, (t, x) in enumerate(made)
        ]
    with gzip.open(path, "rt", encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    return [
        {
            "title": r.get("title") or "",
            "text": r["abstract"],
            "date": f"{r['year']}-{r['month']:02}" if r.get("month") else str(r["year"]),
        }
        for r in rows
        if r.get("abstract") and r.get("year")
    ]


def vectors_of(rows: list[dict[str, Any]], corpus: str = "") -> np.ndarray:
    """One vector of length one for each record."""
    given = os.environ.get("TRENDS_BENCH_VECTORS", "")
    if given and find_corpus(corpus):
        out = np.load(given, allow_pickle=False, mmap_mode="r")
        if len(out) != len(rows):
            raise SystemExit(f"{given} has {len(out)} rows, and there are {len(rows)} abstracts.")
        return out
    kept = BUILD / "vectors.npy"
    if kept.is_file() and len(out := np.load(kept, allow_pickle=False)) == len(rows):
        return out
    texts = [f"{r['title']}. {r['text']}" for r in rows]
    if find_corpus(corpus):
        from trends.embed.minilm import embed

        out = embed(texts)[0]
    else:
        from trends.embed.lsa import embed_counts
        from trends.text.counting.count import count_terms

        out = embed_counts(count_terms([str(i) for i in range(len(texts))], texts, phrases=False))[
            0
        ]
    BUILD.mkdir(parents=True, exist_ok=True)
    np.save(kept, out)
    return out


def tiles(
    rows: list[dict[str, Any]], vectors: np.ndarray, n: int
) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
    """``n`` documents: some of the real ones if they suffice, else all, again and again, each time
    changed.
    """
    rng = np.random.default_rng(RNG)
    chosen = np.sort(rng.permutation(len(rows))[:n])
    pool = [w for r in rows[:2_000] for w in r["text"].split()]
    for i in range(n):
        at, again = int(chosen[i % len(chosen)]), i // len(chosen)
        row, vector = rows[at], np.asarray(vectors[at], dtype=np.float64)
        if again:
            sentences = re.split(r"(?<=[.!?])\s+", row["text"])
            words = " ".join(sentences[k] for k in rng.permutation(len(sentences))).split()
            for k in np.flatnonzero(rng.random(len(words)) < EXCHANGED):
                words[k] = pool[int(rng.integers(len(pool)))]
            title = row["title"].split()
            row = row | {
                "title": " ".join([title[k] for k in rng.permutation(len(title))] + [f"({again})"]),
                "text": " ".join(words),
            }
            vector = vector + MOVED / np.sqrt(len(vector)) * rng.normal(size=len(vector))
        yield (
            row | {"id": f"{at:06}-{again}"},
            (vector / max(np.linalg.norm(vector), 1e-12)).astype(np.float32),
        )


def prepare(folder: Path, n: int, corpus: str = "") -> int:
    """Write the abstracts and, row by row, their vectors.

    How many there are.
    """
    import trends as tr

    rows = records(corpus)
    made: dict[str, np.ndarray] = {}
    with (folder / "abstracts.jsonl").open("w", encoding="utf-8") as f:
        for row, vector in tiles(rows, vectors_of(rows, corpus), n):
            f.write(json.dumps(row, ensure_ascii=False) + "\n")
            made[row["id"]] = vector
    np.save(folder / "vectors.npy", np.stack(list(made.values())))
    return len(tr.read_corpus(folder / "abstracts.jsonl", text="text", date="date"))


def settings(folder: Path, seeds: int, more: dict[str, Any] | None = None) -> dict[str, Any]:
    models = {"backends": list(BACKENDS), "n_topics": TOPICS, "seeds": seeds, "workers": WORKERS}
    return {
        "name": "whole-run",
        "rng": RNG,
        "prevalence": {"period": "year"},
        "models": models,
        "corpus": {"path": str(folder / "abstracts.jsonl"), "text": "text", "date": "date"},
        "embed": {"model": "precomputed", "path": str(folder / "vectors.npy")},
        **(more or {}),
    }


def work(folder: Path, seeds: int, most_mb: int) -> None:
    """The run itself, as ``trends run`` does it; prints when each stage began and ended."""
    begin = time.perf_counter()
    events: list[tuple[str, str, float]] = []
    from trends.runs.config import settings as config
    from trends.runs.studies import run as recipe

    def say(stage: str, state: str, *_: int) -> None:
        events.append((stage, state, time.perf_counter() - begin))
        print(f"{events[-1][2]:9.1f} s  {stage} {state}", file=sys.stderr, flush=True)

    given = config.check(settings(folder, seeds, {"memory": f"{most_mb}MB"} if most_mb else None))
    manifest = recipe.run(given, folder / "results", report=say)
    wall = time.perf_counter() - begin
    fits = [t for stage, _, t in events if stage.startswith("fit:")]
    own = {
        "reading": events[0][2],
        "publishing": wall - events[-1][2],
        "all fits, side by side": max(fits) - min(fits) if fits else 0.0,
    }
    kept = sorted(manifest["kept_from_before"])
    found = {
        k: manifest[k]
        for k in ("seconds", "cpu_seconds", "peak_memory", "memory", "warnings", "summary")
    }
    print(
        json.dumps(
            {**found, "wall": wall, "own": own, "kept": kept, "terms": manifest["counts"]["terms"]}
        )
    )


def one(n: int, seeds: int = SEEDS, corpus: str = "", most_mb: int = 0) -> dict[str, Any]:
    """Figures of one size, from the folder of those that are finished if they are there."""
    target = BUILD / f"{n}{'' if seeds == SEEDS else f'-{seeds}-seeds'}.json"
    if target.is_file():
        return json.loads(target.read_text(encoding="utf-8"))
    folder = BUILD / f"{target.stem}-run"
    if not (folder / "vectors.npy").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        prepare(folder, n, corpus)
    command = [
        sys.executable,
        __file__,
        "--work",
        str(folder),
        "--seeds",
        str(seeds),
        "--most-mb",
        str(most_mb),
    ]
    printed, together = footprint.run(command)
    found = json.loads(printed.splitlines()[-1])
    path = find_corpus(corpus)
    found |= {
        "documents": len(np.load(folder / "vectors.npy", mmap_mode="r")),
        "together_mib": together,
        "load": os.getloadavg()[0],
    }
    found |= {"corpus": path.name if path else "made", "seeds": seeds}
    target.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    return found


def measure(sizes: tuple[int, ...] = SIZES, seeds: int = SEEDS, corpus: str = "") -> dict[str, Any]:
    return {
        "sizes": [one(n, seeds, corpus, MOST_MB.get(n, 0)) for n in sizes],
        "topics": TOPICS,
        "workers": WORKERS,
    }


def by_stage(found: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Stage → processor seconds (those of several fits added; of reading and publishing the
    clock's) and the largest peak of one process in MB.
    """
    out: dict[str, tuple[float, float]] = {}
    for name, seconds in found["cpu_seconds"].items():
        first = next((s for s in STAGES if name == s or name.startswith(f"{s}:")), name)
        before = out.get(first, (0.0, 0.0))
        out[first] = (
            before[0] + (seconds or 0.0),
            max(before[1], (found["peak_memory"].get(name) or 0) / 1e6),
        )
    return out | {name: (found["own"][name], 0.0) for name in ("reading", "publishing")}


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """b of seconds ∝ documents^b, by least squares of the logarithms."""
    return (
        float(np.polyfit(np.log(sizes), np.log(np.maximum(seconds, 1e-3)), 1)[0])
        if len(sizes) > 1
        else float("nan")
    )


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    runs = result["sizes"]
    whole = [r for r in runs if not any(name.startswith("transfer:") for name in r["seconds"])]
    stages = [by_stage(r) for r in runs]
    n = [r["documents"] for r in runs]
    text = (
        f"From the file of abstracts ({runs[0]['corpus']}; more than there are: tiles of them, "
        f"changed) to the published report: {len(BACKENDS)} families × "
        f"{runs[0]['seeds']} seeds × {result['topics']} topics, {result['workers']} workers, "
        "vectors given. Cells are seconds of processor time, those of several fits added; in "
        "brackets the largest peak of a process in MB. The exponent b of seconds ∝ documents^b is "
        "that of the runs that fit all documents; "
        "a larger corpus is fitted on a sample and the other documents are assigned. gibbs-lda "
        "takes fewer sweeps the more documents there are "
        "(1,000 up to 5,000 documents, 100 from 11,000 on).\n\n"
        f"| stage | {' | '.join(f'{m:,}' for m in n)} | b |\n|---|{'---|' * (len(n) + 1)}\n"
    )
    for name in [s for s in STAGES if any(s in found for found in stages)]:
        cells = [
            f"{f[name][0]:.1f}" + (f" ({f[name][1]:,.0f})" if f[name][1] else "")
            if name in f
            else ""
            for f in stages
        ]
        fitted = [
            (r["documents"], f[name][0])
            for r, f in zip(runs, stages, strict=True)
            if r in whole and name in f
        ]
        b = exponent([m for m, _ in fitted], [s for _, s in fitted])
        text += f"| {STAGES[name]} | {' | '.join(cells)} | {'' if np.isnan(b) else f'{b:.2f}'} |\n"
    walls = [f"{r['wall']:,.0f}{' (resumed)' if r['kept'] else ''}" for r in runs]
    b = exponent([r["documents"] for r in whole], [r["wall"] for r in whole])
    text += (
        f"| whole run, wall clock | {' | '.join(walls)} | {'' if np.isnan(b) else f'{b:.2f}'} |\n"
    )
    peaks = [f"{(r['together_mib'] or 0) * 1.048576:,.0f}" for r in runs]
    text += f"| all processes together, MB at the most | {' | '.join(peaks)} | |\n"
    if all("memory" in r for r in runs):
        # What was estimated is of all processes together.
        estimates = [f"{max(r['memory']['needs'].values()) / 1e6:,.0f}" for r in runs]
        text += f"| estimated before the start, MB | {' | '.join(estimates)} | |\n"
    allowed, loads = (
        [f"{most:,} MB for {k:,} documents" for k, most in MOST_MB.items()],
        [f"{r['load']:.1f}" for r in runs],
    )
    return f"{text}\nAllowed: {', '.join(allowed)}. Load when they ended: {', '.join(loads)}.\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--corpus", default="")
    parser.add_argument(
        "--table", action="store_true", help="only print the table of the sizes that are finished"
    )
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--most-mb", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.work, options.seeds, options.most_mb)
        return
    sizes = tuple(n for n in options.sizes if not options.table or (BUILD / f"{n}.json").is_file())
    print(table(measure(sizes, options.seeds, options.corpus)))


if __name__ == "__main__":
    main()
