"""Numbers that a paper quotes: one flat set of names, as JSON and as LaTeX macros."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from trends.core.claim import FOUND, Finding, Stability

#: How digits are spelled in the name of a LaTeX macro, which may hold letters only.
_DIGITS = dict(
    zip(
        "0123456789",
        ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"),
        strict=True,
    )
)


def numbers(
    tables: Mapping[str, pd.DataFrame], summary: Mapping[str, Any], rng: int
) -> dict[str, Any]:
    """Collect the numbers of a run.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``coverage``, ``topics``, ``quality``, ``trends``, ``claims``.
    summary : mapping
        Documents, dated, by precision and evidence.
    rng : int
        Seed of the run.

    Returns
    -------
    dict
        Name in lower camel case → number: shares as fractions, and how many topics of each backend
        have each finding, and how many of the findings of claims each stability.
    """
    out: dict[str, Any] = {
        "documents": summary["documents"],
        "dated": summary["dated"],
        "undated": summary["documents"] - summary["dated"],
        "rng": rng,
        "periods": int(tables["coverage"]["period"].notna().sum()),
    }
    for kind in ("by_precision", "by_evidence"):
        for name, n in summary[kind].items():
            out[camel("dated", name) if kind == "by_precision" else camel("evidence", name)] = int(
                n
            )
    for backend, rows in tables["topics"].groupby("backend", sort=False):
        found = rows.loc[rows["topic"] >= 0]
        out[camel(backend, "topics")] = len(found)
        out[camel(backend, "unassigned")] = float(rows.loc[rows["topic"] < 0, "share"].sum())
        out[camel(backend, "largest")] = float(found["share"].max())
        if "label_check" in found:
            out[camel(backend, "label check")] = float(found["label_check"].mean())
    for backend, rows in tables["quality"].groupby("backend", sort=False):
        out[camel(backend, "seeds")] = len(rows)
        for name in ("npmi", "diversity", "stability"):
            out[camel(backend, name)] = float(rows[name].mean())
    for backend, rows in tables["trends"].groupby("backend", sort=False):
        for finding in Finding:
            out[camel(backend, finding)] = int((rows["finding"] == finding).sum())
    claims = tables["claims"]
    stable = claims.loc[claims["finding"].isin(FOUND), "stability"].tolist()
    for stability in Stability:
        out[camel("claims", stability)] = stable.count(stability.value)
    return out


def camel(*words: object) -> str:
    """``camel("gibbs-lda", "npmi")`` → ``"gibbsLdaNpmi"``."""
    parts = [p for word in words for p in re.split(r"[^A-Za-z0-9]+", str(word)) if p]
    return parts[0].lower() + "".join(p[0].upper() + p[1:].lower() for p in parts[1:])


def macros(values: Mapping[str, Any]) -> str:
    r"""LaTeX macros ``\trends<Name>``.

    Whole numbers with a thin space, other numbers with three significant digits.
    """
    lines = ["% made by trends; do not edit"]
    for name, value in values.items():
        lines.append(f"\\newcommand{{{macro(name)}}}{{{shown(value)}}}")
    return "\n".join(lines) + "\n"


def macro(name: str) -> str:
    r"""``macro("documents")`` → ``\trendsDocuments``."""
    spelled = "".join(_DIGITS.get(c, c) for c in name)
    return f"\\trends{spelled[0].upper()}{spelled[1:]}"


def shown(value: Any) -> str:
    """A number as its macro prints it."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", r"\,")
    if value is None or value != value:
        return "--"
    return f"{value:.3g}" if abs(value) >= 0.001 or value == 0 else "<0.001"
