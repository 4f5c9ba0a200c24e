"""Put the parts of both runs together, and write the tables of README.md and the documentation.

    python experiments/published_claims/tables.py [--work build/published_claims]

Without parts in the work folder only the tables are written again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from rule import UNTESTED, VERDICTS

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "about" / "published_claims.md"
BEGIN, END = (
    "<!-- {}: written by experiments/published_claims/tables.py -->",
    "<!-- end of {} -->",
)

#: Columns of results.csv, in their order.
COLUMNS = (
    *("id", "paper", "claim", "direction", "first", "last", "published", "source", "verdict"),
    *("reason", "change", "change_lower", "change_upper", "p", "p_adjusted", "power", "found"),
    *("against", "sign", "specifications", "placebo_p", "held", "share_first", "share_last"),
    "main",
)

#: Claims whose test involves a random fit.
FITTED = ("M01", "M02", "M03", "M04", "M05", "M06", "M07", "R05", "R06", "R07", "R08")


def parts(folder: Path, ending: str = ".csv") -> dict[str, pd.DataFrame]:
    """What a run left, by data set."""
    names = [p for p in sorted(folder.glob(f"*{ending}")) if p.name.count(".") == ending.count(".")]
    return {p.name.removesuffix(ending): pd.read_csv(p) for p in names if p.stat().st_size > 2}


def joined(claims: pd.DataFrame, found: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row a claim, those that cannot be tested among them."""
    tested = pd.concat(found.values(), ignore_index=True)
    missing = set(claims.loc[claims["test"] == "yes", "id"]) - set(tested["id"])
    if missing:
        message = f"These claims have no result yet: {', '.join(sorted(missing))}. Run run.py."
        raise SystemExit(message)
    table = claims.merge(tested, on="id", how="left", validate="one_to_one")
    no = table["test"] != "yes"
    table.loc[no, "verdict"], table.loc[no, "reason"] = UNTESTED, table.loc[no, "why_not"]
    return table[list(COLUMNS)]


def nulls(runs: dict[int, dict[str, pd.DataFrame]]) -> pd.DataFrame:
    """How often a claim survives shuffled years, a row for each run and data set."""
    rows = []
    for run, found in runs.items():
        for name, table in found.items():
            each = table.mean(axis=1)
            rows.append(
                {
                    "run": run,
                    "data": name,
                    "claims": table.shape[1],
                    "shuffles": len(table),
                    "survive": each.mean(),
                    "error": each.std(ddof=1) / np.sqrt(len(table)),
                    "worst_claim": table.mean().max(),
                }
            )
    return pd.DataFrame(rows)


def collect(work: Path, results: Path) -> None:
    """Results of the first run, verdicts of the second, nulls of both, and series."""
    claims = pd.read_csv(HERE / "claims.csv", keep_default_na=False)
    options = {"index": False, "float_format": "%.6g", "lineterminator": "\n"}
    results.mkdir(exist_ok=True)
    joined(claims, parts(work / "run1")).to_csv(results / "results.csv", **options)
    second = pd.concat(parts(work / "run2").values(), ignore_index=True)
    kept = ["id", "verdict", "reason", "change", "p_adjusted", "found", "placebo_p"]
    second[kept].sort_values("id").to_csv(results / "second_run.csv", **options)
    nulls({r: parts(work / f"run{r}", ".nulls.csv") for r in (1, 2)}).to_csv(
        results / "nulls.csv", **options
    )
    series = pd.concat(parts(work / "run1", ".series.csv").values(), ignore_index=True)
    series["start"] = series["start"].map("{:.6g}".format)
    series.to_csv(results / "series.csv", index=False, float_format="%.4g", lineterminator="\n")


def agreement(results: Path) -> dict[str, tuple[int, int]]:
    """Verdicts of both runs that are the same, of how many: all, and those with a fit."""
    one = pd.read_csv(results / "results.csv").set_index("id")["verdict"]
    two = pd.read_csv(results / "second_run.csv").set_index("id")["verdict"]
    same = one.reindex(two.index) == two
    fitted = same.index.isin(FITTED)
    return {
        "all": (int(same.sum()), len(same)),
        "with a fit": (int(same[fitted].sum()), int(fitted.sum())),
    }


def number(value: float, sign: bool = True) -> str:
    """Two decimals, more for small values."""
    if not np.isfinite(value):
        return "–"
    digits = 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 3
    return f"{value:{'+' if sign else ''}.{digits}f}"


