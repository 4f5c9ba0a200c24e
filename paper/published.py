"""Published claims in the paper: verdicts by paper, and what the text says of them."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

import pandas as pd
from numbers_tex import count, escaped, rate, tabular
from quantities import EXPERIMENTS, beside

FOLDER = EXPERIMENTS / "published_claims"
RESULTS = FOLDER / "results"
#: Paper, by the beginning of its name → entry of references.bib, where there is one.
CITED = {"Griffiths": "griffiths2004", "Roberts": "roberts2019", "Hall": "hall2008"}


@cache
def modules() -> tuple[Any, Any]:
    """The experiment's rule and tables."""
    with beside(FOLDER):
        return importlib.import_module("rule"), importlib.import_module("tables")


def results() -> pd.DataFrame:
    """One row a claim."""
    return pd.read_csv(RESULTS / "results.csv")


def _name(paper: str) -> str:
    short = paper.partition(", ")[0].partition(" (")[0]
    if short.startswith("Roberts"):  # the first comma parts its authors
        short = "Roberts, Stewart and Tingley 2019"
    if short.startswith(("Hall", "Rule")):
        short = paper.partition(" 20")[0] + paper[paper.index(" 20") :][:5]
    key = next((key for start, key in CITED.items() if paper.startswith(start)), "")
    return escaped(short) + (rf" \citep{{{key}}}" if key else "")


def table() -> str:
    """Verdicts by paper."""
    rule, _ = modules()
    found = results()
    counts = pd.crosstab(found["paper"], found["verdict"]).reindex(
        columns=rule.VERDICTS, fill_value=0
    )
    rows = [
        [_name(paper), count(counts.loc[paper].sum()), *map(count, counts.loc[paper])]
        for paper in found["paper"].drop_duplicates()
    ]
    rows.append(["all", count(len(found)), *map(count, counts.sum())])
    head = ["paper", "claims", "survives", r"\heads{depends}{on choices}"]
    head += [r"\heads{does not}{survive}", "contradicted", r"\heads{cannot}{be tested}"]
    return tabular("l" + "r" * (len(head) - 1), head, rows, [len(rows) - 2])


def numbers() -> dict[str, str]:
    """Numbers of the text about published claims."""
    rule, tables = modules()
    found = results()
    tested = found[found["verdict"] != rule.UNTESTED]
    moving = tested[tested["direction"] != "no trend"]["verdict"].value_counts()
    same, of = tables.agreement(RESULTS)["all"]
    null = pd.read_csv(RESULTS / "nulls.csv")
    return {
        "PubPapers": count(found["paper"].nunique()),
        "PubClaims": count(len(found)),
        "PubTested": count(len(tested)),
        "PubMoving": count(moving.sum()),
        "PubSurvive": count(moving.get(rule.SURVIVES, 0)),
        "PubDepend": count(moving.get(rule.DEPENDS, 0)),
        "PubFail": count(moving.get(rule.FAILS, 0)),
        "PubSame": count(same),
        "PubRepeated": count(of),
        "PubShuffled": rate(null["survive"].max(), 3),
    }


def holds() -> bool:
    """What the text says in words: fewer than half of the claimed moves survive."""
    rule, tables = modules()
    found = results()
    moving = found[(found["direction"] != "no trend") & (found["verdict"] != rule.UNTESTED)]
    same, of = tables.agreement(RESULTS)["all"]
    null = pd.read_csv(RESULTS / "nulls.csv")
    return bool(
        (moving["verdict"] == rule.SURVIVES).mean() < 0.5
        and not (found["verdict"] == rule.CONTRADICTED).any()
        and same >= 0.9 * of
        and null["survive"].max() <= 0.05
    )
