"""Audit of what a corpus is mixed from.

Sources, venues, languages by period, and how far each period is from the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from trends.analysis.audit.part import Part
from trends.analysis.diagnostics.source_mix import NOTABLE, association
from trends.analysis.prevalence.periods import Periods
from trends.analysis.trend.multiplicity import adjust
from trends.core.wording import listed, period_noun, plural, plural_noun, probability

Array = NDArray[np.float64]

#: Values that get a row of their own; the rest is one row.
TOP = 10
OTHER = "other"
#: Expected documents below which a value is pooled with others before the test (Cochran's rule).
FEWEST = 5.0
#: Periods with fewer documents are not searched for a second language.
ENOUGH = 20
#: What stands for a language that is not known: none given, undetermined, no linguistic content.
UNKNOWN = frozenset({"", "und", "zxx", "nan", "<NA>", "None"})
#: Share that a value other than the largest must reach for a language to be reported.
NOTABLE_SHARE = 0.05


def mix(
    values: Sequence[str],
    periods: Periods,
    *,
    name: str,
    noun: str,
    column: str = "",
    top: int = TOP,
    level: float = 0.05,
) -> Part:
    """Shares of sources, venues or languages by period, and their drift.

    Parameters
    ----------
    values : sequence of str, shape (documents,)
        Value of each document; empty where it is not known.
    periods : Periods
        Over the same documents.
    name : str
        Of the part.
    noun : str
        What the sentence calls a value.
    column : str
        Column of the documents that holds the values, for the advice.
    top : int
        Values with rows of their own; the others are ``other``.
    level : float
        False-discovery rate over the periods.

    Returns
    -------
    Part
        Its table: ``period``, the value under ``label``, ``n_docs``, ``share`` (of the documents of
        the period), ``distance`` (of the period's mix to that of all other periods), ``p``,
        ``p_adjusted``. The last three are the same for all rows of a period and are about all
        values, not the largest ones alone.

    Notes
    -----
    The distance is the square root of the Jensen–Shannon divergence in bits (Endres and Schindelin
    2003): 0 for the same mix, 1 for nothing in common. By chance alone it is larger in small
    periods, so p belongs to it: Pearson's chi-square of the period against the other periods,
    values with fewer than five expected documents pooled, Benjamini–Hochberg over the periods. The
    size of the whole is Cramér's V, as in
    :func:`trends.analysis.diagnostics.source_mix.source_mix`.

    References
    ----------
    Endres and Schindelin (2003), IEEE Transactions on Information Theory 49, 1858–1860; Cochran
    (1954), Biometrics 10, 417–451.
    """
    named = np.array([str(v).strip() or "not known" for v in values], dtype=object)
    inside = periods.index >= 0
    names, code = np.unique(named[inside].astype(str), return_inverse=True)
    full = np.zeros((len(periods), len(names)))
    np.add.at(full, (periods.index[inside], code), 1)
    order = np.lexsort((names, -full.sum(0)))
    full, names = full[:, order], names[order]
    rule = (
        f"a look if Cramér's V of {noun} and {period_noun(periods.period)} is {NOTABLE:g} or more "
        "and its p below .01"
    )
    if len(names) < 2:
        sentence = f"All dated documents have one {noun} ({names[0]}): its mix cannot change."
        return Part(
            name,
            "ok",
            sentence,
            rule,
            _table(full, names, periods, top),
            {"noun": noun, "values": len(names), "cramers_v": 0.0},
        )
    distance, p = _drift(full)
    adjusted = adjust(p)
    table = _table(full, names, periods, top)
    for measure, each in (("distance", distance), ("p", p), ("p_adjusted", adjusted)):
        table[measure] = np.repeat(each, len(table) // len(periods))
    whole = full[full.sum(1) > 0]
    v, overall = association(whole) if len(whole) > 1 else (0.0, 1.0)
    look = v >= NOTABLE and overall < 0.01
    share = full.sum(0) / full.sum()
    largest = [f"{n} {s:.1%}" for n, s in zip(names[:3], share[:3], strict=False)]
    sentence = (
        f"The corpus has {plural(len(names), noun)}: "
        f"{', '.join(largest)}{f' and {len(names) - 3:,} more' if len(names) > 3 else ''}."
    )
    drifted = np.flatnonzero(adjusted <= level)
    tested = int(np.isfinite(p).sum())
    early, late = (_third(full, end) for end in (0, 1))
    most = int(np.argmax(np.abs(late - early)))
    if look and len(drifted):
        furthest = drifted[np.argsort(-distance[drifted], kind="stable")][:3]
        sentence += (
            f" Their mix changes over time (Cramér's V {v:.2f}, {probability(overall, 'p')}): "
            f"{len(drifted)} of {plural(tested, period_noun(periods.period))} differ from the "
            "others, "
            "most "
            f"{listed([f'{periods.names[i]} (distance {distance[i]:.2f})' for i in furthest])}; "
            f"{names[most]} goes from {early[most]:.0%} in the first third of the "
            f"documents to {late[most]:.0%} in the last."
        )
        held = (
            f' standardize trends by it ([prevalence] standardize_by = "{column}").'
            if column
            else " see the diagnostic of sources."
        )
        sentence += f" A change of {plural_noun(noun)} is not a trend of topics:{held}"
    else:
        sentence += (
            f" Their mix hardly changes over time (Cramér's V {v:.2f}, "
            f"{probability(overall, 'p')})."
        )
    measures = {
        "noun": noun,
        "values": len(names),
        "cramers_v": v,
        "p": overall,
        "drifted": [periods.names[i] for i in drifted],
        "largest": dict(zip(names[:5].tolist(), share[:5].tolist(), strict=False)),
    }
    return Part(name, "look" if look else "ok", sentence, rule, table, measures)


def languages(
    values: Sequence[str], periods: Periods, *, known: dict[str, int] | None = None
) -> Part:
    """The mix of languages; a look also where a second language is common.

    Parameters
    ----------
    values : sequence of str
        Language of each document, ``und`` where it is not known.
    periods : Periods
        Over the same documents.
    known : dict of str to int, optional
        How many were ``declared``, ``guessed`` and ``unknown``.
    """
    plain = np.array(["" if v in UNKNOWN else v for v in map(str, values)], dtype=object)
    given = np.flatnonzero(plain != "")
    rule = (
        f"a look if Cramér's V of language and {period_noun(periods.period)} is {NOTABLE:g} or "
        f"more and its p below .01, or if a second language holds {NOTABLE_SHARE:.0%} or more of "
        f"the documents, or of a {period_noun(periods.period)} with {ENOUGH} or more"
    )
    if not (periods.index[given] >= 0).any():
        return Part("language", "unknown", "The language of no document is known.", rule)
    # Documents whose language could not be guessed are counted, but are no language.
    part = mix(
        plain[given].tolist(),
        replace(periods, index=np.array(periods.index[given]), weights=periods.weights[given]),
        name="language",
        noun="language",
    )
    shares = pd.Series(plain[given]).value_counts(normalize=True)
    second = [
        f"{n} {s:.1%}" for n, s in shares.items() if n != shares.index[0] and s >= NOTABLE_SHARE
    ]
    table = part.table
    sizes = table.groupby("period")["n_docs"].transform("sum")
    other = table[(table["label"] != shares.index[0]) & (sizes >= ENOUGH)]
    reached, largest = "", {}
    if len(other) and (top := other.loc[other["share"].idxmax()])["share"] >= NOTABLE_SHARE:
        when = periods.names[
            int(np.searchsorted(periods.starts, np.datetime64(top["period"], "D")))
        ]
        largest = {"period": when, "label": str(top["label"]), "share": float(top["share"])}
        reached = (
            f" Of {plural_noun(period_noun(periods.period))} with {ENOUGH} documents or more, "
            f"{top['label']} has its largest share in {when} ({top['share']:.0%})."
        )
    sentence = (
        part.sentence.replace(
            " see the diagnostic of sources.", " a topic may rise with its language."
        )
        + reached
    )
    how = ", ".join(f"{k} for {n:,}" for k, n in (known or {}).items() if n)
    if how:
        sentence += (
            f" The language was {how} "
            f"{'documents' if sum((known or {}).values()) != 1 else 'document'}."
        )
    elif len(given) < len(plain):
        sentence += f" It is not known for {plural(len(plain) - len(given), 'document')}."
    look = part.flag == "look" or bool(second or largest)
    if look:
        sentence += (
            ' Topic models sort documents by language first: keep one (languages = ["en"]) or '
            "model each on its own."
        )
    measures = {**part.measures, "unknown": len(plain) - len(given), "largest_other": largest}
    return Part("language", "look" if look else "ok", sentence, rule, table, measures)


def _table(full: Array, names: NDArray[np.str_], periods: Periods, top: int) -> pd.DataFrame:
    """One row for each period and value, the values beyond the largest as one."""
    shown = (
        full if len(names) <= top + 1 else np.column_stack([full[:, :top], full[:, top:].sum(1)])
    )
    labels = names.tolist() if len(names) <= top + 1 else [*names[:top].tolist(), OTHER]
    size = full.sum(1)
    with np.errstate(invalid="ignore"):
        share = shown / np.where(size > 0, size, np.nan)[:, None]
    return pd.DataFrame(
        {
            "period": np.repeat(periods.starts.astype("datetime64[s]"), len(labels)),
            "label": np.tile(np.array(labels, dtype=object), len(periods)),
            "n_docs": shown.ravel().astype(int),
            "share": share.ravel(),
        }
    )


def _third(full: Array, end: int) -> Array:
    """Shares among the first (0) or last (1) third of the documents, whole periods of them."""
    ordered = full[::-1] if end else full
    size = np.cumsum(ordered.sum(1))
    part = ordered[: int(np.searchsorted(size, size[-1] / 3)) + 1].sum(0)
    return np.asarray(part / part.sum())


def _drift(full: Array) -> tuple[Array, Array]:
    """Distance of each period to all others together, and the p of its test.

    NaN where there is nothing to compare.
    """
    total = full.sum(0)
    distance, p = np.full(len(full), np.nan), np.full(len(full), np.nan)
    for t, here in enumerate(full):
        rest = total - here
        if not here.sum() or not rest.sum():
            continue
        distance[t] = jensen_shannon(here, rest)
        table = _pooled(np.stack([here, rest]))
        if table.shape[1] > 1:
            p[t] = stats.chi2_contingency(table, correction=False).pvalue
    return distance, p


def jensen_shannon(a: Array, b: Array) -> float:
    """Jensen–Shannon distance of two distributions given as counts, to the base 2, from 0 to 1."""
    p, q = a / a.sum(), b / b.sum()
    m = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        halves = [np.where(x > 0, x * np.log2(x / m), 0).sum() / 2 for x in (p, q)]
    return float(np.sqrt(np.clip(sum(halves), 0, 1)))


def _pooled(table: Array) -> Array:
    """Two rows of counts, the columns in which few documents are expected made one."""
    expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
    rare = (expected < FEWEST).any(0)
    out = np.column_stack([table[:, ~rare], table[:, rare].sum(1)]) if rare.any() else table
    return np.asarray(out[:, out.sum(0) > 0])
