"""What the commands print for people, and JSON for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trends import files

if TYPE_CHECKING:
    from trends import store

#: Lists of single records in the account of a corpus, in the order in which they are printed; some
#: are printed even if empty.
LISTS = (
    "dropped",
    "dropped_dates",
    "future_dates",
    "conflicts",
    "short_texts",
    "empty_texts",
    "warnings",
)
ALWAYS = ("dropped", "conflicts", "warnings")
#: Rows of a list, and periods, that are printed; --json has them all.
SHOWN, MOST_PERIODS = 10, 40


def data(value: Any) -> None:
    """Print JSON."""
    print(json.dumps(files.plain(value), indent=1, ensure_ascii=False, allow_nan=False))


def reading(summary: dict[str, Any], output: str) -> None:
    """Print what was read, what became of every record, and the documents of each period."""
    kept = summary.get("per_input_kept", {})
    for name, n in summary["per_input"].items():
        print(
            f"{n:>8,}  records in {name}"
            + (f", {kept[name]:,} of them kept" if kept.get(name, n) != n else "")
        )
    print(f"{summary['records']:>8,}  records, {summary['documents']:,} different documents")
    if summary["joined"]:
        print(f"{summary['joined']:>8,}  joined with another record of the same document")
    for reason, n in summary["dropped_by_reason"].items():
        print(f"{n:>8,}  dropped: {reason}")
    print(
        f"{summary['dated']:>8,}  dated; undated and kept: "
        f"{summary['documents'] - summary['dated']:,}"
    )
    for kind in ("by_precision", "by_evidence", "languages"):
        shown = [(k, n) for k, n in summary.get(kind, {}).items() if n]
        more = f" and {len(shown) - 8} more" if len(shown) > 8 else ""
        if shown:
            print(
                f"          {kind.replace('_', ' ')}: "
                + ", ".join(f"{k} {n:,}" for k, n in shown[:8])
                + more
            )
    print(f"{summary['with_text']:>8,}  have a text")
    for rule, n in list(summary.get("cleaning", {}).items())[:10]:
        print(f"{n['documents']:>8,}  cleaned: {rule}")
    _periods(summary["periods"], summary["period"])
    for kind in LISTS:
        _listed(kind, summary.get(kind, []), summary["counts"].get(kind, 0))
    _forms(summary.get("date_forms", []))
    print(
        f"\nWritten to {output}. Next: trends run CONFIG -s corpus.path={output}"
        if output
        else "\nNext: add -o corpus.parquet to keep it."
    )


def _forms(rows: list[dict[str, Any]]) -> None:
    """What forms the dates had, and how each was read."""
    if not rows:
        return
    width = max(len(row["form"]) for row in rows[:MOST_PERIODS])
    print(f"\n{'dates':>8}  {'form':<{width}}  {'read as':<12}  example")
    for row in rows[:MOST_PERIODS]:
        help_ = f"  ({row['option']})" if row["option"] else ""
        print(
            f"{row['dates']:>8,}  {row['form']:<{width}}  {row['read_as']:<12}  "
            f"{row['example']}{help_}"
        )
    if len(rows) > MOST_PERIODS:
        print(f"{'…':>8}  {len(rows) - MOST_PERIODS:,} more forms (--json lists them)")


def _periods(rows: list[dict[str, Any]], period: str) -> None:
    if not rows:
        return
    print(f"\n{period:>12} {'documents':>10} {'with text':>10}")
    for row in rows if len(rows) <= MOST_PERIODS else [*rows[:5], None, *rows[5 - MOST_PERIODS :]]:
        if row is None:
            print(f"{'…':>12} ({len(rows) - MOST_PERIODS:,} more)")
            continue
        share = "–" if row["share_with_text"] is None else f"{row['share_with_text']:.0%}"
        print(
            f"{row['period']:>12} {row['n_docs']:>10,.6g} {share:>10}"
            + (
                "  no document"
                if not row["n_docs"]
                else "  a hole: far fewer than around it"
                if row["hole"]
                else ""
                if row["complete"]
                else "  not known to be complete"
            )
        )
    if not all(row["complete"] or row["hole"] for row in rows):
        print(
            "  If the source covers such a period as a whole, say so: --observed-from DAY, "
            "--observed-until DAY."
        )
    print()


def _listed(kind: str, items: list[Any], n: int) -> None:
    """How many of a kind there are, and the first of them."""
    if not n and kind not in ALWAYS:
        return
    from trends.sources.records.truncated import listed

    print(f"{n:>8,}  {kind.replace('_', ' ')}")
    items = listed(items)
    for item in items[:SHOWN]:
        print(
            "          "
            f"{item if isinstance(item, str) else '; '.join(f'{k}: {v}' for k, v in item.items())}"
        )
    if n > SHOWN:
        print(
            f"          … and {n - SHOWN:,} more (--json lists "
            f"{'all' if n == len(items) else f'{len(items):,} of them'})"
        )


def plan(tasks: list[dict[str, Any]]) -> None:
    """Print the tasks of a run, kept or not."""
    for task in tasks:
        print(f"{'kept' if task['cached'] else 'will run':>9}  {task['task']}")


def finished(manifest: dict[str, Any], folder: Path) -> None:
    """Print what a run found and where its files are."""
    for sentence in manifest.get("summary", []):
        print(sentence)
    count_warnings(manifest)
    print(f"\nReport: {folder / 'report.html'}\nNext:   trends show {folder}")


def count_warnings(manifest: dict[str, Any]) -> None:
    """Print how many warnings there are, and where."""
    if count := len(manifest.get("warnings", [])):
        print(
            f"{count} warnings; all are in manifest.json, those about the analysis in the report."
        )


def run_data(finished_run: store.Run) -> dict[str, Any]:
    """The main tables of a run as lists of rows."""
    tables = {
        name: json.loads(finished_run.table(name).to_json(orient="records", date_format="iso"))
        for name in ("topics", "trends", "claims", "quality")
    }
    return {"manifest": finished_run.manifest, **tables}


def exported(made: dict[str, Any], output: str) -> None:
    """Print what was exported."""
    print(
        f"{made['documents']:,} documents, {made['terms']:,} terms, {made['dimensions']} "
        "dimensions, "
        f"{made['bytes'] / 1e6:.2f} MB in {output}; no text. Next: trends run CONFIG -s "
        f"corpus.path={output}"
    )


def doctor(found: dict[str, Any]) -> None:
    """Print what was examined."""
    for name, value in found.items():
        if isinstance(value, dict):
            print(f"{name}:")
            for key, item in value.items():
                print(f"  {key}: {item}")
        else:
            print(f"{name}: {value}")
