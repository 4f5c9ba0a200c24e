"""Results of all specifications of a multiverse, gathered fit by fit."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from trends.analysis.alignment.hungarian import align
from trends.analysis.prevalence.clusters import cluster_codes
from trends.analysis.prevalence.periods import Periods
from trends.analysis.robustness import specification
from trends.analysis.robustness.claims import specification_rows
from trends.analysis.robustness.multiverse import (
    CHOICES,
    Specification,
)
from trends.core import Corpus, Topics
from trends.core.computing.rng import seeds_from
from trends.errors import DataError
from trends.models import BACKENDS
from trends.runs.config.settings import RunConfig
from trends.runs.studies.multiverse_edits import Curated
from trends.runs.studies.multiverse_plan import Grid
from trends.runs.tasks.analysis_parts.periods import clusters_of, periods_of


class Specifications:
    """Results of all specifications, gathered fit by fit."""

    def __init__(
        self,
        grid: Grid,
        corpus: Corpus,
        config: RunConfig,
        reference: Topics,
        labels: list[str],
        curated: Curated,
    ) -> None:
        self.curated = curated
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
        named = clusters_of(corpus, config.prevalence.cluster)
        self.clusters = None if named is None else cluster_codes(named, len(corpus))[0]
        self.periods: dict[str, Periods | str] = {}
        for period in dict.fromkeys(g.period_length for g in grid.cells):
            try:
                self.periods[period] = periods_of(
                    corpus, **{**config.prevalence.calendar, "period": period}
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
        self.z: list[np.ndarray] = []
        self.skips: Counter[tuple[str, str, str]] = Counter()
        self.unmatched_topics = 0

    def skip(self, choice: str, level: str, wanted: Specification, reason: str) -> None:
        """Count the cells of what could not be carried out."""
        self.skips[choice, level, reason] += len(self.cells[wanted])

    def add(self, wanted: Specification, fit: Topics, seed: int) -> None:
        """All specifications that share a fit, with and without the user's edits."""
        levels = dict.fromkeys(cell.edits for cell in self.cells[wanted])
        edited = self.curated.of(fit) if "curated" in levels else None
        for level in levels:
            # Where no edit could be carried out, both levels are the fit as it is.
            topics = edited if level == "curated" and edited is not None else fit
            cells = [cell for cell in self.cells[wanted] if cell.edits == level]
            self._add(cells, topics, seed, edited=edited is not None)

    def _add(self, cells: list[Specification], fit: Topics, seed: int, *, edited: bool) -> None:
        rows = np.array([self.row[doc] for doc in fit.doc_ids], dtype=np.int64)
        places = self.places[rows]
        match = align(self.reference, fit, rng=self.seeds["alignment"])
        partner = [match.partner(k) for k in range(self.reference.n_topics)]
        alike = dict(zip(match.pairs[:, 0].tolist(), match.similarity.tolist(), strict=True))
        self.unmatched_topics += len(match.unmatched_right)
        facts = {
            "one_hot": specification.is_one_hot(fit),
            "all_assigned": specification.all_assigned(fit, np.flatnonzero(places >= 0)),
            "edited": edited,
        }
        refused: set[Specification] = set()
        for cell in cells:
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
                    spans=self.config.prevalence.spans,
                    level=self.config.prevalence.level,
                    clusters=None if self.clusters is None else self.clusters[rows],
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
        frame = specification_rows(spec.name, found.table, partner)
        frame.insert(2, "label", self.labels)
        frame["similarity"] = [alike.get(k, np.nan) for k in range(len(partner))]
        frame["n_docs"] = found.n_docs
        family = BACKENDS.load(spec.backend).family
        of_fit = {"fit_seed": seed, "family": family, "fit": spec.fit.name}
        for at, (name, value) in enumerate({**asdict(spec), **of_fit}.items(), start=1):
            frame.insert(at, name, value)
        self.frames[spec] = frame
        # The last column stands for topics without a partner.
        padded = np.pad(found.z, ((0, 0), (0, 1)), constant_values=np.nan)
        self.z.append(padded[:, frame["partner"]])

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
