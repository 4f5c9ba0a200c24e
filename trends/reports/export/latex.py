"""Topics and trends as LaTeX tables (booktabs), everything from outside escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from trends.core import statements
from trends.core.wording import probability, signed
from trends.reports.words import records


def latex_tables(tables: Mapping[str, pd.DataFrame], spans: Sequence[str] = ()) -> dict[str, str]:
    """Tables for a paper.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``topics``, ``trends`` and ``claims`` of a run.
    spans : sequence of str
        Names of the two spans.

    Returns
    -------
    dict
        File stem → LaTeX: ``topics-<backend>`` and ``claims``. Shares in per cent, changes between
        the spans in percentage points, which a comment on top names.
    """
    out = {}
    first, last = statements.spans_of(spans)
    head = f"% change: percentage points from {first} to {last}\n"
    for backend, rows in tables["topics"].groupby("backend", sort=False):
        mine = tables["trends"].loc[tables["trends"]["backend"] == backend]
        known = dict(zip(mine["topic"], records(mine), strict=True))
        found = [known.get(topic) for topic in rows["topic"]]
        frame = pd.DataFrame(
            {
                "topic": rows["label"],
                "documents": rows["n_docs"].astype(int).astype(str),
                "share (%)": [f"{100 * s:.1f}" for s in rows["share"]],
                "finding": ["--" if r is None else r.finding for r in found],
                "change": ["--" if r is None else _change(r) for r in found],
                "terms": [", ".join(str(t).split("; ")[:6]) for t in rows["top_terms"]],
            }
        )
        out[f"topics-{backend}"] = head + _latex(frame, "lrrlrp{0.3\\linewidth}")
    claims = tables["claims"]
    frame = pd.DataFrame(
        {
            "topic": claims["label"],
            "finding": claims["finding"],
            "change": [_change(r) for r in records(claims)],
            "adjusted p": [_ascii(probability(p)) for p in claims["p_adjusted"]],
            "points a year": [_ascii(signed(b)) for b in claims["slope"]],
            "agreement (%)": ["--" if a != a else f"{100 * a:.0f}" for a in claims["agreement"]],
            "stability": [statements.stability_of(r) or "--" for r in records(claims)],
        }
    )
    out["claims"] = head + _latex(frame, "llrrrrl")
    return out


def _change(row: Any) -> str:
    return _ascii(statements.change_of(row))


def _ascii(text: str) -> str:
    """Signs that LaTeX sets by itself."""
    return text.replace("−", "-").replace("–", "--")


def _latex(frame: pd.DataFrame, columns: str) -> str:
    styled = (
        frame.style.hide(axis="index").format(escape="latex").format_index(escape="latex", axis=1)
    )
    return str(styled.to_latex(hrules=True, column_format=columns))
