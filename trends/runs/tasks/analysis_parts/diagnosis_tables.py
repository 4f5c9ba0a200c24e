"""What diagnostics found, as rows of tables and as warnings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from trends import files
from trends.analysis.diagnostics.diagnosis import Diagnosis
from trends.core.claim import FOUND
from trends.errors import DataError
from trends.runs.tasks.analysis_parts.case import Case

NUMBERS = (
    *("finding", "change", "change_lower", "change_upper", "slope", "lower", "upper"),
    *("p", "p_adjusted"),
)


def changed_by(table: pd.DataFrame, backend: str) -> dict[int, list[str]]:
    """Topics of a backend whose finding a flagged diagnostic changes, with the names of these.

    Parameters
    ----------
    table : pandas.DataFrame
        ``diagnostics.csv``; ``changed`` among the measures lists the topics.
    backend : str
    """
    out: dict[int, list[str]] = {}
    for row in table[(table["backend"] == backend) & table["flagged"].astype(bool)].itertuples():
        for topic in json.loads(str(row.measures)).get("changed", []):
            out.setdefault(int(topic), []).append(str(row.diagnostic))
    return out


def row_of(case: Case, finding: Diagnosis) -> dict[str, Any]:
    """The row of one diagnostic and backend."""
    return {
        "diagnostic": finding.diagnostic,
        "backend": case.backend,
        "flagged": finding.flagged,
        "sentence": finding.sentence,
        "measures": json.dumps(
            rounded(files.plain(finding.measures)), sort_keys=True, ensure_ascii=False
        ),
        "corrected": _short(case, finding),
    }


def rounded(value: Any) -> Any:
    """Six digits: what lies beyond them differs between machines."""
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _short(case: Case, finding: Diagnosis) -> str:
    """The corrected result in a few words.

    What is lost is shown with both changes, since fewer documents alone can lose a finding.
    """
    if finding.diagnostic == "date-errors":
        kept = finding.measures.get("kept", {})
        if not kept:
            return ""
        label = case.trend.table.set_index("topic")["label"]
        least = min(kept, key=lambda t: (kept[t], t))
        return (
            f"{len(kept)} detected; the least sure, “{label[least]}”, stays in {kept[least]:.0%} "
            "of draws"
        )
    if finding.corrected is None:
        return ""
    raw, new = (
        case.trend.table.set_index("topic"),
        finding.corrected.table.set_index("topic").reindex(case.trend.table["topic"]),
    )
    before, after = raw["finding"].isin(FOUND), new["finding"].isin(FOUND)
    other = before & after & (raw["finding"] != new["finding"])
    if not before.any() and not after.any():
        return "nothing is found, before or after"
    text = f"{int((before & after & ~other).sum())} of {int(before.sum())} findings remain"
    if finding.diagnostic == "incomplete-period":
        # A finding may be lost with the documents alone; the reader must see how many are left.
        n = case.shares.n_docs
        text += f", with {int(n[case.shares.complete].sum())} of {int(n.sum())} documents"
    for word, rows in (
        ("lost", before & ~after),
        ("new", ~before & after),
        ("another one", other),
    ):
        topics = rows.index[rows].tolist()
        shown = [
            f"“{raw['label'][t]}” {_points(raw['change'][t])} → {_points(new['change'][t])}"
            for t in topics[:4]
        ]
        if shown:
            text += f"; {word}: {', '.join(shown)}" + (
                f" and {len(topics) - 4} more" if len(topics) > 4 else ""
            )
    return text


def _points(change: float) -> str:
    return f"{change:+.1f}".replace("-", "−") if np.isfinite(change) else "not tested"


def corrected_rows(case: Case, finding: Diagnosis) -> pd.DataFrame:
    """Raw and corrected trends of one diagnostic and backend, topic by topic."""
    if finding.corrected is None:
        message = f"The diagnostic {finding.diagnostic!r} has no corrected result."
        raise DataError(message)
    raw = case.trend.table
    new = finding.corrected.table.set_index("topic").reindex(raw["topic"]).reset_index()
    frame = raw[["topic", "label", *NUMBERS]].reset_index(drop=True)
    for name in NUMBERS:
        frame[f"{name}_corrected"] = new[name].to_numpy()
    frame["note"] = new["note"].fillna("").to_numpy()
    frame.insert(0, "diagnostic", finding.diagnostic)
    frame.insert(1, "backend", case.backend)
    return frame


def warnings_of(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """One warning for each thing that a flagged diagnostic saw.

    Backends for which it is the same share one.
    """
    said: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["flagged"]:
            said.setdefault(str(row["sentence"]), []).append(row)
    every = len({row["backend"] for row in rows})
    out = []
    for sentence, alike in said.items():
        about = (
            ""
            if len(alike) == every and every > 1
            else f"{', '.join(str(r['backend']) for r in alike)}: "
        )
        # The sentences of the other diagnostics say themselves what becomes of the findings.
        fixed = [
            f"{r['backend']}: {r['corrected']}"
            for r in alike
            if r["diagnostic"] == "length-drift" and r["corrected"]
        ]
        out.append(f"{about}{sentence}" + (f" Corrected: {'; '.join(fixed)}." if fixed else ""))
    return out