def short_p(value: float) -> str:
    if not np.isfinite(value):
        return "–"
    return "< .001" if value < 0.001 else f"{value:.3f}".removeprefix("0")


def verdicts(results: Path) -> str:
    """Verdicts by paper."""
    table = pd.read_csv(results / "results.csv")
    count = pd.crosstab(table["paper"], table["verdict"]).reindex(columns=VERDICTS, fill_value=0)
    order = table["paper"].drop_duplicates()
    lines = ["| paper | claims | " + " | ".join(VERDICTS) + " |", "|---" * 7 + "|"]
    for paper in order:
        row = count.loc[paper]
        lines.append(f"| {paper} | {row.sum()} | " + " | ".join(map(str, row)) + " |")
    lines.append(f"| **all** | {len(table)} | " + " | ".join(map(str, count.sum())) + " |")
    trend = table[~table["direction"].isin(["no trend"]) & (table["verdict"] != UNTESTED)]
    quiet = table[(table["direction"] == "no trend") & (table["verdict"] != UNTESTED)]
    same = agreement(results)
    null = pd.read_csv(results / "nulls.csv")
    first = null[null["run"] == 1]
    rate = np.average(first["survive"], weights=first["claims"])
    error = np.sqrt(((first["error"] * first["claims"]) ** 2).sum()) / first["claims"].sum()
    worst = first.loc[first["survive"].idxmax()]
    moved = [(trend["verdict"] == v).sum() for v in VERDICTS]
    fitted, (agree, of) = same["with a fit"], same["all"]
    claimed = (
        f"Of {len(trend)} tested claims that something moves, {moved[0]} survive, {moved[1]} "
        f"depend on choices, {moved[2]} do not survive and {moved[3]} are contradicted; of "
        f"{len(quiet)} that nothing was found, {(quiet['verdict'] == VERDICTS[0]).sum()} stand."
    )
    repeated = (
        f"Two runs with other seeds agree in {agree} of {of} verdicts, in {fitted[0]} of the "
        f"{fitted[1]} that involve a fit of ours. With the years shuffled, {rate:.4f} ± "
        f"{error:.4f} of the claims that something moves survive (worst data set: "
        f"{worst['data']}, {worst['survive']:.3f} ± {worst['error']:.3f})."
    )
    lines += ["", claimed, "", repeated]
    return "\n".join(lines) + "\n"


def every(results: Path) -> str:
    """One row a claim."""
    table = pd.read_csv(results / "results.csv")
    head = ("id", "claim", "claimed", "change, points (95 % interval)", "adjusted p", "A")
    lines = [f"| {' | '.join((*head, 'placebo p', 'verdict', 'reason'))} |", "|---" * 9 + "|"]
    for paper, rows in table.groupby("paper", sort=False):
        lines.append(f"| | **{paper}** | | | | | | | |")
        for r in rows.to_dict("records"):
            change = number(r["change"])
            if np.isfinite(r["change_lower"]):
                change += f" ({number(r['change_lower'])} to {number(r['change_upper'])})"
            share = f"{r['found']:.0%}" if np.isfinite(r["found"]) else "–"
            lines.append(
                f"| {r['id']} | {r['claim']} | {r['direction']} | {change} | "
                f"{short_p(r['p_adjusted'])} | {share} | {short_p(r['placebo_p'])} | "
                f"{r['verdict']} | {r['reason']} |"
            )
    return "\n".join(lines) + "\n"


def insert(text: str, name: str, made: str) -> str:
    """Put a table between its two marks."""
    begin, end = BEGIN.format(name), END.format(name)
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    if not rest:
        message = f"The marks of {name!r} are missing."
        raise ValueError(message)
    return f"{before}{begin}\n{made}{end}{after}"


def written(text: str, results: Path) -> str:
    """A page with all tables that it has marks for."""
    for name, made in (("verdicts", verdicts), ("every claim", every)):
        if BEGIN.format(name) in text:
            text = insert(text, name, made(results))
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("build/published_claims"))
    given = parser.parse_args()
    results = HERE / "results"
    if (given.work / "run1").exists():
        collect(given.work, results)
    for path in (HERE / "README.md", PAGE):
        path.write_text(written(path.read_text(encoding="utf-8"), results), encoding="utf-8")


if __name__ == "__main__":
    main()
