"""Measure the error rates of intervals and tests on simulated truth.

Write CSV, JSON and a table in Markdown.

python experiments/calibration/run.py --tier quick          # some twenty seconds, for a first look
python experiments/calibration/run.py --tier full           # the committed result, about four
minutes on one core
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from importlib.metadata import version
from pathlib import Path

import error_rates
import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent

#: Corpora per cell of each measurement.
TIERS = {
    "quick": {
        "share_intervals": 10,
        "slope_intervals": 30,
        "discoveries": 60,
        "sign_errors": 10,
        "power_curves": 20,
        "autocorrelated": 10,
    },
    "full": {
        "share_intervals": 100,
        "slope_intervals": 600,
        "discoveries": 800,
        "sign_errors": 200,
        "power_curves": 400,
        "autocorrelated": 200,
    },
}

WHAT = {
    "A1": "share interval covers the true share (nominal .95)",
    "A2": "slope interval covers the true slope (nominal .95)",
    "A3": "flat series called a trend at p < .05",
    "A4": "false-discovery rate at q = .05",
    "A5": "wrong sign among discoveries",
    "A6": "power, beside the table to reproduce",
    "A13": "flat series called a trend under autocorrelation",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tier", choices=list(TIERS), default="quick")
    parser.add_argument(
        "--rng",
        type=int,
        default=20260301,
        help="seed of all simulations; recorded with the results",
    )
    parser.add_argument("--out", type=Path, default=HERE / "results")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    frames, seconds = [], {}
    for name, corpora in TIERS[options.tier].items():
        begin = time.perf_counter()
        frames.append(getattr(error_rates, name)(corpora, options.rng))
        seconds[name] = round(time.perf_counter() - begin, 1)
        print(f"{name}: {seconds[name]} s")
    table = pd.concat(frames, ignore_index=True)
    table = table.sort_values("row", key=lambda r: r.str[1:].astype(int), kind="stable")
    front = ["row", "value", "se", "demand", "met"]
    table = table[[*front[:1], *[c for c in table.columns if c not in front], *front[1:]]]
    table.to_csv(
        options.out / f"{options.tier}.csv", index=False, float_format="%.6g", lineterminator="\n"
    )
    record = {
        "tier": options.tier,
        "rng": options.rng,
        "corpora_per_cell": TIERS[options.tier],
        "seconds": seconds,
        "versions": {
            "python": platform.python_version(),
            **{p: version(p) for p in ("numpy", "scipy", "topic-trends")},
        },
    }
    (options.out / f"{options.tier}.json").write_text(
        json.dumps(record, indent=1) + "\n", encoding="utf-8"
    )
    text = summary(table)
    (options.out / f"{options.tier}.md").write_text(text, encoding="utf-8")
    print(text)


def summary(table: pd.DataFrame) -> str:
    """The range of each row over its cells, the cells that miss their demand named."""
    lines = [
        "| # | what | cells | lowest | highest | largest SE | demand | met |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row, part in table.groupby("row", sort=False):
        if row in ("A6", "A13"):
            continue
        demand = part["demand"].value_counts().index[0]
        met = f"{int(part['met'].astype(bool).sum())} of {len(part)}"
        lines.append(
            f"| {row} | {WHAT[row]} | {len(part)} | {part['value'].min():.4f} | "
            f"{part['value'].max():.4f} | {part['se'].max():.4f} | {demand} | {met} |"
        )
    power = table[table["row"] == "A6"]
    away = (power["value"] - power["table"]).abs()
    lines.append(
        f"| A6 | {WHAT['A6']} | {len(power)} | | largest difference {away.max():.3f} | "
        f"{power['se'].max():.4f} | within .05 | {int(power['met'].astype(bool).sum())} of "
        f"{len(power)} |"
    )
    shown = power.loc[
        power["met"] == False,  # noqa: E712
        ["base", "periods", "slope", "median_documents", "table", "value", "se"],
    ]
    slow = table[table["row"] == "A13"]
    flat = slow[(slow["slope"] == 0) & (slow["test"] != "flagged")]
    steep = slow[(slow["slope"] == 1) & (slow["test"] != "flagged")]
    out = [
        "\n".join(lines),
        "",
        (
            "Slope intervals by number of periods (coverage, lowest and highest over noise "
            "models and "
            "slopes):"
        ),
        "",
    ]
    slopes = table[table["row"] == "A2"].groupby("periods")["value"].agg(["min", "max"])
    out += [
        "| periods | lowest | highest |",
        "|---|---|---|",
        *[f"| {int(t)} | {r['min']:.3f} | {r['max']:.3f} |" for t, r in slopes.iterrows()],
    ]
    found = table[(table["row"] == "A4") & (table["movers"] > 0)]
    out += ["", "True-positive rate of false-discovery control with movers of 1.5 log-odds:", ""]
    out += [
        (
            "| noise | topics | periods | movers | false discoveries | true positives | false, "
            "Benjamini–Yekutieli |"
        ),
        "|---|---|---|---|---|---|---|",
    ]
    out += [
        f"| {r.noise} | {r.topics:.0f} | {r.periods:.0f} | {r.movers:.0f} | {r.value:.3f} ± "
        f"{r.se:.3f} | {r.true_positive_rate:.2f} | {r.value_by:.3f} |"
        for r in found.itertuples()
    ]
    out += [
        "",
        (
            "Power at p < .05 (median documents a period 30 / 100 / 300 / 1000; in brackets "
            "the table "
            "to reproduce):"
        ),
        "",
    ]
    out += ["| share | periods | slope .5 | slope 1 | slope 2 |", "|---|---|---|---|---|"]
    for (base, periods), part in power.groupby(["base", "periods"], sort=False):
        cells = [
            " / ".join(f"{v:.2f}" for v in p["value"])
            + " ("
            + " / ".join(f"{v:.2f}" for v in p["table"])
            + ")"
            for _, p in part.groupby("slope")
        ]
        out.append(f"| {base:g} | {periods:.0f} | {' | '.join(cells)} |")
    if len(shown):
        out += [
            "",
            f"{len(shown)} cells of the power table differ by more than .05:",
            "",
            *_markdown(shown),
        ]
    out += [
        "",
        (
            "Autocorrelated shocks, 24 periods, 20 topics, shock sd .3 (flat series "
            "rejected; series "
            "of slope 1 found):"
        ),
        "",
    ]
    out += ["| autocorrelation | test | flat rejected | slope 1 found |", "|---|---|---|---|"]
    out += [
        f"| {a.autocorrelation:g} | {a.test} | {a.value:.3f} ± {a.se:.3f} | {b.value:.3f} ± "
        f"{b.se:.3f} |"
        for a, b in zip(flat.itertuples(), steep.itertuples(), strict=True)
    ]
    return "\n".join(out) + "\n"


def _markdown(frame: pd.DataFrame) -> list[str]:
    head = ["| " + " | ".join(frame.columns) + " |", "|" + "---|" * len(frame.columns)]
    return head + [
        "| " + " | ".join(f"{v:.3g}" for v in row) + " |" for row in np.asarray(frame, dtype=float)
    ]


if __name__ == "__main__":
    main()
