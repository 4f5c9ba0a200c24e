"""Draw ``docs/task_graph.svg``: the kinds of tasks of a run and its studies, and what each reads.

python docs/task_graph.py

The picture is made of the tasks themselves: a run of the embedded corpus with a split and two
backends, its multiverse, placebo and stability are laid out, and nothing is computed.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt

from trends.runs.config.settings import check
from trends.runs.engine.engine import Engine
from trends.runs.engine.task import Task, order
from trends.runs.studies import multiverse, placebo, stability
from trends.runs.studies.run import study

HERE = Path(__file__).resolve().parent
SETTINGS = {
    "rng": 1,
    "prevalence": {"period": "year"},
    "models": {"backends": ["gibbs-lda", "bertopic"], "n_topics": "auto", "seeds": 1},
}
#: Studies of the tasks after the report; tasks of a run have the first colour.
COLOURS = {"run": "#d7e3f4", "multiverse": "#f6dfc4", "placebo": "#dcedd8", "stability": "#ead9ee"}


def tasks() -> dict[str, list[Task]]:
    """The tasks of each study."""
    found = {}
    for name, make in {
        "run": study,
        "multiverse": multiverse.study,
        "placebo": placebo.study,
    }.items():
        split = {"split": {"share": 0.5}} if name != "multiverse" else {}
        engine = Engine(HERE / "nothing-is-here", dry=True)
        engine.carry_out(make(engine, check({**SETTINGS, **split})))
        found[name] = list(engine.tasks.values())
    kinds = [stability.reorder, stability.compare]
    found["stability"] = [Task(kind, {}, {}) for kind in kinds]
    return found


def edges(all_tasks: list[Task]) -> dict[str, set[str]]:
    """Kind → the kinds that it reads."""
    out: dict[str, set[str]] = {}
    for task in order([t for t in all_tasks if t.inputs]):
        out.setdefault(task.kind.name, set()).update(n.kind.name for n in task.needs)
    return {kind: needs - {kind} for kind, needs in out.items()}


def reduced(needs: dict[str, set[str]]) -> dict[str, set[str]]:
    """Without arrows that follow from others: what an input has read already."""

    def before(kind: str) -> set[str]:
        return {b for n in needs.get(kind, ()) for b in {n, *before(n)}}

    return {
        k: {n for n in read if not any(n in before(o) for o in read - {n})}
        for k, read in needs.items()
    }


def depths(needs: dict[str, set[str]]) -> dict[str, int]:
    """How many tasks come before each kind, one after the other."""
    out: dict[str, int] = {}

    def depth(kind: str) -> int:
        if kind not in out:
            out[kind] = 0
            out[kind] = 1 + max((depth(n) for n in needs.get(kind, ())), default=-1)
        return out[kind]

    for kind in needs:
        depth(kind)
    return out


def draw(place: Path) -> None:
    """Draw kinds from left to right, each to the right of what it reads."""
    by_study = tasks()
    needs = edges([t for of in by_study.values() for t in of])
    needs |= {"rows": {"terms", "parts"}, "stability": {"analysis", "fit", "rows"}}
    needs["fit"] |= set()
    column = depths(needs)
    study_of = {t.kind.name: name for name in reversed(COLOURS) for t in by_study[name]}
    rows: dict[int, int] = {}
    at = {}
    for kind in sorted(
        column, key=lambda k: (column[k], list(COLOURS).index(study_of.get(k, "run")))
    ):
        n = rows.get(column[kind], 0)
        rows[column[kind]] = n + 1
        at[kind] = (column[kind] * 2.6, -n * 1.5 - 0.75 * (column[kind] % 2))
    mpl.rcParams.update({"svg.hashsalt": "trends", "svg.fonttype": "none"})
    figure, axes = plt.subplots(figsize=(14, 5.5))
    for kind, read in reduced(needs).items():
        for one in sorted(read):
            (x, y), (u, v) = at[one], at[kind]
            arrow = {"arrowstyle": "->", "color": "#888888", "lw": 0.8, "shrinkA": 0, "shrinkB": 0}
            axes.annotate("", xy=(u - 0.75, v), xytext=(x + 0.75, y), arrowprops=arrow)
    for kind, (x, y) in at.items():
        box = {
            "boxstyle": "round,pad=0.35",
            "fc": COLOURS[study_of.get(kind, "run")],
            "ec": "#555555",
        }
        axes.text(x, y, kind, ha="center", va="center", fontsize=9, bbox=box)
    for n, (name, colour) in enumerate(COLOURS.items()):
        axes.text(0, -5.6 - 0.6 * n, name, fontsize=9, bbox={"fc": colour, "ec": "none"})
    axes.set_xlim(-1.2, max(x for x, _ in at.values()) + 1.2)
    axes.set_ylim(-8, 1)
    axes.axis("off")
    figure.savefig(place, metadata={"Date": None}, bbox_inches="tight")


if __name__ == "__main__":
    draw(HERE / "task_graph.svg")
