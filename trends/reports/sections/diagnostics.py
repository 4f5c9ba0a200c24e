"""What the diagnostics saw and the corrected results, and how to read a share among shares."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from trends.core.claim import FOUND
from trends.core.wording import listed, plural, quoted
from trends.reports.content import Report
from trends.reports.words import records

#: Name of a diagnostic → heading.
TITLES = {
    "length-drift": "Length of documents",
    "incomplete-period": "Periods that are not wholly covered",
    "duplicates": "Repeated documents",
    "source-mix": "Mix of sources",
    "unassigned-trend": "Documents without a topic",
    "date-errors": "Errors of dates",
    "vocabulary-drift": "Words replaced over time",
    "topics-apart": "Themes cut to pieces or put together",
}

READ_COMPOSITION = (
    "Shares add to one: if one topic rises, others must fall. So each topic is seen from three "
    "more sides. Volume: documents a year that it gained "
    "each year. Ratio: its change against the reference topics, those whose shares moved least, in "
    "percent a year; no other topic can move "
    "it. Without the largest mover: its slope among the documents outside the topic whose share "
    "moved most. A topic that fell in volume "
    "has fewer documents; one that fell in share and ratio, but not in volume, grew more slowly "
    "than the rest; one that fell in share only "
    "fell because another rose."
)


@dataclass(frozen=True)
class Diagnostic:
    """One diagnostic on the page: heading, whether it found something, and sentences by backend."""

    title: str
    flagged: bool
    lines: list[str]


def diagnostics(report: Report) -> list[Diagnostic]:
    """Diagnostics in the order of the table; what is the same for several backends is said once."""
    out: list[Diagnostic] = []
    if report.diagnostics.empty:
        return out
    for name, rows in report.diagnostics.groupby("diagnostic", sort=False):
        lines = []
        for sentence, alike in rows.groupby("sentence", sort=False):
            backends = alike["backend"].tolist()
            lead = (
                ""
                if len(backends) == len(report.backends) and len(backends) > 1
                else f"{listed(backends)}: "
            )
            lines.append(lead + str(sentence))
            for text, same in alike[alike["corrected"] != ""].groupby("corrected", sort=False):
                who = (
                    "" if len(same) == len(alike) == 1 else f" ({listed(same['backend'].tolist())})"
                )
                lines.append(
                    f"– {'Tested again' if name != 'date-errors' else 'Drawn again'}{who}: {text}."
                )
        out.append(Diagnostic(TITLES.get(str(name), str(name)), bool(rows["flagged"].any()), lines))
    return out


def overview(report: Report) -> str:
    """How many diagnostics found something."""
    found = diagnostics(report)
    flagged = [g.title for g in found if g.flagged]
    lead = f"{plural(len(found), 'diagnostic')} checked what can be mistaken for a trend"
    if not flagged:
        return f"{lead}; none found anything that would change a finding."
    return (
        f"{lead}; {len(flagged)} found something: "
        f"{listed([t[0].lower() + t[1:] for t in flagged])}."
    )


def corrected(report: Report) -> pd.DataFrame:
    """Raw and corrected changes of the topics that are found to change in either test.

    The file has all topics.
    """
    frame = report.diagnostics_corrected
    if frame.empty:
        return frame
    shown = frame[frame[["finding", "finding_corrected"]].isin(FOUND).any(axis=1)]
    columns = [
        "diagnostic",
        "backend",
        "label",
        "finding",
        "change",
        "p_adjusted",
        "finding_corrected",
        "change_corrected",
        "p_adjusted_corrected",
    ]
    return shown[columns].assign(diagnostic=shown["diagnostic"].map(lambda g: TITLES.get(g, g)))


def trend_notes(report: Report) -> list[str]:
    """What the test of trends assumes and found out about its assumptions.

    The same note for several backends is said once.
    """
    said: dict[str, list[str]] = {}
    for backend, notes in dict(report.metadata.get("trend_notes", {})).items():
        for note in notes:
            said.setdefault(str(note), []).append(str(backend))
    every = len(report.backends)
    return [note if len(b) == every else f"{listed(b)}: {note}" for note, b in said.items()]


def composition(report: Report) -> list[str]:
    """Which detected trends the other views do not bear out."""
    if report.composition.empty:
        return []
    out = [READ_COMPOSITION]
    for backend, rows in report.composition.groupby("backend", sort=False):
        doubtful = [
            r
            for r in records(rows)
            if "perhaps only" in r.reading or "not detected, " in r.reading or " but " in r.reading
        ]
        sure = sum("too" in r.reading for r in records(rows))
        detected = sum(
            bool(r.reading) and "as a share not detected" not in r.reading for r in records(rows)
        )
        if not detected:
            continue
        text = (
            f"{backend}: {sure} of {plural(detected, 'detected trend')} "
            f"{'is' if detected == 1 else 'are'} also seen against the reference topics"
        )
        if doubtful:
            text += "; less sure: " + "; ".join(f"{quoted(r.label)} {r.reading}" for r in doubtful)
        out.append(text + ".")
    return out
