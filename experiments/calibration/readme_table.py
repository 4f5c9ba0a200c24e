"""The error rates that the README shows, and those that the package says, from the results.

python experiments/calibration/readme_table.py
"""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pandas as pd
from tables import rows

HERE = Path(__file__).resolve().parent
#: The few rates that a run's text of methods says.
PACKAGED = HERE.parents[1] / "trends" / "reports" / "export" / "error_rates.csv"
BEGIN, END = (
    "<!-- error rates: written by experiments/calibration/readme_table.py -->",
    "<!-- end of error rates -->",
)


def short(value: float) -> str:
    """Three decimals without the leading zero."""
    return f"{value:.3f}".removeprefix("0")


def packaged(results: Path = HERE / "results") -> str:
    """Rates by name, as CSV: median and worst setting, its error, and how many settings."""
    lines = rows(pd.read_csv(results / "full.csv"))
    first = {name: lines[lines["row"] == name].iloc[i] for name, i in (("B1", 0), ("B2", 0))}
    cover = lines[lines["row"] == "B3"].iloc[0]
    named = {"flat_found": first["B1"], "any_discovery": first["B2"], "coverage": cover}
    table = pd.DataFrame(
        [
            {"rate": name, **row[["median", "worst", "worst_se", "cells"]].to_dict()}
            for name, row in named.items()
        ]
    )
    return str(table.to_csv(index=False, float_format="%.3f", lineterminator="\n"))


def text(results: Path = HERE / "results") -> str:
    """Three rates with their worst settings, and where all of them stand."""
    full = pd.read_csv(results / "full.csv")
    lines = rows(full)
    flat, lasting = (lines[lines["row"] == "B1"].iloc[i] for i in (0, 1))
    found = lines[lines["row"] == "B2"].iloc[0]
    cover = lines[lines["row"] == "B3"].iloc[0]
    cells = len(full)
    met, all_ = int(lines["met"].sum()), int(lines["cells"].sum())
    road = json.loads((results / "end_to_end.json").read_text(encoding="utf-8"))["rates"]
    whole = next(r for r in road if r["what"].startswith("flat corpora with any discovery, hard"))
    made = (
        f"- **Flat topics called changed at p < .05**: {short(flat['median'])} in the median "
        f"setting with serial correlation up to .5 (worst {short(flat['worst'])} ± "
        f"{short(flat['worst_se'])}), {short(lasting['median'])} with .8 (worst "
        f"{short(lasting['worst'])} ± {short(lasting['worst_se'])}).\n"
        f"- **Flat corpora with any discovery** at a false-discovery rate of .05: "
        f"{short(found['median'])} (worst {short(found['worst'])} ± {short(found['worst_se'])}); "
        f"through a topic model {short(whole['value'])} ± {short(whole['se'])} of "
        f"{whole['corpora']} corpora.\n"
        f"- **Intervals of the change that hold the true one** (nominal .95): "
        f"{short(cover['median'])} (worst {short(cover['worst'])} ± "
        f"{short(cover['worst_se'])}).\n\n"
        f"{cells} settings were simulated; {met} of {all_} demands on them are met. "
        "[The whole table](experiments/calibration/results/full.md) names the worst setting of "
        "each and what the test misses: few topics of which half have lasting shocks, and turns in "
        "short series."
    )
    return "\n".join(
        textwrap.fill(line, 118, subsequent_indent="  " * line.startswith("-"))
        for line in made.splitlines()
    )


def insert(readme: str, made: str) -> str:
    """The README with the text between its markers."""
    before, rest = readme.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    return f"{before}{BEGIN}\n{made}\n{END}{after}"


if __name__ == "__main__":
    page = HERE.parents[1] / "README.md"
    PACKAGED.write_text(packaged(), encoding="utf-8")
    page.write_text(insert(page.read_text(encoding="utf-8"), text()), encoding="utf-8")
