"""The league: the same simulated corpora through ways in which trends of topics are tested.

    make league                                   # installs the contestants, goes on where it was
    python experiments/league/run.py --python build/league/bin/python --corpora 50
    python experiments/league/run.py --table      # the table of README.md from results.csv

Each contestant is one script in `contestants/`, which says what its documentation promises. It is
run in a process of its own, with the Python that `--python` names (ours with this one).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from corpora import MOVERS, TOPICS, Cell, cells, write
from measuring import carry_out

from trends.files import write_csv

HERE = Path(__file__).parent
RESULTS = HERE / "results.csv"
#: Corpora of one batch, which has a seed of its own and is measured as a whole.
BATCH = 50
CORPORA = 200
LEVEL = 0.05
OURS = "ours"
#: Contestant → what its row is called.
NAMES = {
    "ours": "trends: change between spans",
    "topica_effect": "topica: estimate_effect",
    "topica_cluster": "topica: estimate_effect, cluster = year",
    "stm_spline": "stm's manner: spline of documents",
    "tritopic_groups": "tritopic: compare_groups of years",
    "binomial": "Cochran–Armitage over documents",
    "psychtopics_means": "PsychTopics' manner: line of yearly means",
    "mann_kendall": "Mann–Kendall of yearly means",
    "bertopic_counts": "BERTopic's counts: line of yearly counts",
}
MARKS = ("<!-- table -->", "<!-- end of table -->")


def truth_of(share: np.ndarray, cell: Cell) -> dict[str, np.ndarray]:
    """Value of each estimand of intervals (corpora, topics), from the shares without shocks."""
    weight = cell.sizes / cell.sizes.sum()
    x = np.arange(cell.years)
    third = cell.years // 3
    out = {"change": share[:, -third:].mean(1) - share[:, :third].mean(1)}
    # Least squares over documents weighs a year by them, least squares over years does not.
    for name, w in (("slope", weight), ("slope of years", np.full(cell.years, 1 / cell.years))):
        centred = x - (w * x).sum()
        out[name] = np.einsum("t,ctk->ck", w * centred, share) / (w * centred**2).sum()
    return out


def judge(answers: pd.DataFrame, share: np.ndarray, cell: Cell) -> dict[str, float]:
    """Sums over the corpora of a batch, from which rates and their standard errors follow."""
    shape = share[:, 0].shape
    table = answers.sort_values(["corpus", "topic"])
    if list(table["corpus"]) != list(np.repeat(np.arange(shape[0]), shape[1])):
        raise ValueError("A contestant has to answer for every topic of every corpus.")

    def column(name: str) -> np.ndarray:
        return table[name].to_numpy().reshape(shape)

    small, found = column("p") <= LEVEL, column("found").astype(bool)
    out: dict[str, float] = {"corpora": shape[0], "version": str(table["version"].iloc[0])}
    if cell.move:
        right = np.array([1.0, -1.0])
        direction = column("direction")[:, MOVERS]
        out["movers found"] = float(found[:, MOVERS].mean(1).sum())
        out["wrong direction"] = float((found[:, MOVERS] & (direction == -right)).mean(1).sum())
    else:
        rate = small.mean(1)
        out |= {"small p": rate.sum(), "small p squared": (rate**2).sum()}
        out["any found"] = float(found.any(1).sum())
    low, of = column("low").astype(float), str(table["of"].iloc[0])
    if np.isfinite(low).any():
        truth = truth_of(share, cell)[of]
        inside = (low <= truth) & (truth <= column("high").astype(float))
        covered = inside.sum(1) / np.isfinite(low).sum(1)
        out |= {"covered": covered.sum(), "covered squared": (covered**2).sum()}
    return out


def measure(python: Path, wanted: list[Cell], corpora: int) -> None:
    """Ask every contestant about every batch that it has not answered yet."""
    done = pd.read_csv(RESULTS) if RESULTS.is_file() else pd.DataFrame()
    keys = (
        set(zip(*(done[c] for c in ("cell", "batch", "contestant")), strict=True))
        if len(done)
        else set()
    )
    # All cells once before any cell twice: what is there at any time covers all of them.
    for batch in range(-(-corpora // BATCH)):
        for cell in wanted:
            todo = [c for c in NAMES if (cell.name, batch, c) not in keys]
            if not todo:
                continue
            with tempfile.TemporaryDirectory() as folder:
                path, out = Path(folder, "batch.npz"), Path(folder, "out.csv")
                write(cell, batch, BATCH, path)
                share = np.load(path)["share"]
                rows = []
                for contestant in todo:
                    script = HERE / "contestants" / f"{contestant}.py"
                    interpreter = sys.executable if contestant == OURS else str(python)
                    subprocess.run([interpreter, str(script), str(path), str(out)], check=True)
                    said = judge(pd.read_csv(out), share, cell)
                    rows.append(
                        {"cell": cell.name, "batch": batch, "contestant": contestant} | said
                    )
            done = pd.concat([done, pd.DataFrame(rows)], ignore_index=True)
            write_csv(RESULTS, done)
            print(f"{cell.name}, batch {batch + 1}", flush=True)


def _rate(rows: pd.DataFrame, name: str, squared: str = "") -> str:
    """Mean over corpora with its standard error, which topics of one corpus do not make smaller."""
    rows = rows.dropna(subset=[name])
    n = rows["corpora"].sum()
    if not n:
        return "–"
    mean = rows[name].sum() / n
    second = rows[squared].sum() / n if squared else mean
    return f"{mean:.3f} ± {np.sqrt(max(second - mean**2, 0) / n):.3f}"


def tables(done: pd.DataFrame) -> str:
    """The tables of README.md."""
    flat = [c.name for c in cells() if not c.move]
    moving = [c.name for c in cells() if c.move]
    parts = []
    for title, names, column, squared in (
        ("p ≤ .05 among flat topics (nominal .05)", flat, "small p", "small p squared"),
        ("flat corpora in which anything is called a trend", flat, "any found", ""),
        ("95 % intervals that hold the truth", flat + moving, "covered", "covered squared"),
        ("movers found, of 1 log-odds over 15 years", moving, "movers found", ""),
        ("movers found in the wrong direction", moving, "wrong direction", ""),
    ):
        who = [
            c
            for c in NAMES
            if column in done and done.loc[done["contestant"] == c, column].notna().any()
        ]
        lines = [
            f"### {title[0].upper()}{title[1:]}",
            "| cell | corpora | " + " | ".join(NAMES[c] for c in who) + " |",
        ]
        lines.append("|---" * (len(who) + 2) + "|")
        for name in names:
            rows = done[done["cell"] == name]
            if len(rows):
                each = [_rate(rows[rows["contestant"] == c], column, squared) for c in who]
                corpora = int(rows.loc[rows["contestant"] == OURS, "corpora"].sum())
                lines.append(f"| {name} | {corpora} | " + " | ".join(each) + " |")
        parts.append("\n".join(lines))
    versions = sorted(set(done["version"]))
    return "\n\n".join(
        [*parts, f"Versions: {'; '.join(versions)}. {TOPICS} topics in every corpus."]
    )


if __name__ == "__main__":
    carry_out(__doc__, cells(), CORPORA, measure, tables, RESULTS, MARKS)
