"""Sentences: findings of the run for quotation, no stronger than the intervals allow."""

from __future__ import annotations

import math
from typing import Any

from trends.core import statements
from trends.core.claim import Finding, Stability
from trends.core.wording import listed, missing, period_name, plural, quoted, span
from trends.reports.content import Report
from trends.reports.words import records

#: Finding → class of the style sheet.
KINDS = {
    Finding.RISING.value: "rising",
    Finding.FALLING.value: "falling",
    Finding.TURNED.value: "turned",
    Finding.NO_CHANGE.value: "none",
    Finding.NOT_TESTED.value: "silent",
}


def alpha_of(report: Report) -> float:
    """Level at which an adjusted p counts as a detection."""
    return float(report.metadata.get("alpha", 0.05))


def interval_of(report: Report) -> str:
    """What the intervals are, in words."""
    level = report.metadata.get("level", 0.95)
    return str(report.metadata.get("trend_interval") or f"{100 * float(level):.0f}% interval")


def spans_of(report: Report) -> tuple[str, ...]:
    """Names of the two spans that are compared."""
    return tuple(str(s) for s in report.metadata.get("spans", ()))


def kind_of(row: Any) -> str:
    """The finding as a class of the style sheet."""
    return KINDS[str(row.finding)]


def trend(row: Any, report: Report) -> str:
    """What one run says about one topic, as a sentence."""
    return statements.sentence(row, spans_of(report), interval_of(report))


def corpus(report: Report) -> list[str]:
    """What the corpus is: documents, dates, periods."""
    m, out = report.metadata, []
    dated_rows = (
        report.coverage[report.coverage["period"].notna()]
        if len(report.coverage)
        else report.coverage
    )
    unit = str(m.get("period", "period"))
    dated = int(m.get("dated", dated_rows["n_docs"].sum() if len(dated_rows) else 0))
    total = int(m.get("documents", dated + int(m.get("undated", 0))))
    undated = int(m.get("undated", total - dated))
    name = f"The corpus {quoted(str(m['corpus']))}" if m.get("corpus") else "The corpus"
    precision = [f"{n:,} to the {p}" for p, n in dict(m.get("by_precision", {})).items() if n]
    text = f"{name} holds {plural(total, 'document')}, {dated:,} of them dated"
    text += f" ({listed(precision)})." if precision else "."
    if undated:
        text += (
            f" {plural(undated, 'document')} without a date {'is' if undated == 1 else 'are'} "
            "used to find topics and left out of time."
        )
    out.append(text)
    if len(dated_rows):
        text = f"Time runs in {span(sorted(dated_rows['period']), unit)}"
        partial = [period_name(p, unit) for p in dated_rows.loc[~dated_rows["complete"], "period"]]
        empty = [period_name(p, unit) for p in dated_rows.loc[dated_rows["n_docs"] == 0, "period"]]
        text += (
            f"; {listed(partial)} {'is' if len(partial) == 1 else 'are'} not wholly covered"
            if partial
            else ""
        )
        text += (
            f"; {listed(empty)} {'has' if len(empty) == 1 else 'have'} no documents"
            if empty
            else ""
        )
        out.append(text + ".")
    return out


def in_short(report: Report) -> str:
    """What was looked at, in a line: documents, time, models."""
    dated = (
        report.coverage[report.coverage["period"].notna()]
        if len(report.coverage)
        else report.coverage
    )
    unit = str(report.metadata.get("period", "period"))
    said = (
        [plural(int(report.metadata.get("documents", dated["n_docs"].sum())), "document")]
        if ("documents" in report.metadata or len(dated))
        else []
    )
    if len(dated):
        said.append(span(sorted(dated["period"]), unit))
    for backend in report.backends:
        n = int((report.quality["backend"] == backend).sum()) if len(report.quality) else 0
        said.append(f"{backend} ({plural(n, 'seed')})" if n > 1 else backend)
    return " · ".join(said)


def models(report: Report) -> str:
    """Which backends divided the corpus, into how many topics."""
    found = [
        f"{b} "
        f"({plural(int((report.topics['backend'] == b).sum() - _outliers(report, b)), 'topic')})"
        for b in report.backends
    ]
    if not found:
        return "No topics were found."
    families = dict(report.metadata.get("families", {}))
    kinds = len({families.get(b, b) for b in report.backends}) if families else 0
    lead = f"{plural(len(found), 'backend')}" + (f" of {plural(kinds, 'family')}" if kinds else "")
    return f"{lead} {'was' if len(found) == 1 else 'were'} fitted: {listed(found)}."


