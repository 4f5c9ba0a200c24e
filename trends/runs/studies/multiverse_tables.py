"""From the fits of a multiverse to its tables and figures."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trends import files, plots, store
from trends.analysis.robustness import claims
from trends.analysis.robustness.multiverse import (
    CHOICES,
    Specification,
    choice_that_matters,
    influence,
    joint_test,
)
from trends.core import statements
from trends.core.claim import FOUND
from trends.runs.config.settings import RunConfig
from trends.runs.engine.cache import RECORD
from trends.runs.engine.engine import Context
from trends.runs.engine.task import task
from trends.runs.studies.multiverse_edits import Curated
from trends.runs.studies.multiverse_plan import MATCHED, backends_of, grid_of
from trends.runs.studies.multiverse_specifications import Specifications
from trends.runs.tasks import backends
from trends.runs.tasks.analysis_parts.diagnosis_tables import changed_by
from trends.runs.tasks.analysis_parts.tables import counted
from trends.runs.tasks.documents import load
from trends.runs.tasks.figures import Sheets
from trends.runs.tasks.parts import Split, read_split

#: Claims that get a figure of their own; all of them are in the overview.
NOTABLE = 6


@task(
    "multiverse",
    reads=(
        *("rng", "multiverse", "prevalence", "embed", "edits"),
        *("models.backends", "models.number"),
    ),
    loads=lambda s: backends.named(backends_of(s["config"])),
)
def tabulate(
    folder: Path,
    corpus: Path,
    analysis: Path,
    prototypes: Mapping[int, Path],
    fits: Sequence[Path],
    matched: Path | None,
    splits: Mapping[float, Path],
    terms: Path,
    *,
    fitted: Sequence[tuple[Specification, int]],
    failed: Sequence[tuple[Specification, str, str]],
    config: RunConfig,
    context: Context,
) -> dict[str, Any]:
    """Write the tables of a run again, with claims that went through every specification.

    Besides the tables of the run: ``specifications.csv``, ``claims.csv``, ``influence.csv``,
    ``skipped.csv``, ``multiverse.json``. ``fitted`` says what each fit is of and its seed,
    ``failed`` what could not be fitted, under which name, and why.
    """
    _copy(analysis, folder)
    notes = json.loads((analysis / "analysis.json").read_text(encoding="utf-8"))
    backend = config.models.backends[0]
    trends = (
        store.read_csv(analysis / "trends.csv").query("backend == @backend").reset_index(drop=True)
    )
    seed = int(notes["prototypes"][backend]["seed"])
    documents = load(corpus)
    grid = grid_of(config, documents)
    reference = store.read_topics(prototypes[seed])
    curated = Curated(config, terms)
    work = Specifications(grid, documents, config, reference, trends["label"].tolist(), curated)
    for wanted, name, reason in failed:
        work.skip("fit", name, wanted, reason)
    for number, ((wanted, own_seed), fit) in enumerate(zip(fitted, fits, strict=True), start=1):
        context.within(f"fit {number} of {len(fits)}")
        work.add(wanted, store.read_topics(fit), own_seed)
    drawn = {share: read_split(split) for share, split in splits.items()}
    rows, skipped = work.rows(), work.skipped()
    moved = influence(work.by_cell(rows))
    average, joint = joint_test(np.stack(work.z), claims.votes(rows).to_numpy())
    _, classified = claims.classify_claims(
        trends,
        rows,
        joint=joint,
        diagnostics=changed_by(store.read_csv(analysis / "diagnostics.csv"), backend),
    )
    classified["choice_that_matters"] = (
        classified["topic"].map(choice_that_matters(moved)).fillna("")
    )
    for name, frame in (
        ("specifications", rows),
        ("claims", classified),
        ("influence", moved),
        ("skipped", skipped),
    ):
        files.write_csv(folder / f"{name}.csv", frame)
    found = work.counts(rows, skipped, len(fits) + len(failed))
    said = _sentences(found, classified, skipped, config, work, drawn)
    document = {
        "rule": str(claims.Rule()),
        "about": f"topics of {backend}, seed {seed}, the fit most like the others; finding, change "
        "and intervals are those of the run, over all its seeds",
        "choices": {
            c: list(dict.fromkeys(str(getattr(g, c)) for g in grid.cells)) for c in CHOICES
        },
        "counts": found,
        "joint_test": {
            "shuffles": config.multiverse.shuffles,
            "block": work.block,
            "statistic": "average normal score of the specifications that vote, weighted by their "
            "votes; joint_p is not adjusted for the number of claims",
            "claims": [
                {"topic": int(t), "average_z": a, "joint_p": p}
                for t, a, p in zip(trends["topic"], average, joint, strict=True)
            ],
        },
        "seeds": work.seeds,
        # Length to which documents were cut, and how many were left out as shorter; nothing where
        # that was no choice.
        "matched_length": json.loads((matched / MATCHED).read_text()) if matched else None,
        **({"split": _splits(drawn)} if drawn else {}),
        "sentences": said,
    }
    files.write_json(folder / "multiverse.json", document)
    notes["seeds"] |= {f"multiverse {k}": [v] for k, v in work.seeds.items()}
    notes["seeds"] |= {
        f"multiverse split {share:g}": [split.seed] for share, split in drawn.items()
    }
    notes["claims"] = {"backend": backend, "rule": str(claims.Rule())}
    notes["summary"] = [s for s in notes["summary"] if not s.startswith("Claims about")] + said
    files.write_json(folder / "analysis.json", notes)
    return {"counts": found}


@task("multiverse-figures", reads=("figures",), loads=backends.none)
def draw(folder: Path, tables: Path, figures: Path, *, config: RunConfig) -> dict[str, Any]:
    """The figures of the run, with specification curves of the most notable claims.

    An overview shows all claims.
    """
    _copy(figures, folder)
    rows, classified = (
        store.read_csv(tables / "specifications.csv"),
        store.read_csv(tables / "claims.csv"),
    )
    formats = tuple(dict.fromkeys((*config.figures.formats, "svg")))
    ordered = classified.sort_values(["p_adjusted", "topic"], kind="stable", na_position="last")
    with plots.style(config.figures.venue, font=config.figures.font):
        # A venue without the height for all claims shows the most notable ones.
        Sheets(folder, formats).keep(
            "specification-overview",
            lambda n: plots.overview(rows, classified if n is None else ordered.head(n)),
        )
        for topic in ordered["topic"].head(NOTABLE):
            claim = classified.loc[classified["topic"] == topic]
            specs = rows.loc[rows["topic"] == topic]
            if specs["change"].notna().sum() > 1:
                plots.save(plots.curve(specs, claim), folder, formats)
    return {}


def _splits(draws: Mapping[float, Split]) -> list[dict[str, Any]]:
    """What each split did; which documents learn follows from the seed and the share."""
    return [
        {
            "share": share,
            "seed": d.seed,
            "learn": len(d.learn),
            "estimate": len(d.estimate),
            "outside_time": d.outside,
        }
        for share, d in draws.items()
    ]


def _sentences(
    found: dict[str, int],
    classified: pd.DataFrame,
    skipped: pd.DataFrame,
    config: RunConfig,
    work: Specifications,
    drawn: Mapping[float, Split],
) -> list[str]:
    out = [
        f"Multiverse: {found['specifications']} specifications from {found['fits']} fits. "
        + counted(classified, config.models.backends[0])
    ]
    if found["identical_cells"]:
        out.append(
            f"{found['identical_cells']} of {found['cells']} combinations of choices are the same "
            "as another one "
            "(a choice that cannot matter there) and count once."
        )
    out += work.curated.sentences()
    for share, split in drawn.items():
        out.append(
            f"Specifications with split {share:g}: {split.sentence} "
            "They keep near duplicates, lengths and the run's own embedding: other levels of these "
            "choices are not combined with a split."
        )
    if not found["near_duplicates"] and len(config.multiverse.deduplicate) > 1:
        out.append(
            "No two documents have nearly the same title: with and without duplicates are one "
            "specification."
        )
    row: Any
    for row in skipped.itertuples(index=False):
        out.append(
            f"{row.cells} combinations with {row.choice} {row.level} were not carried out: "
            f"{row.reason}"
        )
    for row in classified.loc[classified["finding"].isin(FOUND)].itertuples(index=False):
        out.append(
            f"{row.label}: {row.finding}, {statements.change_of(row)} points, {row.stability}; "
            f"{row.matched} of {row.specifications} "
            f"specifications have the topic ({row.votes:.0%} of the votes), {row.agreement:.0%} of "
            f"their votes agree; joint p {row.joint_p:.2g}; "
            + (f"changed by {row.diagnostics}; " if row.diagnostics else "")
            + f"the choice that moves it most is {row.choice_that_matters or 'none'}."
        )
    out.append(
        f"Joint test: dates shuffled {config.multiverse.shuffles} times, {work.block} neighbouring "
        "documents kept together."
    )
    return out


def _copy(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file() and path.name != RECORD:
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
