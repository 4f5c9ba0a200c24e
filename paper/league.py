"""The league in the paper: ways of testing trends on the same corpora, from its results."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numbers_tex import count, escaped, rate, tabular
from quantities import EXPERIMENTS, beside

FOLDER = EXPERIMENTS / "league"
OURS = "ours"
#: The cells that the text shows.
YEARS, SHOCK, MIDDLE, MOVE = 15, 0.2, 0.5, 1.0


#: The bands that are read off the posterior of a model.
BANDS = ("draws", "dirichlet")


@cache
def bands() -> pd.DataFrame:
    """What intervals of a year's share hold: (cell, interval) × truths."""
    with beside(FOLDER):
        own = importlib.import_module("bands")
    return pd.DataFrame(own.rates(pd.read_csv(FOLDER / "bands.csv")))


@cache
def modules() -> tuple[Any, Any]:
    """The experiment's own cells and names."""
    with beside(FOLDER):
        return importlib.import_module("corpora"), importlib.import_module("run")


def results() -> pd.DataFrame:
    """One row a cell and contestant: rates over all its corpora."""
    done = pd.read_csv(FOLDER / "results.csv")
    sums = done.groupby(["cell", "contestant"]).sum(min_count=1, numeric_only=True)
    return sums.div(sums["corpora"], axis=0).assign(corpora=sums["corpora"])


def _cells() -> dict[str, str]:
    """Columns of the table: heading → name of the cell, all of the same length and size."""
    corpora, _ = modules()
    shocks = {
        rf"\heads{{shocks,}}{{$\rho={r:g}$}}": corpora.Cell(YEARS, shock=SHOCK, correlation=r)
        for r in (0.0, MIDDLE, 0.8)
    }
    named = {r"\heads{no}{shocks}": corpora.Cell(YEARS), **shocks}
    return {head: cell.name for head, cell in named.items()}


def moving() -> str:
    """The cell in which coverage and the movers found are shown."""
    corpora, _ = modules()
    return str(corpora.Cell(YEARS, shock=SHOCK, correlation=MIDDLE, move=MOVE).name)


def flat() -> pd.DataFrame:
    """Rates of p at most .05 among flat topics: cells with shocks × contestants."""
    corpora, _ = modules()
    names = [c.name for c in corpora.cells() if c.shock and not c.move]
    return results()["small p"].unstack("contestant").loc[names]


def table() -> str:
    """Error rates of every contestant in cells of one length, with coverage and movers found."""
    _, run = modules()
    rates, cells = results(), _cells()
    rows = []
    for contestant, name in run.NAMES.items():
        wrong = [rate(rates.at[(cell, contestant), "small p"], 2) for cell in cells.values()]
        covered, found = (
            rate(rates.at[(moving(), contestant), column], 2)
            for column in ("covered", "movers found")
        )
        rows.append([escaped(name), *wrong, covered, found])
    head = ["", *cells, r"\heads{interval}{covers}", r"\heads{movers}{found}"]
    return tabular("l" + "r" * (len(head) - 1), head, rows, [0])


def numbers() -> dict[str, str]:
    """Numbers of the text about the league."""
    corpora, run = modules()
    shocked = flat()
    others = shocked.drop(columns=OURS)
    shown = results().loc[[*_cells().values(), moving()]]
    cell = corpora.Cell(YEARS, shock=SHOCK, correlation=MIDDLE, move=MOVE)
    return {
        "LeagueContestants": count(len(run.NAMES)),
        "LeagueCells": count(len(corpora.cells())),
        "LeagueCorpora": count(shown["corpora"].min()),
        "LeagueTopics": count(corpora.TOPICS),
        "LeagueYears": count(cell.years),
        "LeagueDocuments": count(cell.documents),
        "LeagueShock": rate(cell.shock, 1),
        "LeagueMiddle": rate(cell.correlation, 1),
        "LeagueMove": f"{cell.move:g}",
        "LeagueOursWorst": rate(shocked[OURS].max(), 2),
        "LeagueOthersLeast": rate(np.floor(others.max(axis=0).min() * 10) / 10, 1),
        "LeagueOthersWorst": rate(float(others.to_numpy().max()), 2),
        **_bands(),
    }


def _bands() -> dict[str, str]:
    """Smallest and largest coverage over the cells."""
    found = bands()
    theirs, own = (
        found[found.index.get_level_values("interval").isin(names)]
        for names in (BANDS, ("wilson",))
    )
    return {
        "LeagueBandDocumentsLeast": rate(theirs["of documents"].min(), 2),
        "LeagueBandDocumentsMost": rate(theirs["of documents"].max(), 2),
        "LeagueBandYearLeast": rate(theirs["of the year"].min(), 2),
        "LeagueBandYearMost": rate(theirs["of the year"].max(), 2),
        "LeagueBandOursYear": rate(own["of the year"].min(), 2),
        "LeagueBandOursShock": rate(own["without shock"].min(), 2),
    }


def bands_hold() -> bool:
    """That bands of the posterior hold the words better than documents, and these than the year."""
    found = bands().loc[(slice(None), list(BANDS)), :]
    nested = (found["of words"] > found["of documents"]) & (
        found["of documents"] > found["of the year"]
    )
    own = bands().xs("wilson", level="interval")
    lost = own["of the year"] - own["without shock"]
    return bool(
        nested.all()
        and found["of the year"].max() < 0.5
        and (own["of the year"] > 0.92).all()
        and lost[["no shock" not in str(cell) for cell in own.index]].gt(0).all()
    )


def holds() -> bool:
    """What the text says in words about the level and the movers found."""
    shocked, rates = flat(), results()["small p"].unstack("contestant")
    calm = rates.loc[next(iter(_cells().values()))]
    power = results()["movers found"].unstack("contestant").loc[moving()]
    return bool(
        (calm <= 0.06).sum() >= len(calm) - 1
        and shocked[OURS].max() <= 0.09
        and (shocked.drop(columns=OURS).max(axis=0) > 0.2).all()
        and (power.drop(OURS) > power[OURS]).all()
    )
