"""Topic view: how far other fits bear one topic out, and which rows of which files say so."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from trends.core import statements
from trends.core.claim import Finding, Stability
from trends.core.wording import DASH, listed, missing, percent, plural, probability, signed
from trends.reports.content import Report
from trends.reports.sections import diagnostics, sentences
from trends.reports.words import records

Key = tuple[str, int]


@dataclass(frozen=True)
class Partner:
    """The topic of another backend that was matched with this one.

    Without a label there is none.
    """

    backend: str
    label: str = ""
    anchor: str = ""
    similarity: str = ""
    change: str = DASH
    kind: str = "silent"
    finding: str = ""


def partners(
    report: Report, key: Key, places: Mapping[Key, str], labels: Mapping[Key, str]
) -> list[Partner]:
    """What each other backend has in the place of a topic, as far as the alignment says."""
    out: list[Partner] = []
    if report.alignment.empty or key[1] < 0:
        return out
    trends = (
        {(str(r.backend), int(r.topic)): r for r in records(report.trends)}
        if len(report.trends)
        else {}
    )
    for row in records(report.alignment):
        a, b = (str(row.backend_a), int(row.topic_a)), (str(row.backend_b), int(row.topic_b))
        other = b if a == key else a if b == key else None
        if other is None:
            continue
        if other[1] < 0:
            out.append(Partner(other[0]))
            continue
        found = trends.get(other)
        out.append(
            Partner(
                other[0],
                labels.get(other, f"topic {other[1]}"),
                places.get(other, ""),
                f"{float(row.similarity):.2f}",
                DASH if found is None else statements.change_of(found),
                "silent" if found is None else sentences.kind_of(found),
                Finding.NOT_TESTED.value if found is None else str(found.finding),
            )
        )
    return out


def agreement(report: Report, key: Key, stability: float) -> list[str]:
    """How far seeds and families agree about a topic, in sentences."""
    backend = key[0]
    out = []
    fits = int((report.quality["backend"] == backend).sum()) if len(report.quality) else 0
    if not math.isnan(stability):
        others = (
            f"the {fits - 1} other fits"
            if fits > 2
            else "the other fit"
            if fits == 2
            else "other fits"
        )
        out.append(
            f"Seeds: {stability:.2f} is the mean similarity of this topic to its match in "
            f"{others} of {backend}."
        )
    rows = specifications(report, key)
    about = claim(report, key)
    if len(rows) and about is not None:
        up = about.change > 0
        said = []
        family = rows["specification"].astype(str).str.partition("/")[0]
        for name, mine in rows.groupby(family, sort=False):
            known = mine["change"].dropna()
            same = (known > 0) == up
            said.append(f"{int(same.sum())} of {plural(len(known), 'fit')} of {name}")
        out.append(
            f"Change of the same sign ({'up' if up else 'down'}), among the fits that have this "
            f"topic: {listed(said)}."
        )
    if about is not None:
        alike = (
            ""
            if missing(about.agreement)
            else f"; {percent(float(about.agreement))} of the matched specifications, weighted, "
            "have a change of the same sign"
        )
        if stable := statements.stability_of(about):
            out.append(f"Stability: {stable}{alike}.")
    return out


def stability(report: Report, key: Key) -> str:
    """What the multiverse says of a finding of a topic."""
    about = claim(report, key)
    return Stability.NOT_EXAMINED.value if about is None else statements.stability_of(about)


def cautions(report: Report, key: Key) -> list[str]:
    """What other views of the same trend say: composition, and the diagnostics' corrections."""
    out = []
    reading = [str(r.reading) for r in records(rows_of(report.composition, key)) if str(r.reading)]
    if reading:
        out.append(f"Beside other topics: {reading[0]}.")
    corrected = [
        f"{corrected_change(r)}, after "
        f"“{diagnostics.TITLES.get(str(r.diagnostic), str(r.diagnostic))}”"
        for r in records(rows_of(report.diagnostics_corrected, key))
        if not missing(r.change_corrected)
    ]
    if corrected:
        out.append(f"Corrected change: {'; '.join(corrected)}.")
    return out


def evidence(report: Report, key: Key, ids: Sequence[str]) -> list[tuple[str, str]]:
    """Which rows of which files say what the view says, as (file, what of it).

    Rows count from 1 below the headings.
    """
    backend, topic = key
    out = []
    for name, what in (
        ("topics", "label, words, examples, size"),
        ("prevalence", "share and band of each period"),
        ("trends", "finding, change, interval, p"),
        ("composition", "volume and ratio"),
        ("diagnostics_corrected", "changes after the diagnostics' corrections"),
    ):
        frame = getattr(report, name)
        if len(frame):
            rows = (frame["backend"] == backend) & (frame["topic"] == topic)
            out.append((f"{name}.csv", _rows(rows, what)))
    if len(report.alignment):
        a = report.alignment
        rows = ((a["backend_a"] == backend) & (a["topic_a"] == topic)) | (
            (a["backend_b"] == backend) & (a["topic_b"] == topic)
        )
        out.append(("alignment.csv", _rows(rows, "matches with other backends")))
    if _is_main(report, backend):
        for name, what in (("claims", "stability"), ("specifications", "change in every fit")):
            frame = getattr(report, name)
            if len(frame):
                out.append((f"{name}.csv", _rows(frame["topic"].astype(str) == str(topic), what)))
    seed = dict(report.metadata.get("prototypes", {}).get(backend, {})).get("seed")
    if seed is not None:
        place = f"column {topic} of theta, row {topic} of phi" if topic >= 0 else "unassigned"
        out.append(
            (f"models/{backend}/seed-{seed}/arrays.npz", f"{place} (columns and rows from 0)")
        )
    if ids:
        out.append(("corpus.parquet", f"examples: id {', '.join(ids)}"))
    return [(file, text) for file, text in out if text]


def _rows(chosen: pd.Series, what: str) -> str:
    """``rows 3–9, 12: what they say``; nothing where no row is chosen."""
    numbers = [i + 1 for i, yes in enumerate(chosen) if yes]
    if not numbers:
        return ""
    steps = {b - a for a, b in pairwise(numbers)}
    if len(numbers) > 3 and len(steps) == 1 and steps != {1}:
        return f"rows {numbers[0]} to {numbers[-1]}, every {steps.pop()}th: {what}"
    runs: list[list[int]] = []
    for n in numbers:
        if runs and runs[-1][1] == n - 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    said = ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
    return f"{'row' if len(numbers) == 1 else 'rows'} {said}: {what}"


def corrected_change(row: Any) -> str:
    """The change of a topic after the correction of a diagnostic."""
    p = probability(row.p_adjusted_corrected)
    return f"{signed(float(row.change_corrected))} points, adjusted p {p}"


def rows_of(frame: pd.DataFrame, key: Key) -> pd.DataFrame:
    """Rows of a table about one topic."""
    return frame[(frame["backend"] == key[0]) & (frame["topic"] == key[1])] if len(frame) else frame


def _is_main(report: Report, backend: str) -> bool:
    return str(report.metadata.get("claims_about", "")) == backend


def claim(report: Report, key: Key) -> Any:
    """The claim about a topic; ``None`` for topics of models that no claim is about."""
    if not _is_main(report, key[0]) or report.claims.empty:
        return None
    return next((r for r in records(report.claims) if str(r.topic) == str(key[1])), None)


def specifications(report: Report, key: Key) -> pd.DataFrame:
    """What each fit says of a topic that a claim is about."""
    frame = report.specifications
    return (
        frame[frame["topic"] == key[1]]
        if len(frame) and _is_main(report, key[0])
        else frame.iloc[:0]
    )
