"""One backend of a run, as diagnostics and standardization look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.composition.table import composition
from trends.analysis.shapes.bands import fit_curves, with_bands
from trends.core import Prevalence, Topics, Trend
from trends.runs.config.settings import PrevalenceConfig
from trends.runs.tasks.analysis_parts.tables import tagged


@dataclass(frozen=True)
class Case:
    """What a diagnostic may look at: one backend of a run.

    Parameters
    ----------
    backend : str
        Its name.
    prototype : Topics
        The fit that stands for all.
    fits : sequence of ndarray
        All fits in the prototype's order, as in
        :func:`trends.analysis.prevalence.estimate.estimate`.
    shares : Prevalence
        Pooled over the fits.
    trend : Trend
        The trends that the run reports.
    clusters : pandas.Series, optional
        Author, thread or outlet of each document (``[prevalence] cluster``).
    """

    backend: str
    prototype: Topics
    fits: Sequence[NDArray[np.float64]]
    shares: Prevalence
    trend: Trend
    clusters: pd.Series | None = None

    def over_time(self, p: PrevalenceConfig, seed: int) -> dict[str, pd.DataFrame]:
        """Shares, trends, curves and composition, and seasons where trends have them.

        Parameters
        ----------
        p : PrevalenceConfig
            Spans and level.
        seed : int
            Of the bands of curves.
        """
        bands = fit_curves(self.shares, level=p.level, rng=seed, claims=False)
        out = {
            "prevalence": self.shares.frame(),
            "trends": self.trend.frame(),
            "curves": with_bands(self.trend.curves(), bands),
            "composition": composition(self.shares, self.trend, spans=p.spans, level=p.level),
        }
        if len(seasons := self.trend.seasons()):
            out["seasons"] = seasons
        return {name: tagged(frame, self.backend) for name, frame in out.items()}
