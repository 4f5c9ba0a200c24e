"""The table of error rates in the README, made from the committed results.

python experiments/calibration/readme_table.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

HERE = Path(__file__).resolve().parent
BEGIN, END = (
    "<!-- error rates: written by experiments/calibration/readme_table.py -->",
    "<!-- end of error rates -->",
)

#: Rows without a topic model: what, demand in words.
STATISTICS = {
    "A1": ("interval of a share covers the true share", ".93 to .97"),
    "A2": (
        "interval of a slope covers the true slope, 3 to 24 periods, four kinds of noise",
        ".93 to .97",
    ),
    "A3": ("flat series rejected at p < .05", "≤ .06"),
    "A4": ("false-discovery rate at q = .05", "≤ .05 + 2 SE"),
    "A5": ("wrong sign among discoveries", "≤ .01"),
    "A6": ("power, largest difference from a published table", "≤ .05"),
}
#: Rates of the whole road that the README shows: row, beginning of the rate's name, words.
ROAD = (
    (
        "A7",
        "direction right, hard labels, topics without",
        "direction of topics that change by more than .5 log-odds, Gibbs LDA, hard labels",
    ),
    ("A7", "direction right, mean theta", "the same, mean theta"),
    (
        "A8",
        "flat corpora with any discovery, hard",
        "flat corpora with any discovery, Gibbs LDA, hard labels",
    ),
    ("A8", "flat corpora with any discovery, mean", "the same, mean theta"),
    (
        "A9",
        "interval covers the true share, six fits, hard",
        "interval covers the true share, six fits pooled, hard labels",
    ),
    ("A9", "interval covers the true share, one fit, hard", "the same, one fit"),
    ("A9", "interval covers the true share, six fits, mean", "the same, six fits, mean theta"),
    (
        "A10",
        "changed topics found, relative",
        "BERTopic: changed topics found, relative to a model without error",
    ),
    ("A10", "flat corpora with any discovery", "BERTopic: flat corpora with any discovery"),
    ("A10", "false-discovery rate", "BERTopic: false-discovery rate where some topics move"),
    (
        "A11",
        "any false trend with matched lengths, hard",
        "flat corpora with any discovery, documents growing fourfold, lengths matched, hard labels",
    ),
    ("A11", "any false trend with matched lengths, mean", "the same, mean theta"),
    ("A11", "any false trend without matching, hard", "the same without matching, hard labels"),
    (
        "A12",
        "shuffles of pretraining without a discovery, documents",
        "packaged corpus, dates shuffled by documents: shuffles without a discovery, hard labels",
    ),
    (
        "A12",
        "shuffles of pretraining without a discovery, whole",
        "the same, whole periods shuffled",
    ),
    (
        "A12",
        "shuffles of pretraining without a discovery, blocks",
        "the same, blocks as long as a median period, of which small periods share one",
    ),
    (
        "A12",
        "shuffles of neurips without a discovery, documents",
        (
            "8,107 conference abstracts, "
            "dates shuffled by documents: "
            "shuffles without a discovery, "
            "hard labels"
        ),
    ),
    ("A12", "shuffles of neurips without a discovery, whole", "the same, whole periods shuffled"),
    (
        "A12",
        "shuffles of neurips without a discovery, blocks",
        "the same, blocks as long as a median period, of which small periods share one",
    ),
)
DEMANDS = {
    "<= 0.05 + 2 SE": "≤ .05 + 2 SE",
    ">= 0.9": "≥ .90",
    ">= 0.8": "≥ .80",
    ">= 0.95": "≥ .95",
    "<= 0.10": "≤ .10",
    "0.93–0.98": ".93 to .98",
}


def short(value: float) -> str:
    """Three decimals without the leading zero."""
    text = f"{value:.3f}"
    return text.removeprefix("0")


def table(results: Path = HERE / "results") -> str:
    """The table, from ``full.csv`` and ``end_to_end.json``."""
    full = pd.read_csv(results / "full.csv")
    road: list[dict[str, Any]] = json.loads(
        (results / "end_to_end.json").read_text(encoding="utf-8")
    )["rates"]
    lines = ["| # | what | corpora | measured (± SE) | demand | met |", "|---|---|---|---|---|---|"]
    for row, (what, demand) in STATISTICS.items():
        part = full[full["row"] == row]
        met = int(part["met"].astype(bool).sum())
        if row == "A6":
            measured = (
                f"{short((part['value'] - part['table']).abs().max())} ± {short(part['se'].max())}"
            )
        else:
            measured = (
                f"{short(part['value'].min())} to {short(part['value'].max())} (± "
                f"{short(part['se'].max())})"
            )
        lines.append(
            f"| {row} | {what} | {len(part)} cells | {measured} | {demand} | {met} of {len(part)} |"
        )
    for row, start, what in ROAD:
        for f in road:
            if (
                f["row"] == row
                and f["what"].startswith(start)
                and not f["what"].endswith("(no model)")
            ):
                met = "" if f["met"] is None else "yes" if f["met"] else "**no**"
                size = f["note"].split(" over ")[0] if f["note"] else f"{f['corpora']}"
                lines.append(
                    f"| {row} | {what} | {size} | {short(f['value'])} ± {short(f['se'])} | "
                    f"{DEMANDS.get(f['demand'], '')} | {met} |"
                )
                break
    slow = full[
        (full["row"] == "A13") & (full["slope"] == 0) & (full["autocorrelation"] == 0.5)
    ].set_index("test")
    for test, words in (
        ("main test", "the main test, which assumes that there is none"),
        ("prewhitened", "its prewhitened companion"),
    ):
        r = slow.loc[test]
        lines.append(
            "| A13 | flat series rejected at p < .05 under autocorrelation .5, 24 periods: "
            f"{words} | 200 | {short(r['value'])} ± {short(r['se'])} | printed | |"
        )
    return "\n".join(lines)


def insert(readme: str, text: str) -> str:
    """The README with the table between its markers."""
    before, rest = readme.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


if __name__ == "__main__":
    page = HERE.parents[1] / "README.md"
    page.write_text(insert(page.read_text(encoding="utf-8"), table()), encoding="utf-8")
