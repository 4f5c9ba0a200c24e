"""Whole runs on made abstracts of growing number: what they cost, on both engines.

    python experiments/large/run.py --documents 20000              # a first look
    python experiments/large/run.py                                # 125,000 to a million: hours

Writes `results.csv` (a row a run), `steps.csv` (a row a step of a run) and `summary.csv` (growth,
the overhead of Spark, the cost of a million documents). Runs that are there already are kept.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent))

from make import make
from watching import watched

from trends.runs.tasks.publish import PASSING

HERE = Path(__file__).resolve().parent
ENGINES = ("local", "spark")
#: Where the growth is measured: below, topics are learnt on all documents.
FROM = 125_000
CONFIG = """
name = "made abstracts"
rng = 1
[corpus]
path = "{data}"
text = "abstract"
title = "title"
date = "published"
id = "id"
vector = "vector"
[models]
backends = ["gibbs-lda", "bertopic"]
n_topics = 40
seeds = {seeds}
[prevalence]
period = "year"
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    sizes = (125_000, 250_000, 500_000, 1_000_000)
    parser.add_argument("--documents", type=int, nargs="+", default=sizes)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--place", type=Path, default=HERE.parents[1] / "build" / "large")
    asked = parser.parse_args()
    results, steps = HERE / "results.csv", HERE / "steps.csv"
    done = pd.read_csv(results) if results.exists() else pd.DataFrame()
    taken = pd.read_csv(steps) if steps.exists() else pd.DataFrame()
    for n in asked.documents:
        for engine in asked.engines:
            if len(done) and ((done["documents"] == n) & (done["engine"] == engine)).any():
                continue
            row, parts = one(n, engine, asked)
            done = pd.concat([done, pd.DataFrame([row])], ignore_index=True)
            taken = pd.concat([taken, parts], ignore_index=True)
            done.sort_values(["documents", "engine"]).round(1).to_csv(results, index=False)
            taken.sort_values(["documents", "engine"], kind="stable").round(1).to_csv(
                steps, index=False
            )
            summary(done).to_csv(HERE / "summary.csv", index=False)
            print(pd.DataFrame([row]).to_string(index=False), flush=True)


def one(n: int, engine: str, asked: argparse.Namespace) -> tuple[dict[str, object], pd.DataFrame]:
    """Carry out one run, from files of documents to figures."""
    data = asked.place / f"documents-{n}"
    if not data.exists():
        part = data.with_name(f"{data.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        make(part, n, vectors=True, workers=asked.workers)
        part.rename(data)
    out = asked.place / f"{engine}-{n}"
    shutil.rmtree(out, ignore_errors=True)
    config = asked.place / f"config-{n}.toml"
    config.write_text(CONFIG.format(data=data, seeds=asked.seeds))
    os.environ["OMP_NUM_THREADS"] = str(asked.workers)
    command = [sys.executable, "-m", "trends", "run", str(config)]
    for setting in (f"engine.name={engine}", f"engine.workers={asked.workers}"):
        command += ["-s", setting]
    log = asked.place / f"{engine}-{n}.log"
    cost = watched([*command, "-o", str(out)], log)
    # Hours of work are noted before anything else can go wrong.
    (asked.place / f"{engine}-{n}.json").write_text(json.dumps(asdict(cost)))
    if cost.status:
        raise SystemExit(log.read_text())
    manifest = json.loads((out / "manifest.json").read_text())
    parts = pd.DataFrame(
        [
            {"documents": n, "engine": engine, "step": step, "seconds": seconds}
            for step, seconds in manifest["seconds"].items()
        ]
    )
    row = {
        "documents": n,
        "engine": engine,
        "minutes": cost.seconds / 60,
        "cpu_minutes": cost.cpu_seconds / 60,
        "peak_mb": cost.peak_mb,
        "published": digest(out),
    }
    return row, parts


def digest(out: Path) -> str:
    """Hash of what a run publishes, but for what tells of its time and engine."""
    total = hashlib.sha256()
    for path in sorted(p for p in out.rglob("*") if p.is_file()):
        name = path.relative_to(out).as_posix()
        if name.startswith("."):
            continue
        data = path.read_bytes()
        if name == "manifest.json":
            kept = {k: v for k, v in json.loads(data).items() if k not in PASSING}
            data = json.dumps(kept, sort_keys=True).encode()
        total.update(name.encode() + hashlib.sha256(data).digest())
    return total.hexdigest()[:16]


def summary(done: pd.DataFrame) -> pd.DataFrame:
    """Growth of the time with the number of documents, overhead of Spark, cost of a million."""
    rows = []
    for engine, runs in done[done["documents"] >= FROM].groupby("engine"):
        runs = runs.sort_values("documents")
        if len(runs) < 2:
            continue
        size, first, last = np.log(runs["documents"]), runs.iloc[0], runs.iloc[-1]
        more = (last["documents"] - first["documents"]) / 1e6
        for measure in ("cpu_minutes",):  # the clock counts what else the machine does
            rows += [
                (
                    f"growth exponent of {measure}, {engine}",
                    np.polyfit(size, np.log(runs[measure]), 1)[0],
                ),
                (
                    f"{measure} of a further million, {engine}",
                    (last[measure] - first[measure]) / more,
                ),
            ]
    both = done.pivot(index="documents", columns="engine")
    if set(ENGINES) <= set(done["engine"]):
        for n, run in both.dropna().iterrows():
            ratio = run["minutes", "spark"] / run["minutes", "local"]
            rows.append((f"minutes on Spark over local, {n} documents", ratio))
            same = run["published", "spark"] == run["published", "local"]
            rows.append((f"same published bytes, {n} documents", float(same)))
    return pd.DataFrame(rows, columns=["what", "value"]).round(3)


if __name__ == "__main__":
    main()
