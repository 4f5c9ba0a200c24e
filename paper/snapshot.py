"""Take the tables of the case study that the paper quotes into the repository, where a run itself
is not kept.

python paper/snapshot.py [RUN]      # RUN: a folder written by `trends multiverse`; by default
experiments/pretraining/results
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from trends import files, store
from trends.errors import DataError

HERE = Path(__file__).resolve().parent
RUN = HERE.parent / "experiments" / "pretraining" / "results"
TARGET = HERE / "results" / "pretraining"

#: Table → the columns that are quoted or drawn; no list means all of them.
TABLES: dict[str, tuple[str, ...]] = {
    "coverage": (),
    "dates": (),
    "quality": (),
    "trends": (),
    "claims": (),
    "alignment": (),
    "agreement": (),
    "diagnostics_corrected": (),
    "topics": ("backend", "topic", "label", "n_docs", "share", "top_terms"),
    "prevalence": (),
    "specifications": (
        "specification",
        "backend",
        "n_topics",
        "seed",
        "embedding",
        "theta",
        "period_length",
        "denominator",
        "deduplicate",
        "length",
        "split",
        *("topic", "label", "finding", "change", "change_lower", "change_upper", "p_adjusted"),
    ),
}
#: Digits of the specifications, which are drawn and counted, not quoted one by one.
DIGITS = 4


def take(run: Path, target: Path = TARGET) -> dict[str, Any]:
    """Copy the tables and the numbers of a run, and say which run it was.

    Raises
    ------
    DataError
        If the folder does not hold a run with a multiverse.
    """
    # Runs of earlier versions have no curves.
    tables = TABLES | ({"curves": ()} if (run / "curves.csv").is_file() else {})
    for name in (*(f"{t}.csv" for t in tables), "numbers.json", "multiverse.json", "manifest.json"):
        if not (run / name).is_file():
            message = (
                f"{run} has no {name}. Make the run first: trends multiverse "
                "experiments/pretraining/config.toml"
            )
            raise DataError(message)
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    multiverse = json.loads((run / "multiverse.json").read_text(encoding="utf-8"))
    for name, columns in tables.items():
        frame = store.read_csv(run / f"{name}.csv")
        frame = frame[list(columns)] if columns else frame
        if name == "specifications":
            # The name of a specification repeats its choices: a number says as much in a tenth of
            # the space.
            frame = frame.assign(specification=frame["specification"].astype("category").cat.codes)
            numbers = ["change", "change_lower", "change_upper", "p_adjusted"]
            frame[numbers] = frame[numbers].map(lambda v: float(f"{v:.{DIGITS}g}"))
        files.write_csv(target / f"{name}.csv", frame)
    files.write_json(
        target / "numbers.json", json.loads((run / "numbers.json").read_text(encoding="utf-8"))
    )
    files.write_json(
        target / "multiverse.json",
        {
            "rule": multiverse["rule"],
            "choices": multiverse["choices"],
            "counts": multiverse["counts"],
            "shuffles": multiverse["joint_test"]["shuffles"],
            "block": multiverse["joint_test"]["block"],
        },
    )
    fingerprint = {
        "name": manifest["name"],
        "rng": manifest["rng"],
        "corpus": manifest["corpus_fingerprint"],
        "config": {
            k: manifest["config"][k] for k in ("models", "prevalence", "text", "multiverse")
        },
        "spans": manifest["spans"],
        "records": manifest["counts"]["records"],
        "pages": len(manifest["counts"]["per_input"]),
        "terms": manifest["counts"]["terms"],
        "versions": manifest["versions"],
        "files": {f"{name}.csv": manifest["files"].get(f"{name}.csv", "") for name in tables},
    }
    files.write_json(target / "run.json", fingerprint)
    return fingerprint


if __name__ == "__main__":
    made = take(Path(sys.argv[1]) if len(sys.argv) > 1 else RUN)
    print(
        f"Taken: the run of corpus {made['corpus'][:12]}, rng {made['rng']}, into "
        f"{TARGET.relative_to(HERE.parent)}"
    )
