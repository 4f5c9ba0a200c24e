"""From measured cells to the rows of the table of error rates."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from counts import SHAPES

#: Power of the two tests of release 0.1 on the same draws (40 corpora a cell): the main test, which
#: erred under serial correlation, and the companion, which decided there.
FIRST_RELEASE = Path(__file__).resolve().parent / "results" / "first_release.csv"


def rows(table: pd.DataFrame) -> pd.DataFrame:
    """One line per demand: how many cells meet it, and the worst of them."""
    table = table.assign(
        T=table["cell"].str.extract(r" T(\d+)")[0].astype(int),
        memory=table["cell"].str.extract(r" r(half )?([\d.]+)")[1].astype(float),
        shape=table["cell"].str.extract(f" ({'|'.join(SHAPES)})[0-9]")[0],
    )
    flat = table[table["group"] == "flat"]
    shapes = table[table["group"] == "shape"]
    monotone = shapes[shapes["shape"].isin(["linear", "logistic", "step"])]
    ends = shapes[shapes["shape"].isin(["wave", "burst"])]
    low, high = flat["memory"] <= 0.5, flat["memory"] > 0.5
    lines = [
        _line("B1", "flat topics at p < .05, correlation up to .5", flat[low], "size", 0.06),
        _line(
            "B1", "the same, correlation .8, of all or half of the topics", flat[high], "size", 0.09
        ),
        _line("B2", "flat corpora with any discovery", flat, "any", 0.05, slack=2),
        _line(
            "B3",
            "interval of change and slope covers, correlation up to .5, flat",
            flat[low],
            "coverage",
            0.93,
            above=True,
        ),
        _line("B3", "the same, correlation .8", flat[high], "coverage", 0.90, above=True),
        _line(
            "B5",
            "false discoveries with 4 or 5 movers",
            table[table["group"] == "movers"],
            "false",
            0.05,
            slack=2,
        ),
        _line(
            "B6",
            "thin periods: flat topics at p < .05",
            table[table["group"] == "thin"],
            "size",
            0.06,
        ),
        _line(
            "B6",
            "thin periods: any discovery",
            table[table["group"] == "thin"],
            "any",
            0.05,
            slack=2,
        ),
        _line(
            "B7",
            "interval of the change covers, five shapes, correlation up to .5",
            shapes[shapes["memory"] <= 0.5],
            "coverage",
            0.93,
            above=True,
        ),
        _line(
            "B7",
            "the same, correlation .8",
            shapes[shapes["memory"] > 0.5],
            "coverage",
            0.93,
            above=True,
        ),
        _line(
            "B7",
            "the same in percentage points, correlation up to .5",
            shapes[shapes["memory"] <= 0.5],
            "points",
            0.93,
            above=True,
        ),
        _line(
            "B8",
            "waves and bursts with equal ends called rising or falling",
            ends,
            "changed_not_turned",
            0.05,
        ),
        _line("B8", "flat called turned", flat, "turned", 0.02),
        _line("B8", "monotone called turned", monotone, "turned", 0.02),
        _line(
            "B8",
            "hump of 2 log-odds found, 12 periods and more, correlation up to .5",
            table[(table["group"] == "hump") & (table["T"] >= 12) & (table["memory"] <= 0.5)],
            "turned",
            0.90,
            above=True,
        ),
    ]
    lines[5:5] = _power(monotone)
    return pd.DataFrame([line for line in lines if line])


def _power(monotone: pd.DataFrame) -> list[dict[str, Any]]:
    """B4: power against the tests of the first release on the same draws."""
    both = monotone.merge(pd.read_csv(FIRST_RELEASE), on="cell")
    linear = both[(both["shape"] == "linear") & (both["memory"] == 0)]
    linear = linear.assign(lost=linear["main_test"] - linear["size"], lost_se=linear["size_se"])
    curved = both[(both["shape"] != "linear") & (both["memory"] > 0) & (both["T"] >= 12)]
    curved = curved.assign(gain=curved["size"] - curved["companion"], gain_se=curved["size_se"])
    return [
        _line(
            "B4",
            "power lost against the first main test, no correlation, lines, T >= 24",
            linear[linear["T"] >= 24],
            "lost",
            0.07,
        ),
        _line("B4", "the same, T = 12", linear[linear["T"] == 12], "lost", 0.12),
        _line(
            "B4",
            "power gained against the first companion, logistic curves and steps, "
            "correlation .5 and .8",
            curved,
            "gain",
            0.0,
            above=True,
        ),
    ]


def _line(
    row: str,
    what: str,
    cells: pd.DataFrame,
    column: str,
    limit: float,
    *,
    above: bool = False,
    slack: float = 0,
) -> dict[str, Any]:
    part = cells.dropna(subset=[column]) if column in cells else cells.head(0)
    if part.empty:
        return {}
    value, error = part[column], part[f"{column}_se"]
    met = value >= limit if above else value <= limit + slack * error
    # A cell at its limit lands on either side of it by chance.
    near = value + 2 * error >= limit if above else value <= limit + max(slack, 2) * error
    worst = part.loc[value.idxmin() if above else value.idxmax()]
    return {
        "row": row,
        "what": what,
        "cells": len(part),
        "median": float(np.median(value)),
        "worst": float(worst[column]),
        "worst_se": float(worst[f"{column}_se"]),
        "worst_cell": re.sub(r"^\w+ ", "", str(worst["cell"])),
        "demand": f"{'>=' if above else '<='} {limit:g}{' + 2 SE' if slack else ''}",
        "met": int(met.sum()),
        "within_2_se": int(near.sum()),
    }


def summary(found: pd.DataFrame, table: pd.DataFrame) -> str:
    """The rows in Markdown, then power by number of periods and correlation."""
    head = "| # | what | cells | median | worst (± SE) | worst cell | demand | met | within 2 SE |"
    out = [head, "|---|---|---|---|---|---|---|---|---|"]
    out += [
        f"| {r.row} | {r.what} | {r.cells} | {r.median:.3f} | {r.worst:.3f} ± {r.worst_se:.3f} | "
        f"{r.worst_cell} | {r.demand} | {r.met} of {r.cells} | {r.within_2_se} of {r.cells} |"
        for r in found.itertuples()
    ]
    moved = table[table["group"] == "shape"]
    out += ["", "Found at p < .05 where the log-odds change by 1.2:", ""]
    out += ["| cell | found | wrong sign among them | coverage |", "|---|---|---|---|"]
    out += [
        f"| {re.sub(r'^shape ', '', r.cell)} | {r.size:.2f} | {r.sign:.3f} | {r.coverage:.3f} |"
        for r in moved[["cell", "size", "sign", "coverage"]].itertuples()
        if np.isfinite(r.sign)
    ]
    walks = table[table["group"] == "walk"]
    out += ["", "Random walks of .1 a period (no trend, and no stationary shock either):", ""]
    out += ["| cell | found at p < .05 | estimated correlation | topics warned of |"]
    out += ["|---|---|---|---|"]
    out += [
        f"| {r.cell} | {r.size:.3f} | {r.autocorrelation:.2f} | {r.warned:.2f} |"
        for r in walks[["cell", "size", "autocorrelation", "warned"]].itertuples()
    ]
    return "\n".join(out) + "\n"