def _outliers(report: Report, backend: str) -> int:
    rows = report.topics[report.topics["backend"] == backend]
    return int((rows["topic"] == -1).sum())


def findings(report: Report, backend: str) -> str:
    """Which topics of one backend rose, fell or turned, or that no change is detected."""
    rows = (
        report.trends[(report.trends["backend"] == backend) & (report.trends["topic"] != -1)]
        if len(report.trends)
        else report.trends
    )
    if rows.empty:
        return f"{backend}: no trends were estimated."
    by = {kind: [r for r in records(rows) if kind_of(r) == kind] for kind in KINDS.values()}
    first, last = statements.spans_of(spans_of(report))
    found = [r for r in records(rows) if statements.is_found(r)]
    silent = f" {plural(len(by['silent']), 'topic')} not tested." if by["silent"] else ""
    lead = f"{backend}, from {first} to {last}:"
    if not found:
        reach = sorted(r.power for r in by["none"] if not missing(r.power))
        scale = (
            f" Half of them would have shown a change of {reach[len(reach) // 2]:.2f} points with "
            "a probability of 80 %; smaller ones cannot be seen here."
            if reach
            else ""
        )
        return (
            f"{lead} no change detected in any of {plural(len(rows), 'topic')} (adjusted p ≤ "
            f"{alpha_of(report):g}).{scale}{silent}"
        )
    said = []
    for verb, kind, sign in (("rose", "rising", -1), ("fell", "falling", 1)):
        of_kind = sorted(by[kind], key=lambda r: sign * r.change)
        said += _named(verb, of_kind, [f"by {_size(r)}" for r in of_kind])
    said += _named("turned", by["turned"], [f"({statements.turn_of(r)})" for r in by["turned"]])
    rest = len(by["none"])
    tail = f" No change detected in {plural(rest, 'topic')}." if rest else ""
    return (
        f"{lead} {len(found)} of {plural(len(rows), 'topic')} changed (adjusted p ≤ "
        f"{alpha_of(report):g}), in percentage points with {interval_of(report)}; "
        f"{'; '.join(said)}.{tail}{silent}"
    )


def _named(verb: str, rows: list[Any], words: list[str]) -> list[str]:
    items = [f"{quoted(r.label)} {said}" for r, said in zip(rows, words, strict=True)][:5]
    more = f"; and {len(rows) - 5} more" if len(rows) > 5 else ""
    return [f"{verb}: {'; '.join(items)}{more}"] if items else []


def _size(row: Any) -> str:
    """Size of a change with its interval."""
    return statements.change_of(row).lstrip("+−")


def agreement(report: Report) -> list[str]:
    """How far each pair of backends finds the same topics and the same directions."""
    out = []
    alignment = report.alignment
    if alignment.empty:
        return ["The backends were not compared."]
    changes = (
        {(r.backend, r.topic): r for r in records(report.trends)} if len(report.trends) else {}
    )
    for (a, b), rows in alignment.groupby(["backend_a", "backend_b"], sort=False):
        pairs = rows[(rows["topic_a"] >= 0) & (rows["topic_b"] >= 0)]
        text = f"{a} and {b} match in {plural(len(pairs), 'topic')}"
        if len(pairs):
            text += f" (median similarity {pairs['similarity'].median():.2f})"
        text += (
            f"; {int((rows['topic_b'] < 0).sum())} of {a} and {int((rows['topic_a'] < 0).sum())} "
            f"of {b} have no partner."
        )
        both = [(changes.get((a, p.topic_a)), changes.get((b, p.topic_b))) for p in records(pairs)]
        signs = [
            x.change * y.change > 0
            for x, y in both
            if x is not None and y is not None and math.isfinite(x.change * y.change)
        ]
        if signs:
            text += (
                f" In {sum(signs)} of {plural(len(signs), 'matched pair')} both changes have "
                "the same sign."
            )
        out.append(text)
    return out


def claims(report: Report) -> list[str]:
    """How many findings are stable, and which."""
    if report.claims.empty:
        return []
    about = report.metadata.get("claims_about")
    lead = f"Findings about the topics of {about}" if about else "Findings"
    found = [r for r in records(report.claims) if statements.is_found(r)]
    if not found:
        return [f"{lead}: none that could be stable; no change was found."]
    said = []
    for name in Stability:
        rows = [r for r in found if str(r.stability) == name]
        which = (
            f" ({'; '.join(f'{quoted(r.label)} {r.finding}' for r in rows[:5])}"
            f"{'; …' if len(rows) > 5 else ''})"
        )
        said += [f"{len(rows)} {name.value}{which}"] if rows else []
    return [f"{lead}: {listed(said)}."]
