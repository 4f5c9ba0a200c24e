"""Measure the error rates of the trend test on simulated truth.

python experiments/calibration/run.py --tier quick          # about two minutes, for a first look
python experiments/calibration/run.py --tier full           # the committed result

A cell adds its line to the CSV as soon as it is measured; a run that was stopped goes on with the
cells that are missing.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from cells import cells
from error_rates import measure
from tables import rows, summary

HERE = Path(__file__).resolve().parent

#: Corpora of 20 topics in a cell; twice as many of 6, half as many of 50.
TIERS = {"quick": 6, "full": 200}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tier", choices=list(TIERS), default="quick")
    parser.add_argument("--corpora", type=int, help="corpora a cell, instead of those of the tier")
    parser.add_argument("--only", default="", help="cells whose name holds this")
    parser.add_argument("--rng", type=int, default=20261129, help="seed, recorded with the results")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=HERE / "results")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    corpora = options.corpora or TIERS[options.tier]
    path = options.out / f"{options.tier}.csv"
    done = pd.read_csv(path) if path.exists() else pd.DataFrame()
    wanted = {k: v for k, v in cells().items() if options.only in k}
    if len(done):
        same = done[(done["seed"] == options.rng) & done["cell"].isin(list(cells()))]
        lines = same.to_dict("records")
    else:
        lines = []
    missing = [k for k in wanted if k not in {line["cell"] for line in lines}]
    begin = time.perf_counter()
    with ProcessPoolExecutor(options.workers) as pool:
        jobs = [pool.submit(measure, k, *wanted[k], corpora, options.rng) for k in missing]
        for number, job in enumerate(as_completed(jobs), start=1):
            lines.append(job.result())
            _write(path, lines)
            print(f"{number} of {len(jobs)}: {lines[-1]['cell']}", flush=True)
    table = pd.read_csv(path)
    record = {
        "tier": options.tier,
        "rng": options.rng,
        # Cells may have been measured in several runs; the smallest number is the one to quote.
        "corpora": int(table["corpora"].min()),
        "seconds_of_the_last_run": round(time.perf_counter() - begin, 1),
        "versions": {
            "python": platform.python_version(),
            **{p: version(p) for p in ("numpy", "scipy", "numba", "topic-trends")},
        },
    }
    (options.out / f"{options.tier}.json").write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    text = summary(rows(table), table)
    (options.out / f"{options.tier}.md").write_text(text, encoding="utf-8")
    print(text)


def _write(path: Path, lines: list[dict[str, object]]) -> None:
    """All lines, in the order of the cells, in one step."""
    order = {name: i for i, name in enumerate(cells())}
    table = pd.DataFrame(sorted(lines, key=lambda line: order[str(line["cell"])]))
    new = path.with_suffix(".new")
    table.to_csv(new, index=False, float_format="%.6g", lineterminator="\n")
    new.replace(path)


if __name__ == "__main__":
    main()
