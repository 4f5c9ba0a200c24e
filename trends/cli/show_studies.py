"""What the commands of studies print: tables of claims, power, stability, groups and shapes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from trends import files, store
from trends.cli.show import count_warnings
from trends.core import statements
from trends.core.wording import DASH, missing, percent, probability


def multiverse_data(_: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Claims of a multiverse as rows, with its rule, counts and joint test."""
    claims = json.loads(store.read_csv(folder / "claims.csv").to_json(orient="records"))
    return {
        "claims": claims,
        **files.read_json(folder / "multiverse.json"),
    }


def multiverse(manifest: dict[str, Any], folder: Path) -> None:
    """Print the claims with finding and stability, the rule, and where the files are."""
    found = multiverse_data(manifest, folder)
    print(_spans(manifest))
    print(
        f"{_HEAD} {'votes agree':>11} {'joint p':>8}  {'stability':<18} topic (what moves it most)"
    )
    table = store.read_csv(folder / "claims.csv").sort_values(["p_adjusted", "topic"])
    for row in _records(table):
        choice = row.choice_that_matters
        print(
            f"{_found(row)} {percent(row.agreement, 0):>11} {probability(row.joint_p):>8}  "
            f"{statements.stability_of(row):<18} {row.label} "
            f"({DASH if missing(choice) else choice})"
        )
    print(f"\n{found['rule']}")
    for sentence in found["sentences"]:
        if not any(sentence.startswith(f"{row['label']}: ") for row in found["claims"]):
            print(sentence)
    count_warnings(manifest)
    print(
        f"\nReport: {folder / 'report.html'}\nTables: {folder / 'specifications.csv'}, claims.csv, "
        "influence.csv, multiverse.json"
    )


#: What one run found, as every table prints it.
_HEAD = f"{'finding':<18} {'points [95 % interval]':>27} {'adj. p':>7}"


def _found(row: Any) -> str:
    finding = DASH if missing(row.finding) else row.finding
    return f"{finding:<18} {statements.change_of(row):>27} {probability(row.p_adjusted):>7}"


def _spans(manifest: dict[str, Any]) -> str:
    """From when to when a change is."""
    first, last = statements.spans_of(manifest.get("spans", ()))
    return f"Change of the share from {first} to {last}, in percentage points."


def _records(frame: Any) -> Iterator[Any]:
    """Rows as named tuples, whose fields the type checker cannot know."""
    return iter(frame.itertuples())


def placebo(found: dict[str, Any], folder: Path) -> None:
    """Print what was found with shuffled dates, backend by backend."""
    for backend, result in found["backends"].items():
        print(f"{backend}: {result['sentence']}")
    print(f"\nTables: {folder / 'placebo.csv'}, placebo.json")


def groups(found: dict[str, Any], folder: Path) -> None:
    """Print of every topic whether its groups change alike."""
    print(f"By {found['by']}: {', '.join(found['groups'])}\n")
    for sentence in found["sentences"]:
        print(sentence)
    print(f"\n{statements.GROUPS}")
    for note in found["notes"]:
        print(f"Note: {note}")
    print(f"\nTables: {folder / 'groups.csv'}, group_differences.csv, group_pairs.csv")


def shapes(found: dict[str, Any], folder: Path) -> None:
    """Print of every topic what was found."""
    for sentence in found["sentences"]:
        print(sentence)
    print(f"\n{found['reading']}")
    for line in found["left_out"].values():
        print(f"Note: {line}")
    print(f"\nTables: {folder / 'shapes.csv'}, term_trends.csv; figures: shapes-*")


#: Kinds of change, as they are printed.
_CHANGES = {"seed": "another seed", "order": "another order", "drop": "fewer documents"}


def stability(found: dict[str, Any], folder: Path) -> None:
    """Print how alike repeated fits are, by backend and kind of change."""
    print(
        f"{'backend':<12} {'compared with':<16} {'pairs':>5} {'ari':>6} {'lowest':>7} "
        f"{'similarity':>11} {'topics matched':>15}"
    )
    for backend, kinds in found["backends"].items():
        for kind, row in kinds.items():
            print(
                f"{backend:<12} {_CHANGES[kind]:<16} {row['pairs']:>5} {row['ari']:>6.3f} "
                f"{row['ari_smallest']:>7.3f} {row['similarity']:>11.3f} {row['matched']:>15.0%}"
            )
    print(
        "\nari: adjusted Rand index of the documents' topics, 1 for the same partition, 0 for "
        "unrelated ones."
    )
    print(f"Tables: {folder / 'stability.csv'}, stability_topics.csv, stability.json")


def power_data(_: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    """Finding, change, adjusted p and detectable change of every topic."""
    table = store.Run(folder).table("trends")
    rows = table[["backend", "topic", "label", "finding", "change", "p_adjusted", "power"]]
    return list(json.loads(rows.to_json(orient="records")))


def power(manifest: dict[str, Any], folder: Path) -> None:
    """Print the detectable changes."""
    print(
        "Smallest change between the spans, in percentage points, that this corpus would show with "
        "a probability of 80 % (p < .05 for one topic, not adjusted for many)."
    )
    print(f"{_spans(manifest)}\n\n{'detectable':>10}  {_HEAD}  topic")
    for row in _records(store.Run(folder).table("trends")):
        size = DASH if missing(row.power) else f"{row.power:.2f}"
        print(f"{size:>10}  {_found(row)}  {row.label} ({row.backend})")


def _as_it_is(found: dict[str, Any], _: Path) -> dict[str, Any]:
    return found


#: Command → its data, and what prints them, from what the study returned and the folder of its
#: files.
STUDIES: dict[str, tuple[Callable[..., Any], Callable[..., None]]] = {
    "multiverse": (multiverse_data, multiverse),
    "placebo": (_as_it_is, placebo),
    "groups": (_as_it_is, groups),
    "shapes": (_as_it_is, shapes),
    "power": (power_data, power),
    "stability": (_as_it_is, stability),
}
