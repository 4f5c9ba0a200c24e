"""Topics and trends as LaTeX tables (booktabs), everything from outside escaped."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd


def latex_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Tables for a paper.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``topics``, ``trends`` and ``claims`` of a run.

    Returns
    -------
    dict
        File stem → LaTeX: ``topics-<backend>`` and ``claims``. Shares in per cent, slopes in
        percentage points a year.
    """
    out = {}
    for backend, rows in tables["topics"].groupby("backend", sort=False):
        slopes = tables["trends"].loc[tables["trends"]["backend"] == backend].set_index("topic")
        frame = pd.DataFrame(
            {
                "topic": rows["label"],
                "documents": rows["n_docs"].astype(int).astype(str),
                "share (%)": [f"{100 * s:.1f}" for s in rows["share"]],
                "slope": [_slope(slopes, t) for t in rows["topic"]],
                "terms": [", ".join(str(t).split("; ")[:6]) for t in rows["top_terms"]],
            }
        )
        out[f"topics-{backend}"] = _latex(frame, "lrrlp{0.4\\linewidth}")
    claims = tables["claims"]
    frame = pd.DataFrame(
        {
            "topic": claims["label"],
            "direction": claims["direction"],
            "slope": [
                _interval(float(b), float(low), float(high))
                for b, low, high in zip(
                    claims["slope"], claims["lower"], claims["upper"], strict=True
                )
            ],
            "adjusted p": [_p(p) for p in claims["p_adjusted"]],
            "agreement (%)": [f"{100 * a:.0f}" for a in claims["agreement"]],
            "verdict": claims["verdict"],
        }
    )
    out["claims"] = _latex(frame, "llrrrl")
    return out


def _slope(slopes: pd.DataFrame, topic: int) -> str:
    if topic not in slopes.index:
        return "--"
    row = slopes.loc[[topic], ["slope", "lower", "upper"]].to_numpy(dtype=float)[0]
    return _interval(*row.tolist())


def _interval(slope: float, lower: float, upper: float) -> str:
    return "--" if slope != slope else f"{slope:+.2f} [{lower:+.2f}, {upper:+.2f}]"


def _p(p: float) -> str:
    return "--" if p != p else "<0.001" if p < 0.001 else f"{p:.3f}"


def _latex(frame: pd.DataFrame, columns: str) -> str:
    styled = (
        frame.style.hide(axis="index").format(escape="latex").format_index(escape="latex", axis=1)
    )
    return str(styled.to_latex(hrules=True, column_format=columns))
