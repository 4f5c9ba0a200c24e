"""What a finished run says, in the width of a terminal: verdicts, warnings, next steps."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING, Any

from trends import store
from trends.core import statements
from trends.core.claim import FOUND, Finding
from trends.core.wording import percent, plural, probability
from trends.errors import harmless

if TYPE_CHECKING:
    from rich.console import Console

#: Colours of findings, where there are colours.
_STYLE = {
    Finding.RISING: "bold green",
    Finding.FALLING: "bold red",
    Finding.TURNED: "bold yellow",
    Finding.NO_CHANGE: "",
    Finding.NOT_TESTED: "dim",
}
#: Warnings that are printed; all of them are in the manifest.
MOST_WARNINGS = 12
#: A terminal that has room for a line a topic; in a pipe lines are as long as they are.
_WIDE, _ENDLESS = 110, 10_000


def show(run: store.Run, *, every: bool = False) -> None:
    """Print the claims of a run, its warnings and what to do next.

    ``every`` adds what the other backends found.
    """
    out = _console()
    manifest = run.manifest
    main = str(manifest["config"]["models"]["backends"][0])
    trends, claims = run.table("trends"), run.table("claims").set_index("topic")
    shares = run.table("topics").set_index(["backend", "topic"])["share"]
    n = manifest.get("counts", {}).get("documents")
    documents = f", {plural(n, 'document')}" if n else ""
    _line(out, f"{manifest.get('title', '')}{documents}", style="bold")
    first, last = statements.spans_of(manifest.get("spans", ()))
    _line(out, f"Change of the share from {first} to {last}, in percentage points.")
    for backend, rows in trends.groupby("backend", sort=False):
        if backend != main and not every:
            continue
        found = rows["finding"].isin(FOUND)
        stability = claims["stability"].reindex(rows["topic"]).fillna("").to_numpy()
        rows = rows.assign(
            share=[shares.get((backend, k), float("nan")) for k in rows["topic"]],
            stability=stability if backend == main else "",
            found=found,
        ).sort_values(["found", "change"], ascending=False, kind="stable")
        _line(
            out,
            f"\n{backend}: {found.sum()} of {plural(len(rows), 'topic')} changed",
            style="bold",
        )
        (_table if out.width >= _WIDE else _list)(out, rows)
    _line(out, f"\n{statements.FINDINGS} {statements.STABILITY}", style="dim")
    if checked := manifest.get("labels", {}).get(main):
        _line(out, f"Labels: {checked}", style="dim")
    _warnings(out, [str(w) for w in manifest.get("warnings", [])])
    _next_steps(out, run, trends.loc[trends["backend"] == main], every)


def _console() -> Console:
    """Where it is printed: in a pipe without colours, and lines as long as they are."""
    from rich.console import Console

    stream = getattr(sys.stdout, "bare", sys.stdout)
    out = Console(file=stream, highlight=False, markup=False, emoji=False)
    return out if out.is_terminal else Console(file=stream, width=_ENDLESS, no_color=True)


def _cells(row: Any) -> dict[str, str]:
    """What is printed of a topic, by column."""
    turn = statements.turn_of(row)
    return {
        "finding": str(row.finding),
        "points [95 % interval]": statements.change_of(row),
        "adj. p": probability(row.p_adjusted),
        "share": percent(row.share),
        "stability": statements.stability_of(row),
        "topic": row.label + (f" ({turn})" if turn else ""),
    }


def _table(out: Console, rows: Any) -> None:
    """One line a topic, the label last, where it may be divided."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for name in _cells(next(rows.itertuples())):
        right = name.startswith(("points", "adj", "share"))
        table.add_column(name, justify="right" if right else "left", no_wrap=name != "topic")
    for row in rows.itertuples():
        style = _STYLE.get(row.finding, "")
        cells = [
            Text(harmless(text), style if name in ("finding", "topic") else "")
            for name, text in _cells(row).items()
        ]
        table.add_row(*cells)
    out.print(table)


def _list(out: Console, rows: Any) -> None:
    """The same for a narrow terminal: the topic, and beneath it what was found."""
    for row in rows.itertuples():
        cells = _cells(row)
        _line(out, cells["topic"], style=_STYLE.get(row.finding, ""))
        said = f"{cells['finding']}, {cells['points [95 % interval]']}, adj. p {cells['adj. p']}"
        stable = f", {cells['stability']}" if cells["stability"] else ""
        _line(out, f"{said}, share {cells['share']}{stable}", first="  ")


def _warnings(out: Console, warnings: list[str]) -> None:
    if not warnings:
        return
    _line(out, f"\n{plural(len(warnings), 'warning')}", style="bold yellow")
    for text in warnings[:MOST_WARNINGS]:
        _line(out, text, first="! ")
    if len(warnings) > MOST_WARNINGS:
        _line(out, f"… and {len(warnings) - MOST_WARNINGS} more in manifest.json", first="  ")


def _next_steps(out: Console, run: store.Run, rows: Any, every: bool) -> None:
    """Where to go on from here: what each command or file answers."""
    folder = run.folder
    steps = [("The report, with every topic and its documents", f"{folder / 'report.html'}")]
    if not (folder / "multiverse.json").is_file():
        steps.append(
            ("Whether the findings survive other choices", f"trends multiverse CONFIG -o {folder}")
        )
    if not rows["finding"].isin(FOUND).any():
        steps.append(
            ("How small a change could have been found", f"trends power CONFIG -o {folder}")
        )
    if not every and run.manifest["config"]["models"]["backends"][1:]:
        steps.append(("What the other models found", f"trends show {folder} --all"))
    if (folder / "methods.md").is_file():
        steps.append(("The methods of this run, for a paper", f"{folder / 'methods.md'}"))
    steps.append(("Names of your own for the topics", f"trends label {folder}"))
    _line(out, "\nNext", style="bold")
    for what, command in steps:
        _line(
            out, f"{what}: {command}" if out.width >= _WIDE else f"{what}:\n{command}", first="  "
        )


def _line(out: Console, text: str, *, first: str = "", style: str = "") -> None:
    """Print text, divided between words where a terminal is narrower."""
    from rich.text import Text

    for line in text.split("\n"):
        shown = textwrap.fill(
            harmless(line),
            out.width - 1,
            initial_indent=first,
            subsequent_indent=" " * len(first),
            break_long_words=False,
            break_on_hyphens=False,
        )
        out.print(Text(shown, style), soft_wrap=True)
