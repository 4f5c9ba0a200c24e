r"""How many topics a corpus has: as many as other seeds find again.

Every candidate is fitted several times, and each two fits are aligned
(:func:`trends.analysis.alignment.hungarian.align`). A topic *recurs* if its documents correlate
with those of its partner by at least :data:`SAME`. With too few topics, seeds merge different ones
and little recurs; with too many, the true topics still recur, and what is added is split off at
random and does not. So the number of recurring topics, r(K), rises with the number K that was asked
for and levels off at the number of topics that are there. The similarity is a correlation, 0 in
expectation for unrelated topics whatever their number and size, so that no correction for K is left
to make.

Where others look for the K with the greatest mean stability (Greene, O'Callaghan and Cunningham
2014, arXiv:1404.4606; Lange, Roth, Braun and Buhmann 2004, Neural Computation 16) or for the last K
whose clusters are predicted well (prediction strength: Tibshirani and Walther 2005, JCGS 14), the
level of that plateau needs no candidate at the truth, and does not reward the few broad topics that
are
stable because they are few (for that bias, and for instability corrected for it: Haslbeck and Wulff
2020, Computational Statistics 35). Counting what recurs over fits is the idea of ICASSO (Himberg,
Hyvärinen and Esposito 2004, NeuroImage 22) and of gensim's ensemble LDA (Brigl 2019).

The count levels off only if extra topics are arbitrary. Extra *clusters* often are not: k-means
splits a group along its longest direction, whatever the seed, and finds the halves again. Such a
count keeps growing with K; the backend then has no say, and the curve shows why. Two families do
not share such habits, so their agreement decides where both level off at different numbers, and
where none does; as few broad topics agree for being few, it then takes the candidate that stands
out from its neighbours (as the second difference of Evanno, Regnaut and Goudet 2005, Molecular
Ecology 14), not the one with the greatest agreement.

Where topics are clear, the families say it: at the right number both find the same topics with
every seed, and at no other do they. Topics that recur *across* families give the first guess, which
rests on the habits of neither; the guess and its neighbours are fitted until agreement no longer
rises. ``experiments/topic_number`` counts the themes of made corpora in this way.

Coherence is in the table for information only: it is no guide to the number of topics (Hoyle et al.
2021, NeurIPS 34).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trends.analysis.quality.fits_alike import Fits, compare
from trends.core import TermCounts
from trends.core.computing.rng import Rng
from trends.errors import UsageError

#: A count has levelled off where it is within this share of its largest value.
SLACK = 0.1
#: Largest candidate in multiples of the first one at which the count has levelled off: it stayed
#: so, or fell, over a doubling.
SPAN = 1.9
#: Largest candidate in multiples of the level: there was room for more topics to recur.
ROOM = 1.5
#: Agreement of the families at a level, in parts of their greatest agreement, under which the level
#: does not count.
AGREED = 0.5
#: Documents a topic of the largest candidate has on average, at least; and the largest candidate of
#: any corpus.
DOCUMENTS, LARGEST = 10, 400

#: Mean similarity of the topics of two families from which on they find the same topics.
CLEAR = 0.75
#: Most candidates that are fitted beside the grid, from the number that recurs across families on.
STEPS = 4

RULE = (
    "Where two families of models find the same topics (mean similarity of all their fits at least "
    "3/4), the number of topics is that at which most are alike and fewest are not, searched from "
    "the number of topics that recur across families; else it is the number that another seed "
    "finds again (correlation of their documents at least 1/2), averaged over the "
    "candidates at which it has levelled off (within 10 % of its largest value, which no candidate "
    "exceeds until twice the first of them, with room for half as "
    "many again); a family of models whose number does not level off, or levels off where "
    "the families agree less than half as much as elsewhere, has no say; "
    "of several that have one, that at whose number the families agree most decides; where none "
    "has, it is the candidate at which the agreement "
    "of the families (without a second family: of the seeds) exceeds that at the neighbouring "
    "candidates most, with a warning."
)


@dataclass(frozen=True)
class Choice:
    """A chosen number of topics and what speaks for it.

    Parameters
    ----------
    n_topics : int
        The number.
    low, high : int
        Smallest and largest number of recurring topics of any two fits among the candidates at
        it has levelled off; where nothing did, the neighbouring candidates.
    settled : bool
        Whether a count of recurring topics levelled off; if not, the number is a fallback.
    levels : dict of str to float
        Backend → where its count levelled off; backends without a say are missing.
    reasons : tuple of str
        Sentences for the reader.
    curve : pandas.DataFrame
        Columns ``n_topics`` (candidate), ``compared`` ("seeds" or "families"), ``backend_a``,
        ``backend_b``, ``pairs`` (of fits), ``similarity`` (mean over topics and pairs, a topic
        without partner counting 0) and ``similarity_se`` (over pairs), ``recurring`` (mean number
        of topics found again, over pairs) with ``recurring_low`` and ``recurring_high`` (extremes
        over pairs), ``npmi`` (mean over topics and fits; NaN for families).
    """

    n_topics: int
    low: int
    high: int
    settled: bool
    levels: dict[str, float]
    reasons: tuple[str, ...]
    curve: pd.DataFrame

    def summary(self) -> dict[str, Any]:
        """All but the curve, for JSON."""
        names = ("n_topics", "low", "high", "settled", "levels", "reasons")
        return {**{name: getattr(self, name) for name in names}, "rule": RULE}

    def _repr_html_(self) -> str:
        return (
            f"<b>Number of topics</b>: {self.n_topics}<br>"
            + " ".join(self.reasons)
            + self.curve.to_html(index=False)
        )


def default_candidates(n_documents: int) -> tuple[int, ...]:
    """4, 6, 8, 11, 16, 23, …: a factor of √2 apart, up to one topic for every ten documents.

    At least one candidate.
    """
    top = max(2, min(n_documents // DOCUMENTS, LARGEST))
    grid = [round(4 * 2 ** (i / 2)) for i in range(14)]
    return tuple(k for k in grid if k <= top) or (2,)


def search(
    fit: Callable[[int], Fits],
    candidates: Sequence[int],
    *,
    early: bool,
    reference: TermCounts | None = None,
    rng: Rng,
) -> Choice:
    """Fit the candidates in ascending order, and choose.

    Parameters
    ----------
    fit : callable
        ``fit(n_topics)`` gives the fits of a candidate; an empty mapping (or a backend left out)
        where a model cannot be had with so many topics.
    candidates : sequence of int
        Numbers of topics to try.
    early : bool
        Stop as soon as the count of one backend has levelled off.
    reference, rng
        As in :func:`compare`.

    Raises
    ------
    UsageError
        If no candidate could be fitted twice by any backend.
    """
    parts = []
    for k in sorted(set(candidates)):
        rows = compare(fit(k), k, reference=reference, rng=rng)
        if len(rows):
            parts.append(rows)
        if early and parts and any(_levels(pd.concat(parts))):
            break
    for _ in range(STEPS if early and parts else 0):
        k = _untried(pd.concat(parts))
        if not k:
            break
        parts.append(compare(fit(k), k, reference=reference, rng=rng))
    if not parts:
        message = (
            f"None of the candidates {', '.join(map(str, sorted(set(candidates))))} could be "
            "fitted with two seeds, so no number of topics can be "
            "chosen; give n_topics as a number, or other candidates."
        )
        raise UsageError(message)
    curve = pd.concat(parts, ignore_index=True)
    return choose(curve.sort_values("n_topics", kind="stable", ignore_index=True))


def choose(curve: pd.DataFrame) -> Choice:
    """Choose a number of topics by :data:`RULE`.

    Parameters
    ----------
    curve : pandas.DataFrame
        Rows of :func:`compare` for all candidates.
    """
    return _by_agreement(curve) or by_level(curve)


def by_level(curve: pd.DataFrame) -> Choice:
    """The number of topics that recur, whether or not the families agree on one."""
    families = curve[curve["compared"] == "families"]
    levels, reasons = _levels(curve), []
    for backend in curve.loc[curve["compared"] == "seeds", "backend_a"].unique():
        own = _of(curve, backend)
        if backend in levels:
            level, at = levels[backend]
            reasons.append(
                f"{backend}: {level:.1f} topics recur between seeds where {_range(at)} are asked "
                f"for, and no more where {own['n_topics'].max()} are."
            )
        else:
            last = own.iloc[-1]
            reasons.append(
                f"{backend}: the number of topics that recur between seeds does not level off, "
                "or not where the families agree "
                f"({last['recurring']:.1f} of {last['n_topics']} at the largest candidate), so it "
                "has no say."
            )
    if levels:
        by = max(
            levels, key=lambda b: (_agreement_at(families, levels[b][0]), -list(levels).index(b))
        )
        level, at = levels[by]
        chosen, low, high = (
            max(2, round(level)),
            int(at["recurring_low"].min()),
            int(at["recurring_high"].max()),
        )
        if len(levels) > 1:
            reasons.append(f"The families agree more at the number of {by}, which decides.")
        best = _most_alike(families) if len(families) else None
        if best is not None:
            reasons.append(
                f"The families agree most at the candidate {best} "
                f"({_agreement_at(families, best):.2f} on average over topics)."
            )
    else:
        chosen, low, high = _outstanding(families if len(families) else curve)
        what = "families of models" if len(families) else "seeds"
        reasons.append(
            f"No count levelled off: {chosen} is the candidate at which the agreement of {what} "
            "stands out most from its neighbours. "
            "That is a fallback; read the curve, or give a number."
        )
    return Choice(
        int(chosen),
        min(low, int(chosen)),
        max(high, int(chosen)),
        bool(levels),
        {b: v[0] for b, v in levels.items()},
        tuple(reasons),
        curve,
    )


def _guess(families: pd.DataFrame) -> int:
    """The number of topics that recur across families, where it has levelled off; else 0."""
    mean = families.groupby("n_topics")["recurring"].mean()
    if mean.empty:
        return 0
    level = float(mean[mean >= (1 - SLACK) * mean.max()].mean())
    return max(2, round(level)) if mean.index.max() >= ROOM * level else 0


def _peak(families: pd.DataFrame) -> int:
    """From the guess on, the number with the greatest gain; the guess if it was not tried.

    The gain of a number is the similarity of its topics less what they lack of being the same: one
    topic more adds to it if the families find it with a similarity above 1/2. Mean similarity alone
    would favour few topics.
    """
    at = _guess(families)
    mean = families.groupby("n_topics")["similarity"].mean()
    gain = mean.index.to_numpy() * (2 * mean - 1)
    while at in gain.index:
        best = max((at, at + 1, at - 1), key=lambda k: gain.get(k, -np.inf))
        if best == at:
            break
        at = best
    return at


def _untried(curve: pd.DataFrame) -> int:
    """A number to fit next: the peak so far or a neighbour of it; 0 where none is left."""
    families = curve[curve["compared"] == "families"]
    at, tried = _peak(families), set(families["n_topics"])
    if at and at in tried and _agreement_at(families, at) < CLEAR - SLACK:
        return 0  # far from clear: neighbours would not change that
    return next((k for k in (at, at + 1, at - 1) if k >= 2 and k not in tried), 0) if at else 0


def _by_agreement(curve: pd.DataFrame) -> Choice | None:
    """The number at which the families find the same topics; nothing where they do not."""
    families = curve[curve["compared"] == "families"]
    chosen = _peak(families)
    at = families[families["n_topics"] == chosen]
    if at.empty or at["similarity"].mean() < CLEAR:
        return None
    reason = (
        f"The families find the same topics where {chosen} are asked for (mean similarity "
        f"{at['similarity'].mean():.2f}, {at['recurring'].mean():.1f} of {chosen} recur); the "
        "numbers beside it lose topics, or add some that only one family finds."
    )
    return Choice(
        chosen,
        min(chosen, int(at["recurring_low"].min())),
        max(chosen, int(at["recurring_high"].max())),
        settled=True,
        levels={b: v[0] for b, v in _levels(curve).items()},
        reasons=(reason,),
        curve=curve,
    )


def _levels(curve: pd.DataFrame) -> dict[str, tuple[float, pd.DataFrame]]:
    """Backend → the level at which its count has levelled off, and the rows that are."""
    families = curve[curve["compared"] == "families"]
    most = families.groupby("n_topics")["similarity"].mean().max() if len(families) else 0.0
    out = {}
    for backend in curve.loc[curve["compared"] == "seeds", "backend_a"].unique():
        own = _of(curve, backend)
        at = own[own["recurring"] >= (1 - SLACK) * own["recurring"].max()]
        level, largest = float(at["recurring"].mean()), own["n_topics"].max()
        rests = level >= 1.5 and largest >= SPAN * at["n_topics"].min() and largest >= ROOM * level
        if rests and _agreement_at(families, level) >= AGREED * most:
            out[str(backend)] = level, at
    return out


def _of(curve: pd.DataFrame, backend: str) -> pd.DataFrame:
    own = curve[(curve["compared"] == "seeds") & (curve["backend_a"] == backend)]
    return own.sort_values("n_topics", kind="stable")


def _range(at: pd.DataFrame) -> str:
    first, last = at["n_topics"].min(), at["n_topics"].max()
    return str(first) if first == last else f"{first} to {last}"


def _agreement_at(families: pd.DataFrame, level: float) -> float:
    """Mean similarity of the families at a number of topics, read off between the candidates.

    0 without a second family.
    """
    if families.empty:
        return 0.0
    mean = families.groupby("n_topics")["similarity"].mean()
    return float(
        np.interp(np.log(level), np.log(mean.index.to_numpy(dtype=float)), mean.to_numpy())
    )


def _outstanding(rows: pd.DataFrame) -> tuple[int, int, int]:
    """The candidate whose mean similarity exceeds the mean of its neighbours' most, and these.

    The most similar one where none exceeds it.

    Few broad topics are alike for being few, so the greatest similarity says little; a peak does
    (Evanno, Regnaut and Goudet 2005).
    """
    mean = rows.groupby("n_topics")["similarity"].mean()
    k, value = mean.index.to_numpy(), mean.to_numpy()
    excess = value[1:-1] - (value[:-2] + value[2:]) / 2
    at = int(excess.argmax()) + 1 if len(excess) and excess.max() > 0 else int(value.argmax())
    return int(k[at]), int(k[max(at - 1, 0)]), int(k[min(at + 1, len(k) - 1)])


def _most_alike(families: pd.DataFrame) -> int:
    mean = families.groupby("n_topics")["similarity"].mean()
    return int(mean.index.to_numpy()[int(mean.to_numpy().argmax())])
