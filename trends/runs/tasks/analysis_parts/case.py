"""One backend of a run, as diagnostics and standardization look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.core import Prevalence, Topics, Trend


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
