"""What every registered figure must keep, in every venue."""

from __future__ import annotations

import matplotlib as mpl
import pytest
import submission
from gallery import PLACES, faults, of_shape, texts_of

import trends.plots as plots
from trends.plots.theme.venues import VENUES
from trends.reports.content import SECTIONS

DRAWS = of_shape("pretraining")


@pytest.mark.slow
@pytest.mark.parametrize("name", plots.FIGURES)
def test_a_figure_keeps_the_contract(name):
    says = plots.FIGURES.load(name).declaration
    assert says.name == name and says.section in {"", *SECTIONS}
    draws = [draw for recipe, draw in DRAWS.items() if recipe.partition(" ")[0] == name]
    assert draws, "no made-up table for it in tests/plots/recipes.py"
    at, before = sorted(plots.FIGURES).index(name), dict(mpl.rcParams)
    # Every figure in the narrowest place, and in one more place in turn.
    for venue, width in dict.fromkeys([("icml", "column"), PLACES[at % len(PLACES)]]):
        with plots.style(venue, width=width):
            for draw in draws:
                drawn = draw()
                found = faults(drawn.figure, texts_of(drawn.figure))
                assert not found, (venue, width, found[:3])
                assert drawn.figure.get_figheight() <= VENUES[venue].height + 1e-6
                assert drawn.figure_name == name and drawn.venue == venue
                assert drawn.caption.endswith((".", ". ")) and drawn.alt.endswith(".")
                assert len(drawn.data) and drawn.title + drawn.stem
            again = draws[-1]()
    submission.check(drawn, venue, width)
    assert drawn.encoded("svg") == drawn.encoded("svg") == again.encoded("svg")
    assert dict(mpl.rcParams) == before
