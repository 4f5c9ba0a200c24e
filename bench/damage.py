"""One flipped bit in every kind of file that a run and a multiverse keep.

Noticed, made again, the same bytes?

python bench/damage.py

Kinds are what lies on the disk after a run: each entry of the cache by the kind of its stage, and
its files by their suffix (the record by name); also what the user's own cache folder holds. In each
turn one file of every entry is hit at once, so that each stage has to notice its own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import small_corpus

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "bench" / "damage"
RECORD, RNG = "stage.json", 20260303


def _run() -> None:
    """The multiverse, which is the run and more."""
    command = [
        sys.executable,
        "-m",
        "trends",
        "multiverse",
        str(BUILD / "config.toml"),
        "--output",
        str(BUILD / "out"),
        "--no-progress",
    ]
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        env={**os.environ, "XDG_CACHE_HOME": str(BUILD / "user")},
    )


def _kept() -> dict[Path, dict[str, list[Path]]]:
    """Entry → kind of file → files; the user's cache folder is one more entry."""
    found: dict[Path, dict[str, list[Path]]] = defaultdict(lambda: defaultdict(list))
    for entry in [*sorted((BUILD / "out" / ".cache").iterdir()), BUILD / "user"]:
        for path in sorted(p for p in entry.rglob("*") if p.is_file() and p.stat().st_size):
            found[entry][path.name if path.name == RECORD else path.suffix or path.name].append(
                path
            )
    return found


def _kind(entry: Path) -> str:
    """What sort of stage: terms, vectors, fit, ….

    Seeds, numbers and the rest of a fit's name make no kind.
    """
    name = re.sub(r"-[0-9a-f]{24}$", "", entry.name)
    return {"user": "user's cache"}.get(
        name,
        name.split("-")[0]
        if name.startswith(("fit", "transfer", "terms", "vectors", "parts"))
        else name,
    )


def measure() -> dict[str, Any]:
    """Kinds with how often they were hit, noticed, and followed by the same bytes."""
    shutil.rmtree(BUILD, ignore_errors=True)
    small_corpus.write(BUILD)
    _run()
    before, rng = small_corpus.digest(BUILD / "out"), np.random.default_rng(RNG)
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    seen: set[tuple[Path, str]] = set()
    while todo := {
        e: k
        for e, kinds in _kept().items()
        if (k := next((k for k in kinds if (e, k) not in seen), None))
    }:
        hit: list[tuple[tuple[str, str], Path, bytes]] = []
        kept = _kept()
        for entry, of_file in todo.items():
            seen.add((entry, of_file))
            path = kept[entry][of_file][int(rng.integers(len(kept[entry][of_file])))]
            data = bytearray(path.read_bytes())
            at = int(rng.integers(len(data) * 8))
            data[at // 8] ^= 1 << at % 8
            path.write_bytes(data)
            key = (_kind(entry), of_file)
            row = rows.setdefault(
                key,
                {
                    "stage": key[0],
                    "file": of_file,
                    "bytes": len(data),
                    "hits": 0,
                    "noticed": 0,
                    "same": 0,
                },
            )
            row["hits"] += 1
            hit.append((key, path, bytes(data)))
        _run()
        same = small_corpus.digest(BUILD / "out") == before
        for key, path, damaged in hit:
            # What was noticed was made anew. SQLite does not look at every bit of its file: there
            # the same bytes say it all.
            rows[key]["noticed"] += (
                path.name.endswith(".sqlite") or not path.is_file() or path.read_bytes() != damaged
            )
            rows[key]["same"] += same
        print(len(seen), same, file=sys.stderr, flush=True)
    made = [rows[key] for key in sorted(rows)]
    return {
        "files": len(before),
        "rows": made,
        "hits": sum(r["hits"] for r in made),
        "noticed": sum(r["noticed"] for r in made),
        "same": sum(r["same"] for r in made),
    }


def table(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    head = (
        f"One bit flipped in {result['hits']} kept files of a multiverse on 120 made documents "
        "(Gibbs LDA, BERTopic); the next run must notice it and publish the same "
        f"{result['files']} files. **Noticed {result['noticed']} of {result['hits']}, same bytes "
        f"{result['same']} of {result['hits']}.**\n\n"
        "| stage | file | bytes | hits | noticed | same result |\n|---|---|---|---|---|---|\n"
    )
    return head + "".join(
        f"| {r['stage']} | {r['file']} | {r['bytes']:,} | {r['hits']} | {r['noticed']} | "
        f"{r['same']} |\n"
        for r in result["rows"]
    )


if __name__ == "__main__":
    print(table(measure()))
