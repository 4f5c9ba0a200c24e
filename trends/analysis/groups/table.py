"""Trends of topics in groups: of each group, whether groups differ, and which from which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.analysis.groups.division import Groups
from trends.analysis.groups.mix import Mix, same_mix, within
from trends.analysis.groups.model import fit_groups, pairs
from trends.analysis.prevalence.estimate import estimate
from trends.analysis.prevalence.periods import Periods
from trends.analysis.trend.fit import fit_trends
from trends.analysis.trend.multiplicity import adjust
from trends.analysis.trend.series import counts_of
from trends.analysis.trend.spans import Span, calendar_years, span_weights
from trends.analysis.trend.table import ALPHA, found_of
from trends.core import Prevalence, Topics, Trend, statements
from trends.errors import DataError

Array = NDArray[np.float64]

#: Fewer periods with documents tell no difference of changes from shocks.
LEAST_PERIODS = 5


@dataclass(frozen=True)
class GroupTrends:
    """Trends of topics in groups.

    Parameters
    ----------
    groups : pandas.DataFrame
        One row a topic and group: the columns of a table of trends, with ``group`` and
        ``documents``; p adjusted over all topics and groups. ``difference`` (log-odds, with
        ``difference_lower`` and ``difference_upper``) is the group's change less the mean of all
        groups; ``difference_pooled`` draws it towards 0 as far as it is uncertain.
    differences : pandas.DataFrame
        One row a topic: ``p`` and ``p_adjusted`` of the hypothesis that all groups change alike,
        ``spread`` (standard deviation of the changes between groups, log-odds), ``differs``.
    pairs : pandas.DataFrame
        One row a topic and pair of groups: ``difference`` of their changes (log-odds) with
        interval, ``p``, ``p_adjusted``, ``differs``.
    shares : dict of str to Prevalence
        Shares over time in each group.
    settings : dict
        What was done, with ``notes``.
    """

    groups: pd.DataFrame
    differences: pd.DataFrame
    pairs: pd.DataFrame
    shares: dict[str, Prevalence]
    settings: dict[str, Any] = field(default_factory=dict)

    def frame(self) -> pd.DataFrame:
        """A copy of the table of groups."""
        return self.groups.copy()

    def over_time(self) -> pd.DataFrame:
        """Shares by topic, group and period, with what is said of the topic, for figures."""
        frames = []
        for name, one in self.shares.items():
            frame = one.frame()
            frame = frame[frame["topic"] >= 0]
            frame.insert(2, "group", name)
            frames.append(frame)
        said = self.differences[["topic", "p_adjusted", "differs"]]
        whole = pd.concat(frames, ignore_index=True).merge(said, on="topic")
        whole.attrs["period"] = next(iter(self.shares.values())).settings.get("period")
        return whole.sort_values("topic", kind="stable", ignore_index=True)

    def sentences(self) -> list[str]:
        """What can be said of every topic, in words."""
        out = []
        for row in self.differences.itertuples():
            if row.differs:
                mine = self.groups[self.groups["topic"] == row.topic]
                each = "; ".join(
                    f"{g.group}: {g.finding}, {statements.change_of(g)} points"
                    for g in mine.itertuples()
                )
                out.append(f"{row.label}: {statements.groups_of(row)}. {each}.")
            else:
                out.append(f"{row.label}: {statements.groups_of(row)}.")
        return out

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{escape(line)}</li>" for line in self.sentences())
        return f"<ul>{lines}</ul>"


def group_trends(
    topics: Topics,
    periods: Periods,
    groups: Groups,
    *,
    labels: Sequence[str],
    theta: Literal["hard", "mean"] = "hard",
    spans: tuple[Span, Span] | None = None,
    level: float = 0.95,
    clusters: Sequence[Any] | pd.Series | None = None,
    mix: Mix | None = None,
) -> GroupTrends:
    """Test topics in every group, and whether the groups differ.

    Parameters
    ----------
    topics : Topics
        One fit.
    periods : Periods
        Over the same documents.
    groups : Groups
        Of the same documents.
    labels : sequence of str
        Names of the topics.
    theta, spans, level, clusters
        As in :func:`trends.prevalence` and :func:`trends.fit_trends`.
    mix : Mix, optional
        What is held fixed: shares of every group are standardized to the mix of all documents
        (:func:`trends.analysis.groups.mix.same_mix`).

    Returns
    -------
    GroupTrends

    Raises
    ------
    DataError
        If too few periods have documents.

    Notes
    -----
    First one p a topic, of the hypothesis that all groups change alike, adjusted over topics
    (Benjamini and Hochberg); then pairs of groups of those topics whose adjusted p is at most .05,
    adjusted within the topic at a level that the number of such topics lowers, so that the expected
    share of false pairs over the topics is bounded.

    References
    ----------
    Benjamini and Bogomolov (2014), Journal of the Royal Statistical Society B 76, 297–318.
    """
    notes, held = list(groups.notes), None
    if mix is None:
        shares = {
            name: estimate(
                topics,
                within(periods, groups.codes == g),
                labels=labels,
                theta=theta,
                clusters=clusters,
            )
            for g, name in enumerate(groups.names)
        }
    else:
        options: dict[str, Any] = {"theta": theta, "level": level, "clusters": clusters}
        held, said = same_mix(topics, periods, groups, mix, labels=labels, **options)
        shares = dict(zip(groups.names, (one.shares for one in held), strict=True))
        notes.append(said)
    kept = np.flatnonzero(sum(s.n_docs for s in shares.values()) > 0)
    if len(kept) < LEAST_PERIODS:
        message = (
            f"{len(kept)} periods have documents; whether groups change alike can be told from "
            f"{LEAST_PERIODS} on. Choose a shorter period."
        )
        raise DataError(message)
    weights, called = span_weights(
        calendar_years(periods.starts[kept]), spans, tuple(periods.names[i] for i in kept)
    )
    if held is None:
        counts = [counts_of(s) for s in shares.values()]
        y, n = (np.stack([c[side][:, kept] for c in counts], axis=1) for side in (0, 1))
    else:
        y, n = (np.stack([getattr(h.series, v) for h in held], axis=1) for v in ("y", "n"))
    tested = np.flatnonzero(((y.sum(2) > 0) & (y.sum(2) < n.sum(2))).any(1))
    fit = fit_groups(y[tested], n[tested], kept, weights)
    differences = pd.DataFrame({"topic": range(topics.n_topics), "label": list(labels)})
    differences["p"], differences["spread"] = np.nan, np.nan
    differences.loc[tested, "p"], differences.loc[tested, "spread"] = fit.p, fit.spread
    differences["p_adjusted"] = adjust(differences["p"])
    differences["differs"] = differences["p_adjusted"] <= ALPHA
    both, contrast = pairs(fit)
    lower, upper = contrast.interval(level)
    selected = int(differences["differs"].sum())
    rows = []
    for at, k in enumerate(tested):
        q = adjust(contrast.p[at])
        differs = bool(differences["differs"][k])
        rows.append(
            pd.DataFrame(
                {
                    "topic": k,
                    "label": labels[int(k)],
                    "group_a": [groups.names[a] for a, _ in both],
                    "group_b": [groups.names[b] for _, b in both],
                    "difference": contrast.mean[at],
                    "difference_lower": lower[at],
                    "difference_upper": upper[at],
                    "p": contrast.p[at],
                    "p_adjusted": q,
                    "differs": differs & (q <= ALPHA * selected / max(len(tested), 1)),
                }
            )
        )
    tables = (
        [fit_trends(one, level=level, spans=spans) for one in shares.values()]
        if held is None
        else [one.trends(level, spans) for one in held]
    )
    own = _each(shares, tables)
    low, high = fit.change.interval(level)
    extra = {
        "difference": fit.change.mean,
        "difference_lower": low,
        "difference_upper": high,
        "difference_pooled": fit.pooled,
    }
    for name, values in extra.items():
        own[name] = np.nan
        for g, group in enumerate(groups.names):
            of = own["group"] == group
            own.loc[of & own["topic"].isin(tested), name] = values[:, g]
    return GroupTrends(
        own,
        differences,
        pd.concat(rows, ignore_index=True),
        shares,
        {
            "groups": list(groups.names),
            "spans": list(called),
            "level": level,
            "theta": theta,
            "standardized_by": mix.by if mix is not None else "",
            "notes": notes,
        },
    )


def _each(shares: dict[str, Prevalence], tables: Sequence[Trend]) -> pd.DataFrame:
    """The test of every topic in every group, adjusted over all of them."""
    frames = []
    for (name, one), trend in zip(shares.items(), tables, strict=True):
        frame = trend.frame()
        frame.insert(2, "group", name)
        frame.insert(3, "documents", int(one.n_docs.sum()))
        frames.append(frame)
    whole = pd.concat(frames, ignore_index=True).sort_values(
        "topic", kind="stable", ignore_index=True
    )
    whole["p_adjusted"] = adjust(whole["p"])
    whole["p_turn_adjusted"] = adjust(whole["p_turn"])
    read = ["log_odds", "p_adjusted", "turn", "p_turn_adjusted"]
    whole["finding"] = [found_of(*row) for row in whole[read].itertuples(index=False)]
    return whole
