"""What reading and looking for repeats cost, in processor time, by how the documents are written.

    python experiments/large/reading.py --documents 100000

Writes `reading.csv`: for each layout the documents that a core reads in a second, and the processor
seconds of both steps for 100,000 documents, workers and their start included. One record in a
hundred of the OpenAlex works is broken.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent))

from make import make

from trends.runs.config.settings import RunConfig
from trends.runs.engine.engine import Engine, Need
from trends.runs.engine.task import Task
from trends.runs.tasks.sharded import reading, repeats

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[2] / "shared" / "data"
TABLE = {"text": "abstract", "date": "published", "id": "id", "title": "title"}
LAYOUTS = {
    "made abstracts, Parquet": ("parquet", TABLE),
    "made abstracts, JSON lines": ("jsonl", TABLE),
    "made abstracts, packed JSON lines": ("jsonl.gz", TABLE),
    "made works of OpenAlex, JSON lines": ("openalex", {}),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--place", type=Path, default=HERE.parents[1] / "build" / "reading")
    asked = parser.parse_args()
    rows = []
    for layout, (how, given) in LAYOUTS.items():
        folder = asked.place / how
        if not folder.is_dir():
            broken = 0.01 if how == "openalex" else 0.0
            make(folder, asked.documents, how=how, broken=broken)
        rows.append({"documents": layout} | measured(folder, given, asked.place / "out"))
        print(rows[-1], flush=True)
    if (acl := SHARED / "acl.jsonl.gz").is_file():
        rows.append({"documents": "ACL abstracts, packed JSON lines"}
                    | measured(acl, {}, asked.place / "out"))  # fmt: skip
        print(rows[-1], flush=True)
    pd.DataFrame(rows).round(1).to_csv(HERE / "reading.csv", index=False)


def measured(path: Path, given: dict[str, Any], out: Path) -> dict[str, Any]:
    """Both steps on one input, from nothing."""
    shutil.rmtree(out, ignore_errors=True)
    engine_of = {"name": "local", "workers": 2}
    config = RunConfig.model_validate(
        {"rng": 1, "corpus": {"path": str(path), **given}, "engine": engine_of}
    )
    read = reading.task_of(config)
    found = repeats.task_of(config, read)
    engine = Engine(out)

    def study(task: Task) -> Iterator[Need]:
        yield Need([task])

    seconds = []
    for task in (read, found):
        before = processor()
        engine.carry_out(study(task))
        seconds.append(processor() - before)
    account = pd.read_csv(engine.folder(found) / reading.READING).iloc[-1]
    assert account["read"] == account["kept"] + account["dropped"]
    n = int(account["read"])
    return {
        "read": n,
        "kept": int(account["kept"]),
        "dropped": int(account["dropped"]),
        "a_second_and_core": n / seconds[0],
        "reading_100k": seconds[0] * 100_000 / n,
        "repeats_100k": seconds[1] * 100_000 / n,
    }


def processor() -> float:
    """Processor seconds of this process and of those that it started and that have ended."""
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


if __name__ == "__main__":
    main()
