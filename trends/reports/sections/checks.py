"""Checks: what other fits and the diagnostics say of a finding, short enough for a card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from trends.core.claim import Finding
from trends.core.wording import listed, missing, plural
from trends.reports.content import Report
from trends.reports.sections import diagnostics, topic_view
from trends.reports.sections.topic_view import Key
from trends.reports.svg.strip import strip
from trends.reports.words import parts, records


@dataclass(frozen=True)
class Check:
    """One check of a finding: its words, a drawing, and whether it was passed, where it can be."""

    words: str
    short: str
    drawing: Markup | str = ""
    passed: bool | None = None


def fits(report: Report, key: Key) -> Check | None:
    """How many fits that have the topic agree: in direction, or in that no change is detected."""
    rows, claim = topic_view.specifications(report, key), topic_view.claim(report, key)
    if claim is None or rows.empty or missing(claim.change):
        return None
    directed = str(claim.finding) in (Finding.RISING, Finding.FALLING)
    if not directed and "finding" not in rows:
        return None
    said: dict[str, list[str]] = {}
    for row in records(rows):
        said.setdefault(str(row.specification).partition("/")[0], []).append(_says(claim, row))
    every = [kind for kinds in said.values() for kind in kinds]
    same, absent = every.count("same"), every.count("none")
    has = len(every) - absent
    what = (
        "agree in direction"
        if directed
        else "find a turn too"
        if claim.finding == Finding.TURNED
        else "detect no change either"
    )
    by_model = [
        f"{kinds.count('same')} of {len(kinds) - kinds.count('none')} of {name}"
        for name, kinds in said.items()
    ]
    words = f"{same} of {plural(has, 'fit')} {what}"
    words += f", {absent} without the topic" if absent else ""
    return Check(
        words, f"{same} of {plural(has, 'fit')} agree", strip(said, f"{words}: {listed(by_model)}")
    )


def _says(claim: Any, row: Any) -> str:
    """Whether a fit agrees: by the sign of a change, else by its finding."""
    if missing(row.change):
        return "none"
    if str(claim.finding) in (Finding.RISING, Finding.FALLING):
        same = (row.change > 0) == (claim.change > 0)
    else:
        same = row.finding == claim.finding
    return "same" if same else "other"


def diagnosed(report: Report, key: Key) -> Check | None:
    """How many diagnostics leave the finding as it is, and which change it."""
    claim = topic_view.claim(report, key)
    if claim is None or report.diagnostics.empty:
        return None
    rows = report.diagnostics[report.diagnostics["backend"] == key[0]]
    n = rows["diagnostic"].nunique()
    failed = parts(getattr(claim, "diagnostics", ""), ";")
    if not n:
        return None
    short = f"{n - len(failed)} of {plural(n, 'diagnostic')}"
    words = f"{short} passed"
    if failed:
        words += f"; not: {listed([_failed(report, key, name) for name in failed])}"
    return Check(words, short, passed=not failed)


def _failed(report: Report, key: Key, name: str) -> str:
    """A diagnostic that changes a finding, and the change after its correction."""
    title = diagnostics.TITLES.get(name, name)
    rows = topic_view.rows_of(report.diagnostics_corrected, key)
    here = [r for r in records(rows) if r.diagnostic == name and not missing(r.change_corrected)]
    said = title[0].lower() + title[1:]
    if here:
        said += f" ({topic_view.corrected_change(here[0])} if corrected)"
    return said
