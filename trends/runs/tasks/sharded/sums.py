"""The sums over all documents as tables of a run take them: by fit, period and topic."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy import sparse

from trends.analysis.prevalence.periods import Periods
from trends.analysis.prevalence.totals import DRAWS, UNIT, Totals
from trends.runs.tasks.sharded.aggregating import AGAIN, TOTALS, WORDED


class Sums:
    """Sums over all documents as they were added up.

    Parameters
    ----------
    folder : Path
        Of :func:`trends.runs.tasks.sharded.aggregating.add_up`.
    periods : Periods
        Whose last cell is followed by one for documents outside time.
    """

    def __init__(self, folder: Path, periods: Periods) -> None:
        self._table = pq.read_table(folder / TOTALS).to_pandas()
        self.periods = periods

    def _array(self, fit: str, name: str) -> NDArray[np.float64]:
        """Shape (cells, topics + 1), in documents; what no topic has is the last column."""
        rows = self._table[self._table["fit"] == fit]
        out = np.zeros((len(self.periods) + 1, int(rows["topic"].max()) + 2))
        out[rows["cell"], rows["topic"]] = rows[name] / UNIT
        return out

    def of(self, fit: str) -> Totals:
        """Of one fit, in its own topics, by period."""
        hard, mass, squares = (self._array(fit, n) for n in ("hard", "mass", "squares"))
        drawn = size = None
        if "draw_000" in self._table.columns:
            draws = np.stack([self._array(fit, f"draw_{d:03d}") for d in range(DRAWS)])
            drawn, size = draws[:, :-1, :-1], draws[:, :-1].sum(axis=2)
        inside = slice(0, -1), slice(0, -1)
        documents = hard[:-1].sum(axis=1)
        return Totals(hard[inside], mass[inside], squares[inside], documents, drawn, size)

    def once(self, fit: str) -> tuple[Totals, Periods]:
        """Of one fit without documents that nearly repeat an earlier one, and periods of these."""
        whole, again = self.of(fit), self.of(f"{fit}{AGAIN}")
        n = whole.documents - again.documents
        left = {
            name: getattr(whole, name) - getattr(again, name)
            for name in ("hard", "mass", "squares", "drawn", "drawn_documents")
            if getattr(whole, name) is not None
        }
        weights = sparse.csr_matrix(sparse.diags_array(n))
        periods = replace(
            self.periods, weights=weights, index=np.where(n > 0, np.arange(len(n)), -1)
        )
        return Totals(**left, documents=n), periods

    def repeats(self, fit: str) -> int:
        """Documents that nearly repeat an earlier one, in time or not."""
        return round(float(self._array(f"{fit}{AGAIN}", "hard").sum()))

    def overall(self, fit: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Documents of each topic, and their mass, in time or not; the last has no topic."""
        return self._array(fit, "hard").sum(axis=0), self._array(fit, "mass").sum(axis=0)

    @property
    def worded(self) -> NDArray[np.float64]:
        """Documents with words, by cell."""
        return self._array(WORDED, "hard")[:, 0]
