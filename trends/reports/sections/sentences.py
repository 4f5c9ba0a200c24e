"""Sentences: findings of the run for quotation, no stronger than the intervals allow."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from trends.core.wording import (
    listed,
    missing,
    period_name,
    plural,
    probability,
    quoted,
    signed,
    span,
)
from trends.reports.content import Report
from trends.reports.words import records


def alpha_of(report: Report) -> float:
    """Level at which an adjusted p counts as a detection."""
    return float(report.metadata.get("alpha", 0.05))


def interval_of(report: Report) -> str:
    """What the intervals are, in words."""
    level = report.metadata.get("level", 0.95)
    return str(report.metadata.get("trend_interval") or f"{100 * float(level):.0f}% interval")


def verdict(row: Any, alpha: float, *, tested: bool) -> str:
    """``rising``, ``falling``, ``none`` (nothing detected) or ``silent`` (no slope)."""
    if missing(row.slope) or not math.isfinite(row.slope):
        return "silent"
    # Where periods are not independent, decision_p is the p of the test that allows for it.
    p = getattr(row, "decision_p", row.p_adjusted)
    found = (not missing(p) and p <= alpha) if tested else (row.lower > 0 or row.upper < 0)
    return ("rising" if row.slope > 0 else "falling") if found else "none"


def tested(rows: pd.DataFrame) -> bool:
    """Whether a trend table carries adjusted p-values."""
    return bool(len(rows)) and bool(rows["p_adjusted"].notna().any())


def trend(row: Any, report: Report, *, was_tested: bool) -> str:
    """One topic's trend as a sentence."""
    kind = verdict(row, alpha_of(report), tested=was_tested)
    if kind == "silent":
        reason = "" if missing(row.note) or not str(row.note).strip() else f": {row.note}"
        return f"No slope could be estimated{reason}."
    p = (
        f", adjusted p {_p(getattr(row, 'decision_p', row.p_adjusted))}"
        if was_tested
        else ", not tested"
    )
    known = f"({interval_of(report)} {signed(row.lower)} to {signed(row.upper)}{p})"
    if kind == "none":
        return (
            f"No change detected: estimated slope {signed(row.slope)} percentage points a year "
            f"{known}."
        )
    return (
        f"{'Rose' if kind == 'rising' else 'Fell'} by {abs(row.slope):.2f} percentage points a "
        f"year {known}."
    )


def _p(value: float) -> str:
    text = probability(value)
    return text if text.startswith("<") else f"= {text}"


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
    """Which topics of one backend rose or fell, or that no change is detected."""
    rows = (
        report.trends[(report.trends["backend"] == backend) & (report.trends["topic"] != -1)]
        if len(report.trends)
        else report.trends
    )
    if rows.empty:
        return f"{backend}: no trends were estimated."
    alpha, was_tested = alpha_of(report), tested(rows)
    kinds: dict[str, list[Any]] = {kind: [] for kind in ("rising", "falling", "none", "silent")}
    for row in records(rows):
        kinds[verdict(row, alpha, tested=was_tested)].append(row)
    kinds["rising"].sort(key=lambda r: -r.slope)
    kinds["falling"].sort(key=lambda r: r.slope)
    rule = f"adjusted p ≤ {alpha:g}" if was_tested else "interval without zero; no test was made"
    found = len(kinds["rising"]) + len(kinds["falling"])
    if not found:
        width = [(r.upper - r.lower) / 2 for r in kinds["none"] if math.isfinite(r.upper - r.lower)]
        half = sorted(width)[len(width) // 2] if width else math.nan
        scale = (
            f" The intervals reach {half:.2f} percentage points a year to either side of the slope "
            "(median), so smaller changes cannot be seen here."
            if width
            else ""
        )
        return (
            f"{backend}: no change is detected in any of {plural(len(rows), 'topic')} "
            f"({rule}).{scale}"
        )
    said = []
    for verb, kind in (("rose", "rising"), ("fell", "falling")):
        items = [
            f"{quoted(r.label)} by {abs(r.slope):.2f} ({signed(r.lower)} to {signed(r.upper)})"
            for r in kinds[kind][:5]
        ]
        if items:
            more = len(kinds[kind]) - len(items)
            said.append(f"{verb}: {'; '.join(items)}" + (f"; and {more} more" if more else ""))
    rest = len(kinds["none"])
    silent = (
        f" {plural(len(kinds['silent']), 'topic')} had too little data for a slope."
        if kinds["silent"]
        else ""
    )
    tail = (
        f" In {'none of the others' if not rest else plural(rest, 'topic')} no change is detected."
        if rest
        else ""
    )
    return (
        f"{backend}: {found} of {plural(len(rows), 'topic')} changed ({rule}), in percentage "
        f"points a year with {interval_of(report)}; "
        f"{'; '.join(said)}.{tail}{silent}"
    )


def agreement(report: Report) -> list[str]:
    """How far each pair of backends finds the same topics and the same directions."""
    out = []
    alignment = report.alignment
    if alignment.empty:
        return ["The backends were not compared."]
    slopes = {(r.backend, r.topic): r for r in records(report.trends)} if len(report.trends) else {}
    for (a, b), rows in alignment.groupby(["backend_a", "backend_b"], sort=False):
        pairs = rows[(rows["topic_a"] >= 0) & (rows["topic_b"] >= 0)]
        text = f"{a} and {b} match in {plural(len(pairs), 'topic')}"
        if len(pairs):
            text += f" (median similarity {pairs['similarity'].median():.2f})"
        text += (
            f"; {int((rows['topic_b'] < 0).sum())} of {a} and {int((rows['topic_a'] < 0).sum())} "
            f"of {b} have no partner."
        )
        both = [(slopes.get((a, p.topic_a)), slopes.get((b, p.topic_b))) for p in records(pairs)]
        signs = [
            x.slope * y.slope > 0
            for x, y in both
            if x is not None and y is not None and math.isfinite(x.slope * y.slope)
        ]
        if signs:
            text += (
                f" In {sum(signs)} of {plural(len(signs), 'matched pair')} both slopes have the "
                "same sign."
            )
        out.append(text)
    return out


def claims(report: Report) -> list[str]:
    """How many claims stand, and which."""
    if report.claims.empty:
        return []
    about = report.metadata.get("claims_about")
    lead = f"Claims about the topics of {about}" if about else "Claims"
    said = []
    for name in ("robust", "model-dependent", "not detected"):
        rows = [r for r in records(report.claims) if str(r.verdict) == name]
        which = (
            f" ({'; '.join(f'{quoted(r.label)} {r.direction}' for r in rows[:5])}"
            f"{'; …' if len(rows) > 5 else ''})"
        )
        said.append(f"{len(rows)} {name}" + (which if rows and name != "not detected" else ""))
    return [f"{lead}: {listed(said)}."]
