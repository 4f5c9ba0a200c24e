"""Made-up tables and every figure of them, for the tests of this folder."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

# Files beside this one that are no tests (made.py, recipes.py, gallery.py) are imported by their
# name.
sys.path.insert(0, str(Path(__file__).parent))

import made
from recipes import recipes


@pytest.fixture
def each_figure() -> Callable[..., dict[str, Callable[[], object]]]:
    return recipes


@pytest.fixture
def figures() -> list[str]:
    """Names of all registered figures."""
    import trends.plots as plots

    return list(plots.FIGURES)


@pytest.fixture
def tables() -> dict[str, Callable[..., pd.DataFrame]]:
    return {
        "prevalence": made.make_prevalence,
        "trends": made.make_trends,
        "curves": made.make_curves,
        "coverage": made.make_coverage,
        "dates": made.make_dates,
        "alignment": made.make_alignment,
        "words": made.make_words,
        "seeds": made.make_seeds,
        "crossed": made.make_crossed,
        "map": made.make_map,
        "marks": made.make_marks,
    }


@pytest.fixture
def labels() -> Callable[..., list[str]]:
    return made.make_labels
