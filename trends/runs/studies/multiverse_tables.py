"""From the fits of a multiverse to its tables and figures."""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trends import files, plots, store
from trends.analysis.alignment.hungarian import align
from trends.analysis.prevalence.periods import Periods
from trends.analysis.robustness import claims, specification
from trends.analysis.robustness.multiverse import (
    CHOICES,
    Specification,
    choice_that_matters,
    influence,
    joint_test,
)
from trends.analysis.trend.multiplicity import adjust
from trends.core import Corpus, Topics
from trends.core.rng import seeds_from
from trends.errors import DataError
from trends.runs.config.settings import RunConfig
from trends.runs.engine.cache import RECORD
from trends.runs.engine.engine import Context
from trends.runs.engine.task import task
from trends.runs.studies.multiverse_plan import MATCHED, Grid, backends_of, grid_of
from trends.runs.tasks import backends
from trends.runs.tasks.analysis_parts.periods import periods_of
from trends.runs.tasks.documents import load
from trends.runs.tasks.figures import Sheets
from trends.runs.tasks.parts import Split, read_split

#: Claims that get a figure of their own; all of them are in the overview.
NOTABLE = 6


@task(
    "multiverse",
    reads=("rng", "multiverse", "prevalence", "embed", "models.backends", "models.number"),
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
    work = _Specifications(grid, documents, config, reference, trends["label"].tolist())
    for wanted, name, reason in failed:
        work.skip("fit", name, wanted, reason)
    for number, ((wanted, own_seed), fit) in enumerate(zip(fitted, fits, strict=True), start=1):
        context.within(f"fit {number} of {len(fits)}")
        work.add(wanted, store.read_topics(fit), own_seed)
    drawn = {share: read_split(split) for share, split in splits.items()}
    rule = claims.Rule()
    rows, skipped = work.rows(), work.skipped()
    moved = influence(work.by_cell(rows))
    joint = joint_test(
        *(np.stack(part) for part in (work.log_odds, work.p_adjusted, work.z)), alpha=rule.alpha
    )
    _, classified = claims.classify_claims(trends, rows, rule=rule)
    classified["choice_that_matters"] = (
        classified["topic"].map(choice_that_matters(moved)).fillna("")
    )
    classified["joint_p"] = joint["p_average_z"].to_numpy()
    for name, frame in (
        ("specifications", rows),
        ("claims", classified),
        ("influence", moved),
        ("skipped", skipped),
    ):
        files.write_csv(folder / f"{name}.csv", frame)
    joint.insert(0, "topic", trends["topic"].to_numpy())
    for name in ("p_median", "p_share", "p_average_z"):
        joint[f"{name}_adjusted"] = adjust(joint[name])
    found = work.counts(rows, skipped, len(fits) + len(failed))
    said = _sentences(found, classified, skipped, config, work, drawn)
    document = {
        "rule": str(rule),
        "about": f"topics of {backend}, seed {seed}, the fit most like the others; slope and "
        "interval of a claim are those of the run, over all its seeds",
        "choices": {
            c: list(dict.fromkeys(str(getattr(g, c)) for g in grid.cells)) for c in CHOICES
        },
        "counts": found,
        "joint_test": {
            "shuffles": config.multiverse.shuffles,
            "block": work.block,
            "statistics": "median slope (log-odds a year), share significant in the commoner "
            "direction, average normal score; "
            "joint_p in claims.csv is that of the average score, not adjusted for the number of "
            "claims",
            "claims": json.loads(joint.to_json(orient="records")),
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
    notes["claims"] = {"backend": backend, "rule": str(rule)}
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
    with plots.style(config.figures.venue):
        # A venue without the height for all claims shows the most notable ones.
        Sheets(folder, formats).keep(
            "specification-overview",
            lambda n: plots.overview(rows, classified if n is None else ordered.head(n)),
        )
        for topic in ordered["topic"].head(NOTABLE):
            claim = classified.loc[classified["topic"] == topic]
            specs = rows.loc[rows["topic"] == topic]
            if specs["slope"].notna().sum() > 1:
                plots.save(plots.curve(specs, claim), folder, formats)
    return {}


class _Specifications:
    """Results of all specifications, gathered fit by fit."""

    def __init__(
        self, grid: Grid, corpus: Corpus, config: RunConfig, reference: Topics, labels: list[str]
    ) -> None:
        self.grid, self.config, self.reference, self.labels = grid, config, reference, labels
        self.seeds = dict(
            zip(("alignment", "shuffles"), seeds_from(config.rng, "multiverse", 2), strict=True)
        )
        self.n_documents = len(corpus)
        self.row = {doc: i for i, doc in enumerate(corpus.ids)}
        dated = np.flatnonzero(corpus.dated)
        # The corpus is in the order of time, so the place of a dated document is its rank among
        # these.
        self.places = np.full(len(corpus), -1, dtype=np.int64)
        self.places[dated] = np.arange(len(dated))
        self.periods: dict[str, Periods | str] = {}
        for period in dict.fromkeys(g.period_length for g in grid.cells):
            try:
                self.periods[period] = periods_of(
                    corpus, period=period, imprecise=config.prevalence.imprecise
                )
            except DataError as error:
                self.periods[period] = str(error)
        own = self.periods[grid.cells[0].period_length]
        if isinstance(own, str):
            raise DataError(own)
        typical = float(np.median(own.n_docs[own.n_docs > 0]))
        self.block = config.multiverse.block or max(1, round(typical))
        self.orders = specification.block_orders(
            len(dated), self.block, config.multiverse.shuffles, self.seeds["shuffles"]
        )
        self.cells: dict[Specification, list[Specification]] = defaultdict(list)
        for cell in grid.cells:
            self.cells[grid.simple(cell).fit].append(cell)
        #: Cell of the grid → the specification that it is.
        self.same: dict[Specification, Specification] = {}
        self.frames: dict[Specification, pd.DataFrame] = {}
        self.log_odds: list[np.ndarray] = []
        self.p_adjusted: list[np.ndarray] = []
        self.z: list[np.ndarray] = []
        self.skips: Counter[tuple[str, str, str]] = Counter()
        self.unmatched_topics = 0

    def skip(self, choice: str, level: str, wanted: Specification, reason: str) -> None:
        self.skips[choice, level, reason] += len(self.cells[wanted])

    def add(self, wanted: Specification, fit: Topics, seed: int) -> None:
        """All specifications that share a fit."""
        rows = np.array([self.row[doc] for doc in fit.doc_ids], dtype=np.int64)
        places = self.places[rows]
        match = align(self.reference, fit, rng=self.seeds["alignment"])
        partner = [match.partner(k) for k in range(self.reference.n_topics)]
        alike = dict(zip(match.pairs[:, 0].tolist(), match.similarity.tolist(), strict=True))
        self.unmatched_topics += len(match.unmatched_right)
        facts = {
            "one_hot": specification.is_one_hot(fit),
            "all_assigned": specification.all_assigned(fit, np.flatnonzero(places >= 0)),
        }
        refused: set[Specification] = set()
        for cell in self.cells[wanted]:
            spec = self.grid.simple(cell, **facts)
            if spec in self.frames:
                self.same[cell] = spec
                continue
            periods = self.periods[spec.period_length]
            try:
                if isinstance(periods, str):
                    raise DataError(periods)
                here = replace(periods, index=periods.index[rows], weights=periods.weights[rows])
                found = specification.estimate(
                    fit,
                    here,
                    places,
                    self.orders,
                    theta=spec.theta,
                    denominator=spec.denominator,
                    level=self.config.prevalence.level,
                )
            except DataError as error:
                refused.add(spec)
                self.skips["period_length", spec.period_length, str(error)] += 1
                continue
            self.same[cell] = spec
            self._keep(spec, found, partner, alike, seed)

    def _keep(
        self,
        spec: Specification,
        found: specification.Estimates,
        partner: list[int | None],
        alike: dict[int, float],
        seed: int,
    ) -> None:
        lines = []
        table: list[dict[str, Any]] = found.table.to_dict("records")  # type: ignore[assignment]
        for k, other in enumerate(partner):
            line: dict[str, Any] = {
                "topic": k,
                "label": self.labels[k],
                "partner": -1 if other is None else other,
            }
            line["similarity"] = alike.get(k, np.nan)
            for name in ("slope", "lower", "upper", "log_odds", "p", "p_adjusted", "z"):
                line[name] = np.nan if other is None else float(table[other][name])
            line["n_docs"] = found.n_docs
            line["note"] = "no matching topic" if other is None else str(table[other]["note"])
            lines.append(line)
        frame = pd.DataFrame(lines)
        for at, (name, value) in enumerate(
            {"specification": spec.name, **asdict(spec), "fit_seed": seed}.items()
        ):
            frame.insert(at, name, value)
        self.frames[spec] = frame
        columns = [0 if other is None else other for other in partner]
        known = np.array([other is not None for other in partner])
        for kept, name in (
            (self.log_odds, "log_odds"),
            (self.p_adjusted, "p_adjusted"),
            (self.z, "z"),
        ):
            null = getattr(found, name)[:, columns]
            real = frame[name].to_numpy(dtype=float)
            kept.append(np.where(known, np.vstack([real, null]), np.nan))

    def rows(self) -> pd.DataFrame:
        """One row per specification and claim."""
        if not self.frames:
            reasons = "; ".join(f"{level}: {reason}" for _, level, reason in self.skips)
            message = f"No specification of the multiverse could be carried out. {reasons}"
            raise DataError(message)
        stands = Counter(self.same.values())
        out = []
        for spec, frame in self.frames.items():
            frame = frame.copy()
            frame.insert(len(CHOICES) + 2, "cells", stands[spec])
            out.append(frame)
        return pd.concat(out, ignore_index=True)

    def by_cell(self, rows: pd.DataFrame) -> pd.DataFrame:
        """One row per cell of the grid and claim."""
        cells = pd.DataFrame(
            [{**asdict(cell), "specification": spec.name} for cell, spec in self.same.items()]
        )
        return cells.merge(
            rows[["specification", "topic", "label", "slope"]],
            on="specification",
            how="left",
            sort=False,
        )

    def skipped(self) -> pd.DataFrame:
        """What could not be carried out, counted in cells of the grid."""
        lines = [(c, level, n, reason) for (c, level, reason), n in self.skips.items()]
        return pd.DataFrame(lines, columns=["choice", "level", "cells", "reason"])

    def counts(self, rows: pd.DataFrame, skipped: pd.DataFrame, n_fits: int) -> dict[str, int]:
        """How many of everything."""
        return {
            "cells": len(self.grid.cells),
            "specifications": len(self.frames),
            "identical_cells": len(self.same) - len(self.frames),
            "skipped_cells": int(skipped["cells"].sum()) if len(skipped) else 0,
            "fits": n_fits,
            "claims": len(self.labels),
            "claims_without_partner": int((rows["partner"] < 0).sum()),
            "topics_without_claim": self.unmatched_topics,
            "near_duplicates": 0
            if self.grid.unique is None
            else self.n_documents - len(self.grid.unique),
        }


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
    work: _Specifications,
    drawn: Mapping[float, Split],
) -> list[str]:
    verdicts = ", ".join(f"{n} {name}" for name, n in classified["verdict"].value_counts().items())
    out = [
        (
            f"Multiverse: {found['specifications']} specifications from {found['fits']} fits. "
            f"Claims about the topics of {config.models.backends[0]}: {verdicts}."
        )
    ]
    if found["identical_cells"]:
        out.append(
            f"{found['identical_cells']} of {found['cells']} combinations of choices are the same "
            "as another one "
            "(a choice that cannot matter there) and count once."
        )
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
    for row in classified.loc[classified["verdict"] != "not detected"].itertuples(index=False):
        out.append(
            f"{row.label}: {row.direction}, {row.slope:+.2f} points a year ({row.lower:+.2f} to "
            f"{row.upper:+.2f}), {row.verdict}; "
            f"{row.agreement:.0%} of specifications agree in sign, {row.agreement_significant:.0%} "
            "in significance; "
            f"joint p {row.joint_p:.2g}; the choice that moves it most is "
            f"{row.choice_that_matters or 'none'}."
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
