"""Intervals of a year's share: which of four truths do they hold?

    make league                                   # installs the contestants, goes on where it was
    python experiments/league/bands.py --python build/league/bin/python --corpora 20
    python experiments/league/bands.py --table    # the table of README.md from bands.csv

The model is topica's LDA for all, on made texts whose topics it recovers: only intervals differ.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from measuring import carry_out
from scipy.optimize import linear_sum_assignment
from texts import LENGTH, TOPICS, TRUTHS, YEARS, TextCell, cells, seed_of, write

from trends.files import write_csv

HERE = Path(__file__).parent
RESULTS = HERE / "bands.csv"
#: Corpora of one batch, which has a seed of its own and is measured as a whole.
BATCH = 20
CORPORA = 100
#: Interval → what its row is called.
NAMES = {
    "wilson": "trends: interval of a period's share",
    "draws": "topica: prevalence_ci, draws kept",
    "dirichlet": "topica: prevalence_ci, Dirichlet approximation",
}
#: A topic is recovered where its words overlap the true ones by more than this.
RECOVERED = 0.5
MARKS = ("<!-- table of bands -->", "<!-- end of table of bands -->")


def matched(fitted: np.ndarray, true: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The fitted topic of each true one, by the overlap of their words, and that overlap."""
    overlap = 1 - np.abs(true[:, None] - fitted[None]).sum(axis=2) / 2
    rows, order = linear_sum_assignment(-overlap)
    return order, overlap[rows, order]


def judge(batch: dict[str, np.ndarray], answer: dict[str, np.ndarray]) -> list[dict[str, object]]:
    """Sums over the corpora of a batch, from which coverages and standard errors follow."""
    out = []
    pairs = [matched(*each) for each in zip(answer["phi"], batch["phi"], strict=True)]
    recovered = [float((overlap > RECOVERED).mean()) for _, overlap in pairs]
    for name in NAMES:
        row: dict[str, object] = {
            "interval": name,
            "corpora": len(pairs),
            "version": answer[f"{name} version"],
            "recovered": sum(recovered),
        }
        low, high = (
            np.stack(
                [each[:, o] for each, (o, _) in zip(answer[f"{name} {end}"], pairs, strict=True)]
            )
            for end in ("low", "high")
        )
        row["width"] = float((high - low).mean(axis=(1, 2)).sum())
        for truth in TRUTHS:
            covered = ((low <= batch[truth]) & (batch[truth] <= high)).mean(axis=(1, 2))
            row |= {truth: covered.sum(), f"{truth} squared": (covered**2).sum()}
        out.append(row)
    return out


def asked(python: Path, path: Path, folder: Path) -> dict[str, np.ndarray]:
    """The answers of both packages about a batch."""
    scripts, theirs, own = HERE / "contestants", folder / "topica.npz", folder / "ours.npz"
    subprocess.run([python, scripts / "topica_bands.py", path, theirs], check=True)
    subprocess.run([sys.executable, scripts / "ours_bands.py", path, own, theirs], check=True)
    answer: dict[str, np.ndarray] = {}
    for file, names in ((theirs, ("draws", "dirichlet")), (own, ("wilson",))):
        with np.load(file, allow_pickle=False) as made:
            answer |= {name: made[name] for name in made.files}
            answer |= {f"{name} version": made["version"] for name in names}
    return answer


def measure(python: Path, wanted: list[TextCell], corpora: int) -> None:
    """Measure every batch that is not there yet; all cells once before any cell twice."""
    done = pd.read_csv(RESULTS) if RESULTS.is_file() else pd.DataFrame(columns=["cell", "batch"])
    have = set(zip(done["cell"], done["batch"], strict=True))
    for batch in range(-(-corpora // BATCH)):
        for cell in wanted:
            if (cell.name, batch) in have:
                continue
            with tempfile.TemporaryDirectory() as name:
                path = Path(name, "batch.npz")
                write(cell, batch, BATCH, path)
                with np.load(path, allow_pickle=False) as drawn:
                    rows = judge(dict(drawn), asked(python, path, Path(name)))
            seed = " ".join(map(str, seed_of(cell, batch)))
            made = pd.DataFrame(
                [{"cell": cell.name, "batch": batch, "seed": seed} | r for r in rows]
            )
            done = pd.concat([done, made], ignore_index=True) if len(done) else made
            write_csv(RESULTS, done)
            print(f"{cell.name}, batch {batch + 1}", flush=True)


def rates(done: pd.DataFrame) -> pd.DataFrame:
    """Coverage of each truth with its standard error over corpora: (cell, interval) × columns."""
    sums = done.groupby(["cell", "interval"]).sum(numeric_only=True)
    out = sums[["corpora"]].copy()
    for name in ("width", "recovered", *TRUTHS):
        out[name] = sums[name] / sums["corpora"]
    for truth in TRUTHS:
        spread = (sums[f"{truth} squared"] / sums["corpora"] - out[truth] ** 2).clip(lower=0)
        out[f"{truth} se"] = np.sqrt(spread / sums["corpora"])
    return out


def table(done: pd.DataFrame) -> str:
    """The table of README.md."""
    found = rates(done)
    lines = ["| cell | corpora | interval | mean width | " + " | ".join(TRUTHS.values()) + " |"]
    lines.append("|---" * (len(TRUTHS) + 4) + "|")
    for cell in cells():
        for name, label in NAMES.items():
            if (cell.name, name) not in found.index:
                continue
            row = found.loc[(cell.name, name)]
            held = " | ".join(f"{row[t]:.3f} ± {row[f'{t} se']:.3f}" for t in TRUTHS)
            lines.append(
                f"| {cell.name} | {int(row['corpora'])} | {label} | {row['width']:.3f} | {held} |"
            )
    versions = "; ".join(sorted(set(done["version"])))
    least = found["recovered"].min()
    return "\n".join(lines) + (
        f"\n\nVersions: {versions}. {TOPICS} topics, {YEARS} years, {LENGTH} words a document; "
        f"nominal .95. Of the topics, {least:.3f} or more have words that overlap the true ones by "
        f"more than {RECOVERED:g}, in each cell."
    )


if __name__ == "__main__":
    carry_out(__doc__, cells(), CORPORA, measure, table, RESULTS, MARKS)
