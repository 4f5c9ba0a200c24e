"""What the scripts of this folder share.

Where results are, the style of the paper, where figures go.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from trends import files, plots, store

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
#: Tables of the case study; `paper/snapshot.py` puts them there, as the results of a run are not in
#: the repository.
PRETRAINING = ROOT / "paper" / "results" / "pretraining"
DAILY_PAPERS = ROOT / "experiments" / "daily_papers" / "results"
CALIBRATION = ROOT / "experiments" / "calibration" / "results"
#: The venue whose text width the paper has.
VENUE = "a4"


def table(folder: Path, name: str) -> pd.DataFrame:
    """A table of results, as it was written."""
    return store.read_csv(folder / f"{name}.csv")


def drawn(draw: Callable[[], plots.Drawn]) -> plots.Drawn:
    """The figure in the style of the paper."""
    with plots.style(VENUE):
        return draw()


def publish(draw: Callable[[], plots.Drawn], folder: Path = HERE) -> None:
    """Write the figure, its data and its words beside the script."""
    for path in plots.save(drawn(draw), folder, ("pdf",)):
        print(
            path.relative_to(ROOT) if path.is_relative_to(ROOT) else path, files.sha256(path)[:12]
        )
