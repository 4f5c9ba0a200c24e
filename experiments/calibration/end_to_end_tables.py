"""From the lines of end_to_end.csv to rates with standard errors, as JSON and Markdown."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plans

PACKAGES = ("numpy", "scipy", "tomotopy", "bertopic", "umap-learn", "hdbscan", "topic-trends")
NAMES = {
    "hard": "hard labels",
    "mean": "mean theta",
    "oracle": "true shares of documents (no model)",
}


def ratio(part: pd.Series, whole: pd.Series) -> tuple[float, float]:
    """A ratio of sums over corpora and its standard error.

    Corpora are independent, the topics of one are not.
    """
    a, b = part.to_numpy(float), whole.to_numpy(float)
    value = a.sum() / b.sum()
    n = len(a)
    error = np.sqrt(n / max(n - 1, 1) * ((a - value * b) ** 2).sum()) / b.sum()
    if value in (0, 1):
        # All right or all wrong: no variation is seen, which does not say that there is none.
        shrunk = (a.sum() + 2) / (b.sum() + 4)
        error = np.sqrt(shrunk * (1 - shrunk) / (b.sum() + 4))
    return float(value), float(error)


def rate(hit: pd.Series) -> tuple[float, float]:
    """Share of corpora, and its binomial standard error (Agresti and Coull 1998, so that none of n
    is not without error).
    """
    n, k = len(hit), int(hit.sum())
    shrunk = (k + 2) / (n + 4)
    return k / n, float(np.sqrt(shrunk * (1 - shrunk) / (n + 4)))


def line(
    row: str, what: str, corpora: int, found: tuple[float, float], demand: str = "", note: str = ""
) -> dict[str, Any]:
    value, error = found
    met: bool | None = None
    if demand.startswith(">="):
        met = value >= float(demand[3:])
    elif demand == "<= 0.05 + 2 SE":
        met = value <= 0.05 + 2 * error
    elif demand.startswith("<="):
        met = value <= float(demand[3:])
    elif "–" in demand:
        low, high = demand.split("–")
        met = float(low) <= value <= float(high)
    return {
        "row": row,
        "what": what,
        "corpora": corpora,
        "value": value,
        "se": error,
        "demand": demand,
        "met": met,
        "note": note,
    }


def summarise(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """One entry per rate; a row that has not been measured has none."""
    out: list[dict[str, Any]] = []
    for row, make in MAKERS.items():
        part = frame[frame["row"] == row]
        if len(part):
            out += make(part)
    return out


def directions(part: pd.DataFrame) -> list[dict[str, Any]]:
    n, changed, matched = len(part), part["changed"], part["changed_matched"]
    out = []
    for e in ("hard", "mean"):
        got = ratio(part[f"{e}_right"], changed)
        out.append(
            line(
                "A7",
                f"direction right, {NAMES[e]}, topics without a partner counted as wrong",
                n,
                got,
                ">= 0.9",
            )
        )
    out.append(
        line(
            "A7",
            "direction right, hard labels, topics with a partner",
            n,
            ratio(part["hard_right"], matched),
        )
    )
    out.append(
        line("A7", f"direction right, {NAMES['oracle']}", n, ratio(part["oracle_right"], changed))
    )
    out.append(
        line(
            "A7", "changed topics with a partner among the fitted ones", n, ratio(matched, changed)
        )
    )
    for e in ("hard", "mean", "oracle"):
        out.append(
            line(
                "A7",
                f"changed topics found at q = .05 with the right sign, {NAMES[e]}",
                n,
                ratio(part[f"{e}_found"], changed),
            )
        )
    return out


def flat(part: pd.DataFrame) -> list[dict[str, Any]]:
    n = len(part)
    return [
        line(
            "A8",
            f"flat corpora with any discovery, {NAMES[e]}",
            n,
            rate(part[f"{e}_false"] > 0),
            "" if e == "oracle" else "<= 0.05 + 2 SE",
        )
        for e in ("hard", "mean", "oracle")
    ]


def coverage(part: pd.DataFrame) -> list[dict[str, Any]]:
    out = []
    for variant, lines in part.groupby("variant", sort=False):
        demand = "0.93–0.98" if variant == "six fits, hard" else ""
        name = str(variant).replace("hard", NAMES["hard"]).replace("mean", NAMES["mean"])
        out.append(
            line(
                "A9",
                f"interval covers the true share, {name}",
                len(lines),
                ratio(lines["covered"], lines["cells"]),
                demand,
            )
        )
    return out


def embedded(part: pd.DataFrame) -> list[dict[str, Any]]:
    still, moving = part[part["variant"] == "flat"], part[part["variant"] == "movers"]
    out = []
    if len(moving):
        n, changed = len(moving), moving["changed"]
        got = ratio(moving["hard_found"], moving["oracle_found"])
        out.append(line("A10", "changed topics found, relative to the oracle's", n, got, ">= 0.8"))
        out.append(
            line(
                "A10",
                "changed topics found at q = .05 with the right sign",
                n,
                ratio(moving["hard_found"], changed),
            )
        )
        out.append(
            line(
                "A10",
                f"changed topics found, {NAMES['oracle']}",
                n,
                ratio(moving["oracle_found"], changed),
            )
        )
        out.append(
            line(
                "A10",
                "changed topics with a partner among the fitted ones",
                n,
                ratio(moving["changed_matched"], changed),
            )
        )
        out.append(
            line(
                "A10",
                "direction right, topics with a partner",
                n,
                ratio(moving["hard_right"], moving["changed_matched"]),
            )
        )
        some = moving["hard_discoveries"].clip(lower=1)
        fdp = moving["hard_false"] / some
        out.append(
            line(
                "A10",
                "false-discovery rate where some topics move",
                n,
                (float(fdp.mean()), float(fdp.sem())),
                "<= 0.05 + 2 SE",
            )
        )
    if len(still):
        n = len(still)
        wanted = plans.FULL["A10"]
        short = f"{n} of {wanted} wanted" if n < wanted else ""
        out.append(
            line(
                "A10",
                "flat corpora with any discovery",
                n,
                rate(still["hard_false"] > 0),
                "<= 0.05 + 2 SE",
                short,
            )
        )
        out.append(
            line(
                "A10",
                f"flat corpora with any discovery, {NAMES['oracle']}",
                n,
                rate(still["oracle_false"] > 0),
            )
        )
        out.append(
            line(
                "A10",
                "documents without a topic",
                n,
                (float(still["unassigned"].mean()), float(still["unassigned"].sem())),
            )
        )
    return out


def drifting(part: pd.DataFrame) -> list[dict[str, Any]]:
    out = []
    for variant, name, demand in (
        ("matched", "with matched lengths", "<= 0.10"),
        ("whole", "without matching", ""),
    ):
        lines = part[part["variant"] == variant]
        for e in ("hard", "mean"):
            if len(lines):
                out.append(
                    line(
                        "A11",
                        f"any false trend {name}, {NAMES[e]}",
                        len(lines),
                        rate(lines[f"{e}_false"] > 0),
                        demand,
                    )
                )
    return out


def shuffled(part: pd.DataFrame) -> list[dict[str, Any]]:
    out = []
    for variant, lines in part.groupby("variant", sort=False):
        corpus, unit = str(variant).split(", ")
        size = f" of {int(lines['block'].iloc[0])}" if unit == "blocks" else ""
        moved = {
            "documents": "documents one by one",
            "blocks": f"blocks of neighbouring documents{size}",
            "periods": "whole periods",
        }[unit]
        n = int(lines["shuffles"].sum())
        for e in ("hard", "mean"):
            none = 1 - lines[f"{e}_false"].sum() / n
            error = float(np.sqrt(max(none * (1 - none), 1 / n) / n))
            what = f"shuffles of {corpus} without a discovery, {moved} moved, {NAMES[e]}"
            out.append(
                line(
                    "A12",
                    what,
                    len(lines),
                    (float(none), error),
                    ">= 0.95",
                    f"{n} shuffles over {len(lines)} fit(s)",
                )
            )
    return out


MAKERS = {
    "A7": directions,
    "A8": flat,
    "A9": coverage,
    "A10": embedded,
    "A11": drifting,
    "A12": shuffled,
}


def write(out: Path) -> str:
    """Write ``end_to_end.json`` and ``end_to_end.md`` from ``end_to_end.csv``; the table."""
    frame = plans.read(out / "end_to_end.csv")
    found = summarise(frame)
    record = {
        "rng": sorted({int(r) for r in frame["rng"]}),
        "corpora": {
            row: int(part["corpus"].nunique()) for row, part in frame.groupby("row", sort=False)
        },
        "seconds": {
            row: round(float(part["seconds"].sum()))
            for row, part in frame.groupby("row", sort=False)
        },
        "plans": plans.PLANS,
        "versions": {"python": platform.python_version(), **{p: version(p) for p in PACKAGES}},
        "rates": found,
    }
    (out / "end_to_end.json").write_text(
        json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    text = markdown(found)
    (out / "end_to_end.md").write_text(text, encoding="utf-8")
    return text


def markdown(found: list[dict[str, Any]]) -> str:
    """The rates as a table."""
    lines = [
        "| # | what | corpora | measured | SE | demand | met |",
        "|---|---|---|---|---|---|---|",
    ]
    for f in found:
        met = "" if f["met"] is None else "yes" if f["met"] else "no"
        what = f["what"] + (f" ({f['note']})" if f["note"] else "")
        lines.append(
            f"| {f['row']} | {what} | {f['corpora']} | {f['value']:.3f} | {f['se']:.3f} | "
            f"{f['demand']} | {met} |"
        )
    return "\n".join(lines) + "\n"
